"""Whatever arrives, in whatever order, the dialogue answers it: never with an error, never with nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.dialogue import Dialogue
from bot.replies import Press, PressKind, Reply, decode, encode
from bot.telegram.messages import html_pieces, keyboard
from bot.turns import COMMANDS, STAFF_COMMANDS, Kind, Turn
from content.library import Library
from db.engine import Database
from db.keys import KeyRing
from db.models import Role
from db.upgrade import upgrade
from nlu.interpreter import FALLBACK, Entity, Parse, Ranked
from tests.bot.talking import dialogue_with
from tests.conftest import KEY
from tests.fakes.telegram_rules import checked_keyboard, parsed_text

_PEOPLE = ("telegram:1", "telegram:2", "telegram:3")
# Lone surrogates cannot come by Telegram, which sends UTF-8; everything else can.
_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.sampled_from(
        [
            *(
                "你" * 4096,
                "\u202eذلك\u200b\u200f",
                "👨‍👩‍👧‍👦" * 50,
                "<b>&amp;</b><script>",
                "'; DROP TABLE person; --",
            ),
            *("{language} {0} %s ${x}", "/", "\x00\x07", "3张呢", "我才17", "why", "那手机卡呢", "不想活了", "好了"),
        ]
    ),
)
_SUBJECTS = st.one_of(
    st.sampled_from(["ask_penalty", "ask_penalty.default", "zh", "yes", "no", "all", "new", "report_provided_item"]),
    st.sampled_from(["anonymous.-", "named.-", "listen.-", "end.-", "claim.x", "give-1.x", "away.-", "provided-item"]),
    st.text(st.characters(codec="ascii", exclude_characters=":"), min_size=1, max_size=30),
)
_PRESSES = st.builds(Press, st.sampled_from(PressKind), _SUBJECTS, st.integers(0, 999))


class Anything:
    """Means something different with every message, known or not."""

    def __init__(self, library: Library) -> None:
        self._meanings = (
            *library.topics,
            FALLBACK,
            "out_of_scope",
            "greet",
            "affirm",
            "deny",
            "start_quiz",
            "unheard_of",
        )

    async def parse(self, text: str) -> Parse:
        number = len(text) * 7 + sum(map(ord, text[:20]))
        intent = self._meanings[number % len(self._meanings)]
        entities = (Entity("count", number % 9, text[:1], 0, 1), Entity("age", number % 60, text[:1], 0, 1))
        ranking = tuple(Ranked(name, 0.3) for name in self._meanings[:5])
        return Parse(text, "zh" if number % 2 else "en", intent, 0.5, ranking, entities[: number % 3])


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    kind = draw(st.sampled_from([kind for kind in Kind if kind is not Kind.POLL_ANSWER]))
    command = draw(st.sampled_from((*COMMANDS, *STAFF_COMMANDS, "nonsense"))) if kind is Kind.COMMAND else ""
    return Turn(
        address=draw(st.sampled_from(_PEOPLE)),
        kind=kind,
        text=draw(_TEXT) if kind not in (Kind.PRESS, Kind.VOICE, Kind.STICKER, Kind.OTHER) else "",
        press=draw(st.one_of(st.none(), _PRESSES)) if kind is Kind.PRESS else None,
        command=command,
        sent_at=datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 5))),
        replied=draw(st.sampled_from(["", "💬 海棠 27 · 匿名"])),
        in_group=draw(st.integers(0, 9)) == 0,
        language_hint=draw(st.sampled_from([None, "zh", "en", "ar"])),
    )


@asynccontextmanager
async def _dialogue(library: Library) -> AsyncIterator[Dialogue]:
    """A school where the second person is a counsellor, on a database of its own."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'any.db'}", KeyRing([KEY]))
        await upgrade(database.url, database.keyring)
        async with database.write() as work:
            school = await work.schools.add("滨江大学", "Asia/Shanghai")
            for address, role in zip(_PEOPLE, (Role.STUDENT, Role.COUNSELLOR), strict=False):
                person = await work.people.find_or_add(address)
                await work.people.add_membership(person.id, role, school.id, None)
        try:
            yield dialogue_with(database, library, Anything(library))
        finally:
            await database.close()


def _check(replies: tuple[Reply, ...]) -> None:
    """Telegram would take each of them."""
    assert replies
    for reply in replies:
        assert reply.text.strip()
        for piece in html_pieces(reply, "cardwise_test_bot"):
            parsed_text(piece, "HTML")
        markup = keyboard(reply, "cardwise_test_bot", "private")
        checked_keyboard(markup.to_json() if markup is not None else None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(turns(), min_size=1, max_size=25))
def test_every_turn_is_answered(library: Library, conversation: list[Turn]) -> None:
    async def play() -> None:
        async with _dialogue(library) as dialogue:
            for turn in conversation:
                _check(await dialogue.answer(turn))

    asyncio.run(play())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(turns(), min_size=2, max_size=10))
def test_everything_at_once_is_answered_too(library: Library, conversation: list[Turn]) -> None:
    async def play() -> None:
        async with _dialogue(library) as dialogue:
            for replies in await asyncio.gather(*map(dialogue.answer, conversation)):
                _check(replies)

    asyncio.run(play())


@given(st.text(max_size=80))
def test_a_made_up_button_is_no_press_or_one_that_can_be_sent(payload: str) -> None:
    press = decode(payload)
    assert press is None or decode(encode(press)) == press
