"""Schools with students to send campaigns to."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.campaigns.definition import Written, from_file
from content.library import Library
from db.engine import Database
from db.models import Consent, Role

TEXT = """\
id: {id}
title: {{zh: 测试, en: Test}}
messages:
  - text: {{zh: "别把卡借给别人。", en: "Never lend your card."}}
    buttons:
      - {{label: {{zh: 怎么拒绝, en: How to say no}}, answer: ask_how_to_refuse.friend}}
{more}
"""


@pytest.fixture
def written(tmp_path: Path, library: Library) -> Callable[..., Written]:
    """Makes a campaign from the text of a file."""
    return writing(tmp_path, library)


def writing(folder: Path, library: Library) -> Callable[..., Written]:
    """The same, for a folder."""

    def make(campaign_id: str = "test", more: str = "urgent: true", text: str = TEXT) -> Written:
        path = folder / f"{campaign_id}.yml"
        path.write_text(text.format(id=campaign_id, more=more), encoding="utf-8")
        return from_file(path, library)

    return make


async def with_students(
    database: Database, count: int, school: str = "示范大学", class_name: str | None = None, first: int = 1
) -> list[uuid.UUID]:
    """A school with students who want campaigns; telegram:1, telegram:2 and so on."""
    async with database.write() as work:
        there = await work.schools.named(school) or await work.schools.add(school, "Asia/Shanghai")
        people = []
        for number in range(first, first + count):
            person = await work.people.find_or_add(f"telegram:{number}")
            await work.people.set_consent(person, Consent.YES)
            await work.people.add_membership(person.id, Role.STUDENT, there.id, class_name)
            people.append(person.id)
        return people


async def with_staff(database: Database, address: str, role: Role, school: str | None) -> uuid.UUID:
    """Somebody with a role."""
    async with database.write() as work:
        there = await work.schools.named(school) if school is not None else None
        person = await work.people.find_or_add(address)
        await work.people.add_membership(person.id, role, there.id if there is not None else None, None)
        return person.id
