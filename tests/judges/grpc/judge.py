"""Debian's grpcio as an independent judge: runs the cases of the gRPC interoperability test description against a server.

    /usr/bin/python3 judge.py PORT PROTO_ROOT

Prints a line per case: "PASS case" or "FAIL case: reason". Exit code 0 if all passed.
"""
import os
import queue
import subprocess
import sys
import tempfile

import grpc

PORT, PROTO_ROOT = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
STUBS = tempfile.TemporaryDirectory()


def make_stubs():
    plugin = "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin"
    out = ["--python_out=" + STUBS.name, "--grpc_python_out=" + STUBS.name]
    subprocess.run(["/usr/bin/protoc", "-I" + HERE, plugin, *out, "interop.proto"], check=True)
    # The standard protos get names of their own: "grpc" is the library's package.
    for source, name in (("grpc/health/v1/health.proto", "health_v1"), ("grpc/reflection/v1/reflection.proto", "reflection_v1"),
                         ("google/rpc/status.proto", "rpc_status")):
        with open(os.path.join(PROTO_ROOT, source), encoding="utf-8") as file, \
                open(os.path.join(STUBS.name, name + ".proto"), "w", encoding="utf-8") as copy:
            copy.write(file.read())
        subprocess.run(["/usr/bin/protoc", "-I" + STUBS.name, "-I/usr/include", plugin, *out, name + ".proto"], check=True)
    sys.path.insert(0, STUBS.name)


make_stubs()
import health_v1_pb2  # noqa: E402
import health_v1_pb2_grpc  # noqa: E402
import interop_pb2 as m  # noqa: E402
import interop_pb2_grpc  # noqa: E402
import reflection_v1_pb2  # noqa: E402
import reflection_v1_pb2_grpc  # noqa: E402
import rpc_status_pb2  # noqa: E402
from google.protobuf import descriptor_pb2  # noqa: E402

CHANNEL = grpc.insecure_channel("127.0.0.1:" + PORT)
STUB = interop_pb2_grpc.TestServiceStub(CHANNEL)
WAIT = 120
REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


def expect(what, actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{what}: {actual!r}, not {wanted!r}")


def payload(size):
    return m.Payload(body=b"\0" * size)


def status_of(call):
    try:
        result = call()
        if hasattr(result, "__iter__"):
            for _ in result:
                pass
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def large(**more):
    return m.SimpleRequest(response_size=314159, payload=payload(271828), **more)


class Pipe:
    """Requests that are given one by one."""

    def __init__(self):
        self.queue = queue.Queue()

    def add(self, request):
        self.queue.put(request)

    def close(self):
        self.queue.put(None)

    def __iter__(self):
        return self

    def __next__(self):
        request = self.queue.get()
        if request is None:
            raise StopIteration
        return request


def empty_unary():
    expect("response", STUB.EmptyCall(m.Empty(), timeout=WAIT), m.Empty())


def large_unary():
    expect("size", len(STUB.UnaryCall(large(), timeout=WAIT).payload.body), 314159)


def client_compressed_unary():
    probe = status_of(lambda: STUB.UnaryCall(large(expect_compressed=m.BoolValue(value=True)), timeout=WAIT))
    expect("probe", probe.code(), grpc.StatusCode.INVALID_ARGUMENT)
    packed = STUB.UnaryCall(large(expect_compressed=m.BoolValue(value=True)), timeout=WAIT, compression=grpc.Compression.Gzip)
    expect("size", len(packed.payload.body), 314159)
    plain = STUB.UnaryCall(large(expect_compressed=m.BoolValue(value=False)), timeout=WAIT, compression=grpc.Compression.NoCompression)
    expect("size", len(plain.payload.body), 314159)


def server_compressed_unary():
    # This client has no access to the message's flag; that the bytes on the wire are fewer is the other tests' affair.
    for wanted in (True, False):
        response = STUB.UnaryCall(large(response_compressed=m.BoolValue(value=wanted)), timeout=WAIT)
        expect("size", len(response.payload.body), 314159)


def client_streaming():
    requests = (m.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
    expect("sum", STUB.StreamingInputCall(requests, timeout=WAIT).aggregated_payload_size, 74922)


def server_streaming():
    request = m.StreamingOutputCallRequest(response_parameters=[m.ResponseParameters(size=size) for size in RESPONSE_SIZES])
    expect("sizes", tuple(len(r.payload.body) for r in STUB.StreamingOutputCall(request, timeout=WAIT)), RESPONSE_SIZES)


def server_compressed_streaming():
    request = m.StreamingOutputCallRequest(response_parameters=[
        m.ResponseParameters(size=31415, compressed=m.BoolValue(value=True)),
        m.ResponseParameters(size=92653, compressed=m.BoolValue(value=False))])
    expect("sizes", [len(r.payload.body) for r in STUB.StreamingOutputCall(request, timeout=WAIT)], [31415, 92653])


def duplex(response_size, request_size):
    return m.StreamingOutputCallRequest(response_parameters=[m.ResponseParameters(size=response_size)], payload=payload(request_size))


def ping_pong():
    pipe = Pipe()
    responses = STUB.FullDuplexCall(pipe, timeout=WAIT)
    for response_size, request_size in zip(RESPONSE_SIZES, REQUEST_SIZES):
        pipe.add(duplex(response_size, request_size))
        expect("size", len(next(responses).payload.body), response_size)
    pipe.close()
    expect("rest", list(responses), [])


def empty_stream():
    expect("responses", list(STUB.FullDuplexCall(iter(()), timeout=WAIT)), [])


def custom_metadata():
    sent = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))
    _, unary = STUB.UnaryCall.with_call(large(), metadata=sent, timeout=WAIT)
    stream = STUB.FullDuplexCall(iter([duplex(314159, 271828)]), metadata=sent, timeout=WAIT)
    expect("sizes", [len(r.payload.body) for r in stream], [314159])
    for call in (unary, stream):
        expect("initial", dict(call.initial_metadata()).get("x-grpc-test-echo-initial"), "test_initial_metadata_value")
        expect("trailing", dict(call.trailing_metadata()).get("x-grpc-test-echo-trailing-bin"), b"\xab\xab\xab")


def echo_status(message):
    status = m.EchoStatus(code=2, message=message)
    for error in (status_of(lambda: STUB.UnaryCall(m.SimpleRequest(response_status=status), timeout=WAIT)),
                  status_of(lambda: STUB.FullDuplexCall(iter([m.StreamingOutputCallRequest(response_status=status)]), timeout=WAIT))):
        expect("code", error.code(), grpc.StatusCode.UNKNOWN)
        expect("message", error.details(), message)


def status_code_and_message():
    echo_status("test status message")


def special_status_message():
    echo_status(SPECIAL)


def unimplemented_method():
    expect("code", status_of(lambda: STUB.UnimplementedCall(m.Empty(), timeout=WAIT)).code(), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service():
    stub = interop_pb2_grpc.UnimplementedServiceStub(CHANNEL)
    expect("code", status_of(lambda: stub.UnimplementedCall(m.Empty(), timeout=WAIT)).code(), grpc.StatusCode.UNIMPLEMENTED)


def cancel_after_begin():
    pipe = Pipe()
    call = STUB.StreamingInputCall.future(pipe, timeout=WAIT)
    call.cancel()
    expect("cancelled", call.cancelled(), True)
    expect("code", call.code(), grpc.StatusCode.CANCELLED)
    pipe.close()


def cancel_after_first_response():
    pipe = Pipe()
    responses = STUB.FullDuplexCall(pipe, timeout=WAIT)
    pipe.add(duplex(31415, 27182))
    expect("size", len(next(responses).payload.body), 31415)
    responses.cancel()
    expect("code", status_of(lambda: responses).code(), grpc.StatusCode.CANCELLED)
    pipe.close()


def timeout_on_sleeping_server():
    pipe = Pipe()
    responses = STUB.FullDuplexCall(pipe, timeout=0.001)
    pipe.add(m.StreamingOutputCallRequest(payload=payload(27182)))
    expect("code", status_of(lambda: responses).code(), grpc.StatusCode.DEADLINE_EXCEEDED)
    pipe.close()


def concurrent_large_unary():
    calls = [STUB.UnaryCall.future(large(), timeout=WAIT) for _ in range(100)]
    expect("sizes", {len(call.result().payload.body) for call in calls}, {314159})


# Not of the description: what else this project promises.

def rich_status():
    error = status_of(lambda: STUB.UnaryCall(m.SimpleRequest(response_status=m.EchoStatus(code=9, message="rich")), timeout=WAIT))
    details = rpc_status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    expect("code", (error.code(), details.code, details.message), (grpc.StatusCode.FAILED_PRECONDITION, 9, "rich"))
    expect("detail", details.details[0].type_url, "type.googleapis.com/google.rpc.ErrorInfo")


def message_too_large():
    error = status_of(lambda: STUB.UnaryCall(m.SimpleRequest(payload=payload(5 * 1024 * 1024)), timeout=WAIT))
    expect("code", error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)


def health():
    stub = health_v1_pb2_grpc.HealthStub(CHANNEL)
    request = health_v1_pb2.HealthCheckRequest
    expect("server", stub.Check(request(), timeout=WAIT).status, health_v1_pb2.HealthCheckResponse.SERVING)
    expect("unknown", status_of(lambda: stub.Check(request(service="x.Y"), timeout=WAIT)).code(), grpc.StatusCode.NOT_FOUND)
    watch = stub.Watch(request(service="x.Y"), timeout=WAIT)
    expect("watched", next(watch).status, health_v1_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
    watch.cancel()


def reflection():
    stub = reflection_v1_pb2_grpc.ServerReflectionStub(CHANNEL)
    ask = reflection_v1_pb2.ServerReflectionRequest
    listed, file, hidden = stub.ServerReflectionInfo(iter([
        ask(list_services=""), ask(file_containing_symbol="grpc.testing.TestService"),
        ask(file_containing_symbol="grpc.testing.UnimplementedService")]), timeout=WAIT)
    expect("services", [s.name for s in listed.list_services_response.service],
           ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.testing.TestService"])
    proto = descriptor_pb2.FileDescriptorProto.FromString(file.file_descriptor_response.file_descriptor_proto[0])
    expect("declared", [(s.name, [x.name for x in s.method]) for s in proto.service],
           [("TestService", ["EmptyCall", "UnaryCall", "StreamingOutputCall", "StreamingInputCall", "FullDuplexCall"])])
    expect("hidden", hidden.error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])


CASES = [empty_unary, large_unary, client_compressed_unary, server_compressed_unary, client_streaming, server_streaming,
         server_compressed_streaming, ping_pong, empty_stream, custom_metadata, status_code_and_message, special_status_message,
         unimplemented_method, unimplemented_service, cancel_after_begin, cancel_after_first_response, timeout_on_sleeping_server,
         concurrent_large_unary, rich_status, message_too_large, health, reflection]

failed = 0
for case in CASES:
    try:
        case()
        print("PASS", case.__name__, flush=True)
    except Exception as error:  # pylint: disable=broad-except
        failed = 1
        print(f"FAIL {case.__name__}: {type(error).__name__} {error}".replace("\n", " "), flush=True)
CHANNEL.close()
sys.exit(failed)
