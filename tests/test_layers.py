"""Imports point one way: the architecture of the README, held by a test."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "content", "db", "nlu")

# Folder or file -> what of ours it may import. The longest name that fits counts.
MAY_IMPORT = {
    "content": {"content"},
    "db": {"db"},
    "nlu": {"nlu"},
    "bot/replies.py": set(),
    "bot/turns.py": {"bot.replies"},
    "bot/interface.py": set(),
    "bot/settings.py": {"db.keys"},
    "bot/logs.py": set(),
    "bot/background.py": set(),
    "bot/grouped.py": set(),
    "bot/letters.py": set(),
    "bot/jobs": {"bot.background", "bot.jobs", "db"},
    "bot/web": {"bot.web"},
    "bot/online.py": {
        *(
            "bot.app",
            "bot.dialogue.state",
            "bot.jobs",
            "bot.letters",
            "bot.operation",
            "bot.sending",
            "bot.telegram",
            "bot.web",
        ),
    },
    "bot/operation": {
        *("bot.background", "bot.letters", "bot.operation", "bot.replies", "bot.sending", "bot.settings", "bot.turns"),
        *("content", "db", "nlu.interpreter"),
    },
    "bot/sending": {"bot.sending"},
    "bot/dialogue": {
        *("bot.dialogue", "bot.adverts.check", "bot.adverts.screenshots", "bot.grouped", "bot.replies", "bot.turns"),
        "content",
        *("nlu.interpreter", "nlu.language", "nlu.names", "nlu.adverts.model", "db"),
    },
    "bot/adverts": {
        "bot.adverts",
        "bot.pictures",
        "bot.turns",
        "content",
        "nlu.adverts",
        "nlu.normalise",
        "nlu.phrases",
        "nlu.spelling",
    },
    "bot/pictures.py": set(),
    "bot/handover": {
        *(
            "bot.handover",
            "bot.people.rights",
            "bot.pictures",
            "bot.replies",
            "bot.sending.outcome",
            "bot.turns",
        ),
        *("content", "db"),
    },
    "bot/campaigns": {
        *("bot.campaigns", "bot.people", "bot.pictures", "bot.replies", "bot.sending.outcome", "bot.turns"),
        *("bot.background", "bot.dialogue", "content", "db"),
    },
    "bot/people": {"bot.people", "bot.pictures", "bot.replies", "bot.turns", "content", "db"},
    "bot/telegram": {"bot.telegram", "bot.letters", "bot.sending", "bot.replies", "bot.turns"},
    "bot/console": {"bot.console", "bot.replies", "bot.turns"},
    "bot/content_check.py": {"bot.dialogue", "bot.interface", "bot.replies", "content", "nlu.domain"},
    "bot/content_pages.py": {"bot.dialogue", "bot.replies", "content"},
    "bot/content_in_use.py": {"bot.background", "bot.content_check", "content"},
    "bot/key.py": {"bot.settings", "db.key_file", "db.keys"},
    "bot/doctor.py": {
        *(
            "bot.key",
            "bot.content_check",
            "bot.model",
            "bot.operation.heartbeat",
            "bot.settings",
            "bot.telegram.looking",
        ),
        "db",
        *("nlu.interpreter", "nlu.model_files", "nlu.remote"),
    },
    "bot/model.py": {"nlu"},
    "bot/app.py": {
        *("bot.content_in_use", "bot.dialogue", "bot.jobs", "bot.key", "bot.model", "bot.operation", "bot.settings"),
        *("bot.adverts", "bot.campaigns", "bot.handover", "bot.people", "bot.replies", "content", "db"),
    },
    "bot/cli": {"bot", "content", "nlu", "db"},
}

# Who alone may import a library.
ONLY_IN = {
    "rasa": ("nlu",),
    "sklearn": ("nlu",),
    "jieba": ("nlu",),
    "ahocorasick": ("nlu",),
    "sqlalchemy": ("db",),
    "alembic": ("db",),
    "aiosqlite": ("db",),
    "telegram": ("bot/telegram",),
    "click": ("bot/cli",),
    "rich": ("bot/cli",),
    "cryptography": ("db",),
    "PIL": ("bot/pictures.py", "bot/campaigns/report_pages.py"),
    "segno": ("bot/people/qr.py",),
    "httpx": ("bot/telegram", "nlu/remote.py"),
    "aiohttp": ("bot/web", "bot/telegram/request.py"),
    "prometheus_client": ("bot/operation/metrics.py",),
    "procrastinate": ("bot/jobs/shared.py",),  # db/job_engine.py makes its tables without importing it
}


@cache
def imports() -> tuple[tuple[str, str], ...]:
    """Every import of our code: (file, module)."""
    return tuple(_imports())


def _imports() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((name, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    assert node.level == 0, f"{name}: write imports in full"
                    yield name, node.module


def allowed(name: str) -> set[str]:
    fitting = [place for place in MAY_IMPORT if name == place or name.startswith(place + "/")]
    return MAY_IMPORT[max(fitting, key=len)] if fitting else set()


def within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in names)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{name} imports {module}"
        for name, module in imports()
        if module.split(".")[0] in PACKAGES and not within(module, allowed(name))
    ]
    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_place(library: str) -> None:
    places = ONLY_IN[library]
    wrong = [
        name
        for name, module in imports()
        if module.split(".")[0] == library
        and not name.startswith(tuple(place if place.endswith(".py") else f"{place}/" for place in places))
    ]
    assert wrong == []


def test_no_file_grows_long() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 300
    }
    assert long == {}, "a file over 300 lines usually holds two ideas"


def test_no_function_grows_long() -> None:
    long = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    if lines > 50:
                        long.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert long == []
