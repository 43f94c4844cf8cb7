"""Make Rasa quiet and keep it to itself, before its first import.

Telemetry and crash reports off; no log line carries what a student wrote, at any level; its cache stays in our folder.
"""

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlu.domain import PROJECT_ROOT

MESSAGE_INPUT = "__message__"
"""What Rasa's engine calls its input. Importing that name from `rasa.engine.constants` loads every channel, 2.6 s."""

_SILENT_LOGGERS = ("rasa", "rasa.engine.runner.dask", "rasa.engine.graph", "rasa.core", "jieba", "dask", "asyncio.rasa")


@contextmanager
def quiet_rasa(cache_dir: Path | None = None) -> Iterator[None]:
    """Import and run Rasa inside this. `cache_dir` is where its training cache would go; nothing is cached there."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # The model as a whole is named by everything it is made of; Rasa's node cache would only fill the disk.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    if cache_dir is not None:
        os.environ["RASA_CACHE_DIRECTORY"] = str(cache_dir)
    # Rasa imports the classes that config.yml names: `nlu.…` must be importable wherever the command was started.
    if str(PROJECT_ROOT) not in sys.path:
        sys.path.append(str(PROJECT_ROOT))
    _silence()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    _silence()


def _silence() -> None:
    """Debug lines of the graph runner and of structlog print the message, warnings advertise: only errors get out."""
    import structlog

    for name in _SILENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    if not structlog.is_configured():
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
