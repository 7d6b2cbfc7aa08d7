"""An X-Road client in Python (requests): SOAP, REST and metaservices. Only ADDRESS differs between a security server and the adapter.

Usage: client.py ADDRESS PIN
Prints what was answered to each question as JSON, without what names the single exchange.
"""
import email
import hashlib
import json
import sys
import uuid
import xml.etree.ElementTree as ET

import requests

PROVIDER = "sandbox/GOV/70009001/registry"
HEADERS = {"X-Road-Client": "sandbox/COM/60009001/loans", "X-Road-UserId": "KG20000000000001",
           "X-Road-Issue": "loan-scoring application 2026-00017"}
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers">
<s:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>70009001</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>{code}</i:serviceCode>{version}</x:service>
<x:userId>KG20000000000001</x:userId><x:id>{id}</x:id><x:issue>loan-scoring application 2026-00017</x:issue><x:protocolVersion>4.0</x:protocolVersion>
</s:Header>
<s:Body>{body}</s:Body>
</s:Envelope>"""


def media(response):
    return response.headers.get("Content-Type", "").split(";")[0]


def soap(address, code, body, version=""):
    message_id = str(uuid.uuid4())
    text = ENVELOPE.format(code=code, version=version, id=message_id, body=body)
    response = requests.post(address, data=text.encode(), headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}, timeout=60)
    content, attachment = response.content, None
    if media(response) == "multipart/related":
        message = email.message_from_bytes(b"Content-Type: " + response.headers["Content-Type"].encode() + b"\r\n\r\n" + content)
        root, part = message.get_payload()
        content, attachment = root.get_payload(decode=True), hashlib.sha256(part.get_payload(decode=True).strip()).hexdigest()
    envelope = ET.fromstring(content)
    header = envelope.find("{http://schemas.xmlsoap.org/soap/envelope/}Header")
    assert header is None or header.find("{http://x-road.eu/xsd/xroad.xsd}id").text == message_id, "the answer is to another question"
    answer = envelope.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    leaves = [[element.tag, (element.text or "").strip()] for element in answer.iter() if element is not answer]
    return {"status": response.status_code, "type": media(response), "answer": leaves, "attachment": attachment}


def rest(address, method, path, accept="application/json", **more):
    headers = {**HEADERS, "X-Road-Id": str(uuid.uuid4()), "Accept": accept}
    response = requests.request(method, address.rstrip("/") + path, headers=headers, timeout=60, **more)
    return {"status": response.status_code, "type": media(response), "error": response.headers.get("X-Road-Error"),
            "service": response.headers.get("X-Road-Service"), "answer": response.text}


def main(address, pin):
    x = 'xmlns:x="http://x-road.eu/xsd/xroad.xsd"'
    person = f'<r:getPerson xmlns:r="http://registry.sandbox.x-road.example/producer"><r:request><r:pin>{pin}</r:pin></r:request></r:getPerson>'
    print(json.dumps({
        "soap": soap(address, "getPerson", person, "<i:serviceVersion>v1</i:serviceVersion>"),
        "soap listMethods": soap(address, "listMethods", f"<x:listMethods {x}/>"),
        "soap allowedMethods": soap(address, "allowedMethods", f"<x:allowedMethods {x}/>"),
        "soap getWsdl": soap(address, "getWsdl", f"<x:getWsdl {x}><x:serviceCode>getPerson</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>"),
        "rest get": rest(address, "GET", f"/r1/{PROVIDER}/persons/by-pin/{pin}?fields=surname"),
        "rest post": rest(address, "POST", f"/r1/{PROVIDER}/persons/by-pin/{pin}", json={"pin": pin}),
        "rest listMethods": rest(address, "GET", f"/r1/{PROVIDER}/listMethods"),
        "rest allowedMethods": rest(address, "GET", f"/r1/{PROVIDER}/allowedMethods"),
        "rest getOpenAPI": rest(address, "GET", f"/r1/{PROVIDER}/getOpenAPI?serviceCode=described"),
        "listClients": rest(address, "GET", "/listClients", "text/xml"),
        "listClients json": rest(address, "GET", "/listClients?xRoadInstance=sandbox"),
    }, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
