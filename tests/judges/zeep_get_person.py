"""A foreign SOAP client as a judge: zeep takes the provider's WSDL from the security server (getWsdl), calls getPerson
through it by that WSDL alone, and prints what it understood as JSON.

Usage: zeep_get_person.py SECURITY_SERVER PIN [WSDL_ADDRESS]

With WSDL_ADDRESS the WSDL is read from there, and the service is asked where that WSDL says it is: a security server that
registers a provider's service.
"""
import email
import json
import os
import sys
import tempfile
import uuid

import requests
import zeep
import zeep.exceptions
import zeep.helpers
import zeep.transports

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = {"objectType": "SUBSYSTEM", "xRoadInstance": "sandbox", "memberClass": "COM",
          "memberCode": "60009001", "subsystemCode": "loans"}
PROVIDER = {"xRoadInstance": "sandbox", "memberClass": "GOV",
            "memberCode": "70009001", "subsystemCode": "registry"}
GET_WSDL = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers">
<s:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>getWsdl</i:serviceCode></x:service>
<x:id>{id}</x:id><x:protocolVersion>4.0</x:protocolVersion>
</s:Header>
<s:Body><x:getWsdl><x:serviceCode>getPerson</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl></s:Body>
</s:Envelope>"""


class LocalSchemas(zeep.transports.Transport):
    """X-Road's schemas come from this folder: the judge speaks to nobody but the security server."""

    def load(self, url):
        if url.startswith("http://x-road.eu/xsd/"):
            with open(os.path.join(HERE, url.rsplit("/", 1)[1]), "rb") as file:
                return file.read()
        if url.startswith(("http:", "https:")):
            raise RuntimeError("the WSDL asks for " + url)
        return super().load(url)


def get_wsdl(server):
    response = requests.post(server, data=GET_WSDL.format(id=uuid.uuid4()).encode(),
                             headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}, timeout=60)
    response.raise_for_status()
    message = email.message_from_bytes(b"Content-Type: " + response.headers["Content-Type"].encode() + b"\r\n\r\n" + response.content)
    parts = message.get_payload()
    assert message.is_multipart() and len(parts) == 2, response.text[:500]
    return parts[1].get_payload(decode=True)


def main(server, pin, wsdl_address=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "service.wsdl")
        with open(path, "wb") as file:
            file.write(requests.get(wsdl_address, timeout=60).content if wsdl_address else get_wsdl(server))
        client = zeep.Client(path, transport=LocalSchemas(timeout=60, operation_timeout=60))

    binding = next(iter(client.wsdl.bindings))
    service = client.service if wsdl_address else client.create_service(str(binding), server)
    message_id = str(uuid.uuid4())
    headers = {
        "client": CLIENT,
        "service": {**PROVIDER, "objectType": "SERVICE", "serviceCode": "getPerson", "serviceVersion": "v1"},
        "userId": "KG20000000000001",
        "id": message_id,
        "issue": "loan-scoring application 2026-00017",
        "protocolVersion": "4.0",
    }
    try:
        answer = service.getPerson(request={"pin": pin}, _soapheaders=headers)
    except zeep.exceptions.Fault as fault:
        print(json.dumps({"id": message_id, "fault": fault.code, "message": fault.message}))
        return 1

    understood = zeep.helpers.serialize_object(answer, dict)
    print(json.dumps({"id": message_id, "operations": sorted(service._binding._operations), "answer": understood},
                     default=str, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
