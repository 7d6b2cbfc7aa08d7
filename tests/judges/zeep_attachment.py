"""A foreign sender of attachments: zeep makes the message from a WSDL, Python's email package wraps it as SOAP with
attachments (swa) or as an MTOM message (mtom), and zeep reads what comes back.

Usage: zeep_attachment.py ADDRESS API_KEY swa|mtom

Prints the SHA-256 of what was sent and of each part that came back.
"""
import base64
import email.encoders
import email.mime.base
import email.mime.multipart
import hashlib
import json
import os
import sys
import tempfile
import uuid

import requests
import zeep
import zeep.wsdl.attachments
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD = "http://x-road.eu/xsd/xroad.xsd"
IDS = "http://x-road.eu/xsd/identifiers"
LOOKUP = "http://lookup.sandbox.x-road.example/producer"
WSDL = """<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="http://lookup.sandbox.x-road.example/producer" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://lookup.sandbox.x-road.example/producer">
<w:types><xs:schema targetNamespace="http://lookup.sandbox.x-road.example/producer" elementFormDefault="qualified">
<xs:element name="lookup"><xs:complexType><xs:sequence><xs:element name="pin" type="xs:string"/><xs:element name="note" type="xs:base64Binary" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="lookupResponse"><xs:complexType><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema></w:types>
<w:message name="in"><w:part name="body" element="t:lookup"/></w:message><w:message name="out"><w:part name="body" element="t:lookupResponse"/></w:message>
<w:portType name="p"><w:operation name="lookup"><w:input message="t:in"/><w:output message="t:out"/></w:operation></w:portType>
<w:binding name="b" type="t:p"><s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><w:operation name="lookup"><s:operation soapAction=""/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation></w:binding>
<w:service name="s"><w:port name="port" binding="t:b"><s:address location="http://example.org/"/></w:port></w:service>
</w:definitions>"""


def identifier(name, kind, parts):
    element = etree.Element("{%s}%s" % (XROAD, name), {"{%s}objectType" % IDS: kind}, nsmap={"x": XROAD, "i": IDS})
    for key, value in parts:
        etree.SubElement(element, "{%s}%s" % (IDS, key)).text = value
    return element


def headers(message_id):
    provider = [("xRoadInstance", "sandbox"), ("memberClass", "GOV"), ("memberCode", "70009001"), ("subsystemCode", "registry")]
    client = [("xRoadInstance", "sandbox"), ("memberClass", "COM"), ("memberCode", "60009001"), ("subsystemCode", "loans")]
    yield identifier("client", "SUBSYSTEM", client)
    yield identifier("service", "SERVICE", provider + [("serviceCode", "lookup"), ("serviceVersion", "v1")])
    for name, value in (("id", message_id), ("userId", "KG20000000000001"), ("issue", "loan-scoring application 2026-00017"), ("protocolVersion", "4.0")):
        element = etree.Element("{%s}%s" % (XROAD, name))
        element.text = value
        yield element


def envelope(client, with_note):
    note = {"note": b"placeholder"} if with_note else {}
    message = client.create_message(client.service, "lookup", pin="1", **note)
    header = etree.Element("{%s}Header" % SOAP)
    header.extend(headers(str(uuid.uuid4())))
    message.insert(0, header)
    if with_note:
        element = message.find(".//{%s}note" % LOOKUP)
        element.text = None
        etree.SubElement(element, "{http://www.w3.org/2004/08/xop/include}Include", {"href": "cid:scan.pdf"})
    return etree.tostring(message, encoding="UTF-8", xml_declaration=True)


def part(kind, content_id, content, transfer):
    main, sub = kind.split(";")[0].split("/")
    made = email.mime.base.MIMEBase(main, sub)
    del made["MIME-Version"]
    del made["Content-Type"]
    made["Content-Type"] = kind
    made["Content-ID"] = "<%s>" % content_id
    made.set_payload(content)
    if transfer == "base64":
        email.encoders.encode_base64(made)
    else:
        made["Content-Transfer-Encoding"] = transfer
    return made


def multipart(soap, content, mode):
    # Base64 as a transfer encoding: Python's email package writes lines, and an attachment is counted by what it decodes to.
    root = part("application/xop+xml; charset=UTF-8; type=\"text/xml\"" if mode == "mtom" else "text/xml; charset=UTF-8", "root", soap.decode(), "8bit")
    file = part("application/pdf", "scan.pdf", content, "base64")
    whole = email.mime.multipart.MIMEMultipart("related", _subparts=[root, file])
    boundary = "----=_zeep_" + uuid.uuid4().hex
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), b"\r\n".join(p.as_bytes().splitlines())) for p in whole.get_payload()) + b"--%s--\r\n" % boundary.encode()
    kind = "application/xop+xml" if mode == "mtom" else "text/xml"
    info = "; start-info=\"text/xml\"" if mode == "mtom" else ""
    return body, "multipart/related; type=\"%s\"; start=\"<root>\"%s; boundary=\"%s\"" % (kind, info, boundary)


def main(address, key, mode):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lookup.wsdl")
        with open(path, "w", encoding="utf-8") as file:
            file.write(WSDL)
        client = zeep.Client(path)

    content = b"%PDF-1.7 " + os.urandom(70000)
    body, kind = multipart(envelope(client, mode == "mtom"), content, mode)
    response = requests.post(address, data=body, headers={"Content-Type": kind, "SOAPAction": '""', "Authorization": "Bearer " + key}, timeout=60)
    found = []
    if response.headers["Content-Type"].startswith("multipart/"):
        from requests_toolbelt.multipart.decoder import MultipartDecoder
        pack = zeep.wsdl.attachments.MessagePack(MultipartDecoder(response.content, response.headers["Content-Type"], "utf-8").parts[1:])
        found = [hashlib.sha256(attachment.content).hexdigest() for attachment in pack.attachments]
        text = MultipartDecoder(response.content, response.headers["Content-Type"], "utf-8").parts[0].text
    else:
        text = response.text
    print(json.dumps({"sent": hashlib.sha256(content).hexdigest(), "sentBase64": base64.b64encode(content[:9]).decode(), "status": response.status_code, "parts": found, "envelope": text}))
    return 0 if response.status_code == 200 and "Fault" not in text else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
