"""Debian's grpcio against a running adapter: stubs made by protoc of its own /service.proto and of proto/tunduk.

    /usr/bin/python3 judge.py GRPC_PORT REST_ADDRESS API_KEY AUDITOR_KEY PROTO_ROOT PIN USER_ID ISSUE

Prints a line per case: "PASS case" or "FAIL case: reason". Exit code 0 if all passed.
"""
import importlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

import grpc
from google.protobuf import descriptor_pb2, json_format, struct_pb2

PORT, REST, KEY, AUDITOR, PROTO_ROOT, PIN, USER_ID, ISSUE = sys.argv[1:]
STUBS = tempfile.TemporaryDirectory()
sys.path.insert(0, STUBS.name)


def rest(path, body=None):
    headers = {"Authorization": "Bearer " + KEY, "X-Road-UserId": USER_ID, "X-Road-Issue": ISSUE, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(REST + path, data=body, headers=headers)) as answer:
        return answer.read()


def protoc(*files):
    subprocess.run(["/usr/bin/protoc", "-I" + STUBS.name, "-I/usr/include", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin",
                    "--python_out=" + STUBS.name, "--grpc_python_out=" + STUBS.name, *files], check=True)


def take(source, name):
    with open(os.path.join(PROTO_ROOT, source), encoding="utf-8") as file, open(os.path.join(STUBS.name, name), "w", encoding="utf-8") as copy:
        copy.write(file.read())


with open(os.path.join(STUBS.name, "service.proto"), "wb") as out:
    out.write(rest("v1/services/getPerson/service.proto"))
for part in ("exchange", "refusal"):
    take(f"tunduk/adapter/v1/{part}.proto", part + ".proto")
take("google/rpc/status.proto", "rpc_status.proto")
take("grpc/health/v1/health.proto", "health_v1.proto")
take("grpc/reflection/v1/reflection.proto", "reflection_v1.proto")
protoc("service.proto", "exchange.proto", "refusal.proto", "rpc_status.proto", "health_v1.proto", "reflection_v1.proto")
service_pb2, service_grpc = importlib.import_module("service_pb2"), importlib.import_module("service_pb2_grpc")
exchange_pb2, exchange_grpc = importlib.import_module("exchange_pb2"), importlib.import_module("exchange_pb2_grpc")
refusal_pb2, rpc_status_pb2 = importlib.import_module("refusal_pb2"), importlib.import_module("rpc_status_pb2")
health_pb2, health_grpc = importlib.import_module("health_v1_pb2"), importlib.import_module("health_v1_pb2_grpc")
reflection_pb2, reflection_grpc = importlib.import_module("reflection_v1_pb2"), importlib.import_module("reflection_v1_pb2_grpc")

CHANNEL = grpc.insecure_channel("127.0.0.1:" + PORT)
METADATA = [("authorization", "Bearer " + KEY), ("x-road-userid", USER_ID), ("x-road-issue", ISSUE)]
TYPED = service_grpc.GetPersonStub(CHANNEL)
EXCHANGE = exchange_grpc.ExchangeStub(CHANNEL)
METHOD = service_pb2.DESCRIPTOR.services_by_name["GetPerson"].methods[0]
REQUEST = getattr(service_pb2, METHOD.input_type.name)
CASES = []


def case(test):
    CASES.append(test)
    return test


def expect(what, actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{what}: {actual!r}, not {wanted!r}")


def refused(call, status, code):
    try:
        call()
    except grpc.RpcError as error:
        expect("status", error.code(), status)
        rich = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        detail = rpc_status_pb2.Status.FromString(rich)
        expect("rich code", detail.code, status.value[0])
        refusal = refusal_pb2.Refusal()
        assert detail.details[0].Unpack(refusal), "the first detail is no Refusal"
        expect("code", refusal.code, code)
        assert refusal.stage and refusal.title and refusal.remedy and refusal.documentation, refusal
        return refusal
    raise AssertionError("was not refused")


def typed_request():
    return json_format.Parse(json.dumps({"request": {"pin": PIN}}), REQUEST())


def call(**body):
    return exchange_pb2.CallRequest(alias="getPerson", user_id=USER_ID, issue=ISSUE, **body)


def plain(value):
    """protobuf's JSON as the mapping's: a nillable value is the value or null."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"$nil"}:
            return None
        return plain(value["value"]) if set(value) == {"value"} else {name: plain(item) for name, item in value.items()}
    return value


@case
def typed_call_is_the_rest_answer():
    answer, ended = getattr(TYPED, METHOD.name).with_call(typed_request(), metadata=METADATA, timeout=120)
    wanted = json.loads(rest("v1/services/getPerson", json.dumps({"request": {"pin": PIN}}).encode()))
    expect("answer", plain(json.loads(json_format.MessageToJson(answer))), wanted)
    assert any(name == "x-tunduk-record" for name, _ in ended.initial_metadata()), "no record"


@case
def typed_call_without_pin_is_refused_by_name():
    message = json_format.Parse(json.dumps({"request": {}}), REQUEST())
    refusal = refused(lambda: getattr(TYPED, METHOD.name)(message, metadata=METADATA, timeout=120), grpc.StatusCode.INVALID_ARGUMENT, "contract_violated")
    expect("path", refusal.path, "$.request.pin")
    assert refusal.record_id, "a refusal of a known caller has a record"


@case
def typed_call_with_unknown_field_is_refused():
    raw = CHANNEL.unary_unary(f"/{METHOD.containing_service.full_name}/{METHOD.name}", request_serializer=lambda b: b, response_deserializer=lambda b: b)
    refused(lambda: raw(b"\x78\x01", metadata=METADATA, timeout=120), grpc.StatusCode.INVALID_ARGUMENT, "contract_violated")
    refused(lambda: raw(b"\xff\xff", metadata=METADATA, timeout=120), grpc.StatusCode.INVALID_ARGUMENT, "protobuf_malformed")


@case
def call_without_key_is_refused():
    refused(lambda: EXCHANGE.Call(call(json=b"{}"), timeout=120), grpc.StatusCode.UNAUTHENTICATED, "caller_unknown")
    refused(lambda: getattr(TYPED, METHOD.name)(typed_request(), timeout=120), grpc.StatusCode.UNAUTHENTICATED, "caller_unknown")


@case
def auditor_may_not_exchange():
    refused(lambda: EXCHANGE.Call(call(json=b"{}"), metadata=[("authorization", "Bearer " + AUDITOR)], timeout=120), grpc.StatusCode.PERMISSION_DENIED, "caller_not_permitted")


@case
def exchange_json_struct_and_xml_say_the_same():
    key = METADATA[:1]
    body = {"request": {"pin": PIN}}
    as_json = EXCHANGE.Call(call(json=json.dumps(body).encode()), metadata=key, timeout=120)
    struct = struct_pb2.Struct()
    struct.update(body)
    as_struct = EXCHANGE.Call(call(struct=struct), metadata=key, timeout=120)
    expect("struct", json_format.MessageToDict(as_struct.struct), json.loads(as_json.json))
    ns = "http://registry.sandbox.x-road.example/producer"
    as_xml = EXCHANGE.Call(call(xml=f'<getPerson xmlns="{ns}"><request><pin>{PIN}</pin></request></getPerson>'.encode()), metadata=key, timeout=120)
    assert as_xml.xml.startswith(b"<") and PIN.encode() in as_xml.xml, "no element"
    for answer in (as_json, as_struct, as_xml):
        assert answer.record_id and answer.message_id, answer


@case
def exchange_by_service_id():
    listed = EXCHANGE.ListServices(exchange_pb2.ListServicesRequest(), metadata=METADATA[:1], timeout=120)
    found = [s for s in listed.services if s.alias == "getPerson"][0]
    expect("method", found.method, f"{METHOD.containing_service.full_name}/{METHOD.name}")
    request = exchange_pb2.CallRequest(service_id=found.service_id, user_id=USER_ID, issue=ISSUE, json=json.dumps({"request": {"pin": PIN}}).encode())
    assert EXCHANGE.Call(request, metadata=METADATA[:1], timeout=120).json
    request.service_id = "sandbox/GOV/1/none/none"
    refused(lambda: EXCHANGE.Call(request, metadata=METADATA[:1], timeout=120), grpc.StatusCode.NOT_FOUND, "service_alias_unknown")


@case
def inexact_struct_number_is_refused_with_its_remedy():
    struct = struct_pb2.Struct()
    struct.update({"request": {"pin": 9007199254740993.0}})
    refusal = refused(lambda: EXCHANGE.Call(call(struct=struct), metadata=METADATA[:1], timeout=120), grpc.StatusCode.INVALID_ARGUMENT, "number_inexact")
    expect("path", refusal.path, "$.request.pin")
    assert "string" in refusal.remedy, refusal


@case
def missing_user_is_refused():
    request = exchange_pb2.CallRequest(alias="getPerson", issue=ISSUE, json=json.dumps({"request": {"pin": PIN}}).encode())
    refused(lambda: EXCHANGE.Call(request, metadata=METADATA[:1], timeout=120), grpc.StatusCode.INVALID_ARGUMENT, "user_id_missing")


@case
def issue_in_cyrillic_travels_in_binary_metadata():
    metadata = [METADATA[0], METADATA[1], ("x-road-issue-bin", (ISSUE + " өтүнмө").encode())]
    getattr(TYPED, METHOD.name)(typed_request(), metadata=metadata, timeout=120)


@case
def health_asks_for_no_key():
    answer = health_grpc.HealthStub(CHANNEL).Check(health_pb2.HealthCheckRequest(), timeout=120)
    expect("status", answer.status, health_pb2.HealthCheckResponse.SERVING)


def reflect(key, **question):
    stub = reflection_grpc.ServerReflectionStub(CHANNEL)
    return next(iter(stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**question)]), metadata=[("authorization", "Bearer " + key)], timeout=120)))


@case
def reflection_lists_what_the_caller_may_call():
    mine = {s.name for s in reflect(KEY, list_services="").list_services_response.service}
    assert {METHOD.containing_service.full_name, "tunduk.adapter.v1.Exchange"} <= mine, mine
    auditors = {s.name for s in reflect(AUDITOR, list_services="").list_services_response.service}
    assert METHOD.containing_service.full_name not in auditors and "tunduk.adapter.v1.Exchange" not in auditors, auditors
    refusal = reflect(AUDITOR, file_containing_symbol=METHOD.containing_service.full_name)
    assert refusal.HasField("error_response"), refusal


@case
def reflection_serves_the_descriptor_of_the_proto():
    answer = reflect(KEY, file_containing_symbol=METHOD.containing_service.full_name)
    served = descriptor_pb2.FileDescriptorProto.FromString(answer.file_descriptor_response.file_descriptor_proto[0])
    ours = descriptor_pb2.FileDescriptorProto()
    service_pb2.DESCRIPTOR.CopyToProto(ours)
    served.name = ours.name
    # protoc fills in the default json_name; everything else must be equal.
    for message in ours.message_type:
        of = [m for m in served.message_type if m.name == message.name][0]
        for mine, theirs in zip(message.field, of.field):
            if not theirs.json_name:
                mine.ClearField("json_name")
    expect("descriptor", served, ours)


FAILED = 0
for test in CASES:
    try:
        test()
        print("PASS", test.__name__, flush=True)
    except Exception as problem:  # every case is to be reported
        FAILED += 1
        print("FAIL", test.__name__ + ":", repr(problem).replace("\n", " ")[:2000], flush=True)
sys.exit(1 if FAILED else 0)
