"""The port: Telegram's path with the right secret, health and metrics for this network, and nothing else."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from bot.web.port import LARGEST_UPDATE, SECRET_HEADER, Delivery, Health, PortTaken, TryLater, open_port

SECRET = "the-right-secret-0123456789"


class Taken:
    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.missing: list[str] = []
        self.broken = False

    async def take(self, body: bytes) -> None:
        if self.broken:
            raise TryLater
        self.bodies.append(body)

    async def ready(self) -> list[str]:
        return self.missing


@asynccontextmanager
async def opened(taken: Taken) -> AsyncIterator[tuple[ClientSession, str]]:
    health = Health(taken.ready, lambda: b"cardwise_messages_total 1\n", "text/plain; version=0.0.4; charset=utf-8")
    delivery = Delivery("/telegram/hook", SECRET, taken.take)
    async with open_port("127.0.0.1", 0, health, delivery) as port, ClientSession() as session:
        yield session, f"http://127.0.0.1:{port}"


async def test_a_delivery_with_the_right_secret_is_taken() -> None:
    taken = Taken()
    async with opened(taken) as (session, url):
        async with session.post(f"{url}/telegram/hook", data=b'{"a": 1}', headers={SECRET_HEADER: SECRET}) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
    assert taken.bodies == [b'{"a": 1}']


@pytest.mark.parametrize("shown", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "密"])
async def test_another_secret_is_refused(shown: str | None) -> None:
    taken = Taken()
    headers = {} if shown is None else {SECRET_HEADER: shown}
    async with opened(taken) as (session, url):
        async with session.post(f"{url}/telegram/hook", data=b"{}", headers=headers) as answer:
            assert answer.status == 403
            assert await answer.read() == b""
    assert taken.bodies == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/telegram/hook"),
        ("PUT", "/telegram/hook"),
        ("POST", "/telegram/hook/"),
        ("POST", "/telegram"),
        ("POST", "/"),
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("POST", "/metrics"),
        ("GET", "/../etc/passwd"),
        ("GET", "/telegram/hook/..%2f..%2fmetrics"),
    ],
)
async def test_nothing_else_is_answered(method: str, path: str) -> None:
    async with opened(Taken()) as (session, url):
        async with session.request(method, url + path, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 404
            assert await answer.read() == b""
            assert "aiohttp" not in str(answer.headers).lower()
            assert "allow" not in {name.lower() for name in answer.headers}


async def test_a_body_that_is_too_large_is_refused() -> None:
    taken = Taken()
    async with opened(taken) as (session, url):
        large = io.BytesIO(b"x" * (LARGEST_UPDATE + 1))
        async with session.post(f"{url}/telegram/hook", data=large, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 413
    assert taken.bodies == []


async def test_what_cannot_be_stored_is_to_come_again() -> None:
    taken = Taken()
    taken.broken = True
    async with opened(taken) as (session, url):
        async with session.post(f"{url}/telegram/hook", data=b"{}", headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 503


async def test_health_and_metrics_are_for_this_network() -> None:
    taken = Taken()
    async with opened(taken) as (session, url):
        for path, body in (("/healthz", b"ok\n"), ("/readyz", b"ok\n"), ("/metrics", b"cardwise_messages_total 1\n")):
            async with session.get(url + path) as answer:
                assert (answer.status, await answer.read()) == (200, body)
            async with session.get(url + path, headers={"X-Forwarded-For": "203.0.113.7"}) as answer:
                assert answer.status == 404, "not for whoever comes through the proxy to the webhook"
        taken.missing = ["database: does not answer"]
        async with session.get(f"{url}/readyz") as answer:
            assert (answer.status, await answer.text()) == (503, "database: does not answer\n")


async def test_a_port_in_use_is_told() -> None:
    health = Health(Taken().ready, lambda: b"", "text/plain")
    async with open_port("127.0.0.1", 0, health) as port:
        with pytest.raises(PortTaken, match=str(port)):
            async with open_port("127.0.0.1", port, health):
                await asyncio.sleep(0)
