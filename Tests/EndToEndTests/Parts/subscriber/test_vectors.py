"""What the vectors say is what the receiver makes of them."""
from __future__ import annotations

import re
import unittest
from dataclasses import replace

from support import GENERATOR, VECTORS, Told, read_vectors

import build
import subscriber
from subscriber import (
    CloudEvent, Continuation, Counters, EpochChange, Event, Fault, Gap, Limits, Message, Receiver, Start,
)

KINDS = {1: "messages", 2: "heartbeat", 3: "confirmation", 4: "probe"}
LIMITS = {
    "streams": "streams", "ids": "ids", "partialBytes": "partial_bytes",
    "partialMilliseconds": "partial_milliseconds",
}


def camel(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


class VectorTests(unittest.TestCase):
    maxDiff = None

    def test_the_file_is_what_its_generator_writes(self) -> None:
        self.assertEqual(VECTORS.read_text(encoding="utf-8"), build.text(), f"run {GENERATOR}/build.py")

    def test_every_datagram_has_what_its_vector_says_or_its_fault(self) -> None:
        vectors = read_vectors()["datagrams"]
        self.assertGreater(len(vectors), 100)
        for vector in vectors:
            with self.subTest(vector["name"]):
                self.assertEqual(told_of(bytes.fromhex(vector["hex"])), {
                    name: value for name, value in vector.items() if name not in ("name", "hex")})

    def test_attributes_are_those_that_their_vector_lists_or_malformed(self) -> None:
        vectors = read_vectors()["attributes"]
        self.assertGreater(len(vectors), 10)
        for vector in vectors:
            with self.subTest(vector["name"]):
                attributes = subscriber.read_attributes(bytes.fromhex(vector["hex"]))
                listed = None if attributes is None else [list(item) for item in attributes.items()]
                self.assertEqual(listed, vector.get("attributes"))

    def test_every_stream_gives_the_events_of_its_vector_in_each_of_its_modes(self) -> None:
        vectors = read_vectors()
        self.assertGreater(len(vectors["streams"]), 50)
        for stream in vectors["streams"]:
            for mode in stream["modes"]:
                with self.subTest(stream["name"], mode=mode):
                    self.run_stream(stream, mode, vectors["clock"])

    def test_every_event_is_the_message_of_its_vector_or_none(self) -> None:
        vectors = read_vectors()["events"]
        self.assertGreater(len(vectors), 10)
        for vector in vectors:
            with self.subTest(vector["name"]):
                event = subscriber.read_cloud_event(vector["text"].encode(), subscriber.Arrival(0, ""))
                self.assertEqual(None if event is None else told_cloud_event(event), vector.get("message"))

    def run_stream(self, stream: Told, mode: str, clock: int) -> None:
        settings = stream["settings"]
        limits = replace(Limits(), **{LIMITS[name]: value for name, value in settings.items() if name in LIMITS})
        receiver = Receiver(
            ordered=mode == "ordered", gap_wait=settings.get("gapWaitMilliseconds", 50), limits=limits)
        for step in stream["steps"]:
            now = step["at"]
            receiver.advance(now, clock + now)
            if "datagram" in step:
                receiver.receive(bytes.fromhex(step["datagram"]), now, clock + now)
            self.assertEqual([told_event(event) for event in receiver.take()], step["events"], f"at {now}")
        unnamed = {"datagrams", "heartbeats", "forgotten_streams"}
        counters = {camel(name): count for name, count in vars(receiver.counters).items() if name not in unnamed}
        self.assertEqual({name: count for name, count in counters.items() if count}, stream["counters"])
        self.assertLessEqual(set(stream["counters"]), {camel(name) for name in vars(Counters())})


def told_of(data: bytes) -> Told:
    """What a vector would say of a datagram."""
    try:
        envelope = subscriber.decode(data)
    except Fault as fault:
        return {"fault": camel(fault.counter)}
    told: Told = {
        "kind": KINDS[envelope.kind], "topic": envelope.topic, "source": envelope.source, "epoch": envelope.epoch,
        "number": envelope.number, "copyMilliseconds": envelope.copy_milliseconds,
    }
    if envelope.kind == subscriber.MESSAGES:
        told["records"] = [
            told_start(record) if isinstance(record, Start) else told_continuation(record)
            for record in envelope.records
        ]
    if envelope.kind == subscriber.HEARTBEAT:
        told["heartbeat"] = {"first": envelope.first, "next": envelope.next}
    return told


def told_start(record: Start) -> Told:
    return {"start": {
        "sequence": record.sequence, "id": subscriber.uuid_text(record.identifier),
        "publishedAt": record.published_at, "ttl": record.ttl, "bodyBytes": record.body_bytes,
        "attributeBytes": record.attribute_bytes, "part": record.part.hex(),
    }}


def told_continuation(record: Continuation) -> Told:
    return {"continuation": {"sequence": record.sequence, "offset": record.offset, "part": record.part.hex()}}


def told_cloud_event(event: CloudEvent) -> Told:
    told: Told = {
        "topic": event.topic, "epoch": event.epoch, "sequence": event.sequence, "id": event.id,
        "publishedAt": event.published_at, "attributes": event.attributes, "payload": event.payload.decode(),
    }
    return {name: value for name, value in told.items() if value is not None}


def told_event(event: Event) -> Told:
    """What a vector would say of an event."""
    if isinstance(event, Message):
        return {
            "event": "message", "topic": event.topic, "source": event.source, "epoch": event.epoch,
            "sequence": event.sequence, "id": event.id, "publishedAt": event.published_at,
            "attributes": event.attributes, "payload": event.payload.hex(),
        }
    if isinstance(event, Gap):
        return {"event": "gap", **event._asdict()}
    if isinstance(event, EpochChange):
        return {"event": "epoch", "topic": event.topic, "source": event.source, "epoch": event.epoch}
    return {"event": type(event).__name__}


if __name__ == "__main__":
    unittest.main()
