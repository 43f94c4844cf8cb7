"""What the sender does with each kind of trouble, in the ledger of a real SQLite and a real PostgreSQL."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.campaigns import clock, runs, sender
from bot.campaigns.audience import audience_of
from bot.campaigns.sender import Sender
from bot.dialogue import own_data
from bot.sending.outcome import Went
from content.library import Library
from db.campaign_models import CampaignState, Outcome
from db.engine import Database
from db.models import Consent
from db.repositories import ledger
from tests.campaigns.conftest import TEXT, with_students
from tests.campaigns.stage import SHANGHAI, Make, Stage, sending


@pytest.fixture
async def stage(database: Database, library: Library, monkeypatch: pytest.MonkeyPatch) -> Stage:
    await with_students(database, 10)
    monkeypatch.setattr(sender, "_LOOK_EVERY", 0.05)
    return Stage(database, library)


@pytest.mark.parametrize(
    ("went", "outcome"),
    [
        (Went.BLOCKED, Outcome.BLOCKED),
        (Went.DEACTIVATED, Outcome.DEACTIVATED),
        (Went.NOT_FOUND, Outcome.NOT_FOUND),
        (Went.UNKNOWN, Outcome.UNKNOWN),
    ],
)
async def test_each_outcome_is_written_down_and_nothing_stops(
    stage: Stage, written: Make, went: Went, outcome: Outcome
) -> None:
    stage.post.answer = lambda address: went if int(address.split(":")[1]) <= 9 else Went.SENT
    await stage.marked(written())
    assert await stage.send() == {outcome: 9, Outcome.SENT: 1}
    assert await stage.state() is CampaignState.FINISHED, "a run of blocked users pauses nothing"


async def test_content_errors_pause_it_and_its_author_is_told(stage: Stage, written: Make) -> None:
    stage.post.answer = lambda _: Went.CONTENT_ERROR
    await with_students(stage.database, 90, first=11)
    await stage.marked(written())
    rows = await stage.send()
    assert await stage.state() is CampaignState.PAUSED
    assert (await stage.service.see("test")).campaign.paused_why == "content_errors"
    assert 5 <= rows[Outcome.CONTENT_ERROR] < 100
    assert rows[Outcome.PENDING] == 100 - rows[Outcome.CONTENT_ERROR]
    stage.post.answer = lambda _: Went.SENT
    await stage.service.resume("test")
    await stage.service.again("test", [Outcome.CONTENT_ERROR])
    assert await stage.send() == {Outcome.SENT: 100}


async def test_what_did_not_arrive_is_tried_again(stage: Stage, written: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_FIRST_PAUSE", timedelta(milliseconds=1))
    tries: Counter[str] = Counter()

    def third_time(address: str) -> Went:
        tries[address] += 1
        return Went.SENT if tries[address] == 3 else Went.RETRY

    stage.post.answer = third_time
    await stage.marked(written())
    assert await stage.send() == {Outcome.SENT: 10}
    assert set(tries.values()) == {3}


async def test_it_gives_up_at_last(stage: Stage, written: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_FIRST_PAUSE", timedelta(0))
    stage.post.answer = lambda _: Went.RETRY
    await stage.marked(written())
    assert await stage.send() == {Outcome.GAVE_UP: 10}


async def test_a_wrong_token_pauses_and_loses_nobody(stage: Stage, written: Make) -> None:
    stage.post.answer = lambda _: Went.NO_ENTRY
    await stage.marked(written())
    assert await stage.send() == {Outcome.PENDING: 10}
    assert (await stage.service.see("test")).campaign.paused_why == "no_entry"


async def test_unknown_is_repeated_only_when_somebody_says_so(stage: Stage, written: Make) -> None:
    stage.post.answer = lambda _: Went.UNKNOWN
    await stage.marked(written())
    await stage.send()
    stage.post.answer = lambda _: Went.SENT
    assert await stage.send() == {Outcome.UNKNOWN: 10}
    assert await stage.service.again("test", [Outcome.UNKNOWN]) == 10
    assert await stage.send() == {Outcome.SENT: 10}


async def test_who_has_opted_out_or_is_gone_meanwhile(stage: Stage, written: Make) -> None:
    await stage.marked(written())

    async def first(_: str) -> None:
        await asyncio.sleep(10)

    stage.post.before_turn = first  # the ledger is prepared; nothing leaves
    one = Sender(stage.database, lambda: stage.library, SHANGHAI, approve_from=1000)
    async with sending(one):
        await asyncio.sleep(0.1)  # not connected: nothing is begun
    async with stage.database.write() as work:
        campaign = await work.campaigns.named("test")
        assert campaign is not None
        campaign.state = CampaignState.SENDING
        audience = await audience_of(work, written().definition)
        await work.ledger.prepare(campaign, audience, people=100, held_out=0, shares=(1,))
        person = await work.people.find_or_add("telegram:1")
        await work.people.set_consent(person, Consent.NO)
    assert await own_data.erase(stage.database, "telegram:2")
    stage.post.before_turn = None
    assert await stage.send() == {Outcome.SENT: 8, Outcome.OPTED_OUT: 2}
    assert {address for address, _ in stage.post.sent} == {f"telegram:{number}" for number in range(3, 11)}


async def test_quiet_hours(stage: Stage, written: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "QUIET_FROM", datetime.min.time())
    await stage.marked(written("test", ""))
    assert await stage.send(0.6) == {Outcome.PENDING: 10}
    await stage.marked(written("urgent"))
    await stage.send(2)
    assert await stage.rows("urgent") == {Outcome.SENT: 10}


async def test_one_campaign_a_day(stage: Stage, written: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "is_quiet", lambda *_: False)
    await stage.marked(written("test", ""))
    await stage.send()
    await stage.marked(written("second", ""))
    await stage.send(0.6)
    assert await stage.rows("test") == {Outcome.SENT: 10}
    assert await stage.rows("second") == {Outcome.PENDING: 10}, "tomorrow"


async def test_a_time_missed_by_a_day_asks_first(stage: Stage, written: Make) -> None:
    await stage.marked(written())
    async with stage.database.write() as work:
        campaign = await work.campaigns.named("test")
        assert campaign is not None
        campaign.starts_at = datetime.now(UTC) - timedelta(hours=25)
    await stage.send()
    assert (await stage.service.see("test")).campaign.paused_why == "missed"
    await stage.service.resume("test")
    assert await stage.send() == {Outcome.SENT: 10}


async def test_content_that_changed_after_approval_is_not_sent(stage: Stage, written: Make) -> None:
    quiz = "urgent: true\nlaws: [atofl-31]"
    text = TEXT.replace("{more}", "    quiz: [card-lend-free]\n{more}")
    await stage.marked(written("test", quiz, text))
    question = stage.library.quizzes["card-lend-free"]
    changed = question.model_copy(update={"question": question.explanation})
    quizzes = {**stage.library.quizzes, "card-lend-free": changed}
    stage.library = replace(stage.library, quizzes=quizzes)
    await stage.send()
    assert (await stage.service.see("test")).campaign.paused_why == "content_changed"
    assert stage.post.sent == []


async def test_those_held_out_get_the_questions_only(
    stage: Stage, written: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_students(stage.database, 90, first=11)
    text = TEXT.replace("{more}", "    quiz: [card-lend-free]\n{more}")
    await stage.marked(written("test", "urgent: true\nhold_out: 50\nlaws: [atofl-31]", text))
    await stage.send()
    tally = (await stage.service.see("test")).tally
    assert await stage.state() is CampaignState.FINISHED
    assert tally.planned + tally.held_out == 100
    assert 25 <= tally.held_out <= 75
    told = [address for address, text in stage.post.sent if "别把卡借给别人" in text]
    asked = [address for address, text in stage.post.sent if "别把卡借给别人" not in text]
    assert len(set(told)) == tally.planned
    assert len(set(asked)) == 100
    async with stage.database.read() as work:
        assert await work.ledger.told_of(["atofl-31"]) == tally.planned
        assert all([await work.quizzes.poll(poll) is not None for poll in stage.post.polls])
    # A week later they get the rest.
    monkeypatch.setattr(ledger, "now", lambda: datetime.now(UTC) + timedelta(days=8))
    monkeypatch.setattr(sender, "now", lambda: datetime.now(UTC) + timedelta(days=8))
    await stage.send(3)
    told = [address for address, text in stage.post.sent if "别把卡借给别人" in text]
    assert len(told) == len(set(told)) == 100


async def test_pause_resume_cancel(stage: Stage, written: Make) -> None:
    await with_students(stage.database, 490, first=11)

    async def slowly(_: str) -> None:
        await asyncio.sleep(0.6)

    stage.post.before_turn = slowly
    await stage.marked(written())
    await stage.send(1.0)
    await stage.service.pause("test")
    sent = (await stage.rows())[Outcome.SENT]
    assert 0 < sent < 500
    assert (await stage.send(0.6))[Outcome.SENT] == sent
    await stage.service.resume("test")
    await stage.send(1.0)
    await stage.service.cancel("test")
    rows = await stage.send(0.6)
    assert rows[Outcome.SENT] > sent
    assert rows[Outcome.SENT] + rows[Outcome.PENDING] == 500
    assert len(stage.post.sent) == len(set(stage.post.sent)) == rows[Outcome.SENT]


async def test_two_campaigns_share(stage: Stage, written: Make) -> None:
    await with_students(stage.database, 90, first=11)

    async def noting(_: str) -> None:
        await asyncio.sleep(0.01)

    stage.post.before_turn = noting
    await stage.marked(written("test"))
    await stage.marked(written("other", text=TEXT.replace("别把卡借给别人", "第二条")))
    await stage.send()
    order = [text[:3] for _, text in stage.post.sent]
    assert Counter(order) == {"别把卡": 100, "第二条": 100}
    assert Counter(order[:100])["第二条"] >= 25, "the older one does not keep the newer one waiting"


async def test_only_one_sender(stage: Stage, written: Make) -> None:
    await stage.marked(written())
    both = [Sender(stage.database, lambda: stage.library, SHANGHAI, approve_from=1000) for _ in range(2)]
    for one in both:
        one.connect(stage.post)
    async with sending(both[0]), sending(both[1]):
        await asyncio.sleep(1)
    assert await stage.rows() == {Outcome.SENT: 10}
    assert len(stage.post.sent) == 10


async def test_whoever_cannot_send_does_not_lead(stage: Stage, written: Make) -> None:
    await stage.marked(written())
    terminal = Sender(stage.database, lambda: stage.library, SHANGHAI, approve_from=1000)
    async with sending(terminal):  # a chat in the terminal: nothing is ever connected
        await asyncio.sleep(0.1)
        assert await stage.send() == {Outcome.SENT: 10}


async def test_held_out_without_questions_get_nothing_yet(stage: Stage, written: Make) -> None:
    await stage.marked(written("test", "urgent: true\nhold_out: 50"))
    await stage.send()
    tally = (await stage.service.see("test")).tally
    assert len(stage.post.sent) == tally.sent == tally.planned
    assert tally.planned + tally.held_out == 10


async def test_variants_with_other_questions_end_too(stage: Stage, written: Make) -> None:
    text = """\
id: {id}
title: {{zh: 测试, en: Test}}
variants:
  - name: one
    messages: [{{text: {{zh: 别借卡, en: No cards}}, quiz: [card-lend-free, job-keep-id]}}]
  - name: two
    messages: [{{text: {{zh: 别收款, en: No money}}}}]
{more}
"""
    await with_students(stage.database, 30, first=11)
    await stage.marked(written("test", "urgent: true\nhold_out: 50", text))
    await stage.send()
    assert await stage.state() is CampaignState.FINISHED
    assert {text for _, text in stage.post.sent} >= {"别借卡", "别收款"}
