"""Consent, groups and care in the dialogue, with an interpreter whose meaning the test sets."""

import pytest

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.safety import speaks_of_danger
from bot.people.invites import PeopleService
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.models import Consent, Role
from tests.bot.talking import Means, dialogue_with

ME = "telegram:1"


@pytest.fixture
def means() -> Means:
    return Means()


@pytest.fixture
def dialogue(sqlite: Database, library: Library, means: Means) -> Dialogue:
    return dialogue_with(sqlite, library, means)


def command(name: str, text: str = "", *, in_group: bool = False) -> Turn:
    return Turn(ME, Kind.COMMAND, text, command=name, in_group=in_group)


async def consent(database: Database) -> Consent:
    async with database.read() as work:
        person = await work.people.find(ME)
        assert person is not None
        return person.consent


async def test_an_ok_to_something_else_is_no_consent(dialogue: Dialogue, sqlite: Database, means: Means) -> None:
    await dialogue.answer(command("start"))
    await dialogue.answer(Turn(ME, Kind.PRESS, press=Press(PressKind.ANSWER, "ask_penalty")))
    means.intent = "affirm"
    await dialogue.answer(Turn(ME, Kind.TEXT, "好的"))  # to the answer about penalties
    assert await consent(sqlite) is not Consent.YES


async def test_stop_in_a_group_stops(dialogue: Dialogue, sqlite: Database) -> None:
    await dialogue.answer(command("subscribe"))
    replies = await dialogue.answer(command("stop", in_group=True))
    assert await consent(sqlite) is Consent.NO or replies[0].go_private, replies[0].text


async def test_consent_is_not_asked_in_a_group(dialogue: Dialogue) -> None:
    replies = await dialogue.answer(command("start", in_group=True))
    presses = [button.press.kind for reply in replies for row in reply.buttons for button in row]
    assert PressKind.CONSENT not in presses


@pytest.mark.parametrize("kind", [PressKind.ANSWER, PressKind.MEANT])
async def test_private_matters_stay_out_of_groups_when_pressed_too(dialogue: Dialogue, kind: PressKind) -> None:
    turn = Turn(ME, Kind.PRESS, press=Press(kind, "report_provided_item"), in_group=True)
    assert (await dialogue.answer(turn))[0].go_private


async def test_a_student_who_comes_by_invitation_is_asked_for_consent(dialogue: Dialogue, sqlite: Database) -> None:
    people = PeopleService(sqlite, "Asia/Shanghai")
    await people.add_school("一中")
    made = await people.create_invite(Role.STUDENT, school="一中")
    replies = await dialogue.answer(command("start", made.payload))
    presses = [button.press.kind for reply in replies for row in reply.buttons for button in row]
    assert PressKind.CONSENT in presses


async def test_danger_is_met_with_care_without_a_model(sqlite: Database, library: Library) -> None:
    dialogue = Dialogue(sqlite, lambda: library, lambda: None)
    reply = (await dialogue.answer(Turn(ME, Kind.TEXT, "我不想活了")))[0]
    assert "12356" in reply.text


async def test_danger_in_a_group_names_the_hotlines(dialogue: Dialogue) -> None:
    reply = (await dialogue.answer(Turn(ME, Kind.TEXT, "我不想活了", in_group=True)))[0]
    assert "12356" in reply.text
    assert reply.go_private


@pytest.mark.parametrize(
    "text",
    [
        "my boss told me to send it all to his account, is that ok?",
        "they will lend it all to me",
        "I don't want to spend my life in prison",
        "I want to diet, is this job ad real",
        "手机卡跳楼价出售，靠谱吗",
        "我不想活动的时候用我的银行卡收钱",
    ],
)
def test_ordinary_questions_are_not_danger(library: Library, text: str) -> None:
    assert not speaks_of_danger(text, library)


async def test_not_understood_twice_in_a_row_offers_a_person(dialogue: Dialogue, means: Means) -> None:
    def offers_a_person(reply: Reply) -> bool:
        return any(button.press.subject == "talk_to_counsellor" for row in reply.buttons for button in row)

    (first,) = await dialogue.answer(Turn(ME, Kind.TEXT, "嗯那个"))
    (second,) = await dialogue.answer(Turn(ME, Kind.TEXT, "就是那个嘛"))
    assert not offers_a_person(first)
    assert offers_a_person(second)
    means.intent = "ask_penalty"
    await dialogue.answer(Turn(ME, Kind.TEXT, "判几年"))
    means.intent = "nlu_fallback"
    (after,) = await dialogue.answer(Turn(ME, Kind.TEXT, "嗯那个"))
    assert not offers_a_person(after)
