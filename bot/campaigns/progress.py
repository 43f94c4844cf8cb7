"""How a campaign goes, in one page that is shown again and again."""

from collections.abc import Callable

from bot.campaigns.definition import Definition
from bot.campaigns.privacy import FEWEST, hidden
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import Language
from db.campaign_models import Campaign, CampaignState
from db.repositories.ledger_reading import Tally

_BAR = 12
POSSIBLE = {
    CampaignState.DRAFT: ("send", "try", "cancel"),
    CampaignState.APPROVED: ("send", "try", "cancel"),
    CampaignState.SCHEDULED: ("pause", "cancel"),
    CampaignState.SENDING: ("pause", "cancel"),
    CampaignState.PAUSED: ("resume", "cancel"),
    CampaignState.FINISHED: ("report",),
    CampaignState.CANCELLED: ("report",),
}
"""What can be done in each state."""


def progress_page(
    library: Callable[[], Library], campaign: Campaign, definition: Definition, tally: Tally, language: Language
) -> Reply:
    """Title, state, a bar and counts, with the buttons that make sense now."""
    texts = library()
    done = tally.planned - tally.pending
    filled = round(_BAR * done / tally.planned) if tally.planned else 0
    lines = [
        texts.text(f"campaign_state_{campaign.state}", language),
        f"{'▓' * filled}{'░' * (_BAR - filled)}",
        counts(texts, tally, language),
    ]
    return Reply(
        "\n".join(lines),
        headline=f"📣 {definition.title[language]}",
        buttons=control_buttons(texts, campaign, language),
        language=language,
    )


def counts(library: Library, tally: Tally, language: Language) -> str:
    """The counts in one line. Small ones are told only as small, so that nobody can be found by them."""
    if tally.planned < FEWEST:
        return library.text("campaign_few", language)
    unsent = tally.blocked + tally.opted_out + tally.failed + tally.unknown
    few = library.text("campaign_report_few", language)
    shown = hidden({"sent": tally.sent, "unsent": unsent, "pending": tally.pending})
    told = {name: few if count is None else count for name, count in shown.items()}
    return library.text("campaign_counts", language, planned=tally.planned, **told)


def control_buttons(library: Library, campaign: Campaign, language: Language) -> tuple[tuple[Button, ...], ...]:
    """Pause, resume, cancel, report: what can be done in this state."""
    row = tuple(
        Button(
            library.text(f"campaign_button_{verb}", language),
            Press(PressKind.MAKE, f"{verb}.{campaign.number}"),
        )
        for verb in POSSIBLE[campaign.state]
    )
    return (row,)
