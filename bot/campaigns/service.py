"""What staff can do with campaigns. The right is checked here, for every door: chat, command line, buttons."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.campaigns.audience import audience_of
from bot.campaigns.definition import Definition, Written, from_json
from bot.campaigns.notes import ask_for_approval, tell_author, who_may_approve
from bot.campaigns.pages import pin
from bot.people.rights import OPERATOR, Actor, NotAllowed
from content.library import Library
from db.campaign_models import Campaign, CampaignState, Outcome
from db.engine import Database
from db.models import now
from db.repositories.campaigns import Audience, Counted
from db.repositories.ledger import Tally
from db.thread_models import NoticeKind
from db.work import ReadWork, WriteWork

APPROVE_FROM = 50  # above so many recipients a second person must approve
_EDITABLE = (CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.SCHEDULED)
_STOPPABLE = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)


class NoSuchCampaign(Exception):
    """There is no campaign of that name (or none that this person may see)."""


class NotNow(Exception):
    """The campaign is in a state in which that cannot be done; the message says which and what can."""


class NeedsApproval(Exception):
    """A second person must approve it first; `approvers`: how many could."""

    def __init__(self, recipients: int, approvers: int) -> None:
        super().__init__(f"{recipients} recipients")
        self.recipients = recipients
        self.approvers = approvers


class SamePerson(Exception):
    """Whoever made a campaign cannot approve it."""


class Changed(Exception):
    """What was seen is not what would be sent: it was changed meanwhile."""


@dataclass(frozen=True)
class Overview:
    """A campaign with what is to be known of it."""

    campaign: Campaign
    definition: Definition
    tally: Tally


@dataclass(frozen=True)
class Ready:
    """Whom a campaign would reach now, and whether a second person must approve it."""

    counted: Counted
    needs_approval: bool
    starts_at: datetime | None


class CampaignService:
    """`wake` is called when the sender, and `tell` when the notices have something to do."""

    def __init__(
        self,
        database: Database,
        library: Callable[[], Library],
        zone: ZoneInfo,
        *,
        approve_from: int = APPROVE_FROM,
        wake: Callable[[], None] = lambda: None,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._library = library
        self._zone = zone
        self._approve_from = approve_from
        self._wake = wake
        self._tell = tell

    async def create(self, written: Written, by: Actor = OPERATOR) -> Campaign:
        """Keep a campaign as a draft, or change one that has not begun: what reads otherwise needs a new approval.

        Raises NotAllowed, UnknownSchool, NotNow.
        """
        async with self._database.write() as work:
            definition = await self._within_rights(work, written.definition, by)
            await audience_of(work, definition)
            pinned = pin(self._library(), definition, written.pictures)
            campaign = await work.campaigns.named(definition.id)
            if campaign is None:
                campaign = await work.campaigns.add(
                    definition.id, definition.to_json(), pinned, by.person_id, by_operator=by.is_operator
                )
                action = "campaign created"
            else:
                campaign = await self._held(work, campaign.number, by)
                if campaign.state not in _EDITABLE:
                    raise NotNow(f"it is {campaign.state} and can no longer be changed; choose another id")
                campaign.definition = definition.to_json()
                campaign.pin = pinned
                campaign.author_id, campaign.by_operator = by.person_id, by.is_operator
                campaign.state, campaign.starts_at = CampaignState.DRAFT, None
                # Another time only changes nothing of what was approved; and nobody approves their own edit.
                if campaign.approved_pin == pinned and campaign.approved_by != by.person_id:
                    campaign.state = CampaignState.APPROVED
                else:
                    campaign.approved_pin = campaign.approved_by = None
                action = "campaign changed"
            await work.campaigns.set_pictures(campaign.number, written.pictures)
            await work.audit.record(by.person_id, action, f"campaign {campaign.id}, {pinned[:12]}")
            return campaign

    async def _within_rights(self, work: WriteWork, definition: Definition, by: Actor) -> Definition:
        """The definition with the schools written out that its author may reach. Raises NotAllowed."""
        if not by.is_staff:
            raise NotAllowed
        if by.is_admin:
            return definition
        own = {school.id: school.name for school in await work.schools.all() if school.id in by.own_schools}
        wanted = definition.audience.schools or tuple(own.values())
        if not set(wanted) <= set(own.values()):
            raise NotAllowed
        return definition.model_copy(
            update={"audience": definition.audience.model_copy(update={"schools": tuple(wanted)})}
        )

    async def see(self, campaign_id: str, by: Actor = OPERATOR) -> Overview:
        """A campaign and how far it is. Raises NoSuchCampaign, also for whoever may not see it."""
        async with self._database.read() as work:
            campaign = await self._visible(work, campaign_id, by)
            return await _overview(work, campaign)

    async def numbered(self, number: int, by: Actor) -> Overview:
        """The same by its number. Raises NoSuchCampaign."""
        async with self._database.read() as work:
            campaign = await work.campaigns.get(number)
            if campaign is None or not await _may(work, by, from_json(campaign.definition)):
                raise NoSuchCampaign(str(number))
            return await _overview(work, campaign)

    async def all(self, by: Actor = OPERATOR) -> Sequence[Overview]:
        """Every campaign that `by` may see, oldest first. Raises NotAllowed for whoever is no staff."""
        if not by.is_staff:
            raise NotAllowed
        async with self._database.read() as work:
            return [
                await _overview(work, campaign)
                for campaign in await work.campaigns.all()
                if await _may(work, by, from_json(campaign.definition))
            ]

    async def ready(self, campaign_id: str, by: Actor = OPERATOR) -> Ready:
        """Whom it would reach now. Raises NoSuchCampaign, UnknownSchool."""
        async with self._database.read() as work:
            campaign = await self._visible(work, campaign_id, by)
            definition = from_json(campaign.definition)
            counted = await work.campaigns.count(await audience_of(work, definition))
            needed = campaign.approved_pin != campaign.pin and counted.recipients > self._approve_from
            return Ready(counted, needed, await self._start(work, definition))

    async def would_reach(self, definition: Definition, by: Actor) -> Counted:
        """Whom a campaign that is still being made would reach. Raises NotAllowed, UnknownSchool."""
        async with self._database.write() as work:
            allowed = await self._within_rights(work, definition, by)
            return await work.campaigns.count(await audience_of(work, allowed))

    async def choices(self, by: Actor) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        """The schools, classes and tags that `by` may choose from. Raises NotAllowed."""
        if not by.is_staff:
            raise NotAllowed
        async with self._database.read() as work:
            own = None if by.is_admin else by.own_schools
            schools = [one.name for one in await work.schools.all() if own is None or one.id in own]
            return schools, await work.campaigns.classes(own), await work.campaigns.tags(own)

    async def approve(
        self, campaign_id: str, by: Actor = OPERATOR, *, seen: str | None = None, override: bool = False
    ) -> Campaign:
        """Approve exactly what would be sent. `seen`: the pin of what was looked at (or its beginning).

        Raises NoSuchCampaign, NotAllowed, SamePerson, Changed, NotNow. The operator approves only by `override`, which
        stands in the audit log.
        """
        async with self._database.write() as work:
            number = (await self._visible(work, campaign_id, by)).number
            campaign = await self._held(work, number, by)
            if campaign.state not in (*_EDITABLE, CampaignState.PAUSED):
                raise NotNow(f"it is {campaign.state}")
            await self._require_may_approve(work, campaign, by, override=override)
            definition = from_json(campaign.definition)
            current = pin(self._library(), definition, await work.campaigns.pictures(number))
            if seen is not None and not current.startswith(seen.lower()):
                raise Changed
            campaign.pin = campaign.approved_pin = current
            campaign.approved_by = by.person_id
            if campaign.state is CampaignState.DRAFT:
                campaign.state = CampaignState.APPROVED
            action = "campaign approved by override" if by.is_operator else "campaign approved"
            await work.audit.record(by.person_id, action, f"campaign {campaign.id}, {current[:12]}")
            await tell_author(work, campaign, NoticeKind.CAMPAIGN_APPROVED)
        self._tell()
        return campaign

    async def _require_may_approve(self, work: WriteWork, campaign: Campaign, by: Actor, *, override: bool) -> None:
        if by.is_operator:
            if not override:
                raise NotAllowed
            return
        if by.person_id == campaign.author_id:
            raise SamePerson
        audience = await audience_of(work, from_json(campaign.definition))
        if by.person_id not in await who_may_approve(work, audience, but=campaign.author_id):
            raise NotAllowed

    async def send(self, campaign_id: str, by: Actor = OPERATOR) -> Campaign:
        """Mark a campaign for sending: at its time, or at once.

        Raises NoSuchCampaign, NotNow, NeedsApproval (whoever can approve has then been asked), Changed.
        """
        needs: NeedsApproval | None = None
        async with self._database.write() as work:
            number = (await self._visible(work, campaign_id, by)).number
            campaign = await self._held(work, number, by)
            if campaign.state not in (CampaignState.DRAFT, CampaignState.APPROVED):
                raise NotNow(f"it is {campaign.state}")
            definition = from_json(campaign.definition)
            if pin(self._library(), definition, await work.campaigns.pictures(number)) != campaign.pin:
                raise Changed
            audience = await audience_of(work, definition)
            counted = await work.campaigns.count(audience)
            if counted.recipients > self._approve_from and campaign.approved_pin != campaign.pin:
                needs = NeedsApproval(counted.recipients, await ask_for_approval(work, campaign, audience))
            else:
                campaign.state = CampaignState.SCHEDULED
                campaign.starts_at = await self._start(work, definition) or now()
                await work.audit.record(by.person_id, "campaign scheduled", f"campaign {campaign.id}")
        self._tell()
        self._wake()
        if needs is not None:
            raise needs
        return campaign

    async def _start(self, work: ReadWork | WriteWork, definition: Definition) -> datetime | None:
        zone = self._zone
        for school in await work.schools.all():
            if school.name in definition.audience.schools[:1]:
                zone = ZoneInfo(school.timezone)
        return definition.starts_at(zone)

    async def pause(self, campaign_id: str, by: Actor = OPERATOR) -> Campaign:
        """Stop sending for now. Raises NoSuchCampaign, NotNow."""
        return await self._move(
            campaign_id,
            by,
            "campaign paused",
            (CampaignState.SCHEDULED, CampaignState.SENDING),
            CampaignState.PAUSED,
            why="by_hand",
        )

    async def resume(self, campaign_id: str, by: Actor = OPERATOR) -> Campaign:
        """Go on with a paused campaign. Raises NoSuchCampaign, NotNow, NeedsApproval."""
        async with self._database.write() as work:
            number = (await self._visible(work, campaign_id, by)).number
            campaign = await self._held(work, number, by)
            if campaign.state is not CampaignState.PAUSED:
                raise NotNow(f"it is {campaign.state}, not paused")
            definition = from_json(campaign.definition)
            campaign.pin = pin(self._library(), definition, await work.campaigns.pictures(number))
            counted = await work.campaigns.count(await audience_of(work, definition))
            if campaign.approved_pin != campaign.pin and counted.recipients > self._approve_from:
                raise NeedsApproval(counted.recipients, 0)
            if campaign.started_at is None:
                campaign.state = CampaignState.SCHEDULED
                planned = campaign.starts_at or now()
                campaign.starts_at = max(planned, now()) if campaign.paused_why == "by_hand" else now()
            else:
                campaign.state = CampaignState.SENDING
            campaign.paused_why = None
            await work.audit.record(by.person_id, "campaign resumed", f"campaign {campaign.id}")
        self._wake()
        return campaign

    async def cancel(self, campaign_id: str, by: Actor = OPERATOR) -> Campaign:
        """End a campaign: what has not gone out never will. Raises NoSuchCampaign, NotNow."""
        return await self._move(
            campaign_id,
            by,
            "campaign cancelled",
            (CampaignState.DRAFT, CampaignState.APPROVED, *_STOPPABLE),
            CampaignState.CANCELLED,
        )

    async def _move(
        self,
        campaign_id: str,
        by: Actor,
        action: str,
        states: Sequence[CampaignState],
        to: CampaignState,
        why: str | None = None,
    ) -> Campaign:
        async with self._database.write() as work:
            number = (await self._visible(work, campaign_id, by)).number
            campaign = await self._held(work, number, by)
            if campaign.state not in states:
                raise NotNow(f"it is {campaign.state}")
            campaign.state, campaign.paused_why = to, why
            if to is CampaignState.CANCELLED:
                campaign.finished_at = now()
            await work.audit.record(by.person_id, action, f"campaign {campaign.id}")
        self._wake()
        return campaign

    async def again(self, campaign_id: str, outcomes: Sequence[Outcome], by: Actor = OPERATOR) -> int:
        """Try deliveries with these outcomes once more, because somebody says so; how many.

        Raises NoSuchCampaign, NotNow.
        """
        async with self._database.write() as work:
            number = (await self._visible(work, campaign_id, by)).number
            campaign = await self._held(work, number, by)
            if campaign.started_at is None or campaign.state is CampaignState.CANCELLED:
                raise NotNow(f"it is {campaign.state}")
            count = await work.ledger.again(number, outcomes)
            if count:
                campaign.state, campaign.finished_at = CampaignState.SENDING, None
                names = ", ".join(outcomes)
                await work.audit.record(by.person_id, "campaign repeated", f"campaign {campaign.id}: {count} {names}")
        self._wake()
        return count

    async def trial(self, campaign_id: str, guests: Sequence[uuid.UUID], by: Actor = OPERATOR) -> int:
        """Send it to a few people who know of it, now, however late it is; to how many. Raises NoSuchCampaign."""
        async with self._database.write() as work:
            campaign = await self._visible(work, campaign_id, by)
            definition = from_json(campaign.definition)
            told = list(guests) or ([by.person_id] if by.person_id is not None else [])
            for person_id in told:
                for variant, texts in enumerate(definition.texts):
                    for place in range(len(texts)):
                        await work.notices.add(
                            person_id,
                            NoticeKind.CAMPAIGN_TRIAL,
                            campaign=campaign.number,
                            detail=f"{variant}.{place}",
                        )
            await work.audit.record(by.person_id, "campaign tried", f"campaign {campaign.id}: {len(told)} people")
        self._tell()
        return len(told)

    async def _visible(self, work: ReadWork | WriteWork, campaign_id: str, by: Actor) -> Campaign:
        campaign = await work.campaigns.named(campaign_id)
        if campaign is None or not await _may(work, by, from_json(campaign.definition)):
            raise NoSuchCampaign(campaign_id)
        return campaign

    async def _held(self, work: WriteWork, number: int, by: Actor) -> Campaign:
        campaign = await work.campaigns.hold(number)
        if campaign is None or not await _may(work, by, from_json(campaign.definition)):
            raise NoSuchCampaign(str(number))
        return campaign


async def _may(work: ReadWork | WriteWork, by: Actor, definition: Definition) -> bool:
    """Whether `by` has the right for everybody this campaign is for."""
    if by.is_admin:
        return True
    audience: Audience = await audience_of(work, definition)
    return audience.schools is not None and bool(audience.schools) and set(audience.schools) <= set(by.own_schools)


async def _overview(work: ReadWork, campaign: Campaign) -> Overview:
    return Overview(campaign, from_json(campaign.definition), await work.ledger.tally(campaign.number))
