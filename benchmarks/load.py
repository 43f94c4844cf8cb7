"""How much the whole bot takes, through the stand-in for Telegram over real HTTP.

uv run python -m benchmarks.load [--quick] [--rasa]

Real questions, Chinese and English, of several hundred students. Each bot is a process of its own, one after the other
in the same run: ours with understanding, dialogue and database in the way, and python-telegram-bot's plain echo.
With --rasa also Rasa's own server with its default pipeline on its REST channel (needs TensorFlow: some minutes).
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.load_rasa import rasa_figures
from benchmarks.memory import resident_mb
from benchmarks.worker import held_out_texts
from nlu.domain import PROJECT_ROOT
from nlu.training import ensure_model
from tests.fakes.telegram import FakeTelegram, serving


@dataclass(frozen=True)
class Figures:
    """Updates a second when all come at once, and seconds from update to reply when they come evenly."""

    per_second: float
    waits: Sequence[float]
    memory_mb: float = 0.0


@asynccontextmanager
async def started(kind: str) -> AsyncIterator[tuple[FakeTelegram, int]]:
    """One of the bots, answering; its process id."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(FakeTelegram()) as telegram:
            telegram.flood.enforced = False
            command = [sys.executable, "-m", "benchmarks.load_worker", kind, telegram.url, folder]
            process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT_ROOT)
            try:
                await telegram.person(1, "en").asks("hello", timeout=120)
                yield telegram, process.pid
            finally:
                process.terminate()
                await process.wait()


async def measured(kind: str, students: int, per_student: int, rate: float, seconds: float) -> Figures:
    async with started(kind) as (telegram, pid):
        people = [telegram.person(number, "zh-hans" if number % 2 else "en") for number in range(10, 10 + students)]
        texts = held_out_texts()
        for person in people:  # everybody is known before the clock starts
            person.says("hello")
        await heard(telegram, students + 1)
        expected = len(telegram.sent) + students * per_student
        begun = time.perf_counter()
        for turn in range(per_student):
            for number, person in enumerate(people):
                person.says(texts[(turn * students + number) % len(texts)], after=60.0)
        await heard(telegram, expected)
        per_second = students * per_student / (time.perf_counter() - begun)
        waits = []
        asking: set[asyncio.Task[None]] = set()

        async def ask(number: int) -> None:
            person = people[number % students]
            person.seen = len(person.history)
            asked = time.perf_counter()
            person.says(texts[number % len(texts)], after=60.0)
            await person.hears(1, timeout=60)
            waits.append(time.perf_counter() - asked)

        begun = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(begun + number / rate - time.perf_counter(), 0))
            asking.add(asyncio.create_task(ask(number)))
        await asyncio.gather(*asking)
        return Figures(per_second, waits, resident_mb(pid))


async def heard(telegram: FakeTelegram, count: int) -> None:
    async with asyncio.timeout(300):
        while len(telegram.sent) < count:
            await telegram.changed()


def line(name: str, figures: Figures) -> str:
    cut = statistics.quantiles(figures.waits, n=100)
    waits = " / ".join(f"{cut[p - 1] * 1000:.0f}" for p in (50, 95, 99))
    return f"{name:<42} {figures.per_second:>7.0f} {waits:>18}  {figures.memory_mb:>6.0f}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer students, one round")
    parser.add_argument("--rasa", action="store_true", help="also Rasa's default pipeline on its REST channel")
    parser.add_argument("--rate", type=float, default=40.0, help="updates a second for the waits")
    given = parser.parse_args()
    students, per_student, rounds = (150, 2, 1) if given.quick else (400, 4, 3)
    ensure_model(PROJECT_ROOT / "var")
    kinds = {
        "bot": "Cardwise",
        "echo": "echo bot, as in the examples",
        "echo-at-once": "echo bot, updates side by side",
    }
    found: dict[str, list[Figures]] = {kind: [] for kind in kinds}
    for number in range(rounds):
        for kind in kinds:
            print(f"round {number + 1} of {rounds}: {kinds[kind]} …", file=sys.stderr, flush=True)
            found[kind].append(await measured(kind, students, per_student, given.rate, 5 if given.quick else 15))
    print(
        f"{students} students, {per_student} questions each at once; then {given.rate:.0f} a second; median of {rounds}"
    )
    print(f"{'':<42} {'per s':>7} {'p50/p95/p99 ms':>18}  {'MB':>6}")
    middle = {kind: median(figures) for kind, figures in found.items()}
    for kind, name in kinds.items():
        print(line(name, middle[kind]))
    for kind in ("echo", "echo-at-once"):
        print(f"Cardwise takes {middle['bot'].per_second / middle[kind].per_second:.0%} of: {kinds[kind]}")
    if given.rasa:
        asked = held_out_texts()[: 200 if given.quick else 1000]
        theirs = Figures(*await rasa_figures(asked, given.rate))
        print(line("Rasa's default pipeline, REST channel", theirs))
        print(
            f"Cardwise : Rasa = {middle['bot'].per_second / theirs.per_second:.1f} : 1 in questions a second, ", end=""
        )
        ours, other = statistics.median(middle["bot"].waits), statistics.median(theirs.waits)
        print(f"{ours / other:.2f} : 1 in the median wait")


def median(figures: Sequence[Figures]) -> Figures:
    """The round with the middle throughput."""
    return sorted(figures, key=lambda one: one.per_second)[len(figures) // 2]


if __name__ == "__main__":
    asyncio.run(main())
