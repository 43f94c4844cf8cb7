"""What arrives from a front end, as plain data, and what keeps it until it is handled."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class NotStored(Exception):
    """What arrived could not be stored: it must not be acknowledged. The message is for the operator."""


@dataclass(frozen=True)
class Letter:
    """An update as it came: the front end's number for it, whose it is (only to keep them in order), its body."""

    number: int
    chat: str = field(repr=False)
    body: bytes = field(repr=False)
    tries: int = 0  # how often a process ended while handling it


class Store(Protocol):
    """Keeps letters until they are handled, and their numbers longer, so that nothing is handled twice."""

    async def add(self, letters: Sequence[Letter]) -> list[tuple[Letter, int]]:
        """Those that are new, each with the number of its chat; they are on disk. Raises NotStored."""

    async def waiting(self, chat: int | None = None) -> list[Letter]:
        """What is not handled yet, in order: of that chat, or of all."""

    async def tried(self, letters: Sequence[Letter]) -> None:
        """Count that a process ended while it handled these."""

    def handled(self, number: int, *, at_once: bool = False) -> "asyncio.Future[None]":
        """It is handled; the future is done when that is on disk. `at_once`: somebody waits for it."""
