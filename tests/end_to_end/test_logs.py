"""No log at any level holds what a student wrote, who they are, or the token."""

import logging
from pathlib import Path

import pytest

from bot import logs
from content.library import Library
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.running import running_bot

pytestmark = pytest.mark.model

SECRET = "我叫王小明银行卡借给了表哥zhongguancun"
PERSON = 918273645


class Everything(logging.Handler):
    """Keeps every record, formatted with its traceback, whatever its level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + repr(record.args))


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_nothing_of_a_student_is_logged(
    library: Library,
    model_path: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    log_format: str,
) -> None:
    logs.configure(log_format, logging.DEBUG)
    handler = Everything()
    handler.addFilter(logging.getLogger().handlers[0].filters[0])
    logging.getLogger().addHandler(handler)
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, model_path, tmp_path) as app:
        student = telegram.person(PERSON)
        answer = await student.asks(SECRET)
        student.presses(answer, answer.labels[0])
        await student.hears()
        student.edits(student.says(SECRET), SECRET + "？")
        await student.hears(2)
        telegram.refuse_next("sendMessage", Refusal(400, f"Bad Request: {SECRET}"))
        student.says(SECRET)
        await student.hears()

        async def fail(*_: object) -> None:
            raise ValueError(SECRET, f"telegram:{PERSON}")

        monkeypatch.setattr(app.dialogue, "_decide", fail)
        student.says(SECRET)
        await student.hears()
        student.blocks()
    out, err = capfd.readouterr()
    everything = "\n".join([out, err, *handler.lines])
    assert "ValueError" in everything, "the failure itself must be logged"
    for private in ("王小明", "表哥", "zhongguancun", str(PERSON), TOKEN, TOKEN.partition(":")[2]):
        assert private not in everything, [line for line in everything.splitlines() if private in line][:3]
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for private in ("王小明", "zhongguancun", str(PERSON)):
        assert private.encode() not in files
