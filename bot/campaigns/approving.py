"""Approve exactly what will be sent."""

from bot.campaigns.audience import audience_of
from bot.campaigns.definition import from_json
from bot.campaigns.errors import Changed, NotNow, SamePerson
from bot.campaigns.notes import tell_author, who_may_approve
from bot.campaigns.pages import pin
from bot.campaigns.seeing import SeeingCampaigns
from bot.people.rights import OPERATOR, Actor, NotAllowed
from db.campaign_models import Campaign, CampaignState
from db.thread_models import NoticeKind
from db.work import WriteWork

EDITABLE = (CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.SCHEDULED)


class ApprovingCampaigns(SeeingCampaigns):
    """Whoever has the right and is not the author approves; the operator by an override that is written down."""

    async def approve(
        self, campaign_id: str, by: Actor = OPERATOR, *, seen: str | None = None, override: bool = False
    ) -> Campaign:
        """Approve exactly what would be sent. `seen`: the pin of what was looked at (or its beginning).

        Raises NoSuchCampaign, NotAllowed, SamePerson, Changed, NotNow. The operator approves only by `override`, which
        stands in the audit log.
        """
        async with self._database.write() as work:
            campaign = await self._hold(work, campaign_id, by)
            if campaign.state not in (*EDITABLE, CampaignState.PAUSED):
                raise NotNow(f"it is {campaign.state}")
            await self._require_may_approve(work, campaign, by, override=override)
            definition = from_json(campaign.definition)
            current = pin(self._library(), definition, await work.campaigns.pictures(campaign.number))
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
