"""Presses, answers, opt-outs and reports, through the dialogue and a real SQLite and PostgreSQL."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.campaigns.audience import audience_of
from bot.campaigns.commands import CampaignCommands
from bot.campaigns.definition import Written
from bot.campaigns.report import Report, make_report
from bot.campaigns.report_message import report_message
from bot.campaigns.report_pages import as_csv, as_html, as_picture, as_text
from bot.campaigns.service import CampaignService
from bot.dialogue import own_data
from bot.dialogue.dialogue import Dialogue
from bot.people.invites import PeopleService
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.campaign_models import CampaignState, Delivery, Outcome
from db.engine import Database
from db.models import Consent, Role, now
from db.repositories.ledger import Mark
from tests.bot.talking import Means
from tests.campaigns.conftest import TEXT, with_staff, with_students

Make = Callable[..., Written]
SHANGHAI = ZoneInfo("Asia/Shanghai")
WITH_QUIZ = TEXT.replace("{more}", "    quiz: [card-lend-free]\n{more}")


class Stage:
    """A campaign that has been sent to everybody, and a dialogue in which they react."""

    def __init__(self, database: Database, library: Library) -> None:
        self.database = database
        self.library = library
        people = PeopleService(database, "Asia/Shanghai")
        self.service = CampaignService(database, lambda: library, SHANGHAI)
        commands = CampaignCommands(self.service, people, database, lambda: library, SHANGHAI, 50)
        self.dialogue = Dialogue(database, lambda: library, Means, campaigns=commands)

    async def sent(self, written: Written, *, held_out: int = 0) -> int:
        """Everybody has got it but the last `held_out`; the campaign's number."""
        made = await self.service.create(written)
        async with self.database.write() as work:
            campaign = await work.campaigns.hold(made.number)
            assert campaign is not None
            audience = await audience_of(work, written.definition)
            await work.ledger.prepare(campaign, audience, people=10_000, held_out=0, shares=(1,))
            campaign.state, campaign.started_at = CampaignState.FINISHED, now()
            claims = await work.ledger.claim(made.number, 10_000)
            claims.sort(key=lambda claim: int((claim.address or ":0").split(":")[1]))
            for place, claim in enumerate(claims):
                await work.quizzes.add_poll(f"poll{claim.address}", "card-lend-free", 1, claim.delivery_id)
                if place >= len(claims) - held_out:
                    held = update(Delivery).where(Delivery.id == claim.delivery_id).values(held_out=True)
                    await work.ledger._session.execute(held)
            await work.ledger.mark([Mark(claim.delivery_id, Outcome.SENT, 1) for claim in claims])
        return made.number

    async def presses(self, who: int, number: int, place: str = "0.0.0") -> tuple[Reply, ...]:
        press = Press(PressKind.CAMPAIGN, f"{number}.{place}")
        return await self.dialogue.answer(Turn(f"telegram:{who}", Kind.PRESS, press=press))

    async def answers(self, who: int, option: int) -> tuple[Reply, ...]:
        turn = Turn(f"telegram:{who}", Kind.POLL_ANSWER, poll_id=f"polltelegram:{who}", option=option)
        return await self.dialogue.answer(turn)

    async def report(self) -> Report:
        return await make_report(self.database, await self.service.see("test"), SHANGHAI)


@pytest.fixture
async def stage(database: Database, library: Library) -> Stage:
    await with_students(database, 40, class_name="一班")
    await with_students(database, 20, class_name="二班", first=41)
    await with_students(database, 3, class_name="三班", first=61)
    return Stage(database, library)


async def test_a_button_leads_to_its_answer_and_counts_once(stage: Stage, written: Make) -> None:
    number = await stage.sent(written())
    for who in (*range(1, 11), 1, 1):
        (reply,) = await stage.presses(who, number)
        assert reply.intent == "ask_how_to_refuse"
    share = (await stage.report()).buttons[0][1]
    assert share is not None
    assert (share.count, share.total) == (10, 63)
    for place in ("0.0.7", "9.0.0", "x"):
        (reply,) = await stage.presses(1, number, place)
        assert reply.text
    await stage.presses(999, number)  # a forwarded button: led on, not counted
    assert (await stage.report()).buttons[0][1] == share


async def test_answers_against_those_held_out(stage: Stage, written: Make) -> None:
    await stage.sent(written("test", "urgent: true\nhold_out: 30", WITH_QUIZ), held_out=23)
    for who in range(1, 41):
        assert await stage.answers(who, 1 if who <= 30 else 0) == ()
        await stage.answers(who, 0)  # only the first counts
    for who in range(41, 61):
        await stage.answers(who, 1 if who <= 48 else 2)
    (question,) = (await stage.report()).questions
    assert question.after is not None
    assert question.held_out is not None
    assert question.gain is not None
    assert (question.after.count, question.after.total) == (30, 40)
    assert (question.held_out.count, question.held_out.total) == (8, 20)
    gain, low, high = question.gain
    assert gain == pytest.approx(0.35)
    assert 0 < low < gain < high


async def test_small_groups_are_in_no_form_of_the_report(stage: Stage, written: Make) -> None:
    number = await stage.sent(written("test", "urgent: true", WITH_QUIZ))
    for who in (1, 2, 3):
        await stage.presses(who, number)
        await stage.answers(who, 1)
    async with stage.database.write() as work:
        await work.people.set_consent(await work.people.find_or_add("telegram:5"), Consent.NO)
    report = await stage.report()
    assert report.classes == {"一班": 40, "二班": None, "三班": None}, "the rest would tell the third class"
    assert report.buttons[0][1] is None
    assert report.questions[0].after is None
    assert report.opted_out_after is None
    for text in (as_text(report), as_html(report), as_csv(report)):
        assert "<5" in text.replace("&lt;", "<")
        assert "三班" not in text or "三班,3" not in text
    assert as_picture(report).startswith(b"\xff\xd8")
    message = report_message(stage.library, report, "zh")
    assert "人太少" in message.text
    rows = list(csv.reader(io.StringIO(as_csv(report))))
    assert rows[0] == ["section", "name", "count", "of"]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


async def test_fewer_than_five_recipients_are_told_nothing_of(
    database: Database, library: Library, written: Make
) -> None:
    await with_students(database, 4)
    stage = Stage(database, library)
    await stage.sent(written())
    report = await stage.report()
    assert report.planned is None
    for text in (as_text(report), as_html(report), report_message(library, report, "en").text):
        assert "ewer than five" in text


async def test_who_opts_out_after_it(stage: Stage, written: Make) -> None:
    await stage.sent(written())
    async with stage.database.write() as work:
        for who in range(1, 8):
            person = await work.people.find_or_add(f"telegram:{who}")
            await work.people.set_consent(person, Consent.NO)
            if who == 7:
                person.consent_at = now() + timedelta(hours=49)  # for another reason
    share = (await stage.report()).opted_out_after
    assert share is not None
    assert share.count == 6


async def test_erasing_leaves_the_counters_and_takes_the_person(stage: Stage, written: Make) -> None:
    number = await stage.sent(written("test", "urgent: true\nlaws: [atofl-31]", WITH_QUIZ))
    await stage.presses(1, number)
    await stage.answers(1, 1)
    before = (await stage.service.see("test")).tally
    shown = json.loads(await own_data.export(stage.database, "telegram:1"))
    assert shown["campaigns_for_180_days"][0]["campaign"] == "test"
    assert await own_data.erase(stage.database, "telegram:1")
    assert (await stage.service.see("test")).tally == before
    assert "nothing" in await own_data.export(stage.database, "telegram:1")


async def test_laws_are_remembered_for_corrections_and_never_of_what_is_private(stage: Stage) -> None:
    for intent in ("ask_provide_item", "report_provided_item"):
        dialogue = Dialogue(stage.database, lambda: stage.library, partial(Means, intent))
        who = 1 if intent == "ask_provide_item" else 2
        await dialogue.answer(Turn(f"telegram:{who}", Kind.TEXT, "卡"))
    public = json.loads(await own_data.export(stage.database, "telegram:1"))["laws_told_of_within_180_days"]
    private = json.loads(await own_data.export(stage.database, "telegram:2"))["laws_told_of_within_180_days"]
    assert public
    assert private == []
    async with stage.database.read() as work:
        assert await work.ledger.told_of([public[0]["law"]]) == 1


async def test_insights_tell_topics_and_never_a_person(stage: Stage) -> None:
    await with_staff(stage.database, "telegram:900", Role.COUNSELLOR, "示范大学")
    async with stage.database.write() as work:
        today = now().date()
        for _ in range(12):
            await work.counts.add(today, "ask_penalty", "zh")
        for _ in range(4):
            await work.counts.add(today, "ask_refuse", "zh")
        for _ in range(5):
            await work.counts.add(today - timedelta(days=8), "ask_penalty", "zh")
    ask = Turn("telegram:900", Kind.COMMAND, command="insights")
    (reply,) = await stage.dialogue.answer(ask)
    title = stage.library.topics["ask_penalty"].title.zh
    assert f"{title}：12 次（+7）" in reply.text
    assert reply.text.count("次（") == 1, "fewer than five are not shown"
    (refused,) = await stage.dialogue.answer(Turn("telegram:1", Kind.COMMAND, command="insights"))
    assert "只有老师和管理员" in refused.text
