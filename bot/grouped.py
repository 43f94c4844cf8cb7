"""Work that is cheaper for many at once: what comes while some is being done is done together afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Grouped(Generic[Item]):
    """`do` is given what has come, in order. Nobody waits for others to come: a lone item is done at once."""

    def __init__(self, do: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._do = do
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._doing: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Return once it is done. Raises what doing it raised, for all that were done together."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._doing is None:
            self._doing = asyncio.create_task(self._do_all())
        await done

    async def _do_all(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting, []
                await self._do_some(taken)
        finally:
            self._doing = None

    async def _do_some(self, taken: Sequence[tuple[Item, "asyncio.Future[None]"]]) -> None:
        error: BaseException | None = None
        try:
            await self._do([item for item, _ in taken])
        except Exception as raised:  # noqa: BLE001 - whoever waits for it must hear of it
            error = raised
        for _, done in taken:
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
