// An X-Road client in JavaScript (npm "soap"), as members write them: asks getPerson by the service's WSDL and prints what it
// understood as JSON. Only ADDRESS differs between a security server and the adapter.
//
// Usage: node get_person.cjs ADDRESS PIN WSDL NODE_MODULES
'use strict';
const crypto = require('crypto');
const path = require('path');

const [address, pin, wsdl, modules] = process.argv.slice(2);
const soap = require(path.join(modules, 'soap'));

const id = crypto.randomUUID();
const header = `
<x:client xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers" i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>
<x:service xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers" i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>getPerson</i:serviceCode><i:serviceVersion>v1</i:serviceVersion></x:service>
<x:userId xmlns:x="http://x-road.eu/xsd/xroad.xsd">KG20000000000001</x:userId>
<x:id xmlns:x="http://x-road.eu/xsd/xroad.xsd">${id}</x:id>
<x:issue xmlns:x="http://x-road.eu/xsd/xroad.xsd">loan-scoring application 2026-00017</x:issue>
<x:protocolVersion xmlns:x="http://x-road.eu/xsd/xroad.xsd">4.0</x:protocolVersion>`;

async function main() {
  // X-Road's schemas come from the folder above: the client speaks to nobody but the address it was given.
  const local = (location) => path.join(__dirname, '..', path.basename(location));
  const options = { endpoint: address, wsdl_options: { overrideImportLocation: local } };
  const client = await soap.createClientAsync(wsdl, options);
  client.addSoapHeader(header);
  try {
    const [answer] = await client.getPersonAsync({ request: { pin } });
    console.log(JSON.stringify({ id, answer }));
    return 0;
  } catch (error) {
    const fault = error.root && error.root.Envelope && error.root.Envelope.Body && error.root.Envelope.Body.Fault;
    if (!fault) throw error;
    console.log(JSON.stringify({ id, fault: fault.faultcode, message: fault.faultstring }));
    return 1;
  }
}

main().then((code) => { process.exitCode = code; }, (error) => { console.error(error.message); process.exitCode = 2; });
