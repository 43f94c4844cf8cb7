"""Two models on the same questions, on answers whose changes can be counted by hand, and from the command line."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.main import run_command
from nlu import training
from nlu.comparison import ask_other, compare
from nlu.evaluation import Answer, Question, figures
from nlu.interpreter import Parse, Ranked
from nlu.rasa_interpreter import ModelUnusable, RasaInterpreter
from nlu.report import Measurement, measurement_json, measurement_text
from nlu.training import Model

QUESTIONS = [Question(f"text {number}", "a", frozenset({"a", "also"}), None) for number in range(8)]


def answers(*decided: str) -> list[Answer]:
    return [
        (question, Parse(question.text, "en", intent, 0.9, (Ranked(intent, 0.9),), ()))
        for question, intent in zip(QUESTIONS, decided, strict=True)
    ]


THEN = answers("a", "b", "b", "b", "b", "b", "also", "b")
NOW = answers("b", "a", "a", "also", "a", "a", "a", "c")


def test_what_changed() -> None:
    result = compare("old", THEN, NOW)
    assert [change.text for change in result.now_right] == ["text 1", "text 2", "text 3", "text 4", "text 5"]
    assert [(change.text, change.wanted, change.then, change.now) for change in result.now_wrong] == [
        ("text 0", "a", "a", "b")
    ]
    # Six changed, one of them for the worse: 2 * (1 + 6) / 2 ** 6.
    assert result.p_value == 14 / 64


def test_as_json_and_text() -> None:
    measured = Measurement(figures(NOW), "new", "q.jsonl", datetime.now(UTC), compare("old", THEN, NOW))
    compared = measurement_json(measured)["compared"]
    assert compared["model"] == "old"
    assert compared["p_value"] == 0.21875
    assert compared["figures"]["accuracy"] == {"then": 0.25, "now": 0.75, "difference": 0.5}
    assert compared["now_wrong"] == [{"text": "text 0", "wanted": "a", "then": "a", "now": "b"}]
    text = measurement_text(measured)
    assert "intent accuracy            25.0%   75.0%   +50.0 pts" in text
    assert "5 now right, 1 now wrong; McNemar's exact test: p = 0.219, may well be chance" in text
    assert "a: b -> also: text 3" in text
    assert "off topic found                –       –           –" in text
    assert "compared" not in measurement_json(Measurement(figures(NOW), "new", None, datetime.now(UTC)))


def test_the_same_answers_change_nothing() -> None:
    result = compare("old", NOW, NOW)
    assert (result.now_right, result.now_wrong, result.p_value) == ((), (), 1.0)


def test_text_cannot_move_the_cursor() -> None:
    question = Question("red\x1b[31m\nnext", "a", frozenset({"a"}), None)
    then, now = [(question, answers(*"aaaaaaaa")[0][1])], [(question, answers(*"bbbbbbbb")[0][1])]
    text = measurement_text(Measurement(figures(now), "new", None, datetime.now(UTC), compare("old", then, now)))
    assert "a: a -> b: red [31m next" in text
    assert "\x1b" not in text


def test_a_model_that_cannot_be_used_is_named(
    small_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelUnusable, match=r"missing\.tar\.gz: there is no model here"):
        ask_other(tmp_path / "missing.tar.gz", QUESTIONS)
    with pytest.raises(ModelUnusable, match="there is no model here"):
        ask_other(tmp_path, QUESTIONS)
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(small_model.path.read_bytes()[:-2000])
    with pytest.raises(ModelUnusable, match=r"damaged\.tar\.gz: damaged"):
        ask_other(damaged, QUESTIONS)

    def foreign(self: RasaInterpreter, texts: object) -> list[Parse]:
        raise KeyError("intent_ranking")

    monkeypatch.setattr(RasaInterpreter, "parse_all", foreign)
    with pytest.raises(ModelUnusable, match="of another version"):
        ask_other(small_model.path, QUESTIONS)


@pytest.fixture
def files(small_model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with questions and an older model; today's model is the small one."""
    monkeypatch.setattr(training, "ensure_model", lambda *_, **__: small_model)
    monkeypatch.setenv("CARDWISE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(small_model.path, tmp_path / "older.tar.gz")
    lines = [{"text": "你好", "intent": "greet"}, {"text": "帮信罪判几年", "intent": "ask_penalty"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


def test_the_command_compares(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["evaluate", "q.jsonl", "--compare", "older.tar.gz", "--json", "--report", "report"]) == 0
    compared = json.loads(capsys.readouterr().out)["compared"]
    assert (compared["model"], compared["p_value"], compared["now_wrong"]) == ("older", 1.0, [])
    assert "Then older, now cardwise-" in (files / "report" / "index.html").read_text(encoding="utf-8")
    assert run_command(["evaluate", "q.jsonl", "--compare", "older.tar.gz"]) == 0
    assert "Now wrong, 0 (wanted: then -> now):" in capsys.readouterr().out


def test_an_unusable_model_is_one_line_and_exit_1(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "older.tar.gz").write_bytes(b"rubbish")
    for name in ("older.tar.gz", "missing.tar.gz"):
        assert run_command(["evaluate", "q.jsonl", "--compare", name]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert [line for line in err.splitlines() if line.startswith(name)] == err.splitlines()
    assert run_command(["evaluate", "--compare", "older.tar.gz"]) == 2
