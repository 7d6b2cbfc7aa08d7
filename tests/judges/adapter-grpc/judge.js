// @grpc/grpc-js against a running adapter, with a client made of the adapter's own /service.proto.
//
//   node judge.js GRPC_PORT REST_ADDRESS API_KEY AUDITOR_KEY PROTO_ROOT PIN USER_ID ISSUE
//
// Prints a line per case: "PASS case" or "FAIL case: reason". Exit code 0 if all passed.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [port, rest, key, , protoRoot, pin, userId, issue] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'adapter-judge-'));
const headers = { Authorization: 'Bearer ' + key, 'X-Road-UserId': userId, 'X-Road-Issue': issue, 'Content-Type': 'application/json' };
const credentials = grpc.credentials.createInsecure();

function metadata() {
  const values = new grpc.Metadata();
  values.set('authorization', 'Bearer ' + key);
  values.set('x-road-userid', userId);
  values.set('x-road-issue', issue);
  return values;
}

function call(client, method, request) {
  return new Promise((resolve, reject) =>
    client[method](request, metadata(), { deadline: Date.now() + 120000 }, (error, answer) => (error ? reject(error) : resolve(answer))));
}

const cases = {
  async typed_call_answers() {
    const proto = path.join(folder, 'service.proto');
    fs.writeFileSync(proto, await (await fetch(rest + 'v1/services/getPerson/service.proto', { headers })).text());
    const service = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: String })).tunduk.services.getPerson.GetPerson;
    const client = new service('127.0.0.1:' + port, credentials);
    const method = Object.keys(service.service)[0];
    const answer = await call(client, method, { request: { pin } });
    assert.strictEqual(answer.response.pin, pin);
    const wanted = await (await fetch(rest + 'v1/services/getPerson', { method: 'POST', headers, body: JSON.stringify({ request: { pin } }) })).json();
    assert.strictEqual(answer.response.surname, wanted.response.surname);
    await assert.rejects(call(client, method, { request: {} }), error => error.code === grpc.status.INVALID_ARGUMENT && error.metadata.get('grpc-status-details-bin').length === 1);
    client.close();
  },
  async exchange_call_answers() {
    const definition = loader.loadSync('tunduk/adapter/v1/exchange.proto', { keepCase: true, includeDirs: [protoRoot, '/usr/include'] });
    const service = grpc.loadPackageDefinition(definition).tunduk.adapter.v1.Exchange;
    const client = new service('127.0.0.1:' + port, credentials);
    const answer = await call(client, 'Call', { alias: 'getPerson', json: Buffer.from(JSON.stringify({ request: { pin } })) });
    assert.strictEqual(JSON.parse(answer.json.toString()).response.pin, pin);
    assert.ok(answer.record_id && answer.message_id);
    client.close();
  },
};

(async () => {
  let failed = 0;
  for (const [name, test] of Object.entries(cases)) {
    try {
      await test();
      console.log('PASS ' + name);
    } catch (error) {
      failed++;
      console.log('FAIL ' + name + ': ' + String(error.stack || error).replace(/\n/g, ' '));
    }
  }
  fs.rmSync(folder, { recursive: true });
  process.exit(failed ? 1 : 0);
})();
