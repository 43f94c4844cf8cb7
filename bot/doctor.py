"""What is wrong with this installation, and how to mend it. Looks, and changes nothing."""

import asyncio
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from bot.content_check import check_all
from bot.key import require_key_not_lost
from bot.model import current_model
from bot.operation.heartbeat import LITTLE_ROOM_MB
from bot.settings import Settings, SettingsAreWrong, load_settings
from bot.telegram.looking import NotSeen, look
from db.engine import Database
from db.errors import DatabaseProblem
from db.key_file import read_key_file
from db.keys import KeyProblem, KeyRing, several_from_text
from db.upgrade import up_to_date
from nlu.interpreter import Away
from nlu.model_files import newest_model
from nlu.remote import RemoteInterpreter

_SHOWN = 5
_MANY_WAIT = 1000
_SAFE_SECRET = 16


State = Literal["good", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `wrong` keeps the bot from doing its work; `note` is worth knowing."""

    state: State
    what: str
    told: str


def examine() -> Iterator[Finding]:
    """Look at settings, folder, key, database, content and model, in the order in which a start needs them."""
    try:
        settings = load_settings()
    except SettingsAreWrong as error:
        for mistake in error.mistakes:
            yield Finding("wrong", "settings", mistake)
        return
    yield Finding("good", "settings", "all read")
    yield _token(settings)
    if settings.webhook_secret is not None and len(settings.webhook_secret.get_secret_value()) < _SAFE_SECRET:
        told = f"shorter than {_SAFE_SECRET} characters, it can be guessed: `openssl rand -hex 32` makes a good one"
        yield Finding("wrong", "CARDWISE_WEBHOOK_SECRET", told)
    yield _looked("data folder", lambda: _folder(settings.data_dir))
    yield _looked("disk", lambda: _disk(settings.data_dir))
    keyring: list[KeyRing] = []
    yield _looked("key", lambda: _key(settings, keyring))
    running = False
    for ring in keyring:
        found = _looked("database", partial(_database, settings, ring))
        yield found
        if found.state == "good":
            now = _processes(settings, ring)
            running = not now.told.startswith("0 ")
            yield now
    if not running:  # a bot that runs has its port itself
        yield _port(settings)
    yield from _content()
    if settings.nlu_url is not None:
        yield _model_server(settings.nlu_url)
    else:
        yield _looked("model", lambda: _model(settings.data_dir))


def _looked(what: str, look: Callable[[], Finding]) -> Finding:
    """What `look` finds; that it may not look is a finding too."""
    try:
        return look()
    except OSError as error:
        return Finding("wrong", what, f"{error.filename}: {error.strerror}: change who may read it")


def _token(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("note", "Telegram", "no TELEGRAM_BOT_TOKEN: the bot opens in the terminal (see README)")
    proxy = settings.telegram_proxy_url
    token, proxy_url = settings.telegram_token.get_secret_value(), proxy.get_secret_value() if proxy else None
    try:
        seen = asyncio.run(look(token, api_url=settings.telegram_api_url, proxy_url=proxy_url))
    except NotSeen as error:
        return Finding("wrong", "Telegram", str(error))
    told = f"knows the bot as @{seen.username}; {seen.waiting} messages wait there"
    if seen.webhook and seen.failed:
        return Finding("wrong", "Telegram", f"{told}; it could not deliver to {seen.webhook}: {seen.failed}")
    if seen.webhook and settings.webhook_url is None:
        return Finding("note", "Telegram", f"{told}; a webhook is set ({seen.webhook}): the next start takes it away")
    return Finding("good", "Telegram", told)


def _disk(folder: Path) -> Finding:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(nearest).free // 1024**2
    if free < LITTLE_ROOM_MB:
        return Finding("wrong", "disk", f"{free} MB are free at {nearest}: make room, or nothing can be stored soon")
    return Finding("good", "disk", f"{free} MB are free")


def _processes(settings: Settings, keyring: KeyRing) -> Finding:
    async def looked() -> tuple[int, int]:
        database = Database(settings.database, keyring)
        try:
            async with database.read() as work:
                return len(await work.operation.processes()), (await work.arrivals.queue())[0]
        finally:
            await database.close()

    try:
        running, waiting = asyncio.run(looked())
    except DatabaseProblem as error:
        return Finding("wrong", "running", str(error))
    told = f"{running} bot process(es), {waiting} messages not answered yet"
    return Finding("note" if running == 0 or waiting > _MANY_WAIT else "good", "running", told)


def _port(settings: Settings) -> Finding:
    if settings.http is None:
        return Finding("note", "port", "health and metrics are off (CARDWISE_HTTP)")
    where = f"{settings.http.host}:{settings.http.port}"
    with socket.socket(socket.AF_INET6 if ":" in settings.http.host else socket.AF_INET) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(settings.http)
        except OSError as error:
            state: State = "wrong" if settings.webhook_url is not None else "note"
            return Finding(state, "port", f"{where}: {error.strerror} (CARDWISE_HTTP)")
    return Finding("good", "port", f"{where} is free")


def _model_server(url: str) -> Finding:
    async def asked() -> None:
        remote = RemoteInterpreter(url)
        try:
            await remote.parse("你好")
        finally:
            await remote.close()

    try:
        asyncio.run(asked())
    except Away as error:
        return Finding("wrong", "model", f"the server at {url} (CARDWISE_NLU_URL) cannot be asked: {error}")
    return Finding("good", "model", f"the server at {url} answers")


def _folder(folder: Path) -> Finding:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(nearest, os.W_OK):
        return Finding("wrong", "data folder", f"{nearest} cannot be written: change its owner or CARDWISE_DATA_DIR")
    return Finding("good", "data folder", str(folder))


def _key(settings: Settings, found: list[KeyRing]) -> Finding:
    """Looks for the key and puts it into `found`."""
    if settings.secret_key is not None:
        found.append(KeyRing(several_from_text(settings.secret_key.get_secret_value())))
        return Finding("good", "key", "CARDWISE_SECRET_KEY")
    path = settings.key_path
    try:
        require_key_not_lost(settings)
        if not path.exists():
            return Finding("note", "key", f"none yet: the first start makes one at {path}")
        found.append(read_key_file(path))
    except KeyProblem as error:
        return Finding("wrong", "key", str(error))
    return Finding("good", "key", f"{path}; keep a copy of it elsewhere")


def _database(settings: Settings, keyring: KeyRing) -> Finding:
    try:
        match up_to_date(settings.database, keyring):
            case None:
                return Finding("note", "database", "none yet: the first start makes it")
            case True:
                return Finding("good", "database", "as this version needs it, and the key is its own")
    except (DatabaseProblem, KeyProblem) as error:
        return Finding("wrong", "database", str(error))
    return Finding(
        "note", "database", "of another version: `cardwise db upgrade` (or the next start) brings it up to date"
    )


def _content() -> Iterator[Finding]:
    try:
        _, problems = check_all()
    except OSError as error:
        yield Finding("wrong", "content", f"{error.filename}: {error.strerror}")
        return
    mistakes = [problem for problem in problems if not problem.warning]
    if not mistakes:
        overdue = len(problems)
        told = f"right; {overdue} to be read again (`cardwise content check`)" if overdue else "right"
        yield Finding("note" if overdue else "good", "content", told)
        return
    yield Finding(
        "wrong",
        "content",
        f"{len(mistakes)} to change: a running bot goes on with what was there before, a new one will not start",
    )
    for problem in mistakes[:_SHOWN]:
        yield Finding("wrong", "content", str(problem))


def _model(data_dir: Path) -> Finding:
    if current_model(data_dir) is not None:
        return Finding("good", "model", "of today's sentences")
    if newest_model(data_dir) is not None:
        return Finding("note", "model", "of older sentences: `cardwise train` (or the next start) trains a new one")
    return Finding("note", "model", "none yet: `cardwise train` (or the first start) trains one, about a minute")
