"""Measure how well questions are understood: on a file of questions, or by cross-validation on the training data."""

import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlu.decision import DISTRESS
from nlu.domain import OUT_OF_SCOPE
from nlu.figures import Bin, Estimate, Score, Share, calibration_bins, calibration_error, f1_estimate, share
from nlu.interpreter import FALLBACK, Parse
from nlu.questions import BadQuestions, Question, read_questions
from nlu.training_data import Sentence, read_training_data

__all__ = [
    "ALSO_OK",
    "SMALL_TALK",
    "Answer",
    "BadQuestions",
    "Confusion",
    "Evaluation",
    "Progress",
    "Question",
    "Unsafe",
    "ask",
    "cross_validate",
    "evaluate",
    "figures",
    "read_questions",
]

Progress = Callable[[str, float], None]

_NOT_ANSWERED = (FALLBACK, OUT_OF_SCOPE)

SMALL_TALK = frozenset(
    {
        "greet",
        "goodbye",
        "thanks",
        "affirm",
        "deny",
        "ask_bot",
        "start_quiz",
        "subscribe",
        "unsubscribe",
        "change_language",
    }
)
"""What nobody in despair, and nobody who has already done it, may be answered with."""

ALSO_OK = "also_ok"
"""Stands for whichever accepted alternative was decided."""

_PORTION = 64
_TRAINING_PART = 0.9  # of the time that a fold of cross-validation takes; the rest is asking


Answer = tuple[Question, Parse]


@dataclass(frozen=True, slots=True)
class Confusion:
    """A sentence that went to another intent: the thief."""

    intent: str
    thief: str
    confidence: float
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Questions of people in need that were answered as small talk; and those answered as off topic, apart."""

    share: Share
    answers: tuple[Confusion, ...]
    declined: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure. Shares carry their 95 % interval (Wilson).

    `matrix` counts how often a question for one intent (first) was decided to be another (second), where an accepted
    alternative counts as the intent itself. `off_topic_as` and `turned_away_as` say what was decided instead.
    """

    questions: int
    accuracy: Share
    top_three: Share
    off_topic_found: Share
    off_topic_as: dict[str, int]
    turned_away: Share
    turned_away_as: dict[str, int]
    unsafe: Unsafe
    calibration: Estimate
    bins: tuple[Bin, ...]
    intents: dict[str, Score]
    matrix: dict[tuple[str, str], int]
    entities: dict[str, Score]
    all_entities: Score
    entity_f1: Estimate
    confusions: tuple[Confusion, ...]

    @property
    def calibration_error(self) -> float:
        return self.calibration.value

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the intents that were asked for: each counts alike, however many its questions."""
        return sum(score.f1 for score in self.intents.values()) / len(self.intents) if self.intents else 0.0


def evaluate(
    questions: Sequence[Question], parse: Callable[[str], Parse], progress: Progress | None = None
) -> Evaluation:
    """Ask every question and count. `parse` is an interpreter's `parse_now`."""
    return figures(ask(questions, lambda texts: [parse(text) for text in texts], progress))


def ask(
    questions: Sequence[Question],
    parse_all: Callable[[Sequence[str]], Sequence[Parse]],
    progress: Progress | None = None,
) -> list[Answer]:
    """Every question with what was understood, asked in portions. `parse_all` is an interpreter's."""
    answers: list[Answer] = []
    for start in range(0, len(questions), _PORTION):
        if progress:
            progress("asking", start / len(questions))
        portion = questions[start : start + _PORTION]
        answers += zip(portion, parse_all([question.text for question in portion]), strict=True)
    return answers


def figures(answers: Sequence[Answer]) -> Evaluation:
    """The figures of questions and what was understood."""
    likeliest = [parse.ranking[0].intent in question.accepted for question, parse in answers]
    confidences = [parse.ranking[0].confidence for _, parse in answers]
    three = [any(r.intent in question.accepted for r in parse.ranking[:3]) for question, parse in answers]
    off_topic = [(question, parse) for question, parse in answers if question.intent == OUT_OF_SCOPE]
    on_topic = [parse.intent for question, parse in answers if OUT_OF_SCOPE not in question.accepted]
    entities = [_entity_scores([answer]) for answer in answers]
    matrix = _matrix(answers)
    return Evaluation(
        questions=len(answers),
        accuracy=share([_right(answer) for answer in answers]),
        top_three=share(three),
        off_topic_found=share([_right(answer) or answer[1].intent in _NOT_ANSWERED for answer in off_topic]),
        off_topic_as=_off_topic_as(off_topic),
        turned_away=share([decided in _NOT_ANSWERED for decided in on_topic]),
        turned_away_as=dict(Counter(decided for decided in on_topic if decided in _NOT_ANSWERED).most_common()),
        unsafe=_unsafe(answers),
        calibration=calibration_error(confidences, likeliest),
        bins=calibration_bins(confidences, likeliest),
        intents=_intent_scores(matrix),
        matrix=matrix,
        entities=_entity_scores(answers),
        all_entities=_sum(_entity_scores(answers).values()),
        entity_f1=f1_estimate([_sum(one.values()) for one in entities]),
        confusions=_confusions(answers),
    )


def _off_topic_as(off_topic: Sequence[Answer]) -> dict[str, int]:
    decisions = Counter(
        ALSO_OK if _right((question, parse)) and parse.intent != OUT_OF_SCOPE else parse.intent
        for question, parse in off_topic
    )
    return dict(decisions.most_common())


def _right(answer: Answer) -> bool:
    question, parse = answer
    return parse.intent in question.accepted


def _matrix(answers: Sequence[Answer]) -> dict[tuple[str, str], int]:
    return dict(
        Counter((answer[0].intent, answer[0].intent if _right(answer) else answer[1].intent) for answer in answers)
    )


def _intent_scores(matrix: dict[tuple[str, str], int]) -> dict[str, Score]:
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for (intent, decided), count in matrix.items():
        found[decided] += count
        wanted[intent] += count
    return {name: Score(matrix.get((name, name), 0), found[name], wanted[name]) for name in sorted(wanted)}


def _unsafe(answers: Sequence[Answer]) -> Unsafe:
    in_need = [answer for answer in answers if answer[0].intent == DISTRESS or answer[0].intent.startswith("report_")]
    missed = _confusions(in_need)
    as_small_talk = tuple(one for one in missed if one.thief in SMALL_TALK)
    return Unsafe(
        share=share([not _right(answer) and answer[1].intent in SMALL_TALK for answer in in_need]),
        answers=as_small_talk,
        declined=tuple(one for one in missed if one.thief == OUT_OF_SCOPE),
    )


def _entity_scores(answers: Sequence[Answer]) -> dict[str, Score]:
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


def _confusions(answers: Sequence[Answer]) -> tuple[Confusion, ...]:
    """Most frequent pairs first, the most confident mistake of a pair first."""
    missed = [
        Confusion(question.intent, parse.intent, parse.confidence, question.text)
        for question, parse in answers
        if parse.intent not in question.accepted
    ]
    pairs = Counter((one.intent, one.thief) for one in missed)
    return tuple(
        sorted(missed, key=lambda one: (-pairs[one.intent, one.thief], one.intent, one.thief, -one.confidence))
    )


def cross_validate(
    folds: int = 5, progress: Progress | None = None, data: Sequence[Sentence] | None = None
) -> Evaluation:
    """Train on all folds but one through the whole pipeline, ask the one left out, for each in turn."""
    from nlu.rasa_interpreter import RasaInterpreter
    from nlu.training import train_archive

    tell = progress or (lambda stage, fraction: None)
    sentences = list(data if data is not None else read_training_data())
    answers: list[Answer] = []
    for fold, (train, test) in enumerate(_folds(sentences, folds)):
        training = _within(tell, f"fold {fold + 1} of {folds}, ", fold / folds, _TRAINING_PART / folds)
        asking = _within(
            tell, f"fold {fold + 1} of {folds}, ", (fold + _TRAINING_PART) / folds, (1 - _TRAINING_PART) / folds
        )
        with tempfile.TemporaryDirectory(prefix="cardwise-fold-") as folder:
            archive = Path(folder) / "fold.tar.gz"
            train_archive(train, archive, progress=training)
            interpreter = RasaInterpreter.load(archive)
            try:
                answers += ask([_as_question(sentence) for sentence in test], interpreter.parse_all, asking)
            finally:
                interpreter.close()
    return figures(answers)


def _within(tell: Progress, title: str, start: float, part: float) -> Progress:
    """Progress of a step that is `part` of the whole and begins at `start`."""
    return lambda stage, fraction: tell(title + stage, start + part * fraction)


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
