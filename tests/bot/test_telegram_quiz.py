"""The quiz on Telegram: native polls, their answers, groups, refusals, a restart. No model is needed."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.app import App
from bot.replies import Quiz
from bot.telegram.polls import question
from bot.telegram.processor import OrderedPerChat
from content.library import Library
from db.keys import new_key_text
from tests.fakes.chats import Chat, Sent
from tests.fakes.telegram import FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.running import running_bot

REFUSED = Refusal(400, "Bad Request: not enough rights to send polls to the chat")


@dataclass
class Running:
    telegram: FakeTelegram
    app: App


@pytest.fixture
async def running(library: Library, tmp_path: Path) -> AsyncIterator[Running]:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path) as app:
        yield Running(telegram, app)


async def voted(student: Chat, poll: Sent, option: str = "right") -> Sent:
    student.answers(poll, option)
    return (await student.hears(1, timeout=5))[0]


async def test_five_polls_and_the_score(running: Running, library: Library) -> None:
    student = running.telegram.person(1)
    sent = await student.asks("/quiz")
    for number in range(1, 6):
        assert sent.poll is not None
        assert sent.poll.question.startswith(f"{number}/5 · ")
        assert not sent.poll.anonymous
        assert re.search("法|解释|意见|规定", sent.poll.explanation.rpartition("（")[2]), (
            "the explanation names the law"
        )
        sent = await voted(student, sent, "wrong" if number == 2 else "right")
    assert sent.poll is None
    assert sent.text.startswith("🏁 做完了，5 题对了 4 题")
    assert len(sent.labels) == 3
    student.presses(sent, sent.labels[0])
    again = (await student.hears())[0]
    assert again.poll is not None
    assert again.poll.question.startswith("1/5 · ")


async def test_the_language_is_that_of_the_student(running: Running) -> None:
    student = running.telegram.person(1, "en")
    sent = await student.asks("/quiz")
    assert sent.poll is not None
    assert sent.poll.question.isascii() or not re.search("[\u4e00-\u9fff]{4}", sent.poll.question)


async def test_the_same_answer_delivered_twice(running: Running) -> None:
    student = running.telegram.person(1)
    first = await student.asks("/quiz")
    assert first.poll is not None
    for _ in range(2):
        student.votes(first.poll.poll_id, [first.poll.right])
    second = (await student.hears())[0]
    await student.hears_nothing()
    assert second.text.startswith("2/5")


async def test_an_old_poll_hears_nothing_bad(running: Running) -> None:
    student = running.telegram.person(1)
    await student.asks("/quiz")
    student.votes("long ago", [1])
    told, again = await student.hears(2)
    assert "之前的题" in told.text
    assert again.poll is not None
    student.votes("long ago", [])
    student.votes("long ago", [0], voter_chat={"id": -1005, "type": "channel", "title": "News"})
    await student.hears_nothing()
    assert "2/5" in (await voted(student, again)).text, "asked again, it counts"


async def test_a_poll_that_was_passed_on_brings_a_stranger_no_message(running: Running) -> None:
    student, stranger = running.telegram.person(1), running.telegram.person(2)
    stranger.answers(await student.asks("/quiz"), "right")
    await stranger.hears_nothing()
    await student.hears_nothing()


async def test_a_group_gets_one_anonymous_poll(running: Running) -> None:
    member, other = running.telegram.member(7, -1005), running.telegram.member(8, -1005)
    member.says("/quiz@cardwise_test_bot")
    about, asked = await member.hears(2)
    assert "匿名" in about.text
    assert about.button("💬")["url"] == "https://t.me/cardwise_test_bot?start=quiz"
    assert asked.poll is not None
    assert asked.poll.anonymous
    for one in (member, other):
        one.answers(asked, "right")
    await member.hears_nothing()
    async with running.app.database.read() as work:
        assert await work.people.count() == 0
        assert await work.quizzes.poll(asked.poll.poll_id) is None


async def test_where_polls_are_refused_there_are_buttons(running: Running) -> None:
    student = running.telegram.person(1)
    running.telegram.refuse_next("sendPoll", REFUSED)
    sent = await student.asks("/quiz")
    assert sent.poll is None
    assert sent.labels == [str(number) for number in range(1, len(sent.labels) + 1)]
    assert f"\n{len(sent.labels)}. " in sent.text
    student.presses(sent, "1")
    told, following = await student.hears(2)
    assert told.text[0] in "✅💡"
    assert "依据：" in told.text
    assert following.poll is not None, "polls are tried again"
    student.presses(sent, "2")
    assert "答过" in (await student.hears())[0].text


async def test_where_a_group_takes_no_polls_the_question_is_played_in_private(running: Running) -> None:
    member = running.telegram.member(7, -1005)
    running.telegram.refuse_next("sendPoll", REFUSED)
    member.says("/quiz")
    _, asked = await member.hears(2)
    assert "\n2. " in asked.text
    assert "callback_data" not in asked.keyboard[0][0]
    assert asked.button("💬")["url"].endswith("start=quiz")


async def test_telegram_asking_to_wait_loses_no_poll(running: Running) -> None:
    student = running.telegram.person(1)
    running.telegram.refuse_next("sendPoll", Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
    assert (await student.asks("/quiz")).poll is not None


async def test_somebody_who_blocked_the_bot_is_noted(running: Running) -> None:
    student = running.telegram.person(1)
    await student.asks("/help")
    running.telegram.blocked.add(1)
    student.says("/quiz")
    await asyncio.sleep(0.5)
    async with running.app.database.read() as work:
        person = await work.people.find("telegram:1")
        assert person is not None
        assert person.blocked_at is not None


async def test_a_failure_after_a_poll_is_told_kindly(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    student = running.telegram.person(1)
    sent = await student.asks("/quiz")

    async def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(running.app.dialogue, "_decide", fail)
    assert "出了点问题" in (await voted(student, sent)).text


async def test_a_round_goes_on_after_a_restart(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key_text()
    monkeypatch.setattr("tests.running.new_key_text", lambda: key)
    telegram = FakeTelegram()
    student = telegram.person(1)
    async with serving(telegram):
        async with running_bot(telegram, library, None, tmp_path):
            sent = await voted(student, await student.asks("/quiz"))
        student.answers(sent, "right")  # while the bot is away
        async with running_bot(telegram, library, None, tmp_path):
            (third,) = await student.hears(1)
            assert third.text.startswith("3/5")


async def test_the_answer_to_a_poll_waits_for_what_came_before() -> None:
    processor, seen = OrderedPerChat(), []
    user = {"id": 7, "is_bot": False, "first_name": "S"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": user, "text": "/quiz"}
    answer = {"poll_id": "p", "user": user, "option_ids": [0], "option_persistent_ids": ["0"]}

    async def handle(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append(name)

    updates: list[tuple[str, float, dict[str, Any]]] = [
        ("quiz", 0.05, {"message": message}),
        ("answer", 0.0, {"poll_answer": answer}),
    ]
    tasks = [
        processor.process_update(Update.de_json({"update_id": number, **fields}, None), handle(name, seconds))
        for number, (name, seconds, fields) in enumerate(updates)
    ]
    await asyncio.gather(*tasks)
    assert seen == ["quiz", "answer"]


def test_a_long_question_goes_without_its_number() -> None:
    quiz = Quiz("x", "问" * 298, ("a", "b"), 0, "", label="1/5")
    assert question(quiz) == quiz.question
    assert question(Quiz("x", "问" * 290, ("a", "b"), 0, "", label="1/5")).startswith("1/5 · 问")
