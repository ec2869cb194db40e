"""Sends the vectors to a receiver that knows neither time nor order: short_receiver.py COMMAND...

COMMAND is given an address to listen on; it says "listening on ADDRESS:PORT" in the first line of its standard error,
and prints the payload of each message and a line feed. What it prints must be the messages of the vectors, each once,
whatever else is sent between them. Exits with 0 and says how many there were, or with 1 and the difference.
"""
from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from typing import Iterator, List, Tuple

from support import Told, every_datagram, read_vectors

import subscriber
from envelope import envelope, identifier, start


def steps() -> Iterator[Tuple[str, bytes, List[bytes]]]:
    """Where a datagram comes from, the datagram, and the payloads that it gives at once."""
    for index, vector in enumerate(read_vectors()["datagrams"]):
        data = bytearray.fromhex(vector["hex"])
        # They are no stream together: each gets a source of its own.
        data[12:16] = (0xF000_0000 + index).to_bytes(4, "big")[:max(len(data) - 12, 0)]
        yield vector["name"], bytes(data), whole_payloads(vector)
    for stream in read_vectors()["streams"]:
        # What is given up after some time, expires or does not fit is not for those that know no time.
        beyond = {"incompleteMessages", "expiredMessages"} & set(stream["counters"])
        if beyond or stream["settings"] or "arrival" not in stream["modes"]:
            continue
        for step in stream["steps"]:
            payloads = [bytes.fromhex(event["payload"]) for event in step["events"] if event["event"] == "message"]
            if "datagram" in step:
                yield stream["name"], bytes.fromhex(step["datagram"]), payloads
            assert "datagram" in step or not payloads


def whole_payloads(vector: Told) -> List[bytes]:
    """The messages of a single datagram that are whole and sound."""
    payloads = []
    for record in vector.get("records", []):
        told = record.get("start")
        if told is None or len(told["part"]) // 2 != told["bodyBytes"]:
            continue
        body = bytes.fromhex(told["part"])
        if subscriber.read_attributes(body[:told["attributeBytes"]]) is not None:
            payloads.append(body[told["attributeBytes"]:])
    return payloads


class Receiver:
    def __init__(self, command: List[str]) -> None:
        self.process = subprocess.Popen(
            [*command, "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.output, self.expected = bytearray(), bytearray()
        self.settled = 0
        self.errors: List[str] = []
        assert self.process.stderr is not None
        line = self.process.stderr.readline().decode()
        match = re.fullmatch(r"listening on .*:(\d+)\n", line)
        if match is None:
            sys.exit(line + self.process.stderr.read().decode())
        self.address = ("127.0.0.1", int(match[1]))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for reader in (self.read_output, self.read_errors):
            threading.Thread(target=reader, daemon=True).start()

    def read_output(self) -> None:
        assert self.process.stdout is not None
        for data in iter(lambda: os.read(self.process.stdout.fileno(), 1 << 16), b""):  # type: ignore[union-attr]
            self.output += data

    def read_errors(self) -> None:
        for line in self.process.stderr or []:
            self.errors.append(line.decode())

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self.address)

    def settle(self, where: str) -> None:
        """All that was sent is read when a message behind it is printed; what was printed is what was expected."""
        self.settled += 1
        record = start(self.settled, b"settled", id=identifier(f"settled {self.settled}"))
        self.send(envelope(record.data, topic="settled", number=self.settled))
        self.expected += b"settled\n"
        until = time.monotonic() + 20
        while len(self.output) < len(self.expected) and time.monotonic() < until:
            time.sleep(0.001)
        if self.output != self.expected:
            self.process.kill()
            at = len(os.path.commonprefix([bytes(self.output), bytes(self.expected)]))
            printed, expected = bytes(self.output[at:at + 80]), bytes(self.expected[at:at + 80])
            sys.exit(f"{where}: at {at}: printed {printed!r}, expected {expected!r}")


def check_complaints(receiver: Receiver) -> None:
    """A datagram of another format or version is told of, and what to do."""
    for data, complaint in [
        (b"hello", "is not enveloped; its topic wants format=enveloped"), (b"", "is not enveloped"),
        (b"\xf5HC\x02", "version"), (b"\xf5HC\x01", "is malformed"),
    ]:
        count = len(receiver.errors)
        receiver.send(data)
        receiver.settle("complaints")
        until = time.monotonic() + 20
        while len(receiver.errors) == count and time.monotonic() < until:
            time.sleep(0.001)
        if complaint not in "".join(receiver.errors[count:]):
            sys.exit(f"of {data!r} it said {receiver.errors[count:]}, expected {complaint}")


def check_usage(command: List[str]) -> None:
    """Where it cannot listen it says so in one line, and ends."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    for arguments, complaint, status in [
        (["12000"], "subscriber: 12000: expected ADDRESS:PORT like 0.0.0.0:12000 or [::]:12000\n", 1),
        (["--help"], "usage: ", 64), ([f"127.0.0.1:{taken.getsockname()[1]}"], "ddress already in use", 1),
    ]:
        ended = subprocess.run([*command, *arguments], stderr=subprocess.PIPE, text=True, timeout=60)
        if ended.returncode != status or complaint not in ended.stderr or ended.stderr.count("\n") != 1:
            sys.exit(f"given {arguments} it ended with {ended.returncode} and said {ended.stderr}")
    taken.close()


def main() -> None:
    check_usage(sys.argv[1:])
    receiver = Receiver(sys.argv[1:])
    check_complaints(receiver)
    count = 0
    for where, data, payloads in steps():
        receiver.send(data)
        for payload in payloads:
            receiver.expected += payload + b"\n"
        count += len(payloads)
        receiver.settle(where)
    dice = random.Random(7)
    garbage = [dice.randbytes(dice.randrange(100)) for _ in range(1_000)]
    # Cut anywhere, a datagram of the vectors is malformed, or says nothing new.
    garbage += [data[:dice.randrange(len(data))] for data in every_datagram() * 4 if data]
    for sent, data in enumerate(garbage):
        receiver.send(data)
        if sent % 32 == 0:
            receiver.settle("garbage")
    receiver.settle("garbage")
    if receiver.process.poll() is not None:
        sys.exit("it ended")
    receiver.process.kill()
    receiver.process.wait()
    print(f"{count} messages of the vectors, each once")


main()
