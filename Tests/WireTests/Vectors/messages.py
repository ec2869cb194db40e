"""Streams whose messages are handed over, or dropped as repeated or expired."""
from __future__ import annotations

from envelope import CLOCK, EPOCH, PROBE, Told, envelope, field, start
from scenario import Scenario
from story import story


@story("messages come one by one")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for number in range(1, 5):
        message = stream.message(number)
        scene.at(number, stream.datagram(number, message.record), message.event)
    scene.wait(10_000)
    return scene.ends()


@story("a bundle is handed over in its order")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    messages = [stream.message(n, payload, pairs=pairs) for n, payload, pairs in [
        (1, b"", []), (2, b"\0\xff\xfe", [("content-type", "application/octet-stream")]),
        (3, "größer".encode(), [("traceparent", "00-" + "a" * 32), ("x", "")]), (4, b"four", [("ce-type", "ü")]),
    ]]
    scene.at(0, stream.datagram(1, *(m.record for m in messages), padding=31), *(m.event for m in messages))
    return scene.ends()


@story("a datagram without records has its number and nothing else")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, stream.datagram(2))
    scene.at(2, stream.datagram(3, two.record), two.event)
    scene.wait(1_000)
    return scene.ends()


@story("a message with malformed attributes is dropped, those beside it are not")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, three = (stream.message(n) for n in (1, 2, 3))
    wrong = start(2, b"\1A\0\0two", id=two.id, attribute_bytes=4)
    scene.at(0, stream.datagram(1, one.record, wrong, three.record), one.event, three.event)
    return scene.ends(malformedMessages=1)


@story("authentication and fields that are not known change nothing")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    fields = field(1, b"key1" + bytes(16)) + field(99, b"whatever")
    scene.at(0, stream.datagram(1, one.record, fields=fields), one.event)
    return scene.ends()


@story("what cannot be read is counted by its fault, and the stream goes on")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2)
    good = stream.datagram(2, two.record)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, b"")
    scene.at(2, b"hello")
    scene.at(3, good[:3] + b"\2" + good[4:])
    scene.at(4, good[:4] + b"\7" + good[5:])
    scene.at(5, good[:5] + b"\x80" + good[6:])
    scene.at(6, stream.datagram(2, two.record, fields=field(200, b"")))
    scene.at(7, good[:-1])
    scene.at(8, good[:16] + b"\xff" + good[17:])
    scene.at(9, envelope(b"", kind=PROBE, source=stream.source))
    scene.at(10, good, two.event)
    scene.wait(1_000)
    return scene.ends(
        notEnveloped=2, unknownVersion=1, unknownKind=1, notUnderstood=2, malformed=2, otherKind=1)


@story("a copy is dropped, whenever it comes")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    messages = [stream.message(n) for n in (1, 2, 3)]
    datagrams = [stream.datagram(m.sequence, m.record, copies=100) for m in messages]
    scene.at(0, datagrams[0], messages[0].event)
    scene.at(1, datagrams[0])
    scene.at(2, datagrams[1], messages[1].event)
    scene.at(3, datagrams[2], messages[2].event)
    for at, datagram in enumerate(datagrams * 2):
        scene.at(100 + at, datagram)
    scene.wait(10_000)
    return scene.ends(duplicateDatagrams=7)


@story("a copy stands in for the datagram that was lost")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2)
    scene.at(0, stream.datagram(1, one.record, copies=100), one.event)
    scene.at(100, stream.datagram(1, one.record, copies=100))
    scene.at(101, stream.datagram(2, two.record, copies=100), two.event)
    scene.wait(10_000)
    return scene.ends(duplicateDatagrams=1)


@story("a repeated publish is known by its id, through another replica too")
def _(scene: Scenario) -> Told:
    stream, other = scene.stream(), scene.stream(1)
    one, two = stream.message(1, name="same"), stream.message(2)
    again, new = other.message(9, name="same"), other.message(10)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, other.datagram(5, again.record, new.record), other.begins, new.event)
    scene.at(2, stream.datagram(2, stream.message(3, name="same").record, two.record), two.event)
    return scene.ends(duplicateMessages=2)


@story("an id is known again after a gateway began anew")
def _(scene: Scenario) -> Told:
    stream, anew = scene.stream(), scene.stream(1, epoch=EPOCH + 60_000)
    old, repeated, new = stream.message(7, name="same"), anew.message(1, name="same"), anew.message(2)
    scene.at(0, stream.datagram(7, old.record), old.event)
    scene.at(60_000, anew.datagram(1, repeated.record), anew.begins)
    scene.at(60_001, anew.datagram(2, new.record), new.event)
    scene.wait(90_000)
    return scene.ends(duplicateMessages=1)


@story("the same id in another topic is another message")
def _(scene: Scenario) -> Told:
    stream, other = scene.stream(), scene.stream(topic="invoices")
    one, two = stream.message(1, name="same"), other.message(1, name="same")
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, other.datagram(1, two.record), two.event)
    return scene.ends()


@story("the ids heard last are known, and after three times as many others none is", ids=2)
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    names = ["a", "b", "a", "c", "a", "d", "e", "f", "g", "b"]
    messages = [stream.message(n, name=name) for n, name in enumerate(names, start=1)]
    for number, message in enumerate(messages, start=1):
        events = [] if number in (3, 5) else [message.event]
        scene.at(number, stream.datagram(number, message.record), *events)
    return scene.ends(duplicateMessages=2)


@story("a message is expired when the clock is past its time")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, three = (stream.message(n, ttl=500) for n in (1, 2, 3))
    four = stream.message(4, ttl=2**32 - 1)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(500, stream.datagram(2, two.record), two.event)
    scene.at(501, stream.datagram(3, three.record))
    scene.at(502, stream.datagram(4, four.record), four.event)
    return scene.ends(expiredMessages=1)


@story("the largest time to live and publish time never end")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, ttl=2**32 - 1, published=2**63 - 1 - CLOCK)
    scene.at(0, stream.datagram(1, message.record), message.event)
    return scene.ends()


@story("the id of an expired message is not remembered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    old, new = stream.message(1, ttl=100, name="same"), stream.message(2, ttl=100, published=950, name="same")
    scene.at(1_000, stream.datagram(1, old.record))
    scene.at(1_001, stream.datagram(2, new.record), new.event)
    return scene.ends(expiredMessages=1)


@story("a message in parts is expired by the time it is whole")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, bytes(60), ttl=100)
    scene.at(50, stream.datagram(1, message.begin(30)))
    scene.at(150, stream.datagram(2, message.go_on(30, 60)))
    return scene.ends(expiredMessages=1)


@story("a message expires while it waits for its turn", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, three, four = stream.message(1), stream.message(3, ttl=30), stream.message(4, ttl=100)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(3, three.record))
    scene.at(11, stream.datagram(4, four.record))
    scene.wait(65, stream.gap(2, 2), four.event)
    return scene.ends(expiredMessages=1)
