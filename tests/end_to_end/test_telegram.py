"""The bot on Telegram: the real python-telegram-bot, the real model, a strict stand-in for the Bot API."""

import itertools
import json
from typing import Any

import pytest

from db.models import Consent
from tests.end_to_end.conftest import Running
from tests.fakes.chats import Chat
from tests.fakes.telegram_rules import Refusal

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

_people = itertools.count(5000)


def somebody(running: Running, language: str = "zh-hans") -> Chat:
    return running.telegram.person(next(_people), language)


async def test_the_first_start_greets_and_asks_for_consent(running: Running) -> None:
    student = somebody(running)
    student.says("/start")
    welcome, question = await student.hears(2)
    assert "Cardwise" in welcome.text
    assert "/privacy" in welcome.text
    assert question.labels == ["愿意", "不用了"]
    async with running.app.database.read() as work:
        person = await work.people.find(f"telegram:{student.chat_id}")
        assert person is not None
        assert person.consent is Consent.ASKED
    student.presses(question, "愿意")
    assert "/stop" in (await student.hears())[0].text
    async with running.app.database.read() as work:
        person = await work.people.find(f"telegram:{student.chat_id}")
        assert person is not None
        assert person.consent is Consent.YES
    again = await student.asks("/start")
    assert "Cardwise" in again.text
    assert "不再" in (await student.asks("/stop")).text or "不会再" in student.history[-1].text
    async with running.app.database.read() as work:
        person = await work.people.find(f"telegram:{student.chat_id}")
        assert person is not None
        assert person.consent is Consent.NO


async def test_consent_is_off_until_yes(running: Running) -> None:
    student = somebody(running)
    student.says("/start")
    await student.hears(2)
    student.says("不用")
    await student.hears()
    async with running.app.database.read() as work:
        person = await work.people.find(f"telegram:{student.chat_id}")
        assert person is not None
        assert person.consent is not Consent.YES


@pytest.mark.parametrize(
    ("question", "mark", "article", "next_words"),
    [
        ("我可以把银行卡租给别人用吗", "⛔", "反电信网络诈骗法第31条", "真实案例"),
        (
            "someone offered me 500 yuan to use my sim card for a week, is that ok?",
            "⛔",
            "Fraud Law Art. 31",
            "real case",
        ),
        ("室友让我帮他收款转账，说给我提成", "⛔", "刑法第312条", "真实案例"),
    ],
)
async def test_the_three_questions(running: Running, question: str, mark: str, article: str, next_words: str) -> None:
    student = somebody(running, "fr")
    answer = await student.asks(question)
    assert answer.text.startswith(mark)
    assert article in answer.text
    assert len(answer.text) <= 900
    student.presses(answer, next_words)
    case = (await student.hears())[0]
    assert case.text.startswith("🧑‍⚖️")
    assert ("来源" if next_words == "真实案例" else "Source") in case.text
    student.presses(answer, "📖")
    law = (await student.hears())[0]
    assert law.text.startswith("📖")
    student.presses(answer, "🧭")
    assert (await student.hears())[0].text.startswith("🧭")


async def test_an_unknown_question_gets_choices(running: Running) -> None:
    student = somebody(running)
    answer = await student.asks("那个啥，就是那个嘛")
    assert not answer.text.startswith("⛔")
    assert len(answer.labels) >= 2


async def test_off_topic_gets_no_legal_answer(running: Running) -> None:
    answer = await somebody(running).asks("明天会下雨吗")
    assert "⛔" not in answer.text
    assert answer.labels


@pytest.mark.parametrize("text", ["我不想活了", "i want to kill myself"])
async def test_distress_is_met_with_care_and_hotlines(running: Running, text: str) -> None:
    answer = await somebody(running).asks(text)
    for number in ("12356", "12355", "110", "120"):
        assert number in answer.text
    assert "⛔" not in answer.text
    assert "刑法" not in answer.text


async def test_a_law_can_be_tapped_in_the_text(running: Running) -> None:
    student = somebody(running)
    answer = await student.asks("我可以把银行卡租给别人用吗")
    assert 'href="https://t.me/cardwise_test_bot?start=l_atofl-31"' in answer.raw
    law = await student.asks("/start l_atofl-31")
    assert "任何单位和个人不得非法买卖、出租、出借电话卡" in law.text
    assert "原文" in law.text
    assert "2022-12-01" in law.text


async def test_language_can_be_chosen_and_kept(running: Running) -> None:
    student = somebody(running, "en")
    question = await student.asks("/language")
    assert question.labels == ["中文", "English", "Automatic"]
    student.presses(question, "English")
    await student.hears()
    assert "Law: " in (await student.asks("我可以把银行卡租给别人用吗")).text
    student.presses(question, "Automatic")
    await student.hears()
    assert "依据：" in (await student.asks("我可以把银行卡租给别人用吗")).text


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (
            {
                "sticker": {
                    "file_id": "x",
                    "file_unique_id": "x",
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "打字",
        ),
        ({"voice": {"file_id": "x", "file_unique_id": "x", "duration": 1}}, "语音"),
        ({"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]}, "没读出字"),
        ({"document": {"file_id": "x", "file_unique_id": "x"}}, "文件"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "看不懂"),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, "看不懂"),
    ],
)
async def test_other_kinds_of_messages(running: Running, extra: dict[str, Any], says: str) -> None:
    student = somebody(running)
    student.says(None, **extra)
    assert says in (await student.hears())[0].text


async def test_an_album_is_answered_once(running: Running) -> None:
    student = somebody(running)
    photo = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]
    for _ in range(4):
        student.says(None, photo=photo, media_group_id=f"album-{student.chat_id}")
    await student.hears()
    await student.hears_nothing()


async def test_a_caption_is_read(running: Running) -> None:
    student = somebody(running)
    photo = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]
    student.says(None, photo=photo, caption="我可以把银行卡租给别人用吗")
    assert (await student.hears())[0].text.startswith("⛔")


async def test_a_forwarded_offer_is_checked_not_blamed_on_the_student(running: Running) -> None:
    student = somebody(running)
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    student.says("长期收银行卡 有卡的私聊 价格好谈", forward_origin=origin)
    answer = (await student.hears())[0]
    assert answer.text[0] in "⛔⚠"
    assert "你在卖" not in answer.text


async def test_an_edited_message_is_answered_again(running: Running) -> None:
    student = somebody(running)
    message = student.says("我可以把银行卡租给")
    await student.hears()
    student.edits(message, "我可以把手机卡租给别人用吗")
    assert "手机卡" in (await student.hears())[0].text or "电话卡" in student.history[-1].text


async def test_a_group_is_left_in_peace_unless_it_asks(running: Running) -> None:
    group = -100_000 - next(_people)
    member = running.telegram.member(next(_people), group)
    member.says("你们谁租过银行卡")
    await member.hears_nothing()
    member.says("@cardwise_test_bot 我可以把银行卡租给别人用吗")
    assert (await member.hears())[0].text.startswith("⛔")
    member.says("/help@some_other_bot")
    await member.hears_nothing()
    member.says("@cardwise_test_bot 我已经把银行卡租出去了怎么办")
    private = (await member.hears())[0]
    assert "私下" in private.text
    assert private.button("💬")["url"] == "https://t.me/cardwise_test_bot"


async def test_old_and_made_up_buttons_are_answered_kindly(running: Running) -> None:
    student = somebody(running)
    sent = await student.asks("/help")
    for data in ("0x:old", "1a:no_such_topic", "1w:ask_penalty.nothing:3", "1g:gone", "1c:x.y", "💥", "1l:x"):
        student.presses_data(sent, data)
        assert "按钮" in (await student.hears())[0].text


async def test_markup_in_a_message_and_strange_scripts_do_no_harm(running: Running) -> None:
    student = somebody(running)
    for text in (
        "<b>&lt;script&gt;",
        "مرحبا",
        "\u200b\u200d\ufeff",
        "'; DROP TABLE person; --",
        "🃏" * 500,
        "卡" * 4096,
        '/report_police_contact{"item":"bank_card"}',
        "{date} {0} %s",
    ):
        assert (await student.asks(text)).text


async def test_a_press_too_old_to_acknowledge_is_still_answered(running: Running) -> None:
    student = somebody(running)
    sent = await student.asks("/help")
    running.telegram.refuse_next("answerCallbackQuery", Refusal(400, "Bad Request: query is too old"))
    student.presses(sent, sent.labels[0])
    assert (await student.hears())[0].text


async def test_telegram_asking_to_wait_loses_nothing(running: Running) -> None:
    student = somebody(running)
    running.telegram.refuse_next("sendMessage", Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
    assert (await student.asks("/help")).text


async def test_refused_html_is_sent_as_plain_text(running: Running) -> None:
    student = somebody(running)
    running.telegram.refuse_next("sendMessage", Refusal(400, "Bad Request: can't parse entities: x"))
    assert (await student.asks("/help")).text


async def test_somebody_who_blocks_the_bot_is_noted_and_lets_it_in_again(running: Running) -> None:
    student = somebody(running)
    await student.asks("/help")
    student.blocks()
    other = somebody(running)
    await other.asks("/help")

    async def blocked() -> bool:
        async with running.app.database.read() as work:
            person = await work.people.find(f"telegram:{student.chat_id}")
            return person is not None and person.blocked_at is not None

    assert await blocked()
    running.telegram.blocked.discard(student.chat_id)
    await student.asks("/help")
    assert not await blocked()


async def test_a_failure_is_told_kindly(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    student = somebody(running)
    await student.asks("/help")

    async def fail(*_: object) -> None:
        raise RuntimeError("secret words of a student")

    monkeypatch.setattr(running.app.dialogue, "_decide", fail)
    student.says("hello")
    assert "出了点问题" in (await student.hears())[0].text


async def test_commands_and_descriptions_are_registered_in_both_languages(running: Running) -> None:
    settings = running.telegram.settings
    for language in ("", "zh"):
        names = [command["command"] for command in json.loads(settings["commands", language])]
        assert {"start", "help", "language", "privacy", "stop"} <= set(names)
        assert settings["description", language]
        assert settings["short_description", language]
    assert "兼职" in settings["description", "zh"]
    assert "job" in settings["description", ""]
