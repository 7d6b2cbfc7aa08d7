"""A second verifier of evidence bundles, written from proto/BUNDLE-FORMAT.md and proto/ENTRY-FORMAT.md alone.

Usage: bundle_verifier.py BUNDLE TRUST   (prints JSON: findings, records, values, withheld, messages)
Needs Python 3 and the programs openssl and xmlsec1; nothing of the adapter.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote

NAMES = ["manifest.json", "manifest.cms", "records.jsonl", "payloads.bin", "checkpoints.txt", "evidence.jsonl", "report.html"]
CONTEXT_OID = "2.25.183093018371604862951930518823607117713"
DIGESTS = {"256": "sha256", "384": "sha384", "512": "sha512"}
findings = []
folder = Path(tempfile.mkdtemp(prefix="tunduk-judge-"))


def fail(code, where=""):
    findings.append({"code": code, "record": where})


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def number(data):
    return int.from_bytes(data, "big")


def b64(text, size=None):
    data = base64.b64decode(text, validate=True)
    if size is not None and len(data) != size:
        raise ValueError("length")
    return data


def write(name, data):
    path = folder / name
    path.write_bytes(data)
    return str(path)


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout


# ENTRY-FORMAT §2: the leaf.
TAGS = {1: "commitment", 2: "seal", 3: "event", 4: "size", 5: "filtered", 6: "stage", 7: "code", 8: "counterparty", 9: "own", 10: "service",
        11: "agreement", 12: "agreementVersion", 13: "list", 14: "certificate", 15: "link", 16: "count", 17: "subject"}


def decode(leaf):
    """The fields of a leaf; ValueError for what is none."""
    if not 40 <= len(leaf) <= 16384 or leaf[0] != 1:
        raise ValueError("header")
    entry = {"log": leaf[1:17].hex(), "index": number(leaf[17:25]), "kind": leaf[25], "role": leaf[26], "time": number(leaf[27:35]),
             "flags": number(leaf[35:39]), "signature": leaf[39]}
    if not (entry["index"] < 2 ** 40 and 1 <= entry["kind"] <= 12 and entry["role"] <= 2 and entry["time"] <= 253402300799999999
            and entry["flags"] < 256 and entry["signature"] <= 5):
        raise ValueError("header")
    at, before = 40, 0
    while at < len(leaf):
        tag, length = leaf[at], number(leaf[at + 1:at + 3])
        value = leaf[at + 3:at + 3 + length]
        if at + 3 > len(leaf) or tag <= before or tag not in TAGS or len(value) != length:
            raise ValueError("field")
        at, before = at + 3 + length, tag
        entry[TAGS[tag]] = read(tag, value)
    if ("commitment" in entry) != ("seal" in entry):
        raise ValueError("seal")
    return entry


def read(tag, value):
    fixed = {1: 33, 2: 16, 3: 8, 4: 8, 5: 8, 12: 4, 14: 32, 15: 24, 16: 4}
    if tag in fixed and len(value) != fixed[tag]:
        raise ValueError("length")
    if tag == 1:
        if value[0] > 20:
            raise ValueError("depth")
        return value[0], value[1:]
    if tag in (3, 4, 5, 12, 16):
        most = {3: 253402300799999999, 4: 2 ** 63 - 1, 5: 2 ** 63 - 1, 12: 2 ** 31 - 1, 16: 2 ** 31 - 1}[tag]
        if number(value) > most or (tag == 16 and number(value) < 1):
            raise ValueError("number")
        return number(value)
    if tag in (6, 7):
        if not re.fullmatch(rb"[A-Za-z0-9._-]{1,64}", value):
            raise ValueError("token")
        return value.decode()
    if tag in (8, 9, 10, 11, 13):
        if not 1 <= len(value) <= 1024 or re.search(rb"[\x00-\x1f\x7f]", value):
            raise ValueError("name")
        return value.decode()
    if tag == 15:
        return value[:16].hex(), number(value[16:])
    if tag == 17:
        if not 1 <= len(value) <= 8192 or re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", value):
            raise ValueError("subject")
        return value.decode()
    return value


# RFC 6962 §2.1.1 and §2.1.2.
def node(left, right):
    return sha256(b"\x01", left, right)


def included(leaf, index, size, path, root):
    if index >= size:
        return False
    f, s, r = index, size - 1, leaf
    for p in path:
        if s == 0:
            return False
        if f & 1 or f == s:
            r = node(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node(r, p)
        f, s = f >> 1, s >> 1
    return s == 0 and r == root


def consistent(first, first_root, second, second_root, path):
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path
    if not 0 < first < second or not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root, *path]
    f, s = first - 1, second - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if s == 0:
            return False
        if f & 1 or f == s:
            fr, sr = node(c, fr), node(c, sr)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            sr = node(sr, c)
        f, s = f >> 1, s >> 1
    return s == 0 and fr == first_root and sr == second_root


# ENTRY-FORMAT §3: commitments.
def commitment(salt, path, kind, presence, value):
    path = path.encode()
    return sha256(b"\x10", salt, len(path).to_bytes(2, "big"), path, bytes([kind, presence]), len(value).to_bytes(8, "big"), value)


def commitment_root(hashes):
    while len(hashes) > 1:
        hashes = [sha256(b"\x11", hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


# ENTRY-FORMAT §5: checkpoints.
def notes(text):
    blocks = [block for block in text.split("\n\n") if block]
    return [blocks[i] + "\n\n" + blocks[i + 1].rstrip("\n") + "\n" for i in range(0, len(blocks) - 1, 2)]


def parse_note(note):
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")
    if not re.fullmatch(r"0|[1-9][0-9]*", size):
        raise ValueError("size")
    for line in signatures.split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if not match or match[1] != origin:
            continue
        blob = b64(match[2])
        length = blob[12] if len(blob) > 12 else 0
        algorithm = blob[13:13 + length].decode("ascii", "replace")
        if re.fullmatch(r"rsa-(pkcs1|pss)-sha(256|384|512)|ecdsa-p256-sha256|ecdsa-p384-sha384", algorithm):
            return {"origin": origin, "size": int(size), "root": b64(root, 32), "text": text + "\n", "note": note, "keyId": blob[:4],
                    "time": number(blob[4:12]), "algorithm": algorithm, "signature": blob[13 + length:]}
    raise ValueError("signature")


def public_key(certificate):
    pem = write("c.pem", b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate) + b"-----END CERTIFICATE-----\n")
    _, key = run("openssl", "x509", "-in", pem, "-pubkey", "-noout")
    path = write("k.pem", key)
    _, der = run("openssl", "pkey", "-pubin", "-in", path, "-outform", "DER")
    return path, der


def ecdsa_der(value):
    half = len(value) // 2
    parts = b""
    for part in (value[:half], value[half:]):
        part = part.lstrip(b"\0") or b"\0"
        part = b"\0" + part if part[0] & 0x80 else part
        parts += b"\x02" + bytes([len(part)]) + part
    return b"\x30" + (bytes([len(parts)]) if len(parts) < 128 else b"\x81" + bytes([len(parts)])) + parts


def signed_by(note, certificate):
    key, der = public_key(certificate)
    origin, algorithm = note["origin"].encode(), note["algorithm"].encode()
    if sha256(origin, b"\n\xff", b"tunduk-checkpoint/1\n", algorithm, b"\n", der)[:4] != note["keyId"]:
        return False
    text = f"tunduk-checkpoint/1\n{note['algorithm']}\n{note['time']}\n{note['text']}"
    value = note["signature"] if note["algorithm"].startswith("rsa") else ecdsa_der(note["signature"])
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if "pss" in note["algorithm"] else []
    code, _ = run("openssl", "dgst", "-" + DIGESTS[note["algorithm"][-3:]], "-verify", key, *pss, "-signature", write("s", value), write("t", text.encode()))
    return code == 0


def period(certificate):
    public_key(certificate)
    _, out = run("openssl", "x509", "-in", str(folder / "c.pem"), "-noout", "-startdate", "-enddate", "-dateopt", "iso_8601")
    return [datetime.fromisoformat(line.split("=")[1].replace("Z", "+00:00")) for line in out.decode().split("\n") if "=" in line]


def detached(content, cms, context):
    """§3: the certificate of the one signer of detached content, with five signed attributes and this context; None where it is not so."""
    cms_path, signer = write("m.cms", cms), folder / "signer.pem"
    code, _ = run("openssl", "cms", "-verify", "-inform", "DER", "-in", cms_path, "-binary", "-noverify", "-content", write("m", content), "-signer", str(signer), "-out", "/dev/null")
    if code != 0:
        return None
    _, der = run("openssl", "x509", "-in", str(signer), "-outform", "DER")
    _, shown = run("openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", cms_path)
    attributes = shown.decode(errors="replace").partition("signedAttrs:")[2].partition("signatureAlgorithm:")[0]
    names = attributes.count("object:") == 5 and f"({CONTEXT_OID})" in attributes.replace("undefined ", "")
    return der if names and re.search(rf"UTF8STRING:urn:tunduk-adapter:detached:1:{context}\s", attributes) else None


def erasure_lines(entry):
    """ENTRY-FORMAT §2, "Erasures": record id and None for the whole sealed part, or runs of leaves."""
    for line in entry.get("subject", "").split("\n") if entry["kind"] in (7, 9) else []:
        match = re.fullmatch(r"record ([0-9a-f]{32}-(?:0|[1-9][0-9]*))(?: ([0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*))?", line)
        if match:
            yield match[1], match[2]


ALGORITHMS = {"rsa-v1_5-sha256": ["-sha256"], "rsa-pss-sha512": ["-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]}


def http(text):
    """Start line, header values by name, and body of a message as text."""
    head, _, body = text.partition(b"\r\n\r\n")
    start, *lines = head.decode().split("\r\n")
    fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return start, lambda name: [value for known, value in fields if known == name], body


def target(text):
    """Members of tunduk-target or tunduk-answers that are strings, and the service as entries spell it."""
    named = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text))
    return named, "/".join(unquote(part) for part in named.get("service", "").split("/"))


def same_type(one, other):
    """Media types as parsed values, as far as these need it: without spaces, in lower case."""
    return re.sub(r"\s", "", one).lower() == re.sub(r"\s", "", other).lower()


def rest_detached(entry, text, base):
    """§4, signature 5 of a REST message: each line of the base says what the message says."""
    start, of, body = http(text)
    covered = dict(line.partition(": ")[::2] for line in base.decode("ascii").split("\n"))
    for item, value in covered.items():
        name = item.strip('"')
        if ";req" in item or name in ("tunduk-checkpoint", "@signature-params"):
            continue
        if name == "content-digest":
            digest = re.fullmatch(r"sha-(256|512)=:([A-Za-z0-9+/=]+):", value)
            if not digest or b64(digest[2]) != hashlib.new("sha" + digest[1], body).digest():
                return "failed" if body else "attested"
        elif name == "tunduk-target":
            named, service = target(value)
            if service != entry.get("service") or not start.split(" ")[1].endswith(named["path"]):
                return "failed"
        elif name == "content-type":
            if len(of(name)) != 1 or not same_type(of(name)[0], value):
                return "failed"
        elif value != (start.split(" ")[0 if name == "@method" else 1] if name in ("@method", "@status") else (of(name) or [None])[0]):
            return "failed"
    needed = (['"@method"', '"tunduk-target"'] if entry["kind"] == 1 else ['"@status"']) + (['"content-digest"'] if body else [])
    return "verified" if all(one in covered for one in needed) else "failed"


def rest(entry, text):
    """§4 of a REST message in its own headers, and SIGNATURES.md, "REST"; RSA alone."""
    start, of, body = http(text)
    gap = b"\r\n\r\n" in text
    certificate = next((der for der in (b64(value.strip(":")) for value in of("tunduk-certificate")) if sha256(der) == entry.get("certificate")), None)
    label = "tunduk-request" if entry["kind"] == 1 else "tunduk-response"
    covered = re.search(label + r"=(\(([^)]*)\);[^,]*)", ", ".join(of("signature-input")))
    signature = re.search(label + r"=:([A-Za-z0-9+/=]+):", ", ".join(of("signature")))
    if not gap or certificate is None or not covered or not signature:
        return "failed"
    answers = of("tunduk-answers")[0] if of("tunduk-answers") else ""
    if entry["kind"] == 2 and not answers:
        return "attested"
    named, service = target(answers if entry["kind"] == 2 else (of("tunduk-target") or [""])[0])
    if service != entry.get("service") or (entry["kind"] == 1 and not start.split(" ")[1].endswith(named["path"])):
        return "failed"
    asked = {"x-road-id": named.get("id"), "x-road-client": named.get("client"), "tunduk-target": f'service="{named["service"]}", path="{named["path"]}"',
             "signature": (re.search(r"signature=(:[^:]+:)", answers) or [None, None])[1]}
    base = []
    for item in re.findall(r'"[^"]+"(?:;[a-z]+(?:="[^"]*")?)*', covered[2]):
        name = item.split('"')[1]
        value = asked.get(name) if ";req" in item else start.split(" ")[0 if entry["kind"] == 1 else 1] if name in ("@method", "@status") else (of(name) or [None])[0]
        if value is None:
            return "failed"
        base.append(f"{item}: {value}")
    digest = re.fullmatch(r"sha-(256|512)=:([A-Za-z0-9+/=]+):", (of("content-digest") or [""])[0])
    if digest and b64(digest[2]) != hashlib.new("sha" + digest[1], body).digest():
        return "failed" if body else "attested"
    if body and (not digest or '"content-digest"' not in covered[2]):
        return "failed"
    key, _ = public_key(certificate)
    algorithm = ALGORITHMS.get((re.search(r';alg="([^"]+)"', covered[1]) or [None, ""])[1])
    if algorithm is None:
        return "failed"
    code, _ = run("openssl", "dgst", *algorithm, "-verify", key, "-signature", write("s.bin", b64(signature[1])),
                  write("base.txt", ("\n".join(base) + '\n"@signature-params": ' + covered[1]).encode()))
    return "verified" if code == 0 else "failed"


def message(record, entry, parts):
    """§4 "Message signatures": verified, attested, absent or failed."""
    if entry["kind"] not in (1, 2):
        return None
    if entry["signature"] in (0, 3):
        return "absent"
    media = next((b64(leaf["value"]).decode() for leaf in record.get("leaves") or [] if isinstance(leaf, dict) and leaf["path"] == "$mediaType/message"), None)
    body = parts.get("$part/message")
    if body is not None and media is not None and entry["signature"] == 5:
        is_rest = media == "application/http"
        cms, base = parts.get("$part/signature-detached"), parts.get("$part/signature-base") if is_rest else body
        if cms is None or base is None or not (is_rest or media.lower().startswith("text/xml")):
            return "attested"
        certificate = detached(base, cms, ("rest-" if is_rest else "soap-") + ("request" if entry["kind"] == 1 else "response"))
        if certificate is None or sha256(certificate) != entry.get("certificate"):
            return "failed"
        return rest_detached(entry, body, base) if is_rest else "verified"
    if body is not None and media == "application/http":
        return rest(entry, body)
    if body is None or media is None or not media.lower().startswith("text/xml"):
        return "attested"
    token = re.search(rb"<(?:\w+:)?BinarySecurityToken[^>]*>([^<]+)</", body)
    certificate = b64(re.sub(rb"\s", b"", token[1])) if token else b""
    if hashlib.sha256(certificate).digest() != entry.get("certificate"):
        return "failed"
    key, _ = public_key(certificate)
    code, _ = run("xmlsec1", "--verify", "--pubkey-pem", key,
                  *[item for name in ("http://schemas.xmlsoap.org/soap/envelope/:Body", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd:Timestamp",
                                      "urn:tunduk-adapter:exchange:1:Exchange") for item in ("--id-attr:Id", name)], write("m.xml", body))
    return "verified" if code == 0 else "failed"


def unique(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def records(files, manifest, mains):
    seen, said, named = {}, {}, {}
    counts = {"records": 0, "values": 0, "withheld": 0, "verified": 0, "attested": 0, "absent": 0, "failed": 0}
    payloads, at = files["payloads.bin"], 32
    for line in files["records.jsonl"].decode().splitlines():
        record = json.loads(line, object_pairs_hook=unique)
        counts["records"] += 1
        name = record["record"]
        log, _, index = name.partition("-")
        index = int(index)
        main = mains.get(log)
        if main is None:
            fail("record_unknown_log", name)
            continue
        count, last = seen.get(log, (0, -1))
        described = next(one for one in manifest["logs"] if one["log"] == log)
        if index <= last:
            fail("record_order", name)
        if manifest["proves"] == "all" and index != (described["first"] if count == 0 else last + 1):
            fail("record_gap", name)
        seen[log] = count + 1, index
        leaf = b64(record["leaf"])
        try:
            entry = decode(leaf)
        except (ValueError, UnicodeDecodeError):
            fail("leaf_malformed", name)
            at += sum(one.get("payload") or 0 for one in record.get("leaves") or [] if isinstance(one, dict))
            continue
        if (entry["log"], entry["index"]) != (log, index):
            fail("leaf_moved", name)
        if not included(sha256(b"\0", leaf), index, main["size"], [b64(one, 32) for one in record["proof"]], main["root"]):
            fail("proof_wrong", name)
        state, has = record["sealed"], "commitment" in entry
        if state not in (("complete", "partial", "erased") if has else ("none",)):
            fail("record_malformed", name)
        elif state in ("erased", "partial") and ("erasedBy" not in record or record["erasedBy"].partition("-")[0] in mains):
            said[name] = state
        for erased, leaves in erasure_lines(entry):
            named[erased] = named.get(erased, False) or leaves is None
        before, parts = len(findings), {}
        if record.get("leaves") is not None:
            hashes = []
            for one in record["leaves"]:
                if isinstance(one, str):
                    hashes.append(b64(one, 32))
                    counts["withheld"] += 1
                    continue
                hashes.append(b64(one["hash"], 32))
                if one.get("payload") is not None:
                    value, at = payloads[at:at + one["payload"]], at + one["payload"]
                    parts[one["path"]] = value
                else:
                    value = b64(one["value"])
                if commitment(b64(one["salt"], 32), one["path"], one["type"], one["presence"], value) != hashes[-1]:
                    fail("field_changed", name)
                else:
                    counts["values"] += 1
            if not has or len(hashes) != 1 << entry["commitment"][0]:
                fail("commitment_shape", name)
            elif commitment_root(hashes) != entry["commitment"][1]:
                fail("commitment_wrong", name)
        verdict = message(record, entry, parts if len(findings) == before else {})
        if verdict:
            counts[verdict] += 1
        if verdict == "failed":
            fail("message_signature", name)
    if at != len(payloads):
        fail("payload_surplus")
    if counts["records"] != manifest["records"] or any(seen.get(one["log"], (0, -1))[0] != one["records"] for one in manifest["logs"]):
        fail("record_count")
    if manifest["proves"] == "all":
        for one in manifest["logs"]:
            if seen.get(one["log"], (0, -1))[1] != one["last"]:
                fail("record_gap", one["log"])
    for name, state in said.items():
        if name not in named or (state == "erased" and not named[name]):
            fail("erasure_missing", name)
    return counts


def main(bundle, trust_file):
    trust = json.loads(Path(trust_file).read_text(), object_pairs_hook=unique)
    with zipfile.ZipFile(bundle) as archive:
        if sorted(archive.namelist()) != sorted(NAMES) or any(one.compress_type not in (0, 8) or one.flag_bits & 1 for one in archive.infolist()):
            fail("bundle_entry_unexpected")
            return {}
        files = {name: archive.read(name) for name in NAMES}
    manifest = json.loads(files["manifest.json"], object_pairs_hook=unique)
    if manifest["format"] != "tunduk-bundle/1":
        fail("manifest_version")
        return {}
    for one in manifest["files"]:
        data = files[one["name"]]
        if len(data) != one["bytes"] or hashlib.sha256(data).hexdigest() != one["sha256"]:
            fail("file_changed")
    parsed = [parse_note(note) for note in notes(files["checkpoints.txt"].decode())]
    mains, signers = {}, []
    for log in manifest["logs"]:
        fitting = [note for note in parsed if note["origin"] == log["origin"] and note["size"] == log["size"]]
        if not fitting:
            fail("checkpoint_missing")
            continue
        if any(note["root"] != fitting[0]["root"] for note in fitting):
            fail("fork")
            continue
        mains[log["log"]] = note = fitting[0]
        allowed = [b64(der) for one in trust["logs"] if one["origin"] == log["origin"] for der in one["certificates"]]
        if not allowed:
            fail("log_not_trusted")
            continue
        by = next((der for der in allowed if signed_by(note, der)), None)
        if by is None:
            fail("checkpoint_signer")
            continue
        signers.append(by)
        start, end = period(by)
        if not start <= datetime.fromtimestamp(note["time"], timezone.utc) <= end:
            fail("checkpoint_signer_period")
        for other in parsed:
            proof = next((one for one in log.get("consistency") or [] if one["size"] == other["size"]), None)
            if other["origin"] == log["origin"] and other["size"] != note["size"] and proof and not consistent(
                    other["size"], other["root"], note["size"], note["root"], [b64(one, 32) for one in proof["path"]]):
                fail("fork")
    if detached(files["manifest.json"], files["manifest.cms"], "bundle") not in signers:
        fail("manifest_signature")
    return records(files, manifest, mains)


if __name__ == "__main__":
    result = main(*sys.argv[1:])
    print(json.dumps({"findings": findings, **result}))
    sys.exit(1 if findings else 0)
