#!/usr/bin/env python3
"""Verifies a Cartera log without any of Cartera's code: Python's standard library only.

    psql "$DATABASE_URL" -XAtc "SELECT id FROM journal_head"
    psql "$DATABASE_URL" -XAtc "SELECT row_to_json(e) FROM (
        SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version,
               payload, metadata, (extract(epoch FROM recorded_at) * 1000000)::bigint::text AS recorded_at,
               encode(hash, 'hex') AS hash FROM events ORDER BY position) e" |
        verify_log.py JOURNAL_ID [CHECKPOINTS.json PUBLIC_KEY_HEX]

Reads one event per line, computes the chain anew (journal/src/chain.rs says how), compares it with the stored one and with
the signed checkpoints. Prints the first bad position and exits 1, or the head and exits 0.
"""
import hashlib
import json
import sys
import uuid
from datetime import datetime, timezone


def canonical(value):
    """RFC 8785, for what may be stored: integers, text, lists and objects."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise ValueError("not an integer")
    return json.dumps(value, ensure_ascii=False)


def leaf(event):
    fields = [event["aggregate_type"], event["aggregate_id"], str(event["sequence"]), event["event_type"],
              event["event_version"], canonical(event["payload"]), canonical(event["metadata"]), event["recorded_at"]]
    encoded = [field.encode() for field in fields]
    return hashlib.sha256(b"\x01" + b"".join(len(field).to_bytes(4, "big") + field for field in encoded)).digest()


# Ed25519 (RFC 8032, section 6), verification only.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    sum_ = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            sum_ = add(sum_, point)
        point, scalar = add(point, point), scalar >> 1
    return sum_


def point(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != x2 or (x == 0 and sign):
        raise ValueError("not a point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public_key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    try:
        a, r_point = point(public_key), point(r)
    except ValueError:
        return False
    h = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r_point, times(h, a))
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    return s < L and same


def checkpoint_is_signed(checkpoint, journal, public_key):
    at = datetime.fromisoformat(checkpoint["signed_at"].replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    micros = (at.days * 86400 + at.seconds) * 1000000 + at.microseconds
    message = (b"cartera checkpoint 1" + journal + checkpoint["position"].to_bytes(8, "big") + micros.to_bytes(8, "big")
               + bytes.fromhex(checkpoint["hash"]))
    return signed(public_key, message, bytes.fromhex(checkpoint["signature"]))


def bad(position, why):
    print(f"bad at position {position}: {why}")
    sys.exit(1)


def main():
    journal = uuid.UUID(sys.argv[1]).bytes
    anchors = {}
    if len(sys.argv) > 2:
        public_key = bytes.fromhex(sys.argv[3])
        with open(sys.argv[2], encoding="utf-8") as file:
            for checkpoint in json.load(file):
                if not checkpoint_is_signed(checkpoint, journal, public_key):
                    bad(checkpoint["position"], "the checkpoint is not signed by this key")
                anchors[checkpoint["position"]] = checkpoint["hash"]
    chain, position, sequences = bytes(32) + journal, 0, {}
    for line in sys.stdin:
        event = json.loads(line)
        position += 1
        stream = event["aggregate_type"], event["aggregate_id"]
        sequences[stream] = sequences.get(stream, 0) + 1
        if event["position"] != position:
            bad(position, "the event is missing")
        try:
            chain = hashlib.sha256(chain + position.to_bytes(8, "big") + leaf(event)).digest()
        except ValueError as error:
            bad(position, error)
        if chain.hex() != event["hash"]:
            bad(position, "the event is not what was recorded")
        if anchors.pop(position, event["hash"]) != event["hash"]:
            bad(position, "the log differs from the signed checkpoint")
        if event["sequence"] != sequences[stream]:
            bad(position, "the event is not the next one of its stream")
    if anchors:
        bad(position + 1, "the event is missing")
    print(f"{position} events, {chain.hex() if position else 'no'} hash")


if __name__ == "__main__":
    main()
