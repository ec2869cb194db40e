"""Streams with heartbeats, and several streams of one topic."""
from __future__ import annotations

from envelope import EPOCH, Told
from scenario import Scenario
from story import story


@story("a heartbeat tells of a lost end")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, four = stream.message(1), stream.message(4)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(100, stream.heartbeat(1, 4))
    scene.wait(145)
    scene.wait(155, stream.gap(2, 3))
    scene.at(200, stream.heartbeat(1, 4))
    scene.wait(1_000)
    scene.at(1_001, stream.datagram(4, four.record), four.event)
    return scene.ends()


@story("a heartbeat waits for copies too")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one, two = stream.message(1), stream.message(2)
    scene.at(0, stream.datagram(1, one.record, copies=400), one.event)
    scene.at(100, stream.heartbeat(1, 3, copies=300))
    scene.at(390, stream.datagram(2, two.record, copies=400), two.event)
    scene.wait(1_000)
    return scene.ends()


@story("a heartbeat tells of a lost beginning")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    seven = stream.message(7)
    scene.at(0, stream.datagram(7, seven.record), seven.event)
    scene.at(100, stream.heartbeat(5, 8))
    scene.wait(145)
    scene.wait(155, stream.gap(5, 6))
    scene.at(200, stream.heartbeat(5, 8))
    scene.wait(1_000)
    return scene.ends()


@story("what a heartbeat told of is read when it comes", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    six, seven = stream.message(6), stream.message(7)
    scene.at(0, stream.datagram(7, seven.record), seven.event)
    scene.at(100, stream.heartbeat(5, 8))
    scene.at(120, stream.datagram(6, six.record), six.event)
    scene.wait(155, stream.gap(5, 5))
    return scene.ends()


@story("what a heartbeat told of below the beginning has no turn", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    seven = stream.message(7)
    scene.at(0, stream.datagram(7, seven.record), seven.event)
    scene.at(100, stream.heartbeat(5, 8))
    scene.at(120, stream.datagram(6, stream.message(6).record))
    scene.wait(155, stream.gap(5, 6))
    return scene.ends(lateDatagrams=1)


@story("a stream that begins with a heartbeat begins with its first", "arrival")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    six, eight = stream.message(6), stream.message(8)
    scene.at(0, stream.heartbeat(5, 5))
    scene.at(10, stream.datagram(6, six.record), six.event)
    scene.at(20, stream.datagram(8, eight.record), eight.event)
    scene.wait(65, stream.gap(5, 5))
    scene.wait(75, stream.gap(7, 7))
    return scene.ends()


@story("a heartbeat before the first datagram says what to wait for", "ordered")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    five, six, eight = (stream.message(n) for n in (5, 6, 8))
    scene.at(0, stream.heartbeat(5, 5))
    scene.at(10, stream.datagram(6, six.record))
    scene.at(20, stream.datagram(5, five.record), five.event, six.event)
    scene.at(30, stream.datagram(8, eight.record))
    scene.wait(85, stream.gap(7, 7), eight.event)
    return scene.ends()


@story("what was sent before anything was heard is a gap, once")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    scene.at(0, stream.heartbeat(10, 13))
    scene.at(40, stream.heartbeat(11, 13))
    scene.wait(55, stream.gap(10, 12))
    thirteen = stream.message(13)
    scene.at(5_000, stream.heartbeat(13, 13))
    scene.at(5_001, stream.datagram(13, thirteen.record), thirteen.event)
    scene.wait(9_000)
    return scene.ends()


@story("what follows the first seen counts, whatever first says now")
def _(scene: Scenario) -> Told:
    stream = scene.stream()
    one = stream.message(1)
    scene.at(0, stream.datagram(1, one.record), one.event)
    scene.at(30_000, stream.heartbeat(50, 60))
    scene.wait(30_055, stream.gap(2, 59))
    return scene.ends()


@story("a topic that goes on in another stream is told of, a topic that begins is not")
def _(scene: Scenario) -> Told:
    stream, anew, other = scene.stream(), scene.stream(epoch=EPOCH + 1), scene.stream(topic="invoices")
    first, second, third = stream.message(5), anew.message(1), other.message(1)
    scene.at(0, stream.datagram(5, first.record), first.event)
    scene.at(1, other.datagram(1, third.record), third.event)
    scene.at(2, anew.heartbeat(1, 1), anew.begins)
    scene.at(3, anew.datagram(1, second.record), second.event)
    fourth = stream.message(6)
    scene.at(4, stream.datagram(6, fourth.record), fourth.event)
    scene.wait(1_000)
    return scene.ends()


@story("two replicas have numbers of their own")
def _(scene: Scenario) -> Told:
    streams = [scene.stream(), scene.stream(1)]
    for number in range(1, 4):
        for at, stream in enumerate(streams):
            message = stream.message(number)
            events = [stream.begins] if (at, number) == (1, 1) else []
            scene.at(number * 10 + at, stream.datagram(number, message.record), *events, message.event)
    scene.at(100, streams[0].heartbeat(1, 5))
    scene.wait(155, streams[0].gap(4, 4))
    return scene.ends()


@story("the stream heard least recently is forgotten first", streams=2)
def _(scene: Scenario) -> Told:
    first, second, third = (scene.stream(n) for n in range(3))
    one, two, three = first.message(1), second.message(1), third.message(1)
    scene.at(0, first.datagram(1, one.record), one.event)
    scene.at(1, second.datagram(1, two.record), second.begins, two.event)
    scene.at(2, first.heartbeat(2, 2))
    scene.at(3, third.datagram(1, three.record), third.begins, three.event)
    # Known still: a copy. Forgotten: a new stream, its message known by id.
    scene.at(4, first.datagram(1, one.record))
    scene.at(5, second.datagram(1, two.record), second.begins)
    return scene.ends(duplicateDatagrams=1, duplicateMessages=1)
