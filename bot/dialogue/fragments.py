"""Messages that students send in pieces: one that follows within two seconds and belongs to the last is joined to it.

The last words are kept for at most ten seconds, encrypted and in memory only. Where several processes share a
database, the next piece may come to another one: there they lie, encrypted, with the conversation, for half a minute.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.dialogue.follow_up import LONGEST_FRAGMENT, length
from bot.dialogue.state import State, from_json
from db.keys import KeyRing, SealBroken
from nlu.interpreter import FALLBACK, Interpreter, Parse

JOINED_WITHIN = timedelta(seconds=2)
KEPT_FOR_SECONDS = 10.0

UNSURE = (FALLBACK, "out_of_scope")
_SAYS_LITTLE = (*UNSURE, "greet", "ask_bot")
# What answers a question of ours, or asks for something that a front end shows in its own way, stands by itself.
_STANDS_ALONE = ("advert", "distress", "affirm", "deny", "start_quiz", "change_language", "subscribe", "unsubscribe")


@dataclass(frozen=True)
class Fragment:
    """What somebody just wrote: the words, what they meant, and where the conversation was before them."""

    text: str = field(repr=False)
    intent: str
    before: State
    at: datetime


@dataclass(frozen=True)
class Joined:
    """The words of several messages as one, what they mean together, and where the conversation was before them."""

    text: str = field(repr=False)
    parse: Parse = field(repr=False)
    before: State


class Fragments:
    """The last words of everybody who wrote in the last ten seconds."""

    def __init__(self, keyring: KeyRing, kept_for: float = KEPT_FOR_SECONDS) -> None:
        self._keyring = keyring
        self._kept_for = kept_for
        self._boxes: dict[str, bytes] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._boxes)

    def keep(self, address: str, fragment: Fragment) -> None:
        """Remember what they wrote, for a moment."""
        self.drop(address)
        plain = json.dumps([fragment.text, fragment.intent, fragment.before.to_json(), fragment.at.isoformat()])
        self._boxes[address] = self._keyring.seal(plain.encode("utf-8", "surrogatepass"), _place(address))
        loop = asyncio.get_running_loop()
        self._timers[address] = loop.call_later(self._kept_for, self.drop, address)

    def drop(self, address: str) -> None:
        """Whatever comes next stands by itself."""
        self._boxes.pop(address, None)
        timer = self._timers.pop(address, None)
        if timer is not None:
            timer.cancel()

    def box(self, address: str) -> bytes | None:
        """What is kept of this person, encrypted, for another process to go on with."""
        return self._boxes.get(address)

    def take_over(self, address: str, box: bytes | None) -> None:
        """Go on with what another process has kept; None: whatever comes next stands by itself."""
        if box == self._boxes.get(address):
            return
        self.drop(address)
        if box is not None:
            self._boxes[address] = box
            self._timers[address] = asyncio.get_running_loop().call_later(self._kept_for, self.drop, address)

    def last(self, address: str, at: datetime, within: timedelta = JOINED_WITHIN) -> Fragment | None:
        """What they wrote within two seconds (or as said) before `at`."""
        box = self._boxes.get(address)
        if box is None:
            return None
        try:
            text, intent, before, moment = json.loads(self._keyring.open(box, _place(address)))
        except SealBroken:  # put away by a process with a key that we do not have
            return None
        fragment = Fragment(text, intent, from_json(before), datetime.fromisoformat(moment))
        return fragment if timedelta() <= at - fragment.at <= within else None


async def joined(fragment: Fragment, text: str, alone: Parse, interpreter: Interpreter) -> Joined | None:
    """`text`, which means `alone` by itself, together with what came just before; None when it stands by itself."""
    if fragment.intent in _STANDS_ALONE or alone.intent in _STANDS_ALONE:
        return None
    whole = together(fragment.text, text)
    parse = await interpreter.parse(whole)
    return Joined(whole, parse, fragment.before) if _belongs(fragment.intent, text, alone, parse) else None


def _belongs(before: str, text: str, alone: Parse, whole: Parse) -> bool:
    """Whether the two are one message: neither of two whole questions is lost in the other."""
    if whole.intent in UNSURE:
        return before in UNSURE and alone.intent in UNSURE
    if before in _SAYS_LITTLE or alone.intent in UNSURE:
        return True
    return length(text) <= LONGEST_FRAGMENT and whole.intent in (before, alone.intent)


def together(first: str, second: str) -> str:
    """Two pieces of a message as one; Chinese is written without a space."""
    first, second = first.rstrip(), second.lstrip()
    between = "" if _is_han(first[-1:]) and _is_han(second[:1]) else " "
    return f"{first}{between}{second}"


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _place(address: str) -> str:
    return f"fragment.{address}"
