// @grpc/grpc-js as an independent judge: runs the cases of the gRPC interoperability test description against a server.
//
//     NODE_PATH=tests/.tools/grpc/node_modules node judge.js PORT PROTO_ROOT
//
// Prints a line per case: "PASS case" or "FAIL case: reason". Exit code 0 if all passed.
'use strict';
const assert = require('node:assert/strict');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [port, protoRoot] = process.argv.slice(2);
const options = { keepCase: true, defaults: true, enums: String };
const load = (file, root) => grpc.loadPackageDefinition(loader.loadSync(file, { ...options, includeDirs: [root] }));
const testing = load('interop.proto', __dirname).grpc.testing;
const health = load('grpc/health/v1/health.proto', protoRoot).grpc.health.v1;
const reflection = load('grpc/reflection/v1/reflection.proto', protoRoot).grpc.reflection.v1;

const address = `127.0.0.1:${port}`;
const plain = grpc.credentials.createInsecure();
const client = new testing.TestService(address, plain);
const gzip = new testing.TestService(address, plain, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const special = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

const payload = (size) => ({ body: Buffer.alloc(size) });
const large = (more) => ({ response_size: 314159, payload: payload(271828), ...more });
const duplex = (responseSize, requestSize) => ({ response_parameters: [{ size: responseSize }], payload: payload(requestSize) });
const wait = () => ({ deadline: Date.now() + 120000 });

// A unary call: its response, headers and trailers, or its error.
const unary = (stub, method, request, metadata = new grpc.Metadata(), callOptions = wait()) =>
  new Promise((resolve) => {
    const seen = {};
    const call = stub[method](request, metadata, callOptions, (error, response) => Object.assign(seen, { error, response }));
    call.on('metadata', (headers) => { seen.headers = headers; });
    call.on('status', (status) => { seen.status = status; setImmediate(() => resolve(seen)); });
  });

// A call with a stream of responses: all of them and the status.
const drain = (call, onMessage = () => {}) =>
  new Promise((resolve) => {
    const seen = { messages: [] };
    call.on('metadata', (headers) => { seen.headers = headers; });
    call.on('data', (message) => { seen.messages.push(message); onMessage(message); });
    call.on('error', () => {});
    call.on('status', (status) => { seen.status = status; setImmediate(() => resolve(seen)); });
  });

const succeeded = (seen) => { assert.equal(seen.status.code, grpc.status.OK, seen.status.details); return seen; };
const sizes = (seen) => succeeded(seen).messages.map((message) => message.payload.body.length);

async function echoStatus(message) {
  const wanted = { code: 2, message };
  const one = await unary(client, 'UnaryCall', { response_status: wanted });
  const call = client.FullDuplexCall(wait());
  const ended = drain(call);
  call.write({ response_status: wanted });
  call.end();
  for (const { status } of [one, await ended]) {
    assert.deepEqual([status.code, status.details], [2, message]);
  }
}

const cases = {
  async empty_unary() {
    succeeded(await unary(client, 'EmptyCall', {}));
  },
  async large_unary() {
    assert.equal(succeeded(await unary(client, 'UnaryCall', large())).response.payload.body.length, 314159);
  },
  async client_compressed_unary() {
    const probe = await unary(client, 'UnaryCall', large({ expect_compressed: { value: true } }));
    assert.equal(probe.status.code, grpc.status.INVALID_ARGUMENT);
    const packed = await unary(gzip, 'UnaryCall', large({ expect_compressed: { value: true } }));
    assert.equal(succeeded(packed).response.payload.body.length, 314159);
    const unpacked = await unary(client, 'UnaryCall', large({ expect_compressed: { value: false } }));
    assert.equal(succeeded(unpacked).response.payload.body.length, 314159);
  },
  async server_compressed_unary() {
    for (const value of [true, false]) {
      const seen = await unary(client, 'UnaryCall', large({ response_compressed: { value } }));
      assert.equal(succeeded(seen).response.payload.body.length, 314159);
    }
  },
  async client_streaming() {
    const response = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall(wait(), (error, answer) => (error ? reject(error) : resolve(answer)));
      requestSizes.forEach((size) => call.write({ payload: payload(size) }));
      call.end();
    });
    assert.equal(response.aggregated_payload_size, 74922);
  },
  async server_streaming() {
    const request = { response_parameters: responseSizes.map((size) => ({ size })) };
    assert.deepEqual(sizes(await drain(client.StreamingOutputCall(request, wait()))), responseSizes);
  },
  async server_compressed_streaming() {
    const request = { response_parameters: [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }] };
    assert.deepEqual(sizes(await drain(client.StreamingOutputCall(request, wait()))), [31415, 92653]);
  },
  async ping_pong() {
    const call = client.FullDuplexCall(wait());
    let next = 0;
    const send = () => (next < 4 ? call.write(duplex(responseSizes[next], requestSizes[next++])) : call.end());
    const ended = drain(call, send);
    send();
    assert.deepEqual(sizes(await ended), responseSizes);
  },
  async empty_stream() {
    const call = client.FullDuplexCall(wait());
    call.end();
    assert.deepEqual(sizes(await drain(call)), []);
  },
  async custom_metadata() {
    const sent = new grpc.Metadata();
    sent.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    sent.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
    const call = client.FullDuplexCall(sent, wait());
    const ended = drain(call);
    call.write(duplex(314159, 271828));
    call.end();
    for (const seen of [await unary(client, 'UnaryCall', large(), sent), await ended]) {
      succeeded(seen);
      assert.deepEqual(seen.headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
      assert.deepEqual(seen.status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from('ababab', 'hex')]);
    }
  },
  async status_code_and_message() {
    await echoStatus('test status message');
  },
  async special_status_message() {
    await echoStatus(special);
  },
  async unimplemented_method() {
    assert.equal((await unary(client, 'UnimplementedCall', {})).status.code, grpc.status.UNIMPLEMENTED);
  },
  async unimplemented_service() {
    const stub = new testing.UnimplementedService(address, plain);
    assert.equal((await unary(stub, 'UnimplementedCall', {})).status.code, grpc.status.UNIMPLEMENTED);
    stub.close();
  },
  async cancel_after_begin() {
    const error = await new Promise((resolve) => {
      const call = client.StreamingInputCall(wait(), resolve);
      call.cancel();
    });
    assert.equal(error.code, grpc.status.CANCELLED);
  },
  async cancel_after_first_response() {
    const call = client.FullDuplexCall(wait());
    const ended = drain(call, () => call.cancel());
    call.write(duplex(31415, 27182));
    const seen = await ended;
    assert.deepEqual([seen.status.code, seen.messages.length], [grpc.status.CANCELLED, 1]);
  },
  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall({ deadline: Date.now() + 1 });
    call.write({ payload: payload(27182) });
    assert.equal((await drain(call)).status.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async concurrent_large_unary() {
    const seen = await Promise.all(Array.from({ length: 100 }, () => unary(client, 'UnaryCall', large())));
    seen.forEach((one) => assert.equal(succeeded(one).response.payload.body.length, 314159));
  },
  // Not of the description: what else this project promises.
  async rich_status() {
    const { status } = await unary(client, 'UnaryCall', { response_status: { code: 9, message: 'rich' } });
    const [details] = status.metadata.get('grpc-status-details-bin');
    assert.equal(status.code, grpc.status.FAILED_PRECONDITION);
    assert.ok(details.includes('type.googleapis.com/google.rpc.ErrorInfo'));
  },
  async message_too_large() {
    const { status } = await unary(client, 'UnaryCall', { payload: payload(5 * 1024 * 1024) });
    assert.equal(status.code, grpc.status.RESOURCE_EXHAUSTED);
  },
  async health() {
    const stub = new health.Health(address, plain);
    assert.equal(succeeded(await unary(stub, 'Check', {})).response.status, 'SERVING');
    assert.equal((await unary(stub, 'Check', { service: 'x.Y' })).status.code, grpc.status.NOT_FOUND);
    const watch = stub.Watch({ service: 'x.Y' }, wait());
    const seen = await drain(watch, () => watch.cancel());
    assert.deepEqual(seen.messages.map((message) => message.status), ['SERVICE_UNKNOWN']);
    stub.close();
  },
  async reflection() {
    const stub = new reflection.ServerReflection(address, plain);
    const call = stub.ServerReflectionInfo(wait());
    call.write({ list_services: '' });
    call.end();
    const { messages: [listed] } = succeeded(await drain(call));
    assert.deepEqual(listed.list_services_response.service.map((service) => service.name),
      ['grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection', 'grpc.testing.TestService']);
    stub.close();
  },
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`PASS ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAIL ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
    }
  }
  client.close();
  gzip.close();
  process.exit(); // The deadlines of cancelled calls would keep the process for two minutes more.
})();
