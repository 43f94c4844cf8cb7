"""Adverts that students paste, forward or send as pictures."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.adverts.check import AdvertCheck
from bot.adverts.screenshots import CannotReadPicture
from bot.dialogue.advert_pages import CHECK_JOB, advert_page
from bot.dialogue.follow_up import length
from bot.dialogue.fragments import UNSURE, Fragment, Fragments
from bot.dialogue.request import Outcome, Request, says
from bot.dialogue.state import State
from bot.turns import Kind
from nlu.interpreter import Parse
from nlu.language import stronger_language

ADVERT = WAITING = "advert"
"""`State.pending` while an advert is expected: the next message need look less like one."""

_SHORTEST = 14  # letters; a shorter message is a question about a job
_SHORTEST_EXPECTED = 8
# What has happened to somebody is no advert, however many of its words it has.
_OWN_STORY = ("report_", "distress", "talk_to_counsellor", "offer_item", "ask_evade")
_SURE = 0.6
# Somebody who asks «行吗» about what they tell wants that answered; one who only asks «靠谱吗» has pasted an advert.
_ASKS = re.compile(
    r"(?:判|会怎样|怎么办|咋办|能不能|行不行|违法么|吗|么|嘛|呢)\W*$|[?？]\s*$|^(?:can|is|should|do|am|will) ", re.I
)
_ALBUM_WITHIN = timedelta(seconds=10)  # reading a picture takes a second or two


Read = Callable[[str, int], Awaitable[str]]
"""The words in a picture, by its file id and size in bytes. Raises CannotReadPicture."""


class Check(Protocol):
    def __call__(self) -> AdvertCheck | None: ...


def no_check() -> None:
    """There is no check of adverts: they are answered as questions about a job."""


class AdvertAnswers:
    """Answers adverts with what is wrong with them."""

    def __init__(self, check: Check, read: Read | None, fragments: Fragments) -> None:
        self._check = check
        self._read = read
        self._fragments = fragments

    def is_advert(self, request: Request, parse: Parse) -> bool:
        """Whether the message is an advert rather than a question about one."""
        check = self._check()
        text = request.turn.text
        forwarded = request.turn.kind is Kind.FORWARDED
        expected = forwarded or request.state.pending == WAITING
        if check is None or length(text) < (_SHORTEST_EXPECTED if expected else _SHORTEST):
            return False
        if not forwarded and parse.intent.startswith(_OWN_STORY) and parse.confidence >= _SURE:
            return False
        if not expected and _ASKS.search(text) and parse.intent not in (*UNSURE, CHECK_JOB):
            return False
        return check.looks_like_advert(text, expected=expected)

    def of_text(self, request: Request) -> Outcome:
        """What is wrong with the advert in the message."""
        return self._answer(request, request.turn.text)

    def _answer(self, request: Request, text: str) -> Outcome:
        check = self._check()
        if check is None:
            return Outcome((says(request, "resting"),), request.state)
        page = advert_page(request.library, check.check(text), request.language)
        state = replace(request.state, topic=f"{CHECK_JOB}.default", entities={}, pending="", guide="", misses=0)
        return Outcome((page,), state, counted=CHECK_JOB)

    async def of_picture(self, request: Request) -> Outcome:
        """What is wrong with the advert in a picture; pictures of one album are one advert."""
        attachment = request.turn.attachment
        if self._read is None or attachment is None or self._check() is None:
            return self._nothing(request, "advert_no_reader")
        try:
            words = await self._read(attachment.file_id, attachment.size)
        except CannotReadPicture as problem:
            return self._nothing(request, problem.key)
        text = "\n".join(filter(None, (self._earlier(request), request.turn.text, words)))
        if not text.strip():
            return self._nothing(request, "advert_unreadable")
        self._keep(request, text)
        spoken = stronger_language(text)
        outcome = self._answer(replace(request, language=spoken), text)
        first, *others = outcome.replies
        return replace(outcome, replies=(replace(first, replaces=request.turn.follows_in_album), *others))

    def _nothing(self, request: Request, key: str) -> Outcome:
        if request.turn.follows_in_album:
            return Outcome((), request.state)  # what the other pictures say has been answered
        return Outcome((says(request, key),), replace(request.state, pending=WAITING))

    def _earlier(self, request: Request) -> str:
        """The words of the pictures before this one in its album."""
        if not request.turn.follows_in_album:
            return ""
        last = self._fragments.last(_album(request), datetime.now(UTC), _ALBUM_WITHIN)
        return last.text if last is not None else ""

    def _keep(self, request: Request, text: str) -> None:
        self._fragments.keep(_album(request), Fragment(text, CHECK_JOB, State(), datetime.now(UTC)))


def _album(request: Request) -> str:
    return f"{request.turn.address}/album"
