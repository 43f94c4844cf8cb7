"""Measure how well questions are understood: on a file of questions, or by cross-validation on the training data."""

import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlu.domain import OUT_OF_SCOPE
from nlu.figures import Share, expected_calibration_error, share
from nlu.interpreter import FALLBACK, Parse
from nlu.training_data import Sentence, read_training_data

Progress = Callable[[str, float], None]

_NOT_ANSWERED = (FALLBACK, OUT_OF_SCOPE)


class BadQuestions(ValueError):
    """A file of questions cannot be used. The message names file and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what should be understood. `accepted` holds the label and those that are accepted too."""

    text: str = field(repr=False)
    intent: str
    accepted: frozenset[str]
    entities: frozenset[tuple[str, Any]] | None
    optional: frozenset[tuple[str, Any]] = frozenset()


@dataclass(frozen=True, slots=True)
class Confusion:
    """A sentence that went to another intent: the thief."""

    intent: str
    thief: str
    confidence: float
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one intent or entity, from counts."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        total = self.found + self.wanted
        return 2 * self.right / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure. Shares carry their 95 % interval (Wilson)."""

    questions: int
    accuracy: Share
    top_three: Share
    off_topic_found: Share
    turned_away: Share
    calibration_error: float
    intents: dict[str, Score]
    entities: dict[str, Score]
    all_entities: Score
    confusions: tuple[Confusion, ...]


def read_questions(path: Path) -> list[Question]:
    """The questions in a file of JSON lines. Raises `BadQuestions` with the line of the first mistake."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read: {error}") from None
    questions = [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise BadQuestions(f"{path}:1: holds no question")
    return questions


def _question(path: Path, number: int, line: str) -> Question:
    try:
        data = json.loads(line)
        also_ok, entities = data.get("also_ok") or [], data.get("entities")
        return Question(
            text=_text(data["text"]),
            intent=_text(data["intent"]),
            accepted=frozenset({data["intent"], *also_ok}),
            entities=None if entities is None else _values(entities),
            optional=_values(data.get("optional") or []),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadQuestions(f'{path}:{number}: needs "text" and "intent" ({type(error).__name__}: {error})') from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _values(entities: Iterable[dict[str, Any]]) -> frozenset[tuple[str, Any]]:
    return frozenset((str(entity["entity"]), entity["value"]) for entity in entities)


def evaluate(
    questions: Sequence[Question], parse: Callable[[str], Parse], progress: Progress | None = None
) -> Evaluation:
    """Ask every question and count. `parse` is an interpreter's `parse_now`."""
    answers = []
    for number, question in enumerate(questions):
        if progress and number % 50 == 0:
            progress("asking", number / len(questions))
        answers.append((question, parse(question.text)))
    return figures(answers)


def figures(answers: Sequence[tuple[Question, Parse]]) -> Evaluation:
    """The figures of questions and what was understood."""
    right = [parse.intent in question.accepted for question, parse in answers]
    likeliest = [parse.ranking[0].intent in question.accepted for question, parse in answers]
    three = [any(r.intent in question.accepted for r in parse.ranking[:3]) for question, parse in answers]
    off_topic = [parse.intent in _NOT_ANSWERED for question, parse in answers if question.intent == OUT_OF_SCOPE]
    turned = [parse.intent in _NOT_ANSWERED for question, parse in answers if OUT_OF_SCOPE not in question.accepted]
    entities = _entity_scores(answers)
    return Evaluation(
        questions=len(answers),
        accuracy=share(right),
        top_three=share(three),
        off_topic_found=share(off_topic),
        turned_away=share(turned),
        calibration_error=expected_calibration_error([parse.ranking[0].confidence for _, parse in answers], likeliest),
        intents=_intent_scores(answers),
        entities=entities,
        all_entities=_sum(entities.values()),
        confusions=tuple(_confusions(answers)),
    )


def _intent_scores(answers: Sequence[tuple[Question, Parse]]) -> dict[str, Score]:
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for question, parse in answers:
        # An accepted alternative counts as the label itself.
        decided = question.intent if parse.intent in question.accepted else parse.intent
        wanted[question.intent] += 1
        found[decided] += 1
        right[question.intent] += decided == question.intent
    return {name: Score(right[name], found[name], wanted[name]) for name in sorted(wanted)}


def _entity_scores(answers: Sequence[tuple[Question, Parse]]) -> dict[str, Score]:
    """What was found of what the question holds. A thing mentioned twice is one thing: the answer is the same."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for question, parse in answers:
        if question.entities is None:
            continue
        found = {(entity.entity, entity.value) for entity in parse.entities}
        for name, _ in found & question.entities:
            counts[name][0] += 1
        for name, _ in found - (question.optional - question.entities):
            counts[name][1] += 1
        for name, _ in question.entities:
            counts[name][2] += 1
    return {name: Score(*counts[name]) for name in sorted(counts)}


def _sum(scores: Iterable[Score]) -> Score:
    listed = list(scores)
    return Score(sum(s.right for s in listed), sum(s.found for s in listed), sum(s.wanted for s in listed))


def _confusions(answers: Sequence[tuple[Question, Parse]]) -> Iterator[Confusion]:
    """Most frequent pairs first, the most confident mistake of a pair first."""
    missed = [
        Confusion(question.intent, parse.intent, parse.confidence, question.text)
        for question, parse in answers
        if parse.intent not in question.accepted
    ]
    pairs = Counter((one.intent, one.thief) for one in missed)
    yield from sorted(missed, key=lambda one: (-pairs[one.intent, one.thief], one.intent, one.thief, -one.confidence))


def cross_validate(
    folds: int = 5, progress: Progress | None = None, data: Sequence[Sentence] | None = None
) -> Evaluation:
    """Train on all folds but one through the whole pipeline, ask the one left out, for each in turn."""
    from nlu.rasa_interpreter import RasaInterpreter
    from nlu.training import train_archive

    tell = progress or (lambda stage, fraction: None)
    sentences = list(data if data is not None else read_training_data())
    answers: list[tuple[Question, Parse]] = []
    for fold, (train, test) in enumerate(_folds(sentences, folds)):
        tell(f"fold {fold + 1} of {folds}", fold / folds)
        with tempfile.TemporaryDirectory(prefix="cardwise-fold-") as folder:
            archive = Path(folder) / "fold.tar.gz"
            train_archive(train, archive)
            interpreter = RasaInterpreter.load(archive)
            try:
                answers += [(_as_question(sentence), interpreter.parse_now(sentence.text)) for sentence in test]
            finally:
                interpreter.close()
    return figures(answers)


def _folds(sentences: Sequence[Sentence], folds: int) -> Iterator[tuple[list[Sentence], list[Sentence]]]:
    """Each intent and language spread evenly over the folds; the same every time."""
    place: dict[Sentence, int] = {}
    groups: dict[tuple[str, str], list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        groups[sentence.intent, sentence.language].append(sentence)
    shuffled = random.Random(20261123)
    for key in sorted(groups):
        members = groups[key]
        shuffled.shuffle(members)
        for number, sentence in enumerate(members):
            place[sentence] = number % folds
    for fold in range(folds):
        yield [s for s in sentences if place[s] != fold], [s for s in sentences if place[s] == fold]


def _as_question(sentence: Sentence) -> Question:
    entities = frozenset((mention.entity, mention.value) for mention in sentence.mentions)
    return Question(sentence.text, sentence.intent, frozenset({sentence.intent}), entities)
