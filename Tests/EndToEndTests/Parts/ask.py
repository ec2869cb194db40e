"""Asks a name server one question: ask.py PORT udp|tcp KIND NAME"""
import socket
import struct
import sys

port, transport, kind, name = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 1) + labels + b"\0"
query += struct.pack(">HH", {"A": 1, "AAAA": 28, "SRV": 33}[kind], 1) + b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
sock.settimeout(0.5)
sock.connect(("127.0.0.1", port))
try:
    sock.sendall(query if transport == "udp" else struct.pack(">H", len(query)) + query)
    answer = sock.recv(65535)
    while transport == "tcp" and len(answer) < 2 + struct.unpack(">H", answer[:2])[0]:
        answer += sock.recv(65535)
    flags, _, count = struct.unpack(">HHH", answer[2:8] if transport == "udp" else answer[4:10])
    print("rcode", flags & 15, "truncated", bool(flags & 0x200), "answers", count)
except (socket.timeout, ConnectionError):
    print("no answer")
