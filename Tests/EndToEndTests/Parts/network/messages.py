"""Publishes random payloads and keeps a ledger of them.

messages.py LEDGER PLAN URL... [--seed N] [--connections N] [--rate N] [--keys] [--retry SECONDS] [--text]

PLAN is a list of sizes in bytes such as 0,1,1232, each as often as is said with "x", anywhere in a range where there is
one: 100x200,50x0-3000. Each message goes to every URL, by one of the connections, which wait for their answers. With
--keys it bears an Idempotency-Key, the same at every URL, and is sent again while there is no answer.

LEDGER gets a line of JSON for each publish: the URL's place, status (0 without an answer), id, topic, epoch, sequence,
sha256 and bytes. Prints "publishing" after the first answer.
"""
from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import random
import threading
import time
import urllib.parse
from typing import Dict, List, Optional, TextIO


def sizes(plan: str, chance: random.Random) -> List[int]:
    found = []
    for part in plan.split(","):
        count, _, size = part.rpartition("x")
        least, _, most = size.partition("-")
        found += [chance.randint(int(least), int(most or least)) for _ in range(int(count or 1))]
    return found


class Work:
    """Hands out the payloads, one after the other, and writes down what became of them."""

    def __init__(self, options: argparse.Namespace, ledger: TextIO) -> None:
        self.chance = random.Random(options.seed)
        self.sizes = sizes(options.plan, self.chance)
        self.options, self.ledger = options, ledger
        self.lock = threading.Lock()
        self.count = self.answered = 0
        self.begun = time.monotonic()

    def next(self) -> Optional[tuple[int, bytes]]:
        with self.lock:
            if self.count == len(self.sizes):
                return None
            size = self.sizes[self.count]
            payload = (bytes(self.chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=size)) if self.options.text
                       else self.chance.randbytes(size))
            self.count += 1
            index = self.count
        if self.options.rate:
            time.sleep(max(0.0, self.begun + index / self.options.rate - time.monotonic()))
        return index, payload

    def note(self, place: int, payload: bytes, status: int, receipt: Dict[str, object]) -> None:
        entry = {name: receipt.get(name) for name in ("id", "topic", "epoch", "sequence", "sent", "replayed")}
        digest = hashlib.sha256(payload).hexdigest()
        line = json.dumps({"place": place, "status": status, **entry, "sha256": digest, "bytes": len(payload)})
        with self.lock:
            self.ledger.write(line + "\n")
            self.answered += status > 0
            if self.answered == 1 and status:
                print("publishing", flush=True)


class Sender:
    """One connection to each URL."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.urls = [urllib.parse.urlsplit(url) for url in work.options.urls]
        self.connections = [http.client.HTTPConnection(url.netloc, timeout=20) for url in self.urls]

    def run(self) -> None:
        while True:
            given = self.work.next()
            if given is None:
                break
            index, payload = given
            for place in range(len(self.urls)):
                status, receipt = self.publish(place, index, payload)
                self.work.note(place, payload, status, receipt)
        for connection in self.connections:
            connection.close()

    def publish(self, place: int, index: int, payload: bytes) -> tuple[int, Dict[str, object]]:
        """The answer; status 0 where none came, once the gateway can be reached again."""
        options, connection = self.work.options, self.connections[place]
        until = time.monotonic() + options.retry
        headers = {"Idempotency-Key": f"{options.seed}-{index}"} if options.keys else {}
        was_sent = False
        while True:
            try:
                if connection.sock is None:
                    connection.connect()
                was_sent = True
                connection.request("POST", self.urls[place]._replace(scheme="", netloc="").geturl(), payload, headers)
                response = connection.getresponse()
                body = response.read()
                return response.status, json.loads(body) if response.status in (200, 201, 202) else {}
            except (OSError, http.client.HTTPException):
                connection.close()
                # Without a key it may have been published: once is enough.
                if time.monotonic() > until or (was_sent and not options.keys):
                    return 0, {}
                time.sleep(0.02)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger")
    parser.add_argument("plan")
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--retry", type=float, default=0)
    parser.add_argument("--keys", action="store_true")
    parser.add_argument("--text", action="store_true")
    options = parser.parse_args()
    with open(options.ledger, "w") as ledger:
        work = Work(options, ledger)
        threads = [threading.Thread(target=Sender(work).run) for _ in range(options.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


main()
