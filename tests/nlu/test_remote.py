"""A model behind HTTP: the same answers, and a clear state when it is away. Against our own server, really run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.web.nlu import serving_model
from bot.web.port import listening
from nlu.interpreter import Away, Parse
from nlu.rasa_interpreter import RasaInterpreter
from nlu.remote import RemoteInterpreter, as_rasa

pytestmark = pytest.mark.model

ASKED = (
    "银行卡能租给别人吗",
    "someone offered me 500 a week for my sim card, is that ok??",
    "我17岁，借了3张卡给老乡，拿了2000块",
    "asdf",
    "",
    "👍",
)


async def test_the_same_answers_as_here(interpreter: RasaInterpreter) -> None:
    async def parse(text: str) -> dict[str, Any]:
        return as_rasa(await interpreter.parse(text))

    async with serving_model("127.0.0.1", 0, "model", parse) as port:
        remote = RemoteInterpreter(f"http://127.0.0.1:{port}")
        for text in ASKED:
            assert await remote.parse(text) == await interpreter.parse(text)
        await remote.close()


async def test_what_is_no_question_is_400_and_status_names_the_model() -> None:
    async def parse(_text: str) -> dict[str, Any]:
        raise AssertionError("nothing was asked")

    async with serving_model("127.0.0.1", 0, "cardwise-1.tar.gz", parse) as port, ClientSession() as session:
        url = f"http://127.0.0.1:{port}"
        for body in (b"", b"{}", b"[]", b'{"text": 5}', b"\xff", b'"text"'):
            async with session.post(f"{url}/model/parse", data=body) as answer:
                assert answer.status == 400
        async with session.get(f"{url}/status") as answer:
            assert (await answer.json())["model_file"] == "cardwise-1.tar.gz"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def a_server(answer: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/model/parse", answer)
    async with listening(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("trouble", ["hangs", "500", "no json", "other json", "closes"])
async def test_a_server_in_trouble_is_away_and_comes_back(trouble: str, interpreter: RasaInterpreter) -> None:
    asked, well, told = [], False, []
    clock = Clock()

    async def answer(request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        asked.append(text)
        if well:
            return web.json_response(as_rasa(interpreter.parse_now(text)))
        if trouble == "hangs":
            await asyncio.sleep(5)
        if trouble == "closes" and request.transport is not None:
            request.transport.close()
        return {
            "500": web.Response(status=500),
            "no json": web.Response(text="<html>"),
            "other json": web.json_response({"intent": None}),
        }.get(trouble, web.Response())

    async def changed(away: bool) -> None:
        told.append(away)

    async with a_server(answer) as url:
        remote = RemoteInterpreter(url, changed, patience=0.3, clock=clock)
        with pytest.raises(Away) as raised:
            await remote.parse("银行卡")
        assert "银行卡" not in str(raised.value)
        with pytest.raises(Away):
            await remote.parse("电话卡")
        assert asked == ["银行卡"], "nobody waits in vain: it is not asked again at once"
        assert remote.away
        well = True
        clock.now = 10.0
        parse = await remote.parse("手机卡能借吗")
        assert isinstance(parse, Parse)
        assert not remote.away
        assert told == [True, False]
        await remote.close()


async def test_nobody_at_home() -> None:
    remote = RemoteInterpreter("http://127.0.0.1:1")
    with pytest.raises(Away):
        await remote.parse("x")
    await remote.close()
