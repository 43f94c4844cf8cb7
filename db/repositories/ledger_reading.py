"""What the delivery ledger says: how far a campaign is, and what came of it."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.campaign_models import Campaign, CampaignAnswer, CampaignPress, Delivery, LawReceived, Outcome
from db.models import Consent, Person

OPEN = (Outcome.PENDING, Outcome.CLAIMED, Outcome.SENDING)
"""Outcomes of rows that still have something to come."""

_GROUPS = {
    "sent": (Outcome.SENT,),
    "blocked": (Outcome.BLOCKED, Outcome.DEACTIVATED),
    "failed": (Outcome.NOT_FOUND, Outcome.CONTENT_ERROR, Outcome.GAVE_UP),
    "opted_out": (Outcome.OPTED_OUT,),
    "unknown": (Outcome.UNKNOWN,),
    "pending": OPEN,
}


@dataclass(frozen=True)
class Tally:
    """How far a campaign is. `held_out` people are no part of `planned`."""

    planned: int
    sent: int
    blocked: int
    failed: int
    opted_out: int
    unknown: int
    pending: int
    held_out: int


class Ledger:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def tally(self, campaign: int) -> Tally:
        query = select(Delivery.held_out, Delivery.outcome, func.count()).where(Delivery.campaign == campaign)
        counts: Counter[Outcome] = Counter()
        held_out = 0
        for held, outcome, count in await self._session.execute(query.group_by(Delivery.held_out, Delivery.outcome)):
            held_out += count if held else 0
            counts[outcome] += 0 if held else count
        grouped = {name: sum(counts[outcome] for outcome in outcomes) for name, outcomes in _GROUPS.items()}
        return Tally(counts.total(), **grouped, held_out=held_out)

    async def outcomes(self, campaign: int) -> dict[Outcome, int]:
        """Rows by outcome, without those held out."""
        query = select(Delivery.outcome, func.count()).where(Delivery.campaign == campaign, ~Delivery.held_out)
        return dict((await self._session.execute(query.group_by(Delivery.outcome))).tuples().all())

    async def by(self, campaign: int, column: str) -> dict[tuple[Any, Outcome], int]:
        """Rows by a column (`language`, `class_name`, `school_id`, `variant`) and outcome, without those held out."""
        field = getattr(Delivery, column)
        query = select(field, Delivery.outcome, func.count()).where(Delivery.campaign == campaign, ~Delivery.held_out)
        rows = await self._session.execute(query.group_by(field, Delivery.outcome))
        return {(value, outcome): count for value, outcome, count in rows}

    async def finished_times(self, campaign: int) -> dict[str, int]:
        """How many were sent in each hour, by the hour's beginning in UTC, such as 2026-01-05T09."""
        sqlite_style = self._session.get_bind().dialect.name == "sqlite"
        hour: Any = (
            func.strftime("%Y-%m-%dT%H", Delivery.finished_at)
            if sqlite_style
            else func.to_char(func.timezone("UTC", Delivery.finished_at), 'YYYY-MM-DD"T"HH24')
        )
        query = select(hour, func.count()).where(
            Delivery.campaign == campaign, Delivery.outcome == Outcome.SENT, ~Delivery.held_out
        )
        return {str(at): count for at, count in await self._session.execute(query.group_by(hour).order_by(hour))}

    async def pressed(self, campaign: int) -> dict[str, int]:
        """How many pressed each button."""
        query = select(CampaignPress.button, func.count()).join(Delivery, Delivery.id == CampaignPress.delivery_id)
        query = query.where(Delivery.campaign == campaign).group_by(CampaignPress.button)
        return dict((await self._session.execute(query)).tuples().all())

    async def answered(self, campaign: int) -> dict[tuple[str, bool], tuple[int, int]]:
        """By question and whether the person was held out: how many answered rightly, and how many answered.

        Of those held out only answers count that were given before they got the campaign after all.
        """
        query = select(
            CampaignAnswer.question,
            Delivery.held_out,
            func.sum(cast(CampaignAnswer.right, Integer)),
            func.count(),
        ).join(Delivery, Delivery.id == CampaignAnswer.delivery_id)
        query = query.where(Delivery.campaign == campaign).group_by(CampaignAnswer.question, Delivery.held_out)
        return {
            (question, held): (right or 0, total) for question, held, right, total in await self._session.execute(query)
        }

    async def left_after(self, campaign: int, within_hours: int) -> int:
        """How many who got it said no to further ones within so many hours."""
        query = (
            select(Delivery.finished_at, Person.consent_at)
            .join(Person, Person.id == Delivery.person_id)
            .where(
                Delivery.campaign == campaign,
                Delivery.outcome == Outcome.SENT,
                Person.consent == Consent.NO,
                Person.consent_at >= Delivery.finished_at,
            )
        )
        rows = await self._session.execute(query)
        return sum((left - got).total_seconds() <= within_hours * 3600 for got, left in rows if got and left)

    async def has_open(self, campaign: int) -> bool:
        """Whether anything is still to be sent; what those held out get later does not count."""
        query = select(Delivery.id).where(Delivery.campaign == campaign, Delivery.outcome.in_(OPEN))
        return (await self._session.scalar(query.limit(1))) is not None

    async def of(self, person_id: uuid.UUID) -> Sequence[tuple[str, Delivery]]:
        """Which campaigns this person was to get, oldest first."""
        query = select(Campaign.id, Delivery).join(Delivery, Delivery.campaign == Campaign.number)
        rows = await self._session.execute(query.where(Delivery.person_id == person_id).order_by(Delivery.id))
        return [(row[0], row[1]) for row in rows]

    async def laws_of(self, person_id: uuid.UUID) -> Sequence[LawReceived]:
        query = select(LawReceived).where(LawReceived.person_id == person_id).order_by(LawReceived.law)
        return (await self._session.scalars(query)).all()

    async def told_of(self, laws: Sequence[str]) -> int:
        """How many people were told of any of these laws."""
        query = select(func.count(func.distinct(LawReceived.person_id))).where(LawReceived.law.in_(laws))
        return await self._session.scalar(query) or 0
