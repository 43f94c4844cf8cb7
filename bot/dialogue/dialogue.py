"""The one door into the dialogue: a turn goes in, replies come out, and what must be remembered is stored."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Protocol, cast

from bot.dialogue import commands, handlers, keeping, own_data, pages, presses, quiz, settings
from bot.dialogue.adverts import AdvertAnswers, Check, Read, no_check
from bot.dialogue.fragments import Fragments
from bot.dialogue.memory import Known, Memory
from bot.dialogue.pace import Pace, Paces
from bot.dialogue.request import Consent, Outcome, Own, Request, says
from bot.dialogue.safety import speaks_of_danger
from bot.dialogue.state import State
from bot.dialogue.understanding import Understanding
from bot.replies import Reply
from bot.turns import Kind, Turn
from content.library import Library
from content.schema import Language
from db.engine import Database
from db.models import Consent as StoredConsent
from db.models import Poll
from nlu.interpreter import Interpreter
from nlu.language import stronger_language

_ALWAYS = ("stop", "forget", "human")
_PACED = "telegram:"  # a pipe may be as fast as it likes
_WORDS = (Kind.TEXT, Kind.EDITED, Kind.FORWARDED)


class StaffCommands(Protocol):
    """Commands and links that change rights. They check the right themselves."""

    async def handle(self, turn: Turn, language: Language) -> Reply | None:
        """The reply when the turn is theirs, otherwise None."""


class Desk(Protocol):
    """Where students write to counsellors. It checks rights itself."""

    async def handle(self, turn: Turn, language: Language, *, takes_part: bool) -> tuple[Reply, ...] | None:
        """The replies when the turn is the desk's, otherwise None. `takes_part`: a talk may listen to this person."""

    async def door(self, address: str, language: Language) -> Reply | None:
        """What somebody who wants a person sees; None when nobody is there for them."""


class Campaigns(Protocol):
    """What staff do with campaigns, and what students do with what they got. It checks rights itself."""

    async def handle(self, turn: Turn, language: Language) -> tuple[Reply, ...] | None:
        """The replies when the turn is staff's, otherwise None."""

    async def resolved(self, turn: Turn) -> Turn:
        """A press on a campaign's button as the press it stands for."""

    async def answered(self, poll: Poll, option: int | None) -> None:
        """Note the answer to a campaign's question."""


class Dialogue:
    """Answers turns. Every message, press and command is answered, whatever it is."""

    def __init__(
        self,
        database: Database,
        library: Callable[[], Library],
        interpreter: Callable[[], Interpreter | None],
        staff: StaffCommands | None = None,
        desk: Desk | None = None,
        chance: Random | None = None,
        check: Check = no_check,
        read: Read | None = None,
        paces: Paces | None = None,
        campaigns: Campaigns | None = None,
    ) -> None:
        self._database = database
        self._memory = Memory(database)
        self._library = library
        self._fragments = Fragments(database.keyring)
        self._shared = not database.is_sqlite  # the next message may come to another process
        self._adverts = AdvertAnswers(check, read, self._fragments)
        self._understanding = Understanding(interpreter, self._fragments, self._adverts)
        self._staff = staff
        self._desk = desk
        self._chance = chance or Random()
        self._paces = paces
        self._campaigns = campaigns

    async def answer(self, turn: Turn) -> tuple[Reply, ...]:
        """The replies to `turn`: at least one, but for what needs none.

        That is the answer to a poll that asks nothing of us any more, another picture of an album whose first was
        answered, and whatever comes from somebody who has just been asked to slow down.
        """
        pace = self._pace(turn)
        if pace is Pace.LET_PASS:
            return ()
        if self._campaigns is not None:
            turn = await self._campaigns.resolved(turn)
        known = Known(State()) if turn.in_group else await self._memory.recall(turn.address)
        if self._shared and not turn.in_group:
            self._fragments.take_over(turn.address, known.fragment)
        if turn.kind is Kind.POLL_ANSWER and not known.met:
            return ()  # a poll that was passed on: whoever has never talked to us is neither stored nor written to
        request = self._request(turn, known)
        if pace is Pace.REMIND:
            return (says(request, "slow_down"),)
        outcome = await self._for_people(request, known) or await self._decide(request, known)
        if outcome.own is Own.ERASE:
            return await self._erase(request, outcome)
        outcome = await self._with_own_data(request, outcome)
        return outcome.replies + await self._memory.remember(turn, known, outcome, self._put_away(turn))

    def _put_away(self, turn: Turn) -> bytes | None:
        """What the next piece of the message may go on from, when it may come to another process."""
        return self._fragments.box(turn.address) if self._shared else None

    def _pace(self, turn: Turn) -> Pace:
        """Whether the turn is answered. A cry for help always is, and a wish to stop, to be erased, to be heard.

        Such a turn is not counted either.
        """
        if self._paces is None or not turn.address.startswith(_PACED) or turn.command in _ALWAYS:
            return Pace.ANSWER
        # The text of a press is what was asked before, not said now.
        danger = turn.kind is not Kind.PRESS and speaks_of_danger(turn.text, self._library())
        return Pace.ANSWER if danger else self._paces.of(turn.address, turn.waited)

    async def _for_people(self, request: Request, known: Known) -> Outcome | None:
        """What staff commands and the desk make of the turn, before the bot itself looks at it."""
        turn = request.turn
        reply = await self._staff.handle(turn, request.language) if self._staff is not None else None
        if reply is not None:
            return _after_staff(request, reply)
        if self._campaigns is not None:
            made = await self._campaigns.handle(turn, request.language)
            if made is not None:
                return Outcome(made, request.state)
        if self._desk is None:
            return None
        replies = await self._desk.handle(turn, request.language, takes_part=known.takes_part)
        if replies is None:
            return None
        self._understanding.interrupted(turn.address)
        if turn.kind in _WORDS and speaks_of_danger(turn.text, request.library):
            replies += handlers.care(request).replies  # nobody in despair waits for a counsellor only
        return Outcome(replies, request.state)

    async def _erase(self, request: Request, outcome: Outcome) -> tuple[Reply, ...]:
        """Erase the person, look again, and remember nothing of this turn either."""
        try:
            gone = await own_data.erase(self._database, request.turn.address)
        except own_data.OnlyAdmin:
            return (says(request, "forget_only_admin"),)
        return outcome.replies if gone else (says(request, "failed"),)

    async def _with_own_data(self, request: Request, outcome: Outcome) -> Outcome:
        address = request.turn.address
        if outcome.own is Own.EXPORT:
            return settings.with_export(outcome, await own_data.export(self._database, address))
        if outcome.own is Own.PLACES:
            return settings.with_places(request, outcome, await own_data.places(self._database, address))
        if outcome.counted == pages.TALK and self._desk is not None and not request.turn.in_group:
            spoken: Language = "en" if outcome.replies[0].language == "en" else "zh"
            door = await self._desk.door(address, spoken)
            return outcome if door is None else replace(outcome, replies=(_in_place_of(door, outcome),))
        if outcome.keep is not None:
            return await keeping.carry_out(self._database, request, outcome)
        if outcome.leave is not None and not await own_data.leave(self._database, address, outcome.leave):
            return replace(outcome, replies=(says(request, "school_none"),))
        return outcome

    def _request(self, turn: Turn, known: Known) -> Request:
        language = known.language or known.state.language or turn.language_hint or "zh"
        return Request(
            turn=turn,
            state=known.state,
            language=cast(Language, language if language in ("zh", "en") else "en"),
            library=self._library(),
            consent_asked=known.consent is not StoredConsent.NOT_ASKED,
            chance=self._chance,
        )

    async def _decide(self, request: Request, known: Known) -> Outcome:
        turn = request.turn
        if turn.kind in (Kind.PRESS, Kind.COMMAND, Kind.POLL_ANSWER):
            self._understanding.interrupted(turn.address)
            # Whoever goes on to something else has not answered our question: a later yes is not an answer to it.
            request = replace(request, state=replace(request.state, pending=""))
            if turn.kind is Kind.POLL_ANSWER:
                poll = await self._poll(turn.poll_id)
                if poll is not None and poll.delivery_id is not None and self._campaigns is not None:
                    await self._campaigns.answered(poll, turn.option)
                    return Outcome((), request.state)
                return quiz.poll_answered(request, poll)
            if turn.command == "check" and turn.text:
                spoken = known.chosen or stronger_language(turn.text)
                return self._adverts.of_text(replace(request, language=spoken))
            return presses.handle(request) if turn.kind is Kind.PRESS else commands.handle(request)
        if turn.kind in _WORDS and turn.text.strip():
            return await self._understanding.answer(request, known.chosen)
        if turn.attachment is not None and turn.attachment.is_picture and not turn.in_group:
            return await self._adverts.of_picture(request)
        if turn.follows_in_album:
            return Outcome((), request.state)  # the first picture was answered for all
        return Outcome(
            (says(request, f"got_{turn.kind.value}" if turn.kind not in _WORDS else "got_other"),), request.state
        )

    async def _poll(self, poll_id: str) -> Poll | None:
        async with self._database.read() as work:
            return await work.quizzes.poll(poll_id)


def _in_place_of(page: Reply, outcome: Outcome) -> Reply:
    return replace(page, replaces=outcome.replies[0].replaces)


def _after_staff(request: Request, reply: Reply) -> Outcome:
    """What a staff command says; whoever comes by an invitation is then asked for consent, as at every first start."""
    if request.turn.command == "start" and not request.turn.in_group and not request.consent_asked:
        state = replace(request.state, pending="consent")
        return Outcome((reply, commands.consent_question(request)), state, consent=Consent.ASKED)
    return Outcome((reply,), request.state)
