"""The responder as a program, and against the real recorder."""
from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from typing import Any, Dict, List, Tuple

from support import ANSWER, HEADCAST, RESPONDER, SCRIPT

from envelope import HEARTBEAT, envelope, heartbeat
from responder import Responder
from scripted_recorder import ScriptedRecorder, in_turn, refusal, reply, results, stored
from test_subscription import eventually, message


def line(id: str, payload: str = "hello", **members: Any) -> str:
    return json.dumps({"id": id, "topic": "orders", "sequence": 1, "payload": payload, **members}) + "\n"


def is_caught(number: signal.Signals, process: int) -> bool:
    """Whether a process has a handler of its own for a signal (proc(5), SigCgt)."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        caught = next(row for row in status if row.startswith("SigCgt:")).split()[1]
    return bool(int(caught, 16) >> (number - 1) & 1)


class CommandTests(unittest.TestCase):
    def record(self, script: Any = stored) -> ScriptedRecorder:
        recorder = ScriptedRecorder(script)
        self.addCleanup(recorder.close)
        return recorder

    def start(self, *flags: str) -> "subprocess.Popen[bytes]":
        program = subprocess.Popen(
            [sys.executable, "-B", "-W", "error", str(RESPONDER), *flags], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        return program

    def run_to_its_end(self, lines: str, *flags: str) -> Tuple[int, List[str]]:
        """Its exit status and its lines on standard error; nothing comes to standard output."""
        program = self.start(*flags)
        output, errors = program.communicate(lines.encode("utf-8", "surrogatepass"), 30)
        self.assertEqual(output, b"")
        return program.returncode, errors.decode().splitlines()

    def test_each_message_is_answered_with_its_payload(self) -> None:
        recorder = self.record()
        lines = line("m1", "größer") + line("m2", topic=None, sequence=0) + "\n" + json.dumps(
            {"id": "m3", "topic": "orders", "sequence": 3, "payloadBase64": "/wA="})
        status, errors = self.run_to_its_end(
            lines, "--recorder", recorder.url, "--key", "state", "--responder", "pod-1")
        same = {"key": "state", "responder": "pod-1"}
        self.assertEqual(recorder.entries, [
            {"messageId": "m1", **same, "topic": "orders", "sequence": 1, "payload": "größer"},
            {"messageId": "m2", **same, "payload": "hello"},
            {"messageId": "m3", **same, "topic": "orders", "sequence": 3, "payloadBase64": "/wA="},
        ])
        self.assertEqual(status, 0, errors)
        [counters] = map(json.loads, errors)
        self.assertEqual((counters["accepted"], counters["stored"], counters["waiting"]), (3, 3, 0))

    def test_a_command_gives_the_response(self) -> None:
        recorder = self.record()
        command = 'case "$HEADCAST_ID" in m2) exit 3;; m3) kill -9 $$;; esac; ' \
                  'printf "%s %s %s " "$HEADCAST_ID" "$HEADCAST_TOPIC" "$HEADCAST_SEQUENCE"; tr a-z A-Z'
        status, errors = self.run_to_its_end(
            "".join(map(line, ["m1", "m2", "m3", "m4"])), "--recorder", recorder.url, "--key", "k", "--exec", command)
        self.assertEqual([entry["payload"] for entry in recorder.entries], ["m1 orders 1 HELLO", "m4 orders 1 HELLO"])
        self.assertEqual(errors[:-1], [
            "responder: line 2 has no response: the command ended with status 3",
            "responder: line 3 has no response: the command ended with signal 9"])
        self.assertEqual(status, 1)

    def test_the_content_type_of_a_payload_belongs_to_the_response(self) -> None:
        recorder = self.record()
        message = json.dumps({"id": "m", "payload": "7", "attributes": {"content-type": "text/plain", "a": "b"}})
        status, _ = self.run_to_its_end(message + "\n", "--recorder", recorder.url)
        self.assertEqual(status, 0)
        [entry] = recorder.entries
        self.assertEqual((entry["key"], entry["contentType"]), ("state", "text/plain"))

    def test_bad_lines_are_told_and_events_are_passed_over(self) -> None:
        recorder = self.record()
        bad = ["x", "[]", "[" * 100_000, '{"payload":"raw"}', '{"id":"m"}', '{"id":7,"payload":""}',
               '{"id":"m","payloadBase64":"%"}', '{"id":"m","payload":"\\ud800"}', '{"id":"m","payload":"","topic":7}',
               '{"id":"m","payload":"","sequence":"x"}', '{"id":"","payload":""}', '{"id":"\ud800","payload":""}',
               json.dumps({"id": "m", "payload": "x" * (1 << 21)})]
        events = '{"event":"gap","first":1,"last":2}\n{"event":"duplicate","id":"m","sequence":1}\n'
        status, errors = self.run_to_its_end(
            events + "\n".join(bad) + "\n" + line("m1"), "--recorder", recorder.url, "--key", "k")
        self.assertEqual([entry["messageId"] for entry in recorder.entries], ["m1"])
        for number, error in enumerate(errors[:-1], start=3):
            self.assertRegex(error, f"^responder: line {number} has no response: .")
        self.assertEqual(len(errors), len(bad) + 1)
        self.assertEqual(status, 1)

    def test_it_ends_with_1_when_something_is_not_acknowledged(self) -> None:
        recorder = self.record(lambda request: results(409, 400))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        status, errors = self.run_to_its_end(
            line("m1") + line("m2"), "--recorder", f"http://127.0.0.1:{port}", "--key", "k", "--timeout", "100ms")
        self.assertEqual(status, 1)
        failure = f"cannot reach http://127.0.0.1:{port}: connection refused"
        self.assertEqual(errors[:-1], [
            f"responder: {failure}; responses wait", f"responder: 2 responses are not acknowledged: {failure}"])
        for answer, expected in [(409, 0), (400, 1)]:
            recorder = self.record(lambda request: reply(answer, refusal(answer)))
            status, errors = self.run_to_its_end(line("m1"), "--recorder", recorder.url, "--key", "k")
            self.assertEqual(status, expected)
            self.assertEqual(errors[0], f"responder: message m1: code_{answer}: because of {answer}")

    def test_it_says_when_the_recorder_fails_and_when_it_answers_again(self) -> None:
        recorder = self.record(in_turn(*[lambda _: reply(503, refusal(503))] * 2, stored))
        status, errors = self.run_to_its_end(line("m1"), "--recorder", recorder.url)
        self.assertEqual(status, 0)
        self.assertEqual(errors[:-1], [
            f"responder: {recorder.url} answered 503: code_503: because of 503; responses wait",
            f"responder: {recorder.url} answers again"])

    def test_what_cannot_be_is_said_at_once(self) -> None:
        recorder, key = ("--recorder", "http://127.0.0.1:1"), ("--key", "k")
        for flags, expected in [
            (("--recorder", "ftp://x", *key),
             'recorder is "ftp://x"; expected a URL like http://headcast-recorder:8090'),
            ((*recorder, "--key", ""), "--key of 0 bytes; expected 1 to 256 bytes of UTF-8"),
            ((*recorder, *key, "--responder", ""), "responder of 0 bytes; expected 1 to 256 bytes of UTF-8"),
            ((*recorder, *key, "--timeout", "soon"), '"soon" is not a duration like 250ms or 10s'),
            (key, "the following arguments are required: --recorder"),
        ]:
            status, errors = self.run_to_its_end("", *flags)
            self.assertEqual(status, os.EX_USAGE)
            self.assertTrue(errors[-1].endswith(expected), errors)

    def test_SIGTERM_ends_the_input_and_what_waits_is_sent(self) -> None:
        recorder = self.record()
        program = self.start("--recorder", recorder.url, "--key", "k")
        assert program.stdin is not None and program.stderr is not None
        program.stdin.write(line("m1").encode())
        program.stdin.flush()
        eventually("it is answered", lambda: len(recorder.requests) == 1)
        program.send_signal(signal.SIGTERM)
        self.assertEqual(program.wait(20), 0)
        self.assertEqual(json.loads(program.stderr.read())["stored"], 1)

    def test_SIGINT_leaves_it_to_the_subscriber_to_end(self) -> None:
        recorder = self.record()
        program = self.start("--recorder", recorder.url, "--key", "k")
        assert program.stdin is not None
        for number in range(2):
            program.stdin.write(line(f"m{number}").encode())
            program.stdin.flush()
            eventually("it is answered", lambda: len(recorder.requests) == number + 1)
            if number == 0:
                program.send_signal(signal.SIGINT)
        program.stdin.close()
        self.assertEqual(program.wait(20), 0)
        program.stdin = None

    def test_a_second_signal_ends_it_at_once(self) -> None:
        for first in (signal.SIGTERM, signal.SIGINT):
            for second in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(first=first.name, second=second.name):
                    recorder = self.record(lambda request: reply(503, None))
                    program = self.start("--recorder", recorder.url, "--timeout", "60s")
                    assert program.stdin is not None
                    program.stdin.write(line("m1").encode())
                    program.stdin.flush()
                    eventually("it is asked", lambda: len(recorder.requests) > 0)
                    program.send_signal(first)
                    eventually("the first is handled", lambda: not is_caught(first, program.pid))
                    self.assertIsNone(program.poll())
                    program.send_signal(second)
                    self.assertEqual(program.wait(10), -second)


class RecorderTests(unittest.TestCase):
    """With the program as it was built."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # Variables that the recorder does not know are faults to it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HEADCAST_")}
        self.program = subprocess.Popen(
            [HEADCAST, "recorder", "--listen", "127.0.0.1:0", "--store", f"sqlite://{folder.name}/records.db"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, text=True)
        self.addCleanup(self.program.communicate)
        self.addCleanup(self.program.terminate)
        self.said: List[str] = []
        reader = threading.Thread(target=lambda: self.said.extend(self.program.stderr or []))
        reader.start()
        self.addCleanup(reader.join, 20)
        self.addCleanup(self.program.terminate)
        eventually("it is ready", lambda: any("ready" in said for said in self.said) or self.program.poll() is not None)
        match = re.search(r"127\.0\.0\.1:\d+", "".join(self.said))
        assert match is not None, self.said
        self.url = f"http://{match[0]}"

    def get(self, path: str) -> List[Dict[str, Any]]:
        items: List[Dict[str, Any]] = []

        def is_told() -> bool:
            try:
                with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                    items.extend(json.loads(answer.read())["items"])
                    return True
            except urllib.error.HTTPError as error:
                # A machine with much to do: the recorder asks to come again.
                self.assertEqual(error.code, 503, error.read())
                error.close()
                return False

        eventually(f"{path} is told", is_told)
        return items

    def test_it_records_each_response_once_byte_for_byte(self) -> None:
        payloads = [b"7", b"", "größer\0\u2028\"\\".encode(), b"\xff\0", b"\1" * 99_999, bytes(1 << 20)]
        for name in ("pod-1", "pod-2"):
            with Responder(self.url, name, request_timeout=60) as responder:
                for number, payload in enumerate(payloads):
                    responder.respond_to("größer/m", f"k{number}", payload, "x/y", topic="orders", sequence=9)
                self.assertEqual(responder.close(60), 0)
            counters = responder.counters
            self.assertIsNone(counters.last_failure)
            self.assertEqual((counters.stored, counters.repeated), (6, 0) if name == "pod-1" else (0, 6))
        records = self.get("/records/gr%C3%B6%C3%9Fer%2Fm")
        for record, text in zip(records[:4], ["7", "", "größer\0\u2028\"\\", "/wA="]):
            self.assertEqual(record.get("payload", record.get("payloadBase64")), text)
            self.assertEqual((record["topic"], record["sequence"], record["responder"], record["contentType"]),
                             ("orders", 9, "pod-1", "x/y"))
            self.assertEqual(record["answers"], 2)

    def test_it_takes_many_and_tells_what_it_does_not_take(self) -> None:
        told: List[Tuple[str, int, str]] = []
        with Responder(
            self.url, "pod-1", maximum_payload_bytes=2 << 20, request_timeout=60,
            on_refusal=lambda response, status, code, message: told.append((response.key, status, code)),
        ) as responder:
            responder.respond_to("m", "state", b"1")
            responder.respond_to("m", "state", b"2")
            responder.respond_to("m", "large", b"\xff" * (2 << 20))
            for each in range(5_000):
                responder.respond_to(f"m{each}", "k", b"7")
            self.assertEqual(responder.close(60), 0)
        counters = responder.counters
        self.assertEqual((counters.stored, counters.diverged, counters.refused), (5_001, 1, 1))
        self.assertEqual(told, [("state", 409, "diverged"), ("large", 413, "payload_too_large")])
        self.assertEqual(len(self.get("/divergences")), 1)

    def test_what_the_subscriber_prints_is_answered(self) -> None:
        subscriber = subprocess.Popen(
            [sys.executable, "-B", str(SCRIPT), "--listen", "127.0.0.1:0", "--output", "json", "--events"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(subscriber.kill)
        responder = subprocess.Popen(
            [sys.executable, "-B", str(RESPONDER), "--recorder", self.url, "--key", "state", "--responder", "pod-1",
             "--exec", "tr a-z A-Z"], stdin=subscriber.stdout, stderr=subprocess.PIPE)
        self.addCleanup(responder.kill)
        assert subscriber.stdout is not None and subscriber.stderr is not None
        subscriber.stdout.close()
        port = int(subscriber.stderr.readline().rsplit(b":", 1)[1])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in (message(1, b"one"), message(1, b"one"), message(3, b"three"),
                         envelope(heartbeat(1, 6), kind=HEARTBEAT)):
                sender.sendto(data, ("127.0.0.1", port))
        eventually("both are recorded", lambda: len(self.get("/records")) == 2)
        subscriber.send_signal(signal.SIGTERM)
        subscriber.communicate(timeout=20)
        _, errors = responder.communicate(timeout=20)
        self.assertEqual(responder.returncode, 0, errors)
        records = self.get("/records")
        self.assertEqual([record["payload"] for record in records], ["ONE", "THREE"])
        self.assertEqual({(record["topic"], record["key"]) for record in records}, {("orders", "state")})

    def test_the_program_of_the_pods_answers_until_it_is_told_to_end(self) -> None:
        program = subprocess.Popen(
            [sys.executable, "-B", "-W", "error", str(ANSWER), self.url, "127.0.0.1", "0"], stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(RESPONDER.parent)})
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        assert program.stderr is not None
        port = int(program.stderr.readline().rsplit(b" ", 1)[1])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in (message(1, b"one"), message(1, b"one"), message(2, b"\xff"), message(3, bytes(1_200))):
                sender.sendto(data, ("127.0.0.1", port))
        eventually("all are recorded", lambda: len(self.get("/records")) == 3)
        program.send_signal(signal.SIGTERM)
        _, errors = program.communicate(timeout=20)
        self.assertEqual(program.returncode, 0, errors)
        self.assertEqual(json.loads(errors.splitlines()[-1])["stored"], 3, errors)
        records = self.get("/records")
        self.assertEqual([record.get("payloadBase64", record.get("payload")) for record in records],
                         ["one", "/w==", "\0" * 1_200])


if __name__ == "__main__":
    unittest.main()
