"""How long the job check takes: adverts as text, and screenshots on one core.

uv run python benchmarks/adverts.py
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable

from bot.adverts.check import AdvertCheck
from bot.adverts.phrases import phrase_book
from bot.adverts.reading import PictureReader
from bot.content_check import load_checked
from bot.settings import PROJECT
from nlu.adverts.files import ensure_advert_model

ADVERTS = PROJECT / "tests" / "nlu" / "adverts.jsonl"
PICTURES = PROJECT / "tests" / "pictures"
ROUNDS = 3


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def texts() -> None:
    """Check every advert of the evaluation set several times."""
    library = load_checked()
    check = AdvertCheck(library, ensure_advert_model(PROJECT / "var", phrase_book(library).hints))
    adverts = [json.loads(line)["text"] for line in ADVERTS.read_text(encoding="utf-8").splitlines()]
    for text in adverts:
        check.check(text)
    times = [milliseconds(lambda text=text: check.check(text)) for _ in range(ROUNDS) for text in adverts]  # type: ignore[misc]
    tens = statistics.quantiles(times, n=10)
    length = round(statistics.median(map(len, adverts)))
    print(f"{len(adverts)} adverts, half of them longer than {length} characters")
    print(f"text: median {statistics.median(times):.1f} ms, nine of ten under {tens[8]:.1f} ms")


async def screenshots() -> None:
    """Read the screenshots of the tests on one core; the first also starts the process."""
    reader = PictureReader()
    try:
        for path in [PICTURES / "phones_and_cable.png", *sorted(PICTURES.glob("*.png"))]:
            start = time.perf_counter()
            words = await reader.read(path.read_bytes())
            print(f"{path.name}: {len(words.splitlines())} lines, {time.perf_counter() - start:.2f} s")
    finally:
        await reader.close()


def one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    one_core()
    texts()
    asyncio.run(screenshots())
