"""The subscription at real sockets on loopback."""
from __future__ import annotations

import gc
import hashlib
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import unittest
from typing import Any, Callable, Dict, List, Tuple
from unittest import mock

from support import SCRIPT, size_of

import subscriber
from envelope import HEARTBEAT, attributes, continuation, envelope, heartbeat, identifier, start
from subscriber import CloudEvent, Datagram, Gap, Limits, Message, Overflow, Receiver, Subscription

UDP_SEGMENT = 103


def message(number: int, body: bytes = b"hello", **header: Any) -> bytes:
    return envelope(start(number, body, id=identifier(f"message {number}")).data, number=number, **header)


def beat(first: int, next: int) -> bytes:
    return envelope(heartbeat(first, next), kind=HEARTBEAT)


def eventually(what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"not within 20 s: {what}")
        time.sleep(0.001)


class SubscriptionTests(unittest.TestCase):
    def subscribe(self, host: str = "127.0.0.1", **settings: Any) -> Subscription:
        subscription = Subscription(0, host, **settings)
        self.addCleanup(subscription.close)
        return subscription

    def send(self, subscription: Subscription, *datagrams: bytes, host: str = "127.0.0.1") -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in datagrams:
                sender.sendto(data, (host, subscription.address[1]))

    def take(self, subscription: Subscription, count: int) -> List[subscriber.Event]:
        events: List[subscriber.Event] = []
        for _ in range(count):
            event = subscription.next(timeout=20)
            assert event is not None, f"only {events}"
            events.append(event)
        return events

    def test_messages_arrive_over_both_families(self) -> None:
        for host, via in [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1"), ("::", "::1")]:
            with self.subTest(host, via=via):
                subscription = self.subscribe(host)
                said = attributes([("content-type", "text/plain")])
                record = start(1, said + b"hello", id=identifier("x"), attribute_bytes=len(said))
                self.send(subscription, envelope(record.data, number=9), host=via)
                [event] = self.take(subscription, 1)
                assert isinstance(event, Message)
                self.assertEqual(event.payload, b"hello")
                self.assertEqual(event.attributes, {"content-type": "text/plain"})
                self.assertEqual(event.id, str(identifier("x")))

    def test_a_large_message_arrives_whole(self) -> None:
        subscription = self.subscribe(ordered=True)
        body = os.urandom(1 << 20)
        room = 1_184
        parts = [start(1, body, id=identifier("large"), part=room)]
        parts += [continuation(1, at, body[at:at + room]) for at in range(room, len(body), room)]
        for number, part in enumerate(parts, start=1):
            self.send(subscription, envelope(part.data, number=number))
            if number % 64 == 0:
                eventually("they are read", lambda: subscription.counters.datagrams >= number)
        [event] = self.take(subscription, 1)
        assert isinstance(event, Message)
        self.assertEqual(hashlib.sha256(event.payload).digest(), hashlib.sha256(body).digest())

    def test_the_largest_message_is_one_like_another(self) -> None:
        subscription = self.subscribe()
        body, room, numbers = bytes(16 << 20), 60_000, itertools.count(1)
        for sequence in range(1, 4):
            parts = [start(sequence, body, id=identifier(f"large {sequence}"), part=room)]
            parts += [continuation(sequence, at, body[at:at + room]) for at in range(room, len(body), room)]
            for part, number in zip(parts, numbers):
                self.send(subscription, envelope(part.data, number=number))
                eventually("it is read", lambda: subscription.counters.datagrams >= number)
        self.send(subscription, message(next(numbers)))
        # So many wait for who is busy with the first.
        eventually("all are read", lambda: subscription.counters.messages == 4)
        sizes = [len(event.payload) for event in self.take(subscription, 4) if isinstance(event, Message)]
        self.assertEqual(sizes, [len(body)] * 3 + [5])

    def test_one_event_fits_however_little_may_wait(self) -> None:
        for limits in (Limits(queue_events=1), Limits(queue_bytes=1)):
            subscription = self.subscribe(limits=limits)
            for number in (1, 2):
                self.send(subscription, message(number))
                [event] = self.take(subscription, 1)
                assert isinstance(event, Message)
                self.assertEqual(event.sequence, number)
            self.send(subscription, message(3), message(4), message(5))
            eventually("the rest is dropped", lambda: subscription.counters.queue_drops == 2)
            told = self.take(subscription, 2)
            self.assertEqual(told[1], Overflow("queue", 2))

    def test_a_gap_is_told_of_without_another_datagram(self) -> None:
        for ordered in (False, True):
            subscription = self.subscribe(ordered=ordered, gap_wait=0.02)
            self.send(subscription, message(1), message(3), beat(1, 5))
            events = self.take(subscription, 4)
            gaps = [(event.first, event.last) for event in events if isinstance(event, Gap)]
            self.assertEqual(gaps, [(2, 2), (4, 4)])
            self.assertEqual([event.sequence for event in events if isinstance(event, Message)], [1, 3])

    def test_what_waits_in_the_socket_is_not_lost(self) -> None:
        subscription = self.subscribe(gap_wait=0.01)
        self.send(subscription, message(1))
        self.take(subscription, 1)
        with subscription.reader.condition:
            self.send(subscription, message(3))
            eventually("it is read", lambda: subscription.counters.datagrams == 2)
            # More than are read at once stand before the one that was overtaken.
            self.send(subscription, *(message(number) for number in range(4, 104)), message(2))
            overdue = time.monotonic() + 0.03
            eventually("it is overdue", lambda: time.monotonic() > overdue)
        events = self.take(subscription, 102)
        self.assertTrue(all(isinstance(event, Message) for event in events))
        self.assertEqual(subscription.counters.lost_datagrams, 0)

    def test_nothing_is_lost_that_arrived_while_the_process_stood_still(self) -> None:
        subscription = self.subscribe(ordered=True, gap_wait=0.25)
        halt = 0.0
        time_told = subscriber.milliseconds
        with mock.patch.object(subscriber, "milliseconds", lambda: time_told() + halt):
            self.send(subscription, message(1))
            self.take(subscription, 1)
            with subscription.reader.condition:
                # The last is handed over at once: the thread waits for the queue.
                self.send(subscription, message(3), message(1, topic="other"))
                eventually("they are read", lambda: subscription.counters.datagrams == 3)
                self.send(subscription, *(message(number) for number in range(4, 204)), message(2))
                halt = 10_000.0
            events = self.take(subscription, 203)
        sequences = [event.sequence for event in events if isinstance(event, Message) and event.topic == "orders"]
        self.assertEqual(sequences, list(range(2, 204)))
        self.assertEqual((subscription.counters.lost_datagrams, subscription.counters.late_datagrams), (0, 0))

    def test_what_is_lost_is_told_while_more_keeps_coming(self) -> None:
        subscription = self.subscribe(gap_wait=0.01, receive_buffer=1)
        # More waits than is read at once, whenever the thread looks.
        subscription.reader.READS = 1
        is_told = threading.Event()
        numbers = itertools.chain([1], itertools.count(3))

        def publish() -> None:
            while not is_told.is_set():
                self.send(subscription, *(message(next(numbers)) for _ in range(8)))

        publishing = threading.Thread(target=publish)
        publishing.start()
        self.addCleanup(publishing.join)
        self.addCleanup(is_told.set)
        until = time.monotonic() + 20
        for event in subscription:
            if isinstance(event, Gap) or time.monotonic() > until:
                break
        self.assertIsInstance(event, Gap)

    def test_empty_datagrams_take_room_too(self) -> None:
        bound = subscriber.bound_socket("127.0.0.1", 0, 1 << 20)
        reader = subscriber.Reader(bound, Receiver())
        self.addCleanup(reader.end)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(3):
                sender.sendto(b"", bound.getsockname())
        self.assertEqual(reader.read(0.0), (3 * subscriber.LEAST_CHARGE, True))

    def test_datagrams_that_the_kernel_hands_over_together_are_told_apart(self) -> None:
        subscription = self.subscribe()
        datagrams = [message(number, padding=bytes(100)) for number in range(1, 20)] + [message(20)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(datagrams[0]))
            sender.sendto(b"".join(datagrams), ("127.0.0.1", subscription.address[1]))
        events = self.take(subscription, 20)
        self.assertEqual([event.sequence for event in events if isinstance(event, Message)], list(range(1, 21)))

    def test_a_full_queue_is_an_event_and_what_was_in_it_stays(self) -> None:
        subscription = self.subscribe(limits=Limits(queue_events=10))
        self.send(subscription, *(message(number) for number in range(1, 101)))
        eventually("all are read", lambda: subscription.counters.messages == 100)
        # Those of the last read may be on their way to the queue.
        eventually("the rest is dropped", lambda: subscription.counters.queue_drops == 90)
        events = self.take(subscription, 11)
        self.assertEqual([event.sequence for event in events if isinstance(event, Message)], list(range(1, 11)))
        self.assertEqual(events[10], Overflow("queue", 90))
        self.send(subscription, message(101))
        [event] = self.take(subscription, 1)
        assert isinstance(event, Message)
        self.assertEqual(event.sequence, 101)

    def test_a_queue_is_bounded_by_its_bytes_too(self) -> None:
        subscription = self.subscribe(limits=Limits(queue_bytes=100_000))
        self.send(subscription, *(message(number, bytes(20_000)) for number in range(1, 6)))
        eventually("the rest is dropped", lambda: subscription.counters.queue_drops == 1)
        # One that would fit, but those before it did not: what is missing is missing in one place.
        self.send(subscription, message(6))
        eventually("it is dropped too", lambda: subscription.counters.queue_drops == 2)
        events = self.take(subscription, 5)
        self.assertEqual(events[4], Overflow("queue", 2))

    def test_what_found_the_queue_full_is_received_when_it_is_published_again(self) -> None:
        told = {"specversion": "1.0", "source": "/s", "type": "t"}
        first, second = (json.dumps({**told, "id": id}).encode() for id in "12")
        for again in ([second], [envelope(start(9, b"2", id=identifier("2")).data, number=9)]):
            subscription = self.subscribe(format="any", limits=Limits(queue_events=1))
            self.send(subscription, first, second, envelope(start(2, b"2", id=identifier("2")).data, number=2))
            eventually("the others are dropped", lambda: subscription.counters.queue_drops == 2)
            self.assertEqual(self.take(subscription, 2)[1], Overflow("queue", 2))
            self.send(subscription, *again, first)
            [event] = self.take(subscription, 1)
            self.assertIsInstance(event, (Message, CloudEvent))
            eventually("one was known", lambda: subscription.counters.duplicate_messages == 1)

    def test_what_expires_while_it_waits_is_dropped_and_received_when_it_is_published_again(self) -> None:
        subscription = self.subscribe(format="any")
        now = int(time.time() * 1_000)

        def stale(number: int, ttl: int) -> bytes:
            record = start(number, b"hello", id=identifier("stale"), published=now, ttl=ttl)
            return envelope(record.data, number=number)

        def event(expiry: int) -> bytes:
            said = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t",
                    "expirytime": subscriber.timestamp(expiry)}
            return json.dumps(said).encode()

        self.send(subscription, stale(1, 60_000), event(now + 60_000), message(2))
        eventually("they wait", lambda: subscription.counters.messages == 3)
        with mock.patch.object(subscriber, "clock_milliseconds", lambda: now + 60_001.0):
            [event_taken] = self.take(subscription, 1)
            assert isinstance(event_taken, Message)
            self.assertEqual(event_taken.sequence, 2)
            self.assertIsNone(subscription.next(timeout=0.01))
        self.assertEqual((subscription.counters.messages, subscription.counters.expired_messages), (1, 2))
        self.send(subscription, stale(3, 0), event(now + 120_000), stale(4, 0))
        self.assertEqual([type(event) for event in self.take(subscription, 2)], [Message, CloudEvent])
        eventually("one was known", lambda: subscription.counters.duplicate_messages == 1)

    def test_what_expires_before_the_end_is_not_the_end(self) -> None:
        subscription = self.subscribe()
        now = int(time.time() * 1_000)
        record = start(1, b"hello", id=identifier("stale"), published=now, ttl=60_000)
        self.send(subscription, envelope(record.data, number=1))
        eventually("it waits", lambda: subscription.counters.messages == 1)
        with mock.patch.object(subscriber, "clock_milliseconds", lambda: now + 60_001.0):
            taken: List[subscriber.Event] = []
            waiting = threading.Thread(target=lambda: taken.append(next(subscription)))
            waiting.start()
            eventually("it is dropped", lambda: subscription.counters.expired_messages == 1)
            self.send(subscription, message(2))
            waiting.join(20)
        self.assertEqual([event.sequence for event in taken if isinstance(event, Message)], [2])

    def test_an_event_counts_for_what_it_takes(self) -> None:
        receiver = Receiver(format="any")
        for index, (count, value) in enumerate([(0, ""), (1, ""), (1, "ü" * 9_000), (1_000, "x"), (6_000, "")]):
            said = attributes([(f"n{number}", value) for number in range(count)])
            record = start(1, said + bytes(500), id=identifier(str(count) + value), attribute_bytes=len(said))
            datagram = envelope(record.data, topic="t" * 128, number=(1 << 63) + index, epoch=1 << 62)
            receiver.receive(datagram, 0, 1.8e12, "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535")
            members = {"specversion": "1.0", "id": "i" * 300, "source": f"/{index}", "type": "t", "data": "x",
                       "headcasttopic": "t" * 5_000, **{f"n{number}": value for number in range(count)}}
            receiver.receive(json.dumps(members).encode(), 0, 1.8e12, "127.0.0.1:9")
        receiver.receive(bytes(60_000), 0, 1.8e12, "127.0.0.1:9")
        events = receiver.take()
        self.assertEqual(len(events), 11)
        for event in [*events, Gap("t" * 128, 1 << 31, 1 << 62, 1 << 63, 1 << 63), Overflow("queue", 1 << 40)]:
            counted, taken = subscriber.event_bytes(event), size_of(event)
            self.assertGreaterEqual(counted, taken)
            self.assertLess(counted, taken + 1_000)

    def test_a_full_socket_is_an_event_and_the_counts_add_up(self) -> None:
        subscription = self.subscribe(receive_buffer=1, gap_wait=0.02)
        self.send(subscription, message(1))
        [first] = self.take(subscription, 1)
        with subscription.reader.condition:
            # The thread cannot put anything into the queue meanwhile, and soon does not read.
            self.send(subscription, *(message(number) for number in range(2, 1_001)))
        eventually("it was noticed", lambda: subscription.counters.kernel_drops > 0)
        beats = 0

        def is_known() -> bool:
            # The socket may still be full, and drop a heartbeat, too.
            nonlocal beats
            beats += 1
            self.send(subscription, beat(1, 1_001))
            return subscription.counters.messages + subscription.counters.lost_datagrams == 1_000

        eventually("each number is known of", is_known)
        subscription.close()
        events = list(subscription)
        told = sum(event.dropped for event in events if isinstance(event, Overflow))
        self.assertGreater(told, 0)
        self.assertEqual(told, subscription.counters.kernel_drops)
        self.assertIn(told - subscription.counters.lost_datagrams, range(beats + 1))
        lost = [event.last - event.first + 1 for event in events if isinstance(event, Gap)]
        self.assertEqual(sum(lost) + 1 + sum(isinstance(event, Message) for event in events), 1_000)

    def test_the_granted_buffer_is_read_back(self) -> None:
        with open("/proc/sys/net/core/rmem_max", encoding="ascii") as file:
            most = int(file.read())
        self.assertEqual(self.subscribe(receive_buffer=65_536).granted_buffer, min(65_536, most))
        self.assertEqual(self.subscribe(receive_buffer=1 << 30).granted_buffer, most)

    def test_closing_releases_the_socket_and_ends_the_iteration(self) -> None:
        subscription = self.subscribe()
        port = subscription.address[1]
        with self.assertRaises(OSError):
            Subscription(port, "127.0.0.1")
        self.send(subscription, message(1))
        eventually("it is read", lambda: subscription.counters.messages == 1)
        subscription.close()
        subscription.close()
        self.assertEqual(len(list(subscription)), 1)
        self.assertIsNone(subscription.next())
        again = Subscription(port, "127.0.0.1")
        again.close()

    def test_closing_ends_an_iteration_that_waits_in_another_thread(self) -> None:
        subscription = self.subscribe()
        taken: List[subscriber.Event] = []
        waiting = threading.Thread(target=lambda: taken.extend(subscription))
        waiting.start()
        self.send(subscription, message(1))
        eventually("it is taken", lambda: len(taken) == 1)
        subscription.close()
        waiting.join(20)
        self.assertFalse(waiting.is_alive())

    def test_one_that_is_let_go_of_releases_its_socket(self) -> None:
        subscription = Subscription(0, "127.0.0.1")
        port, thread = subscription.address[1], subscription.thread
        self.send(subscription, message(1))
        for _ in subscription:
            break
        del subscription
        gc.collect()
        thread.join(20)
        self.assertFalse(thread.is_alive())
        Subscription(port, "127.0.0.1").close()

    def test_what_goes_wrong_in_the_thread_is_raised_to_who_iterates(self) -> None:
        subscription = self.subscribe()

        def fail(data: bytes, now: float, clock: float, sender: str) -> None:
            raise ZeroDivisionError("for the test")

        subscription.reader.receiver.receive = fail  # type: ignore[method-assign]
        self.send(subscription, message(1))
        with self.assertRaisesRegex(ZeroDivisionError, "for the test"):
            next(subscription)

    def test_nothing_for_a_while_is_none(self) -> None:
        self.assertIsNone(self.subscribe().next(timeout=0.01))

    def test_raw_payloads_of_any_size_arrive(self) -> None:
        subscription = self.subscribe(format="raw")
        payloads = [b"", b"x", os.urandom(65_507)]
        self.send(subscription, *payloads)
        taken = self.take(subscription, 3)
        self.assertEqual([type(event) for event in taken], [Datagram] * 3)
        self.assertEqual([event.payload for event in taken], payloads)

    def test_a_format_that_is_none_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, 'format is "json"; expected enveloped'):
            Subscription(0, format="json")

    def test_values_that_cannot_be_are_refused(self) -> None:
        wrong: List[Tuple[Dict[str, Any], str]] = [
            ({"gap_wait": -1}, "gap_wait is -1; expected seconds, 0 or more"),
            ({"gap_wait": float("nan")}, "gap_wait is nan; expected seconds, 0 or more"),
            ({"receive_buffer": -5}, "receive_buffer is -5; expected 1 to 2147483647"),
            ({"receive_buffer": 0}, "receive_buffer is 0; expected 1 to 2147483647"),
            ({"receive_buffer": 1 << 31}, "receive_buffer is 2147483648; expected 1 to 2147483647"),
            ({"port": 70_000}, "port is 70000; expected 0 to 65535"),
            ({"port": -1}, "port is -1; expected 0 to 65535"),
        ]
        for settings, said in wrong:
            with self.assertRaisesRegex(ValueError, f"^{re.escape(said)}$"):
                Subscription(**{"port": 0, "host": "127.0.0.1", **settings})
        for name in vars(Limits()):
            for value in (0, -1, float("nan")):
                with self.assertRaisesRegex(ValueError, f"^{name} is {value}; expected more than 0$"):
                    Limits(**{name: value})

    def test_the_example_of_its_documentation_works(self) -> None:
        example = re.search(r"As a module:\n\n((?:    .*\n|\n)+)", subscriber.__doc__ or "")
        assert example is not None
        code = "\n".join(line[4:] for line in example[1].splitlines())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 0))
            port = sender.getsockname()[1]
        self.assertIn("port=12_000", code)
        program = subprocess.Popen(
            [sys.executable, "-uB", "-c", code.replace("12_000", str(port))], cwd=SCRIPT.parent,
            stdout=subprocess.PIPE)
        assert program.stdout is not None
        stdout = program.stdout
        lines: List[bytes] = []
        reading = threading.Thread(target=lambda: lines.extend(iter(stdout.readline, b"")))
        reading.start()

        def end() -> None:
            program.kill()
            program.wait()
            reading.join()
            stdout.close()

        self.addCleanup(end)
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
            def is_printed() -> bool:
                for data in (message(1), message(3)):
                    sender.sendto(data, ("::1", port))
                return len(lines) >= 3
            eventually("the lines are printed", is_printed)
        self.assertEqual(lines[0], b"orders {} b'hello'\n")
        self.assertIn(b"datagrams 2 to 2 of orders are lost\n", lines)


if __name__ == "__main__":
    unittest.main()
