"""Writes datagrams of the enveloped format (Sources/Wire/wire-format.md) and says what is in them."""
from __future__ import annotations

import hashlib
import struct
import uuid
from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

MAGIC = bytes.fromhex("F54843")
MESSAGES, HEARTBEAT, CONFIRMATION, PROBE = 1, 2, 3, 4
KINDS = {MESSAGES: "messages", HEARTBEAT: "heartbeat", CONFIRMATION: "confirmation", PROBE: "probe"}

# What the receiver's clock shows at the beginning of a stream's steps, in milliseconds since 1970.
CLOCK = 1_795_400_000_000
EPOCH = 1_795_300_000_000

Told = Dict[str, Any]


class Record(NamedTuple):
    """One record, and what a reader says of it; None if it is not known to version 1."""

    data: bytes
    told: Optional[Told]


def identifier(name: str) -> uuid.UUID:
    """A UUIDv8 made from a name, so that the same one comes out each time."""
    digest = bytearray(hashlib.sha256(name.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(digest))


def attributes(pairs: Sequence[Tuple[str, str]]) -> bytes:
    data = b""
    for name, value in pairs:
        data += struct.pack(">B", len(name.encode())) + name.encode()
        data += struct.pack(">H", len(value.encode())) + value.encode()
    return data


def start(
    sequence: int,
    body: bytes,
    *,
    id: uuid.UUID,
    published: int = CLOCK,
    ttl: int = 0,
    attribute_bytes: int = 0,
    part: Optional[int] = None,
    body_bytes: Optional[int] = None,
    flags: int = 0,
    reserved: int = 0,
) -> Record:
    """The start of a message with the first `part` bytes of its body, all of them unless said."""
    told_bytes = len(body) if body_bytes is None else body_bytes
    shown = body if part is None else body[:part]
    head = struct.pack(">HBBQ", 48 + len(shown), 1, flags, sequence) + id.bytes
    head += struct.pack(">QIIHH", published % 2**64, ttl, told_bytes, attribute_bytes, reserved)
    told = {
        "sequence": sequence, "id": str(id), "publishedAt": published, "ttl": ttl, "bodyBytes": told_bytes,
        "attributeBytes": attribute_bytes, "part": shown.hex(),
    }
    return Record(head + shown, {"start": told})


def continuation(sequence: int, offset: int, part: bytes, *, flags: int = 0) -> Record:
    head = struct.pack(">HBBQI", 16 + len(part), 2, flags, sequence, offset)
    return Record(head + part, {"continuation": {"sequence": sequence, "offset": offset, "part": part.hex()}})


def unknown_record(kind: int, content: bytes) -> Record:
    return Record(struct.pack(">HBB", 4 + len(content), kind, 0) + content, None)


def field(kind: int, content: bytes) -> bytes:
    return bytes([kind, len(content)]) + content


def envelope(
    content: bytes,
    *,
    kind: int = MESSAGES,
    topic: str = "orders",
    source: int = 7,
    epoch: int = EPOCH,
    number: int = 0,
    copies: int = 0,
    flags: int = 0,
    reserved: int = 0,
    fields: bytes = b"",
    padding: bytes = b"",
) -> bytes:
    """One datagram; `copies` is its copyMilliseconds."""
    name = topic.encode()
    head = MAGIC + struct.pack(
        ">BBBHHBBIQQI", 1, kind, flags, 36 + len(name) + len(fields), len(content), len(name), reserved, source,
        epoch % 2**64, number, copies,
    )
    return head + name + fields + content + padding


def heartbeat(first: int, next: int) -> bytes:
    return struct.pack(">QQ", first, next)
