"""What is remembered of a person between two turns, read before the answer and written after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.dialogue import progress
from bot.dialogue.request import Consent, Move, Outcome
from bot.dialogue.state import KEPT_FOR, State, from_json
from bot.grouped import Grouped
from bot.replies import PressKind, Reply
from bot.turns import Turn
from content.schema import Language
from db.engine import Database
from db.models import Consent as StoredConsent
from db.models import Person
from db.repositories.turns import Kept, PersonGone
from db.work import WriteWork

_PRIVATE_TOPICS = ("report_", "ask_evade", "offer_item", "distress")


@dataclass(frozen=True)
class Known:
    """What is stored about the person of a turn; `met`: whether anything is."""

    state: State
    met: bool = False
    language: str | None = None
    consent: StoredConsent = StoredConsent.NOT_ASKED
    takes_part: bool = False  # in a talk with a counsellor
    person: Person | None = field(default=None, repr=False)
    fragment: bytes | None = field(default=None, repr=False)  # what another process has put away

    @property
    def chosen(self) -> Language | None:
        """The language they have chosen, if any."""
        return self.language if self.language in ("zh", "en") else None  # type: ignore[return-value]


class Memory:
    """Reads and writes it. What many turns leave is written together: SQLite takes one writer at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Grouped(self._keep)

    async def recall(self, address: str) -> Known:
        """What is stored about whoever is at `address`."""
        async with self._database.read() as work:
            found = await work.turns.known(address)
        if found is None:
            return Known(State())
        person, state, fragment, takes_part = found
        return Known(from_json(state), True, person.language, person.consent, takes_part, person, fragment)

    async def remember(
        self, turn: Turn, known: Known, outcome: Outcome, fragment: bytes | None = None
    ) -> tuple[Reply, ...]:
        """Store what is to be remembered. Gives what a move in the quiz says, which depends on what is stored."""
        moment = datetime.now(UTC)
        kept = _kept(turn, known, outcome, moment, fragment)
        if kept is not None:
            try:
                await self._turns.put(kept)
                return ()
            except PersonGone:
                pass  # one of those whose turns were written together: each is written by itself then
        return await self._remember_alone(turn, outcome, moment, fragment)

    async def _keep(self, turns: Sequence[Kept]) -> None:
        async with self._database.write() as work:
            await work.turns.keep(turns)

    async def _remember_alone(
        self, turn: Turn, outcome: Outcome, now: datetime, fragment: bytes | None
    ) -> tuple[Reply, ...]:
        async with self._database.write() as work:
            if outcome.counted:
                language = outcome.replies[0].language
                await work.counts.add(now.date(), outcome.counted, language)
            if outcome.chosen:
                await work.counts.choose(now.date(), outcome.chosen, outcome.replies[0].language)
            if outcome.rating:
                language = outcome.replies[0].language
                rating = outcome.rating
                await work.counts.rate(now.date(), rating.answer, language, helpful=rating.helpful)
            return () if turn.in_group else await _store(work, turn.address, outcome, now, fragment)


def _kept(turn: Turn, known: Known, outcome: Outcome, now: datetime, fragment: bytes | None) -> Kept | None:
    """What most turns leave; None for those that leave more, or whose person is new or comes back."""
    person = known.person
    more = outcome.language or outcome.consent or outcome.move or outcome.chosen or outcome.rating
    if turn.in_group or person is None or person.blocked_at is not None or more:
        return None
    return Kept(
        person.id,
        outcome.state.to_json(),
        now + KEPT_FOR,
        now.date(),
        person.seen_on == now.date(),
        outcome.counted,
        outcome.replies[0].language if outcome.replies else "",
        laws_told(outcome),
        fragment,
    )


async def _store(
    work: WriteWork, address: str, outcome: Outcome, now: datetime, fragment: bytes | None
) -> tuple[Reply, ...]:
    person = await work.people.find_or_add(address)
    person.blocked_at = None  # whoever writes to the bot has not blocked it
    if person.seen_on != now.date():
        person.seen_on = now.date()
    await work.ledger.received(person.id, laws_told(outcome))
    if outcome.language is not None:
        person.language = None if outcome.language == "auto" else outcome.language
    if outcome.consent is not None:
        await _store_consent(work, person, outcome.consent)
    await work.conversations.save(person.id, outcome.state.to_json(), now + KEPT_FOR, fragment)
    return await _make(work, person, outcome.move) if outcome.move is not None else ()


def laws_told(outcome: Outcome) -> tuple[str, ...]:
    """The laws that the answers cite, for corrections; none where even that would tell what must stay private."""
    if outcome.counted.startswith(_PRIVATE_TOPICS):
        return ()
    references = (one for reply in outcome.replies for one in reply.references)
    return tuple(dict.fromkeys(one.press.subject for one in references if one.press.kind is PressKind.LAW))


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
