"""Publishes over many connections, one request at a time on each.

publish.py RECORDS HOST PORT PATH CONNECTIONS MESSAGES RATE SIZE

RATE 0 is as fast as answers come; MESSAGES 0 is until the server closes. The payload starts with the connection, the
number on it and the time of sending (monotonic), 8 bytes each, big endian. Prints "publishing" after the first answer
and one line of JSON at the end. RECORDS holds for each answered message: connection, number, status, sequence, sent,
failed; 8 bytes each, big endian.
"""
import json
import select
import socket
import struct
import sys
import time

RECORD = struct.Struct(">QQQQQQ")
GRACE = 30.0


class Connection:
    def __init__(self, index, address):
        self.index, self.count, self.received, self.waiting, self.started = index, 0, b"", False, 0
        self.sock = socket.create_connection(address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def publish(self, head, filler):
        self.started = time.monotonic_ns()
        payload = struct.pack(">QQQ", self.index, self.count, self.started) + filler
        self.waiting = True
        self.sock.sendall(head + payload)

    def answer(self):
        """The next complete answer as (status, body, closes), None while there is none, EOFError at the end."""
        chunk = self.sock.recv(65536)
        if not chunk:
            raise EOFError
        self.received += chunk
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.received[:end].decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(fields["content-length"])
        if len(self.received) < end + 4 + length:
            return None
        body = self.received[end + 4 : end + 4 + length]
        self.received = self.received[end + 4 + length :]
        self.waiting = False
        return int(head[0].split()[1]), body, fields.get("connection", "").lower() == "close"


def main():
    records, host, port, path = sys.argv[1:5]
    connections, messages, rate, size = map(int, sys.argv[5:9])
    filler = b"." * (size - 24)
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {size}\r\n\r\n".encode()
    each = messages // connections if messages else 1 << 62
    address = (host, int(port))
    poll, open_ones, idle = select.epoll(), {}, []
    for index in range(connections):
        connection = Connection(index, address)
        open_ones[connection.sock.fileno()] = connection
        poll.register(connection.sock.fileno(), select.EPOLLIN)
        idle.append(connection)

    statuses, rows, unanswered, slowest, published = {}, [], 0, 0, 0
    begun = time.monotonic()
    last = begun

    def drop(connection):
        nonlocal unanswered
        unanswered += connection.waiting
        open_ones.pop(connection.sock.fileno(), None)
        connection.sock.close()
        if connection in idle:
            idle.remove(connection)

    while open_ones:
        now = time.monotonic()
        while idle and (not rate or published < (now - begun) * rate):
            connection = idle.pop(0)
            if connection.count >= each:
                drop(connection)
                continue
            try:
                connection.publish(head, filler)
                published += 1
            except OSError:
                drop(connection)
        if now - last > GRACE:
            break
        for number, _ in poll.poll(0.001 if rate else 1.0):
            connection = open_ones.get(number)
            if connection is None:
                continue
            try:
                answer = connection.answer()
            except (EOFError, OSError):
                drop(connection)
                continue
            if answer is None:
                continue
            last = time.monotonic()
            slowest = max(slowest, time.monotonic_ns() - connection.started)
            status, body, closes = answer
            statuses[status] = statuses.get(status, 0) + 1
            receipt = json.loads(body) if status in (201, 202) else {}
            fields = (receipt.get(name, 0) for name in ("sequence", "sent", "failed"))
            rows.append(RECORD.pack(connection.index, connection.count, status, *fields))
            if len(rows) == 1:
                print("publishing", flush=True)
            connection.count += 1
            if closes:
                drop(connection)
            else:
                idle.append(connection)

    for connection in list(open_ones.values()):
        drop(connection)
    with open(records, "wb") as file:
        file.write(b"".join(rows))
    summary = {
        "statuses": statuses,
        "unanswered": unanswered,
        "published": published,
        "seconds": last - begun,
        "slowestSeconds": slowest / 1e9,
    }
    print(json.dumps(summary), flush=True)


main()
