"""Where things are, the vectors, and what things take in memory."""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[4]
SCRIPT = ROOT / "deploy/examples/python-subscriber/subscriber.py"
RESPONDER = SCRIPT.with_name("responder.py")
ANSWER = ROOT / "deploy/examples/python-responder/answer.py"
# The program under test, as in the tests that start this.
HEADCAST = os.environ.get("HEADCAST_PROGRAM") or str(ROOT / ".build/debug/headcast")
VECTORS = ROOT / "Tests/WireTests/vectors.json"
GENERATOR = ROOT / "Tests/WireTests/Vectors"

sys.path[:0] = [str(SCRIPT.parent), str(GENERATOR)]

Told = Dict[str, Any]


def read_vectors() -> Told:
    told: Told = json.loads(VECTORS.read_text(encoding="utf-8"))
    return told


def every_datagram() -> List[bytes]:
    """All datagrams of all vectors."""
    vectors = read_vectors()
    steps = [step for stream in vectors["streams"] for step in stream["steps"] if "datagram" in step]
    return [bytes.fromhex(vector["hex"]) for vector in vectors["datagrams"]] + [
        bytes.fromhex(step["datagram"]) for step in steps]


def size_of(value: object) -> int:
    """What something takes in memory with all its parts."""
    parts: List[object] = []
    if isinstance(value, (tuple, list)):
        parts = list(value)
    elif isinstance(value, dict):
        parts = [*value, *value.values()]
    return sys.getsizeof(value) + sum(map(size_of, parts))
