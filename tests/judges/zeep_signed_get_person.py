"""A foreign SOAP client that signs: zeep with its own signature plugin, as shipped or subclassed to the profile.

Usage: zeep_signed_get_person.py SECURITY_SERVER PIN KEY CERTIFICATE PROVIDER_CERTIFICATE shipped|sha256|profile
"""
import datetime
import json
import os
import sys
import tempfile
import unittest.mock
import uuid

import xmlsec
import zeep
import zeep.exceptions
import zeep.helpers
from lxml import etree
from zeep import ns
from zeep.wsse import signature as plugin
from zeep.wsse.utils import get_security_header

import zeep_get_person as base

TA = "urn:tunduk-adapter:exchange:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Shipped(plugin.BinarySignature):
    """The plugin as it is; only the answer is taken as it comes."""

    def verify(self, envelope):
        return envelope


class Profile(plugin.BinarySignature):
    """Adds Timestamp and ta:Exchange and signs the three; verifies the answer with the provider's certificate."""

    def __init__(self, key, certificate, provider, values):
        super().__init__(key, certificate, signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256)
        self.provider = provider
        self.values = values

    def apply(self, envelope, headers):
        exchange = self.add_exchange(envelope)
        self.add_timestamp(envelope)
        sign_node = plugin._sign_node

        def body_and_exchange(context, signature, target, digest_method=None):
            sign_node(context, signature, target, digest_method)
            if target.tag == "{%s}Body" % SOAP:
                sign_node(context, signature, exchange, digest_method)

        with unittest.mock.patch.object(plugin, "_sign_node", body_and_exchange):
            return super().apply(envelope, headers)

    def verify(self, envelope):
        with open(self.provider, "rb") as file:
            plugin._verify_envelope_with_key(envelope, plugin._make_verify_key(file.read()))
        return envelope

    def add_exchange(self, envelope):
        exchange = etree.SubElement(envelope.find("{%s}Header" % SOAP), "{%s}Exchange" % TA, {"kind": "request"}, nsmap={"ta": TA})
        for name, value in self.values.items():
            etree.SubElement(exchange, "{%s}Header" % TA, {"name": name}).text = value
        return exchange

    def add_timestamp(self, envelope):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        timestamp = etree.SubElement(get_security_header(envelope), "{%s}Timestamp" % ns.WSU)
        for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
            etree.SubElement(timestamp, "{%s}%s" % (ns.WSU, name)).text = moment.isoformat(timespec="milliseconds") + "Z"


def main(server, pin, key, certificate, provider, mode):
    message_id = str(uuid.uuid4())
    headers = {
        "client": base.CLIENT,
        "service": {**base.PROVIDER, "objectType": "SERVICE", "serviceCode": "getPerson", "serviceVersion": "v1"},
        "userId": "KG20000000000001",
        "id": message_id,
        "issue": "loan-scoring application 2026-00017",
        "protocolVersion": "4.0",
    }
    values = {
        "client": "sandbox/COM/60009001/loans",
        "service": "sandbox/GOV/70009001/registry/getPerson/v1",
        **{name: headers[name] for name in ("id", "userId", "issue", "protocolVersion")},
    }
    if mode == "profile":
        wsse = Profile(key, certificate, provider, values)
    elif mode == "sha256":
        wsse = Shipped(key, certificate, signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256)
    else:
        wsse = Shipped(key, certificate)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "service.wsdl")
        with open(path, "wb") as file:
            file.write(base.get_wsdl(server))
        client = zeep.Client(path, transport=base.LocalSchemas(timeout=60, operation_timeout=60), wsse=wsse)

    service = client.create_service(str(next(iter(client.wsdl.bindings))), server)
    try:
        answer = service.getPerson(request={"pin": pin}, _soapheaders=headers)
    except zeep.exceptions.Fault as fault:
        print(json.dumps({"id": message_id, "fault": fault.code, "message": fault.message}))
        return 1

    print(json.dumps({"id": message_id, "answer": zeep.helpers.serialize_object(answer, dict)}, default=str, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
