"""Campaigns, and whom they are for."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.campaign_models import Campaign, CampaignPicture, CampaignState, LawReceived, MembershipTag
from db.models import Consent, Membership, Person, Role


@dataclass(frozen=True)
class Audience:
    """Who is meant. `schools` None: everybody, whether they have joined a school or not."""

    schools: tuple[int, ...] | None
    classes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    active_since: date | None = None  # wrote on that day or later
    silent_since: date | None = None  # has not written from that day on
    told_of: tuple[str, ...] = ()  # was told of one of these laws


@dataclass(frozen=True)
class Counted:
    """How many people are meant, and how many of them are left out and why."""

    recipients: int
    never_agreed: int
    opted_out: int
    blocked: int


def members(audience: Audience) -> Any:
    """Everybody who is meant, once: id, language, school, class; whether or not they may be written to."""
    first = aliased(Membership)
    lowest = select(func.min(first.id)).where(first.person_id == Person.id, *_of_membership(audience, first))
    held = Membership.id == lowest.correlate(Person).scalar_subquery()
    query = select(
        Person.id, func.coalesce(Person.language, literal("zh")), Membership.school_id, Membership.class_name
    )
    if audience.schools is None and not audience.classes and not audience.tags:
        return query.outerjoin(Membership, held).where(*_of_person(audience))
    return query.join(Membership, held).where(*_of_person(audience))


def _of_membership(audience: Audience, held: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [held.role == Role.STUDENT]
    if audience.schools is not None:
        conditions.append(held.school_id.in_(audience.schools))
    if audience.classes:
        conditions.append(held.class_name.in_(audience.classes))
    if audience.tags:
        tagged = exists().where(MembershipTag.membership_id == held.id, MembershipTag.tag.in_(audience.tags))
        conditions.append(tagged)
    return conditions


def _of_person(audience: Audience) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if audience.languages:
        conditions.append(func.coalesce(Person.language, literal("zh")).in_(audience.languages))
    if audience.active_since is not None:
        conditions.append(Person.seen_on >= audience.active_since)
    if audience.silent_since is not None:
        conditions.append(or_(Person.seen_on.is_(None), Person.seen_on < audience.silent_since))
    if audience.told_of:
        conditions.append(exists().where(LawReceived.person_id == Person.id, LawReceived.law.in_(audience.told_of)))
    return conditions


_MOST_MESSAGES = 10  # of a variant: tells the place of a picture by one number

REACHABLE = and_(Person.consent == Consent.YES, Person.blocked_at.is_(None))
"""Who may be written to: whoever said yes and has not blocked the bot."""


class Campaigns:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by(self, person_id: uuid.UUID) -> Sequence[Campaign]:
        """Those that this person has made or approved."""
        query = select(Campaign).where(or_(Campaign.author_id == person_id, Campaign.approved_by == person_id))
        return (await self._session.scalars(query.order_by(Campaign.number))).all()

    async def get(self, number: int) -> Campaign | None:
        return await self._session.get(Campaign, number)

    async def named(self, campaign_id: str) -> Campaign | None:
        return (await self._session.scalars(select(Campaign).where(Campaign.id == campaign_id))).first()

    async def all(self) -> Sequence[Campaign]:
        return (await self._session.scalars(select(Campaign).order_by(Campaign.number))).all()

    async def in_state(self, *states: CampaignState) -> Sequence[Campaign]:
        query = select(Campaign).where(Campaign.state.in_(states)).order_by(Campaign.number)
        return (await self._session.scalars(query)).all()

    async def due(self, moment: datetime) -> Sequence[Campaign]:
        """Campaigns whose time has come."""
        query = select(Campaign).where(Campaign.state == CampaignState.SCHEDULED, Campaign.starts_at <= moment)
        return (await self._session.scalars(query.order_by(Campaign.starts_at))).all()

    async def count(self, audience: Audience) -> Counted:
        """How many people would be written to now, and who is left out."""
        meant = members(audience).add_columns(Person.consent, Person.blocked_at).subquery()
        consent, blocked = meant.c.consent, meant.c.blocked_at
        agreed = consent == Consent.YES
        query = select(
            func.count().filter(agreed, blocked.is_(None)),
            func.count().filter(consent.in_([Consent.NOT_ASKED, Consent.ASKED])),
            func.count().filter(consent == Consent.NO),
            func.count().filter(agreed, blocked.is_not(None)),
        )
        recipients, never, out, gone = map(int, (await self._session.execute(query)).one())
        return Counted(recipients, never, out, gone)

    async def pictures(self, number: int) -> dict[tuple[int, int], bytes]:
        """The pictures of a campaign, by variant and message."""
        query = select(CampaignPicture).where(CampaignPicture.campaign == number)
        return {divmod(one.position, _MOST_MESSAGES): one.data for one in await self._session.scalars(query)}

    async def pictures_kept(self, number: int) -> dict[tuple[int, int], bytes | str]:
        """The same, or the ids under which Telegram has them already."""
        query = select(CampaignPicture).where(CampaignPicture.campaign == number)
        found = await self._session.scalars(query)
        return {divmod(one.position, _MOST_MESSAGES): one.file_id or one.data for one in found}

    async def classes(self, schools: Sequence[int] | None) -> Sequence[str]:
        """The names of the classes of these schools (None: of all)."""
        query = select(Membership.class_name).where(Membership.class_name.is_not(None)).distinct()
        if schools is not None:
            query = query.where(Membership.school_id.in_(schools))
        return [name for name in await self._session.scalars(query.order_by(Membership.class_name)) if name]

    async def tags(self, schools: Sequence[int] | None) -> Sequence[str]:
        """The tags given at these schools (None: at all)."""
        query = select(MembershipTag.tag).join(Membership, Membership.id == MembershipTag.membership_id).distinct()
        if schools is not None:
            query = query.where(Membership.school_id.in_(schools))
        return (await self._session.scalars(query.order_by(MembershipTag.tag))).all()


class CampaignsWriter(Campaigns):
    async def hold(self, number: int) -> Campaign | None:
        """The campaign, held until this unit ends: of two who change it at once, the second sees what the first did."""
        query = select(Campaign).where(Campaign.number == number).with_for_update()
        return (await self._session.scalars(query.execution_options(populate_existing=True))).first()

    async def add(
        self, campaign_id: str, definition: str, pin: str, author_id: uuid.UUID | None, *, by_operator: bool
    ) -> Campaign:
        campaign = Campaign(
            id=campaign_id, definition=definition, pin=pin, author_id=author_id, by_operator=by_operator
        )
        self._session.add(campaign)
        await self._session.flush()
        return campaign

    async def set_pictures(self, number: int, pictures: dict[tuple[int, int], bytes]) -> None:
        """Put these pictures, by variant and message, in the place of those there were."""
        await self._session.execute(delete(CampaignPicture).where(CampaignPicture.campaign == number))
        self._session.add_all(
            CampaignPicture(campaign=number, position=variant * _MOST_MESSAGES + message, data=data)
            for (variant, message), data in pictures.items()
        )
        await self._session.flush()

    async def keep_file_id(self, number: int, place: tuple[int, int], file_id: str) -> None:
        """Telegram has this picture now."""
        picture = await self._session.get(CampaignPicture, (number, place[0] * _MOST_MESSAGES + place[1]))
        if picture is not None:
            picture.file_id = file_id

    async def tag(self, membership_id: int, tags: Sequence[str]) -> None:
        """Give a membership these tags, beside those it has."""
        held = set(
            await self._session.scalars(select(MembershipTag.tag).where(MembershipTag.membership_id == membership_id))
        )
        self._session.add_all(
            MembershipTag(membership_id=membership_id, tag=tag) for tag in dict.fromkeys(tags) if tag not in held
        )
        await self._session.flush()

    async def untag(self, membership_id: int, tags: Sequence[str]) -> None:
        await self._session.execute(
            delete(MembershipTag).where(MembershipTag.membership_id == membership_id, MembershipTag.tag.in_(tags))
        )

    async def remove(self, campaign: Campaign) -> None:
        await self._session.delete(campaign)
