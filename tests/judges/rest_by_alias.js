// A @grpc/grpc-js client made of service.proto, of a REST service behind an alias; the counterpart of rest_by_alias.py.
//
//   node rest_by_alias.js FOLDER TARGET KEY USER ISSUE
//
// FOLDER holds service.proto and, for each method NAME, NAME.request.wire. Each method is called with what the generated client reads
// of it; the answer is written to NAME.response.node.wire. Prints a line PASS a method.
'use strict';
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [folder, target, key, userId, issue] = process.argv.slice(2);
const definition = loader.loadSync(path.join(folder, 'service.proto'), { keepCase: true, longs: String });
const [name] = Object.keys(definition).filter((full) => !definition[full].format);
const Client = name.split('.').reduce((place, part) => place[part], grpc.loadPackageDefinition(definition));
const client = new Client(target, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set('authorization', 'Bearer ' + key);
metadata.set('x-road-userid', userId);
metadata.set('x-road-issue', issue);

(async () => {
  for (const [method, described] of Object.entries(Client.service)) {
    const request = described.requestDeserialize(fs.readFileSync(path.join(folder, method + '.request.wire')));
    const answer = await new Promise((resolve, reject) =>
      client[method](request, metadata, { deadline: Date.now() + 120000 }, (error, value) => (error ? reject(error) : resolve(value))));
    fs.writeFileSync(path.join(folder, method + '.response.node.wire'), described.responseSerialize(answer));
    console.log('PASS', method);
  }
  client.close();
  process.exit(); // What a deadline still waits for keeps the process.
})().catch((error) => {
  console.log('FAIL', error);
  process.exit(1);
});
