"""Keeps the streams that messages.py, gaps.py, heartbeats.py and splitting.py tell, in their order.

A gap wait of 50 ms is granted unless the settings say otherwise. No step stands at the very moment at which something
is due, and none has a datagram when something has become due since the step before.
"""
from __future__ import annotations

from typing import Callable, List

from envelope import Told
from scenario import MODES, Scenario

Telling = Callable[[Scenario], Told]

STORIES: List[Callable[[int], Told]] = []


def story(name: str, *modes: str, **settings: int) -> Callable[[Telling], None]:
    """Makes a function that tells a scenario one of the stories; for both modes unless said."""

    def keep(tell: Telling) -> None:
        STORIES.append(lambda number: tell(Scenario(name, number, modes or MODES, **settings)))

    return keep


def vectors() -> List[Told]:
    return [tell(number) for number, tell in enumerate(STORIES, start=1)]
