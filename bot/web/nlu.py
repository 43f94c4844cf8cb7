"""The model behind HTTP, in the shape of Rasa's own server: `POST /model/parse`, `GET /status`."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.web.port import listening

logger = logging.getLogger(__name__)

_LARGEST_QUESTION = 256 * 1024  # bytes


@asynccontextmanager
async def serving_model(
    host: str, port: int, model: str, parse: Callable[[str], Awaitable[dict[str, Any]]]
) -> AsyncIterator[int]:
    """Answer with `parse` until left; gives the port's number. Raises PortTaken."""

    async def answer(request: web.Request) -> web.Response:
        try:
            text = (await request.json())["text"]
            if not isinstance(text, str):
                raise TypeError
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
            return web.json_response({"status": "failure", "message": 'send {"text": "…"}'}, status=400)
        return web.json_response(await parse(text), dumps=_dumps)

    async def status(_request: web.Request) -> web.Response:
        return web.json_response({"model_file": model, "num_active_training_jobs": 0})

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    app = web.Application(client_max_size=_LARGEST_QUESTION)
    app.router.add_post("/model/parse", answer)
    app.router.add_get("/status", status)
    app.router.add_get("/healthz", alive)
    async with listening(app, host, port) as number:
        yield number


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
