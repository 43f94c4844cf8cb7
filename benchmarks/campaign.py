"""How fast campaigns go out, and whether replies wait for them, on the stand-in for Telegram with its limits.

uv run python -m benchmarks.campaign [--quick]

1. Recipients at the full allowed rate: seconds, 429s, and how long live replies took meanwhile.
2. Without limits: messages a second beside a bare python-telegram-bot loop in the same run.
3. Preparing a ledger: seconds and memory for a large audience.
"""

import argparse
import asyncio
import gc
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import insert
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from benchmarks.memory import resident_mb
from bot.app import App
from bot.campaigns.audience import audience_of
from bot.campaigns.definition import Definition, Written, checked
from bot.content_check import load_checked
from bot.sending.budget import Pace
from content.library import Library
from db.campaign_models import CampaignState
from db.engine import Database
from db.keys import KEY_BYTES, KeyRing
from db.models import Consent, Membership, Person, Role
from db.upgrade import upgrade
from tests.campaigns.conftest import with_students
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.running import running_bot

PAGE = 50_000


def campaign(library: Library) -> Written:
    """A short campaign, urgent so that it runs at any hour."""
    text = {"zh": "别把卡借给别人，一张也不行。", "en": "Never lend your card, not even one."}
    data = {"id": "speed", "title": {"zh": "测速", "en": "Speed"}, "urgent": True, "messages": [{"text": text}]}
    return Written(checked(Definition.model_validate(data), library), {})


@asynccontextmanager
async def bot(library: Library, people: int, pace: Pace) -> AsyncIterator[tuple[FakeTelegram, App]]:
    """A bot with so many students, all of whom want campaigns."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            serving(FakeTelegram()) as telegram,
            running_bot(telegram, library, None, Path(folder), pace=pace) as app,
        ):
            for number in range(1, people + 1):
                telegram.person(number)
            await with_students(app.database, people)
            yield telegram, app


async def finished(app: App) -> float:
    """Send the campaign; how many seconds it took."""
    await app.campaigns.create(campaign(app.content()))
    await app.campaigns.approve("speed", override=True)
    begun = time.perf_counter()
    await app.campaigns.send("speed")
    while (await app.campaigns.see("speed")).campaign.state is not CampaignState.FINISHED:  # noqa: ASYNC110
        await asyncio.sleep(0.25)
    return time.perf_counter() - begun


async def at_the_allowed_rate(library: Library, people: int) -> None:
    async with bot(library, people, Pace()) as (telegram, app):
        waits: list[float] = []

        async def talk() -> None:
            number = people
            while True:
                number += 1
                begun = time.perf_counter()
                await telegram.person(1_000_000 + number).asks("/help", timeout=60)
                waits.append(time.perf_counter() - begun)
                await asyncio.sleep(0.4)

        talking = asyncio.create_task(talk())
        seconds = await finished(app)
        talking.cancel()
        tally = (await app.campaigns.see("speed")).tally
        tens = statistics.quantiles(waits, n=20)
        print(f"allowed rate: {tally.sent} of {people} in {seconds:.0f} s, {tally.sent / seconds:.1f} a second")
        print(f"  refused with 429: {telegram.flood.refused}")
        print(f"  {len(waits)} live replies meanwhile: median {statistics.median(waits) * 1000:.0f} ms, ", end="")
        print(f"p95 {tens[-1] * 1000:.0f} ms")


async def bare_loop(people: int) -> float:
    """Messages a second of python-telegram-bot alone: the same calls, as many at once as we have in hand."""
    from bot.campaigns.sender import AT_ONCE

    async with serving(FakeTelegram()) as telegram:
        telegram.flood.enforced = False
        for number in range(1, people + 1):
            telegram.person(number)
        places = asyncio.Semaphore(AT_ONCE)
        request = HTTPXRequest(connection_pool_size=AT_ONCE, pool_timeout=30)  # as it comes
        async with Bot(TOKEN, base_url=f"{telegram.url}/bot", request=request) as plain:

            async def send(number: int) -> None:
                async with places:
                    await plain.send_message(
                        number,
                        "别把卡借给别人，一张也不行。",
                        parse_mode=ParseMode.HTML,
                        link_preview_options=LinkPreviewOptions(is_disabled=True),
                    )

            begun = time.perf_counter()
            await asyncio.gather(*map(send, range(1, people + 1)))
            return people / (time.perf_counter() - begun)


async def without_limits(library: Library, people: int, rounds: int) -> None:
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(await bare_loop(people))
        async with bot(library, people, Pace(1e6, 1e6, 0.0, 0.0)) as (telegram, app):
            telegram.flood.enforced = False
            ours.append(people / await finished(app))
    mine, loop = statistics.median(ours), statistics.median(bare)
    print(f"without limits: {mine:.0f} messages a second, bare python-telegram-bot {loop:.0f}: {mine / loop:.0%}")


async def ledger(library: Library, people: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ring = KeyRing([bytes(KEY_BYTES)])
        database = Database(f"sqlite+aiosqlite:///{folder}/cardwise.db", ring)
        await upgrade(database.url, ring)
        await fill(database, people)
        written = campaign(library)
        async with database.write() as work:
            made = await work.campaigns.add("speed", written.definition.to_json(), "", None, by_operator=True)
            number = made.number
        gc.collect()
        before, begun, added, most = resident_mb(os.getpid()), time.perf_counter(), 0, 0.0
        while True:
            async with database.write() as work:
                held = await work.campaigns.hold(number)
                assert held is not None
                audience = await audience_of(work, written.definition)
                more = await work.ledger.prepare(held, audience, people=20_000, held_out=10, shares=(1,))
            most = max(most, resident_mb(os.getpid()) - before)
            if more is None:
                break
            added += more
        seconds = time.perf_counter() - begun
        print(f"ledger: {added} recipients in {seconds:.1f} s, {most:.0f} MB more memory at most")
        await database.close()


async def fill(database: Database, people: int) -> None:
    """Students of one school, as rows."""
    async with database.write() as work:
        school = await work.schools.add("示范大学", "Asia/Shanghai")
    for start in range(0, people, PAGE):
        ids = [uuid.uuid4() for _ in range(min(PAGE, people - start))]
        async with database.write() as work:
            session = work.people._session
            await session.execute(
                insert(Person), [{"id": one, "address_hash": one.bytes * 2, "consent": Consent.YES} for one in ids]
            )
            await session.execute(
                insert(Membership),
                [{"person_id": one, "school_id": school.id, "role": Role.STUDENT, "class_name": "一班"} for one in ids],
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    share = 10 if parser.parse_args().quick else 1
    library = load_checked()
    asyncio.run(without_limits(library, 2_000 // share, 3))
    asyncio.run(ledger(library, 1_000_000 // share))
    asyncio.run(at_the_allowed_rate(library, 2_000 // share))


if __name__ == "__main__":
    main()
