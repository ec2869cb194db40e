"""What streams.py tells its stories with: messages, datagrams, steps, and the events expected."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from envelope import (
    CLOCK, EPOCH, HEARTBEAT, Record, Told, attributes, continuation, envelope, heartbeat, identifier, start,
)

MODES = ("arrival", "ordered")


class Message:
    """A message of a stream, to be sent whole or in parts, and the event of its arrival."""

    def __init__(
        self, stream: "Stream", sequence: int, payload: bytes, pairs: Sequence[Tuple[str, str]], ttl: int,
        published: int, name: str,
    ) -> None:
        self.stream, self.sequence, self.ttl, self.published = stream, sequence, ttl, CLOCK + published
        self.pairs, self.payload, self.id = pairs, payload, identifier(name)
        self.body = attributes(pairs) + payload
        self.attribute_bytes = len(self.body) - len(payload)

    @property
    def record(self) -> Record:
        return self.begin(len(self.body))

    def begin(self, part: int, body_bytes: Optional[int] = None) -> Record:
        """The start with the first `part` bytes."""
        return start(
            self.sequence, self.body, id=self.id, published=self.published, ttl=self.ttl,
            attribute_bytes=self.attribute_bytes, part=part, body_bytes=body_bytes)

    def go_on(self, first: int, end: int) -> Record:
        """The continuation with these bytes of the body."""
        return continuation(self.sequence, first, self.body[first:end])

    def parts(self, size: int) -> List[Record]:
        """The whole message in parts of `size` bytes."""
        rest = [self.go_on(at, at + size) for at in range(size, len(self.body), size)]
        return [self.begin(size)] + rest

    @property
    def event(self) -> Told:
        return {
            "event": "message", **self.stream.told, "sequence": self.sequence, "id": str(self.id),
            "publishedAt": self.published, "attributes": dict(self.pairs), "payload": self.payload.hex(),
        }


class Stream(NamedTuple):
    """One topic, source and epoch of a scenario."""

    scenario: str
    topic: str
    source: int
    epoch: int

    def message(
        self, sequence: int, payload: Optional[bytes] = None, *, pairs: Sequence[Tuple[str, str]] = (), ttl: int = 0,
        published: int = 0, name: Optional[str] = None,
    ) -> Message:
        """`published` counts from the clock's beginning; messages of one `name` in a scenario have one id."""
        named = name or f"{self.topic} {self.source} {self.epoch} {sequence}"
        told = f"{self.scenario}: {named}"
        return Message(self, sequence, told.encode() if payload is None else payload, pairs, ttl, published, told)

    def datagram(self, number: int, *records: Record, copies: int = 0, fields: bytes = b"", padding: int = 0) -> bytes:
        return envelope(
            b"".join(record.data for record in records), topic=self.topic, source=self.source, epoch=self.epoch,
            number=number, copies=copies, fields=fields, padding=bytes(padding))

    def heartbeat(self, first: int, next: int, copies: int = 0) -> bytes:
        return envelope(
            heartbeat(first, next), kind=HEARTBEAT, topic=self.topic, source=self.source, epoch=self.epoch,
            copies=copies)

    def gap(self, first: int, last: int) -> Told:
        return {"event": "gap", **self.told, "first": first, "last": last}

    @property
    def begins(self) -> Told:
        """The event of a topic that goes on in this stream."""
        return {"event": "epoch", **self.told}

    @property
    def told(self) -> Told:
        return {"topic": self.topic, "source": self.source, "epoch": self.epoch}


class Scenario:
    """Steps in time, for one mode or for both."""

    def __init__(self, name: str, number: int, modes: Sequence[str] = MODES, **settings: int) -> None:
        self.name, self.modes, self.settings = name, modes, settings
        self.steps: List[Told] = []
        # No two scenarios share a source, so that one receiver can take them all.
        self.first_source = number * 16

    def stream(self, source: int = 0, *, topic: str = "orders", epoch: int = EPOCH) -> Stream:
        return Stream(self.name, topic, self.first_source + source, epoch)

    def at(self, milliseconds: int, datagram: bytes, *events: Told) -> None:
        """A datagram arrives."""
        self.steps.append({"at": milliseconds, "datagram": datagram.hex(), "events": list(events)})

    def wait(self, milliseconds: int, *events: Told) -> None:
        """Nothing arrives, and time has passed."""
        self.steps.append({"at": milliseconds, "events": list(events)})

    def ends(self, **counters: int) -> Told:
        """Counters that are not named are expected to be 0; messages and lost datagrams are counted here."""
        events = [event for step in self.steps for event in step["events"]]
        counted: Dict[str, int] = {
            "messages": sum(event["event"] == "message" for event in events),
            "lostDatagrams": sum(event["last"] - event["first"] + 1 for event in events if event["event"] == "gap"),
            **counters,
        }
        return {
            "name": self.name, "modes": list(self.modes), "settings": self.settings, "steps": self.steps,
            "counters": {name: count for name, count in counted.items() if count},
        }
