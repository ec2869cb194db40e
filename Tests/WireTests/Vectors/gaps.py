"""Streams in which numbers are missing."""
from __future__ import annotations

from envelope import Told
from scenario import Scenario
from story import story


@story("what is missing for the gap wait is lost", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, three = stream.message(1), stream.message(3)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(3, three.record), three.event)
    scene.wait(55)
    scene.wait(65, stream.gap(2, 2))
    scene.wait(10_000)
    return scene.ends()


@story("a gap is told before the message behind it", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, three, four = stream.message(1), stream.message(3), stream.message(4)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(3, three.record))
    scene.at(20, stream.datagram(4, four.record))
    scene.wait(55)
    scene.wait(65, stream.gap(2, 2), three.event, four.event)
    scene.wait(10_000)
    return scene.ends()


@story("each of several gaps is told where it lies", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, three, five = (stream.message(n) for n in (1, 3, 5))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(3, three.record))
    scene.at(10, stream.datagram(5, five.record))
    scene.at(10, stream.heartbeat(1, 8))
    scene.wait(65, stream.gap(2, 2), three.event, stream.gap(4, 4), five.event, stream.gap(6, 7))
    return scene.ends()


@story("the gap wait can be another", gapWaitMilliseconds=500)
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(3))
    scene.wait(505)
    scene.wait(515, stream.gap(2, 2))
    return scene.ends()


@story("what was overtaken is no gap, and read at once", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for at, number in enumerate((1, 4, 3, 2, 5)):
        message = stream.message(number)
        scene.at(at, stream.datagram(number, message.record), message.event)
    scene.wait(10_000)
    return scene.ends()


@story("what was overtaken is waited for", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    messages = [stream.message(n) for n in range(1, 6)]
    events = [m.event for m in messages]
    for at, (number, due) in enumerate([(1, events[:1]), (4, []), (3, []), (2, events[1:4]), (5, events[4:])]):
        scene.at(at, stream.datagram(number, messages[number - 1].record), *due)
    scene.wait(10_000)
    return scene.ends()


@story("while copies may come nothing is lost", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, four = stream.message(1), stream.message(4)
    scene.at(0, stream.datagram(1, one.record, copies=200), one.event)
    scene.at(10, stream.datagram(4, four.record, copies=200), four.event)
    scene.at(205, stream.datagram(3, copies=200))
    scene.at(210, stream.datagram(4, four.record, copies=200))
    scene.wait(250)
    scene.wait(270, stream.gap(2, 2))
    return scene.ends(duplicateDatagrams=1)


@story("order waits for copies", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, four, five = (stream.message(n) for n in (1, 2, 4, 5))
    scene.at(0, stream.datagram(1, one.record, copies=200), one.event)
    scene.at(10, stream.datagram(4, four.record, copies=200))
    scene.at(20, stream.datagram(5, five.record, copies=200))
    scene.at(205, stream.datagram(2, two.record, copies=200), two.event)
    scene.wait(250)
    scene.wait(270, stream.gap(3, 3), four.event, five.event)
    return scene.ends()


@story("of several that say until when copies come the earliest counts")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    scene.at(0, stream.datagram(1, one.record, copies=5_000), one.event)
    scene.at(10, stream.datagram(3, copies=5_000))
    scene.at(100, stream.heartbeat(1, 4, copies=300))
    scene.at(120, stream.datagram(3, copies=0))
    scene.wait(440)
    scene.wait(460, stream.gap(2, 2))
    return scene.ends(duplicateDatagrams=1)


@story("what says nothing of a number does not shorten its wait")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(6, copies=1_000))
    scene.at(20, stream.datagram(3, copies=0))
    scene.wait(75, stream.gap(2, 2))
    scene.wait(1_050)
    scene.wait(1_070, stream.gap(4, 5))
    return scene.ends()


@story("what arrives within a gap divides it")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(8, copies=40))
    scene.at(20, stream.datagram(5, copies=30))
    scene.wait(95)
    scene.wait(105, stream.gap(2, 4), stream.gap(6, 7))
    return scene.ends()


@story("a number that comes after it was given up is read", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(4))
    scene.wait(70, stream.gap(2, 3))
    scene.at(80, stream.datagram(2, two.record), two.event)
    scene.at(90, stream.datagram(2, two.record))
    scene.wait(1_000)
    return scene.ends(lateDatagrams=1, duplicateDatagrams=1)


@story("a number that comes after it was given up has lost its turn", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two, four = (stream.message(n) for n in (1, 2, 4))
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(10, stream.datagram(4, four.record))
    scene.wait(70, stream.gap(2, 3), four.event)
    scene.at(80, stream.datagram(2, two.record))
    scene.at(90, stream.datagram(4, four.record))
    scene.wait(1_000)
    return scene.ends(lateDatagrams=1, duplicateDatagrams=1)


@story("a receiver that starts late misses nothing before")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for at, number in enumerate((1_000, 1_001)):
        message = stream.message(number)
        scene.at(at, stream.datagram(number, message.record), message.event)
    scene.wait(10_000)
    return scene.ends()


@story("a number below the first seen is read, and what lies between is missing", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for at, number in enumerate((7, 4, 5)):
        message = stream.message(number)
        scene.at(at, stream.datagram(number, message.record), message.event)
    scene.wait(45)
    scene.wait(55, stream.gap(6, 6))
    return scene.ends()


@story("a number below the first seen comes too late for order", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    seven, eight = stream.message(7), stream.message(8)
    scene.at(0, stream.datagram(7, seven.record), seven.event)
    scene.at(1, stream.datagram(4, stream.message(4).record))
    scene.at(2, stream.datagram(8, eight.record), eight.event)
    scene.wait(1_000)
    return scene.ends(lateDatagrams=1)


@story("numbers that lie far apart are not taken for each other", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for at, number in enumerate((5, 30_000, 5 + 65_536, 5 + 2 * 65_536)):
        message = stream.message(number)
        scene.at(at, stream.datagram(number, message.record), message.event)
    gaps = [stream.gap(6, 29_999), stream.gap(30_001, 65_540), stream.gap(65_542, 131_076)]
    scene.wait(60, *gaps)
    return scene.ends()


@story("numbers have no sign")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    for at, number in enumerate((2**63 - 1, 2**63, 2**63 + 1)):
        message = stream.message(number)
        scene.at(at, stream.datagram(number, message.record), message.event)
        scene.at(at, stream.datagram(number, message.record))
    scene.wait(1_000)
    return scene.ends(duplicateDatagrams=3)


@story("the largest number is one like any other")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    last = stream.message(2**64 - 1)
    scene.at(0, stream.datagram(2**64 - 1, last.record), last.event)
    scene.at(1, stream.datagram(2**64 - 1, last.record))
    scene.at(2, stream.heartbeat(2**64 - 1, 2**64 - 1))
    other = scene.stream(1)
    one = other.message(1)
    scene.at(3, other.datagram(1, one.record), other.begins, one.event)
    scene.at(4, other.datagram(2**64 - 1, copies=2**32 - 1))
    scene.at(5, other.heartbeat(2**64 - 1, 2**64 - 1))
    scene.wait(60, other.gap(2, 2**64 - 2))
    return scene.ends(duplicateDatagrams=1)
