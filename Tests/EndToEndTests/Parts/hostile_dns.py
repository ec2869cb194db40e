"""Answers every DNS query with something bad: hostile_dns.py PORT MANNER; a line of output per query."""
import os
import select
import socket
import struct
import sys

ADDRESS = bytes([127, 0, 9, 9])


def header(query, answers, flags=0x8400, questions=1):
    return query[:2] + struct.pack(">HHHHH", flags, questions, answers, 0, 0)


def question(query):
    end = 12
    while query[end]:
        end += query[end] + 1
    return query[12 : end + 5]


def record(name, kind, payload, length=None):
    return name + struct.pack(">HHIH", kind, 1, 1, len(payload) if length is None else length) + payload


def answer(query, manner, tcp):
    asked = question(query)
    kind = struct.unpack(">H", asked[-4:-2])[0]
    pointer = b"\xc0\x0c"
    good = record(pointer, kind, ADDRESS)
    if manner == "garbage":
        return os.urandom(300)
    if manner == "garbage-after-header":
        return header(query, 9) + os.urandom(400)
    if manner == "empty":
        return b""
    if manner == "header-only":
        return query[:2] + b"\x84\x00"
    if manner == "loop":
        here = struct.pack(">H", 0xC000 | (12 + len(asked)))
        return header(query, 1) + asked + record(here, kind, ADDRESS)
    if manner == "forward-pointer":
        return header(query, 1) + asked + record(b"\xff\xff", kind, ADDRESS)
    if manner == "counts":
        return header(query, 65535) + asked + good
    if manner == "long-length":
        return header(query, 1) + asked + record(pointer, kind, ADDRESS, 60000)
    if manner == "short-address":
        return header(query, 1) + asked + record(pointer, kind, ADDRESS[:3])
    if manner == "wrong-id":
        return bytes([query[0] ^ 0xFF, query[1]]) + (header(query, 1) + asked + good)[2:]
    if manner == "wrong-question":
        other = b"\x04evil\x07example\x00" + asked[-4:]
        return header(query, 1) + other + good
    if manner == "wrong-name":
        return header(query, 1) + asked + record(b"\x04evil\x07example\x00", kind, ADDRESS)
    if manner == "huge":
        if not tcp:
            return header(query, 0, 0x8600) + asked
        count = 4000
        return header(query, count) + asked + b"".join(
            record(pointer, 1, struct.pack(">I", 0x7F100001 + n)) for n in range(count)
        )
    if manner == "always-truncated":
        return header(query, 0, 0x8600) + asked
    if manner == "cname-loop":
        return header(query, 1) + asked + record(pointer, 5, pointer)
    raise SystemExit(f"unknown manner {manner}")


def main():
    port, manner = int(sys.argv[1]), sys.argv[2]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))
    streams = socket.create_server(("127.0.0.1", port))
    print("ready", flush=True)
    while True:
        for sock in select.select([datagrams, streams], [], [])[0]:
            if sock is datagrams:
                query, sender = datagrams.recvfrom(65535)
                datagrams.sendto(answer(query, manner, False), sender)
            else:
                stream, _ = streams.accept()
                stream.settimeout(1)
                try:
                    query = stream.recv(65535)[2:]
                    reply = answer(query, manner, True)
                    stream.sendall(struct.pack(">H", len(reply)) + reply)
                except (OSError, IndexError):
                    pass
                stream.close()
            print(manner, flush=True)


main()
