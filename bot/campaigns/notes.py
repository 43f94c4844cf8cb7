"""Who is told what becomes of a campaign."""

import uuid

from db.campaign_models import Campaign
from db.models import Role
from db.repositories.campaigns import Audience
from db.thread_models import NoticeKind
from db.work import ReadWork, WriteWork


async def tell_author(work: WriteWork, campaign: Campaign, kind: NoticeKind, detail: str = "") -> None:
    """Tell whoever made the campaign; when that was the operator, every admin."""
    told = [campaign.author_id] if campaign.author_id is not None else []
    if campaign.by_operator:
        told = [admin.id for admin in await work.people.admins()]
    for person_id in told:
        await work.notices.add(person_id, kind, campaign=campaign.number, detail=detail)


async def ask_for_approval(work: WriteWork, campaign: Campaign, audience: Audience) -> int:
    """Ask everybody who may approve the campaign; how many that are."""
    approvers = await who_may_approve(work, audience, but=campaign.author_id)
    for person_id in approvers:
        await work.notices.add(person_id, NoticeKind.CAMPAIGN_TO_APPROVE, campaign=campaign.number)
    return len(approvers)


async def who_may_approve(
    work: ReadWork | WriteWork, audience: Audience, but: uuid.UUID | None
) -> tuple[uuid.UUID, ...]:
    """Whoever has the right for every school of the audience, without its author: colleagues, and the admins."""
    held: dict[uuid.UUID, set[int]] = {}
    admins: dict[uuid.UUID, None] = {}
    for one, _ in await work.people.all_memberships():
        if one.role is Role.ADMIN and one.school_id is None:
            admins[one.person_id] = None
        elif one.role is not Role.STUDENT and one.school_id is not None:
            held.setdefault(one.person_id, set()).add(one.school_id)
    colleagues = [
        person for person, schools in held.items() if audience.schools is not None and set(audience.schools) <= schools
    ]
    return tuple(person for person in dict.fromkeys((*colleagues, *admins)) if person != but)
