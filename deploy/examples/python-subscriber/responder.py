#!/usr/bin/env python3
"""Hands a Headcast recorder what a subscriber answers: each response until the recorder has it, or refuses it.

As a module:

    from responder import Responder
    from subscriber import Message, Subscription

    with Subscription(port=12_000) as subscription, Responder("http://headcast-recorder:8090") as responder:
        for event in subscription:
            if isinstance(event, Message):
                responder.respond(event, key="total", payload=b"7")

As a program, which answers each line that a subscriber prints as JSON, with the output of a command:

    python3 subscriber.py --output json | python3 responder.py --recorder http://headcast-recorder:8090 --key total --exec ./sum

One file, Python 3.9 or later, the standard library alone, and independent of subscriber.py: copy it into an image, or
mount it from a ConfigMap. The recorder's contract is Sources/Recording/openapi.yaml; the words here are those of it.

From top to bottom: responses and counters; their form as JSON; the connection; `Responder`; the command line.
"""
from __future__ import annotations

import argparse
import base64
import dataclasses
import email.utils
import http.client
import itertools
import json
import logging
import os
import random
import re
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import deque
from types import FrameType, TracebackType
from typing import Callable, Deque, Dict, Iterable, List, NamedTuple, NoReturn, Optional, Tuple, Type, Union

__all__ = ["Counters", "OutboxFull", "Responder", "Response"]


# Responses and counters


class Response(NamedTuple):
    """What is answered to a message about one state key."""

    message_id: str
    key: str
    payload: bytes
    content_type: Optional[str]
    # Where the message was published, and its number there.
    topic: Optional[str]
    sequence: Optional[int]

    @property
    def total_bytes(self) -> int:
        labels = (self.message_id, self.key, self.content_type or "", self.topic or "")
        return len(self.payload) + sum(len(label.encode()) for label in labels)


class Result(NamedTuple):
    """What became of one response."""

    status: int
    code: str
    message: str

    @property
    def is_passing(self) -> bool:
        """Whether the same response may be taken later."""
        return self.status == 429 or self.status >= 500


@dataclasses.dataclass
class Counters:
    """What became of responses since the beginning; all but `waiting` were answered for good."""

    accepted: int = 0
    waiting: int = 0
    # The first answer, and the record now; the record says the same; it says something else, and both are kept.
    stored: int = 0
    repeated: int = 0
    diverged: int = 0
    refused: int = 0
    # Batches that were sent again, whole or in part.
    retries: int = 0
    # Why the last batch has to be sent again; None once one went through.
    last_failure: Optional[str] = None


class OutboxFull(Exception):
    """There was no room for a response in time; nothing of it was taken."""


# Their form as JSON

LABEL_BYTES, PAYLOAD_BYTES, SEQUENCE = 256, 8 << 20, (1 << 63) - 1
# Where escapes make a payload longer than this, and longer than in base64, it is sent in base64.
ESCAPED_BYTES = 1 << 16


def checked_label(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise ValueError(f"{name} is {text!r}; expected text of 1 to {LABEL_BYTES} bytes")
    try:
        count = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{name} is {text!r}, which is not UTF-8") from None
    if not 1 <= count <= LABEL_BYTES:
        raise ValueError(f"{name} of {count} bytes; expected 1 to {LABEL_BYTES} bytes of UTF-8")
    return text


def checked_count(name: str, count: int, limit: int = sys.maxsize) -> int:
    if not 1 <= count <= limit:
        raise ValueError(f"{name} is {count}; expected 1 to {limit}")
    return count


def json_line(response: Response, responder: str) -> bytes:
    """An entry of a batch."""
    members: Dict[str, object] = {
        "messageId": response.message_id, "key": response.key, "responder": responder,
        "contentType": response.content_type, "topic": response.topic, "sequence": response.sequence}
    said = {name: value for name, value in members.items() if value is not None}
    start = json.dumps(said, ensure_ascii=False, separators=(",", ":"))[:-1].encode()
    payload = response.payload
    try:
        text = json.dumps(payload.decode(), ensure_ascii=False).encode()
        if len(text) <= max(ESCAPED_BYTES, len(payload) * 4 // 3):
            return start + b',"payload":' + text + b"}\n"
    except UnicodeDecodeError:
        pass
    return start + b',"payloadBase64":"' + base64.b64encode(payload) + b'"}\n'


def read_results(status: int, reason: str, content: bytes, count: int) -> List[Result]:
    """What became of each of `count` responses; an answer that is for all of them counts for each.

    Raises ValueError for an answer that tells nothing.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if status >= 300:
        return [result(status, document, f"answered {status} {reason}".rstrip())] * count
    results = document.get("results") if isinstance(document, dict) else None
    if status < 200 or not isinstance(results, list) or len(results) != count:
        raise ValueError(f"status {status} without one result for each of {count} responses")
    return [entry_result(entry) for entry in results]


def entry_result(entry: object) -> Result:
    status = entry.get("status") if isinstance(entry, dict) else None
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("a result without a status of 200 to 599")
    return result(status, entry, f"answered {status}")


def result(status: int, document: object, otherwise: str) -> Result:
    error = document.get("error") if isinstance(document, dict) else None
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else ("", "")
    return Result(status, code if isinstance(code, str) else "", message if isinstance(message, str) and message
                  else otherwise)


# The connection


class Answer(NamedTuple):
    """What came back for a batch."""

    status: int
    reason: str
    # In seconds; 0 when it was not said.
    retry_after: float
    content: bytes


class AnswerTooLong(ValueError):
    """More came back than is kept; a smaller batch has a shorter answer."""


class Connection:
    """One connection to a recorder, kept while both sides want it. One thread only."""

    CONTENT_BYTES = 16 << 20

    def __init__(self, url: str, timeout: float) -> None:
        try:
            parts = urllib.parse.urlsplit(url)
            port, is_plain = parts.port, not (parts.query or parts.fragment or "@" in parts.netloc)
        except ValueError:
            parts, port, is_plain = urllib.parse.urlsplit(""), None, False
        if not (is_plain and parts.scheme in ("http", "https") and parts.hostname and re.fullmatch("[!-~]+", url)):
            raise ValueError(f'recorder is "{url}"; expected a URL like http://headcast-recorder:8090')
        if not timeout > 0:
            raise ValueError(f"request_timeout is {timeout}; expected seconds, more than 0")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.http: http.client.HTTPConnection = kind(parts.hostname, port, timeout=timeout)
        self.path = parts.path.rstrip("/") + "/responses/batch"
        if parts.path.rstrip("/").endswith(("/responses", "/responses/batch")):
            raise ValueError(f'recorder is "{url}"; /responses is added to it')

    def post(self, body: bytes) -> Answer:
        """Sends a batch and waits for what comes back. Whatever this raises, the next call begins anew."""
        is_whole = False
        try:
            if self.http.sock is not None and is_readable(self.http.sock):
                # It was closed while nothing was under way.
                self.http.close()
            if self.http.sock is None:
                self.http.connect()
            try:
                self.http.request("POST", self.path, body, {"Content-Type": "application/x-ndjson"})
                is_sent = True
            except (BrokenPipeError, ConnectionResetError):
                # Who does not want the rest of a body, as with 413, may have answered before.
                is_sent = False
            response = self.http.getresponse()
            answer = Answer(response.status, response.reason, retry_after(response), self.read(response))
            is_whole = is_sent
            return answer
        finally:
            if not is_whole:
                self.http.close()

    def read(self, response: http.client.HTTPResponse) -> bytes:
        content = bytearray()
        while True:
            part = response.read(1 << 16)
            content += part
            if not part:
                return bytes(content)
            if len(content) > self.CONTENT_BYTES:
                raise AnswerTooLong(f"an answer of more than {self.CONTENT_BYTES} bytes")


def is_readable(connected: socket.socket) -> bool:
    """Whether there is something to read, if only the end."""
    with selectors.DefaultSelector() as selector:
        selector.register(connected, selectors.EVENT_READ)
        return bool(selector.select(0))


def retry_after(response: http.client.HTTPResponse) -> float:
    """The seconds that Retry-After tells, as a number or as a time (RFC 9110, section 10.2.3)."""
    text = response.getheader("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


# Responding


class Responder:
    """Hands responses to a recorder until it is closed; any thread may call it.

    A thread of its own sends what waits, as one batch; what is answered meanwhile goes with the next. A response is
    sent again until the recorder answers it with anything but 429 or 5xx, so it may arrive twice; the recorder makes
    that once. Close it: what waits ends with the process.
    """

    # How much is sent at once; and what it may shrink to, at least, where answers do not come in time.
    BATCH_RESPONSES, BATCH_BYTES, SLOW_BATCH_BYTES = 1_000, 8 << 20, 1 << 16
    # In seconds: between attempts, each time twice as long; and what Retry-After may ask for.
    FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER = 0.1, 10.0, 60.0

    def __init__(
        self,
        recorder: str,
        responder: Optional[str] = None,
        *,
        on_refusal: Optional[Callable[[Response, int, str, str], None]] = None,
        on_failing: Optional[Callable[[str], None]] = None,
        on_recovered: Optional[Callable[[], None]] = None,
        maximum_payload_bytes: int = 1 << 20,
        outbox_responses: int = 10_000,
        outbox_bytes: int = 16 << 20,
        request_timeout: float = 10.0,
    ) -> None:
        """Begins with an empty outbox; connects once there is something to send.

        recorder: its URL, which may have a path. responder: who answers; by default the name of the host.
        on_refusal: called with a response, status, code and message for whatever was refused, and for what diverged
            (409).
        on_failing: called with the reason once responses begin to wait, since they have to be sent again.
        on_recovered: called once they do no more. These three run in the thread that sends, which does nothing else
            meanwhile: give `respond` a timeout there.
        maximum_payload_bytes: what the recorder is set to; at most 8 MiB.
        outbox_responses, outbox_bytes: how much may be on its way, payloads and labels counted.
        request_timeout: seconds for connecting, for sending a batch, and for each wait for more of its answer.
        """
        self.recorder = recorder
        self.on_refusal, self.on_failing, self.on_recovered = on_refusal, on_failing, on_recovered
        self.responder = checked_label("responder", socket.gethostname() if responder is None else responder)
        self.maximum_payload_bytes = checked_count("maximum_payload_bytes", maximum_payload_bytes, PAYLOAD_BYTES)
        self.outbox_responses = checked_count("outbox_responses", outbox_responses)
        self.outbox_bytes = checked_count("outbox_bytes", outbox_bytes)
        # What the thread alone has: how much it sends at once, how often in a row that failed, whether it is a retry,
        # and whether it was told last that the recorder fails.
        self.connection = Connection(recorder, request_timeout)
        self.batch_bytes, self.failures, self.is_again, self.is_failing = self.BATCH_BYTES, 0, False, False
        self.condition = threading.Condition()
        # What the condition guards. What waits is in order, what is under way first; turns are calls that want room.
        self.waiting: Deque[Response] = deque()
        self.turns: Deque[object] = deque()
        self.waiting_bytes, self.resume_at = 0, 0.0
        self.counts = Counters()
        self.is_closed = self.is_given_up = False
        self.thread = threading.Thread(target=self.run, name="responder", daemon=True)
        self.thread.start()

    # Called by anyone

    def respond(
        self, message: object, key: str, payload: Union[bytes, bytearray, memoryview],
        content_type: Optional[str] = None, *, timeout: Optional[float] = None,
    ) -> None:
        """Answers a message of subscriber.py, or anything with `id`, `topic` and `sequence`; see `respond_to`."""
        if not isinstance(getattr(message, "id", None), str):
            raise ValueError(f"{type(message).__name__} has no id to answer; give one to respond_to")
        self.respond_to(
            getattr(message, "id"), key, payload, content_type, topic=getattr(message, "topic", None) or None,
            sequence=getattr(message, "sequence", None) or None, timeout=timeout)

    def respond_to(
        self, message_id: str, key: str, payload: Union[bytes, bytearray, memoryview],
        content_type: Optional[str] = None, *, topic: Optional[str] = None, sequence: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> None:
        """Takes a response, and waits while there is no room for it.

        Raises ValueError for what can be no response, and once it is closed; `OutboxFull` when there was no room for
        `timeout` seconds, None being forever. Nothing of the response was taken then.
        """
        if not isinstance(payload, (bytes, bytearray, memoryview)):
            raise ValueError(f"payload is of type {type(payload).__name__}; expected bytes")
        if sequence is not None and not (type(sequence) is int and 0 <= sequence <= SEQUENCE):
            raise ValueError(f"sequence is {sequence!r}; expected 0 to {SEQUENCE}")
        response = Response(
            checked_label("message id", message_id), checked_label("key", key), bytes(payload),
            None if content_type is None else checked_label("content type", content_type),
            None if topic is None else checked_label("topic", topic), sequence)
        if len(response.payload) > self.maximum_payload_bytes:
            raise ValueError(
                f"payload of {len(response.payload)} bytes exceeds the limit of {self.maximum_payload_bytes}")
        if response.total_bytes > self.outbox_bytes:
            raise ValueError(f"response of {response.total_bytes} bytes exceeds the outbox of {self.outbox_bytes}")
        self.enqueue(response, timeout)

    def enqueue(self, response: Response, timeout: Optional[float]) -> None:
        """Calls have their turns, so that a large response is not passed by small ones forever."""
        turn = object()

        def has_room() -> bool:
            return (self.turns[0] is turn and len(self.waiting) < self.outbox_responses
                    and self.waiting_bytes + response.total_bytes <= self.outbox_bytes)

        with self.condition:
            self.turns.append(turn)
            try:
                is_in_time = self.condition.wait_for(lambda: self.is_closed or has_room(), timeout)
                if self.is_closed:
                    raise ValueError("the responder is closed; nothing is taken any more")
                if not is_in_time:
                    raise OutboxFull(
                        f"{len(self.waiting)} responses of {self.waiting_bytes} bytes are on their way already; "
                        f"no room for {response.total_bytes} bytes within {timeout} s")
                self.waiting.append(response)
                self.waiting_bytes += response.total_bytes
                self.counts.accepted += 1
            finally:
                self.turns.remove(turn)
                self.condition.notify_all()

    @property
    def counters(self) -> Counters:
        """What became of responses so far."""
        with self.condition:
            return dataclasses.replace(self.counts, waiting=len(self.waiting))

    def close(self, timeout: Optional[float] = 10.0) -> int:
        """Takes no more, and goes on until all is answered or for `timeout` seconds, None being forever.

        Returns how many were not answered, as `counters` do from then on, with the last failure that there was. A batch
        that is under way when time is over may still be recorded. Called by what this calls, such as `on_refusal`, it
        does not wait, and what waits is sent still.
        """
        with self.condition:
            self.is_closed = True
            self.condition.notify_all()
            if self.is_given_up or threading.current_thread() is self.thread:
                return len(self.waiting)
        self.thread.join(timeout)
        with self.condition:
            self.is_given_up = True
            self.condition.notify_all()
            return len(self.waiting)

    def wait_for_silence(self, seconds: float) -> None:
        """Returns when responses have waited for so long, twice as long at most, and none was answered meanwhile.

        For a program that is told to end: `close(0)` then gives them up, and frees who waits for room. Returns at once
        when this is closed.
        """
        before: Optional[int] = None
        with self.condition:
            while not self.is_closed:
                answered = self.counts.accepted - len(self.waiting) if self.waiting else None
                if answered is not None and answered == before:
                    return
                before = answered
                self.condition.wait_for(lambda: self.is_closed, seconds)

    def __enter__(self) -> Responder:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    # The thread

    def run(self) -> None:
        while self.is_due():
            self.deliver()
            self.tell_change()
        self.connection.http.close()

    def is_due(self) -> bool:
        """Waits until something is to be sent; False at the end."""
        with self.condition:
            self.condition.wait_for(lambda: self.waiting or self.is_closed)
            while not self.is_given_up and time.monotonic() < self.resume_at:
                self.condition.wait(self.resume_at - time.monotonic())
            if self.is_given_up or not self.waiting:
                return False
            self.counts.retries += self.is_again
            self.is_again = False
            return True

    def deliver(self) -> None:
        """Sends a batch, and notes what became of it."""
        try:
            batch, body = self.next_batch()
            answer = self.connection.post(body)
            results = read_results(answer.status, answer.reason, answer.content, len(batch))
        except Exception as error:  # Whatever it is, the recorder acknowledged nothing.
            if isinstance(error, AnswerTooLong) and len(batch) > 1:
                self.halve(body)
                return
            if isinstance(error, socket.timeout):
                # Perhaps a batch is too much for a slow way; it would be in vain as it is forever.
                self.batch_bytes = min(self.batch_bytes, max(self.batch_bytes // 2, self.SLOW_BATCH_BYTES))
            self.put_off(failure_text(self.recorder, error))
            return
        if answer.status == 413 and len(batch) > 1:
            # Something on the way takes less than the recorder.
            self.halve(body)
        else:
            self.settle(batch, results, answer.retry_after)

    def next_batch(self) -> Tuple[List[Response], bytes]:
        """The first of what waits, which stays there until it is answered, and the body that says it."""
        with self.condition:
            first = list(itertools.islice(self.waiting, self.BATCH_RESPONSES))
        lines: List[bytes] = []
        room = self.batch_bytes
        for response in first:
            line = json_line(response, self.responder)
            room -= len(line)
            if room < 0 and lines:
                break
            lines.append(line)
        return first[:len(lines)], b"".join(lines)

    def settle(self, batch: List[Response], results: List[Result], retry_after: float) -> None:
        """Takes out what was answered for good; the rest stays ahead of what came later."""
        passing = [(response, result) for response, result in zip(batch, results) if result.is_passing]
        refusals: List[Tuple[Response, Result]] = []
        with self.condition:
            if self.is_given_up:
                return
            for response, result in zip(batch, results):
                self.waiting.popleft()
                if not result.is_passing:
                    self.waiting_bytes -= response.total_bytes
                    name = outcome(result.status)
                    setattr(self.counts, name, getattr(self.counts, name) + 1)
                    if name in ("diverged", "refused"):
                        refusals.append((response, result))
            self.waiting.extendleft(response for response, _ in reversed(passing))
            if len(passing) < len(batch):
                self.failures = 0
                self.batch_bytes = min(self.batch_bytes + self.batch_bytes // 8 + 1, self.BATCH_BYTES)
            if passing:
                status, code, message = passing[0][1]
                self.put_off(f"{self.recorder} answered {status}: {code + ': ' if code else ''}{message}", retry_after)
            else:
                self.counts.last_failure = None
            self.condition.notify_all()
        for response, result in refusals:
            self.tell(self.on_refusal, response, *result)

    def halve(self, body: bytes) -> None:
        """Lets less be sent at once; it grows again with what goes through."""
        self.batch_bytes = len(body) // 2
        self.is_again = True

    def put_off(self, failure: str, retry_after: float = 0.0) -> None:
        """Lets a pause come before the next batch."""
        pause = min(self.FIRST_PAUSE * 2 ** min(self.failures, 30), self.LONGEST_PAUSE) * random.uniform(0.5, 1)
        self.failures += 1
        self.is_again = True
        with self.condition:
            # What fails once time is over does not say why the recorder did not answer until then.
            if not self.is_given_up:
                self.counts.last_failure = failure
            self.resume_at = time.monotonic() + max(pause, min(retry_after, self.LONGEST_RETRY_AFTER))

    def tell_change(self) -> None:
        """Tells whether the recorder fails, if that is no longer what was told last."""
        failure = self.counters.last_failure
        if self.is_failing == (failure is not None):
            return
        self.is_failing = not self.is_failing
        if failure is not None:
            self.tell(self.on_failing, failure)
        else:
            self.tell(self.on_recovered)

    def tell(self, report: Optional[Callable[..., None]], *facts: object) -> None:
        if report is None:
            return
        try:
            report(*facts)
        except Exception:
            # It is not for this to end the thread, and with it all that waits.
            logging.getLogger("responder").exception("%r raised", report)


def outcome(status: int) -> str:
    """The counter of a final status."""
    if status < 300:
        return "stored" if status == 201 else "repeated"
    return "diverged" if status == 409 else "refused"


def failure_text(url: str, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot reach {url}: {(error.strerror or str(error) or type(error).__name__).lower()}"
    return f"cannot read what {url} answered: {error or type(error).__name__}"


# The command line


class Told(NamedTuple):
    """A message, as a line tells of it."""

    id: str
    topic: Optional[str]
    sequence: Optional[int]
    payload: bytes
    content_type: Optional[str]


def read_message(line: bytes) -> Optional[Told]:
    """None for an event that is none, such as a gap; ValueError for what is neither."""
    try:
        told = json.loads(line)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(told, dict):
        raise ValueError("it is no object")
    if "event" in told:
        return None
    if told.get("id") is None:
        raise ValueError("it has no id, as those of raw topics, so nobody can answer it")
    text, encoded = told.get("payload"), told.get("payloadBase64")
    if isinstance(encoded, str):
        payload = base64.b64decode(encoded, validate=True)
    elif isinstance(text, str):
        payload = text.encode()
    else:
        raise ValueError("it has neither payload nor payloadBase64")
    topic = None if not told.get("topic") else checked_label("topic", told["topic"])
    attributes = told.get("attributes")
    content_type = attributes.get("content-type") if isinstance(attributes, dict) else None
    return Told(checked_label("id", told["id"]), topic, told.get("sequence") or None, payload, content_type)


def output(command: str, message: Told) -> bytes:
    """What a command prints for a message; the variables are those of `headcast subscribe --exec`."""
    told = {"HEADCAST_ID": message.id, "HEADCAST_TOPIC": message.topic, "HEADCAST_SEQUENCE": message.sequence}
    variables = {name: str(value) for name, value in told.items() if value is not None}
    done = subprocess.run(
        ["/bin/sh", "-c", command], input=message.payload, stdout=subprocess.PIPE, env={**os.environ, **variables})
    if done.returncode:
        how = f"status {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
        raise ValueError(f"the command ended with {how}")
    return done.stdout


def seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f'"{text}" is not a duration like 250ms or 10s')
    return float(match[1]) / (1_000 if match[2] == "ms" else 1)


class ArgumentParser(argparse.ArgumentParser):
    """Ends as `headcast` does when flags are wrong."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(os.EX_USAGE, f"{self.prog}: error: {message}\n")


def parse_arguments() -> Tuple[argparse.Namespace, Responder]:
    parser = ArgumentParser(
        description="Answers each message that a subscriber prints as a line of JSON; counters go to standard error at "
                    "the end. Exit status 1 tells that a line has no response, or that the recorder did not take one; "
                    "64 that a flag is wrong.")
    parser.add_argument("--recorder", required=True, metavar="URL", help="such as http://headcast-recorder:8090")
    parser.add_argument("--key", default="state", help="which state the answers are about (%(default)s)")
    parser.add_argument("--responder", metavar="NAME", help="who answers (the name of the host)")
    parser.add_argument("--exec", dest="command", metavar="COMMAND",
                        help="respond with what this prints, with the payload as its standard input, instead of with "
                             "the payload itself; unless it ends with 0 there is no response")
    parser.add_argument("--timeout", type=seconds, default="10s", metavar="DURATION",
                        help="how long to go on at the end of the input (%(default)s)")
    options = parser.parse_args()
    try:
        checked_label("--key", options.key)
        return options, Responder(
            options.recorder, options.responder, on_refusal=report,
            on_failing=lambda reason: say(f"{reason}; responses wait"),
            on_recovered=lambda: say(f"{options.recorder} answers again"))
    except ValueError as error:
        parser.error(str(error))


def say(line: str) -> None:
    print(f"responder: {line}", file=sys.stderr, flush=True)


def report(response: Response, status: int, code: str, message: str) -> None:
    say(f"message {response.message_id}: {code or status}: {message}")


def stop_on_signals(responder: Responder, timeout: float) -> None:
    """SIGTERM ends the input; SIGINT, which a terminal sends to the subscriber too, lets that end it.

    A second one, of either, ends the program at once.
    """

    def stop(number: int, frame: Optional[FrameType]) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if number == signal.SIGTERM:
            # The main thread runs this wherever it is, perhaps with the outbox's lock: another closes, and wakes it.
            threading.Thread(target=responder.close, args=(timeout,), daemon=True).start()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def answer_lines(lines: Iterable[bytes], responder: Responder, key: str, command: Optional[str]) -> int:
    """Gives how many lines have no response."""
    failed = 0
    for number, line in enumerate(lines, start=1):
        try:
            message = read_message(line) if line.strip() else None
            if message is None:
                continue
            if command is None:
                responder.respond(message, key, message.payload, message.content_type)
            else:
                responder.respond(message, key, output(command, message))
        except (ValueError, OSError) as error:
            failed += 1
            say(f"line {number} has no response: {error}")
    return failed


def main() -> None:
    options, responder = parse_arguments()
    stop_on_signals(responder, options.timeout)
    failed = 0
    try:
        failed = answer_lines(sys.stdin.buffer, responder, options.key, options.command)
    finally:
        waiting = responder.close(options.timeout)
    counters = responder.counters
    if waiting:
        noun = "1 response is" if waiting == 1 else f"{waiting} responses are"
        say(f"{noun} not acknowledged: {counters.last_failure or 'no answer in time'}")
    print(json.dumps(vars(counters)), file=sys.stderr, flush=True)
    sys.exit(1 if waiting or failed or counters.refused else 0)


if __name__ == "__main__":
    main()
