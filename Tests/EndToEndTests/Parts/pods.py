"""Receives for many pods at once and counts.

pods.py RECORDS PORT               one socket for every address of this machine, told apart by destination
pods.py RECORDS ENDPOINT...        a socket per endpoint

Prints "ready", then a line of JSON whenever the counts have changed, and a last one after SIGTERM with what the
payloads of publish.py say about order, duplicates and delay. RECORDS.ENDPOINT then holds each pod's payload heads:
connection, number, sent at, arrived at; 8 bytes each, big endian.
"""
import json
import os
import select
import signal
import socket
import struct
import sys
import time

HEAD = struct.Struct(">QQQ")
SO_RXQ_OVFL = 40
IP_PKTINFO = 8


class Pod:
    def __init__(self, endpoint):
        self.endpoint, self.arrived, self.heads, self.bytes = endpoint, 0, [], 0

    def take(self, payload, now):
        self.arrived += 1
        self.bytes += len(payload)
        if len(payload) >= HEAD.size:
            self.heads.append((payload[: HEAD.size], now))


def opened(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.setblocking(False)
    sock.bind((address, port))
    return sock


def kernel_drops(socks):
    inodes = {str(os.fstat(sock.fileno()).st_ino) for sock in socks}
    drops = 0
    for name in ("udp", "udp6"):
        with open("/proc/self/net/" + name) as table:
            for line in table.readlines()[1:]:
                fields = line.split()
                if fields[9] in inodes:
                    drops += int(fields[-1])
    return drops


def tally(pod):
    last, seen, out_of_order, duplicates, delays = {}, set(), 0, 0, []
    for head, now in pod.heads:
        connection, number, sent = HEAD.unpack(head)
        if (connection, number) in seen:
            duplicates += 1
        elif number < last.get(connection, -1):
            out_of_order += 1
        seen.add((connection, number))
        last[connection] = number
        delays.append(now - sent)
    delays.sort()
    return {
        "arrived": pod.arrived,
        "bytes": pod.bytes,
        "outOfOrder": out_of_order,
        "duplicates": duplicates,
        "medianSeconds": delays[len(delays) // 2] / 1e9 if delays else None,
        "slowestSeconds": delays[-1] / 1e9 if delays else None,
    }


def main():
    records, places = sys.argv[1], sys.argv[2:]
    pods, socks, ended = {}, {}, []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    wild = len(places) == 1 and ":" not in places[0]
    if wild:
        sock = opened("0.0.0.0", int(places[0]))
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        socks[sock.fileno()] = sock
    for endpoint in [] if wild else places:
        address, port = endpoint.rsplit(":", 1)
        sock = opened(address.strip("[]"), int(port))
        socks[sock.fileno()] = sock
        pods[endpoint] = pods[sock.fileno()] = Pod(endpoint)
    poll = select.epoll()
    for number in socks:
        poll.register(number, select.EPOLLIN)

    def counts():
        return {"pods": {p.endpoint: p.arrived for k, p in pods.items() if isinstance(k, str)}}

    print("ready", flush=True)
    changed, printed = False, 0.0
    def receive(wait):
        arrived = False
        for number, _ in poll.poll(wait):
            sock = socks[number]
            try:
                for _ in range(256):
                    if wild:
                        payload, ancillary, _, _ = sock.recvmsg(65536, 64)
                        address = socket.inet_ntoa(ancillary[0][2][8:12])
                        endpoint = f"{address}:{places[0]}"
                        pod = pods.setdefault(endpoint, Pod(endpoint))
                    else:
                        payload, pod = sock.recv(65536), pods[number]
                    pod.take(payload, time.monotonic_ns())
                    arrived = True
            except BlockingIOError:
                pass
        return arrived

    while not ended:
        changed |= receive(0.05)
        if changed and time.monotonic() - printed > 0.05:
            changed, printed = False, time.monotonic()
            print(json.dumps(counts()), flush=True)
    while receive(0):
        pass

    named = [pod for key, pod in pods.items() if isinstance(key, str)]
    for pod in named:
        with open(f"{records}.{pod.endpoint}", "wb") as file:
            file.write(b"".join(head + now.to_bytes(8, "big") for head, now in pod.heads))
    final = {"final": {p.endpoint: tally(p) for p in named}, "drops": kernel_drops(socks.values())}
    print(json.dumps({**counts(), **final}), flush=True)


main()
