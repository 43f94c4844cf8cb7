"""Messages to the admins from the bot itself."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.replies import Reply
from content.library import Library
from content.problems import Problem
from content.schema import Language
from db.engine import Database
from db.errors import DatabaseProblem

logger = logging.getLogger(__name__)

Send = Callable[[str, Reply], Awaitable[None]]

_SHOWN = 5
_QUIET_FOR = 3600.0  # seconds


class Alerts:
    """Tells every admin something. Until a front end is connected, the log is the only reader."""

    def __init__(
        self, database: Database, library: Callable[[], Library], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._send: Send | None = None
        self._admins: list[tuple[str | None, str | None]] = []
        self._told_at: dict[str, float] = {}

    def connect(self, send: Send) -> None:
        """From now on messages go out by `send(address, reply)`."""
        self._send = send

    async def refresh(self) -> None:
        """Look again who the admins are, so that they can be told of a database that cannot be read any more."""
        await self._known_admins()

    async def about_content(self, problems: Sequence[Problem]) -> None:
        """What is wrong with changed content files; nothing wrong means that they are in use again."""
        await self._tell(lambda language: _content_alert(self._library(), problems, language))

    async def about(self, key: str, **places: object) -> None:
        """Say that sentence of the interface: the same one at most once an hour, however often it comes."""
        if self._clock() - self._told_at.get(key, -_QUIET_FOR) < _QUIET_FOR:
            return
        self._told_at[key] = self._clock()
        await self._tell(lambda language: Reply(self._library().text(key, language, **places), language=language))

    async def _tell(self, write: Callable[[Language], Reply]) -> None:
        if self._send is None:
            return
        for address, chosen in await self._known_admins():
            if address is None:
                continue
            try:
                await self._send(address, _in_their_language(write, chosen))
            except Exception as error:  # noqa: BLE001 - one admin who cannot be reached must not keep it from the others
                logger.warning("an admin could not be told (%s)", type(error).__name__)

    async def _known_admins(self) -> list[tuple[str | None, str | None]]:
        """Where the admins are and their language; as last seen while the database cannot be read."""
        try:
            async with self._database.read() as work:
                self._admins = [(person.address, person.language) for person in await work.people.admins()]
        except DatabaseProblem as problem:
            logger.warning("admins are told as last seen: %s", problem)
        return self._admins


def _in_their_language(write: Callable[[Language], Reply], chosen: str | None) -> Reply:
    """What `write` says, in both languages to somebody who has chosen none."""
    if chosen is not None:
        return write("en" if chosen == "en" else "zh")
    chinese, english = write("zh"), write("en")
    return replace(chinese, body=f"{chinese.body.strip()}\n\n{english.body.strip()}")


def _content_alert(library: Library, problems: Sequence[Problem], language: Language) -> Reply:
    if not problems:
        return Reply(library.text("content_in_use", language), language=language)
    shown = "\n".join(f"· {_short(problem)}" for problem in problems[:_SHOWN])
    text = library.text("content_refused", language, count=len(problems), problems=shown)
    return Reply(text, language=language)


def _short(problem: Problem) -> str:
    """The problem with its file named from the content folder on."""
    path = Path(*problem.path.parts[-2:])
    where = f"{path}:{problem.line}"
    return f"{where}: {problem.field}: {problem.message}" if problem.field else f"{where}: {problem.message}"
