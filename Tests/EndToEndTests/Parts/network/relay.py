"""Passes datagrams on as a bad network does: late, out of order, some of them twice.

relay.py LISTEN TO SEED DELAY DUPLICATES      ADDRESS:PORT twice, seconds at most, share of 0 to 1

Prints "ready", and after SIGTERM how many came, left, and overtook an earlier one.
"""
from __future__ import annotations

import heapq
import json
import random
import select
import signal
import socket
import sys
import time
from typing import List, Tuple


def endpoint(text: str) -> Tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    listen, to = endpoint(sys.argv[1]), endpoint(sys.argv[2])
    chance, delay, duplicates = random.Random(int(sys.argv[3])), float(sys.argv[4]), float(sys.argv[5])
    ended: List[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    way.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    way.bind(listen)
    way.setblocking(False)
    print("ready", flush=True)
    waiting: List[Tuple[float, int, bytes]] = []
    came = left = overtakers = latest = 0
    while not ended:
        wait = max(waiting[0][0] - time.monotonic(), 0) if waiting else 0.1
        select.select([way], [], [], min(wait, 0.1))
        try:
            while True:
                datagram = way.recv(65_536)
                came += 1
                for _ in range(1 + (chance.random() < duplicates)):
                    heapq.heappush(waiting, (time.monotonic() + chance.random() * delay, came, datagram))
        except BlockingIOError:
            pass
        while waiting and waiting[0][0] <= time.monotonic():
            _, place, datagram = heapq.heappop(waiting)
            way.sendto(datagram, to)
            left += 1
            overtakers += place < latest
            latest = max(latest, place)
    print(json.dumps({"came": came, "left": left, "overtaken": overtakers}), flush=True)


main()
