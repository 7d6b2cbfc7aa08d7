<?php
// An X-Road client in PHP (curl): SOAP, REST and metaservices. Only ADDRESS differs between a security server and the adapter.
//
// Usage: php client.php ADDRESS PIN
// Prints what was answered to each question as JSON, without what names the single exchange.
[, $address, $pin] = $argv;

const PROVIDER = 'sandbox/GOV/70009001/registry';
const HEADERS = ['X-Road-Client: sandbox/COM/60009001/loans', 'X-Road-UserId: KG20000000000001', 'X-Road-Issue: loan-scoring application 2026-00017'];

function id(): string
{
    $hex = bin2hex(random_bytes(16));
    return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-4' . substr($hex, 13, 3) . '-8' . substr($hex, 17, 3) . '-' . substr($hex, 20);
}

/** @return array{int, array<string, string>, string} status, headers in lower case, body */
function send(string $method, string $url, array $headers, ?string $body = null): array
{
    $got = [];
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method, CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60, CURLOPT_HTTPHEADER => $headers,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$got): int {
            if (str_contains($line, ':')) {
                [$name, $value] = explode(':', $line, 2);
                $got[strtolower(trim($name))] = trim($value);
            }
            return strlen($line);
        },
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    }
    $text = curl_exec($curl);
    if ($text === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $got, $text];
}

function media(array $headers): string
{
    return explode(';', $headers['content-type'] ?? '')[0];
}

function soap(string $code, string $body, string $version = ''): array
{
    global $address;
    $id = id();
    $envelope = '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers"><s:Header>'
        . '<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>'
        . '<x:service i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>' . $code . '</i:serviceCode>' . $version . '</x:service>'
        . '<x:userId>KG20000000000001</x:userId><x:id>' . $id . '</x:id><x:issue>loan-scoring application 2026-00017</x:issue><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body>' . $body . '</s:Body></s:Envelope>';
    [$status, $headers, $text] = send('POST', $address, ['Content-Type: text/xml; charset=utf-8', 'SOAPAction: ""', 'Expect:'], $envelope);
    $attachment = null;
    if (media($headers) === 'multipart/related') {
        preg_match('~boundary="?([^";]+)"?~', $headers['content-type'], $boundary);
        [, $root, $part] = explode('--' . $boundary[1], $text);
        $text = substr($root, strpos($root, "\r\n\r\n") + 4);
        $attachment = hash('sha256', trim(substr($part, strpos($part, "\r\n\r\n") + 4)));
    }
    if (!str_contains($text, 'faultcode') && !str_contains($text, ">$id<")) {
        throw new RuntimeException('the answer is to another question');
    }
    preg_match('~<(?:\w[\w-]*:)?Body[^>]*>(.*)</(?:\w[\w-]*:)?Body>~s', $text, $inner);
    preg_match_all('~<(?:\w[\w-]*:)?(\w[\w-]*)(?:\s[^>]*)?>([^<]*)~', $inner[1], $leaves, PREG_SET_ORDER);
    return ['status' => $status, 'type' => media($headers), 'answer' => array_map(fn($leaf) => [$leaf[1], trim($leaf[2])], $leaves), 'attachment' => $attachment];
}

function rest(string $method, string $path, string $accept = 'application/json', ?array $json = null): array
{
    global $address;
    $headers = [...HEADERS, 'X-Road-Id: ' . id(), 'Accept: ' . $accept, 'Expect:'];
    if ($json !== null) {
        $headers[] = 'Content-Type: application/json';
    }
    [$status, $got, $text] = send($method, rtrim($address, '/') . $path, $headers, $json === null ? null : json_encode($json));
    return ['status' => $status, 'type' => media($got), 'error' => $got['x-road-error'] ?? null, 'service' => $got['x-road-service'] ?? null, 'answer' => $text];
}

$x = 'xmlns:x="http://x-road.eu/xsd/xroad.xsd"';
$person = '<r:getPerson xmlns:r="http://registry.sandbox.x-road.example/producer"><r:request><r:pin>' . htmlspecialchars($pin, ENT_XML1) . '</r:pin></r:request></r:getPerson>';
echo json_encode([
    'soap' => soap('getPerson', $person, '<i:serviceVersion>v1</i:serviceVersion>'),
    'soap listMethods' => soap('listMethods', "<x:listMethods $x/>"),
    'soap allowedMethods' => soap('allowedMethods', "<x:allowedMethods $x/>"),
    'soap getWsdl' => soap('getWsdl', "<x:getWsdl $x><x:serviceCode>getPerson</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>"),
    'rest get' => rest('GET', '/r1/' . PROVIDER . "/persons/by-pin/$pin?fields=surname"),
    'rest post' => rest('POST', '/r1/' . PROVIDER . "/persons/by-pin/$pin", 'application/json', ['pin' => $pin]),
    'rest listMethods' => rest('GET', '/r1/' . PROVIDER . '/listMethods'),
    'rest allowedMethods' => rest('GET', '/r1/' . PROVIDER . '/allowedMethods'),
    'rest getOpenAPI' => rest('GET', '/r1/' . PROVIDER . '/getOpenAPI?serviceCode=described'),
    'listClients' => rest('GET', '/listClients', 'text/xml'),
    'listClients json' => rest('GET', '/listClients?xRoadInstance=sandbox'),
], JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
