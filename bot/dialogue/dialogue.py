"""The one door into the dialogue: a turn goes in, replies come out, and what must be remembered is stored."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Protocol, cast

from bot.dialogue import commands, handlers, own_data, pages, presses, progress, quiz, settings
from bot.dialogue.follow_up import follow_up
from bot.dialogue.guided import says_done
from bot.dialogue.request import Consent, Move, Outcome, Own, Request, says
from bot.dialogue.safety import speaks_of_danger
from bot.dialogue.state import KEPT_FOR, State, from_json
from bot.replies import Reply
from bot.turns import Kind, Turn
from content.library import Library
from content.schema import Language
from db.engine import Database
from db.models import Consent as StoredConsent
from db.models import Person, Poll
from db.work import WriteWork
from nlu.interpreter import FALLBACK, Interpreter, Parse
from nlu.language import stronger_language

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


@dataclass(frozen=True)
class _Known:
    """What is stored about the person of a turn; `met`: whether anything is."""

    state: State
    met: bool = False
    language: str | None = None
    consent: StoredConsent = StoredConsent.NOT_ASKED
    takes_part: bool = False  # in a talk with a counsellor


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
    ) -> None:
        self._database = database
        self._library = library
        self._interpreter = interpreter
        self._staff = staff
        self._desk = desk
        self._chance = chance or Random()

    async def answer(self, turn: Turn) -> tuple[Reply, ...]:
        """The replies to `turn`: at least one, but for the answer to a poll that asks nothing of us any more."""
        known = _Known(State()) if turn.in_group else await self._recall(turn.address)
        if turn.kind is Kind.POLL_ANSWER and not known.met:
            return ()  # a poll that was passed on: whoever has never talked to us is neither stored nor written to
        request = self._request(turn, known)
        outcome = await self._for_people(request, known) or await self._decide(request, known)
        if outcome.own is Own.ERASE:
            return await self._erase(request, outcome)
        outcome = await self._with_own_data(request, outcome)
        return outcome.replies + await self._remember(turn, outcome)

    async def _for_people(self, request: Request, known: _Known) -> Outcome | None:
        """What staff commands and the desk make of the turn, before the bot itself looks at it."""
        turn = request.turn
        reply = await self._staff.handle(turn, request.language) if self._staff is not None else None
        if reply is not None:
            return _after_staff(request, reply)
        if self._desk is None:
            return None
        replies = await self._desk.handle(turn, request.language, takes_part=known.takes_part)
        if replies is None:
            return None
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
            return outcome if door is None else replace(outcome, replies=(door,))
        if outcome.leave is not None and not await own_data.leave(self._database, address, outcome.leave):
            return replace(outcome, replies=(says(request, "school_none"),))
        return outcome

    def _request(self, turn: Turn, known: _Known) -> Request:
        language = known.language or known.state.language or turn.language_hint or "zh"
        return Request(
            turn=turn,
            state=known.state,
            language=cast(Language, language if language in ("zh", "en") else "en"),
            library=self._library(),
            consent_asked=known.consent is not StoredConsent.NOT_ASKED,
            chance=self._chance,
        )

    async def _decide(self, request: Request, known: _Known) -> Outcome:
        turn = request.turn
        if turn.kind in (Kind.PRESS, Kind.COMMAND, Kind.POLL_ANSWER):
            # Whoever goes on to something else has not answered our question: a later yes is not an answer to it.
            request = replace(request, state=replace(request.state, pending=""))
            if turn.kind is Kind.POLL_ANSWER:
                return quiz.poll_answered(request, await self._poll(turn.poll_id))
            return presses.handle(request) if turn.kind is Kind.PRESS else commands.handle(request)
        if turn.kind in _WORDS and turn.text.strip():
            return await self._understand(request, known)
        return Outcome(
            (says(request, f"got_{turn.kind.value}" if turn.kind not in _WORDS else "got_other"),), request.state
        )

    async def _understand(self, request: Request, known: _Known) -> Outcome:
        in_danger = request.turn.kind is not Kind.FORWARDED and speaks_of_danger(request.turn.text, request.library)
        if in_danger:
            spoken = _chosen(known) or stronger_language(request.turn.text)
            return handlers.care(replace(request, language=spoken, state=replace(request.state, pending="")))
        if request.state.guide and says_done(request.turn.text):
            return handlers.affirm(request)
        interpreter = self._interpreter()
        if interpreter is None:
            return Outcome((says(request, "resting"),), request.state)
        parse = await interpreter.parse(request.turn.text)
        spoken = _chosen(known) or _spoken(request, parse)
        forwarded = request.turn.kind is Kind.FORWARDED  # somebody else's words: they follow on nothing
        before = State() if forwarded else request.state
        understood = follow_up(request.turn.text, parse, before, request.library.knows_ages)
        state = request.state
        # A remark on the last answer or on our question must still see what it remarks on.
        if parse.intent not in ("affirm", "deny", "feedback_wrong"):
            state = state.understood((ranked.intent for ranked in parse.ranking), understood.entities)
        return handlers.handle(
            replace(
                request,
                state=replace(state, language=spoken),
                language=spoken,
                parse=parse,
                meant=understood.intent,
                why=understood.why,
            )
        )

    async def _poll(self, poll_id: str) -> Poll | None:
        async with self._database.read() as work:
            return await work.quizzes.poll(poll_id)

    async def _recall(self, address: str) -> _Known:
        async with self._database.read() as work:
            person = await work.people.find(address)
            if person is None:
                return _Known(State())
            state = from_json(await work.conversations.state(person.id))
            takes_part = await work.threads.takes_part(person.id)
            return _Known(state, True, person.language, person.consent, takes_part)

    async def _remember(self, turn: Turn, outcome: Outcome) -> tuple[Reply, ...]:
        """Store what is to be remembered. Gives what a move in the quiz says, which depends on what is stored."""
        now = datetime.now(UTC)
        async with self._database.write() as work:
            if outcome.counted:
                language = outcome.replies[0].language
                await work.counts.add(now.date(), outcome.counted, language)
            if outcome.rating:
                language = outcome.replies[0].language
                rating = outcome.rating
                await work.counts.rate(now.date(), rating.answer, language, helpful=rating.helpful)
            return () if turn.in_group else await _store(work, turn.address, outcome, now)


def _after_staff(request: Request, reply: Reply) -> Outcome:
    """What a staff command says; whoever comes by an invitation is then asked for consent, as at every first start."""
    if request.turn.command == "start" and not request.turn.in_group and not request.consent_asked:
        state = replace(request.state, pending="consent")
        return Outcome((reply, commands.consent_question(request)), state, consent=Consent.ASKED)
    return Outcome((reply,), request.state)


def _chosen(known: _Known) -> Language | None:
    return known.language if known.language in ("zh", "en") else None  # type: ignore[return-value]


def _spoken(request: Request, parse: Parse) -> Language:
    """The language of the question; a message without words (numbers, signs) keeps the language of before."""
    if parse.intent == FALLBACK and not any(char.isalpha() for char in request.turn.text):
        return request.language
    return parse.answer_language


async def _store(work: WriteWork, address: str, outcome: Outcome, now: datetime) -> tuple[Reply, ...]:
    person = await work.people.find_or_add(address)
    person.blocked_at = None  # whoever writes to the bot has not blocked it
    if outcome.language is not None:
        person.language = None if outcome.language == "auto" else outcome.language
    if outcome.consent is not None:
        await _store_consent(work, person, outcome.consent)
    await work.conversations.save(person.id, outcome.state.to_json(), now + KEPT_FOR)
    return await _make(work, person, outcome.move) if outcome.move is not None else ()


async def _make(work: WriteWork, person: Person, move: Move) -> tuple[Reply, ...]:
    """Make a move in the quiz; of two at once, the second sees what the first did."""
    before = progress.from_json(await work.quizzes.hold_progress(person.id))
    after, replies = move(before)
    await work.quizzes.save_progress(person.id, after.to_json())
    return replies


async def _store_consent(work: WriteWork, person: Person, change: Consent) -> None:
    if change is Consent.ASKED and person.consent is not StoredConsent.NOT_ASKED:
        return
    await work.people.set_consent(person, StoredConsent(change.value))
