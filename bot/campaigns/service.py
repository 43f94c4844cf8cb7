"""What staff can do with campaigns. The right is checked here, for every door: chat, command line, buttons."""

import uuid
from collections.abc import Sequence

from bot.campaigns.approving import EDITABLE, ApprovingCampaigns
from bot.campaigns.audience import audience_of
from bot.campaigns.definition import Definition, Written, from_json
from bot.campaigns.errors import Changed, NeedsApproval, NotNow
from bot.campaigns.notes import ask_for_approval
from bot.campaigns.pages import pin
from bot.people.rights import OPERATOR, Actor, NotAllowed
from db.campaign_models import Campaign, CampaignState, Outcome
from db.models import now
from db.thread_models import NoticeKind
from db.work import WriteWork

_STOPPABLE = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)


class CampaignService(ApprovingCampaigns):
    """Everything that can be done with campaigns."""

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
                campaign = await self._hold(work, campaign.id, by)
                if campaign.state not in EDITABLE:
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

    async def change(self, definition: Definition, by: Actor) -> Campaign:
        """Change one that has not begun, its pictures staying as they are. Raises as `create` does."""
        async with self._database.read() as work:
            campaign = await work.campaigns.named(definition.id)
            pictures = await work.campaigns.pictures(campaign.number) if campaign is not None else {}
        return await self.create(Written(definition, pictures), by)

    async def send(self, campaign_id: str, by: Actor = OPERATOR) -> Campaign:
        """Mark a campaign for sending: at its time, or at once.

        Raises NoSuchCampaign, NotNow, NeedsApproval (whoever can approve has then been asked), Changed.
        """
        needs: NeedsApproval | None = None
        async with self._database.write() as work:
            campaign = await self._hold(work, campaign_id, by)
            if campaign.state not in (CampaignState.DRAFT, CampaignState.APPROVED):
                raise NotNow(f"it is {campaign.state}")
            definition = from_json(campaign.definition)
            if pin(self._library(), definition, await work.campaigns.pictures(campaign.number)) != campaign.pin:
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
            campaign = await self._hold(work, campaign_id, by)
            if campaign.state is not CampaignState.PAUSED:
                raise NotNow(f"it is {campaign.state}, not paused")
            definition = from_json(campaign.definition)
            campaign.pin = pin(self._library(), definition, await work.campaigns.pictures(campaign.number))
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
            campaign = await self._hold(work, campaign_id, by)
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
            campaign = await self._hold(work, campaign_id, by)
            if campaign.started_at is None or campaign.state is CampaignState.CANCELLED:
                raise NotNow(f"it is {campaign.state}")
            count = await work.ledger.again(campaign.number, outcomes)
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
