"""Prints every datagram that arrives, one line each: listener.py [HOST [PORT]]"""
import signal
import socket
import sys

# More than fits a UDP datagram: with a smaller buffer the kernel would cut longer ones, without saying so.
LARGEST = 65_535
# What may wait while this program is busy. The kernel grants net.core.rmem_max at most, often 212,992 bytes.
WANTED_BUFFER = 8 << 20

host = sys.argv[1] if len(sys.argv) > 1 else "0.0.0.0"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12_000

# The first process of a container is not ended by a signal that it has no handler for.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))

# Neither SO_REUSEPORT nor SO_REUSEADDR: two listeners on one port would share the datagrams between them.
listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
# Linux doubles what was asked for, to have room for its own overhead, and says the double.
granted = listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
listener.bind((host, port))
print(f"listening on port {listener.getsockname()[1]}", flush=True)
print(f"receive buffer: {granted} bytes granted of {WANTED_BUFFER}", flush=True)

while True:
    payload, sender = listener.recvfrom(LARGEST)
    print(f"received {len(payload)} bytes from {sender[0]}: {payload!r}", flush=True)
