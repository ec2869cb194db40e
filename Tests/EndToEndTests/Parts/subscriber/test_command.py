"""The subscriber as a program."""
from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import unittest
from typing import Any, Dict, List

from support import SCRIPT

from envelope import attributes, envelope, identifier, start
from test_subscription import eventually, message


class Running:
    """The program, its lines as they come."""

    def __init__(self, *flags: str) -> None:
        # Whether it flushes is its own affair, whatever the machine has set.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            [sys.executable, "-B", str(SCRIPT), *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment, text=True, encoding="utf-8")
        self.lines: List[str] = []
        self.errors: List[str] = []
        self.readers = [
            threading.Thread(target=lambda: self.lines.extend(self.process.stdout or [])),
            threading.Thread(target=lambda: self.errors.extend(self.process.stderr or [])),
        ]
        for reader in self.readers:
            reader.start()
        eventually("it listens", lambda: len(self.errors) >= 2 or self.process.poll() is not None)

    @property
    def port(self) -> int:
        match = re.fullmatch(r"listening on .*:(\d+)\n", self.errors[0])
        assert match is not None, self.errors
        return int(match[1])

    def send(self, *datagrams: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in datagrams:
                sender.sendto(data, ("127.0.0.1", self.port))

    def wait_for(self, count: int) -> List[str]:
        eventually(f"{count} lines", lambda: len(self.lines) >= count)
        return [line.rstrip("\n") for line in self.lines]

    def end(self) -> int:
        status = self.process.wait(20)
        for reader in self.readers:
            reader.join(20)
        return status

    def close(self) -> None:
        self.process.kill()
        self.end()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class CommandTests(unittest.TestCase):
    def start(self, *flags: str, listen: str = "127.0.0.1:0") -> Running:
        running = Running("--listen", listen, *flags)
        self.addCleanup(running.close)
        return running

    def test_a_line_of_json_is_one_message_written_at_once(self) -> None:
        running = self.start("--output", "json")
        said = attributes([("content-type", "text/plain"), ("ce-subject", "größer")])
        record = start(7, said + "zwei\nZeilen ü".encode(), id=identifier("x"), published=1_795_400_000_123,
                       attribute_bytes=len(said))
        running.send(envelope(record.data, number=1), message(2, b"\xff\0"))
        first, second = map(json.loads, running.wait_for(2))
        self.assertEqual(list(first)[:2], ["receivedAt", "from"])
        self.assertRegex(first.pop("receivedAt"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertRegex(first.pop("from"), r"^127\.0\.0\.1:\d+$")
        self.assertEqual(first, {
            "id": str(identifier("x")), "topic": "orders", "sequence": 7, "epoch": 1_795_300_000_000,
            "publishedAt": "2026-11-23T02:13:20.123Z",
            "attributes": {"content-type": "text/plain", "ce-subject": "größer"}, "payload": "zwei\nZeilen ü",
        })
        self.assertEqual(second["payloadBase64"], "/wA=")
        self.assertNotIn("payload", second)

    def test_text_is_the_payload_with_what_does_not_show_escaped(self) -> None:
        running = self.start()
        # As `headcast subscribe` prints it.
        for number, (payload, line) in enumerate([
            ("größer\n\x1b[31m\t".encode() + b"\xff", "größer\\n\\u{1B}[31m\t\\xFF"),
            (b"\0\r\x01\x7f\\", "\\0\\r\\u{01}\\u{7F}\\"),
            ("\x9b\u2028\u202e\U000e0041".encode(), "\\u{009B}\\u{2028}\\u{202E}\\u{000E0041}"),
            ("\u00a0\u200d\u3000\ue000😀".encode() + b"\xf0\x9f", "\u00a0\u200d\u3000\ue000😀\\xF0\\x9F"),
            ("é\x01".encode() * 2_000, "é\\u{01}" * 2_000),
        ], start=1):
            running.send(message(number, payload))
            self.assertEqual(running.wait_for(number)[-1], line)

    def test_events_are_printed_on_request(self) -> None:
        # `headcast subscribe` calls it --show-gaps.
        for flag in ("--events", "--show-gaps"):
            self.check_events(flag)

    def check_events(self, flag: str) -> None:
        running = self.start("--output", "json", flag, "--gap-wait", "10ms", listen="[::]:0")
        running.send(message(1), message(1), message(3), message(1, source=9))
        lines: List[Dict[str, Any]] = [json.loads(line) for line in running.wait_for(6)]
        stream = {"topic": "orders", "source": 7, "epoch": 1_795_300_000_000}
        events = [line for line in lines if "event" in line]
        self.assertIn({"event": "duplicate", **stream, "number": 1}, events)
        self.assertIn({
            "event": "epoch", **stream, "source": 9, "previousSource": 7, "previousEpoch": 1_795_300_000_000}, events)
        self.assertIn({
            "event": "duplicate", **stream, "source": 9, "id": str(identifier("message 1")), "sequence": 1}, events)
        self.assertIn({"event": "gap", **stream, "first": 2, "last": 2}, events)
        self.assertEqual(len(lines), 6)

    def test_what_an_event_of_a_stranger_says_is_escaped_too(self) -> None:
        running = self.start("--format", "cloudevents", "--events")
        event = b'{"specversion":"1.0","id":"\\u001b[2J","source":"/s","type":"t"}'
        running.send(event, event)
        self.assertIn("\\u{1B}[2J", running.wait_for(2)[1])

    def test_events_are_not_printed_otherwise(self) -> None:
        running = self.start("--gap-wait", "1ms", "--ordered")
        running.send(message(1, b"one"), message(1, b"one"), message(3, b"three"))
        self.assertEqual(running.wait_for(2), ["one", "three"])

    def test_order_is_kept_on_request(self) -> None:
        running = self.start("--ordered", "--gap-wait", "60s")
        running.send(message(1, b"one"), message(3, b"three"), message(2, b"two"))
        self.assertEqual(running.wait_for(3), ["one", "two", "three"])

    def test_other_formats_are_printed_too(self) -> None:
        running = self.start("--format", "any", "--output", "json")
        running.send(b"raw", b'{"specversion":"1.0","id":"1","source":"/s","type":"t","data":"x"}')
        lines = [json.loads(line) for line in running.wait_for(2)]
        for line in lines:
            self.assertEqual(list(line)[:2], ["receivedAt", "from"])
            del line["receivedAt"], line["from"]
        attributes = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t"}
        self.assertEqual(lines, [
            {"payload": "raw"},
            {"id": "1", "topic": None, "sequence": 0, "epoch": 0, "publishedAt": None, "attributes": attributes,
             "payload": "x"},
        ])

    def test_it_ends_with_0_when_it_is_told_to_and_says_what_it_counted(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            running = self.start()
            running.send(message(1), b"hello")
            running.wait_for(1)
            running.process.send_signal(number)
            self.assertEqual(running.end(), 0, running.errors)
            counters = json.loads(running.errors[-1])
            self.assertEqual(counters["messages"], 1)
            self.assertRegex(running.errors[1], r"^receive buffer: \d+ bytes granted of 8388608\n$")

    def test_it_ends_when_nobody_reads_its_lines(self) -> None:
        program = subprocess.Popen(
            [sys.executable, "-B", str(SCRIPT), "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        assert program.stdout is not None and program.stderr is not None
        port = int(program.stderr.readline().rsplit(":", 1)[1])
        program.stdout.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(message(1), ("127.0.0.1", port))
        self.assertEqual(program.wait(20), 0)
        self.assertNotIn("Traceback", program.stderr.read())
        program.stderr.close()

    def test_what_cannot_be_is_said_in_one_line(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            running = self.start(listen=f"127.0.0.1:{taken.getsockname()[1]}")
            self.assertEqual(running.end(), 1)
            self.assertEqual(len(running.errors), 1)
            self.assertRegex(running.errors[0], r"^subscriber: cannot listen on 127\.0\.0\.1 port \d+: .*in use")
        for listen in ("12000", "host:12000", "[::]:70000", "::1", "[::]:x"):
            running = self.start(listen=listen)
            self.assertEqual(running.end(), os.EX_USAGE)
            self.assertIn("is not an address and port", running.errors[-1])
        for flag, value, expected in [
            ("--gap-wait", "soon", '"soon" is not a duration like 250ms or 1s'),
            ("--receive-buffer", "2147483648", '"2147483648" is not a number of bytes from 1 to 2147483647'),
            ("--receive-buffer", "0", '"0" is not a number of bytes from 1 to 2147483647'),
            ("--receive-buffer", "1k", '"1k" is not a number of bytes from 1 to 2147483647'),
            ("--output", "xml", "invalid choice: 'xml'"),
            ("--orderd", "", "unrecognized arguments: --orderd; did you mean --ordered?"),
            ("--gapwait=1s", "", "unrecognized arguments: --gapwait=1s; did you mean --gap-wait?"),
            ("--whatever", "", "unrecognized arguments: --whatever\n"),
        ]:
            running = self.start(flag, *[value] if value else [])
            self.assertEqual(running.end(), os.EX_USAGE)
            self.assertIn(expected, running.errors[-1])


if __name__ == "__main__":
    unittest.main()
