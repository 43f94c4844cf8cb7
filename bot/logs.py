"""Logging: to standard error, as text or JSON, and never with what a student wrote, a token or a Telegram id."""

import json
import logging
import sys
from datetime import UTC, datetime

# At DEBUG or INFO these write out requests (whose URL carries the token), updates, SQL or parsed messages.
_QUIET = (
    "telegram",
    "httpx",
    "httpcore",
    "asyncio",
    "aiosqlite",
    "sqlalchemy",
    "alembic",
    "rasa",
    "jieba",
    "matplotlib",
    "psycopg",
    "urllib3",
    "filelock",
    "procrastinate",
    "aiohttp",
)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(entry, ensure_ascii=False)


class _NoTracebackText(logging.Filter):
    """Tracebacks end with the exception's message, which may quote a student: keep its type only."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.msg} [{record.exc_info[0].__name__}]"
            record.exc_info = None
            record.exc_text = None
        return True


def configure(log_format: str = "text", level: int = logging.INFO) -> None:
    """Set up logging for the process. Replaces what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    handler.addFilter(_NoTracebackText())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
