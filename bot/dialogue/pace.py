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
    seen: float = 0.0
    times: deque[float] = field(default_factory=deque)  # of the turns that were answered
    reminded: float | None = None


class Paces:
    """Knows how fast everybody is. In memory only, and only of those who wrote lately."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._people: OrderedDict[str, _Recent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._people)

    def of(self, person: str, waited: float = 0.0) -> Pace:
        """What to do with one more turn of this person, which waited so many seconds for those before it.

        How fast somebody is shows in when turns arrive, not in when they are answered: Telegram takes a message in
        three seconds in a group. What is not answered does not count against them.
        """
        now = self._clock() - waited
        recent = self._people.pop(person, None) or _Recent()
        recent.seen = now
        self._people[person] = recent
        self._forget(now)
        while recent.times and recent.times[0] <= now - WINDOW_SECONDS:
            recent.times.popleft()
        if len(recent.times) < self._most:
            recent.times.append(now)
            return Pace.ANSWER
        if recent.reminded is None or now - recent.reminded >= REMIND_EVERY_SECONDS:
            recent.reminded = now
            return Pace.REMIND
        return Pace.LET_PASS

    def _forget(self, now: float) -> None:
        """Whoever was silent for a whole window is forgotten, and the most silent when there are too many."""
        while len(self._people) > _PEOPLE or self._longest_silent().seen <= now - WINDOW_SECONDS:
            self._people.popitem(last=False)

    def _longest_silent(self) -> _Recent:
        return next(iter(self._people.values()))
