"""What one person, one group, or one refusal of Telegram may not do to everybody else. No model is needed."""

import asyncio
import time
from pathlib import Path

import pytest
from telegram import Update, User

from bot.telegram.processor import OrderedPerChat, waited
from bot.telegram.turns import turn_of
from content.library import Library
from tests.fakes.chats import BOT
from tests.fakes.telegram import FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.running import running_bot

BOT_USER = User.de_json(dict(BOT))
BUSY = Refusal(429, "Too Many Requests: retry after 4", {"retry_after": 4})


async def test_a_refused_description_silences_nobody(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    telegram.refuse_next("setMyDescription", BUSY)  # in earnest: hours
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        await asyncio.sleep(0.3)
        assert (await telegram.person(1).asks("/help", timeout=2)).text


async def test_a_refused_description_does_not_keep_the_bot_from_stopping(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    telegram.refuse_next("setMyDescription", BUSY)
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 2


async def test_one_chat_told_to_wait_holds_up_no_other(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        flooded, other = telegram.person(1), telegram.person(2)
        telegram.refuse_next("sendMessage", BUSY)
        flooded.says("/help")
        await asyncio.sleep(0.3)
        assert (await other.asks("/help", timeout=2)).text


async def test_a_hiccup_while_starting_does_not_end_the_bot(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    telegram.refuse_next("deleteWebhook", Refusal(502, "Bad Gateway"))
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        assert (await telegram.person(1).asks("/help", timeout=10)).text


@pytest.mark.parametrize("refusal", [Refusal(502, "Bad Gateway"), Refusal(403, "Forbidden: x")])
async def test_a_press_that_cannot_be_acknowledged_is_still_answered(
    library: Library, tmp_path: Path, refusal: Refusal
) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        student = telegram.person(1)
        menu = await student.asks("/help")
        telegram.refuse_next("answerCallbackQuery", refusal)
        student.presses(menu, menu.labels[0])
        answer = (await student.hears(1, timeout=3))[0]
        assert "出了点问题" not in answer.text


async def test_a_refused_send_says_that_the_person_blocked_the_bot(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path) as app:
        student = telegram.person(1)
        await student.asks("/help")
        telegram.blocked.add(student.chat_id)  # without a my_chat_member update
        student.says("/help")
        await asyncio.sleep(0.5)
        async with app.database.read() as work:
            person = await work.people.find("telegram:1")
            assert person is not None
            assert person.blocked_at is not None
        telegram.blocked.clear()  # let in again; the update about it was lost
        await student.asks("/help")
        async with app.database.read() as work:
            person = await work.people.find("telegram:1")
            assert person is not None
            assert person.blocked_at is None, "somebody who writes to the bot has not blocked it"


async def test_one_who_floods_takes_no_place_from_others() -> None:
    processor, seen = OrderedPerChat(4), []
    slow = asyncio.Event()

    async def handle(chat: int) -> None:
        if chat == 7:
            await slow.wait()  # the pace of one message a second in a chat
        seen.append(chat)

    chats = [7] * 20 + [8]
    updates = [Update.de_json({"update_id": n, "message": _message(chat, n)}, None) for n, chat in enumerate(chats)]
    tasks = [
        asyncio.create_task(processor.process_update(update, handle(chat)))
        for update, chat in zip(updates, chats, strict=True)
    ]
    await asyncio.sleep(0.05)
    answered = 8 in seen
    slow.set()
    await asyncio.gather(*tasks)
    assert answered


async def test_how_long_an_update_waited_for_those_before_it() -> None:
    processor, found = OrderedPerChat(), []

    async def handle(number: int) -> None:
        found.append(waited())
        if number == 0:
            await asyncio.sleep(0.05)

    updates = [Update.de_json({"update_id": n, "message": _message(7, n)}, None) for n in range(2)]
    await asyncio.gather(*(processor.process_update(update, handle(n)) for n, update in enumerate(updates)))
    first, second = found
    assert first < 0.04 < second


async def test_order_within_a_chat_when_full() -> None:
    processor, seen = OrderedPerChat(4), []

    async def handle(number: int) -> None:
        await asyncio.sleep(0.001 * (number % 3))
        seen.append(number)

    updates = [Update.de_json({"update_id": n, "message": _message(7, n)}, None) for n in range(40)]
    await asyncio.gather(*(processor.process_update(update, handle(n)) for n, update in enumerate(updates)))
    assert seen == list(range(40))


def _message(chat: int, number: int, text: str | None = "x", **extra: object) -> dict[str, object]:
    kind = {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "Class", "first_name": "S"}
    user = {"id": 7, "is_bot": False, "first_name": "S"}
    return {"message_id": number, "date": 1, "chat": kind, "from": user, **({"text": text} if text else {}), **extra}


def test_a_group_command_that_is_not_ours_is_left_alone() -> None:
    entities = [{"type": "bot_command", "offset": 0, "length": 4}]
    update = Update.de_json({"update_id": 1, "message": _message(-5, 1, "/ban @x", entities=entities)}, None)
    turn = turn_of(update, BOT_USER)
    assert turn is None


@pytest.mark.parametrize("text", ["/狗头", "/ 哈哈", "hi @cardwise_test_bot2"])
def test_a_group_text_that_is_not_for_us_is_left_alone(text: str) -> None:
    update = Update.de_json({"update_id": 1, "message": _message(-5, 1, text)}, None)
    assert turn_of(update, BOT_USER) is None


def test_a_moving_live_location_is_answered_once() -> None:
    message = _message(7, 1, None, location={"latitude": 1.0, "longitude": 1.0, "live_period": 900}, edit_date=2)
    assert turn_of(Update.de_json({"update_id": 1, "edited_message": message}, None), BOT_USER) is None


def test_a_mention_after_letters_that_grow_in_small_is_cut_out_whole() -> None:
    update = Update.de_json({"update_id": 1, "message": _message(-5, 1, "İİ @cardwise_test_bot 能借吗")}, None)
    turn = turn_of(update, BOT_USER)
    assert turn is not None
    assert "能借吗" in turn.text
    assert "cardwise" not in turn.text
    assert not turn.text.endswith("t 能借吗")


async def test_an_answer_stays_in_the_thread_of_a_group(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    fields: list[dict[str, str]] = []
    real = telegram.do_sendMessage

    async def keep(sent: dict[str, str]) -> dict[str, object]:
        fields.append(sent)
        return await real(sent)

    telegram.do_sendMessage = keep  # type: ignore[method-assign, assignment]
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        member = telegram.member(7, -100_5)
        member.says("/help@cardwise_test_bot", message_thread_id=42, is_topic_message=True)
        await member.hears(1, timeout=3)
    assert fields[0].get("message_thread_id") == "42"
