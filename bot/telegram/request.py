"""How requests reach Telegram: by aiohttp, which costs a third of what httpx does when many are on their way at once.

python-telegram-bot brings httpx; its `BaseRequest` is made to be replaced. A SOCKS proxy is still reached by httpx.
`benchmarks/load.py` and `benchmarks/campaign.py` show what it gives.
"""

from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

_CONNECT, _READ, _POOL = 5.0, 5.0, 30.0  # seconds; the first two are python-telegram-bot's own
_MEDIA = 30.0  # a picture takes longer


class Unsent(NetworkError):
    """Nothing of the request has left this machine: it can be sent again without being there twice."""


# What aiohttp raises before anything has left. Whatever else it raises may have come after Telegram took the message.
_NOTHING_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


def request(at_once: int, proxy_url: str | None) -> BaseRequest:
    """What makes at most `at_once` requests at a time, by the proxy if one is given."""
    if proxy_url is not None and proxy_url.startswith("socks"):
        return HTTPXRequest(connection_pool_size=at_once, proxy=proxy_url, pool_timeout=_POOL)
    return AiohttpRequest(at_once, proxy_url)


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's requests by aiohttp."""

    def __init__(self, at_once: int, proxy_url: str | None = None) -> None:
        self._at_once = at_once
        self._proxy_url = proxy_url
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return _READ

    async def initialize(self) -> None:
        """Nothing yet: what is never asked needs no closing."""

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._at_once)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)
        return self._session

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body. Raises Unsent, TimedOut or NetworkError."""
        data, media = _body(request_data)
        timeout = aiohttp.ClientTimeout(
            connect=_given(pool_timeout, _POOL),
            sock_connect=_given(connect_timeout, _CONNECT),
            sock_read=_given(read_timeout, _MEDIA if media else _READ),
        )
        headers = {"User-Agent": self.USER_AGENT}
        try:
            async with self._opened().request(
                method, url, data=data, timeout=timeout, proxy=self._proxy_url, headers=headers
            ) as answer:
                return answer.status, await answer.read()
        except _NOTHING_LEFT as error:
            raise Unsent(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Not the error's words: they hold the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from error


def _given(timeout: Any, otherwise: float) -> float | None:
    """A time-out in seconds, or what holds when the caller said nothing."""
    if isinstance(timeout, DefaultValue):
        return otherwise
    return None if timeout is None else float(timeout)


def _body(request_data: RequestData | None) -> tuple[Any, bool]:
    """What is sent, and whether there are files in it."""
    if request_data is None:
        return None, False
    files = request_data.multipart_data
    if not files:
        return request_data.json_parameters, False
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, True
