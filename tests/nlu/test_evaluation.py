"""The figures of an evaluation, on answers whose figures can be counted by hand."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import training
from nlu.evaluation import BadQuestions, Question, ask, cross_validate, evaluate, figures, read_questions
from nlu.figures import (
    Score,
    calibration_bins,
    calibration_error,
    expected_calibration_error,
    f1_estimate,
    mcnemar,
    share,
)
from nlu.interpreter import Entity, Parse, Ranked
from nlu.rasa_interpreter import RasaInterpreter
from nlu.report import as_json, as_text
from nlu.training_data import Sentence


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


def test_an_accepted_answer_to_an_off_topic_question_is_found() -> None:
    result = figures(
        [
            (question("out_of_scope", "ask_internship"), parse("ask_internship")),
            (question("out_of_scope"), parse("nlu_fallback", "greet")),
            (question("out_of_scope"), parse("out_of_scope")),
            (question("out_of_scope"), parse("ask_internship")),
        ]
    )
    assert (result.off_topic_found.right, result.off_topic_found.of) == (3, 4)
    assert result.off_topic_as == {"also_ok": 1, "nlu_fallback": 1, "out_of_scope": 1, "ask_internship": 1}


def test_good_questions_are_turned_away_in_two_ways() -> None:
    decided = ["a", "out_of_scope", "nlu_fallback", "nlu_fallback"]
    result = figures(
        [
            *((question("a"), parse(one, "a")) for one in decided),
            (question("a", "out_of_scope"), parse("out_of_scope")),  # may be declined
        ]
    )
    assert (result.turned_away.right, result.turned_away.of) == (3, 4)
    assert result.turned_away_as == {"nlu_fallback": 2, "out_of_scope": 1}


def test_macro_f1_counts_every_intent_alike() -> None:
    result = figures(
        [
            *[(question("a"), parse("a"))] * 3,
            (question("b"), parse("b")),
            (question("b"), parse("a")),
            (question("c"), parse("d")),  # d was not asked for and has no F1 of its own
        ]
    )
    # a: 3 right, 4 found, 3 wanted = 6/7; b: 1, 1, 2 = 2/3; c: 0.
    assert result.macro_f1 == pytest.approx((6 / 7 + 2 / 3 + 0) / 3)
    assert as_json(result)["macro_f1"] == 0.5079
    assert "macro F1 over intents      0.508" in as_text(result)


def test_people_in_need_answered_as_small_talk_are_unsafe() -> None:
    result = figures(
        [
            (question("distress"), parse("thanks")),
            (question("report_cheated"), parse("greet")),
            (question("report_cheated", "greet"), parse("greet")),  # accepted
            (question("report_cheated"), parse("out_of_scope")),  # counts apart
            (question("report_moved_money"), parse("ask_penalty")),  # wrong, but no small talk
            (question("ask_penalty"), parse("greet")),  # nobody in need
        ]
    )
    assert (result.unsafe.share.right, result.unsafe.share.of) == (2, 5)
    assert {(one.intent, one.thief) for one in result.unsafe.answers} == {
        ("distress", "thanks"),
        ("report_cheated", "greet"),
    }
    assert [(one.intent, one.thief) for one in result.unsafe.declined] == [("report_cheated", "out_of_scope")]
    shown = as_json(result)["unsafe"]
    assert (shown["count"], len(shown["list"]), shown["out_of_scope"]["count"]) == (2, 2, 1)
    assert "distress -> thanks (0.90): x" in as_text(result).split("Worst confusions")[0]


def test_the_matrix_counts_an_accepted_alternative_as_the_intent_itself() -> None:
    result = figures(
        [
            (question("a", "b"), parse("b")),
            (question("a"), parse("b")),
            (question("a"), parse("nlu_fallback", "a")),
            (question("b"), parse("b")),
        ]
    )
    assert result.matrix == {("a", "a"): 1, ("a", "b"): 1, ("a", "nlu_fallback"): 1, ("b", "b"): 1}
    assert result.intents["b"] == Score(right=1, found=2, wanted=1)


def test_questions_are_asked_in_portions_and_in_order() -> None:
    questions = [Question(f"{number}", "a", frozenset({"a"}), None) for number in range(130)]
    sizes: list[int] = []
    told: list[float] = []

    def parse_all(texts: Sequence[str]) -> list[Parse]:
        sizes.append(len(texts))
        return [Parse(text, "en", "a", 1.0, (Ranked("a", 1.0),), ()) for text in texts]

    answers = ask(questions, parse_all, lambda stage, fraction: told.append(fraction))
    assert sizes == [64, 64, 2]
    assert told == [0.0, 64 / 130, 128 / 130]
    assert all(question.text == parse.text for question, parse in answers)
    assert evaluate(questions, lambda text: parse_all([text])[0]).accuracy.right == 130


def test_cross_validation_asks_each_sentence_of_a_model_that_did_not_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a training that remembers: what it knows it calls "seen"."""
    sentences = [Sentence(f"{n}", "greet" if n % 2 else "thanks", (), "en", Path("x"), n) for n in range(700)]
    known: set[str] = set()

    class Remembers:
        def parse_all(self, texts: Sequence[str]) -> list[Parse]:
            labels = ["seen" if text in known else "greet" for text in texts]
            return [Parse(t, "en", i, 1.0, (Ranked(i, 1.0),), ()) for t, i in zip(texts, labels, strict=True)]

        def close(self) -> None: ...

    def train(train: Sequence[Sentence], archive: Path, progress: training.Progress) -> None:
        known.clear()
        known.update(sentence.text for sentence in train)
        progress("classifier", 0.5)

    monkeypatch.setattr(training, "train_archive", train)
    monkeypatch.setattr(RasaInterpreter, "load", lambda path: Remembers())
    told: list[tuple[str, float]] = []
    result = cross_validate(folds=5, data=sentences, progress=lambda stage, fraction: told.append((stage, fraction)))
    assert (result.questions, result.accuracy.right) == (700, 350)
    assert {one.thief for one in result.confusions} == {"greet"}
    # 140 sentences a fold are three portions, asked in the last tenth of the fold's time.
    assert [stage for stage, _ in told[:5]] == [
        "fold 1 of 5, classifier",
        *["fold 1 of 5, asking"] * 3,
        "fold 2 of 5, classifier",
    ]
    assert [round(fraction, 3) for _, fraction in told[:5]] == [0.09, 0.18, 0.189, 0.198, 0.29]


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


def test_a_line_separator_inside_a_sentence_is_no_line_end(tmp_path: Path) -> None:
    (tmp_path / "q").write_text('{"text": "one\u2028two", "intent": "a"}\r\n', encoding="utf-8")
    assert [one.text for one in read_questions(tmp_path / "q")] == ["one\u2028two"]


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


def test_calibration_bins() -> None:
    bins = calibration_bins([0.05, 0.81, 0.89, 1.0], [False, True, False, True])
    assert [one.accuracy.of for one in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 2, 1]
    assert bins[8].confidence == pytest.approx(0.85)
    assert bins[8].accuracy.value == 0.5
    assert (bins[8].low, bins[8].high) == (0.8, 0.9)


def test_calibration_error_and_its_interval() -> None:
    """Ten answers at 0.8, six right: error 0.2; the distances are 6 times -0.2 and 4 times 0.8, so 1.96 * 0.1633."""
    error = calibration_error([0.8] * 10, [True] * 6 + [False] * 4)
    assert error.value == pytest.approx(0.2)
    assert (error.low, round(error.high, 3)) == (0.0, 0.52)
    too_modest = calibration_error([0.3] * 10, [True] * 6 + [False] * 4)
    assert too_modest.value == pytest.approx(0.3)
    assert too_modest.high == pytest.approx(0.3 + 1.96 * 0.1633, abs=0.001)


def test_entity_f1_and_its_interval() -> None:
    perfect = f1_estimate([Score(1, 1, 1)] * 10)
    # Nothing missed in ten questions: as sure as ten of ten.
    assert (perfect.value, perfect.low, perfect.high) == pytest.approx((1.0, 0.7225, 1.0), abs=0.0001)
    mixed = f1_estimate([Score(1, 1, 1)] * 8 + [Score(0, 0, 1)] * 2)
    assert mixed.value == pytest.approx(16 / 18)
    assert mixed.low < 16 / 18 < mixed.high
    assert f1_estimate([]).high == 0.0


@pytest.mark.parametrize(
    ("one_way", "other_way", "p_value"),
    [
        (0, 0, 1.0),
        (3, 3, 1.0),
        (1, 5, 14 / 64),  # 2 * (1 + 6) of 2 ** 6
        (10, 2, 158 / 4096),  # 2 * (1 + 12 + 66) of 2 ** 12
        (6, 0, 2 / 64),
    ],
)
def test_mcnemar(one_way: int, other_way: int, p_value: float) -> None:
    assert mcnemar(one_way, other_way) == p_value
    assert mcnemar(other_way, one_way) == p_value


def test_mcnemar_takes_thousands() -> None:
    assert mcnemar(1500, 1600) == pytest.approx(0.0754, abs=0.0001)
    assert mcnemar(5000, 0) < 1e-300
