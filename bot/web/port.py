"""The port: Telegram's webhook, health and metrics. Everything else is 404, and says nothing of what is here."""

import hmac
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name (Bot API: setWebhook)
LARGEST_UPDATE = 1024 * 1024  # bytes; an update holds a message of 4,096 characters, never a file
_PATIENCE = 10.0  # seconds in which requests in hand end when we stop
# Health and metrics are for this machine and its network, not for whoever comes through a proxy to the webhook.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP")


class TryLater(Exception):
    """What was delivered could not be taken: whoever delivers must come again."""


@dataclass(frozen=True)
class Delivery:
    """Where Telegram delivers: the path, the secret that it must show, and who takes the body (raises TryLater)."""

    path: str
    secret: str = field(repr=False)
    take: Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True)
class Health:
    """What health and metrics answer. `ready` names what is not, and is empty when all is."""

    ready: Callable[[], Awaitable[list[str]]]
    metrics: Callable[[], bytes]
    metrics_type: str


class PortTaken(Exception):
    """The port cannot be opened; the message says why."""


@asynccontextmanager
async def open_port(host: str, port: int, health: Health, delivery: Delivery | None = None) -> AsyncIterator[int]:
    """Listen until left; gives the port's number, which matters when 0 was asked for. Raises PortTaken."""
    app = web.Application(client_max_size=LARGEST_UPDATE, middlewares=[_plainly])
    _answer_health(app, health)
    if delivery is not None:
        app.router.add_post(delivery.path, _taking(delivery))
    async with listening(app, host, port) as number:
        yield number


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app` until left; what is in hand then is finished. Raises PortTaken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise PortTaken(f"{host}:{port}: {error.strerror or error}") from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _taking(delivery: Delivery) -> Callable[[web.Request], Awaitable[web.Response]]:
    secret = delivery.secret.encode()

    async def take(request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "").encode(errors="replace")
        # In constant time: how long it takes must not tell how much of a guess is right.
        if not hmac.compare_digest(shown, secret):
            logger.warning("a delivery without the right secret was refused")
            raise web.HTTPForbidden
        body = await request.read()  # raises 413 above the limit
        try:
            await delivery.take(body)
        except TryLater:
            raise web.HTTPServiceUnavailable from None
        return web.Response()

    return take


def _answer_health(app: web.Application, health: Health) -> None:
    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(_request: web.Request) -> web.Response:
        missing = await health.ready()
        return web.Response(text="".join(f"{one}\n" for one in missing) or "ok\n", status=503 if missing else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=health.metrics(), headers={"Content-Type": health.metrics_type})

    for path, answer in (("/healthz", alive), ("/readyz", ready), ("/metrics", metrics)):
        app.router.add_get(path, _for_this_network(answer))


def _for_this_network(
    answer: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def direct(request: web.Request) -> web.Response:
        if any(name in request.headers for name in _FORWARDED):
            raise web.HTTPNotFound
        return await answer(request)

    return direct


@web.middleware
async def _plainly(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Errors without a word about us: no server name, no list of methods, no traceback."""
    try:
        response = await handler(request)
    except web.HTTPRequestEntityTooLarge:
        response = web.Response(status=413)
    except web.HTTPServiceUnavailable:
        response = web.Response(status=503, headers={"Retry-After": "5"})
    except web.HTTPForbidden:
        response = web.Response(status=403)
    except web.HTTPException:
        response = web.Response(status=404)
    except Exception as error:  # noqa: BLE001 - the outermost handler: nothing of what went wrong may be shown
        logger.error("%s while answering a request", type(error).__name__)
        response = web.Response(status=500)
    response.headers["Server"] = "cardwise"
    return response
