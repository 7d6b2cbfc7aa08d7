"""python3-xmlsec as a judge of one SOAP message: verifies its signature, or fills in a template's digests and value.

Usage: xmlsec_soap.py verify MESSAGE CERTIFICATE | xmlsec_soap.py sign TEMPLATE KEY OUTPUT
"""
import sys

import xmlsec
from lxml import etree


def main(mode, message, key, output=None):
    tree = etree.parse(message)
    xmlsec.tree.add_ids(tree.getroot(), ["Id"])
    signature = xmlsec.tree.find_node(tree.getroot(), xmlsec.constants.NodeSignature)
    context = xmlsec.SignatureContext()
    if mode == "verify":
        context.key = xmlsec.Key.from_file(key, xmlsec.constants.KeyDataFormatCertPem)
        context.verify(signature)
    else:
        context.key = xmlsec.Key.from_file(key, xmlsec.constants.KeyDataFormatPem)
        context.sign(signature)
        tree.write(output, encoding="UTF-8", xml_declaration=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except xmlsec.Error as fault:
        print(fault)
        sys.exit(1)
