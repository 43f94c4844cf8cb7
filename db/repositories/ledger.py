"""The delivery ledger: one row per recipient, prepared in bulk, claimed in batches, written before and after each send.

At any moment planned = sent + blocked + failed + opted out + unknown + pending, since each row has one outcome.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Integer, case, cast, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from db.campaign_models import Campaign, CampaignAnswer, CampaignPress, Delivery, LawReceived, Outcome
from db.models import Consent, Person, now
from db.repositories.campaigns import REACHABLE, Audience, members
from db.repositories.ledger_reading import OPEN, Ledger


@dataclass(frozen=True)
class Claim:
    """A row that a sender has taken, with what may have changed since the ledger was prepared.

    `address` is None for whoever has been erased. `last_other`: when this person last got another campaign.
    """

    delivery_id: int
    person_id: uuid.UUID | None
    address: str | None = field(repr=False)
    language: Literal["zh", "en"]
    variant: int
    held_out: bool
    step: int
    tries: int
    school_id: int | None
    agreed: bool
    blocked: bool
    last_other: datetime | None


@dataclass(frozen=True)
class Mark:
    """A change of one row: to which outcome, and what else."""

    delivery_id: int
    outcome: Outcome
    step: int
    tries: int = 0
    not_before: datetime | None = None


class LedgerWriter(Ledger):
    async def prepare(
        self, campaign: Campaign, audience: Audience, *, people: int, held_out: int, shares: Sequence[int]
    ) -> int | None:
        """Add rows for the next `people` people; how many were added, None when there are no more people.

        `held_out`: how many in a hundred get the quiz only; `shares`: the weights of the variants. What stands in the
        ledger already is left alone, so that whoever died here goes on where they stopped.
        """
        after = [] if campaign.prepared_to is None else [Person.id > campaign.prepared_to]
        page = select(Person.id).where(*after).order_by(Person.id).limit(people).subquery()
        last = await self._session.scalar(select(page.c.id).order_by(page.c.id.desc()).limit(1))
        if last is None:
            return None
        query = members(audience).where(REACHABLE, Person.id <= last, *after)
        rows = query.add_columns(
            literal(campaign.number),
            self._by_lot(held_out),
            self._variant(shares),
            literal(Outcome.PENDING.value),
            literal(0),
            literal(0),
            literal(now(), type_=Delivery.not_before.type),
        )
        insert = self._insert(Delivery).from_select(
            [
                *("person_id", "language", "school_id", "class_name"),
                *("campaign", "held_out", "variant", "outcome", "step", "tries", "not_before"),
            ],
            rows,
        )
        added = await self._session.execute(insert.on_conflict_do_nothing())
        campaign.prepared_to = last
        return int(added.rowcount)  # type: ignore[attr-defined]

    def _insert(self, table: Any) -> Any:
        dialect = self._session.get_bind().dialect.name
        return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)

    def _dice(self, sides: int) -> Any:
        """A number from 0 to sides - 1, another one in each row."""
        if self._session.get_bind().dialect.name == "postgresql":
            return cast(func.floor(func.random() * sides), Integer)
        return func.abs(func.random() % sides)

    def _by_lot(self, percent: int) -> Any:
        return self._dice(100) < percent if percent else literal(False)

    def _variant(self, shares: Sequence[int]) -> Any:
        # A weighted choice by one throw: as many places as the weights together, each standing for its variant.
        if len(shares) < 2:
            return literal(0)
        places = [number for number, share in enumerate(shares) for _ in range(share)]
        throw = self._dice(len(places))
        return case(dict(enumerate(places)), value=throw, else_=0)

    async def follow_up(self, campaign: int) -> bool:
        """Those held out long enough get the rest; whether anything of this campaign is to be sent now."""
        due = (Delivery.campaign == campaign, Delivery.outcome == Outcome.HELD_OUT, Delivery.not_before <= now())
        await self._session.execute(update(Delivery).where(*due).values(outcome=Outcome.PENDING))
        return await self.has_open(campaign)

    async def claim(self, campaign: int, limit: int) -> list[Claim]:
        """Take up to `limit` rows that are due, the oldest first."""
        moment = now()
        due = select(Delivery.id).where(
            Delivery.campaign == campaign, Delivery.outcome == Outcome.PENDING, Delivery.not_before <= moment
        )
        due = due.order_by(Delivery.not_before, Delivery.id).limit(limit).with_for_update(skip_locked=True)
        taken = (await self._session.scalars(due)).all()
        if not taken:
            return []
        change = update(Delivery).where(Delivery.id.in_(taken)).values(outcome=Outcome.CLAIMED, claimed_at=moment)
        await self._session.execute(change)
        other = aliased(Delivery)
        last_other = (
            select(func.max(other.finished_at))
            .where(
                other.person_id == Delivery.person_id,
                other.campaign != campaign,
                other.outcome.in_([Outcome.SENT, Outcome.UNKNOWN]),
            )
            .correlate(Delivery)
            .scalar_subquery()
        )
        query = (
            select(Delivery, Person, last_other)
            .outerjoin(Person, Person.id == Delivery.person_id)
            .where(Delivery.id.in_(taken))
            .order_by(Delivery.not_before, Delivery.id)
            .execution_options(populate_existing=True)
        )
        return [_claim(*row) for row in await self._session.execute(query)]

    async def free(self, delivery_ids: Sequence[int]) -> None:
        """Give back rows that were taken and not sent."""
        change = update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.outcome == Outcome.CLAIMED)
        await self._session.execute(change.values(outcome=Outcome.PENDING))

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Write what came, or is about to come, of rows; those that change alike in one statement."""
        alike: dict[tuple[Outcome, int, int, datetime | None], list[int]] = {}
        for one in marks:
            alike.setdefault((one.outcome, one.step, one.tries, one.not_before), []).append(one.delivery_id)
        for (outcome, step, tries, not_before), ids in alike.items():
            values: dict[str, Any] = {"outcome": outcome, "step": step, "tries": tries}
            if not_before is not None:
                values["not_before"] = not_before
            if outcome not in OPEN:
                values["finished_at"] = now()
            await self._session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(**values))

    async def note_laws(self, campaign: int, laws: Sequence[str]) -> None:
        """Note that everybody who got the campaign was told of these laws today."""
        for law in laws:
            got = select(Delivery.person_id, literal(law), literal(now().date())).where(
                Delivery.campaign == campaign, Delivery.outcome == Outcome.SENT, Delivery.person_id.is_not(None)
            )
            statement = self._insert(LawReceived).from_select(["person_id", "law", "last_on"], got)
            statement = statement.on_conflict_do_update(
                index_elements=["person_id", "law"], set_={"last_on": now().date()}
            )
            await self._session.execute(statement)

    async def recover(self) -> tuple[int, int]:
        """After a sender has died: what it had only taken is free again, what it was sending is unknown; how many."""
        freed = await self._session.execute(
            update(Delivery).where(Delivery.outcome == Outcome.CLAIMED).values(outcome=Outcome.PENDING)
        )
        unknown = await self._session.execute(
            update(Delivery)
            .where(Delivery.outcome == Outcome.SENDING)
            .values(outcome=Outcome.UNKNOWN, finished_at=now())
        )
        return int(freed.rowcount), int(unknown.rowcount)  # type: ignore[attr-defined]

    async def again(self, campaign: int, outcomes: Sequence[Outcome]) -> int:
        """Try rows with these outcomes once more, because somebody says so; how many."""
        change = (
            update(Delivery)
            .where(Delivery.campaign == campaign, Delivery.outcome.in_(outcomes), Delivery.person_id.is_not(None))
            .values(outcome=Outcome.PENDING, tries=0, not_before=now(), finished_at=None)
        )
        return int((await self._session.execute(change)).rowcount)  # type: ignore[attr-defined]

    async def press(self, campaign: int, person_id: uuid.UUID, button: str) -> None:
        """Note that a recipient pressed a button; nothing when it was not sent to them."""
        found = await self._delivery(campaign, person_id)
        if found is not None:
            statement = self._insert(CampaignPress).values(delivery_id=found, button=button, at=now())
            await self._session.execute(statement.on_conflict_do_nothing())

    async def answer(self, delivery_id: int, question: str, *, right: bool) -> None:
        """Note a recipient's first answer to a question."""
        statement = self._insert(CampaignAnswer).values(
            delivery_id=delivery_id, question=question, right=right, at=now()
        )
        await self._session.execute(statement.on_conflict_do_nothing())

    async def _delivery(self, campaign: int, person_id: uuid.UUID) -> int | None:
        query = select(Delivery.id).where(Delivery.campaign == campaign, Delivery.person_id == person_id)
        return await self._session.scalar(query)

    async def received(self, person_id: uuid.UUID, laws: Sequence[str]) -> None:
        """Note that a person was told of these laws today."""
        today = now().date()
        for law in laws:
            statement = self._insert(LawReceived).values(person_id=person_id, law=law, last_on=today)
            statement = statement.on_conflict_do_update(
                index_elements=["person_id", "law"], set_={"last_on": today}, where=LawReceived.last_on != today
            )
            await self._session.execute(statement)

    async def forget_people_before(self, moment: datetime) -> None:
        """Take the people out of rows that were finished before; the rows stay, so that reports still add up."""
        change = update(Delivery).where(Delivery.finished_at < moment, Delivery.person_id.is_not(None))
        await self._session.execute(change.values(person_id=None))

    async def forget_received_before(self, day: date) -> None:
        await self._session.execute(delete(LawReceived).where(LawReceived.last_on < day))


def _claim(delivery: Delivery, person: Person | None, last_other: datetime | None) -> Claim:
    return Claim(
        delivery.id,
        delivery.person_id,
        None if person is None else person.address,
        "en" if delivery.language == "en" else "zh",
        delivery.variant,
        delivery.held_out,
        delivery.step,
        delivery.tries,
        delivery.school_id,
        agreed=person is not None and person.consent == Consent.YES,
        blocked=person is not None and person.blocked_at is not None,
        last_other=last_other,
    )
