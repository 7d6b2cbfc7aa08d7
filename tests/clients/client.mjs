// An X-Road client in JavaScript (Node's fetch): SOAP, REST and metaservices. Only ADDRESS differs between a security server and
// the adapter.
//
// Usage: node client.mjs ADDRESS PIN
// Prints what was answered to each question as JSON, without what names the single exchange.
import { createHash, randomUUID } from 'node:crypto';

const [address, pin] = process.argv.slice(2);
const provider = 'sandbox/GOV/70009001/registry';
const headers = { 'X-Road-Client': 'sandbox/COM/60009001/loans', 'X-Road-UserId': 'KG20000000000001', 'X-Road-Issue': 'loan-scoring application 2026-00017' };

const envelope = (code, version, id, body) => `<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers">
<s:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>${code}</i:serviceCode>${version}</x:service>
<x:userId>KG20000000000001</x:userId><x:id>${id}</x:id><x:issue>loan-scoring application 2026-00017</x:issue><x:protocolVersion>4.0</x:protocolVersion>
</s:Header>
<s:Body>${body}</s:Body>
</s:Envelope>`;

const media = (response) => (response.headers.get('content-type') ?? '').split(';')[0];

async function soap(code, body, version = '') {
  const id = randomUUID();
  const response = await fetch(address, { method: 'POST', body: envelope(code, version, id, body), headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: '""' } });
  let text = await response.text();
  let attachment = null;
  if (media(response) === 'multipart/related') {
    const boundary = /boundary="?([^";]+)"?/.exec(response.headers.get('content-type'))[1];
    const [root, part] = text.split('--' + boundary).slice(1, 3).map((piece) => piece.slice(piece.indexOf('\r\n\r\n') + 4));
    text = root;
    attachment = createHash('sha256').update(part.trim()).digest('hex');
  }
  if (/faultcode/.test(text) === false && !text.includes(`>${id}<`)) throw new Error('the answer is to another question');
  const inner = /<(?:\w[\w-]*:)?Body[^>]*>([\s\S]*)<\/(?:\w[\w-]*:)?Body>/.exec(text)[1];
  const answer = [...inner.matchAll(/<(?:\w[\w-]*:)?(\w[\w-]*)(?:\s[^>]*)?>([^<]*)/g)].map(([, name, value]) => [name, value.trim()]);
  return { status: response.status, type: media(response), answer, attachment };
}

async function rest(method, path, { accept = 'application/json', json } = {}) {
  const all = { ...headers, 'X-Road-Id': randomUUID(), Accept: accept };
  if (json !== undefined) all['Content-Type'] = 'application/json';
  const response = await fetch(address.replace(/\/$/, '') + path, { method, headers: all, body: json === undefined ? undefined : JSON.stringify(json) });
  return { status: response.status, type: media(response), error: response.headers.get('x-road-error'), service: response.headers.get('x-road-service'), answer: await response.text() };
}

const x = 'xmlns:x="http://x-road.eu/xsd/xroad.xsd"';
const person = `<r:getPerson xmlns:r="http://registry.sandbox.x-road.example/producer"><r:request><r:pin>${pin}</r:pin></r:request></r:getPerson>`;
console.log(JSON.stringify({
  soap: await soap('getPerson', person, '<i:serviceVersion>v1</i:serviceVersion>'),
  'soap listMethods': await soap('listMethods', `<x:listMethods ${x}/>`),
  'soap allowedMethods': await soap('allowedMethods', `<x:allowedMethods ${x}/>`),
  'soap getWsdl': await soap('getWsdl', `<x:getWsdl ${x}><x:serviceCode>getPerson</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>`),
  'rest get': await rest('GET', `/r1/${provider}/persons/by-pin/${pin}?fields=surname`),
  'rest post': await rest('POST', `/r1/${provider}/persons/by-pin/${pin}`, { json: { pin } }),
  'rest listMethods': await rest('GET', `/r1/${provider}/listMethods`),
  'rest allowedMethods': await rest('GET', `/r1/${provider}/allowedMethods`),
  'rest getOpenAPI': await rest('GET', `/r1/${provider}/getOpenAPI?serviceCode=described`),
  listClients: await rest('GET', '/listClients', { accept: 'text/xml' }),
  'listClients json': await rest('GET', '/listClients?xRoadInstance=sandbox'),
}, null, 1));
