"""One screen that says what is ready when the bot has started."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.app import App
    from bot.online import Listening


def ready_screen(app: "App", now: "Listening") -> list[str]:
    """The lines, without a secret in them."""
    settings = app.settings
    lines = {
        "messages": f"by webhook at {settings.webhook_url}" if now.webhook else "fetched (polling)",
        "database": _database(app),
        "key": _key(app),
        "free text": _model(app),
        "adverts": "checked" if app.adverts.ready else "rest: no model of adverts",
        "screenshots": "read" if find_spec("rapidocr_onnxruntime") else "not read: `uv sync --extra pictures`",
        "content": f"{len(app.content().topics)} topics in use",
        "campaigns": f"sent in {settings.timezone}; above {settings.approve_from} people a second person approves",
        "health": _health(app, now),
    }
    width = max(map(len, lines))
    told = [f"  {name:<{width}}  {line}" for name, line in lines.items()]
    return [f"Cardwise is on Telegram as @{now.username}. Stop with Ctrl+C.", *told]


def _database(app: "App") -> str:
    url = app.database.url
    if app.database.is_sqlite:
        return f"SQLite, {url.database}: for one process"
    return f"PostgreSQL, {url.database} at {url.host or url.query.get('host', 'this machine')}: shared by all processes"


def _key(app: "App") -> str:
    where = "CARDWISE_SECRET_KEY" if app.settings.secret_key is not None else str(app.settings.key_path)
    return f"{where}; keep a copy of it elsewhere"


def _model(app: "App") -> str:
    if app.settings.nlu_url is not None:
        return f"understood by the server at {app.settings.nlu_url}"
    return "understood" if app.model.ready else "RESTS: there is no model (see above); commands and buttons work"


def _health(app: "App", now: "Listening") -> str:
    if now.port is None or app.settings.http is None:
        return "not served (CARDWISE_HTTP)"
    host = app.settings.http.host
    return f"http://{f'[{host}]' if ':' in host else host}:{now.port} /healthz /readyz /metrics"
