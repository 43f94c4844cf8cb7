"""What staff (and, for a trial, guests) are told about campaigns: notices rendered when they are told."""

from bot.campaigns.definition import from_json
from bot.campaigns.pages import messages
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import Language
from db.campaign_models import Campaign
from db.thread_models import Notice, NoticeKind
from db.work import ReadWork, WriteWork

REASONS = ("missed", "content_changed", "needs_approval", "no_entry", "content_errors", "by_hand", "restored")


async def campaign_notice(
    work: ReadWork | WriteWork, library: Library, notice: Notice, language: Language
) -> Reply | None:
    """The message of a notice about a campaign; None for another notice, and when the campaign is gone."""
    campaign = await work.campaigns.get(notice.campaign) if notice.campaign is not None else None
    return None if campaign is None else _told(library, notice, campaign, language)


def _told(library: Library, notice: Notice, campaign: Campaign, language: Language) -> Reply | None:
    definition = from_json(campaign.definition)
    title, number = definition.title[language], campaign.number
    if notice.kind == NoticeKind.CAMPAIGN_TRIAL:
        variant, _, place = notice.detail.partition(".")
        return messages(definition, number, int(variant), language)[int(place)].reply
    look = Button(library.text("campaign_button_look", language), Press(PressKind.MAKE, f"see.{number}"))
    resume = Button(library.text("campaign_button_resume", language), Press(PressKind.MAKE, f"resume.{number}"))
    report = Button(library.text("campaign_button_report", language), Press(PressKind.MAKE, f"report.{number}"))
    if notice.kind in (NoticeKind.CAMPAIGN_PAUSED, NoticeKind.CAMPAIGN_MISSED):
        why = notice.detail if notice.detail in REASONS else "by_hand"
        told = library.text("campaign_paused", language, title=title, why=library.text(f"campaign_why_{why}", language))
        return Reply(told, buttons=((look, resume),), language=language)
    told_by = {
        NoticeKind.CAMPAIGN_TO_APPROVE: ("campaign_to_approve", look),
        NoticeKind.CAMPAIGN_APPROVED: ("campaign_approved", look),
        NoticeKind.CAMPAIGN_FINISHED: ("campaign_finished", report),
    }
    for kind, (key, button) in told_by.items():
        if notice.kind == kind:
            return Reply(library.text(key, language, title=title), buttons=((button,),), language=language)
    return None
