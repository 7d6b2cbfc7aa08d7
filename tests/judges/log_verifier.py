#!/usr/bin/env python3
"""Judges a log that sqlite3 or psql printed, from proto/ENTRY-FORMAT.md alone.

usage: log_verifier.py ENTRIES NOTES
ENTRIES: lines INDEX|HEX of the leaves in their order; NOTES: lines HEX of the stored checkpoints.
Prints: size, root and the number of checkpoints that hold; ends with 1 and a reason where anything does not.
"""
import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


def fail(reason):
    print(reason)
    sys.exit(1)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(hashes):
    """RFC 6962 section 2.1, by its definition."""
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01", root_of(hashes[:split]), root_of(hashes[split:]))


def fields(leaf):
    found, at, last = {}, 40, 0
    while at < len(leaf):
        tag, length = leaf[at], int.from_bytes(leaf[at + 1:at + 3], "big")
        if tag <= last or at + 3 + length > len(leaf):
            fail("a leaf is malformed")
        found[tag], last = leaf[at + 3:at + 3 + length], tag
        at += 3 + length
    return found


def main(entries_file, notes_file):
    hashes, log, before, ends, requests = [], None, 0, {}, set()
    keys = []
    for line in Path(entries_file).read_text().split():
        index, text = line.split("|")
        leaf = bytes.fromhex(text)
        if int(index) != len(hashes) or int.from_bytes(leaf[17:25], "big") != len(hashes) or leaf[0] != 1:
            fail(f"entry {len(hashes)} is missing or moved")
        log = log or leaf[1:17]
        time = int.from_bytes(leaf[27:35], "big")
        if leaf[1:17] != log or time < before:
            fail(f"entry {index} is of another log, or before its time")
        before, kind, rest = time, leaf[25], fields(leaf)
        if kind == 1:
            requests.add(len(hashes))
        link = rest.get(0x0F)
        if kind in (2, 3, 4) and link is not None and link[:16] == log:
            target = int.from_bytes(link[16:], "big")
            ends[target] = ends.get(target, 0) + 1
        if kind == 11 and rest.get(0x07) == b"log_begun":
            lines = dict(item.split(" ", 1) for item in rest[0x11].decode().split("\n") if " " in item)
            keys.append((lines["algorithm"], base64.b64decode(lines["key"])))
        hashes.append(sha256(b"\x00", leaf))
    if any(count > 1 for target, count in ends.items() if target in requests):
        fail("a request has two ends")

    checked = 0
    for line in Path(notes_file).read_text().split():
        note = bytes.fromhex(line).decode()
        body, signature = note.split("\n\n", 1)
        origin, size, root = body.split("\n")
        if int(size) > len(hashes) or base64.b64decode(root) != root_of(hashes[:int(size)]):
            fail(f"the checkpoint of size {size} has another root than the entries")
        blob = base64.b64decode(signature.strip().split(" ")[2])
        length = blob[12]
        algorithm, value = blob[13:13 + length].decode(), blob[13 + length:]
        signed = "".join(item + "\n" for item in ["tunduk-checkpoint/1", algorithm, str(int.from_bytes(blob[4:12], "big")), origin, size, root])
        if not any(algorithm == name and verified(signed.encode(), value, key) for name, key in keys):
            fail(f"the checkpoint of size {size} is not signed by the key that the log names")
        checked += 1
    print(f"size {len(hashes)} root {base64.b64encode(root_of(hashes)).decode()} checkpoints {checked}")


def verified(data, signature, key):
    """ECDSA with P-256 and SHA-256 by openssl, which wants it in DER."""
    def integer(raw):
        raw = raw.lstrip(b"\x00") or b"\x00"
        raw = b"\x00" + raw if raw[0] & 0x80 else raw
        return b"\x02" + bytes([len(raw)]) + raw
    half = len(signature) // 2
    body = integer(signature[:half]) + integer(signature[half:])
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "data").write_bytes(data)
        (at / "signature").write_bytes(b"\x30" + bytes([len(body)]) + body)
        (at / "key").write_bytes(key)
        return subprocess.run(["openssl", "dgst", "-sha256", "-verify", at / "key", "-keyform", "DER", "-signature", at / "signature", at / "data"],
                              capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
