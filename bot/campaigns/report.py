"""What a campaign did, told so that nobody can be found by it.

Groups under five people are never shown, nor anything from which they follow: where one part of a whole is small, the
next larger one is hidden too, and a share whose other side is small is hidden with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.campaigns.privacy import FEWEST, Cells, hidden
from bot.campaigns.seeing import Overview
from bot.campaigns.statistics import difference, wilson
from db.campaign_models import Outcome
from db.engine import Database
from db.repositories.ledger_reading import Tally

OPT_OUT_HOURS = 48
_FUNNEL = ("sent", "blocked", "failed", "opted_out", "unknown", "pending")


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95 % interval; None when too few on either side."""

    count: int
    total: int
    low: float
    high: float


@dataclass(frozen=True)
class Question:
    """How a question was answered after the campaign, and by those who had not got it."""

    name: str
    after: Share | None
    held_out: Share | None
    gain: tuple[float, float, float] | None  # in shares: estimate, lower and upper end


@dataclass(frozen=True)
class Report:
    """Everything that may be shown of a campaign."""

    id: str
    title: dict[str, str]
    state: str
    started: datetime | None
    finished: datetime | None
    tally: Tally  # exact: for counts that are themselves told with care
    planned: int | None
    funnel: Cells
    held_out: int | None
    hours: Cells = field(default_factory=dict)  # by local hour
    languages: Cells = field(default_factory=dict)
    classes: Cells = field(default_factory=dict)
    variants: Cells = field(default_factory=dict)
    buttons: list[tuple[dict[str, str], Share | None]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    opted_out_after: Share | None = None


async def make_report(database: Database, overview: Overview, zone: ZoneInfo | None = None) -> Report:
    """The report of a campaign as it stands now. `zone`: whose hours are shown."""
    campaign, definition, tally = overview.campaign, overview.definition, overview.tally
    number, sent = campaign.number, tally.sent
    title = {"zh": definition.title.zh, "en": definition.title.en}
    times = (campaign.started_at, campaign.finished_at)
    if tally.planned < FEWEST:
        return Report(campaign.id, title, campaign.state.value, *times, tally, None, {}, None)
    async with database.read() as work:
        hours = await work.ledger.finished_times(number)
        languages = _sent_by(await work.ledger.by(number, "language"))
        classes = _sent_by(await work.ledger.by(number, "class_name"))
        variants = _sent_by(await work.ledger.by(number, "variant"))
        pressed = await work.ledger.pressed(number)
        answered = await work.ledger.answered(number)
        left = await work.ledger.left_after(number, OPT_OUT_HOURS)
    names = definition.variant_names
    buttons = [
        ({"zh": button.label.zh, "en": button.label.en}, share(pressed.get(f"{variant}.{place}.{index}", 0), sent))
        for variant, texts in enumerate(definition.texts)
        for place, message in enumerate(texts)
        for index, button in enumerate(message.buttons)
    ]
    questions = list(dict.fromkeys(name for texts in definition.texts for one in texts for name in one.quiz))
    return Report(
        campaign.id,
        title,
        campaign.state.value,
        *times,
        tally,
        tally.planned,
        hidden({name: getattr(tally, name) for name in _FUNNEL}),
        tally.held_out if tally.held_out == 0 or tally.held_out >= FEWEST else None,
        hidden({_local(hour, zone or ZoneInfo("Asia/Shanghai")): count for hour, count in hours.items()}),
        hidden(languages),
        hidden(classes) if len(classes) > 1 else {},
        hidden({names[int(key)]: count for key, count in variants.items()}) if len(names) > 1 else {},
        buttons,
        [_question(name, answered) for name in questions],
        share(left, sent),
    )


def share(count: int, total: int) -> Share | None:
    """A share, unless those in it or those outside it are too few to be shown."""
    if total < FEWEST or 0 < count < FEWEST or 0 < total - count < FEWEST:
        return None
    return Share(count, total, *wilson(count, total))


def _question(name: str, answered: Mapping[tuple[str, bool], tuple[int, int]]) -> Question:
    after, before = answered.get((name, False), (0, 0)), answered.get((name, True), (0, 0))
    shown, compared = share(*after), share(*before)
    gain = difference(after, before) if shown is not None and compared is not None else None
    return Question(name, shown, compared, gain)


def _sent_by(counts: Mapping[tuple[object, Outcome], int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (value, outcome), count in counts.items():
        name = "–" if value is None else str(value)
        found[name] = found.get(name, 0) + (count if outcome is Outcome.SENT else 0)
    return dict(sorted(found.items()))


def _local(hour: str, zone: ZoneInfo) -> str:
    moment = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%m-%d %H:00")
