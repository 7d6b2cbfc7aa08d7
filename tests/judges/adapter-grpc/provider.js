// An information system in @grpc/grpc-js: it implements tunduk.adapter.v1.Provider, and the adapter asks it.
//
//   node provider.js PROTO_ROOT ANSWER_JSON ANSWER_XML
//
// Says and does what provider.py does.
'use strict';
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protoRoot, answerJson, answerXml] = process.argv.slice(2);
const options = { keepCase: true, longs: String, oneofs: true, includeDirs: [protoRoot] };
const v1 = grpc.loadPackageDefinition(loader.loadSync('tunduk/adapter/v1/provider.proto', options)).tunduk.adapter.v1;

// google.rpc.Status { 5, message, [Any of google.rpc.ErrorInfo { reason, domain }] } in the wire form.
const field = (number, bytes) => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), Buffer.from(bytes)]);
const info = Buffer.concat([field(1, Buffer.from('PIN_NOT_FOUND')), field(2, Buffer.from('register'))]);
const any = Buffer.concat([field(1, Buffer.from('type.googleapis.com/google.rpc.ErrorInfo')), field(2, info)]);
const status = Buffer.concat([Buffer.from([8, 5]), field(2, Buffer.from('nobody has this number')), field(3, any)]);

// Plain values to google.protobuf.Struct as proto-loader takes it.
const value = (v) =>
  v === null ? { nullValue: 'NULL_VALUE' }
  : Array.isArray(v) ? { listValue: { values: v.map(value) } }
  : typeof v === 'object' ? { structValue: struct(v) }
  : typeof v === 'boolean' ? { boolValue: v }
  : typeof v === 'number' ? { numberValue: v }
  : { stringValue: v };
const struct = (o) => ({ fields: Object.fromEntries(Object.entries(o).map(([name, v]) => [name, value(v)])) });

const server = new grpc.Server();
server.addService(v1.Provider.service, {
  Answer(call, reply) {
    const r = call.request;
    console.log(r.body, r.service_id, r.client_id, r.user_id, r.record_id, call.getDeadline() === Infinity ? 'none' : 'deadline');
    if (r.issue.includes('nobody')) {
      const metadata = new grpc.Metadata();
      metadata.set('grpc-status-details-bin', status);
      return reply({ code: grpc.status.NOT_FOUND, details: 'nobody has this number', metadata });
    }
    if (r.issue.includes('busy')) {
      return reply({ code: grpc.status.UNAVAILABLE, details: 'come again' });
    }
    const answer = { json: { json: Buffer.from(answerJson) }, struct: { struct: struct(JSON.parse(answerJson)) }, xml: { xml: Buffer.from(answerXml) } };
    return reply(null, answer[r.body]);
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
