"""Show the author of a campaign how it goes, in one message that changes."""

import asyncio
from collections.abc import Callable

from bot.campaigns.definition import Definition
from bot.campaigns.runs import Post, Run
from bot.replies import Reply
from content.schema import Language
from db.campaign_models import Campaign
from db.engine import Database
from db.repositories.ledger_reading import Tally

ShowProgress = Callable[[Campaign, Definition, Tally, Language], Reply]

_EVERY = 4.0


class Watch:
    """`page` renders how a campaign goes."""

    def __init__(self, database: Database, page: ShowProgress) -> None:
        self._database = database
        self._page = page

    async def show(self, post: Post, run: Run, *, last: bool) -> None:
        """Show it, if it was not shown a moment ago or this is the end."""
        moment = asyncio.get_running_loop().time()
        if moment - run.shown_at < _EVERY and not last:
            return
        run.shown_at = moment
        async with self._database.read() as work:
            campaign = await work.campaigns.get(run.number)
            if campaign is None or campaign.author_id is None:
                return
            author = await work.people.get(campaign.author_id)
            address = author.address if author is not None else None
            if author is None or address is None or not post.reaches(address):
                return
            language: Language = "en" if author.language == "en" else "zh"
            reply = self._page(campaign, run.definition, await work.ledger.tally(run.number), language)
            watched = campaign.watched_in
        message = await post.show(address, reply, watched)
        if message is None or message == watched:
            return
        async with self._database.write() as work:
            campaign = await work.campaigns.hold(run.number)
            if campaign is not None:
                campaign.watched_in = message
