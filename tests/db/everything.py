"""A person of whom everything is stored that can be: at least one row in every table."""

import uuid
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from db.campaign_models import (
    Campaign,
    CampaignAnswer,
    CampaignPicture,
    CampaignPress,
    CampaignState,
    Delivery,
    LawReceived,
    MembershipTag,
    Outcome,
)
from db.engine import Database
from db.models import (
    Base,
    ChoiceCount,
    FeedbackCount,
    Membership,
    Poll,
    Role,
    School,
    TopicCount,
)
from db.operation_models import RunningProcess, SendPace
from db.repositories.arrivals import Arrived
from db.thread_models import Notice, NoticeKind

ADDRESS = "telegram:918273645"
SOON = datetime.now(UTC) + timedelta(days=1)
# What they gave, each in another place; none of it may be readable anywhere.
SAID = {
    "state": '{"said": "geheim-state"}',
    "quiz": '{"said": "geheim-quiz"}',
    "question": "geheim-question",
    "name": "geheim-name",
    "text": "geheim-text-为什么要查我的银行卡",
    "file": "geheim-file-id",
    "seat": "geheim-seat",
    "update": '{"update_id": 7, "message": {"text": "geheim-update", "from": {"id": 918273645}}}',
}


async def store_everything(database: Database) -> uuid.UUID:
    """The id of somebody with a row in every table; another person, who stays, is their counsellor."""
    async with database.write() as work:
        session = work.people._session
        person = await work.people.find_or_add(ADDRESS)
        other = await work.people.find_or_add("telegram:1000000001")
        school = School(name="示范大学", timezone="Asia/Shanghai")
        session.add(school)
        await session.flush()
        await work.people.add_membership(person.id, Role.STUDENT, school.id, "一班")
        await work.people.add_membership(other.id, Role.COUNSELLOR, school.id, None)
        await work.people.add_membership(other.id, Role.ADMIN, None, None)
        await session.flush()
        held = (await session.scalars(select(Membership).where(Membership.person_id == person.id))).one()
        await work.conversations.save(person.id, SAID["state"], SOON)
        await work.quizzes.save_progress(person.id, SAID["quiz"])
        await work.questions.keep(person.id, SAID["question"], "zh")
        invite = await work.invites.add(
            "token", Role.STUDENT, expires_at=SOON, uses_allowed=9, school_id=school.id, created_by=person.id
        )
        invite.claimed_by = person.id
        thread = await work.threads.add(person.id, school.id, "蓝鲸", "zh", named=True)
        thread.name, thread.claimed_by = SAID["name"], other.id
        message = await work.threads.say(thread, from_student=True, text=SAID["text"], file=SAID["file"])
        message.picture = b"geheim-picture"
        seat = await work.threads.take_seat(person.id)
        seat.name, seat.answering = SAID["seat"], thread.id
        campaign = Campaign(
            id="test", definition="{}", pin="p", state=CampaignState.SENDING, by_operator=False, author_id=person.id
        )
        campaign.approved_by = person.id
        session.add(campaign)
        await session.flush()
        delivery = Delivery(campaign=campaign.number, person_id=person.id, language="zh", outcome=Outcome.SENT)
        session.add(delivery)
        await session.flush()
        session.add_all(
            [
                CampaignPicture(campaign=campaign.number, position=0, data=b"picture"),
                CampaignPress(delivery_id=delivery.id, button="0.0"),
                CampaignAnswer(delivery_id=delivery.id, question="q", right=True),
                MembershipTag(membership_id=held.id, tag="新生"),
                LawReceived(person_id=person.id, law="cl-287b", last_on=date.today()),
                Notice(person_id=person.id, kind=NoticeKind.MESSAGE, thread_id=thread.id, message_id=message.id),
                Notice(person_id=other.id, kind=NoticeKind.MESSAGE, thread_id=thread.id, message_id=message.id),
                TopicCount(day=date.today(), topic="t", language="zh", count=1),
                FeedbackCount(day=date.today(), answer="a", language="zh", helpful=1),
                ChoiceCount(day=date.today(), chosen="c", language="zh", count=1),
                Poll(poll_id="p", question="q", right_option=0, delivery_id=delivery.id),
                RunningProcess(keys="", heard_at=datetime.now(UTC) - timedelta(hours=1)),
                SendPace(slot=0, next_at=datetime.now(UTC)),
            ]
        )
        await work.audit.record(person.id, "test", "something")
        chat = (await work.operation.pseudonyms()).number(f"chat:{ADDRESS}")
        await work.arrivals.add([Arrived(7, chat, SAID["update"].encode())])
    await _require_all(database)
    return person.id


async def _require_all(database: Database) -> None:
    """A new table must be filled here too."""
    async with database.read() as work:
        session = work.people._session
        for table in Base.metadata.sorted_tables:
            assert await session.scalar(select(func.count()).select_from(table)), f"{table.name} has no row"
