"""The command line as a person or a script uses it: exit codes, streams, one line for a mistake."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import click
import pytest

from bot.cli.main import cli, run_command
from bot.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, with the project's trained models."""
    data = tmp_path / "data"
    data.mkdir()
    if (PROJECT / "var" / "models").exists():
        (data / "models").symlink_to(PROJECT / "var" / "models")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARDWISE_", "TELEGRAM_"))}
    return {**kept, "CARDWISE_DATA_DIR": str(data), "CARDWISE_KEY_FILE": str(tmp_path / "config" / "key")}


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def cardwise(environment: dict[str, str], *arguments: str, given: str = "", **more: str) -> Done:
    """Run a command in this process, with nothing but `environment` around it."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {**environment, **more}, clear=True),
        mock.patch("sys.stdin", io.StringIO(given)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = run_command(list(arguments))
    return Done(code, out.getvalue(), err.getvalue())


def process(environment: dict[str, str], *arguments: str, given: str = "") -> Done:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", *arguments],
        input=given,
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def all_commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found += all_commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", all_commands(cli), ids=" ".join)
def test_every_command_has_help_and_stands_in_the_readme(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    assert command.help
    assert " ".join(path) in README


def test_wrong_usage_is_one_line_and_exit_2(environment: dict[str, str]) -> None:
    for arguments in (
        ["fly"],
        ["parse"],
        ["invite", "create"],
        ["content", "show"],
        ["run", "--fast"],
        ["evaluate", "--compare", "old.tar.gz"],
        ["content"],
        ["invite"],
    ):
        done = cardwise(environment, *arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""


def test_help_and_no_command(environment: dict[str, str]) -> None:
    for arguments in ([], ["--help"], ["run", "--help"], ["content", "check", "--help"]):
        done = cardwise(environment, *arguments)
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_wrong_settings_are_all_named(environment: dict[str, str]) -> None:
    done = cardwise(environment, "run", TELEGRAM_BOT_TOKEN="hidden", CARDWISE_TIMEZONE="Moon", CARDWISE_LOGFORMAT="x")
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert {line.partition(":")[0] for line in lines} == {
        "TELEGRAM_BOT_TOKEN",
        "CARDWISE_TIMEZONE",
        "CARDWISE_LOGFORMAT",
    }
    assert "hidden" not in done.stderr


def test_run_without_token_and_terminal_says_what_to_set(environment: dict[str, str]) -> None:
    done = cardwise(environment, "run")
    assert done.returncode == 1
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "@BotFather" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_content_check_prints_nothing_when_nothing_is_wrong(environment: dict[str, str]) -> None:
    done = process(environment, "content", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_content_show_in_both_languages(environment: dict[str, str]) -> None:
    chinese = cardwise(environment, "content", "show", "ask_penalty").stdout
    english = cardwise(environment, "content", "show", "ask_penalty", "--lang", "en").stdout
    assert "依据：" in chinese
    assert "Law: " in english
    for name in ("atofl-31", "refuse", "one-card-500"):
        assert cardwise(environment, "content", "show", name).returncode == 0
    missing = cardwise(environment, "content", "show", "nothing")
    assert missing.returncode == 1
    assert "content list" in missing.stderr


def test_schools_invitations_people_and_audit(environment: dict[str, str]) -> None:
    assert cardwise(environment, "school", "add", "示范大学").returncode == 0
    again = cardwise(environment, "school", "add", "示范大学")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert "示范大学" in cardwise(environment, "school", "list").stdout
    made = json.loads(cardwise(environment, "invite", "create", "--role", "admin", "--json").stdout)
    assert set(made) == {"payload", "link", "expires"}
    student = cardwise(environment, "invite", "create", "--role", "student", "--school", "示范大学", "--class", "3班")
    assert student.returncode == 0
    unknown = cardwise(environment, "invite", "create", "--role", "student", "--school", "别的大学")
    assert unknown.returncode == 1
    assert "示范大学" in unknown.stderr
    assert cardwise(environment, "invite", "create", "--role", "student").returncode == 2
    listed = cardwise(environment, "invite", "list").stdout.splitlines()
    assert len(listed) == 2
    assert all("open" in line for line in listed)
    assert cardwise(environment, "invite", "revoke", "2").returncode == 0
    assert "revoked" in cardwise(environment, "invite", "list").stdout
    assert cardwise(environment, "invite", "revoke", "77").returncode == 1
    assert cardwise(environment, "people", "remove", "1").returncode == 1
    assert "invite created" in cardwise(environment, "audit").stdout


def test_a_lost_key_and_a_wrong_key_are_one_line_and_change_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert cardwise(environment, "db", "upgrade").returncode == 0
    key = tmp_path / "config" / "key"
    shutil.move(key, tmp_path / "kept")
    lost = cardwise(environment, "school", "list")
    assert lost.returncode == 1
    assert "put the key file back" in lost.stderr
    assert not key.exists()
    other = dict(environment, CARDWISE_KEY_FILE=str(tmp_path / "other" / "key"), CARDWISE_DATA_DIR=str(tmp_path / "d2"))
    assert cardwise(other, "db", "upgrade").returncode == 0
    shutil.copy(tmp_path / "other" / "key", key)
    wrong = cardwise(environment, "school", "list")
    assert wrong.returncode == 1
    assert "not the one the database was made with" in wrong.stderr
    assert len(wrong.stderr.strip().splitlines()) == 1


def test_places_that_cannot_be_written_are_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    for more in (
        {"CARDWISE_DATA_DIR": str(blocked / "data")},
        {"CARDWISE_KEY_FILE": str(blocked / "key")},
        {"CARDWISE_DATABASE_URL": "sqlite+aiosqlite://"},
        {"CARDWISE_DATABASE_URL": "postgresql+psycopg://localhost:port/x"},
        {"CARDWISE_DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/x"},
    ):
        done = cardwise(environment, "school", "list", **more)
        assert done.returncode == 1, more
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_setting_file_that_is_no_text_is_one_line(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    done = cardwise(environment, "school", "list")
    assert done.returncode == 1
    assert "UTF-8" in done.stderr


def test_a_broken_database_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    assert cardwise(environment, "db", "upgrade").returncode == 0
    for path in (tmp_path / "data").glob("cardwise.db*"):
        path.unlink()
    (tmp_path / "data" / "cardwise.db").write_bytes(b"rubbish" * 1000)
    done = cardwise(environment, "school", "list")
    assert done.returncode == 1
    assert "the database cannot be used" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_evaluate_finds_mistakes_before_the_long_work(environment: dict[str, str], tmp_path: Path) -> None:
    questions, rubbish = tmp_path / "q.jsonl", tmp_path / "rubbish.tar.gz"
    questions.write_text('{"text": "hi", "intent": "greet"}\n')
    rubbish.write_bytes(b"rubbish" * 100)
    for arguments, said in (
        ([str(tmp_path / "missing.jsonl")], "cannot be read"),
        ([str(questions), "--report", str(questions)], "is a file"),
        ([str(questions), "--report", str(questions / "below")], "Not a directory"),
        ([str(questions), "--compare", str(tmp_path / "missing.tar.gz")], "there is no model here"),
    ):
        done = cardwise(environment, "evaluate", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    done = cardwise(environment, "evaluate", str(questions), "--compare", str(rubbish))
    assert done.returncode == 1
    assert "rubbish.tar.gz: damaged" in done.stderr


@pytest.mark.model
def test_chat_over_a_pipe_and_as_json_lines(model_path: Path, environment: dict[str, str]) -> None:
    piped = process(environment, "chat", given="我可以把银行卡租给别人用吗\n2\n")
    assert piped.returncode == 0, piped.stderr
    assert piped.stdout.startswith("⛔")
    assert "🧑‍⚖️" in piped.stdout
    lines = '{"text": "someone offered me 500 yuan to use my sim card for a week, is that ok?"}\n{"press": 1}\nbad\n'
    done = process(environment, "chat", "--jsonl", "--as", "somebody", given=lines)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert replies[0]["replies"][0]["text"].startswith("⛔")
    assert replies[1]["replies"][0]["text"].startswith("📖")
    assert "error" in replies[2]


@pytest.mark.model
def test_parse(model_path: Path, environment: dict[str, str]) -> None:
    text = "室友让我帮他收款转账，说给我提成"
    one = json.loads(process(environment, "parse", text).stdout)
    assert one["intent"] == "ask_move_money"
    assert one["language"] == "zh"
    assert len(one["ranking"]) == 3
    for entity in one["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    given = '{"text": "hi", "id": 7}\nnot json\n{"text": ""}\n'
    lines = [json.loads(line) for line in cardwise(environment, "parse", "--jsonl", given=given).stdout.splitlines()]
    assert lines[0]["id"] == 7
    assert lines[0]["intent"] == "greet"
    assert "error" in lines[1]
    assert lines[2]["intent"] == "nlu_fallback"


@pytest.mark.model
def test_training_again_does_nothing(model_path: Path, environment: dict[str, str]) -> None:
    done = cardwise(environment, "train")
    assert done.returncode == 0
    assert "nothing changed" in done.stdout
    figures = json.loads(cardwise(environment, "train", "--json").stdout)
    assert {"model", "seconds", "sentences", "intents"} <= set(figures)
    assert figures["intents"] == 58
