#!/usr/bin/env python3
"""Receives what a Headcast gateway sends to a port: each message once and whole, and tells what was missed.

As a module:

    from subscriber import Gap, Message, Subscription

    with Subscription(port=12_000) as subscription:
        for event in subscription:
            if isinstance(event, Message):
                print(event.topic, event.attributes, event.payload)
            elif isinstance(event, Gap):
                print(f"datagrams {event.first} to {event.last} of {event.topic} are lost")

As a program, which prints a line for each message:

    python3 subscriber.py --listen '[::]:12000' --output json --ordered --gap-wait 250ms

One file, Python 3.9 or later, the standard library alone: copy it into an image, or mount it from a ConfigMap. The
format of the datagrams is specified in Sources/Wire/wire-format.md; the words here are those of that page.

From top to bottom: events; settings and counters; reading one datagram; making sense of streams (`Receiver`, which has
neither a socket nor a clock); receiving (`Subscription`); the command line.
"""
from __future__ import annotations

import argparse
import base64
import datetime
import difflib
import hashlib
import ipaddress
import json
import math
import os
import re
import select
import signal
import socket
import struct
import sys
import threading
import time
import unicodedata
import weakref
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from types import FrameType, TracebackType
from typing import Deque, Dict, Iterable, Iterator, List, NamedTuple, NoReturn, Optional, Pattern, Tuple, Type, Union

__all__ = [
    "CloudEvent", "Counters", "Datagram", "Duplicate", "EpochChange", "Event", "Fault", "Gap", "Limits", "Message",
    "Overflow", "Receiver", "Subscription", "decode",
]


# Events

# What a message or an event is known by when it comes again: never long, whatever came.
Key = Tuple[str, bytes]
# So that nobody can make up events that are taken for others.
SECRET = os.urandom(16)


class Message(NamedTuple):
    """A message, whole, and for the first time."""

    topic: str
    # Which gateway process sent it, which run of the topic's log it belongs to, and which message of that it is.
    source: int
    epoch: int
    sequence: int
    identifier: bytes
    # Milliseconds since 1970.
    published_at: int
    attributes: Dict[str, str]
    payload: bytes
    # When the datagram that completed it arrived, in milliseconds since 1970, and the address and port it came from.
    received_at: int
    sender: str
    # When it becomes useless, in milliseconds since 1970; None if it does not.
    expires_at: Optional[int] = None

    @property
    def id(self) -> str:
        """The message's UUID, as in the receipt of its publish."""
        return uuid_text(self.identifier)

    @property
    def key(self) -> Key:
        """What it has in common with what is published again, and with nothing else."""
        return self.topic, self.identifier


def uuid_text(identifier: bytes) -> str:
    text = identifier.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Gap(NamedTuple):
    """Datagrams that are lost, `first` and `last` among them, and with them the messages that they carried."""

    topic: str
    source: int
    epoch: int
    first: int
    last: int


class EpochChange(NamedTuple):
    """A topic that was heard before goes on in another stream: another replica, or a gateway that began anew."""

    topic: str
    source: int
    epoch: int
    # The stream of the topic that was heard last before.
    previous_source: int
    previous_epoch: int


class Duplicate(NamedTuple):
    """What was dropped because it was seen before: a datagram by its number, a message by its id, or a CloudEvent."""

    topic: str
    source: int
    epoch: int
    number: Optional[int]
    id: Optional[str]
    sequence: Optional[int]
    # What a CloudEvent calls itself: the message's id differs where it was published again.
    event_id: Optional[str] = None
    event_source: Optional[str] = None


class Overflow(NamedTuple):
    """What was dropped because it was not taken in time.

    `where` is "kernel" for datagrams that found the socket's buffer full, "queue" for events that found the queue full.
    The kernel counts datagrams that came together as one; how many are missing, gaps tell.
    """

    where: str
    dropped: int


class CloudEvent(NamedTuple):
    """An event of a topic whose format is `cloudevents`, for the first time by its topic, source and id."""

    # What the gateway says of it: "", 0 and 0 where it came from elsewhere.
    topic: str
    epoch: int
    sequence: int
    # The message's UUID, as in the receipt of its publish; the event's own id where no gateway sent it.
    id: str
    # Milliseconds since 1970; None where it does not tell.
    published_at: Optional[int]
    # Named as in a `Message`: `ce-` and what CloudEvents calls it, `ce-id` and `ce-source` among them; `content-type`.
    attributes: Dict[str, str]
    payload: bytes
    # As in a `Message`.
    received_at: int
    sender: str
    expires_at: Optional[int] = None

    @property
    def key(self) -> Key:
        """What it has in common with what is published again, and with nothing else."""
        digest = hashlib.blake2b(key=SECRET, digest_size=16)
        for text in (self.topic, self.attributes["ce-source"], self.attributes["ce-id"]):
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
        return "", digest.digest()


class Datagram(NamedTuple):
    """The payload of a topic whose format is `raw`, as often and in the order in which the network brought it."""

    payload: bytes
    # As in a `Message`.
    received_at: int
    sender: str


Event = Union[Message, Gap, EpochChange, Duplicate, Overflow, CloudEvent, Datagram]


# Settings and counters


@dataclass(frozen=True)
class Limits:
    """How much is kept, at most. What goes for that is counted."""

    # The streams and ids that are remembered; beyond, the least recently heard are forgotten.
    streams: int = 256
    ids: int = 65_536
    # Of each stream, the ranges of numbers that are missing, and those that are lost but may still come.
    ranges: int = 512
    # Messages that are not whole: how many, their bytes, and how long without a further part, over and above the time in
    # which copies may come.
    partials: int = 4_096
    partial_bytes: int = 32 << 20
    partial_milliseconds: float = 10_000
    # What waits for its turn where there is order.
    held_bytes: int = 32 << 20
    # Events that wait to be taken. One may always wait, and be it larger.
    queue_events: int = 100_000
    queue_bytes: int = 64 << 20

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} is {value}; expected more than 0")


@dataclass
class Counters:
    """What arrived, and what was dropped and why, since the beginning."""

    datagrams: int = 0
    heartbeats: int = 0
    # Messages, CloudEvents and raw payloads that were handed over.
    messages: int = 0
    # Datagrams that cannot be read.
    not_enveloped: int = 0
    unknown_version: int = 0
    unknown_kind: int = 0
    not_understood: int = 0
    malformed: int = 0
    # Kinds that are not meant for subscribers.
    other_kind: int = 0
    # Envelopes where events are expected.
    other_format: int = 0
    duplicate_datagrams: int = 0
    # Those that came after they were given up; dropped where there is order.
    late_datagrams: int = 0
    lost_datagrams: int = 0
    duplicate_messages: int = 0
    expired_messages: int = 0
    malformed_messages: int = 0
    # Messages of which a part was lost, or that did not fit the limits.
    incomplete_messages: int = 0
    forgotten_streams: int = 0
    # Events that found the queue full, and datagrams that found the socket's buffer full.
    queue_drops: int = 0
    kernel_drops: int = 0


# Reading one datagram


class Fault(Exception):
    """Why a datagram cannot be read: `counter` is where it is counted."""

    def __init__(self, counter: str, reason: str) -> None:
        super().__init__(reason)
        self.counter = counter


class Start(NamedTuple):
    """The start of a message with the first bytes of its body."""

    sequence: int
    identifier: bytes
    published_at: int
    ttl: int
    body_bytes: int
    attribute_bytes: int
    part: bytes


class Continuation(NamedTuple):
    """More bytes of a message's body."""

    sequence: int
    offset: int
    part: bytes


class Envelope(NamedTuple):
    """What is in one datagram."""

    kind: int
    topic: str
    source: int
    epoch: int
    number: int
    copy_milliseconds: int
    records: List[Union[Start, Continuation]]
    # What a heartbeat says.
    first: int
    next: int


MAGIC = b"\xf5HC"
MESSAGES, HEARTBEAT, CONFIRMATION, PROBE = 1, 2, 3, 4
HEADER = struct.Struct(">3sBBBHHBBIqQI")
START = struct.Struct(">HBBQ16sqIIHH")
CONTINUATION = struct.Struct(">HBBQI")
MAXIMUM_BODY = 16_842_752
TOPIC_CHARACTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-"
ATTRIBUTE_NAME = re.compile(rb"[a-z0-9\-_.]{1,64}")


def decode(data: bytes) -> Envelope:
    """Takes a datagram apart, and believes nothing that was not checked.

    Raises `Fault` for what is not an envelope of version 1, or not a sound one.
    """
    if data[:3] != MAGIC:
        raise Fault("not_enveloped", "not enveloped")
    if len(data) > 3 and data[3] != 1:
        raise Fault("unknown_version", f"version {data[3]}")
    if len(data) < HEADER.size:
        raise Fault("malformed", "shorter than a header")
    (_, _, kind, flags, header_bytes, content_bytes, topic_bytes, _, source, epoch, number,
     copy_milliseconds) = HEADER.unpack_from(data)
    if flags & 0xF0:
        raise Fault("not_understood", f"flags {flags:02x}")
    if not MESSAGES <= kind <= PROBE:
        raise Fault("unknown_kind", f"kind {kind}")
    if epoch < 0 or (number == 0 and kind == MESSAGES):
        raise Fault("malformed", "negative epoch, or number 0")
    topic_end, end = HEADER.size + topic_bytes, header_bytes + content_bytes
    if topic_end > header_bytes or end > len(data):
        raise Fault("malformed", "lengths that do not fit")
    topic = data[HEADER.size:topic_end]
    if not 1 <= topic_bytes <= 128 or topic.translate(None, TOPIC_CHARACTERS):
        raise Fault("malformed", "topic")
    if topic_end < header_bytes:
        check_fields(data, topic_end, header_bytes)
    records: List[Union[Start, Continuation]] = []
    first = following = 0
    if kind == MESSAGES:
        records = read_records(data, header_bytes, end)
    elif kind == HEARTBEAT:
        if content_bytes < 16:
            raise Fault("malformed", f"heartbeat of {content_bytes} bytes")
        first, following = struct.unpack_from(">QQ", data, header_bytes)
        if not 1 <= first <= following:
            raise Fault("malformed", "heartbeat that goes back")
    return Envelope(kind, topic.decode(), source, epoch, number, copy_milliseconds, records, first, following)


def check_fields(data: bytes, position: int, end: int) -> None:
    """Fields behind the topic are skipped, but for those that must be understood."""
    while position < end:
        if end - position < 2:
            raise Fault("malformed", "field without a length")
        if data[position] >= 128:
            raise Fault("not_understood", f"field {data[position]}")
        position += 2 + data[position + 1]
        if position > end:
            raise Fault("malformed", "field beyond the header")


def read_records(data: bytes, position: int, end: int) -> List[Union[Start, Continuation]]:
    records: List[Union[Start, Continuation]] = []
    while position < end:
        if end - position < 4:
            raise Fault("malformed", "record without a length")
        count, kind = data[position] << 8 | data[position + 1], data[position + 2]
        record_end = position + count
        if count < 4 or record_end > end:
            raise Fault("malformed", "record beyond the content")
        if kind == 1:
            if count < START.size:
                raise Fault("malformed", f"start of {count} bytes")
            (_, _, _, sequence, identifier, published_at, ttl, body_bytes, attribute_bytes,
             _) = START.unpack_from(data, position)
            if (sequence == 0 or published_at < 0 or body_bytes > MAXIMUM_BODY or attribute_bytes > body_bytes
                    or count - START.size > body_bytes):
                raise Fault("malformed", "start of a message that cannot be")
            part = data[position + START.size:record_end]
            records.append(Start(sequence, identifier, published_at, ttl, body_bytes, attribute_bytes, part))
        elif kind == 2:
            if count <= CONTINUATION.size:
                raise Fault("malformed", f"continuation of {count} bytes")
            _, _, _, sequence, offset = CONTINUATION.unpack_from(data, position)
            part = data[position + CONTINUATION.size:record_end]
            if sequence == 0 or offset == 0 or offset + len(part) > MAXIMUM_BODY:
                raise Fault("malformed", "continuation of a message that cannot be")
            records.append(Continuation(sequence, offset, part))
        position = record_end
    return records


def read_attributes(data: bytes) -> Optional[Dict[str, str]]:
    """The attributes at the beginning of a body, in their order; None when they are malformed."""
    attributes: Dict[str, str] = {}
    position = 0
    while position < len(data):
        name_end = position + 1 + data[position]
        name = data[position + 1:name_end]
        value_end = name_end + 2 + int.from_bytes(data[name_end:name_end + 2], "big")
        if name_end + 2 > len(data) or value_end > len(data) or not ATTRIBUTE_NAME.fullmatch(name):
            return None
        try:
            value = data[name_end + 2:value_end].decode()
        except UnicodeDecodeError:
            return None
        if name.decode() in attributes:
            return None
        attributes[name.decode()] = value
        position = value_end
    return attributes


class Arrival(NamedTuple):
    """When a datagram arrived, in milliseconds since 1970, and from where."""

    at: float
    sender: str


class Member(NamedTuple):
    """What a member of a JSON object says, numbers as their digits, and how it is written."""

    value: object
    text: str

    @property
    def is_text(self) -> bool:
        return self.text[0] == '"'


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


# What a number says is left to who reads it: an int may be too long for Python, a float not exact.
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=refuse_constant)
OPENING, NAME, COLON, COMMA, CLOSING = (
    re.compile(rf"[ \t\n\r]*{token}[ \t\n\r]*") for token in (r"\{", '(?=")', ":", ",", r"\}"))


def read_members(text: str) -> Dict[str, Member]:
    """The members of the JSON object that a text is (RFC 8259).

    Raises ValueError for what is none, and when a name stands there twice.
    """
    members: Dict[str, Member] = {}
    position = passed(OPENING, text, 0)
    while not CLOSING.fullmatch(text, position):
        position = passed(COMMA, text, position) if members else position
        name, position = DECODER.raw_decode(text, passed(NAME, text, position))
        first = passed(COLON, text, position)
        value, position = DECODER.raw_decode(text, first)
        if name in members:
            raise ValueError(f"{name} twice")
        members[name] = Member(value, text[first:position])
    if "\\u" in text:
        # Half a pair of surrogates is no character: it raises here, and not where somebody writes it.
        json.dumps({name: member.value for name, member in members.items()}, ensure_ascii=False).encode()
    return members


def passed(token: Pattern[str], text: str, position: int) -> int:
    """Where a token that must be there ends."""
    match = token.match(text, position)
    if match is None:
        raise ValueError(f"not JSON at {position}")
    return match.end()


def read_cloud_event(data: bytes, arrival: Arrival) -> Optional[CloudEvent]:
    """A CloudEvent in JSON (CloudEvents 1.0, JSON event format); None when it is none."""
    try:
        event = read_members(data.decode())
        payload = event_payload(event)
    except (ValueError, RecursionError):
        return None
    texts = {name: member.value for name, member in event.items() if member.is_text}
    if texts.get("specversion") != "1.0" or not all(texts.get(name) for name in ("id", "source", "type")):
        return None
    members = {name: member_text(member.value) for name, member in event.items() if member.value is not None}
    if None in members.values():
        return None
    # What the gateway says of the message is no attribute of the event.
    remarks = {name: members.pop(name) or "" for name in list(members) if name.startswith("headcast")}
    is_numbered = "headcastepoch" in remarks
    sequence, time_said = members.get("sequence"), remarks.get("headcasttime", members.get("time"))
    if is_numbered:
        members.pop("sequence", None)
        if "headcasttime" not in remarks:
            members.pop("time", None)
    attributes = {
        "content-type" if name == "datacontenttype" else f"ce-{name}": text or "" for name, text in members.items()}
    if not all(ATTRIBUTE_NAME.fullmatch(name.encode("utf-8", "replace")) for name in attributes):
        return None
    identifier = attributes["ce-id"]
    named = remarks.get("headcastid", identifier)
    return CloudEvent(
        event_topic(attributes["ce-source"], remarks), whole_number(remarks.get("headcastepoch")),
        whole_number(sequence), named.lower() if UUID.fullmatch(named) else identifier, since_1970(time_said or ""),
        attributes, payload, int(arrival.at), arrival.sender, since_1970(attributes.get("ce-expirytime", "")))


UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def event_topic(source: str, remarks: Dict[str, str]) -> str:
    """Only a gateway can say it: a source that a publisher chose tells nothing of the topic."""
    prefix = "/topics/"
    is_gateways = "headcastepoch" in remarks and source.startswith(prefix)
    return remarks.get("headcasttopic") or (source[len(prefix):] if is_gateways else "")


def member_text(value: object) -> Optional[str]:
    """An attribute of an event as text; None for what can be none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def event_payload(event: Dict[str, Member]) -> bytes:
    """Takes the data out of an event, as it is written there.

    Raises ValueError when it has two, or none that can be read.
    """
    encoded, data = event.pop("data_base64", None), event.pop("data", None)
    if encoded is not None:
        if data is not None or not encoded.is_text:
            raise ValueError("data twice, or not as text")
        return base64.b64decode(str(encoded.value), validate=True)
    if data is None:
        return b""
    # Text is what it says where it is declared as text; anything else is JSON, and so is a text that is not.
    kind = event.get("datacontenttype")
    is_plain = data.is_text and not (kind is not None and is_json(str(kind.value)))
    return (str(data.value) if is_plain else data.text).encode()


def whole_number(text: Optional[str]) -> int:
    """What digits say; 0 for anything else."""
    return int(text) if text and re.fullmatch("[0-9]{1,20}", text) else 0


RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII)


def since_1970(text: str) -> Optional[int]:
    """The milliseconds of a time of RFC 3339; None for what is none."""
    match = RFC_3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    try:
        # A leap second is the first of the next minute. The calendar repeats itself after 400 years, and begins with 1.
        moment = datetime.datetime(year or 400, month, day, hour, minute, tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    offset = (int(match[9]) * 60 + int(match[10])) * (-1 if match[8] == "-" else 1) if match[8] else 0
    whole = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(seconds=1)
    if year == 0:
        whole -= 146_097 * 86_400
    return (whole + second - offset * 60) * 1_000 + int((match[7] or "0")[:3].ljust(3, "0")) if second <= 60 else None


def is_json(content_type: str) -> bool:
    kind = content_type.split(";")[0].replace(" ", "").replace("\t", "").lower()
    return kind.endswith("/json") or kind.endswith("+json")


# Making sense of streams


class Range:
    """Numbers `first` to `last` that did not arrive; `due` is when they are lost, None when they are."""

    __slots__ = ("first", "last", "due")

    def __init__(self, first: int, last: int, due: Optional[float]) -> None:
        self.first, self.last, self.due = first, last, due


class Absences:
    """The numbers of a stream that did not arrive, as ranges in their order."""

    def __init__(self) -> None:
        # Beside each other, so that the first can be searched.
        self.firsts: List[int] = []
        self.ranges: List[Range] = []
        self.missing = 0
        # No missing number is due before the one, nor after the other.
        self.soonest = math.inf
        self.latest = -math.inf

    def add(self, first: int, last: int, due: float) -> None:
        """Adds numbers of which none is there yet."""
        self.insert(bisect_right(self.firsts, first), Range(first, last, due))
        self.soonest, self.latest = min(self.soonest, due), max(self.latest, due)

    def insert(self, index: int, added: Range) -> None:
        self.firsts.insert(index, added.first)
        self.ranges.insert(index, added)
        self.missing += added.due is not None

    def remove(self, index: int) -> None:
        self.missing -= self.ranges[index].due is not None
        del self.firsts[index], self.ranges[index]

    def find(self, number: int) -> Optional[int]:
        """Where the range that holds a number stands."""
        index = bisect_right(self.firsts, number) - 1
        return index if index >= 0 and number <= self.ranges[index].last else None

    def arrive(self, index: int, number: int) -> None:
        """Takes a number out of the range at `index`."""
        divided = self.ranges[index]
        if number < divided.last:
            self.insert(index + 1, Range(number + 1, divided.last, divided.due))
        if divided.first < number:
            divided.last = number - 1
        else:
            self.remove(index)

    def hasten(self, below: int, due: float) -> None:
        """Numbers below `below` are due at this time at the latest."""
        if due >= self.latest:
            return
        for missing in self.ranges:
            if missing.first >= below:
                break
            if missing.due is not None and missing.due > due:
                missing.due = due
        self.soonest = min(self.soonest, due)

    def lose(self, now: float, at_least: int = 0) -> Iterator[Range]:
        """Each of the ranges that are due by now, and so many of the lowest in any case, once it is lost."""
        count = 0
        for missing in self.ranges:
            if missing.due is not None and (missing.due <= now or count < at_least):
                missing.due = None
                self.missing -= 1
                count += 1
                yield missing
        dues = [missing.due for missing in self.ranges if missing.due is not None]
        self.soonest, self.latest = min(dues, default=math.inf), max(dues, default=-math.inf)

    def forget(self, limit: int) -> None:
        """Forgets the lowest of the lost ranges where there are more: what comes of them then counts as a copy."""
        excess = len(self.ranges) - self.missing - limit
        if excess <= 0:
            return
        # Some more, so that not each loss looks through all of them.
        lost = [index for index, absent in enumerate(self.ranges) if absent.due is None][:excess + limit // 8]
        for index in reversed(lost):
            self.remove(index)


class Partial:
    """A message that is not whole."""

    __slots__ = ("start", "pieces", "end", "later", "furthest", "lowest", "highest", "bytes", "due", "arrival")

    # What a part is counted for besides its bytes.
    OVERHEAD = 128

    def __init__(self, number: int, arrival: Arrival) -> None:
        # Of the part that came last.
        self.arrival = arrival
        self.start: Optional[Start] = None
        # The body's bytes up to `end`, and those beyond it by their offset.
        self.pieces: List[bytes] = []
        self.end = 0
        self.later: Dict[int, bytes] = {}
        self.furthest = 0
        # The numbers of the datagrams that brought them.
        self.lowest = self.highest = number
        self.bytes = 0
        # When it is dropped.
        self.due = 0.0

    def add(self, number: int, record: Union[Start, Continuation]) -> bool:
        """Adds a part; False when it contradicts those that are there."""
        offset = 0
        if isinstance(record, Start):
            if self.start is not None:
                return False
            self.start = record
        else:
            offset = record.offset
        end = offset + len(record.part)
        # Before the start is there, nothing can stand at `end`, which is 0.
        if offset < self.end or offset in self.later:
            return False
        self.lowest, self.highest = min(self.lowest, number), max(self.highest, number)
        self.furthest = max(self.furthest, end)
        self.bytes += len(record.part) + self.OVERHEAD
        if offset > self.end or self.start is None:
            self.later[offset] = record.part
        else:
            self.pieces.append(record.part)
            self.end = end
            while self.later and self.end in self.later:
                part = self.later.pop(self.end)
                self.pieces.append(part)
                self.end += len(part)
        if self.start is None:
            return True
        # What lies beyond the end, or is left when all bytes are there, has bytes that others had.
        return self.furthest <= self.start.body_bytes and not (self.later and self.is_whole)

    @property
    def is_whole(self) -> bool:
        return self.start is not None and self.end == self.start.body_bytes

    @property
    def numbers(self) -> Tuple[int, int]:
        """The lowest and the highest number that must hold a part."""
        has_end = self.start is None or self.furthest >= self.start.body_bytes
        return (
            self.lowest if self.start is not None else self.lowest - 1, self.highest if has_end else self.highest + 1)


class Stream:
    """One topic, source and epoch."""

    __slots__ = ("topic", "source", "epoch", "floor", "next", "absences", "turn", "held", "partials", "abandoned")

    def __init__(self, topic: str, source: int, epoch: int, beginning: int) -> None:
        self.topic, self.source, self.epoch = topic, source, epoch
        # From the floor on numbers count: those below next that are not absent have arrived.
        self.floor = self.next = beginning
        self.absences = Absences()
        # Where there is order: the number that is to be read next, and those beyond it.
        self.turn = beginning
        self.held: Dict[int, Tuple[Envelope, int, Arrival]] = {}
        self.partials: Dict[int, Partial] = {}
        # Sequences of messages that were dropped and of which parts may still come.
        self.abandoned: OrderedDict[int, None] = OrderedDict()

    ABANDONED = 1_024
    # What a datagram that is held is counted for besides its bytes, and each of its records.
    OVERHEAD, RECORD_OVERHEAD = 1_024, 320


class Receiver:
    """Makes events of datagrams. It has no socket and no clock: both times are told to it, in milliseconds.

    `now` never goes back and says how much time has passed; `clock` is the time since 1970.
    """

    def __init__(
        self, *, ordered: bool = False, gap_wait: float = 50, duplicates: bool = False, format: str = "enveloped",
        limits: Limits = Limits(),
    ) -> None:
        self.ordered, self.gap_wait, self.duplicates, self.format = ordered, gap_wait, duplicates, format
        self.limits = limits
        self.counters = Counters()
        self.events: List[Event] = []
        self.streams: OrderedDict[Tuple[str, int, int], Stream] = OrderedDict()
        self.topics: Dict[str, int] = {}
        self.ids: OrderedDict[Key, None] = OrderedDict()
        self.partials: OrderedDict[Tuple[int, int], Tuple[Stream, int, Partial]] = OrderedDict()
        self.partial_bytes = self.held_bytes = 0
        # Nothing is lost before the one, nothing that is not whole dropped before the other.
        self.soonest = self.soonest_partial = math.inf

    def take(self) -> List[Event]:
        """The events since the last call."""
        events, self.events = self.events, []
        return events

    def receive(self, data: bytes, now: float, clock: float, sender: str = "") -> None:
        """A datagram has arrived."""
        self.counters.datagrams += 1
        arrival = Arrival(clock, sender)
        if self.format in ("raw", "cloudevents"):
            return self.receive_other(data, arrival)
        try:
            envelope = decode(data)
        except Fault as fault:
            if self.format == "any" and fault.counter == "not_enveloped":
                return self.receive_other(data, arrival)
            setattr(self.counters, fault.counter, getattr(self.counters, fault.counter) + 1)
            return
        if envelope.kind == MESSAGES:
            size = len(data) + Stream.OVERHEAD + len(envelope.records) * Stream.RECORD_OVERHEAD
            self.receive_messages(self.stream(envelope, envelope.number, now, clock), envelope, size, arrival, now)
        elif envelope.kind == HEARTBEAT:
            self.counters.heartbeats += 1
            self.receive_heartbeat(self.stream(envelope, envelope.first, now, clock), envelope, now, clock)
        else:
            self.counters.other_kind += 1

    def advance(self, now: float, clock: float) -> None:
        """Time has passed: what is missing for too long is lost, and what does not go on is dropped."""
        if now >= self.soonest:
            for stream in list(self.streams.values()):
                if now >= stream.absences.soonest:
                    self.lose(stream, now, clock)
            self.soonest = min((stream.absences.soonest for stream in self.streams.values()), default=math.inf)
        if now >= self.soonest_partial:
            for stream, sequence, partial in list(self.partials.values()):
                if partial.due <= now:
                    self.abandon(stream, sequence)
            self.soonest_partial = min((partial.due for _, _, partial in self.partials.values()), default=math.inf)

    @property
    def deadline(self) -> float:
        """When time is to be told at the latest; infinity when nothing is waited for."""
        return min(self.soonest, self.soonest_partial)

    # Streams and their numbers

    def stream(self, envelope: Envelope, beginning: int, now: float, clock: float) -> Stream:
        key = (envelope.topic, envelope.source, envelope.epoch)
        stream = self.streams.get(key)
        if stream is not None:
            if len(self.streams) > 1:
                self.streams.move_to_end(key)
            return stream
        known = self.topics.get(envelope.topic, 0)
        self.topics[envelope.topic] = known + 1
        # The streams stand in the order in which they were heard last.
        others = (stream for stream in reversed(self.streams.values()) if stream.topic == envelope.topic)
        previous = next(others) if known else None
        if len(self.streams) == self.limits.streams:
            self.forget(self.streams.popitem(last=False)[1], now, clock)
        if previous is not None:
            self.events.append(EpochChange(*key, previous.source, previous.epoch))
        stream = self.streams[key] = Stream(*key, beginning)
        return stream

    def forget(self, stream: Stream, now: float, clock: float) -> None:
        """Lets go of a stream: what it waited for is lost, and what waits for that is handed over."""
        self.counters.forgotten_streams += 1
        self.lose(stream, now, clock, at_least=stream.absences.missing)
        for sequence in list(stream.partials):
            self.abandon(stream, sequence)
        self.topics[stream.topic] -= 1
        if self.topics[stream.topic] == 0:
            del self.topics[stream.topic]

    def receive_messages(self, stream: Stream, envelope: Envelope, size: int, arrival: Arrival, now: float) -> None:
        number, clock = envelope.number, arrival.at
        due = now + envelope.copy_milliseconds + self.gap_wait
        absences = stream.absences
        if number == stream.next:
            stream.next += 1
        elif number > stream.next:
            self.miss(stream, stream.next, number - 1, due)
            stream.next = number + 1
        elif not self.arrives_below(stream, number, due):
            return
        if absences.missing:
            absences.hasten(number, due)
            self.soonest = min(self.soonest, absences.soonest)
        if not self.ordered:
            self.read(stream, envelope, arrival, now, clock)
        elif number == stream.turn:
            stream.turn += 1
            self.read(stream, envelope, arrival, now, clock)
            self.release(stream, now, clock)
        else:
            stream.held[number] = (envelope, size, arrival)
            self.held_bytes += size
        self.keep_bounds(stream, now, clock)

    def arrives_below(self, stream: Stream, number: int, due: float) -> bool:
        """Whether a number below the highest is to be read."""
        if number < stream.floor:
            if self.ordered:
                self.counters.late_datagrams += 1
                return False
            if number + 1 < stream.floor:
                self.miss(stream, number + 1, stream.floor - 1, due)
            stream.floor = number
            return True
        index = stream.absences.find(number)
        if index is None:
            self.counters.duplicate_datagrams += 1
            if self.duplicates:
                self.events.append(Duplicate(stream.topic, stream.source, stream.epoch, number, None, None))
            return False
        is_late = stream.absences.ranges[index].due is None or (self.ordered and number < stream.turn)
        if is_late:
            self.counters.late_datagrams += 1
            if self.ordered:
                return False
        stream.absences.arrive(index, number)
        return True

    def receive_heartbeat(self, stream: Stream, beat: Envelope, now: float, clock: float) -> None:
        due = now + beat.copy_milliseconds + self.gap_wait
        if beat.first < stream.floor:
            self.miss(stream, beat.first, stream.floor - 1, due)
            stream.floor = beat.first
        if beat.next > stream.next:
            self.miss(stream, stream.next, beat.next - 1, due)
            stream.next = beat.next
        stream.absences.hasten(beat.next, due)
        self.soonest = min(self.soonest, stream.absences.soonest)
        self.keep_bounds(stream, now, clock)

    def miss(self, stream: Stream, first: int, last: int, due: float) -> None:
        stream.absences.add(first, last, due)
        self.soonest = min(self.soonest, due)

    def lose(self, stream: Stream, now: float, clock: float, at_least: int = 0) -> None:
        """Gives up what is due, and so many of the lowest missing ranges, if need be."""
        firsts, lasts = [], []
        for lost in stream.absences.lose(now, at_least):
            self.counters.lost_datagrams += lost.last - lost.first + 1
            self.events.append(Gap(stream.topic, stream.source, stream.epoch, lost.first, lost.last))
            firsts.append(lost.first)
            lasts.append(lost.last)
            if self.ordered:
                self.release(stream, now, clock)
        for sequence, partial in list(stream.partials.items()):
            lowest, highest = partial.numbers
            index = bisect_left(lasts, lowest)
            if index < len(firsts) and firsts[index] <= highest:
                self.abandon(stream, sequence)
        stream.absences.forget(self.limits.ranges)

    def keep_bounds(self, stream: Stream, now: float, clock: float) -> None:
        excess = stream.absences.missing - self.limits.ranges
        if excess > 0:
            # Some more, so that not each datagram looks through all of them.
            self.lose(stream, now, clock, at_least=excess + self.limits.ranges // 8)
        while self.held_bytes > self.limits.held_bytes:
            fullest = max(self.streams.values(), key=lambda stream: len(stream.held))
            if not fullest.held:
                break
            self.lose(fullest, now, clock, at_least=1)

    def release(self, stream: Stream, now: float, clock: float) -> None:
        """Reads what has its turn."""
        while True:
            if stream.turn in stream.held:
                envelope, size, arrival = stream.held.pop(stream.turn)
                self.held_bytes -= size
                stream.turn += 1
                self.read(stream, envelope, arrival, now, clock)
                continue
            index = stream.absences.find(stream.turn)
            if index is None or stream.absences.ranges[index].due is not None:
                return
            stream.turn = stream.absences.ranges[index].last + 1

    # Messages

    def read(self, stream: Stream, envelope: Envelope, arrival: Arrival, now: float, clock: float) -> None:
        for record in envelope.records:
            if (isinstance(record, Start) and len(record.part) == record.body_bytes
                    and record.sequence not in stream.partials and record.sequence not in stream.abandoned):
                self.hand_over(stream, record, record.part, arrival, clock)
            else:
                self.add_part(stream, envelope, record, arrival, now, clock)

    def add_part(
        self, stream: Stream, envelope: Envelope, record: Union[Start, Continuation], arrival: Arrival, now: float,
        clock: float,
    ) -> None:
        sequence, number = record.sequence, envelope.number
        if sequence in stream.abandoned:
            return
        partial = stream.partials.get(sequence)
        if partial is None:
            if isinstance(record, Continuation) and not self.may_come(stream, number - 1):
                return self.abandon(stream, sequence)
            partial = stream.partials[sequence] = Partial(number, arrival)
            self.partials[id(stream), sequence] = (stream, sequence, partial)
        self.partial_bytes -= partial.bytes
        agrees = partial.add(number, record)
        self.partial_bytes += partial.bytes
        partial.arrival = max(partial.arrival, arrival)
        partial.due = max(partial.due, now + envelope.copy_milliseconds + self.limits.partial_milliseconds)
        self.soonest_partial = min(self.soonest_partial, partial.due)
        if not agrees:
            return self.abandon(stream, sequence, "malformed_messages")
        if partial.is_whole and partial.start is not None:
            self.remove(stream, sequence)
            return self.hand_over(stream, partial.start, b"".join(partial.pieces), partial.arrival, clock)
        if len(self.partials) > 1:
            self.partials.move_to_end((id(stream), sequence))
        while self.partial_bytes > self.limits.partial_bytes or len(self.partials) > self.limits.partials:
            oldest, dropped, _ = next(iter(self.partials.values()))
            self.abandon(oldest, dropped)

    def may_come(self, stream: Stream, number: int) -> bool:
        """Whether a datagram below one that is there may still be read."""
        if self.ordered:
            return False
        if number < stream.floor:
            return number > 0
        index = stream.absences.find(number)
        return index is not None and stream.absences.ranges[index].due is not None

    def abandon(self, stream: Stream, sequence: int, counter: str = "incomplete_messages") -> None:
        """Drops a message, and what comes of it later."""
        setattr(self.counters, counter, getattr(self.counters, counter) + 1)
        self.remove(stream, sequence)
        stream.abandoned[sequence] = None
        if len(stream.abandoned) > stream.ABANDONED:
            stream.abandoned.popitem(last=False)

    def remove(self, stream: Stream, sequence: int) -> None:
        partial = stream.partials.pop(sequence, None)
        if partial is not None:
            self.partial_bytes -= partial.bytes
            del self.partials[id(stream), sequence]

    def hand_over(self, stream: Stream, start: Start, body: bytes, arrival: Arrival, clock: float) -> None:
        """A message is whole, and it is its turn."""
        key = (stream.topic, start.identifier)
        if key in self.ids:
            return self.drop_known(key, stream, start.sequence)
        expires_at = start.published_at + start.ttl if start.ttl else None
        if is_past(expires_at, clock):
            self.counters.expired_messages += 1
            return
        attributes: Optional[Dict[str, str]] = {}
        if start.attribute_bytes:
            attributes = read_attributes(body[:start.attribute_bytes])
            body = body[start.attribute_bytes:]
        if attributes is None:
            self.counters.malformed_messages += 1
            return
        self.remember(key)
        self.counters.messages += 1
        self.events.append(Message(
            stream.topic, stream.source, stream.epoch, start.sequence, start.identifier, start.published_at,
            attributes, body, int(arrival.at), arrival.sender, expires_at))

    def drop_known(self, key: Tuple[str, bytes], stream: Stream, sequence: int) -> None:
        self.ids.move_to_end(key)
        self.counters.duplicate_messages += 1
        if self.duplicates:
            named = uuid_text(key[1])
            self.events.append(Duplicate(stream.topic, stream.source, stream.epoch, None, named, sequence))

    def remember(self, key: Key) -> None:
        self.ids[key] = None
        if len(self.ids) > self.limits.ids:
            self.ids.popitem(last=False)

    def forget_keys(self, keys: Iterable[Key]) -> None:
        """Of what was dropped on its way to who iterates: published again, it is received."""
        for key in keys:
            self.ids.pop(key, None)

    # Other formats

    def receive_other(self, data: bytes, arrival: Arrival) -> None:
        """A datagram of a topic that is not enveloped."""
        event = read_cloud_event(data, arrival) if self.format != "raw" else None
        if event is None:
            if self.format == "cloudevents":
                if data[:3] == MAGIC:
                    self.counters.other_format += 1
                else:
                    self.counters.malformed += 1
                return
            self.counters.messages += 1
            self.events.append(Datagram(data, int(arrival.at), arrival.sender))
            return
        key = event.key
        if key in self.ids:
            self.ids.move_to_end(key)
            self.counters.duplicate_messages += 1
            if self.duplicates:
                named = event.attributes
                self.events.append(Duplicate(
                    event.topic, 0, event.epoch, None, None, None, named["ce-id"], named["ce-source"]))
            return
        if is_past(event.expires_at, arrival.at):
            self.counters.expired_messages += 1
            return
        self.remember(key)
        self.counters.messages += 1
        self.events.append(event)


def is_past(expires_at: Optional[int], clock: float) -> bool:
    return expires_at is not None and clock > expires_at


# Receiving


# Linux has them, Python's socket module does not; the numbers are those of the kernel's headers.
# What the kernel charges the buffer at least for anything in it, besides its bytes (struct sk_buff).
LEAST_CHARGE = 256
SO_RXQ_OVFL, SO_MEMINFO, UDP_GRO = 40, 55, 104
# The ninth word of struct sk_meminfo: datagrams dropped so far.
MEMINFO_WORDS, MEMINFO_DROPS = 9, 8


class Subscription:
    """Receives at a port until it is closed, and hands events over: iterate over it, from one thread.

    A thread of its own reads the socket, so that datagrams are taken while events are worked on. What is not taken in
    time is dropped and told of, as `Overflow`. Closing releases the socket and ends the iteration.
    """

    def __init__(
        self,
        port: int = 12_000,
        host: str = "::",
        *,
        ordered: bool = False,
        gap_wait: float = 0.05,
        duplicates: bool = False,
        format: str = "enveloped",
        limits: Limits = Limits(),
        receive_buffer: int = 8 << 20,
    ) -> None:
        """Binds, and begins to receive.

        host: an address of either family; "::" means both, and all. port 0 takes a free one.
        ordered: messages of a stream in the order of their sequence, instead of as they arrive.
        gap_wait: for how many seconds a datagram that was overtaken is waited for.
        duplicates: whether what is dropped as seen before is told of as `Duplicate`.
        format: "enveloped", "raw", "cloudevents", or "any", which tells them by the datagram.
        receive_buffer: bytes asked for; the kernel grants net.core.rmem_max at most, see `granted_buffer`.

        Raises OSError when it cannot, and ValueError for settings that cannot be.
        """
        if format not in ("enveloped", "raw", "cloudevents", "any"):
            raise ValueError(f'format is "{format}"; expected enveloped, raw, cloudevents or any')
        if not gap_wait >= 0:
            raise ValueError(f"gap_wait is {gap_wait}; expected seconds, 0 or more")
        check("port", port, 0, 65_535)
        check("receive_buffer", receive_buffer, 1, MAXIMUM_RECEIVE_BUFFER)
        receiver = Receiver(
            ordered=ordered, gap_wait=gap_wait * 1_000, duplicates=duplicates, format=format, limits=limits)
        self.reader = Reader(bound_socket(host, port, receive_buffer), receiver)
        self.address: Tuple[str, int] = self.reader.socket.getsockname()[:2]
        # Linux doubles what was asked for, to have room for its own overhead, and says the double.
        self.granted_buffer = self.reader.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
        self.taken: Iterator[Event] = iter(())
        self.thread = threading.Thread(target=self.reader.run, name="subscription", daemon=True)
        # One that is let go of without being closed ends too: its thread does not hold it.
        self.finalizer = weakref.finalize(self, self.reader.stop)
        self.thread.start()

    @property
    def counters(self) -> Counters:
        """What arrived, and what was dropped and why, until now."""
        return self.reader.counters

    def close(self) -> None:
        """Releases the socket; the iteration ends when what was received is taken. May be called from any thread."""
        self.finalizer()
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def next(self, timeout: Optional[float] = None) -> Optional[Event]:
        """The next event; None when there is none for `timeout` seconds, or after the end."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            for event in self.taken:
                if (isinstance(event, (Message, CloudEvent)) and event.expires_at is not None
                        and clock_milliseconds() > event.expires_at):
                    self.reader.expire(event)
                    continue
                return event
            events = self.reader.take(None if until is None else max(until - time.monotonic(), 0))
            if not events:
                return None
            self.taken = iter(events)

    def __iter__(self) -> Subscription:
        return self

    def __next__(self) -> Event:
        event = self.next()
        if event is None:
            raise StopIteration
        return event

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


# SO_RCVBUF is an int.
MAXIMUM_RECEIVE_BUFFER = (1 << 31) - 1


def check(name: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise ValueError(f"{name} is {value}; expected {lowest} to {highest}")


def bound_socket(host: str, port: int, receive_buffer: int) -> socket.socket:
    """A socket that receives at an address.

    Neither SO_REUSEPORT nor SO_REUSEADDR is set: two subscribers on one port would share the datagrams between them.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.socket(family, socket.SOCK_DGRAM)
    except OSError:
        if host != "::":
            raise
        # A kernel without IPv6.
        family, host = socket.AF_INET, "0.0.0.0"
        bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if family == socket.AF_INET6:
            # "::" means both families, whatever net.ipv6.bindv6only says.
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if sys.platform.startswith("linux"):
            bound.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            try:
                bound.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
            except OSError:
                pass  # Linux before 5.0: each datagram by itself.
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


class Reader:
    """Reads a socket into a queue, in a thread of its own."""

    # How many reads at once, so that the queue is seen and the end is noticed however fast datagrams come.
    READS = 64
    # In milliseconds: how often the kernel is asked what it dropped while nothing arrives.
    IDLE = 500.0
    # What is handed out at once, at most: events, and the bytes of all but the last of them.
    BATCH_EVENTS, BATCH_BYTES = 256, 1 << 20

    def __init__(self, bound: socket.socket, receiver: Receiver) -> None:
        self.socket, self.receiver = bound, receiver
        self.wake, self.woken = socket.socketpair()
        self.buffer = memoryview(bytearray(1 << 17))
        self.drops = 0
        self.buffer_bytes = bound.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        # While more waits than is read at once: since when, and how many bytes were read since.
        self.backlog: Optional[Tuple[float, int]] = None
        # The last sender, whose text is not made anew for each of its datagrams.
        self.address: object = None
        self.sender = ""
        self.condition = threading.Condition()
        # What the condition guards.
        self.queue: Deque[Tuple[Event, int]] = deque()
        self.queue_bytes = 0
        self.dropped = 0
        self.has_ended = False
        self.error: Optional[Exception] = None
        # Of messages that expired while they waited; and how many.
        self.expired_keys: List[Key] = []
        self.expired = 0

    @property
    def counters(self) -> Counters:
        counted, expired = self.receiver.counters, self.expired
        return replace(
            counted, messages=counted.messages - expired, expired_messages=counted.expired_messages + expired)

    def run(self) -> None:
        poller = select.poll()
        poller.register(self.socket, select.POLLIN)
        poller.register(self.woken, select.POLLIN)
        try:
            while True:
                wait = min(max(self.receiver.deadline - milliseconds(), 0.0), self.IDLE)
                ready = poller.poll(math.ceil(wait))
                if any(descriptor == self.woken.fileno() for descriptor, _ in ready):
                    return
                self.forget_expired()
                now = milliseconds()
                self.pass_time(now, *self.read(now))
                self.enqueue(self.receiver.take())
        except Exception as error:  # Whatever it is, it belongs to who iterates.
            self.error = error
        finally:
            self.end()

    def read(self, now: float) -> Tuple[int, bool]:
        """Reads some datagrams; how many bytes of the buffer they took, and whether there were no more."""
        clock, total = clock_milliseconds(), 0
        receive, buffer = self.receiver.receive, self.buffer
        for _ in range(self.READS):
            try:
                count, ancillary, _, address = self.socket.recvmsg_into([buffer], 64)
            except BlockingIOError:
                return total, True
            total += count + LEAST_CHARGE
            if address != self.address:
                self.address, self.sender = address, sender_text(address)
            segment = count
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
                    self.notice_drops(int.from_bytes(value, sys.byteorder))
                elif level == socket.IPPROTO_UDP and kind == UDP_GRO:
                    segment = int.from_bytes(value, sys.byteorder)
            if segment >= count:
                receive(bytes(buffer[:count]), now, clock, self.sender)
            else:
                # Datagrams of one size, the last at most shorter, that the kernel hands over together.
                for first in range(0, count, segment):
                    receive(bytes(buffer[first:min(first + segment, count)]), now, clock, self.sender)
        return total, False

    def pass_time(self, now: float, count: int, is_drained: bool) -> None:
        """Tells the receiver a time by which all was read that had arrived: what is not there then may be lost."""
        if is_drained:
            self.backlog = None
        else:
            # What had arrived by `since` is read once as much was read as the socket's buffer holds.
            since, total = self.backlog or (now, 0)
            self.backlog = (since, total + count)
            if total + count < self.buffer_bytes:
                return
            self.backlog, now = (now, 0), since
        self.receiver.advance(now, clock_milliseconds())
        self.notice_drops(self.kernel_drops())

    def kernel_drops(self) -> int:
        """Datagrams dropped so far, those included of which no later datagram has told yet."""
        if not sys.platform.startswith("linux"):
            return self.drops
        words = self.socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4 * MEMINFO_WORDS)
        return int(struct.unpack(f"{MEMINFO_WORDS}I", words)[MEMINFO_DROPS])

    def notice_drops(self, drops: int) -> None:
        # 32 bits that wrap; what a datagram tells may be older than what was asked.
        count = (drops - self.drops) & 0xFFFF_FFFF
        if 0 < count < 1 << 31:
            self.drops = drops
            self.receiver.counters.kernel_drops += count
            self.receiver.events.append(Overflow("kernel", count))

    def enqueue(self, events: List[Event]) -> None:
        """Adds events, one at least when none waits; what does not fit is dropped, and all until some are taken."""
        if not events:
            return
        limits = self.receiver.limits
        with self.condition:
            for index, event in enumerate(events):
                size = event_bytes(event)
                is_full = self.queue_bytes + size > limits.queue_bytes or len(self.queue) >= limits.queue_events
                if self.dropped or (is_full and self.queue):
                    self.dropped += len(events) - index
                    self.receiver.counters.queue_drops += len(events) - index
                    self.receiver.forget_keys(
                        event.key for event in events[index:] if isinstance(event, (Message, CloudEvent)))
                    break
                self.queue.append((event, size))
                self.queue_bytes += size
            self.condition.notify()

    def take(self, timeout: Optional[float]) -> List[Event]:
        """The events that waited longest; nothing after so many seconds, or at the end."""
        with self.condition:
            self.condition.wait_for(lambda: self.queue or self.dropped or self.has_ended, timeout)
            if self.dropped:
                self.queue.append((Overflow("queue", self.dropped), 0))
                self.dropped = 0
            events: List[Event] = []
            count = 0
            while self.queue and len(events) < self.BATCH_EVENTS and count < self.BATCH_BYTES:
                event, size = self.queue.popleft()
                events.append(event)
                count += size
            self.queue_bytes -= count
            if not events and self.error is not None:
                raise self.error
            return events

    def expire(self, event: Union[Message, CloudEvent]) -> None:
        """Takes note of what expired while it waited. The receiver is the thread's, which forgets it later."""
        with self.condition:
            self.expired_keys.append(event.key)
            self.expired += 1

    def forget_expired(self) -> None:
        # Seldom is there one: to look takes no lock, and what comes meanwhile is there the next time.
        if self.expired_keys:
            with self.condition:
                keys, self.expired_keys = self.expired_keys, []
            self.receiver.forget_keys(keys)

    def stop(self) -> None:
        """Ends the thread."""
        try:
            self.wake.send(b"x")
        except OSError:
            pass  # It has ended by itself.

    def end(self) -> None:
        self.socket.close()
        with self.condition:
            self.has_ended = True
            self.condition.notify_all()
        self.wake.close()
        self.woken.close()


def sender_text(address: Tuple[str, int]) -> str:
    """`10.42.0.7:34334` or `[fd00::1]:34334`; an IPv4 address is one on a socket of both families, too."""
    host, port = address[:2]
    host = host[len("::ffff:"):] if host.startswith("::ffff:") and "." in host else host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def milliseconds() -> float:
    """A time that never goes back."""
    return time.monotonic_ns() / 1e6


def clock_milliseconds() -> float:
    """The time since 1970."""
    return time.time() * 1_000


# The tuples that an event is and that it stands in, and the number that it counts for; and, with all that a message has
# besides its payload and attributes: their lengths are bounded by the format.
EVENT_OVERHEAD, MESSAGE_OVERHEAD = 320, 1_024


def event_bytes(event: Event) -> int:
    """What an event takes in memory, at least: each of its parts is an object of its own."""
    if isinstance(event, Message):
        size = MESSAGE_OVERHEAD + len(event.payload) + sys.getsizeof(event.attributes)
    else:
        size = EVENT_OVERHEAD + sum(map(sys.getsizeof, event))
    if isinstance(event, (Message, CloudEvent)) and event.attributes:
        size += sum(map(sys.getsizeof, event.attributes)) + sum(map(sys.getsizeof, event.attributes.values()))
    return size


# The command line


def json_object(event: Event) -> Dict[str, object]:
    """What one line says as JSON; what is not a message has a member `event` that says what it is."""
    if isinstance(event, (Message, CloudEvent, Datagram)):
        line: Dict[str, object] = {"receivedAt": timestamp(event.received_at), "from": event.sender}
        if not isinstance(event, Datagram):
            published_at = None if event.published_at is None else timestamp(event.published_at)
            line.update({
                "id": event.id, "topic": event.topic or None, "sequence": event.sequence, "epoch": event.epoch,
                "publishedAt": published_at, "attributes": event.attributes,
            })
        return {**line, **json_payload(event.payload)}
    named: Dict[str, object] = {JSON_NAMES.get(name, name): value for name, value in event._asdict().items()
                                if value is not None}
    return {"event": event_name(event), **named}


JSON_NAMES = {
    "previous_source": "previousSource", "previous_epoch": "previousEpoch", "event_id": "eventId",
    "event_source": "eventSource",
}


def event_name(event: Event) -> str:
    return "epoch" if isinstance(event, EpochChange) else type(event).__name__.lower()


def json_payload(payload: bytes) -> Dict[str, object]:
    try:
        return {"payload": payload.decode()}
    except UnicodeDecodeError:
        return {"payloadBase64": base64.b64encode(payload).decode()}


def timestamp(since_1970: int) -> Optional[str]:
    """Milliseconds since 1970 as RFC 3339 in UTC; None beyond the year 9999."""
    try:
        moment = datetime.datetime.fromtimestamp(since_1970 // 1_000, datetime.timezone.utc)
    except (OverflowError, ValueError, OSError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{since_1970 % 1_000:03}Z"


# So few at once that a list of them is short however long the payload is.
NOT_PLAIN = re.compile("[^ -~]{1,1024}")
ESCAPES = {"\0": "\\0", "\n": "\\n", "\r": "\\r"}


def text_line(event: Event) -> str:
    """A line for a person: what does not show is escaped."""
    if isinstance(event, (Message, CloudEvent, Datagram)):
        text = event.payload.decode("utf-8", "surrogateescape")
    else:
        named = (f"{name} {value}" for name, value in event._asdict().items() if value is not None)
        text = f"{event_name(event)}: {', '.join(named)}"
    return NOT_PLAIN.sub(lambda found: "".join(map(visible, found[0])), text)


def visible(character: str) -> str:
    """The character, escaped as `headcast subscribe` does where it does not show, or hides or moves others."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte that is not UTF-8.
        return f"\\x{code - 0xDC00:02X}"
    # The joiners U+200C and U+200D are part of words and emoji.
    if character in "\t\u200c\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"):
        return character
    digits = 2 if code < 0x80 else 4 if code < 0x1_0000 else 8
    return ESCAPES.get(character) or f"\\u{{{code:0{digits}X}}}"


def seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f'"{text}" is not a duration like 250ms or 1s')
    return float(match[1]) / (1_000 if match[2] == "ms" else 1)


def host_and_port(text: str) -> Tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ipaddress.ip_address(host)
        if colon and 0 <= int(port) <= 65_535:
            return host, int(port)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f'"{text}" is not an address and port like 0.0.0.0:12000 or [::]:12000')


def buffer_bytes(text: str) -> int:
    if re.fullmatch("[0-9]{1,10}", text) is None or not 1 <= int(text) <= MAXIMUM_RECEIVE_BUFFER:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of bytes from 1 to {MAXIMUM_RECEIVE_BUFFER}')
    return int(text)


def stop_on_signals(subscription: Subscription) -> None:
    """Closes it on SIGTERM and SIGINT."""

    def stop(number: int, frame: Optional[FrameType]) -> None:
        # The main thread runs this wherever it is, perhaps with the queue's lock: another closes, and wakes it.
        threading.Thread(target=subscription.close, daemon=True).start()

    # The first process of a container is not ended by a signal that it has no handler for.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


class ArgumentParser(argparse.ArgumentParser):
    """Ends as `headcast` does when flags are wrong."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match("unrecognized arguments: (--[^ =]+)", message)
        if unknown is not None:
            near = difflib.get_close_matches(unknown[1], re.findall("--[a-z-]+", self.format_usage()), 1)
            message += f"; did you mean {near[0]}?" if near else ""
        self.print_usage(sys.stderr)
        self.exit(os.EX_USAGE, f"{self.prog}: error: {message}\n")


def arguments() -> argparse.Namespace:
    parser = ArgumentParser(
        description="Prints each message once, a line each, flushed; counters go to standard error at the end.")
    parser.add_argument("--listen", type=host_and_port, default="[::]:12000", metavar="ADDRESS:PORT",
                        help="where to receive; [::] is both families, port 0 a free one (%(default)s)")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="how a line is written")
    parser.add_argument("--ordered", action="store_true", help="in order of sequence, not as messages arrive")
    parser.add_argument("--gap-wait", type=seconds, default="50ms", metavar="DURATION",
                        help="how long a datagram that was overtaken is waited for (%(default)s)")
    parser.add_argument("--format", choices=["enveloped", "raw", "cloudevents", "any"], default="enveloped",
                        help="what the topic sends; any tells by the datagram (%(default)s)")
    parser.add_argument("--events", "--show-gaps", action="store_true",
                        help="print gaps, duplicates, epoch changes and overflows too")
    parser.add_argument("--receive-buffer", type=buffer_bytes, default=8 << 20, metavar="BYTES",
                        help="what to ask the kernel for (%(default)s)")
    return parser.parse_args()


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    options = arguments()
    host, port = options.listen
    try:
        subscription = Subscription(
            port, host, ordered=options.ordered, gap_wait=options.gap_wait, duplicates=options.events,
            format=options.format, receive_buffer=options.receive_buffer)
    except OSError as error:
        sys.exit(f"subscriber: cannot listen on {host} port {port}: {error}")
    stop_on_signals(subscription)
    host, port = subscription.address
    say(f"listening on {f'[{host}]' if ':' in host else host}:{port}")
    say(f"receive buffer: {subscription.granted_buffer} bytes granted of {options.receive_buffer}")
    try:
        for event in subscription:
            if isinstance(event, (Message, CloudEvent, Datagram)) or options.events:
                line = text_line(event) if options.output == "text" else json.dumps(
                    json_object(event), ensure_ascii=False, separators=(",", ":"))
                sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
                sys.stdout.buffer.flush()
            elif isinstance(event, Overflow):
                say(text_line(event))
    except BrokenPipeError:
        # Whoever read the lines is gone. Python would complain once more when it flushes at its end.
        sys.stdout = open(os.devnull, "w")
    finally:
        subscription.close()
    say(json.dumps(vars(subscription.counters)))


if __name__ == "__main__":
    main()
