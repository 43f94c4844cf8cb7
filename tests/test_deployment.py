"""What an operator copies fits the program: settings by their names, files that are there, a user that is not root."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests.test_command_line import all_commands

ROOT = Path(__file__).parent.parent
SETTINGS = {field.alias for field in Settings.model_fields.values()}
# Read by compose.yaml alone.
OF_COMPOSE = {"CARDWISE_DOMAIN"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", "deploy/cardwise.service", "docs/operating.md", ".env.example"]
)
def test_every_setting_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"\b(?:CARDWISE|TELEGRAM)_[A-Z_]+\b", text)) - SETTINGS - OF_COMPOSE == set()


def test_the_example_explains_every_setting() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == SETTINGS


def test_two_bots_on_postgresql(compose: dict[str, Any]) -> None:
    services = compose["services"]
    bot = services["bot"]
    assert bot["deploy"]["replicas"] == 2
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["image"].startswith("postgres:")
    assert bot["environment"]["CARDWISE_DATABASE_URL"].startswith("postgresql+psycopg://")
    assert bot["environment"]["CARDWISE_WEBHOOK_URL"].endswith("/telegram")
    assert "@telegram path /telegram" in compose["configs"]["caddyfile"]["content"], "the proxy hands on this path only"
    assert "ports" not in bot, "health and metrics are not for the world"
    for volume in (one.split(":")[0] for service in services.values() for one in service.get("volumes", [])):
        assert volume.startswith("./") or volume in compose["volumes"]


def test_the_image_copies_what_is_there_and_is_not_root() -> None:
    copied = [name for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]]
    assert {"bot", "content", "db", "nlu", "config.yml", "pyproject.toml"} <= set(copied)
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(fnmatch(name, pattern) for pattern in allowed), f"{name} is kept out by .dockerignore"
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last, re.MULTILINE)
    assert "/healthz" in last
    assert re.search(r"^HEALTHCHECK", last, re.MULTILINE)


def test_every_command_in_the_handbook_exists() -> None:
    from bot.cli.main import cli

    known = {" ".join(path) for path in all_commands(cli)}
    groups = {path.split()[0] for path in known}
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for command in re.findall(r"\bcardwise ((?:[a-z]+-?[a-z]*)(?: [a-z]+)?)", text):
        words = command.split()
        if words[0] in groups:
            assert " ".join(words) in known or words[0] in known, command
