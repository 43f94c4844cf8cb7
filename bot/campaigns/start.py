"""How a campaign begins, pauses by itself, and ends."""

from bot.campaigns.audience import audience_of
from bot.campaigns.clock import MISSED_AFTER
from bot.campaigns.definition import Definition, from_json
from bot.campaigns.notes import tell_author
from bot.campaigns.pages import pin
from content.library import Library
from db.campaign_models import Campaign, CampaignState
from db.models import now
from db.thread_models import NoticeKind
from db.work import WriteWork


async def begin(work: WriteWork, campaign: Campaign, library: Library, approve_from: int) -> None:
    """Begin to send, unless the time was missed by far or it is no longer what was agreed: then its author is told."""
    definition = from_json(campaign.definition)
    if campaign.starts_at is not None and now() - campaign.starts_at > MISSED_AFTER:
        await pause(work, campaign, "missed", NoticeKind.CAMPAIGN_MISSED)
    elif pin(library, definition, await work.campaigns.pictures(campaign.number)) != campaign.pin:
        await pause(work, campaign, "content_changed")
    elif await _needs_approval(work, campaign, definition, approve_from):
        await pause(work, campaign, "needs_approval")
    else:
        campaign.state = CampaignState.SENDING
        campaign.started_at = now()
        await work.audit.record(None, "campaign started", f"campaign {campaign.id}")


async def _needs_approval(work: WriteWork, campaign: Campaign, definition: Definition, approve_from: int) -> bool:
    """Whether the audience has grown beyond what one person may send alone since it was marked for sending."""
    if campaign.approved_pin == campaign.pin:
        return False
    return (await work.campaigns.count(await audience_of(work, definition))).recipients > approve_from


async def pause(work: WriteWork, campaign: Campaign, why: str, notice: NoticeKind = NoticeKind.CAMPAIGN_PAUSED) -> None:
    """Stop for a reason that its author should know."""
    campaign.state = CampaignState.PAUSED
    campaign.paused_why = why
    await work.audit.record(None, "campaign paused", f"campaign {campaign.id}: {why}")
    await tell_author(work, campaign, notice, why)


async def finish(work: WriteWork, campaign: Campaign, definition: Definition) -> bool:
    """End a campaign of which nothing is left to be sent; whether that is so."""
    if campaign.state is not CampaignState.SENDING or not campaign.prepared:
        return False
    if await work.ledger.has_open(campaign.number):
        return False
    campaign.state = CampaignState.FINISHED
    campaign.finished_at = now()
    await work.ledger.note_laws(campaign.number, definition.laws)
    await work.audit.record(None, "campaign finished", f"campaign {campaign.id}")
    await tell_author(work, campaign, NoticeKind.CAMPAIGN_FINISHED)
    return True
