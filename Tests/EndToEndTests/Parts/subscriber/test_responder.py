"""The responder against a recorder that answers what it is told to."""
from __future__ import annotations

import email.utils
import gc
import logging
import socket
import threading
import time
import unittest
from typing import Any, List, Optional, Tuple

# Says where responder.py is.
import support  # noqa: F401

import responder as module
from responder import Counters, OutboxFull, Responder, Response
from scripted_recorder import Records, Request, ScriptedRecorder, in_turn, refusal, reply, results, stored
from subscriber import CloudEvent, Datagram, Message
from test_subscription import eventually


class Swift(Responder):
    """Does not wait for long between attempts."""

    FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.01


class Gate:
    """Holds a recorder's answers back until it is opened."""

    def __init__(self, then: Any = stored) -> None:
        self.opened = threading.Event()
        self.then = then

    def __call__(self, request: Request) -> Any:
        self.opened.wait(20)
        return self.then(request)


class ResponderCase(unittest.TestCase):
    def record(self, script: Any = stored, port: int = 0) -> ScriptedRecorder:
        recorder = ScriptedRecorder(script, port)
        self.addCleanup(recorder.close)
        return recorder

    def responder(self, recorder: ScriptedRecorder, **settings: Any) -> Responder:
        responder = Swift(recorder.url, "pod-1", **settings)
        self.addCleanup(responder.thread.join, 20)
        self.addCleanup(responder.close, 0)
        return responder

    def counted(self, responder: Responder, **expected: Any) -> None:
        self.assertEqual(responder.counters, Counters(**expected))

    def behind_a_gate(self, recorder: ScriptedRecorder, responder: Responder, gate: Gate, count: int) -> None:
        """A first response is under way, and so many wait for it."""
        responder.respond_to("m", "first", b"")
        eventually("the first is under way", lambda: len(recorder.requests) == 1)
        for number in range(count):
            responder.respond_to("m", f"k{number}", b"")
        gate.opened.set()


class ResponseTests(ResponderCase):
    def sent(self, take: Any, **settings: Any) -> Any:
        """The one entry that a call makes."""
        recorder = self.record()
        with self.responder(recorder, **settings) as responder:
            take(responder)
        [entry] = recorder.entries
        return entry

    def test_a_message_is_answered_with_its_id_topic_and_sequence(self) -> None:
        message = Message("orders", 7, 1, 9, bytes(range(16)), 0, {}, b"", 0, "127.0.0.1:1")
        self.assertEqual(
            self.sent(lambda responder: responder.respond(message, key="total", payload=b"7")),
            {"messageId": "00010203-0405-0607-0809-0a0b0c0d0e0f", "key": "total", "responder": "pod-1",
             "payload": "7", "topic": "orders", "sequence": 9})

    def test_an_event_of_elsewhere_has_neither_topic_nor_sequence(self) -> None:
        event = CloudEvent("", 0, 0, "e1", None, {}, b"", 0, "127.0.0.1:1")
        self.assertEqual(
            self.sent(lambda responder: responder.respond(event, "total", b"")),
            {"messageId": "e1", "key": "total", "responder": "pod-1", "payload": ""})

    def test_any_id_may_be_answered(self) -> None:
        def take(responder: Responder) -> None:
            responder.respond_to("größer/\0\n\u2028", "k", bytearray(b"x"), "text/plain", topic="t", sequence=0)

        self.assertEqual(self.sent(take), {
            "messageId": "größer/\0\n\u2028", "key": "k", "responder": "pod-1", "payload": "x",
            "contentType": "text/plain", "topic": "t", "sequence": 0})

    def test_a_payload_is_text_where_it_is_UTF_8_and_else_base64(self) -> None:
        for payload, member, text in [
            ("größer\0\n\"\\\u2028".encode(), "payload", "größer\0\n\"\\\u2028"), (b"\xff\0", "payloadBase64", "/wA="),
            (b"\xed\xa0\x80", "payloadBase64", "7aCA"), (b"\1" * 3_000, "payload", "\1" * 3_000),
            # As text it would be six times as long.
            (b"\1" * 99_999, "payloadBase64", "AQEB" * 33_333),
        ]:
            with self.subTest(payload[:20]):
                entry = self.sent(lambda responder: responder.respond_to("m", "k", payload))
                self.assertEqual({name: entry[name] for name in entry if name.startswith("payload")}, {member: text})

    def test_the_largest_payload_makes_a_body_that_the_recorder_reads(self) -> None:
        for payload in (b"\xff" * (8 << 20), b"\1" * (8 << 20), b'"' * (8 << 20)):
            response = Response("\1" * 256, "\1" * 256, payload, "\1" * 256, "\1" * 256, 1)
            self.assertLess(len(module.json_line(response, "\1" * 256)), 16 << 20)

    def test_the_name_of_the_host_answers_unless_it_is_said(self) -> None:
        with Responder(self.record().url) as responder:
            self.assertEqual(responder.responder, socket.gethostname())

    def test_what_can_be_no_response_is_refused_at_once(self) -> None:
        recorder = self.record()
        responder = self.responder(recorder, maximum_payload_bytes=10, outbox_bytes=100)
        respond = responder.respond_to
        datagram: Any = Datagram(b"", 0, "127.0.0.1:1")
        text: Any = "7"
        for expected, call in [
            ("message id of 0 bytes; expected 1 to 256 bytes of UTF-8", lambda: respond("", "k", b"")),
            ("key of 257 bytes; expected 1 to 256 bytes of UTF-8", lambda: respond("m", "ü" * 128 + "k", b"")),
            ("key is '\\ud800', which is not UTF-8", lambda: respond("m", "\ud800", b"")),
            ("key is 7; expected text of 1 to 256 bytes", lambda: respond("m", 7, b"")),  # type: ignore[arg-type]
            ("content type of 0 bytes; expected 1 to 256 bytes of UTF-8", lambda: respond("m", "k", b"", "")),
            ("topic of 0 bytes; expected 1 to 256 bytes of UTF-8", lambda: respond("m", "k", b"", topic="")),
            ("payload of 11 bytes exceeds the limit of 10", lambda: respond("m", "k", bytes(11))),
            ("payload is of type str; expected bytes", lambda: respond("m", "k", text)),
            ("sequence is -1; expected 0 to 9223372036854775807", lambda: respond("m", "k", b"", sequence=-1)),
            ("response of 107 bytes exceeds the outbox of 100", lambda: respond("m" * 98, "k", bytes(8))),
            ("Datagram has no id to answer; give one to respond_to", lambda: responder.respond(datagram, "k", b"")),
        ]:
            with self.subTest(expected), self.assertRaises(ValueError) as raised:
                call()  # type: ignore[no-untyped-call]
            self.assertEqual(str(raised.exception), expected)
        responder.close()
        with self.assertRaises(ValueError) as raised:
            respond("m", "k", b"")
        self.assertEqual(str(raised.exception), "the responder is closed; nothing is taken any more")
        self.counted(responder)
        self.assertEqual(recorder.requests, [])

    def test_settings_that_cannot_be_are_refused(self) -> None:
        for url in ("", "recorder:8090", "ftp://x", "http://", "http://x:70000", "http://x:y", "http://[::1",
                    "http://x?y", "http://x/a b", "http://x/ü", "http://me@x", "http://x\r\n"):
            with self.subTest(url), self.assertRaises(ValueError) as raised:
                Responder(url)
            self.assertEqual(
                str(raised.exception), f'recorder is "{url}"; expected a URL like http://headcast-recorder:8090')
        for url in ("http://x/responses", "http://x:1/a/responses/", "http://x/responses/batch"):
            with self.subTest(url), self.assertRaises(ValueError) as raised:
                Responder(url)
            self.assertEqual(str(raised.exception), f'recorder is "{url}"; /responses is added to it')
        settings: List[Any] = [
            {"responder": ""}, {"maximum_payload_bytes": (8 << 20) + 1}, {"maximum_payload_bytes": 0},
            {"outbox_responses": 0}, {"outbox_bytes": 0}, {"request_timeout": 0}]
        for setting in settings:
            with self.subTest(setting), self.assertRaises(ValueError):
                Responder("http://x", **setting)


class SendingTests(ResponderCase):
    def test_what_gathers_while_a_batch_is_under_way_leaves_together_and_in_order(self) -> None:
        gate = Gate()
        recorder = self.record(gate)
        with self.responder(recorder) as responder:
            self.behind_a_gate(recorder, responder, gate, 1_500)
        self.assertEqual([len(request.entries) for request in recorder.requests], [1, 1_000, 500])
        self.assertEqual([entry["key"] for entry in recorder.entries], ["first"] + [f"k{n}" for n in range(1_500)])
        self.counted(responder, accepted=1_501, stored=1_501)

    def test_a_batch_is_bounded_in_bytes(self) -> None:
        gate = Gate()
        recorder = self.record(gate)
        with self.responder(recorder, outbox_bytes=64 << 20) as responder:
            responder.respond_to("m", "first", b"")
            eventually("the first is under way", lambda: len(recorder.requests) == 1)
            for number in range(20):
                responder.respond_to("m", f"k{number}", bytes(range(128, 256)) * (1 << 13))
            gate.opened.set()
        self.assertEqual([len(request.entries) for request in recorder.requests[:4]], [1, 5, 5, 5])
        self.assertLessEqual(max(len(request.body) for request in recorder.requests), 8 << 20)
        self.counted(responder, accepted=21, stored=21)

    def test_one_connection_is_kept(self) -> None:
        recorder = self.record()
        with self.responder(recorder) as responder:
            for number in range(5):
                responder.respond_to("m", f"k{number}", b"")
                eventually("it is stored", lambda: responder.counters.stored == number + 1)
        self.assertEqual({request.connection for request in recorder.requests}, {1})
        first = recorder.requests[0]
        self.assertEqual(first.line, "POST /responses/batch HTTP/1.1")
        self.assertEqual(first.headers["content-type"], "application/x-ndjson")
        self.assertEqual(first.headers["host"], f"127.0.0.1:{recorder.port}")

    def test_a_connection_that_was_closed_meanwhile_is_no_failure(self) -> None:
        recorder = self.record()
        with self.responder(recorder) as responder:
            responder.respond_to("m", "k1", b"")
            eventually("it is stored", lambda: responder.counters.stored == 1)
            recorder.hang_up()
            recorder.threads[1].join(20)
            responder.respond_to("m", "k2", b"")
        self.counted(responder, accepted=2, stored=2)
        self.assertEqual([request.connection for request in recorder.requests], [1, 2])

    def test_an_answer_may_be_the_last_of_its_connection(self) -> None:
        def last(request: Request) -> bytes:
            return reply(200, {"results": [{"status": 201}]}, "Connection: close")

        recorder = self.record(last)
        with self.responder(recorder) as responder:
            for number in range(2):
                responder.respond_to("m", f"k{number}", b"")
                eventually("it is stored", lambda: responder.counters.stored == number + 1)
        self.counted(responder, accepted=2, stored=2)
        self.assertEqual([request.connection for request in recorder.requests], [1, 2])

    def test_a_recorder_may_be_under_a_path(self) -> None:
        recorder = self.record()
        with Responder(recorder.url + "/to/recorder/", "pod-1") as responder:
            responder.respond_to("m", "k", b"")
        self.assertEqual(recorder.requests[0].line, "POST /to/recorder/responses/batch HTTP/1.1")

    def test_a_URL_may_be_of_https_and_of_IPv6(self) -> None:
        secure = module.Connection("https://recorder.shop/x", 1)
        self.assertEqual((type(secure.http).__name__, secure.http.port), ("HTTPSConnection", 443))
        self.assertEqual(module.Connection("http://[::1]:8090", 1).http.host, "::1")


class AnswerTests(ResponderCase):
    """What becomes of responses."""

    def setUp(self) -> None:
        self.refusals: List[Tuple[str, int, str, str]] = []

    def note(self, response: Response, status: int, code: str, message: str) -> None:
        self.refusals.append((response.key, status, code, message))

    def answered(self, script: Any, count: int = 1, **settings: Any) -> Tuple[Counters, ScriptedRecorder]:
        """Sends one response, and then so many in one batch, which the script answers."""
        gate = Gate()
        recorder = self.record(in_turn(gate, script))
        responder = self.responder(recorder, on_refusal=self.note, **settings)
        self.behind_a_gate(recorder, responder, gate, count)
        self.assertEqual(responder.close(20), 0)
        counters = responder.counters
        self.assertEqual((counters.accepted, counters.waiting), (count + 1, 0))
        counters.stored -= 1
        return counters, recorder

    def test_each_entry_has_its_own_result(self) -> None:
        counters, recorder = self.answered(lambda _: results(201, 200, 409, 400, 413, 404), count=6)
        self.assertEqual(counters, Counters(accepted=7, stored=1, repeated=1, diverged=1, refused=3))
        self.assertEqual(self.refusals, [
            (f"k{index}", status, f"code_{status}", f"because of {status}")
            for index, status in [(2, 409), (3, 400), (4, 413), (5, 404)]])
        self.assertEqual(len(recorder.requests), 2)

    def test_any_other_status_is_final_for_the_whole_batch(self) -> None:
        for status in (300, 307, 400, 404, 405, 408, 411, 499):
            with self.subTest(status):
                self.refusals.clear()
                counters, recorder = self.answered(lambda _: reply(status, refusal(status)), count=2)
                self.assertEqual(counters, Counters(accepted=3, refused=2))
                self.assertEqual(self.refusals, [
                    (key, status, f"code_{status}", f"because of {status}") for key in ("k0", "k1")])

    def test_a_refusal_that_does_not_say_why_is_told_by_its_status(self) -> None:
        documents: List[Any] = [
            b"<html>no</html>", [], {"error": 7}, {"error": {"code": 7, "message": None}}, b"[" * 100_000]
        for document in documents:
            self.refusals.clear()
            self.answered(lambda _: reply(403, document))
            self.assertEqual(self.refusals, [("k0", 403, "", "answered 403 Because")])

    def test_entries_that_may_be_taken_later_are_sent_again_ahead_of_later_ones(self) -> None:
        late = Gate(lambda _: results(201, 503, 400, 429, 500))
        recorder = self.record(in_turn(late, lambda _: results(503, 201, 201, 201), stored))
        responder = self.responder(recorder, on_refusal=self.note)
        # Nothing is taken from the outbox while its lock is held.
        with responder.condition:
            for number in range(5):
                responder.respond_to("m", f"k{number}", b"")
        eventually("they are under way", lambda: len(recorder.requests) == 1)
        responder.respond_to("m", "later", b"")
        late.opened.set()
        self.assertEqual(responder.close(20), 0)
        self.assertEqual([request.keys for request in recorder.requests], [
            ["k0", "k1", "k2", "k3", "k4"], ["k1", "k3", "k4", "later"], ["k1"]])
        self.counted(responder, accepted=6, stored=5, refused=1, retries=2)
        self.assertEqual(self.refusals, [("k2", 400, "code_400", "because of 400")])

    def test_a_batch_that_may_be_taken_later_is_sent_again_whole(self) -> None:
        for status in (429, 500, 502, 503, 504, 599):
            with self.subTest(status):
                counters, recorder = self.answered(
                    in_turn(lambda _: reply(status, refusal(status)), lambda _: reply(status, b"<html>"), stored), 2)
                self.assertEqual(counters, Counters(accepted=3, stored=2, retries=2))
                self.assertEqual([request.keys for request in recorder.requests[1:]], [["k0", "k1"]] * 3)

    def test_an_answer_that_cannot_be_understood_acknowledges_nothing(self) -> None:
        for name, answer in {
            "closed": None, "nothing": b"", "garbage": b"\xff\0garbage\r\n\r\n", "no JSON": reply(200, b"<html>"),
            "no object": reply(200, [201, 201]), "no results": reply(200, {}), "too few": results(201),
            "too many": results(201, 201, 201), "text": reply(200, {"results": "xy"}),
            "results of text": reply(200, {"results": ["x", "y"]}), "no status": reply(200, {"results": [{}, {}]}),
            "true": reply(200, {"results": [{"status": True}] * 2}), "600": results(201, 600), "100": results(201, 100),
            "204": b"HTTP/1.1 204 No Content\r\n\r\n", "201": reply(201, {"outcome": "stored"}),
            "early hints": b"HTTP/1.1 103 Early Hints\r\n\r\n", "truncated head": b"HTTP/1.1 200 OK\r\nContent-Le",
            "truncated": results(201, 201)[:-20], "deep": reply(200, b"[" * 100_000),
            "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
            "long line": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
            "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
            "wrong protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
        }.items():
            with self.subTest(name):
                counters, recorder = self.answered(in_turn(lambda _: answer, stored), 2, request_timeout=0.2)
                self.assertEqual(counters, Counters(accepted=3, stored=2, retries=1))
                self.assertEqual([request.keys for request in recorder.requests[1:]], [["k0", "k1"]] * 2)
                self.assertEqual([request.connection for request in recorder.requests[1:]], [
                    1, 1 if name in self.WELL_FORMED else 2])
        self.assertEqual(self.refusals, [])

    # After these the connection is as good as before.
    WELL_FORMED = ("no JSON", "no object", "no results", "too few", "too many", "text", "results of text", "no status",
                   "true", "600", "100", "204", "201", "early hints", "deep")

    def test_a_batch_that_is_too_large_is_halved_until_one_alone_is_refused(self) -> None:
        def small(request: Request) -> bytes:
            largest = max(len(entry["payload"]) for entry in request.entries)
            if len(request.entries) > 3 or largest > 100:
                return reply(413, b"<html>too large</html>")
            return stored(request)

        gate = Gate(small)
        recorder = self.record(gate)
        responder = self.responder(recorder, on_refusal=self.note)
        responder.respond_to("m", "first", b"")
        eventually("the first is under way", lambda: len(recorder.requests) == 1)
        keys = [f"k{number}" for number in range(16)]
        for key in keys:
            responder.respond_to("m", key, b"x" * (200 if key == "k5" else 10))
        gate.opened.set()
        self.assertEqual(responder.close(20), 0)
        counters = responder.counters
        self.assertEqual((counters.stored, counters.refused), (16, 1))
        self.assertEqual(self.refusals, [("k5", 413, "", "answered 413 Because")])
        taken = [key for request in recorder.requests[1:] if small(request).startswith(b"HTTP/1.1 200")
                 for key in request.keys]
        self.assertEqual(taken, [key for key in keys if key != "k5"])

    def test_a_batch_whose_answer_is_too_long_is_halved(self) -> None:
        def wordy(request: Request) -> bytes:
            return stored(request) if len(request.entries) < 3 else reply(200, b" " * (17 << 20))

        counters, recorder = self.answered(wordy, 8)
        self.assertEqual(counters, Counters(accepted=9, stored=8, retries=2))
        self.assertEqual([len(request.entries) for request in recorder.requests], [1, 8, 4, 2, 2, 2, 2])

    def test_a_single_response_whose_answer_is_too_long_is_put_off(self) -> None:
        gate = Gate()
        recorder = self.record(in_turn(lambda _: reply(200, b" " * (17 << 20)), gate))
        responder = self.responder(recorder)
        responder.respond_to("m", "k", b"")
        eventually("it is asked again", lambda: len(recorder.requests) == 2)
        self.counted(
            responder, accepted=1, waiting=1, retries=1,
            last_failure=f"cannot read what {recorder.url} answered: an answer of more than 16777216 bytes")
        gate.opened.set()

    def test_an_answer_of_16_MiB_is_read(self) -> None:
        counters, _ = self.answered(lambda _: reply(200, b'{"results": [{"status": 201}]}'.ljust(16 << 20)))
        self.assertEqual(counters, Counters(accepted=2, stored=1))

    def test_batches_grow_again_after_one_was_too_large(self) -> None:
        recorder = self.record(in_turn(stored, lambda _: reply(413, None), stored))
        responder = self.responder(recorder)
        responder.batch_bytes = 1
        for number in range(100):
            responder.respond_to("m", f"k{number}", b"")
            eventually("it is answered", lambda: responder.counters.waiting == 0)
        self.assertGreater(responder.batch_bytes, 100_000)

    def test_a_batch_that_is_not_answered_in_time_is_sent_in_smaller_ones(self) -> None:
        def slow(request: Request) -> bytes:
            return b"" if len(request.body) > 1 << 20 else stored(request)

        gate = Gate(slow)
        recorder = self.record(gate)
        responder = self.responder(recorder, request_timeout=0.2)
        # Nothing is taken from the outbox while its lock is held.
        with responder.condition:
            for number in range(40):
                responder.respond_to("m", f"k{number}", b"x" * (1 << 17))
        gate.opened.set()
        self.assertEqual(responder.close(20), 0)
        self.assertEqual(responder.counters.stored, 40)
        self.assertLess(len(recorder.requests), 20)

    def test_who_refuses_before_the_whole_body_came_is_heard(self) -> None:
        def serve(listening: socket.socket) -> None:
            with listening.accept()[0] as connected:
                connected.recv(1 << 10)
                connected.sendall(reply(413, refusal(413), "Connection: close"))
                connected.shutdown(socket.SHUT_RDWR)
                time.sleep(0.1)

        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=serve, args=(listening,))
            thread.start()
            with Swift(f"http://127.0.0.1:{listening.getsockname()[1]}", "pod-1", on_refusal=self.note) as responder:
                responder.respond_to("m", "k", bytes(1 << 20))
            thread.join(20)
        self.assertEqual(self.refusals, [("k", 413, "code_413", "because of 413")])

    def test_on_refusal_may_respond_close_and_raise(self) -> None:
        recorder = self.record(lambda request: results(*[400 if key == "k" else 201 for key in request.keys]))
        left: List[int] = []

        def on_refusal(response: Response, status: int, code: str, message: str) -> None:
            responder.respond_to("m", "instead", b"")
            left.append(responder.close())
            raise KeyError("of the test")

        responder = self.responder(recorder, on_refusal=on_refusal)
        with self.assertLogs("responder", logging.ERROR):
            responder.respond_to("m", "k", b"")
            responder.thread.join(20)
        self.assertEqual(left, [1])
        self.counted(responder, accepted=2, stored=1, refused=1)


class RetryTests(ResponderCase):
    def test_it_goes_on_once_the_recorder_is_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        responder = Swift(f"http://127.0.0.1:{port}", "pod-1")
        self.addCleanup(responder.close, 0)
        for number in range(3):
            responder.respond_to("m", f"k{number}", b"")
        eventually("it fails", lambda: responder.counters.last_failure is not None and responder.counters.retries > 2)
        self.assertEqual(
            responder.counters.last_failure, f"cannot reach http://127.0.0.1:{port}: connection refused")
        recorder = self.record(port=port)
        self.assertEqual(responder.close(20), 0)
        self.assertEqual([entry["key"] for entry in recorder.entries], ["k0", "k1", "k2"])
        counters = responder.counters
        self.assertEqual((counters.stored, counters.last_failure), (3, None))

    def test_the_last_failure_says_who_and_why_until_it_works_again(self) -> None:
        for script, expected in [
            (lambda _: reply(503, refusal(503)), "{} answered 503: code_503: because of 503"),
            (lambda _: reply(502, b"<html>"), "{} answered 502: answered 502 Because"),
            (lambda _: results(503), "{} answered 503: code_503: because of 503"),
            (lambda _: results(201, 201), "cannot read what {} answered: status 200 without one result for each of 1 "
                                          "responses"),
            (lambda _: b"", "cannot reach {}: timed out"),
        ]:
            recorder = self.record(script)
            responder = self.responder(recorder, request_timeout=0.1)
            responder.respond_to("m", "k", b"")
            eventually("it fails", lambda: responder.counters.last_failure is not None)
            self.assertEqual(responder.counters.last_failure, expected.format(recorder.url))
            recorder.script = stored
            self.assertEqual(responder.close(20), 0)
            self.assertIsNone(responder.counters.last_failure)

    def test_it_is_told_once_that_the_recorder_fails_and_once_that_it_answers_again(self) -> None:
        failing, well = lambda _: reply(503, refusal(503)), stored
        recorder = self.record(in_turn(failing, lambda _: None, failing, well, well, failing, well))
        told: List[str] = []
        with self.responder(
            recorder, on_failing=told.append, on_recovered=lambda: told.append("recovered")) as responder:
            for number in range(3):
                responder.respond_to("m", f"k{number}", b"")
                eventually("it is stored", lambda: responder.counters.stored == number + 1)
        reason = f"{recorder.url} answered 503: code_503: because of 503"
        self.assertEqual(told, [reason, "recovered", reason, "recovered"])

    def test_it_is_told_that_the_recorder_fails_while_it_takes_a_part(self) -> None:
        gate = Gate(lambda _: results(201))
        recorder = self.record(in_turn(lambda _: results(201, 503), lambda _: results(503), gate))
        told: List[str] = []
        with self.responder(
            recorder, on_failing=told.append, on_recovered=lambda: told.append("recovered")) as responder:
            # Nothing is taken from the outbox while its lock is held.
            with responder.condition:
                for number in range(2):
                    responder.respond_to("m", f"k{number}", b"")
            eventually("the rest is sent again", lambda: len(recorder.requests) == 3)
            self.assertEqual(told, [f"{recorder.url} answered 503: code_503: because of 503"])
            gate.opened.set()
        self.assertEqual(told[1:], ["recovered"])

    def test_what_is_told_may_raise(self) -> None:
        def report(*facts: str) -> None:
            raise KeyError("of the test")

        recorder = self.record(in_turn(lambda _: reply(503, None), stored))
        with self.assertLogs("responder", logging.ERROR) as logs:
            with self.responder(recorder, on_failing=report, on_recovered=report) as responder:
                responder.respond_to("m", "k", b"")
        self.assertEqual(len(logs.records), 2)
        self.counted(responder, accepted=1, stored=1, retries=1)

    def test_pauses_double_up_to_a_limit_and_differ(self) -> None:
        responder = self.responder(self.record())
        responder.close()
        settled: Any = Responder
        responder.FIRST_PAUSE, responder.LONGEST_PAUSE = settled.FIRST_PAUSE, settled.LONGEST_PAUSE
        pauses = []
        for _ in range(1_200):
            before = time.monotonic()
            responder.put_off("of the test")
            pauses.append(responder.resume_at - before)
        for failures, pause in enumerate(pauses):
            longest = min(0.1 * 2 ** min(failures, 10), 10)
            self.assertTrue(longest / 2 <= pause <= longest + 1, f"{pause} after {failures} failures")
        self.assertGreater(max(pauses[20:]) - min(pauses[20:]), 2)

    def test_one_that_goes_through_makes_pauses_short_again(self) -> None:
        recorder = self.record(in_turn(*[lambda _: reply(503, None)] * 4, stored))
        with self.responder(recorder) as responder:
            responder.respond_to("m", "k", b"")
            eventually("it is stored", lambda: responder.counters.stored == 1)
            self.assertEqual(responder.failures, 0)

    def test_one_that_goes_through_in_part_makes_pauses_short_again(self) -> None:
        gate = Gate()
        recorder = self.record(in_turn(
            *[lambda _: reply(503, None)] * 4, lambda request: results(201, *[503] * (len(request.entries) - 1)), gate))
        with self.responder(recorder) as responder:
            # Nothing is taken from the outbox while its lock is held.
            with responder.condition:
                for number in range(3):
                    responder.respond_to("m", f"k{number}", b"")
            eventually("the rest is sent again", lambda: len(recorder.requests) == 6)
            self.assertEqual(responder.failures, 1)
            gate.opened.set()

    def test_nothing_is_sent_before_Retry_After(self) -> None:
        later = "Retry-After: 1"
        for script in (lambda _: reply(503, None, later), lambda _: reply(429, None, later)):
            recorder = self.record(in_turn(script, stored))
            with self.responder(recorder) as responder:
                responder.respond_to("m", "k", b"")
            first, second = recorder.requests
            self.assertGreaterEqual(second.at - first.at, 1)
            self.assertLess(second.at - first.at, 5)

    def test_Retry_After_is_a_number_or_a_time_and_has_a_limit(self) -> None:
        class Headers:
            def __init__(self, text: str) -> None:
                self.text = text

            def getheader(self, name: str, otherwise: str) -> str:
                return self.text

        def said(text: str) -> float:
            headers: Any = Headers(text)
            return module.retry_after(headers)

        for text, expected in {"": 0, "7": 7, " 7 ": 7, "soon": 0, "-1": 0, "1.5": 0, "9" * 12: 0}.items():
            self.assertEqual(said(text), expected, text)
        self.assertAlmostEqual(said(email.utils.formatdate(time.time() + 30, usegmt=True)), 30, delta=2)
        self.assertEqual(said("Wed, 21 Oct 2015 07:28:00 GMT"), 0)
        recorder = self.record(lambda _: reply(503, None, "Retry-After: 99999"))
        responder = self.responder(recorder)
        responder.respond_to("m", "k", b"")
        eventually("it is put off", lambda: responder.resume_at > 0)
        self.assertAlmostEqual(responder.resume_at - time.monotonic(), 60, delta=2)


class OutboxTests(ResponderCase):
    def test_silence_ends_when_somebody_waits_for_an_answer_that_does_not_come(self) -> None:
        gate = Gate()
        responder = self.responder(self.record(gate), outbox_responses=1)
        silence = threading.Thread(target=responder.wait_for_silence, args=(0.02,))
        silence.start()
        silence.join(0.2)
        self.assertTrue(silence.is_alive(), "nothing waits")
        responder.respond_to("m", "k0", b"")
        silence.join(20)
        self.assertFalse(silence.is_alive())
        with self.assertRaises(ValueError):
            threading.Timer(0.01, responder.close, (0,)).start()
            responder.respond_to("m", "k1", b"")
        start = time.monotonic()
        responder.close(20)
        self.assertLess(time.monotonic() - start, 10)
        gate.opened.set()
        responder.wait_for_silence(1_000)

    def test_respond_waits_for_room_and_takes_nothing_when_there_is_none_in_time(self) -> None:
        for bounds in ({"outbox_responses": 2}, {"outbox_bytes": 16}):
            gate = Gate()
            recorder = self.record(gate)
            responder = self.responder(recorder, **bounds)
            for number in range(2):
                responder.respond_to("m", f"k{number}", b"12345")
            for timeout in (0, 0.02):
                with self.assertRaises(OutboxFull) as raised:
                    responder.respond_to("m", "k2", b"12345", timeout=timeout)
            expected = "2 responses of 16 bytes are on their way already; no room for 8 bytes within 0.02 s"
            self.assertEqual(str(raised.exception), expected)
            self.assertEqual(responder.counters.accepted, 2)
            waiter = threading.Thread(target=responder.respond_to, args=("m", "k2", b"12345"))
            waiter.start()
            eventually("it waits", lambda: len(responder.turns) == 1)
            gate.opened.set()
            waiter.join(20)
            self.assertEqual(responder.close(20), 0)
            self.counted(responder, accepted=3, stored=3)
            self.assertEqual((responder.waiting_bytes, len(responder.turns)), (0, 0))

    def test_a_large_response_is_not_passed_by_small_ones(self) -> None:
        gate = Gate()
        recorder = self.record(gate)
        responder = self.responder(recorder, outbox_bytes=100)
        responder.respond_to("m", "k0", bytes(50))
        large = threading.Thread(target=responder.respond_to, args=("m", "k1", bytes(90)))
        large.start()
        eventually("it waits", lambda: len(responder.turns) == 1)
        with self.assertRaises(OutboxFull):
            responder.respond_to("m", "k2", b"", timeout=0.01)
        gate.opened.set()
        large.join(20)
        self.assertEqual(responder.close(20), 0)
        self.assertEqual([entry["key"] for entry in recorder.entries], ["k0", "k1"])

    def test_close_refuses_who_waits_for_room(self) -> None:
        recorder = self.record(Gate())
        responder = self.responder(recorder, outbox_responses=1, request_timeout=0.1)
        responder.respond_to("m", "k0", b"")
        raised: List[Optional[str]] = []

        def wait() -> None:
            try:
                responder.respond_to("m", "k1", b"")
            except ValueError as error:
                raised.append(str(error))

        waiter = threading.Thread(target=wait)
        waiter.start()
        eventually("it waits", lambda: len(responder.turns) == 1)
        self.assertEqual(responder.close(0), 1)
        waiter.join(20)
        self.assertEqual(raised, ["the responder is closed; nothing is taken any more"])
        recorder.script.opened.set()  # type: ignore[attr-defined]

    def test_close_tells_how_many_are_not_answered_when_time_is_over(self) -> None:
        recorder = self.record(lambda _: reply(503, None, "Retry-After: 30"))
        responder = self.responder(recorder)
        for number in range(7):
            responder.respond_to("m", f"k{number}", b"")
        eventually("it is put off", lambda: responder.resume_at > 0)
        began = time.monotonic()
        self.assertEqual(responder.close(0.05), 7)
        responder.thread.join(20)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(responder.counters.waiting, 7)
        self.assertEqual(responder.close(), 7)

    def test_what_is_under_way_when_time_is_over_changes_no_counter_any_more(self) -> None:
        for late in (lambda _: b"", lambda _: results(503), stored):
            gate = Gate(late)
            recorder = self.record(in_turn(lambda _: reply(503, refusal(503)), gate))
            told: List[str] = []
            responder = self.responder(
                recorder, request_timeout=1, on_failing=told.append, on_recovered=lambda: told.append("recovered"))
            responder.respond_to("m", "k", b"")
            eventually("it is sent again", lambda: len(recorder.requests) == 2)
            self.assertEqual(responder.close(0), 1)
            gate.opened.set()
            responder.thread.join(20)
            self.assertEqual(len(told), 1)
            self.counted(
                responder, accepted=1, waiting=1, retries=1,
                last_failure=f"{recorder.url} answered 503: code_503: because of 503")

    def test_leaving_a_with_statement_sends_what_waits(self) -> None:
        recorder = self.record()
        with self.assertRaises(KeyError), self.responder(recorder) as responder:
            responder.respond_to("m", "k", b"")
            raise KeyError("of the test")
        self.counted(responder, accepted=1, stored=1)
        self.assertFalse(responder.thread.is_alive())

    def test_nothing_stays_open(self) -> None:
        recorder = self.record()
        with self.responder(recorder) as responder:
            responder.respond_to("m", "k", b"")
        self.assertIsNone(responder.connection.http.sock)
        del responder
        gc.collect()


class LossTests(ResponderCase):
    def test_each_response_is_recorded_once_while_answers_are_lost(self) -> None:
        records = Records()
        counts = {"requests": 0}

        def lossy(request: Request) -> Optional[bytes]:
            counts["requests"] += 1
            kind = counts["requests"] % 5
            if kind == 0:
                return reply(503, None)
            whole = records.take(request)
            return [b"", None, whole[:len(whole) // 2] or None, whole, whole][kind]

        recorder = self.record(lossy)
        responder = self.responder(recorder, outbox_responses=50, request_timeout=0.2)

        def answer(thread: int) -> None:
            for number in range(200):
                responder.respond_to(f"m{number}", f"k{thread}", f"{thread} {number}".encode())

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(responder.close(60), 0)
        self.assertEqual(records.answers, {
            (f"m{number}", f"k{thread}"): (f"{thread} {number}".encode(), None)
            for number in range(200) for thread in range(5)})
        counters = responder.counters
        self.assertEqual((counters.accepted, counters.stored + counters.repeated), (1_000, 1_000))
        self.assertEqual((counters.diverged, counters.refused), (0, 0))
        self.assertGreater(counters.repeated, 0)
        self.assertGreater(counters.retries, 0)
        firsts: List[str] = []
        for entry in recorder.entries:
            if entry["key"] == "k0" and entry["messageId"] not in firsts:
                firsts.append(entry["messageId"])
        self.assertEqual(firsts, [f"m{number}" for number in range(200)])


if __name__ == "__main__":
    unittest.main()
