"""An information system in Debian's grpcio: it implements tunduk.adapter.v1.Provider, and the adapter asks it.

    /usr/bin/python3 provider.py PROTO_ROOT ANSWER_JSON ANSWER_XML

Prints its port, then a line for each call: form, service, client, user, record and whether a deadline was told. It ends when its
standard input does. A request whose issue holds "nobody" is answered NOT_FOUND with a reason of its own, "busy" UNAVAILABLE.
"""
import importlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent import futures

import grpc
from google.protobuf import struct_pb2

PROTO_ROOT, ANSWER_JSON, ANSWER_XML = sys.argv[1:]
STUBS = tempfile.TemporaryDirectory()
sys.path.insert(0, STUBS.name)
for source, name in (("tunduk/adapter/v1/provider.proto", "provider.proto"), ("google/rpc/status.proto", "rpc_status.proto"), ("google/rpc/error_details.proto", "rpc_details.proto")):
    with open(os.path.join(PROTO_ROOT, source), encoding="utf-8") as file, open(os.path.join(STUBS.name, name), "w", encoding="utf-8") as copy:
        copy.write(file.read())
subprocess.run(["/usr/bin/protoc", "-I" + STUBS.name, "-I/usr/include", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin",
                "--python_out=" + STUBS.name, "--grpc_python_out=" + STUBS.name, "provider.proto", "rpc_status.proto", "rpc_details.proto"], check=True)
provider_pb2, provider_grpc = importlib.import_module("provider_pb2"), importlib.import_module("provider_pb2_grpc")
status_pb2, details_pb2 = importlib.import_module("rpc_status_pb2"), importlib.import_module("rpc_details_pb2")


class Provider(provider_grpc.ProviderServicer):
    def Answer(self, request, context):
        form = request.WhichOneof("body")
        told = context.time_remaining() is not None
        print(form, request.service_id, request.client_id, request.user_id, request.record_id, "deadline" if told else "none", flush=True)
        if "nobody" in request.issue:
            status = status_pb2.Status(code=5, message="nobody has this number")
            status.details.add().Pack(details_pb2.ErrorInfo(reason="PIN_NOT_FOUND", domain="register"))
            context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
            context.abort(grpc.StatusCode.NOT_FOUND, status.message)
        if "busy" in request.issue:
            context.abort(grpc.StatusCode.UNAVAILABLE, "come again")
        if form == "struct":
            assert request.struct["request"]["pin"], request
            answer = struct_pb2.Struct()
            answer.update(json.loads(ANSWER_JSON))
            return provider_pb2.AnswerResponse(struct=answer)
        if form == "xml":
            assert request.xml.startswith(b"<"), request
            return provider_pb2.AnswerResponse(xml=ANSWER_XML.encode())
        assert json.loads(request.json)["request"]["pin"], request
        return provider_pb2.AnswerResponse(json=ANSWER_JSON.encode())


SERVER = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
provider_grpc.add_ProviderServicer_to_server(Provider(), SERVER)
PORT = SERVER.add_insecure_port("127.0.0.1:0")
SERVER.start()
print(PORT, flush=True)
sys.stdin.read()
SERVER.stop(0)
