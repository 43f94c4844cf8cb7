"""Whether memory stays flat: many mixed updates through the whole bot, in a process of its own.

uv run python -m benchmarks.soak [--updates 20000]

Questions in both languages, commands, presses of buttons old and new, edited messages, stickers, forwarded adverts,
votes, people who block the bot, updates that come twice, and rubbish. Every tenth of the way the bot's memory is read.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable

from benchmarks.load import started
from benchmarks.memory import resident_mb
from benchmarks.worker import held_out_texts
from nlu.domain import PROJECT_ROOT
from nlu.training import ensure_model
from tests.fakes.chats import Chat
from tests.fakes.telegram import FakeTelegram

STUDENTS = 800
_IN_HAND = 200  # updates that are not answered yet: a bot is not to be drowned, but worked
_COMMANDS = ("/start", "/help", "/cases", "/words", "/myths", "/redflags", "/library", "/quiz", "/privacy", "/cancel")
_PRESSES = ("l.cl-287b", "x", "o1.9.9", "", "quiz", "z" * 64)


def adverts() -> list[str]:
    lines = (PROJECT_ROOT / "tests" / "nlu" / "adverts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def mixed(telegram: FakeTelegram, chance: random.Random) -> Callable[[Chat], None]:
    """Does one thing, as somebody."""
    texts, jobs = held_out_texts(), adverts()

    def press(chat: Chat) -> None:
        shown = [sent for sent in telegram.sent[-300:] if sent.chat_id == chat.chat_id and sent.keyboard]
        if shown and chance.random() < 0.7:
            chat.presses(shown[-1], chance.choice(shown[-1].labels))
        elif shown:
            chat.presses_data(shown[-1], chance.choice(_PRESSES))

    things: list[tuple[int, Callable[[Chat], object]]] = [
        (50, lambda chat: chat.says(chance.choice(texts), after=60.0)),
        (12, lambda chat: chat.says(chance.choice(_COMMANDS), after=60.0)),
        (20, press),
        (4, lambda chat: chat.edits(chat.message("x"), chance.choice(texts))),
        (3, lambda chat: chat.says(sticker={"file_id": "s", "file_unique_id": "s", "type": "regular", **_SIZE})),
        (6, lambda chat: chat.says(chance.choice(jobs), after=60.0)),
        (2, lambda chat: chat.votes("gone", [0])),
        (1, lambda chat: telegram.push_again(*telegram.delivered[-2:])),
        (2, lambda chat: chat.says("".join(chr(chance.randrange(32, 0x2FFF)) for _ in range(200)), after=60.0)),
    ]
    weights, acts = zip(*things, strict=True)

    def do(chat: Chat) -> None:
        chance.choices(acts, weights)[0](chat)

    return do


_SIZE = {"width": 512, "height": 512, "is_animated": False, "is_video": False}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    ensure_model(PROJECT_ROOT / "var")
    chance = random.Random(given.seed)
    async with started("bot") as (telegram, pid):
        people = [telegram.person(number, chance.choice(("zh-hans", "en"))) for number in range(10, 10 + STUDENTS)]
        do = mixed(telegram, chance)
        begun, memory = time.perf_counter(), []
        for number in range(1, given.updates + 1):
            do(chance.choice(people))
            while len(telegram._updates) > _IN_HAND:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            if number % max(given.updates // 10, 1) == 0:
                del telegram.sent[:-2000]
                memory.append(resident_mb(pid))
                print(
                    f"{number:>7} updates, {number / (time.perf_counter() - begun):4.0f} a second: {memory[-1]:.0f} MB",
                    flush=True,
                )
        await telegram.person(9, "en").asks("/help", timeout=60)
    half = len(memory) // 2
    first, last = statistics.median(memory[1:half]), statistics.median(memory[half:])
    print(f"second half against the first: {last - first:+.1f} MB ({(last - first) / first:+.1%})")


if __name__ == "__main__":
    asyncio.run(main())
