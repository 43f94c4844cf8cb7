"""Requests by aiohttp: what came of each is told exactly, for on that it depends whether it may be sent again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from bot.sending.outcome import Went
from bot.telegram import request as requests
from bot.telegram.post import _failed
from bot.telegram.request import AiohttpRequest, Unsent, request

TOKEN = "1:secret-token"


@asynccontextmanager
async def asking(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    by = AiohttpRequest(4)
    try:
        yield Bot(TOKEN, base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/bot", request=by)
    finally:
        await by.shutdown()
        await runner.cleanup()


async def test_words_and_files_arrive_as_they_are() -> None:
    seen: dict[str, object] = {}

    async def answer(asked: web.Request) -> web.Response:
        form = await asked.post()
        seen.update(
            {name: value.file.read() if isinstance(value, web.FileField) else value for name, value in form.items()}
        )
        message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    async with asking(answer) as bot:
        await bot.send_message(7, "别把卡借给别人 & <b>😀</b>\n+%=")
        assert seen["text"] == "别把卡借给别人 & <b>😀</b>\n+%="
        await bot.send_photo(7, InputFile(b"\x00\xffpicture", filename="图.jpg"), caption="看")
        assert seen["photo"] == b"\x00\xffpicture"
        assert seen["caption"] == "看"


@pytest.mark.parametrize(
    ("status", "body", "error", "went"),
    [
        (429, {"ok": False, "parameters": {"retry_after": 3}, "description": "x"}, RetryAfter, Went.RETRY),
        (400, {"ok": False, "description": "Bad Request: x"}, BadRequest, Went.CONTENT_ERROR),
        (502, {"ok": False, "description": "Bad Gateway"}, NetworkError, Went.RETRY),
        (500, "<html>", NetworkError, Went.RETRY),
    ],
)
async def test_what_telegram_says(status: int, body: object, error: type[Exception], went: Went) -> None:
    async def answer(_: web.Request) -> web.Response:
        return (
            web.json_response(body, status=status)
            if isinstance(body, dict)
            else web.Response(text=str(body), status=status)
        )

    async with asking(answer) as bot:
        with pytest.raises(error) as raised:
            await bot.send_message(7, "x")
        assert _failed(raised.value).went is went  # type: ignore[arg-type]


async def test_nothing_left_when_nobody_is_there() -> None:
    by = AiohttpRequest(1)
    with pytest.raises(Unsent) as raised:
        await Bot(TOKEN, base_url="http://127.0.0.1:1/bot", request=by).send_message(7, "x")
    assert _failed(raised.value).went is Went.RETRY
    assert "secret-token" not in str(raised.value)
    await by.shutdown()


@pytest.mark.parametrize("trouble", ["closes", "hangs", "half"])
async def test_it_may_have_arrived(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_READ", 0.3)

    async def answer(asked: web.Request) -> web.Response:
        await asked.read()
        if trouble == "hangs":
            await asyncio.sleep(5)
        if trouble == "half":
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(asked)
            await response.write(b'{"ok":')
        assert asked.transport is not None
        asked.transport.close()
        return web.Response()

    async with asking(answer) as bot:
        with pytest.raises(NetworkError) as raised:
            await bot.send_message(7, "x")
        assert not isinstance(raised.value, Unsent)
        assert _failed(raised.value).went is Went.UNKNOWN
        assert isinstance(raised.value, TimedOut) == (trouble == "hangs")
        assert "secret-token" not in f"{raised.value} {raised.value.__cause__}"


def test_a_socks_proxy_is_reached_by_httpx() -> None:
    assert isinstance(request(2, "socks5://127.0.0.1:1"), HTTPXRequest)
    assert isinstance(request(2, "http://127.0.0.1:1"), AiohttpRequest)
