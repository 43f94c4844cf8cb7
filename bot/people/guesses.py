"""Whoever tries many wrong codes waits longer and longer before another one is even looked at.

A code has 128 random bits and cannot be guessed; this keeps whoever tries it from costing anything, and from trying
links that expired. In memory only, for each process: several processes let through as many tries each.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5  # wrong codes without consequences: links are mistyped, expire, are used up
_FIRST_WAIT = 60.0  # seconds, doubled with each further wrong code
_LONGEST_WAIT = 24 * 3600.0
_REMEMBERED = 10_000


@dataclass
class _Tries:
    wrong: int = 0
    until: float = 0.0


class Guesses:
    """Knows who has tried wrong codes lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, person: str) -> float:
        """In how many seconds this person may try another code; 0 for now."""
        tries = self._people.get(person)
        return max(tries.until - self._clock(), 0.0) if tries is not None else 0.0

    def wrong(self, person: str) -> None:
        """This person's code was wrong."""
        tries = self._people.setdefault(person, _Tries())
        self._people.move_to_end(person)
        if len(self._people) > _REMEMBERED:
            self._people.popitem(last=False)
        if tries.until and self._clock() - tries.until > _LONGEST_WAIT:
            tries.wrong = 0
        tries.wrong += 1
        if tries.wrong >= FREE:
            wait = min(_FIRST_WAIT * 2 ** min(tries.wrong - FREE, 20), _LONGEST_WAIT)
            tries.until = self._clock() + wait

    def right(self, person: str) -> None:
        """This person's code was right: what was wrong before is forgotten."""
        self._people.pop(person, None)
