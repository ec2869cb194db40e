"""Streams in which a message lies in several datagrams."""
from __future__ import annotations

from typing import Callable, Tuple

from envelope import Told
from scenario import MODES, Scenario
from story import story


@story("a message in parts is put together")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, bytes(range(256)) * 4, pairs=[("content-type", "application/octet-stream")])
    parts = message.parts(100)
    for number, part in enumerate(parts, start=1):
        scene.at(number, stream.datagram(number, part), *([message.event] if number == len(parts) else []))
    scene.wait(60_000)
    return scene.ends()


@story("parts may divide attributes, and be of one byte")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, b"xy", pairs=[("a", "1")])
    parts = message.parts(1)
    for number, part in enumerate(parts, start=1):
        scene.at(number, stream.datagram(number, part), *([message.event] if number == len(parts) else []))
    return scene.ends()


@story("the ends of messages share datagrams")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, three, four = (stream.message(n, bytes([n]) * 90) for n in range(1, 5))
    scene.at(0, stream.datagram(1, one.record, two.begin(30)), one.event)
    scene.at(1, stream.datagram(2, two.go_on(30, 60)))
    scene.at(2, stream.datagram(3, two.go_on(60, 90), three.begin(40)), two.event)
    scene.at(3, stream.datagram(4, three.go_on(40, 90), four.record), three.event, four.event)
    scene.wait(60_000)
    return scene.ends()


@story("parts that were overtaken are put together, others go ahead", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, three = (stream.message(n, bytes([n]) * 90) for n in range(1, 4))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, stream.datagram(4, two.go_on(60, 90), three.record), three.event)
    scene.at(2, stream.datagram(3, two.go_on(30, 60)))
    scene.at(3, stream.datagram(2, two.begin(30)), two.event)
    scene.wait(60_000)
    return scene.ends()


@story("parts that were overtaken are waited for", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, three = (stream.message(n, bytes([n]) * 90) for n in range(1, 4))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, stream.datagram(4, two.go_on(60, 90), three.record))
    scene.at(2, stream.datagram(3, two.go_on(30, 60)))
    scene.at(3, stream.datagram(2, two.begin(30)), two.event, three.event)
    scene.wait(60_000)
    return scene.ends()


@story("copies of parts fill what was lost", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, bytes(range(90)))
    parts = [stream.datagram(n, part, copies=100) for n, part in enumerate(message.parts(30), start=1)]
    scene.at(0, parts[0])
    scene.at(2, parts[2])
    scene.at(100, parts[0])
    scene.at(101, parts[1], message.event)
    scene.at(102, parts[2])
    return scene.ends(duplicateDatagrams=2)


def losing(lost: int) -> Callable[[Scenario], Told]:
    """Message 2 comes in numbers 2 to 5 of 1 to 6, and one of them is lost."""

    def tell(scene: Scenario) -> Told:
        stream = scene.stream()
        one, two, three = stream.message(1), stream.message(2, bytes(range(80))), stream.message(3)
        records = [one.record, *two.parts(20), three.record]
        scene.at(0, stream.datagram(1, one.record), one.event)
        for number in (2, 3, 4, 5):
            if number != lost:
                scene.at(number, stream.datagram(number, records[number - 1]))
        arrives = scene.modes == ("arrival",)
        scene.at(6, stream.datagram(6, three.record), *([three.event] if arrives else []))
        scene.wait(40)
        scene.wait(65, stream.gap(lost, lost), *([] if arrives else [three.event]))
        return scene.ends(incompleteMessages=1)

    return tell


for where, missing in [("beginning", 2), ("middle", 4), ("end", 5)]:
    for mode in MODES:
        name = f"a message that lost its {where} is dropped with the gap, {mode}"
        story(name, mode, partialMilliseconds=30_000)(losing(missing))


@story("parts that come after their message was given up are dropped with it", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1, bytes(80)), stream.message(2)
    parts = [stream.datagram(n, part) for n, part in enumerate(one.parts(20), start=1)]
    scene.at(0, parts[0])
    scene.at(1, parts[2])
    scene.wait(60, stream.gap(2, 2))
    scene.at(70, parts[3])
    scene.at(71, parts[1])
    scene.at(72, stream.datagram(5, two.record), two.event)
    scene.wait(60_000)
    return scene.ends(incompleteMessages=1, lateDatagrams=1)


@story("a part behind a lost one is dropped at once", "arrival", partialMilliseconds=30_000)
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2, bytes(60))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, stream.datagram(4))
    scene.wait(60, stream.gap(2, 3))
    scene.at(70, stream.datagram(3, two.go_on(30, 60)))
    return scene.ends(incompleteMessages=1, lateDatagrams=1)


@story("who joins in the middle of a message is helped by copies", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    message = stream.message(1, bytes(range(90)))
    parts = [stream.datagram(n, part, copies=100) for n, part in enumerate(message.parts(30), start=7)]
    scene.at(0, parts[1])
    scene.at(1, parts[2])
    scene.at(100, parts[0], message.event)
    scene.at(101, parts[1])
    scene.wait(60_000)
    return scene.ends(duplicateDatagrams=1)


@story("who joins in the middle of a message drops it", partialMilliseconds=1_000)
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1, bytes(90)), stream.message(2)
    scene.at(0, stream.datagram(8, one.go_on(30, 60)))
    scene.at(1, stream.datagram(9, one.go_on(60, 90), two.record), two.event)
    scene.wait(5_000)
    return scene.ends(incompleteMessages=1)


@story("a message that does not go on is dropped", partialMilliseconds=1_000)
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1, bytes(60)), stream.message(2)
    scene.at(0, stream.datagram(1, one.begin(30)))
    scene.wait(5_000)
    scene.at(5_001, stream.datagram(2, one.go_on(30, 60), two.record), two.event)
    scene.wait(60_000)
    return scene.ends(incompleteMessages=1)


@story("parts that hold too much are dropped, least recently added to first", partialBytes=2_000)
def _(scene: Scenario) -> Told:
    first, second = scene.stream(), scene.stream(1)
    one, two = first.message(1, b"1" * 1_300), second.message(1, b"2" * 1_300)
    scene.at(0, first.datagram(1, one.begin(1_200)))
    scene.at(1, second.datagram(1, two.begin(1_200)), second.begins)
    scene.at(2, first.datagram(2, one.go_on(1_200, 1_300)))
    scene.at(3, second.datagram(2, two.go_on(1_200, 1_300)), two.event)
    scene.wait(60_000)
    return scene.ends(incompleteMessages=1)


@story("of parts that hold too much those go that wait longest for another", partialBytes=3_000)
def _(scene: Scenario) -> Told:
    first, second, third = (scene.stream(n) for n in range(3))
    one, two, three = first.message(1, b"1" * 1_300), second.message(1, b"2" * 700), third.message(1, b"3" * 1_400)
    scene.at(0, first.datagram(1, one.begin(600)))
    scene.at(1, second.datagram(1, two.begin(600)), second.begins)
    scene.at(2, first.datagram(2, one.go_on(600, 1_200)))
    scene.at(3, third.datagram(1, three.begin(1_300)), third.begins)
    scene.at(4, first.datagram(3, one.go_on(1_200, 1_300)), one.event)
    scene.at(5, second.datagram(2, two.go_on(600, 700)))
    scene.at(6, third.datagram(2, three.go_on(1_300, 1_400)), three.event)
    scene.wait(60_000)
    return scene.ends(incompleteMessages=1)


@story("bytes that come twice before those in front of them make a message malformed", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2, bytes(range(60)))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(1, stream.datagram(3, two.go_on(30, 60)))
    scene.at(2, stream.datagram(4, two.go_on(30, 60)))
    scene.at(3, stream.datagram(2, two.begin(30)))
    scene.wait(60_000)
    return scene.ends(malformedMessages=1)


def contradict(name: str, size: int, *pieces: Tuple[int, int]) -> None:
    """A message of which parts contradict each other; a good one follows."""

    @story(name)
    def _(scene: Scenario) -> Told:
        stream = scene.stream()
        one, two = stream.message(1, bytes(range(90))), stream.message(2)
        for at, (first, end) in enumerate(pieces, start=1):
            record = one.begin(end, size) if first == 0 else one.go_on(first, end)
            scene.at(at, stream.datagram(at, record))
        number = len(pieces) + 1
        scene.at(number, stream.datagram(number, two.record), two.event)
        scene.wait(60_000)
        return scene.ends(malformedMessages=1)


contradict("a second start makes a message malformed", 90, (0, 30), (0, 30), (30, 60), (60, 90))
contradict("bytes that are there already make a message malformed", 90, (0, 30), (29, 60), (60, 90))
contradict("bytes that come twice make a message malformed", 90, (0, 30), (30, 60), (30, 60), (60, 90))
contradict("bytes beyond its end make a message malformed", 60, (0, 30), (30, 61))
contradict("a start with everything behind parts makes a message malformed", 90, (0, 30), (30, 60), (0, 90))
contradict("what comes of a malformed message is dropped, whole or not", 90, (0, 30), (0, 30), (0, 90), (60, 90))
