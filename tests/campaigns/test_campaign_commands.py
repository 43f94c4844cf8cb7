"""`cardwise campaign`: what it prints, and how it says that something is wrong."""

import json
from pathlib import Path

import pytest

from db.keys import new_key_text
from tests.campaigns.conftest import TEXT
from tests.test_command_line import Done, cardwise


class Shell:
    """The command line of an installation of its own."""

    def __init__(self, folder: Path) -> None:
        self._environment = {"CARDWISE_DATA_DIR": str(folder / "data"), "CARDWISE_SECRET_KEY": new_key_text()}

    def __call__(self, *arguments: str) -> Done:
        return cardwise(self._environment, *arguments)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "test.yml"
    path.write_text(TEXT.format(id="test", more="schedule: {at: 2099-01-01 09:30}"), encoding="utf-8")
    return path


def test_from_the_file_to_the_report(shell: Shell, file: Path, tmp_path: Path) -> None:
    assert shell("campaign", "create", str(file)).stdout == "test\n"
    preview = shell("campaign", "preview", "test", "--lang", "en").stdout
    assert "Never lend your card." in preview
    assert "recipients now: 0" in preview
    pin = preview.rpartition("pin: ")[2].strip()
    assert shell("campaign", "approve", "test", "--override", "--seen", "0" * 12).returncode == 1
    assert shell("campaign", "approve", "test", "--override", "--seen", pin).stdout == f"test\tapproved\t{pin}\n"
    assert shell("campaign", "send", "test").stdout == "test\tscheduled\t0/0\t2099-01-01T09:30+08:00\n"
    assert shell("campaign", "pause", "test").stdout == "test\tpaused\n"
    assert shell("campaign", "resume", "test").stdout == "test\tscheduled\n"
    report = json.loads(shell("campaign", "report", "test", "--json").stdout)
    assert report["state"] == "scheduled"
    parts = ("sent", "blocked", "failed", "opted_out", "unknown", "pending")
    assert report["planned"] == sum(report[part] for part in parts) == 0
    assert shell("campaign", "report", "test", "--html", str(tmp_path / "out")).returncode == 0
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert shell("campaign", "cancel", "test").stdout == "test\tcancelled\n"
    assert "test\tcancelled\t0/0\t测试" in shell("campaign", "list").stdout
    assert "campaign approved by override" in shell("audit").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("preview", "nothing"), 1, "there is no campaign nothing"),
        (("create", "nowhere.yml"), 2, "does not exist"),
        (("approve", "test"), 2, "say who approves"),
        (("approve", "test", "--as", "1", "--override"), 2, "the operator's"),
        (("list", "--as", "77"), 1, "there is no person 77"),
        (("retry", "test"), 2, "say which"),
        (("resume", "test"), 1, "cannot be done now: it is draft"),
        (("send", "test", "--here"), 1, "TELEGRAM_BOT_TOKEN"),
    ],
)
def test_mistakes_are_one_clear_line(
    shell: Shell, file: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    shell("campaign", "create", str(file))
    done = shell("campaign", *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_every_mistake_in_a_file_is_named(shell: Shell, file: Path) -> None:
    text = "id: test\ntitle: {zh: 测}\nurgnt: yes\nmessages:\n  - text: {zh: 好}\n"
    file.write_text(text, encoding="utf-8")
    done = shell("campaign", "create", str(file))
    assert done.returncode == 1
    assert f"{file}:2: title.en: is missing" in done.stderr
    assert f"{file}:3: urgnt" in done.stderr
    assert f"{file}:5: messages.0.text.en: is missing" in done.stderr


def test_tags(shell: Shell) -> None:
    assert shell("people", "tag", "5", "新生").returncode == 1
    assert shell("people", "tag", "5", "a,b").returncode == 2
    assert shell("invite", "create", "--role", "student", "--school", "X", "--tag", "y" * 41).returncode == 2
