"""Answers as subscribers do, over many connections, until every response that was begun is acknowledged.

load.py LEDGER URL... [--seed N] [--states N] [--keys N] [--responders A-B] [--connections N] [--batch N] [--bytes N]
        [--divergent PERCENT] [--again PERCENT]

Each of the responders answers to each state, state by state. Messages have --keys states each. What is said depends on
the seed, the state and the responder alone: the same for all but --divergent percent of the responses, which differ in
their payload or only in their content type. Every second connection sends batches. What is not acknowledged, because
the connection is lost or the status is 429 or 5xx, is sent to the next URL; --again percent of the requests are sent
once more although they are. After SIGTERM no response is begun.

LEDGER gets a line of JSON for each acknowledgement. Prints "acknowledged N" now and then, and one line of JSON at the
end.
"""
from __future__ import annotations

import argparse
import base64
import collections
import http.client
import json
import random
import signal
import sys
import threading
import time
import urllib.parse
from typing import Counter, Dict, List, Optional, TextIO, Tuple

PAUSE = 0.05
TIMEOUT = 30.0
Response = Dict[str, Optional[str]]
# The status, and with 409 the responder of the record as far as that was told.
Result = Tuple[int, Optional[str]]


class Plan:
    """Which responses there are, each by its number."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        first, last = options.responders.split("-")
        self.first, self.responders = int(first), int(last) - int(first) + 1
        self.count = options.states * self.responders

    def response(self, number: int) -> Response:
        state, responder = number // self.responders, self.first + number % self.responders
        payload, content_type = self.answer(state)
        chance = random.Random(f"{self.options.seed} {state} {responder}")
        if chance.random() * 100 < self.options.divergent:
            # Two may differ in the same way, as replicas with the same fault do.
            if chance.random() < 0.5:
                payload += b"!" * chance.randint(1, 3)
            else:
                content_type = "text/html" if content_type else "text/plain"
        message, key = divmod(state, self.options.keys)
        return {
            "messageId": f"m{message}", "key": f"k{key}", "responder": f"pod-{responder}", "contentType": content_type,
            "payloadBase64": base64.b64encode(payload).decode()}

    def answer(self, state: int) -> Tuple[bytes, Optional[str]]:
        chance = random.Random(f"{self.options.seed} {state}")
        size = chance.randint(0, self.options.bytes)
        payload = chance.randbytes(size) if chance.random() < 0.5 else b"x" * size
        return payload, chance.choice([None, "text/plain; charset=utf-8", "application/json"])


class Work:
    """Hands out the responses, one after the other, and writes down which are acknowledged."""

    def __init__(self, plan: Plan, ledger: TextIO) -> None:
        self.plan, self.ledger = plan, ledger
        self.lock = threading.Lock()
        self.begun = self.acknowledged = self.told = self.lost = 0
        self.refused: Counter[str] = collections.Counter()
        self.is_stopped = False

    def take(self, count: int) -> List[Response]:
        with self.lock:
            numbers = range(self.begun, self.begun if self.is_stopped else min(self.begun + count, self.plan.count))
            self.begun = numbers.stop
        return [self.plan.response(number) for number in numbers]

    def note(self, acknowledged: List[Tuple[Response, Result]]) -> None:
        lines = [json.dumps({**response, "status": status, "firstResponder": first}) + "\n"
                 for response, (status, first) in acknowledged]
        with self.lock:
            self.ledger.writelines(lines)
            self.ledger.flush()
            self.acknowledged += len(lines)
            if self.acknowledged - self.told >= 20:
                self.told = self.acknowledged
                print(f"acknowledged {self.told}", flush=True)

    def refuse(self, reason: str) -> None:
        with self.lock:
            self.refused[reason] += 1

    def lose(self) -> None:
        with self.lock:
            self.lost += 1


class Subscriber(threading.Thread):
    """One connection at a time, to one recorder after the other."""

    def __init__(self, index: int, options: argparse.Namespace, work: Work) -> None:
        super().__init__()
        self.urls: List[str] = options.urls
        self.place = index
        self.size = options.batch if index % 2 else 1
        self.again = options.again
        self.chance = random.Random(f"{options.seed} {index}")
        self.work = work
        self.connection: Optional[http.client.HTTPConnection] = None
        self.failure: Optional[str] = None

    def run(self) -> None:
        while responses := self.work.take(self.size):
            repeats = 2 if self.chance.random() * 100 < self.again else 1
            for _ in range(repeats):
                waiting = responses
                while waiting and not self.failure:
                    waiting = self.send(waiting)
            if self.failure:
                return

    def send(self, responses: List[Response]) -> List[Response]:
        """Sends what is not acknowledged yet; gives what is not afterwards."""
        try:
            results = self.post(responses)
        except (OSError, http.client.HTTPException):
            self.work.lose()
            self.move()
            return responses
        self.work.note([(response, result) for response, result in zip(responses, results)
                        if result[0] in (200, 201, 409)])
        waiting = [response for response, (status, _) in zip(responses, results) if status == 429 or status >= 500]
        unexpected = {status for status, _ in results if status not in (200, 201, 409, 429) and status < 500}
        if unexpected:
            self.failure = f"answered {unexpected}"
            self.work.is_stopped = True
        if waiting:
            self.move()
        return waiting

    def post(self, responses: List[Response]) -> List[Result]:
        """The result of each."""
        if self.connection is None:
            host = urllib.parse.urlsplit(self.urls[self.place % len(self.urls)]).netloc
            self.connection = http.client.HTTPConnection(host, timeout=TIMEOUT)
        body = "".join(json.dumps(response) + "\n" for response in responses)
        self.connection.request("POST", "/responses" if self.size == 1 else "/responses/batch", body.encode())
        answer = self.connection.getresponse()
        document = json.loads(answer.read())
        if answer.status >= 429:
            retry = "" if answer.headers["Retry-After"] else " without Retry-After"
            self.work.refuse(f"{answer.status} {document['error']['code']}{retry}")
        if answer.status != 200 or self.size == 1:
            return [result(answer.status, document)] * len(responses)
        results = document["results"]
        if len(results) != len(responses):
            raise http.client.HTTPException(f"{len(results)} results for {len(responses)} responses")
        for one in results:
            if one["status"] >= 429:
                self.work.refuse(f"{one['status']} {one['error']['code']}")
        return [result(one["status"], one) for one in results]

    def move(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None
        self.place += 1
        time.sleep(PAUSE)


def result(status: int, document: Dict[str, Dict[str, Dict[str, str]]]) -> Result:
    record = document["error"]["record"] if status == 409 else None
    return status, record["responder"] if record else None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger")
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--responders", default="0-4")
    for name, usual in [("seed", 1), ("states", 1_000_000), ("keys", 3), ("connections", 8), ("batch", 20),
                        ("bytes", 100), ("divergent", 0), ("again", 2)]:
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with open(options.ledger, "w") as ledger:
        work = Work(Plan(options), ledger)

        def stop(*_: object) -> None:
            work.is_stopped = True

        signal.signal(signal.SIGTERM, stop)
        subscribers = [Subscriber(index, options, work) for index in range(options.connections)]
        for subscriber in subscribers:
            subscriber.start()
        for subscriber in subscribers:
            subscriber.join()
    summary = {"begun": work.begun, "acknowledged": work.acknowledged, "lost": work.lost, "refused": work.refused}
    print(json.dumps(summary), flush=True)
    failures = [subscriber.failure for subscriber in subscribers if subscriber.failure]
    sys.exit("; ".join(failures) if failures else None)


main()
