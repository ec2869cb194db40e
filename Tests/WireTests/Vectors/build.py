"""Writes Tests/WireTests/vectors.json: build.py [FILE]"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, List

# Each adds its streams when it is imported.
import messages, gaps, heartbeats, splitting  # noqa: E401, F401
import datagrams
import events
import story
from envelope import CLOCK

ABOUT = [
    "Test vectors of the enveloped format, version 1 (Sources/Wire/wire-format.md), written by Vectors/build.py.",
    "Bytes are hexadecimal. Numbers are integers of up to 64 bits.",
    "datagrams: each with what is in it, or with its fault: notEnveloped, unknownVersion, unknownKind, notUnderstood",
    "or malformed. Records of kinds that are not known are not listed.",
    "attributes: the attributes of a body, in order, or the fault malformed.",
    "streams: for a new receiver in each of the modes, arrival and ordered. Settings that are not there do not matter,",
    "but for gapWaitMilliseconds, which is 50. A step lets time pass until `at` milliseconds after the beginning, then",
    "the datagram arrives, if there is one; events are what both together give, in this order. The wall clock shows",
    "`clock` + `at`. Counters are those at the end; one that is not there is 0. lateDatagrams counts those that came",
    "all the same after their number was given up as lost, and in order those below the beginning.",
    "events: datagrams of the format cloudevents, as text, each with the message that it is, unless it is no event.",
    "The id is the message's UUID, and the event's own where no gateway sent it. What is unknown is 0 as epoch or",
    "sequence, empty as topic, and not there as publishedAt.",
]


def lines(name: str, vectors: List[Any]) -> str:
    """A vector a line, so that a change shows."""
    rows = ",\n".join("    " + json.dumps(vector, ensure_ascii=False) for vector in vectors)
    return f'  "{name}": [\n{rows}\n  ]'


def text() -> str:
    about = ",\n".join("    " + json.dumps(line) for line in ABOUT)
    parts = [
        f'  "about": [\n{about}\n  ]',
        f'  "clock": {CLOCK}',
        lines("datagrams", datagrams.vectors()),
        lines("attributes", list(datagrams.attribute_vectors())),
        lines("streams", story.vectors()),
        lines("events", events.vectors()),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    beside = Path(__file__).resolve().parent.parent / "vectors.json"
    Path(sys.argv[1] if len(sys.argv) > 1 else beside).write_text(text(), encoding="utf-8")
