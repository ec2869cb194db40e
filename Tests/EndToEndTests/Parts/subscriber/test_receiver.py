"""What the vectors cannot say: hostile datagrams, bounds, long streams through a bad network, other formats."""
from __future__ import annotations

import json
import random
import unittest
from typing import Any, Dict, List, Set, Tuple

from support import every_datagram, size_of

from envelope import CLOCK, attributes, continuation, envelope, heartbeat, identifier, start, HEARTBEAT
from subscriber import (
    CloudEvent, Datagram, Duplicate, Fault, Gap, Limits, Message, Receiver, Stream, decode, since_1970,
)

DROPPED = [
    "not_enveloped", "unknown_version", "unknown_kind", "not_understood", "malformed", "other_kind",
]


def message(number: int, body: bytes = b"hello", **header: Any) -> bytes:
    return envelope(start(number, body, id=identifier(f"message {number}")).data, number=number, **header)


class GarbageTests(unittest.TestCase):
    def check(self, data: bytes) -> None:
        """Whatever it is, it is read or has a fault, and every receiver goes on."""
        try:
            decode(data)
            is_read = True
        except Fault:
            is_read = False
        for receiver in self.receivers:
            before = sum(getattr(receiver.counters, name) for name in DROPPED[:5])
            receiver.receive(data, self.now, CLOCK + self.now)
            after = sum(getattr(receiver.counters, name) for name in DROPPED[:5])
            self.assertEqual(after - before, 0 if is_read else 1, data.hex())

    def setUp(self) -> None:
        self.receivers = [Receiver(ordered=ordered) for ordered in (False, True)]
        self.now = 0

    def test_a_datagram_cut_anywhere_does_no_harm(self) -> None:
        cuts = 0
        for data in every_datagram():
            for count in range(len(data)):
                self.check(data[:count])
                cuts += 1
        self.assertGreater(cuts, 10_000)

    def test_random_bytes_do_no_harm(self) -> None:
        dice = random.Random(4)
        for _ in range(20_000):
            head = b"\xf5HC\x01"[:dice.choice([0, 3, 4, 4])]
            self.check(head + dice.randbytes(dice.randrange(120)))

    def test_random_changes_do_no_harm(self) -> None:
        dice = random.Random(5)
        seeds = every_datagram()
        read = 0
        for _ in range(40_000):
            data = bytearray(dice.choice(seeds))
            for _ in range(dice.randint(1, 4)):
                if data:
                    data[dice.randrange(len(data))] = dice.choice([0, 1, 2, 127, 128, 255, dice.randrange(256)])
            self.check(bytes(data))
            self.now += dice.choice([0, 0, 1, 60])
            for receiver in self.receivers:
                receiver.advance(self.now, CLOCK + self.now)
                read += len(receiver.take())
        self.assertGreater(read, 1_000)


class BoundTests(unittest.TestCase):
    LIMITS = Limits(
        streams=8, ids=100, ranges=16, partials=40, partial_bytes=20_000, partial_milliseconds=1_000,
        held_bytes=20_000)

    def test_memory_is_bounded_whatever_comes(self) -> None:
        for ordered in (False, True):
            dice = random.Random(6)
            receiver = Receiver(ordered=ordered, limits=self.LIMITS)
            for step in range(10_000):
                number = dice.choice([dice.randint(1, 500), dice.randint(1, 2**64 - 1), step + 1])
                record = dice.choice([
                    start(dice.randint(1, 2**64 - 1), bytes(dice.randrange(900)), id=identifier(str(step))),
                    start(number, b"x", id=identifier(str(step)), body_bytes=dice.randint(2, 16_842_752)),
                    continuation(number, dice.randint(1, 2**24), bytes(dice.randint(1, 900))),
                ])
                header: Dict[str, Any] = {
                    "topic": f"t{dice.randrange(4)}", "source": dice.randrange(4),
                    "copies": dice.choice([0, 2**32 - 1]),
                }
                data = envelope(record.data, number=number, **header)
                if dice.random() < 0.1:
                    first = dice.randint(1, number)
                    data = envelope(heartbeat(first, number), kind=HEARTBEAT, **header)
                receiver.receive(data, step, CLOCK + step)
                receiver.advance(step, CLOCK + step)
                self.assert_is_bounded(receiver)
                receiver.take()
            counters = receiver.counters
            self.assertGreater(counters.forgotten_streams, 100)
            self.assertGreater(counters.incomplete_messages, 100)

    def assert_is_bounded(self, receiver: Receiver) -> None:
        self.assertLessEqual(len(receiver.streams), 8)
        self.assertLessEqual(sum(receiver.topics.values()), 8)
        self.assertLessEqual(len(receiver.topics), 8)
        self.assertLessEqual(len(receiver.ids), 100)
        self.assertLessEqual(len(receiver.partials), 40)
        self.assertLessEqual(receiver.partial_bytes, 20_000)
        self.assertLessEqual(receiver.held_bytes, 20_000)
        self.assertEqual(receiver.partial_bytes, sum(partial.bytes for _, _, partial in receiver.partials.values()))
        self.assertEqual(
            receiver.held_bytes,
            sum(size for stream in receiver.streams.values() for _, size, _ in stream.held.values()))
        held = [stream for stream, _, _ in receiver.partials.values()]
        self.assertTrue(all(any(stream is known for known in receiver.streams.values()) for stream in held))
        for stream in receiver.streams.values():
            absences = stream.absences
            self.assertLessEqual(absences.missing, 16)
            self.assertLessEqual(len(absences.ranges), 16 + 16 + 1)
            self.assertEqual(absences.missing, sum(absent.due is not None for absent in absences.ranges))
            self.assertLessEqual(len(stream.abandoned), stream.ABANDONED)

    def test_what_a_forgotten_stream_misses_is_told_and_what_it_holds_handed_over(self) -> None:
        for ordered, expected in [
            (False, ["1", "3", "5", "gap 2-2", "gap 4-4", "gap 7-7", "epoch", "1"]),
            (True, ["1", "gap 2-2", "3", "gap 4-4", "5", "gap 7-7", "epoch", "1"]),
        ]:
            receiver = Receiver(ordered=ordered, limits=Limits(streams=1))
            for number in (1, 3, 5):
                receiver.receive(message(number, epoch=1), 0, CLOCK)
            receiver.receive(envelope(start(6, b"four", id=identifier("6"), part=3).data, number=6, epoch=1), 0, CLOCK)
            receiver.receive(envelope(continuation(9, 4, b"x").data, number=8, epoch=1), 0, CLOCK)
            other = envelope(start(1, b"other", id=identifier("other")).data, number=1, epoch=2)
            receiver.receive(other, 0, CLOCK)
            told = [f"gap {event.first}-{event.last}" if isinstance(event, Gap)
                    else str(event.sequence) if isinstance(event, Message) else "epoch" for event in receiver.take()]
            self.assertEqual(told, expected)
            counters = receiver.counters
            self.assertEqual((counters.lost_datagrams, counters.incomplete_messages), (3, 2))
            self.assertEqual((receiver.held_bytes, receiver.partial_bytes, len(receiver.partials)), (0, 0, 0))

    def test_too_many_missing_numbers_are_lost_at_once_the_lowest_first(self) -> None:
        receiver = Receiver(limits=Limits(ranges=2))
        for number in (1, 3, 5):
            receiver.receive(message(number), 0, CLOCK)
        self.assertEqual([event for event in receiver.take() if isinstance(event, Gap)], [])
        receiver.receive(message(7), 0, CLOCK)
        gaps = [(event.first, event.last) for event in receiver.take() if isinstance(event, Gap)]
        self.assertEqual(gaps, [(2, 2)])

    def test_what_is_held_for_order_is_bounded_by_a_gap(self) -> None:
        size = len(message(3)) + Stream.OVERHEAD + Stream.RECORD_OVERHEAD
        receiver = Receiver(ordered=True, limits=Limits(held_bytes=2 * size))
        for number in (1, 3, 5):
            receiver.receive(message(number), 0, CLOCK)
        self.assertEqual(len(receiver.take()), 1)
        receiver.receive(message(6), 0, CLOCK)
        told = [event.first if isinstance(event, Gap) else event.sequence
                for event in receiver.take() if isinstance(event, (Gap, Message))]
        self.assertEqual(told, [2, 3])

    def test_what_is_held_counts_for_what_it_takes(self) -> None:
        for record in [
            start(1 << 63, b"", id=identifier("x"), published=1 << 62, ttl=1 << 31),
            continuation(1 << 63, 1 << 20, b"x"),
        ]:
            for count in (0, 1, 50, 1_000):
                receiver = Receiver(ordered=True)
                receiver.receive(message(1, topic="t" * 128), 0, CLOCK)
                data = envelope(record.data * count, number=1 << 63, topic="t" * 128)
                receiver.receive(data, 0, CLOCK + 0.5, "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535")
                [stream] = receiver.streams.values()
                self.assertGreaterEqual(receiver.held_bytes, size_of(stream.held[1 << 63]))

    def test_lost_numbers_are_forgotten_the_lowest_first(self) -> None:
        receiver = Receiver(gap_wait=1, limits=Limits(ranges=4))
        for number in range(1, 101, 2):
            receiver.receive(message(number), number, CLOCK)
            receiver.advance(number + 1, CLOCK)
        [stream] = receiver.streams.values()
        self.assertEqual([absent.first for absent in stream.absences.ranges], [92, 94, 96, 98])
        receiver.take()
        receiver.receive(message(92), 200, CLOCK)
        receiver.receive(message(90), 200, CLOCK)
        self.assertEqual(len(receiver.take()), 1)
        self.assertEqual(receiver.counters.duplicate_datagrams, 1)

    def test_messages_that_were_given_up_are_forgotten(self) -> None:
        receiver = Receiver(ordered=True)
        for number in range(1, 3_001):
            receiver.receive(envelope(continuation(number, 9, b"x").data, number=number), 0, CLOCK)
        [stream] = receiver.streams.values()
        self.assertEqual(receiver.counters.incomplete_messages, 3_000)
        self.assertEqual(len(stream.abandoned), stream.ABANDONED)

    def test_an_idle_message_is_dropped_when_the_deadline_says_so(self) -> None:
        receiver = Receiver(limits=Limits(partial_milliseconds=500))
        receiver.receive(envelope(start(1, bytes(9), id=identifier("x"), part=3).data, number=1), 100, CLOCK)
        self.assertEqual(receiver.deadline, 600)
        receiver.advance(599, CLOCK)
        self.assertEqual(receiver.counters.incomplete_messages, 0)
        receiver.advance(600, CLOCK)
        self.assertEqual(receiver.counters.incomplete_messages, 1)
        self.assertEqual(receiver.deadline, float("inf"))

    def test_a_message_is_not_dropped_while_copies_of_its_parts_may_come(self) -> None:
        receiver = Receiver(limits=Limits(partial_milliseconds=500))
        first = start(1, bytes(9), id=identifier("x"), part=3).data
        receiver.receive(envelope(first, number=1, copies=60_000), 100, CLOCK)
        receiver.receive(envelope(start(2, bytes(9), id=identifier("y"), part=3).data, number=1, epoch=2), 100, CLOCK)
        receiver.advance(600, CLOCK)
        self.assertEqual(receiver.counters.incomplete_messages, 1)
        receiver.receive(envelope(continuation(1, 3, bytes(6)).data, number=2), 60_000, CLOCK)
        self.assertEqual(receiver.counters.messages, 1)

    def test_the_stream_that_holds_most_pays_when_too_much_is_held(self) -> None:
        receiver = Receiver(ordered=True, limits=Limits(held_bytes=20_000))
        for number in [1, *range(3, 20)]:
            receiver.receive(message(number, bytes(400), epoch=1), 0, CLOCK)
        for number in [1, *range(3, 13)]:
            receiver.receive(message(number, bytes(400), epoch=2), 0, CLOCK)
        gaps = [event for event in receiver.take() if isinstance(event, Gap)]
        self.assertEqual([(gap.epoch, gap.first, gap.last) for gap in gaps], [(1, 2, 2)])


class NetworkTests(unittest.TestCase):
    """Long streams through a network that loses, overtakes and repeats."""

    def test_what_is_yielded_is_what_came_and_gaps_are_what_did_not(self) -> None:
        for seed in range(20):
            for ordered in (False, True):
                for copies in (1, 3):
                    with self.subTest(seed=seed, ordered=ordered, copies=copies):
                        self.run_network(random.Random(seed), ordered, copies)

    def run_network(self, dice: random.Random, ordered: bool, copies: int) -> None:
        bodies, datagrams, numbers_of = self.publish(dice)
        spacing, wait, jitter = 100, 50, dice.choice([0, 5, 40])
        loss = dice.choice([0, 0.05, 0.2, 0.5])
        arrivals: List[Tuple[float, bytes]] = []
        arrived: Set[int] = set()
        for number, data in enumerate(datagrams, start=1):
            for copy in range(copies):
                if dice.random() >= loss:
                    arrivals.append((number * 2 + copy * spacing + dice.uniform(0, jitter), data(copies, spacing)))
                    arrived.add(number)
                    if dice.random() < 0.05:
                        arrivals.append((arrivals[-1][0] + dice.uniform(0, 30), arrivals[-1][1]))
        end = len(datagrams) * 2 + copies * spacing + 100
        beat = envelope(heartbeat(1, len(datagrams) + 1), kind=HEARTBEAT)
        arrivals = [(0.0, envelope(heartbeat(1, 1), kind=HEARTBEAT)), *sorted(arrivals), (end, beat)]

        receiver = Receiver(ordered=ordered, gap_wait=wait)
        for at, data in arrivals:
            receiver.advance(at, CLOCK)
            receiver.receive(data, at, CLOCK)
        receiver.advance(end + wait + 1, CLOCK)
        events = receiver.take()

        got = {event.sequence: event.payload for event in events if isinstance(event, Message)}
        whole = {sequence for sequence, numbers in numbers_of.items() if numbers <= arrived}
        self.assertEqual(sum(isinstance(event, Message) for event in events), len(got))
        self.assertEqual(set(got), whole)
        self.assertTrue(all(bodies[sequence] == payload for sequence, payload in got.items()))
        lost = {number for event in events if isinstance(event, Gap) for number in range(event.first, event.last + 1)}
        self.assertEqual(lost, set(range(1, len(datagrams) + 1)) - arrived)
        self.assertEqual(receiver.counters.lost_datagrams, len(lost))
        self.assertEqual(receiver.counters.late_datagrams, 0)
        if ordered:
            self.assertEqual(list(got), sorted(got))
            self.assert_gaps_are_in_their_place(events, numbers_of)

    def assert_gaps_are_in_their_place(self, events: List[Any], numbers_of: Dict[int, Set[int]]) -> None:
        reached = 0
        for event in events:
            if isinstance(event, Gap):
                self.assertGreater(event.first, reached)
                reached = event.last
            elif isinstance(event, Message):
                self.assertGreaterEqual(max(numbers_of[event.sequence]), reached)
                reached = max(numbers_of[event.sequence])

    def publish(self, dice: random.Random) -> Tuple[Dict[int, bytes], List[Any], Dict[int, Set[int]]]:
        """Messages of many sizes, bundled and split as a gateway would."""
        room = 300
        bodies: Dict[int, bytes] = {}
        contents: List[bytes] = [b""]
        numbers_of: Dict[int, Set[int]] = {}
        for sequence in range(1, 200):
            body = bodies[sequence] = dice.randbytes(dice.choice([0, 1, 40, 250, 251, 252, 253, 2_000]))
            id = identifier(f"{sequence} {body.hex()}")
            if room - len(contents[-1]) < 48 + min(len(body), 1) or dice.random() < 0.2:
                contents.append(b"")
            part = min(len(body), room - len(contents[-1]) - 48)
            contents[-1] += start(sequence, body, id=id, part=part).data
            numbers_of[sequence] = {len(contents)}
            while part < len(body):
                contents.append(continuation(sequence, part, body[part:part + room - 16]).data)
                part += room - 16
                numbers_of[sequence].add(len(contents))

        def datagram(number: int, content: bytes) -> Any:
            return lambda copies, spacing: envelope(
                content, number=number, copies=(copies - 1) * spacing, padding=bytes(room - len(content)))

        return bodies, [datagram(number, content) for number, content in enumerate(contents, start=1)], numbers_of


class DuplicateTests(unittest.TestCase):
    def test_duplicates_are_told_of_on_request(self) -> None:
        receiver = Receiver(duplicates=True)
        receiver.receive(message(1), 0, CLOCK)
        receiver.receive(message(1), 0, CLOCK)
        again = envelope(start(2, b"again", id=identifier("message 1")).data, number=2)
        receiver.receive(again, 0, CLOCK)
        duplicates = [event for event in receiver.take() if isinstance(event, Duplicate)]
        self.assertEqual([event.number for event in duplicates], [1, None])
        self.assertEqual([event.id for event in duplicates], [None, str(identifier("message 1"))])

    def test_an_event_that_came_again_is_called_what_it_calls_itself(self) -> None:
        receiver = Receiver(duplicates=True, format="cloudevents")
        for message_id in ("01a206a6-cacb-7fe6-aa46-003b0b0bfdb7", "01a206a6-cacb-7fe6-aa46-003b0b0bfdb8"):
            receiver.receive(json.dumps({
                "specversion": "1.0", "id": "7", "source": "/shop", "type": "t", "headcastid": message_id,
            }).encode(), 0, CLOCK)
        duplicates = [event for event in receiver.take() if isinstance(event, Duplicate)]
        self.assertEqual(duplicates, [Duplicate("", 0, 0, None, None, None, "7", "/shop")])

    def test_what_was_not_handed_over_after_all_is_not_known(self) -> None:
        receiver = Receiver()
        receiver.receive(message(1), 0, CLOCK)
        receiver.forget_keys([event.key for event in receiver.take() if isinstance(event, Message)])
        again = envelope(start(2, b"again", id=identifier("message 1")).data, number=2)
        receiver.receive(again, 0, CLOCK)
        self.assertEqual(len(receiver.take()), 1)

    def test_a_message_tells_when_it_expires(self) -> None:
        receiver = Receiver()
        for number, ttl in [(1, 0), (2, 1_000)]:
            record = start(number, b"hello", id=identifier(str(number)), published=CLOCK, ttl=ttl)
            receiver.receive(envelope(record.data, number=number), 0, CLOCK)
        self.assertEqual([event.expires_at for event in receiver.take() if isinstance(event, Message)],
                         [None, CLOCK + 1_000])


class OtherFormatTests(unittest.TestCase):
    def event(self, **more: Any) -> bytes:
        return json.dumps({"specversion": "1.0", "id": "1", "source": "/a", "type": "t", **more}).encode()

    def receive(self, format: str, *datagrams: bytes) -> Tuple[List[Any], Receiver]:
        receiver = Receiver(format=format)
        for data in datagrams:
            receiver.receive(data, 0, CLOCK, "10.42.0.7:9")
        return receiver.take(), receiver

    def test_raw_datagrams_are_handed_over_as_they_are(self) -> None:
        datagrams = [b"", b"hello", b"hello", message(1), self.event()]
        events, _ = self.receive("raw", *datagrams)
        self.assertEqual(events, [Datagram(data, CLOCK, "10.42.0.7:9") for data in datagrams])

    def test_a_cloud_event_comes_once(self) -> None:
        events, receiver = self.receive(
            "cloudevents", self.event(data="x"), self.event(data="x"), self.event(source="/b", sequence="2"), b"hello")
        attributes = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "t"}
        other = {**attributes, "ce-source": "/b", "ce-sequence": "2"}
        self.assertEqual(events, [
            CloudEvent("", 0, 0, "1", None, attributes, b"x", CLOCK, "10.42.0.7:9"),
            CloudEvent("", 0, 2, "1", None, other, b"", CLOCK, "10.42.0.7:9")])
        self.assertEqual(receiver.counters.duplicate_messages, 1)
        self.assertEqual(receiver.counters.malformed, 1)

    def test_an_event_of_two_topics_comes_once_for_each(self) -> None:
        of_topics = [self.event(sequence="1", headcastepoch="5", headcasttopic=topic) for topic in ("a", "b", "a")]
        events, receiver = self.receive("cloudevents", *of_topics)
        self.assertEqual([event.topic for event in events], ["a", "b"])
        self.assertEqual(receiver.counters.duplicate_messages, 1)

    def test_what_a_gateway_says_of_an_event_is_no_attribute(self) -> None:
        told = {
            "sequence": "00000000000000000042", "headcastepoch": "5", "headcasttopic": "orders", "headcastlater": "x",
            "headcastid": "01A206A6-CACB-7FE6-AA46-003B0B0BFDB7", "time": "1970-01-01T00:00:01Z",
            "headcasttime": "1970-01-01T01:00:09.9995+01:00",
            "datacontenttype": "text/plain", "region": "eu", "n": 5, "is": True, "none": None,
        }
        events, _ = self.receive("any", self.event(**told))
        event = events[0]
        self.assertEqual((event.topic, event.epoch, event.sequence), ("orders", 5, 42))
        self.assertEqual((event.id, event.published_at), ("01a206a6-cacb-7fe6-aa46-003b0b0bfdb7", 9_999))
        self.assertEqual(event.attributes, {
            "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "t",
            "ce-time": "1970-01-01T00:00:01Z", "content-type": "text/plain", "ce-region": "eu", "ce-n": "5",
            "ce-is": "true",
        })

    def test_the_topic_is_what_a_gateway_says_never_what_a_publisher_called_its_source(self) -> None:
        for told, topic in [
            ({"headcastepoch": "5", "headcasttopic": "orders"}, "orders"), ({"headcastepoch": "5"}, "mine"), ({}, ""),
        ]:
            events, _ = self.receive("cloudevents", self.event(source="/topics/mine", **told))
            self.assertEqual(events[0].topic, topic)

    def test_an_event_expires(self) -> None:
        events, receiver = self.receive(
            "cloudevents", self.event(expirytime="2026-11-23T02:13:19.999Z"),
            self.event(id="2", expirytime="2026-11-23T02:13:20Z"))
        self.assertEqual([event.id for event in events], ["2"])
        self.assertEqual(receiver.counters.expired_messages, 1)

    def test_times_are_those_of_rfc_3339(self) -> None:
        for text, milliseconds in [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-23T09:30:00.125Z", 1_795_426_200_125),
            ("2024-02-29t23:59:60.5z", 1_709_251_200_500), ("2000-03-01T00:00:00-00:30", 951_870_600_000),
            ("1969-12-31T23:59:59Z", -1_000), ("", None), ("2026-11-23", None), ("2026-13-23T09:30:00Z", None),
            ("2026-02-31T09:30:00Z", None), ("2026-11-23 10:30:00.125+01:00", 1_795_426_200_125),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("0000-02-29T00:00:00Z", -62_162_121_600_000),
            ("2026-11-23T09:30:00+99:00", None), ("2026-11-23T09:30:00+01:60", None),
            ("2026-11-23T09:30:00", None), ("2026-11-23T09:30:00.Z", None), ("2026-11-23T09:30:61Z", None),
        ]:
            self.assertEqual(since_1970(text), milliseconds, text)

    def test_what_an_event_is_known_by_is_never_long(self) -> None:
        long = "x" * 60_000
        receiver = Receiver(format="cloudevents")
        for id, source in (("1", long), (long, "1"), ("1", long)):
            receiver.receive(self.event(id=id, source=source), 0, CLOCK)
        keys = [event.key for event in receiver.take() if isinstance(event, CloudEvent)]
        self.assertEqual(len(set(keys)), 2)
        self.assertEqual([len(key[0]) + len(key[1]) for key in keys], [16, 16])

    def test_data_of_a_cloud_event_are_text_json_or_bytes(self) -> None:
        cases: List[Tuple[Dict[str, Any], bytes]] = [
            ({"data": "größer"}, "größer".encode()),
            ({"data": "x", "datacontenttype": "text/plain"}, b"x"),
            ({"data": "x", "datacontenttype": "application/json"}, b'"x"'),
            ({"data": "x", "datacontenttype": "application / JSON ; v=1"}, b'"x"'),
            ({"data": {"a": [1]}, "datacontenttype": "application/json"}, b'{"a": [1]}'),
            ({"data_base64": "AP8="}, b"\0\xff"),
        ]
        for told, payload in cases:
            events, _ = self.receive("cloudevents", self.event(**told))
            self.assertEqual([event.payload for event in events], [payload])

    def test_data_in_json_are_what_stands_there(self) -> None:
        digits = "1" * 5_000
        for data in [
            "1.50", "1e2", "0.1000", "-0", digits, '{ "a" : 1,\n"a":2 }', '"\\u00e9\\/"', '"größer"', "null", "[ ]",
        ]:
            for before, after in [("", ""), (" \n", "\t")]:
                text = ('{"specversion":"1.0","id":"1","source":"/a","type":"t","datacontenttype":"application/json",'
                        f'"data":{before}{data}{after}}}')
                events, _ = self.receive("cloudevents", text.encode())
                self.assertEqual([event.payload for event in events], [data.encode()])

    def test_an_event_without_data_has_no_payload(self) -> None:
        events, _ = self.receive("cloudevents", self.event(datacontenttype="application/json"))
        self.assertEqual([event.payload for event in events], [b""])

    def test_white_space_around_an_event_is_none_of_it(self) -> None:
        text = b' \n{\t"specversion" : "1.0" ,"id":"1","source":"/a","type":"t", "n" : 1.50 } \r\n'
        events, _ = self.receive("any", text)
        self.assertEqual([event.attributes.get("ce-n") for event in events], ["1.50"])

    def test_what_is_no_cloud_event_is_malformed(self) -> None:
        whole = self.event()
        wrong = [
            b"", b"{", b"{}", b"[]", b"null", b'{"specversion":"1.0"}', self.event(id=1), self.event(source=None),
            self.event(data_base64="!"), self.event(data_base64=1), self.event(data="", data_base64=""),
            self.event(type=""), self.event(specversion="0.3"), self.event(x={}), self.event(X="y"),
            b'{"specversion":' + b"[" * 60_000,
            b'\xff{"specversion":"1.0","id":"1","source":"a"}',
            *(whole[:-1] + more for more in [
                b"", b",}", b',"x":NaN}', b',"x":-Infinity}', b',"data":[Infinity]}', b',"x":"1","x":"2"}',
                b',"id":"1"}', b',"data":1,"data":2}', b',"x":"1"}{', b',"x":"1",,"y":"2"}', b',x:1}', b',1:"x"}',
                b',"x":01}', b',"x":"\\ud800"}', b',"data":["\\udc00"]}', b',"x" "1"}', b' "x":"1"}',
                b',"x":"\xed\xa0\x80"}',
            ]),
            whole.replace(b'"1.0"', b"1.0"), whole.replace(b'"1"', b"1"), b"\xef\xbb\xbf" + whole,
            whole.decode().encode("utf-16"),
        ]
        events, receiver = self.receive("cloudevents", *wrong)
        self.assertEqual(events, [])
        self.assertEqual(receiver.counters.malformed, len(wrong))

    def test_an_envelope_is_no_malformed_event_but_of_another_format(self) -> None:
        events, receiver = self.receive("cloudevents", message(1), b"\xf5HC\x02")
        self.assertEqual(events, [])
        self.assertEqual((receiver.counters.other_format, receiver.counters.malformed), (2, 0))

    def test_any_tells_the_format_by_the_datagram(self) -> None:
        events, receiver = self.receive("any", message(1), self.event(data="x"), b"hello", b"{", b"\xf5HC\x02")
        self.assertEqual(
            [type(event).__name__ for event in events], ["Message", "CloudEvent", "Datagram", "Datagram"])
        self.assertEqual(receiver.counters.unknown_version, 1)

    def test_without_being_told_what_is_not_enveloped_is_dropped(self) -> None:
        events, receiver = self.receive("enveloped", b"hello", self.event())
        self.assertEqual(events, [])
        self.assertEqual(receiver.counters.not_enveloped, 2)


if __name__ == "__main__":
    unittest.main()
