"""Somebody who writes faster than anybody reads is asked, kindly and once in a while, to slow down."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

MOST = 20  # turns in a minute; a quick reader of the library presses about ten
WINDOW_SECONDS = 60.0
REMIND_EVERY_SECONDS = 20.0
_PEOPLE = 5_000


class Pace(Enum):
    """What is to be done with a turn."""

    ANSWER = "answer"
    REMIND = "remind"  # say that it is too fast
    LET_PASS = "let_pass"  # they know  # noqa: S105 - no password


@dataclass
class _Recent:
    times: deque[float] = field(default_factory=deque)
    reminded: float | None = None


class Paces:
    """Knows how fast everybody is. In memory only, and only of those who wrote lately."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._people: OrderedDict[str, _Recent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._people)

    def of(self, person: str) -> Pace:
        """What to do with one more turn of this person. What is not answered does not count against them."""
        now = self._clock()
        recent = self._people.pop(person, None) or _Recent()
        self._people[person] = recent
        if len(self._people) > _PEOPLE:
            self._people.popitem(last=False)
        while recent.times and recent.times[0] <= now - WINDOW_SECONDS:
            recent.times.popleft()
        if len(recent.times) < self._most:
            recent.times.append(now)
            recent.reminded = None
            return Pace.ANSWER
        if recent.reminded is None or now - recent.reminded >= REMIND_EVERY_SECONDS:
            recent.reminded = now
            return Pace.REMIND
        return Pace.LET_PASS
