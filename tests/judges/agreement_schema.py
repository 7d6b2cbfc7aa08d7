"""Judges agreement documents by the JSON Schema: python3-yaml reads, python3-jsonschema validates; neither is the adapter's.

usage: agreement_schema.py SCHEMA FOLDER    prints {"name.yaml": [faults]} for every document of the folder, and {"name": [faults]}
for every document of a file "*.json", which holds many by name (JSON is YAML)
"""
import json
import pathlib
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates and clock times stay texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
verdicts = {}
documents = {}
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.yaml")):
    documents[path.name] = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
    documents.update(json.loads(path.read_text(encoding="utf-8")))
for name, document in documents.items():
    verdicts[name] = ["/".join(map(str, e.absolute_path)) + ": " + e.message[:200] for e in validator.iter_errors(document)]
print(json.dumps(verdicts))
