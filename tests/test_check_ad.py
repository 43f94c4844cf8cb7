"""`cardwise check-ad` as a user runs it."""

import json
from pathlib import Path

import pytest

from bot.adverts import released
from bot.settings import PROJECT
from tests.test_command_line import Done, cardwise, environment

pytestmark = pytest.mark.model

__all__ = ["environment"]  # a fixture

PICTURES = PROJECT / "tests" / "pictures"
ADVERTS = PROJECT / "tests" / "nlu" / "adverts.jsonl"
RISKY = "用自己的银行卡收款再转到公司账户，每笔返佣2个点，加微信abc"


def one(done: Done) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_text(environment: dict[str, str]) -> None:
    answer = one(cardwise(environment, "check-ad", RISKY))
    assert answer["risky"] is True
    flags = answer["flags"]
    assert isinstance(flags, list)
    for flag in flags:
        assert RISKY[flag["start"] : flag["end"]] == flag["quote"]
    assert "running_points" in [flag["id"] for flag in flags]


def test_as_a_student_reads_it(environment: dict[str, str]) -> None:
    done = cardwise(environment, "check-ad", RISKY, "--lang", "zh")
    assert done.returncode == 0
    assert done.stdout.startswith("⛔")


def test_many_lines_and_a_bad_one_in_its_place(environment: dict[str, str]) -> None:
    lines = [
        json.dumps({"text": RISKY, "id": 7}),
        "nonsense",
        json.dumps({"text": 5}),
        json.dumps({"text": "招店员，15/小时，福满超市"}),
    ]
    done = cardwise(environment, "check-ad", "--jsonl", given="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answers[0]["id"], answers[0]["risky"]] == [7, True]
    assert answers[1] == {"error": "not JSON"}
    assert "needs an object" in answers[2]["error"]
    assert answers[3]["risky"] is False


def test_a_picture(environment: dict[str, str]) -> None:
    answer = one(cardwise(environment, "check-ad", "--image", str(PICTURES / "phones_and_cable.png")))
    assert answer["risky"] is True


@pytest.mark.parametrize(
    ("name", "says"), [("no_words.png", "no words"), ("missing.png", "No such file"), (__file__, "not a picture")]
)
def test_a_picture_that_cannot_be_read(environment: dict[str, str], name: str, says: str) -> None:
    done = cardwise(environment, "check-ad", "--image", str(PICTURES / name))
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_the_engine_one_line_says_what_to_install(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adverts.reading.is_installed", lambda: False)
    done = cardwise(environment, "check-ad", "--image", str(PICTURES / "no_words.png"))
    assert done.returncode == 1
    assert "uv sync --extra pictures" in done.stderr


def test_figures_for_each_flag(environment: dict[str, str], tmp_path: Path) -> None:
    figures = one(cardwise(environment, "check-ad", "--evaluate", str(ADVERTS), "--json"))
    assert figures["adverts"] == len(ADVERTS.read_text(encoding="utf-8").splitlines())
    assert {"precision", "recall", "there"} <= set(figures["by_flag"]["running_points"])  # type: ignore[index]
    table = cardwise(environment, "check-ad", "--evaluate", str(ADVERTS))
    assert "risky ones found" in table.stdout
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "x"}\n', encoding="utf-8")
    assert "broken.jsonl:1" in cardwise(environment, "check-ad", "--evaluate", str(broken)).stderr


def test_one_thing_at_a_time(environment: dict[str, str]) -> None:
    assert cardwise(environment, "check-ad").returncode == 2
    assert cardwise(environment, "check-ad", "x", "--jsonl").returncode == 2


def test_a_new_phrase_shows_which_known_adverts_change(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "phrases.json"
    kept = json.loads(released.RELEASED.read_text(encoding="utf-8"))
    kept["flags"]["equipment_hosting"] = {"zh": [], "en": []}  # as if none had been released yet
    path.write_text(json.dumps(kept), encoding="utf-8")
    monkeypatch.setattr(released, "RELEASED", path)
    monkeypatch.setattr(released.changes, "__defaults__", (path,))
    done = cardwise(environment, "check-ad", "--diff")
    assert done.returncode == 0
    assert "+equipment_hosting" in done.stdout
    assert "known adverts change" in done.stderr


def test_nothing_changed_since_the_release(environment: dict[str, str]) -> None:
    done = cardwise(environment, "check-ad", "--diff", "--json")
    assert json.loads(done.stdout) == {"changed": []}
