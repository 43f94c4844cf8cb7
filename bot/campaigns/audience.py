"""Whom a campaign is for, as the database understands it."""

from datetime import timedelta

from bot.campaigns.definition import Definition
from bot.people.invites import UnknownSchool
from db.models import now
from db.repositories.campaigns import Audience
from db.work import ReadWork, WriteWork


async def audience_of(work: ReadWork | WriteWork, definition: Definition) -> Audience:
    """The audience of a campaign, its days counted from today. Raises UnknownSchool."""
    rule = definition.audience
    known = {school.name: school.id for school in await work.schools.all()}
    for name in rule.schools:
        if name not in known:
            raise UnknownSchool(name, list(known))
    today = now().date()
    return Audience(
        schools=tuple(known[name] for name in rule.schools) if rule.schools else None,
        classes=rule.classes,
        tags=rule.tags,
        languages=rule.languages,
        active_since=today - timedelta(days=rule.active_within_days) if rule.active_within_days else None,
        silent_since=today - timedelta(days=rule.silent_for_days) if rule.silent_for_days else None,
        told_of=rule.told_of,
    )
