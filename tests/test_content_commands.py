"""`cardwise content …` and `cardwise doctor` as an admin uses them."""

import json
import sqlite3
from pathlib import Path
from unittest import mock

import pytest

from content.kinds import KINDS
from content.loading import inspect
from db.keys import new_key_text
from tests.test_command_line import cardwise, environment

__all__ = ["environment"]  # the fixture


def test_the_check_is_silent_when_nothing_is_wrong(environment: dict[str, str]) -> None:
    done = cardwise(environment, "content", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_every_kind_is_listed_and_shown_in_both_languages(environment: dict[str, str], kind: object) -> None:
    folder = getattr(kind, "folder", "")
    listed = cardwise(environment, "content", "list", folder)
    assert listed.returncode == 0
    name = listed.stdout.splitlines()[0].split("\t")[0]
    zh = cardwise(environment, "content", "show", f"{folder}/{name}")
    en = cardwise(environment, "content", "show", f"{folder}/{name}", "--lang", "en")
    assert zh.returncode == en.returncode == 0
    assert zh.stdout.strip() != en.stdout.strip() != ""


def test_cases_are_searched(environment: dict[str, str]) -> None:
    done = cardwise(environment, "content", "list", "cases", "--role", "minor")
    every = cardwise(environment, "content", "list", "cases")
    assert 0 < len(done.stdout.splitlines()) < len(every.stdout.splitlines())
    assert cardwise(environment, "content", "list", "laws", "--role", "minor").returncode == 2


def test_what_is_not_there_is_said_in_one_line(environment: dict[str, str]) -> None:
    for arguments in (("show", "nothing-here"), ("affected", "no-law")):
        done = cardwise(environment, "content", *arguments)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1


def test_what_cites_a_law(environment: dict[str, str]) -> None:
    done = cardwise(environment, "content", "affected", "cl-287-2")
    assert done.returncode == 0
    assert any(line.startswith("topics/ask_crime_definition.") for line in done.stdout.splitlines())
    assert any(line.startswith("quizzes/") for line in done.stdout.splitlines())


def test_a_new_file_is_started_once_and_only_in_its_folder(environment: dict[str, str], folder: Path) -> None:
    with mock.patch("content.loading.CONTENT_FOLDER", folder):
        done = cardwise(environment, "content", "new", "term", "money-mule")
        assert done.returncode == 0
        assert Path(done.stdout.strip()) == folder / "glossary" / "money-mule.yml"
        again = cardwise(environment, "content", "new", "term", "money-mule")
        assert again.returncode == 1
        assert "exists already" in again.stderr
        for name in ("../evil", "a/b", "A", "", "x" * 40):
            assert cardwise(environment, "content", "new", "term", name).returncode == 1
    assert sorted(path.name for path in folder.parent.glob("*.yml")) == []


def test_the_schemas_are_up_to_date(environment: dict[str, str]) -> None:
    done = cardwise(environment, "content", "schema")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_doctor_finds_a_fresh_installation_in_order(environment: dict[str, str]) -> None:
    done = cardwise(environment, "doctor")
    assert done.returncode == 0, done.stderr
    for what in ("settings", "Telegram", "data folder", "key", "content", "model"):
        assert what in done.stdout
    for line in cardwise(environment, "doctor", "--json").stdout.splitlines():
        assert set(json.loads(line)) == {"state", "what", "told"}


def test_the_doctor_names_a_lost_key_and_a_wrong_setting(environment: dict[str, str]) -> None:
    assert cardwise(environment, "db", "upgrade").returncode == 0
    good = cardwise(environment, "doctor")
    assert "✓ database" in good.stdout
    key = Path(environment["CARDWISE_KEY_FILE"])
    kept = key.read_bytes()
    key.unlink()
    lost = cardwise(environment, "doctor")
    assert lost.returncode == 1
    assert "✗ key" in lost.stdout
    assert not key.exists()  # a new one would hide the loss
    key.write_bytes(kept)
    key.chmod(0o600)
    wrong = cardwise(environment, "doctor", CARDWISE_TIMEZONE="Nowhere/Land")
    assert wrong.returncode == 1
    assert "CARDWISE_TIMEZONE" in wrong.stdout


def test_the_doctor_knows_a_database_of_a_newer_version(environment: dict[str, str]) -> None:
    assert cardwise(environment, "db", "upgrade").returncode == 0
    with sqlite3.connect(Path(environment["CARDWISE_DATA_DIR"]) / "cardwise.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = cardwise(environment, "doctor")
    assert done.returncode == 1
    assert "newer version" in done.stdout


def test_a_file_with_a_mistake_is_shown_with_its_mistake(environment: dict[str, str], folder: Path) -> None:
    path = folder / "laws" / "cl-312.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("wording: ", "wording: x", 1), encoding="utf-8")
    with mock.patch("bot.content_check.inspect", return_value=inspect(folder)):
        done = cardwise(environment, "content", "show", "cl-312")
    assert done.returncode == 1
    assert "wording" in done.stderr


def test_a_misspelt_search_is_wrong_usage(environment: dict[str, str]) -> None:
    assert cardwise(environment, "content", "list", "cases", "--role", "sudent").returncode == 2


def test_the_doctor_names_another_key_and_broken_content(environment: dict[str, str], folder: Path) -> None:
    assert cardwise(environment, "db", "upgrade").returncode == 0
    other = {name: value for name, value in environment.items() if name != "CARDWISE_KEY_FILE"}
    done = cardwise(other, "doctor", CARDWISE_SECRET_KEY=new_key_text())
    assert done.returncode == 1
    assert "✗ database: this key is not the one" in done.stdout
    (folder / "hotlines.yml").write_text("hotlines: 110\n", encoding="utf-8")
    with mock.patch("bot.content_check.inspect", return_value=inspect(folder)):
        broken = cardwise(environment, "doctor")
    assert broken.returncode == 1
    assert "hotlines.yml" in broken.stdout
