"""What people decide about themselves: see, erase, leave, rate, cancel. In both kinds of database."""

import json
from datetime import date

import pytest
from sqlalchemy import text

from bot.dialogue import own_data
from bot.dialogue.dialogue import Dialogue
from bot.people.invites import PeopleService
from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.models import Base, Role
from tests.bot.talking import Means, dialogue_with

ME = "telegram:4711"


@pytest.fixture
def means() -> Means:
    return Means("ask_provide_item")


@pytest.fixture
def dialogue(database: Database, library: Library, means: Means) -> Dialogue:
    return dialogue_with(database, library, means)


def command(name: str, argument: str = "", *, in_group: bool = False) -> Turn:
    return Turn(ME, Kind.COMMAND, argument, command=name, in_group=in_group)


def press(kind: PressKind, subject: str, choice: int = 0, *, in_group: bool = False) -> Turn:
    return Turn(ME, Kind.PRESS, press=Press(kind, subject, choice), in_group=in_group)


def buttons(reply: Reply) -> list[Button]:
    return [button for row in reply.buttons for button in row]


async def rows_of(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.read() as work:
        session = work.people._session
        return {
            table.name: (await session.execute(text(f'SELECT count(*) FROM "{table.name}"'))).scalar_one()
            for table in Base.metadata.sorted_tables
        }


async def join(database: Database, dialogue: Dialogue, role: Role, school: str | None) -> None:
    people = PeopleService(database, "Asia/Shanghai")
    if school is not None and school not in [one.name for one in await people.schools()]:
        await people.add_school(school)
    invite = await people.create_invite(role, school=school)
    await dialogue.answer(command("start", invite.payload))


async def test_forget_asks_once_erases_everything_and_looks_again(dialogue: Dialogue, database: Database) -> None:
    await join(database, dialogue, Role.STUDENT, "一中")
    await dialogue.answer(Turn(ME, Kind.TEXT, "银行卡能租吗"))
    before = await rows_of(database)
    (question,) = await dialogue.answer(command("forget"))
    assert [button.press.subject for button in buttons(question)] == ["yes", "no"]
    assert await rows_of(database) == before  # nothing yet
    await dialogue.answer(press(PressKind.FORGET, "no"))
    assert await rows_of(database) == before
    await dialogue.answer(press(PressKind.FORGET, "yes"))
    after = await rows_of(database)
    for table in ("person", "membership", "conversation", "quiz_progress"):
        assert after[table] == 0, table
    for table in ("school", "audit", "topic_count"):
        assert after[table] == before[table], table  # counters and the log still agree, without the person
    assert "4711" not in await own_data.export(database, ME)
    async with database.read() as work:
        assert all(entry.actor_id is None for entry in await work.audit.latest())


async def test_the_only_admin_cannot_vanish(dialogue: Dialogue, database: Database, library: Library) -> None:
    await join(database, dialogue, Role.ADMIN, None)
    (reply,) = await dialogue.answer(press(PressKind.FORGET, "yes"))
    assert reply.body == library.text("forget_only_admin", "zh")
    assert (await rows_of(database))["person"] == 1


async def test_export_holds_everything_and_no_words(dialogue: Dialogue, database: Database) -> None:
    await join(database, dialogue, Role.STUDENT, "一中")
    await dialogue.answer(command("quiz"))
    await dialogue.answer(Turn(ME, Kind.TEXT, "银行卡能租吗"))
    (reply,) = await dialogue.answer(command("export"))
    assert reply.file is not None
    assert len(json.loads(reply.file.text)["quiz_round"]["questions"]) == 5
    data = json.loads(reply.file.text)
    assert data["address"] == ME
    assert [role["school"] for role in data["roles"]] == ["一中"]
    assert data["conversation_for_30_minutes"]["topic"].startswith("ask_provide_item.")
    assert "银行卡能租吗" not in reply.file.text


async def test_the_export_of_somebody_unknown_is_empty(database: Database) -> None:
    assert json.loads(await own_data.export(database, "telegram:99")) == {"stored": "nothing"}


async def test_only_ones_own_school_can_be_left(dialogue: Dialogue, database: Database, library: Library) -> None:
    (none,) = await dialogue.answer(command("school"))
    assert none.body == library.text("school_none", "zh")
    await join(database, dialogue, Role.STUDENT, "一中")
    (yours,) = await dialogue.answer(command("school"))
    leave = buttons(yours)[0].press
    stranger = Turn("telegram:5", Kind.PRESS, press=leave)
    await dialogue.answer(stranger)
    for made_up in ("0", "999999", "-1", "x", "1; DROP TABLE person"):
        await dialogue.answer(press(PressKind.LEAVE, made_up))
    assert (await rows_of(database))["membership"] == 1
    (left,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=leave))
    assert left.body == library.text("school_left", "zh")
    assert (await rows_of(database))["membership"] == 0
    (again,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=leave))
    assert again.body == library.text("school_none", "zh")


async def test_a_counsellor_does_not_lose_the_role_by_leaving(dialogue: Dialogue, database: Database) -> None:
    await join(database, dialogue, Role.COUNSELLOR, "一中")
    async with database.read() as work:
        person = await work.people.find(ME)
        assert person is not None
        (held,) = await work.people.memberships(person.id)
    await dialogue.answer(press(PressKind.LEAVE, str(held.id)))
    assert (await rows_of(database))["membership"] == 1


async def test_marks_are_counted_once_per_answer_and_name_nobody(dialogue: Dialogue, database: Database) -> None:
    (answer,) = await dialogue.answer(Turn(ME, Kind.TEXT, "银行卡能租吗"))
    up, down = (button.press for button in buttons(answer)[-2:])
    await dialogue.answer(Turn(ME, Kind.PRESS, press=up))
    await dialogue.answer(Turn(ME, Kind.PRESS, press=up))
    await dialogue.answer(Turn(ME, Kind.PRESS, press=down))
    async with database.read() as work:
        counted = await work.counts.feedback_since(date(2020, 1, 1))
    assert list(counted.values()) == [(1, 0)]
    (sorry,) = await dialogue.answer(press(PressKind.HELPFUL, "ask_penalty", 2))
    assert any(button.press.subject == "talk_to_counsellor" for button in buttons(sorry))


async def test_marks_in_a_group_are_not_counted(dialogue: Dialogue, database: Database) -> None:
    for _ in range(3):
        await dialogue.answer(press(PressKind.HELPFUL, "ask_penalty", 1, in_group=True))
    async with database.read() as work:
        assert await work.counts.feedback_since(date(2020, 1, 1)) == {}


async def test_a_new_question_leaves_the_guide(dialogue: Dialogue, library: Library, means: Means) -> None:
    await dialogue.answer(press(PressKind.STEP, "provided-item", 2))
    await dialogue.answer(Turn(ME, Kind.TEXT, "银行卡能租吗"))
    means.intent = "affirm"
    (reply,) = await dialogue.answer(Turn(ME, Kind.TEXT, "好的"))
    assert reply.body == library.text("what_now", "zh")


async def test_feedback_asks_about_the_last_answer(dialogue: Dialogue, library: Library) -> None:
    (nothing,) = await dialogue.answer(command("feedback"))
    assert nothing.body == library.text("feedback_nothing", "zh")
    await dialogue.answer(Turn(ME, Kind.TEXT, "银行卡能租吗"))
    (asked,) = await dialogue.answer(command("feedback"))
    assert [button.press.kind for button in buttons(asked)] == [PressKind.HELPFUL] * 2


async def test_personal_matters_stay_out_of_groups(dialogue: Dialogue, database: Database) -> None:
    for name in ("forget", "export", "school", "feedback", "cancel"):
        (reply,) = await dialogue.answer(command(name, in_group=True))
        assert reply.go_private
        assert reply.file is None
    await join(database, dialogue, Role.STUDENT, "一中")
    (reply,) = await dialogue.answer(press(PressKind.FORGET, "yes", in_group=True))
    assert reply.go_private
    assert (await rows_of(database))["person"] == 1


async def test_a_guide_is_gone_through_left_and_taken_up_again(
    dialogue: Dialogue, library: Library, means: Means
) -> None:
    steps = len(library.guides["provided-item"].steps)
    (start,) = await dialogue.answer(press(PressKind.STEP, "provided-item"))
    assert library.guides["provided-item"].urgent.zh.strip() in start.body
    assert library.guides["provided-item"].steps[0].do.zh in start.body
    (second,) = await dialogue.answer(Turn(ME, Kind.TEXT, "做完了"))  # typed instead of pressed
    assert second == (await dialogue.answer(Turn(ME, Kind.PRESS, press=buttons(start)[0].press)))[0]
    assert library.guides["provided-item"].steps[1].do.zh.strip() in second.body
    later = next(button.press for button in buttons(second) if button.press.kind is PressKind.LATER)
    (left,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=later))
    (again,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=buttons(left)[0].press))
    assert again.body == second.body
    means.intent = "affirm"
    for _ in range(steps - 1):
        (reply,) = await dialogue.answer(Turn(ME, Kind.TEXT, "嗯"))
    assert library.text("guide_end", "zh") in reply.body
    assert "📞" in reply.body
    (out,) = await dialogue.answer(Turn(ME, Kind.TEXT, "嗯"))
    assert out.body == library.text("what_now", "zh")  # it has ended: a yes is only a yes


async def test_cancel_leads_out_of_a_guide(dialogue: Dialogue, library: Library) -> None:
    await dialogue.answer(press(PressKind.STEP, "provided-item", 2))
    (cancelled,) = await dialogue.answer(command("cancel"))
    assert cancelled.body == library.text("cancelled", "zh")
    (nothing,) = await dialogue.answer(command("cancel"))
    assert nothing.body == library.text("nothing_to_cancel", "zh")
