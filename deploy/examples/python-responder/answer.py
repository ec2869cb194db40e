"""Answers each message to a recorder, until SIGTERM: answer.py RECORDER [HOST [PORT]]

To start from: what a message is answered with is for `answer` to say. It finds subscriber.py and responder.py beside
itself, or by PYTHONPATH.
"""
import json
import signal
import sys
import threading
from types import FrameType
from typing import Optional

from responder import Responder, Response
from subscriber import Message, Subscription

# Which state the answers are about.
KEY = "state"
# In seconds, from SIGTERM on: how long the recorder may be silent while answers wait. The pod is given more.
PATIENCE = 10.0


def answer(message: Message) -> bytes:
    """Its payload, which tells whether all pods received the same."""
    return message.payload


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def report(response: Response, status: int, code: str, message: str) -> None:
    say(f"message {response.message_id}: {code or status}: {message}")


recorder = sys.argv[1]
host = sys.argv[2] if len(sys.argv) > 2 else "::"
port = int(sys.argv[3]) if len(sys.argv) > 3 else 12_000

with Responder(
    recorder, on_refusal=report, on_failing=lambda reason: say(f"{reason}; responses wait"),
    on_recovered=lambda: say(f"{recorder} answers again"), maximum_payload_bytes=8 << 20,
) as responder, Subscription(port, host) as subscription:

    def stop(number: int, frame: Optional[FrameType]) -> None:
        # The main thread runs this wherever it is, perhaps with a lock that closing wants: others close.
        threading.Thread(target=subscription.close).start()
        threading.Thread(target=give_up, daemon=True).start()

    def give_up() -> None:
        responder.wait_for_silence(PATIENCE)
        responder.close(0)

    # The first process of a container is not ended by a signal that it has no handler for.
    signal.signal(signal.SIGTERM, stop)
    say(f"listening on port {subscription.address[1]}")
    for event in subscription:
        if isinstance(event, Message):
            try:
                responder.respond(event, KEY, answer(event), event.attributes.get("content-type"))
            except ValueError as error:
                say(f"message {event.id} has no response: {error}")
say(json.dumps(vars(responder.counters)))
