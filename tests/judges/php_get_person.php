<?php
// An X-Road client in PHP (SoapClient with raw header objects), as members write them: asks getPerson and prints what it
// understood as JSON. Only ADDRESS differs between a security server and the adapter.
//
// Usage: php php_get_person.php ADDRESS PIN
[, $address, $pin] = $argv;

const XROAD = 'http://x-road.eu/xsd/xroad.xsd';
const IDENTIFIERS = 'http://x-road.eu/xsd/identifiers';
const REGISTRY = 'http://registry.sandbox.x-road.example/producer';

function raw(string $name, string $xml): SoapHeader
{
    return new SoapHeader(XROAD, $name, new SoapVar($xml, XSD_ANYXML));
}

function text(string $name, string $value): SoapHeader
{
    return new SoapHeader(XROAD, $name, $value);
}

$hex = bin2hex(random_bytes(16));
$id = substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-4' . substr($hex, 13, 3) . '-8' . substr($hex, 17, 3) . '-' . substr($hex, 20);
$client = '<x:client xmlns:x="' . XROAD . '" xmlns:i="' . IDENTIFIERS . '" i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance>'
    . '<i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>';
$service = '<x:service xmlns:x="' . XROAD . '" xmlns:i="' . IDENTIFIERS . '" i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance>'
    . '<i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode>'
    . '<i:serviceCode>getPerson</i:serviceCode><i:serviceVersion>v1</i:serviceVersion></x:service>';

$soap = new SoapClient(null, [
    'location' => $address, 'uri' => REGISTRY, 'soap_version' => SOAP_1_1, 'style' => SOAP_DOCUMENT, 'use' => SOAP_LITERAL,
    'exceptions' => true, 'trace' => true, 'connection_timeout' => 30, 'keep_alive' => false,
]);
$headers = [
    raw('client', $client),
    raw('service', $service),
    text('userId', 'KG20000000000001'),
    text('id', $id),
    text('issue', 'loan-scoring application 2026-00017'),
    text('protocolVersion', '4.0'),
];
$body = new SoapVar('<r:getPerson xmlns:r="' . REGISTRY . '"><r:request><r:pin>' . htmlspecialchars($pin, ENT_XML1) . '</r:pin></r:request></r:getPerson>', XSD_ANYXML);

try {
    $answer = $soap->__soapCall('getPerson', [$body], ['soapaction' => ''], $headers);
    echo json_encode(['id' => $id, 'answer' => $answer], JSON_UNESCAPED_UNICODE), "\n";
} catch (SoapFault $fault) {
    if (!str_contains((string)$soap->__getLastResponse(), 'faultcode')) {
        fwrite(STDERR, $fault . "\n" . $soap->__getLastRequest() . "\n");
        exit(2);
    }

    echo json_encode(['id' => $id, 'fault' => $fault->faultcode, 'message' => $fault->faultstring], JSON_UNESCAPED_UNICODE), "\n";
    exit(1);
}
