"""The figures of an evaluation, on answers whose figures can be counted by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.evaluation import BadQuestions, Question, figures, read_questions
from nlu.figures import expected_calibration_error, share
from nlu.interpreter import Entity, Parse, Ranked
from nlu.report import as_json, as_text


def question(intent: str, *also: str, entities: tuple[tuple[str, object], ...] = ()) -> Question:
    return Question("x", intent, frozenset({intent, *also}), frozenset(entities))


def parse(decided: str, *ranking: str, confidence: float = 0.9, entities: tuple[tuple[str, str], ...] = ()) -> Parse:
    ranked = tuple(Ranked(name, confidence / (place + 1)) for place, name in enumerate(ranking or (decided,)))
    found = tuple(Entity(name, value, "x", 0, 1) for name, value in entities)
    return Parse("x", "zh", decided, confidence, ranked, found)


def test_figures() -> None:
    answers = [
        (question("a"), parse("a")),
        (question("a", "b"), parse("b")),  # accepted too
        (question("a"), parse("b", "b", "a", "c")),  # wrong, but among the top three
        (question("a"), parse("nlu_fallback", "a", "b")),  # turned away
        (question("out_of_scope"), parse("out_of_scope")),
        (question("out_of_scope"), parse("nlu_fallback", "a")),
        (question("out_of_scope"), parse("a")),
    ]
    result = figures(answers)
    assert (result.accuracy.right, result.accuracy.of) == (3, 7)
    assert result.top_three.right == 5
    assert (result.off_topic_found.right, result.off_topic_found.of) == (2, 3)
    assert (result.turned_away.right, result.turned_away.of) == (1, 4)
    assert [(c.intent, c.thief) for c in result.confusions if c.thief == "b"] == [("a", "b")]
    assert result.intents["a"].wanted == 4
    assert result.intents["a"].right == 2
    assert "should be -> was taken by" in as_text(result)
    assert as_json(result)["accuracy"]["right"] == 3


def test_entities_count_once_each_and_optional_ones_do_no_harm() -> None:
    wanted = Question(
        "x", "a", frozenset({"a"}), frozenset({("item", "bank_card"), ("count", 2)}), frozenset({("role", "student")})
    )
    found = (("item", "bank_card"), ("item", "bank_card"), ("role", "student"), ("job", "traffic"))
    result = figures([(wanted, parse("a", entities=found))])
    score = result.all_entities
    assert (score.right, score.found, score.wanted) == (1, 2, 2)


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", '{"text": "x"}', '{"text": 1, "intent": "a"}', '{"text": "x", "intent": "a", "entities": [1]}'],
)
def test_a_bad_line_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"text": "x", "intent": "a"}\n' + line + "\n")
    with pytest.raises(BadQuestions, match=r"q\.jsonl:2"):
        read_questions(path)


def test_files_without_questions(tmp_path: Path) -> None:
    with pytest.raises(BadQuestions, match="cannot be read"):
        read_questions(tmp_path / "missing")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(BadQuestions, match="no question"):
        read_questions(tmp_path / "empty")


def test_wilson() -> None:
    """Known values: 8 of 10 gives 0.490 to 0.943."""
    eight = share([True] * 8 + [False] * 2)
    assert (round(eight.low, 3), round(eight.high, 3)) == (0.49, 0.943)
    assert share([]).value == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_calibration_error_is_a_share(pairs: list[tuple[float, bool]]) -> None:
    error = expected_calibration_error([c for c, _ in pairs], [r for _, r in pairs])
    assert 0.0 <= error <= 1.0
    assert expected_calibration_error([1.0], [True]) == 0.0
    assert expected_calibration_error([1.0], [False]) == 1.0
