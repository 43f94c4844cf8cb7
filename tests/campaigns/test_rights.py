"""Who may do what with campaigns: checked in the service, so for every door."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from bot.campaigns.definition import Written
from bot.campaigns.errors import Changed, NeedsApproval, NoSuchCampaign, NotNow, SamePerson
from bot.campaigns.service import CampaignService
from bot.people.blocked import note_blocked
from bot.people.invites import PeopleService, UnknownSchool
from bot.people.rights import OPERATOR, Actor, NotAllowed
from content.library import Library
from db.campaign_models import CampaignState
from db.engine import Database
from db.models import Consent, Role
from tests.campaigns.conftest import TEXT, with_staff, with_students

Make = Callable[..., Written]
OURS, THEIRS = "示范大学", "远方学院"


@pytest.fixture
def service(database: Database, library: Library) -> CampaignService:
    return CampaignService(database, lambda: library, ZoneInfo("Asia/Shanghai"), approve_from=5)


async def actor(database: Database, name: str) -> Actor:
    return await PeopleService(database, "Asia/Shanghai").actor(f"telegram:{name}")


async def people(database: Database) -> None:
    """Two schools: with ten and three students, a counsellor each, a second one at the first; and an admin."""
    await with_students(database, 10, OURS, "一班")
    await with_students(database, 3, THEIRS, first=11)
    for name, role, school in (
        ("ann", Role.COUNSELLOR, OURS),
        ("bob", Role.COUNSELLOR, OURS),
        ("zoe", Role.COUNSELLOR, THEIRS),
        ("max", Role.ADMIN, None),
    ):
        await with_staff(database, f"telegram:{name}", role, school)


async def test_a_counsellor_reaches_their_own_school_only(
    database: Database, service: CampaignService, written: Make
) -> None:
    await people(database)
    ann, student = await actor(database, "ann"), await actor(database, "1")
    made = await service.create(written(), ann)
    assert (await service.ready(made.id, ann)).counted.recipients == 10, "without schools: their own, not all"
    with pytest.raises(NotAllowed):
        await service.create(written("theirs", f"audience: {{schools: [{THEIRS}]}}"), ann)
    with pytest.raises(NotAllowed):
        await service.create(written("student"), student)
    with pytest.raises(UnknownSchool):
        await service.create(written("nowhere", "audience: {schools: [没有的大学]}"), OPERATOR)


async def test_a_counsellor_sees_and_changes_nothing_of_another_school(
    database: Database, service: CampaignService, written: Make
) -> None:
    await people(database)
    zoe = await actor(database, "zoe")
    await service.create(written(), await actor(database, "ann"))
    await service.create(written("everywhere"), OPERATOR)
    assert await service.all(zoe) == []
    for move in (service.see, service.ready, service.send, service.pause, service.resume, service.cancel):
        for name in ("test", "everywhere"):
            with pytest.raises(NoSuchCampaign):
                await move(name, zoe)
    with pytest.raises(NoSuchCampaign):
        await service.approve("test", zoe)
    with pytest.raises(NoSuchCampaign):
        await service.create(written(), zoe)
    with pytest.raises(NotAllowed):
        await service.all(await actor(database, "1"))


async def test_above_the_line_a_second_person_must_approve(
    database: Database, service: CampaignService, written: Make
) -> None:
    await people(database)
    ann, bob = await actor(database, "ann"), await actor(database, "bob")
    await service.create(written(), ann)
    with pytest.raises(NeedsApproval) as needs:
        await service.send("test", ann)
    assert needs.value.approvers == 2, "her colleague and the admin; nobody of the other school"
    with pytest.raises(SamePerson):
        await service.approve("test", ann)
    with pytest.raises(Changed):
        await service.approve("test", bob, seen="000000000000")
    with pytest.raises(NotAllowed):
        await service.approve("test", OPERATOR)
    await service.approve("test", bob)
    await service.create(written("test", text=TEXT.replace("借给", "租给")), ann)
    with pytest.raises(NeedsApproval):
        await service.send("test", ann)
    await service.approve("test", OPERATOR, override=True)
    assert (await service.send("test", ann)).state is CampaignState.SCHEDULED
    async with database.read() as work:
        actions = [entry.action for entry in reversed(await work.audit.latest())]
    assert "campaign approved by override" in actions
    assert actions[-1] == "campaign scheduled"


async def test_nobody_approves_their_own_change_of_what_they_approved(
    database: Database, service: CampaignService, written: Make
) -> None:
    await people(database)
    ann, bob = await actor(database, "ann"), await actor(database, "bob")
    await service.create(written(), ann)
    await service.approve("test", bob)
    await service.create(written(), bob)  # the same text, now his
    with pytest.raises(NeedsApproval):
        await service.send("test", bob)


async def test_a_few_recipients_need_one_person(database: Database, service: CampaignService, written: Make) -> None:
    await people(database)
    zoe = await actor(database, "zoe")
    await service.create(written(), zoe)
    assert (await service.send("test", zoe)).state is CampaignState.SCHEDULED
    with pytest.raises(NotNow):
        await service.send("test", zoe)
    await service.create(written(), zoe)
    assert (await service.see("test", zoe)).campaign.state is CampaignState.DRAFT, "an edit takes it back"


async def test_a_lone_counsellor_has_the_admin_as_second(
    database: Database, service: CampaignService, written: Make
) -> None:
    await people(database)
    await with_students(database, 9, THEIRS, first=20)
    zoe = await actor(database, "zoe")
    await service.create(written(), zoe)
    with pytest.raises(NeedsApproval) as needs:
        await service.send("test", zoe)
    assert needs.value.approvers == 1
    await service.approve("test", await actor(database, "max"))
    assert (await service.send("test", zoe)).state is CampaignState.SCHEDULED


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("", 13),
        (f"schools: [{OURS}]", 10),
        ("classes: [一班]", 10),
        ("classes: [没有]", 0),
        ("languages: [en]", 2),
        ("tags: [新生]", 1),
        ("active_within_days: 3", 0),
        ("silent_for_days: 3", 13),
        ("told_of: [atofl-31]", 1),
    ],
)
async def test_audiences(database: Database, service: CampaignService, written: Make, rule: str, count: int) -> None:
    await people(database)
    async with database.write() as work:
        for number in (1, 2):
            person = await work.people.find_or_add(f"telegram:{number}")
            person.language = "en"
        (held, *_) = await work.people.memberships(person.id)
        await work.campaigns.tag(held.id, ["新生"])
        await work.ledger.received(person.id, ["atofl-31"])
    await service.create(written("test", f"audience: {{{rule}}}"), OPERATOR)
    assert (await service.ready("test")).counted.recipients == count


async def test_who_is_left_out_and_why(database: Database, service: CampaignService, written: Make) -> None:
    await people(database)
    async with database.write() as work:
        for number, consent in ((1, Consent.NO), (2, Consent.ASKED)):
            await work.people.set_consent(await work.people.find_or_add(f"telegram:{number}"), consent)
    await note_blocked(database, "telegram:3", True)
    await service.create(written("test", f"audience: {{schools: [{OURS}]}}"), OPERATOR)
    counted = (await service.ready("test")).counted
    assert (counted.recipients, counted.never_agreed, counted.opted_out, counted.blocked) == (7, 1, 1, 1)
