"""Training sentences are read as Rasa reads them, and mistakes in them are named."""

import warnings
from pathlib import Path

import pytest

from nlu.data_check import check_training_data
from nlu.domain import Domain, EntityKind, Intent
from nlu.training_data import DATA_DIR, BadTrainingData, parse_marks, read_file, training_files
from tests.nlu.conftest import write_sentences

DOMAIN = Domain(
    (Intent("greet", "conversation"), Intent("thanks", "conversation")),
    (EntityKind("item", "choice", ("bank_card",)), EntityKind("count", "integer")),
)


def test_marks_become_mentions() -> None:
    text, mentions = parse_marks("[两张](count:2)[卡](item:bank_card)，[0.5](amount:0.5)")
    assert text == "两张卡，0.5"
    assert [(m.entity, m.value, text[m.start : m.end]) for m in mentions] == [
        ("count", 2, "两张"),
        ("item", "bank_card", "卡"),
        ("amount", 0.5, "0.5"),
    ]


def test_our_reader_agrees_with_rasas() -> None:
    path = DATA_DIR / "zh" / "ask_provide_item.yml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

        theirs = RasaYAMLReader().reads(path.read_text(encoding="utf-8")).training_examples
    expected = {(one.get("text"), one.get("intent"), len(one.get("entities") or ())) for one in theirs}
    assert {(one.text, one.intent, len(one.mentions)) for one in read_file(path)} == expected


def test_a_sentence_knows_its_line() -> None:
    for path in training_files()[:3]:
        lines = path.read_text(encoding="utf-8").splitlines()
        for sentence in read_file(path):
            assert parse_marks(lines[sentence.line - 1].strip().removeprefix("- "))[0] == sentence.text


@pytest.mark.parametrize("content", ["nlu: [", "version: 1", "nlu:\n- intent: greet\n  examples: |\n    hello"])
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "greet.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadTrainingData, match=r"greet\.yml:\d+: "):
        read_file(path)


def problems(tmp_path: Path, greet: list[str], thanks: list[str]) -> list[str]:
    data = write_sentences(tmp_path / "data", {"greet": greet, "thanks": thanks})
    return [str(problem) for problem in check_training_data(data, tmp_path / "held_out", DOMAIN)]


def test_good_data_has_no_problems(tmp_path: Path) -> None:
    enough = [f"你好{mark * 'x'}" for mark in range(60)] + [f"hello {mark * 'x'}" for mark in range(60)]
    polite = [f"谢谢{mark * 'y'}" for mark in range(60)] + [f"thanks {mark * 'y'}" for mark in range(60)]
    assert problems(tmp_path, enough, polite) == []


def test_every_kind_of_mistake_is_found(tmp_path: Path) -> None:
    held_out = tmp_path / "held_out" / "questions.jsonl"
    held_out.parent.mkdir()
    held_out.write_text('{"text": "Good morning!", "intent": "greet"}\n', encoding="utf-8")
    greet = [
        "你好",
        "你好！",
        "thanks a lot",
        "good morning",
        "[卡](thing:x)",
        "[卡](item:purse)",
        "[几张](count:some)",
    ]
    text = "\n".join(problems(tmp_path, greet, ["谢谢", "thanks a lot"]))
    assert "the same sentence as zh/greet.yml:5: remove one" in text
    assert "which is greet: keep one" in text
    assert "also in tests/nlu/questions.jsonl" in text
    assert "no entity 'thing'" in text
    assert "item is one of bank_card, not 'purse'" in text
    assert "count is a integer, not 'some'" in text
    assert "write at least 60" in text


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    text = "\n".join(str(problem) for problem in check_training_data(tmp_path, tmp_path, DOMAIN))
    assert "thanks has no sentences in en" in text


def test_a_mention_that_is_marked_everywhere_else_must_be_marked_or_listed(tmp_path: Path) -> None:
    marked = [f"[银行卡](item:bank_card){mark * 'x'}" for mark in range(8)]
    data = write_sentences(tmp_path / "data", {"greet": [*marked, "银行卡呢"]})

    def unmarked() -> list[str]:
        found = check_training_data(data, tmp_path, DOMAIN)
        return [f"{one.path.name}:{one.line}" for one in found if "mark '银行卡' as item" in one.message]

    assert unmarked() == ["greet.yml:13"]
    (data / "no_mention.yml").write_text("- 银行卡呢\n", encoding="utf-8")
    assert unmarked() == []


def test_off_topic_sentences_must_be_many(tmp_path: Path) -> None:
    data = write_sentences(tmp_path / "data", {"out_of_scope": ["今天天气如何"]})
    domain = Domain((Intent("out_of_scope", "conversation"),), ())
    assert any("write at least 400" in one.message for one in check_training_data(data, tmp_path, domain))


def test_the_projects_own_data_has_no_problems() -> None:
    assert [str(one) for one in check_training_data()] == []
