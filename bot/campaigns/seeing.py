"""What staff may see of campaigns, and the right on which everything else rests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.campaigns.audience import audience_of
from bot.campaigns.definition import Definition, from_json
from bot.campaigns.errors import NoSuchCampaign
from bot.people.rights import OPERATOR, Actor, NotAllowed
from content.library import Library
from db.campaign_models import Campaign
from db.engine import Database
from db.repositories.campaigns import Audience, Counted
from db.repositories.ledger_reading import Tally
from db.work import ReadWork, WriteWork

APPROVE_FROM = 50  # above so many recipients a second person must approve


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


class SeeingCampaigns:
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

    @property
    def library(self) -> Library:
        """The content that campaigns are checked against."""
        return self._library()

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

    async def all(self, by: Actor = OPERATOR, latest: int | None = None) -> Sequence[Overview]:
        """The `latest` campaigns that `by` may see, oldest first. Raises NotAllowed for whoever is no staff."""
        if not by.is_staff:
            raise NotAllowed
        async with self._database.read() as work:
            every = await work.campaigns.all()
            seen = [campaign for campaign in every if await _may(work, by, from_json(campaign.definition))]
            return [await _overview(work, campaign) for campaign in (seen[-latest:] if latest else seen)]

    async def ready(self, campaign_id: str, by: Actor = OPERATOR) -> Ready:
        """Whom it would reach now. Raises NoSuchCampaign, UnknownSchool."""
        async with self._database.read() as work:
            campaign = await self._visible(work, campaign_id, by)
            definition = from_json(campaign.definition)
            counted = await work.campaigns.count(await audience_of(work, definition))
            needed = campaign.approved_pin != campaign.pin and counted.recipients > self._approve_from
            return Ready(counted, needed, await self._start(work, definition))

    async def choices(self, by: Actor) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        """The schools, classes and tags that `by` may choose from. Raises NotAllowed."""
        if not by.is_staff:
            raise NotAllowed
        async with self._database.read() as work:
            own = None if by.is_admin else by.own_schools
            schools = [one.name for one in await work.schools.all() if own is None or one.id in own]
            return schools, await work.campaigns.classes(own), await work.campaigns.tags(own)

    async def _start(self, work: ReadWork | WriteWork, definition: Definition) -> datetime | None:
        zone = self._zone
        for school in await work.schools.all():
            if school.name in definition.audience.schools[:1]:
                zone = ZoneInfo(school.timezone)
        return definition.starts_at(zone)

    async def _visible(self, work: ReadWork | WriteWork, campaign_id: str, by: Actor) -> Campaign:
        """The campaign, for whoever may see it. Raises NoSuchCampaign."""
        campaign = await work.campaigns.named(campaign_id)
        if campaign is None or not await _may(work, by, from_json(campaign.definition)):
            raise NoSuchCampaign(campaign_id)
        return campaign

    async def _hold(self, work: WriteWork, campaign_id: str, by: Actor) -> Campaign:
        """The same, held until this unit ends."""
        visible = await self._visible(work, campaign_id, by)
        campaign = await work.campaigns.hold(visible.number)
        if campaign is None or not await _may(work, by, from_json(campaign.definition)):
            raise NoSuchCampaign(campaign_id)  # changed meanwhile
        return campaign


async def _may(work: ReadWork | WriteWork, by: Actor, definition: Definition) -> bool:
    """Whether `by` has the right for everybody this campaign is for."""
    if by.is_admin:
        return True
    audience: Audience = await audience_of(work, definition)
    return audience.schools is not None and bool(audience.schools) and set(audience.schools) <= set(by.own_schools)


async def _overview(work: ReadWork, campaign: Campaign) -> Overview:
    return Overview(campaign, from_json(campaign.definition), await work.ledger.tally(campaign.number))
