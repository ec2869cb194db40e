"""Single datagrams: what is in them, or which fault they have."""
from __future__ import annotations

from typing import Any, Iterator, List

from envelope import (
    CONFIRMATION, EPOCH, HEARTBEAT, KINDS, MESSAGES, PROBE, Record, Told, attributes, continuation, envelope, field,
    heartbeat, identifier, start, unknown_record,
)

MAXIMUM_BODY = 16_842_752


class Datagrams:
    """Collects vectors; each has a number of its own, so that a receiver can take them all."""

    def __init__(self) -> None:
        self.vectors: List[Told] = []

    @property
    def number(self) -> int:
        return 100 + len(self.vectors)

    def reads(self, name: str, *records: Record, **header: Any) -> None:
        """A datagram of messages."""
        header.setdefault("number", self.number)
        data = envelope(b"".join(record.data for record in records), **header)
        told = {"records": [record.told for record in records if record.told]}
        self.vectors.append({"name": name, "hex": data.hex(), **self.header(header), **told})

    def reads_content(self, name: str, kind: int, content: bytes, told: Told, **header: Any) -> None:
        """A datagram of another kind."""
        data = envelope(content, kind=kind, **header)
        self.vectors.append({"name": name, "hex": data.hex(), **self.header({**header, "kind": kind}), **told})

    def fails(self, name: str, fault: str, data: bytes) -> None:
        self.vectors.append({"name": name, "hex": data.hex(), "fault": fault})

    @staticmethod
    def header(header: Told) -> Told:
        return {
            "kind": KINDS[header.get("kind", MESSAGES)], "topic": header.get("topic", "orders"),
            "source": header.get("source", 7), "epoch": header.get("epoch", EPOCH),
            "number": header.get("number", 0), "copyMilliseconds": header.get("copies", 0),
        }


def vectors() -> List[Told]:
    made = Datagrams()
    valid(made)
    foreign(made)
    malformed_headers(made)
    malformed_contents(made)
    return made.vectors


def message(name: str, body: bytes = b"hello", **head: Any) -> Record:
    return start(head.pop("sequence", 1), body, id=identifier("datagram " + name), **head)


def valid(made: Datagrams) -> None:
    made.reads("a message", message("one"))
    made.reads("a message without payload", message("empty", b""))
    said = attributes([("content-type", "text/plain"), ("ce-type", "größer")])
    made.reads("attributes", message("attributes", said + b"hello", attribute_bytes=len(said)))
    made.reads("attributes without a payload", message("bare", said, attribute_bytes=len(said)))
    made.reads("a time to live", message("ttl", ttl=5_000, sequence=2**64 - 1))
    made.reads("a time to live as long as can be", message("long ttl", ttl=2**32 - 1, published=2**63 - 1))
    made.reads("published in 1970", message("1970", published=0))
    made.reads("a bundle of three", *(message(f"bundle {n}", b"abc" * n, sequence=n + 1) for n in range(3)))
    made.reads("padding", message("padded"), padding=bytes(40))
    made.reads("padding that is not zero", message("padded otherwise"), padding=b"\xf5\x48\x43\x01" * 3)
    made.reads("no record")
    made.reads("no record, and padding", padding=bytes(9))
    split = message("split", bytes(range(200)), part=120)
    made.reads("a start that goes on", split)
    made.reads("a start without bytes of its body", message("bytes later", bytes(9), part=0))
    made.reads("a continuation", continuation(1, 120, bytes(range(120, 200))))
    made.reads("a continuation of one byte at the last offset", continuation(1, MAXIMUM_BODY - 1, b"x"))
    made.reads("the end of one message, a whole one, and the start of a third",
               continuation(1, 500, b"end"), message("whole", sequence=2),
               message("begun", bytes(99), part=9, sequence=3))
    made.reads("the longest body", message("longest", b"xyz", body_bytes=MAXIMUM_BODY))
    made.reads("the most attributes", message("most", b"x", body_bytes=MAXIMUM_BODY, attribute_bytes=65_535))
    made.reads("attributes that are malformed are the message's fault, not the datagram's",
               message("bad attributes", b"\0\0\0hello", attribute_bytes=3))
    made.reads("flags and reserved bytes of records", message("flags", flags=255, reserved=65_535),
               continuation(2, 1, b"x", flags=255))
    made.reads("records that are not known", unknown_record(3, b""), message("known"), unknown_record(0, b"abc"),
               unknown_record(255, bytes(60)))
    made.reads("the shortest topic", message("short topic"), topic="~")
    made.reads("the longest topic", message("long topic"), topic="Az09._~-" * 16)
    made.reads("a header's largest values", message("large"), source=2**32 - 1, epoch=2**63 - 1, number=2**64 - 1,
               copies=2**32 - 1)
    made.reads("a header's smallest values", message("small"), source=0, epoch=0, number=1)
    made.reads("flags that may be ignored", message("light flags"), flags=0x0F)
    made.reads("the reserved byte", message("reserved"), reserved=255)
    made.reads("authentication", message("authentic"), fields=field(1, b"keyX" + bytes(range(16))))
    made.reads("authentication with a long tag", message("more authentic"), fields=field(1, b"keyX" + bytes(32)))
    made.reads("fields that may be skipped", message("fields"),
               fields=field(0, b"") + field(127, bytes(255)) + field(1, bytes(20)) + field(2, b"a") + field(2, b"b"))
    beat = {"heartbeat": {"first": 4, "next": 9}}
    made.reads_content("a heartbeat", HEARTBEAT, heartbeat(4, 9), beat, copies=200)
    made.reads_content("a heartbeat with more than is known", HEARTBEAT, heartbeat(4, 9) + b"more", beat)
    made.reads_content("a heartbeat with a number, which is ignored", HEARTBEAT, heartbeat(4, 9), beat, number=3)
    made.reads_content("a heartbeat, padded, with a field", HEARTBEAT, heartbeat(4, 9), beat, padding=b"x",
                       fields=field(9, b"x"))
    made.reads_content("a heartbeat of one that sent nothing", HEARTBEAT, heartbeat(1, 1),
                       {"heartbeat": {"first": 1, "next": 1}})
    made.reads_content("a heartbeat's largest values", HEARTBEAT, heartbeat(2**64 - 1, 2**64 - 1),
                       {"heartbeat": {"first": 2**64 - 1, "next": 2**64 - 1}})
    made.reads_content("a confirmation", CONFIRMATION, b"whatever", {})
    made.reads_content("a probe", PROBE, b"", {}, number=5)


def foreign(made: Datagrams) -> None:
    for name, data in [("nothing", b""), ("text", b"hello"), ("JSON", b'{"id":1}'), ("a first byte", b"\xf5"),
                       ("two bytes", b"\xf5H"), ("other magic", b"\xf5HD\x01" + bytes(60)), ("zeros", bytes(60))]:
        made.fails(f"not enveloped: {name}", "notEnveloped", data)
    good = envelope(message("foreign").data, number=1)
    for version in (0, 2, 255):
        made.fails(f"version {version}", "unknownVersion", good[:3] + bytes([version]) + good[4:])
    made.fails("version 2, and nothing behind it", "unknownVersion", good[:3] + b"\2")
    for kind in (0, 5, 255):
        made.fails(f"kind {kind}", "unknownKind", envelope(message("foreign").data, kind=kind, number=1))
    made.fails("kind 9 with a header that makes no sense", "unknownKind", good[:4] + b"\x09\0" + b"\xff" * 60)
    for bit in (0x10, 0x20, 0x40, 0x80):
        made.fails(f"critical flag {bit:02x}", "notUnderstood", envelope(message("foreign").data, flags=bit, number=1))
    made.fails("a critical flag goes before an unknown kind", "notUnderstood", envelope(b"", kind=9, flags=0x80))
    for kind in (128, 255):
        made.fails(f"critical field {kind}", "notUnderstood",
                   envelope(message("foreign").data, number=1, fields=field(1, bytes(20)) + field(kind, b"x")))
    made.fails("a critical field before one that is malformed", "notUnderstood",
               envelope(message("foreign").data, number=1, fields=field(128, b"") + b"\1"))


def malformed_headers(made: Datagrams) -> None:
    # What would be read if the header were.
    sound = message("header").data
    good = envelope(sound, number=1)
    for count in (3, 4, 5, 35):
        made.fails(f"cut after {count} bytes", "malformed", good[:count])
    made.fails("cut by one byte", "malformed", good[:-1])
    made.fails("cut behind the topic", "malformed", good[:42])

    def changed(offset: int, *values: int) -> bytes:
        return good[:offset] + bytes(values) + good[offset + len(values):]

    made.fails("content that ends before its record", "malformed", changed(8, 0, 52))
    made.fails("content beyond the datagram", "malformed", changed(8, 0, 54))
    made.fails("content far beyond the datagram", "malformed", changed(8, 255, 255))
    made.fails("a header shorter than its topic", "malformed", changed(6, 0, 41))
    made.fails("a header of 0 bytes", "malformed", changed(6, 0, 0))
    made.fails("a header beyond the datagram", "malformed", changed(6, 255, 255))
    made.fails("no topic", "malformed", envelope(sound, number=1, topic=""))
    made.fails("a topic of 129 bytes", "malformed", envelope(sound, number=1, topic="x" * 129))
    for character in ("/", " ", "ä", "\0", "\n", ":", "@", "[", "`", "{"):
        made.fails(f"a topic with {character!r}", "malformed", envelope(sound, number=1, topic=f"a{character}b"))
    made.fails("a negative epoch", "malformed", envelope(sound, number=1, epoch=-1))
    made.fails("number 0", "malformed", envelope(sound, number=0))
    made.fails("a field without a length", "malformed", envelope(sound, number=1, fields=b"\1"))
    made.fails("a field beyond the header", "malformed", envelope(sound, number=1, fields=b"\1\5abcd"))
    made.fails("a field beyond the header, before a critical one", "malformed",
               envelope(sound, number=1, fields=b"\1\5\x80\0"))
    made.fails("a heartbeat with a negative epoch", "malformed",
               envelope(heartbeat(1, 1), kind=HEARTBEAT, epoch=-2**63))
    made.fails("a probe without a topic", "malformed", envelope(b"", kind=PROBE, topic=""))


def malformed_contents(made: Datagrams) -> None:
    def fails(name: str, *records: Record) -> None:
        made.fails(name, "malformed", envelope(b"".join(record.data for record in records), number=1))

    good = message("content")

    def changed(record: Record, offset: int, *values: int) -> Record:
        return Record(record.data[:offset] + bytes(values) + record.data[offset + len(values):], None)

    fails("a record of 0 bytes", changed(good, 0, 0, 0))
    fails("a record of 3 bytes", changed(unknown_record(9, b""), 0, 0, 3))
    fails("a record beyond the content", changed(good, 0, 0, 54))
    fails("one byte behind a record", good, Record(b"\0", None))
    fails("three bytes behind a record", good, Record(b"\0\4\3", None))
    fails("an unknown record beyond the content", changed(unknown_record(9, b"abc"), 0, 0, 8))
    for count in (4, 12, 47):
        fails(f"a start of {count} bytes", Record(bytes([0, count]) + good.data[2:count], None))
    for count in (4, 12, 15, 16):
        record = continuation(1, 1, b"x").data
        fails(f"a continuation of {count} bytes", Record(bytes([0, count]) + record[2:count], None))
    fails("a start of sequence 0", message("content", sequence=0))
    fails("a continuation of sequence 0", continuation(0, 1, b"x"))
    fails("a negative publishedAt", message("content", published=-1))
    fails("a body shorter than its part", message("content", body_bytes=4))
    fails("a body of one byte too many", message("content", body_bytes=MAXIMUM_BODY + 1))
    fails("a body of 4 GiB", message("content", body_bytes=2**32 - 1))
    fails("attributes beyond the body", message("content", attribute_bytes=6))
    fails("a continuation at offset 0", continuation(1, 0, b"x"))
    fails("a continuation beyond the longest body", continuation(1, MAXIMUM_BODY, b"x"))
    fails("a continuation at the largest offset", continuation(1, 2**32 - 1, b"x"))
    fails("a good record before a malformed one", good, continuation(1, 0, b"x"))
    for count in (0, 1, 15):
        made.fails(f"a heartbeat of {count} bytes", "malformed",
                   envelope(heartbeat(1, 1)[:count], kind=HEARTBEAT, padding=bytes(20)))
    made.fails("a heartbeat whose first is 0", "malformed", envelope(heartbeat(0, 1), kind=HEARTBEAT))
    made.fails("a heartbeat that goes back", "malformed", envelope(heartbeat(5, 4), kind=HEARTBEAT))


def attribute_vectors() -> Iterator[Told]:
    """The attributes of a body by themselves; without "attributes" they are malformed."""
    for name, pairs in [
        ("none", []),
        ("one", [("content-type", "text/plain; charset=utf-8")]),
        ("in their order", [("b", "2"), ("a", "1"), ("a.b_c-9", "3")]),
        ("an empty value", [("a", "")]),
        ("a value that is not ASCII", [("ce-subject", "größer \U0001f40e")]),
        ("the longest name", [("n" * 64, "x")]),
    ]:
        yield {"name": name, "hex": attributes(pairs).hex(), "attributes": pairs}
    for name, data in [
        ("a name of 0 bytes", b"\0\0\0"),
        ("a name of 65 bytes", b"\x41" + b"n" * 65 + b"\0\0"),
        ("a name that ends too early", b"\2a"),
        ("no length of the value", b"\1a"),
        ("half a length of the value", b"\1a\0"),
        ("a value that ends too early", b"\1a\0\2x"),
        ("an upper-case name", b"\1A\0\0"),
        ("a name with a space", b"\3a b\0\0"),
        ("a name that is not ASCII", b"\2\xc3\xa4\0\0"),
        ("a name with a line feed", b"\2a\n\0\0"),
        ("a name that stands twice", b"\1a\0\1x\1a\0\1x"),
        ("a value that is not UTF-8", b"\1a\0\1\xff"),
        ("a value with a surrogate", b"\1a\0\3\xed\xa0\x80"),
        ("one byte behind them", b"\1a\0\0\1"),
    ]:
        yield {"name": name, "hex": data.hex(), "fault": "malformed"}
