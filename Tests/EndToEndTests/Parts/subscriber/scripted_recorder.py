"""An HTTP server that answers what a test tells it to, byte for byte."""
from __future__ import annotations

import base64
import json
import socket
import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

Entry = Dict[str, Any]


class Request(NamedTuple):
    """A batch, as it came."""

    at: float
    # Counts connections, from 1.
    connection: int
    line: str
    headers: Dict[str, str]
    body: bytes

    @property
    def entries(self) -> List[Entry]:
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def keys(self) -> List[str]:
        return [entry["key"] for entry in self.entries]


# What is written for a request; None closes the connection instead.
Script = Callable[[Request], Optional[bytes]]


def reply(status: int, document: Any = None, *headers: str) -> bytes:
    """A whole answer; a document that is bytes stays as it is."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    head = [f"HTTP/1.1 {status} Because", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def results(*statuses: int) -> bytes:
    """An answer with a result for each entry."""
    told = [{"status": status, **({} if status < 300 else refusal(status))} for status in statuses]
    return reply(200, {"results": told})


def refusal(status: int) -> Dict[str, Any]:
    return {"error": {"code": f"code_{status}", "message": f"because of {status}"}}


def stored(request: Request) -> bytes:
    return results(*[201] * len(request.entries))


def in_turn(*scripts: Script) -> Script:
    """One after the other; the last one goes on."""
    left = list(scripts)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


class ScriptedRecorder:
    """Listens on a port of loopback, each connection in a thread of its own."""

    def __init__(self, script: Script = stored, port: int = 0) -> None:
        self.script = script
        self.requests: List[Request] = []
        self.connections: List[socket.socket] = []
        self.listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self.listening.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def entries(self) -> List[Entry]:
        return [entry for request in list(self.requests) for entry in request.entries]

    def accept(self) -> None:
        while True:
            try:
                connected, _ = self.listening.accept()
            except OSError:
                return
            self.connections.append(connected)
            self.threads.append(threading.Thread(
                target=self.serve, args=(connected, len(self.connections)), daemon=True))
            self.threads[-1].start()

    def serve(self, connected: socket.socket, number: int) -> None:
        with connected, connected.makefile("rb") as stream:
            try:
                while True:
                    request = self.read(stream, number)
                    answer = None if request is None else self.script(request)
                    if answer is None:
                        connected.shutdown(socket.SHUT_RDWR)
                        return
                    connected.sendall(answer)
                    if b"Connection: close" in answer[:200]:
                        connected.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # The responder has left.

    def read(self, stream: Any, number: int) -> Optional[Request]:
        line = stream.readline().decode().rstrip()
        if not line:
            return None
        headers: Dict[str, str] = {}
        while True:
            name, _, value = stream.readline().decode().rstrip().partition(": ")
            if not name:
                break
            headers[name.lower()] = value
        body = stream.read(int(headers["content-length"]))
        self.requests.append(Request(time.monotonic(), number, line, headers, body))
        return self.requests[-1]

    def hang_up(self) -> None:
        """Closes the connections that there are."""
        for connected in self.connections:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        try:
            self.listening.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listening.close()
        self.hang_up()
        for thread in self.threads:
            thread.join(20)


class Records:
    """Makes of responses what the recorder does: each state once, and who says something else is told."""

    def __init__(self) -> None:
        self.answers: Dict[Tuple[str, str], Tuple[bytes, Optional[str]]] = {}
        self.responders: Dict[Tuple[str, str], List[str]] = {}
        self.lock = threading.Lock()

    def take(self, request: Request) -> bytes:
        with self.lock:
            return results(*map(self.status, request.entries))

    def status(self, entry: Entry) -> int:
        place = (entry["messageId"], entry["key"])
        encoded = entry.get("payloadBase64")
        payload = entry["payload"].encode() if encoded is None else base64.b64decode(encoded)
        answer = (payload, entry.get("contentType"))
        if self.answers.setdefault(place, answer) != answer:
            return 409
        responders = self.responders.setdefault(place, [])
        responders.append(entry["responder"])
        return 201 if len(responders) == 1 else 200
