"""Ask two models the same questions: what got better, what worse, and whether that may be chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlu.evaluation import Answer, Evaluation, Progress, Question, ask, figures
from nlu.figures import mcnemar


@dataclass(frozen=True, slots=True)
class Change:
    """A question that only one of two models understood: what was wanted, what was decided then and now."""

    wanted: str
    then: str
    now: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another model's figures ("then") beside this one's, and every question on which only one of them is right."""

    model: str
    then: Evaluation
    now_right: tuple[Change, ...]
    now_wrong: tuple[Change, ...]

    @property
    def p_value(self) -> float:
        """McNemar's exact test on accuracy: how likely so uneven a change is if the two are equally good."""
        return mcnemar(len(self.now_right), len(self.now_wrong))


def compare(model: str, then: Sequence[Answer], now: Sequence[Answer]) -> Comparison:
    """What changed from the answers of the model called `model` to those of now, to the same questions in order."""
    changes = list(_changes(then, now))
    return Comparison(
        model=model,
        then=figures(then),
        now_right=tuple(change for right, change in changes if right),
        now_wrong=tuple(change for right, change in changes if not right),
    )


def _changes(then: Sequence[Answer], now: Sequence[Answer]) -> Iterator[tuple[bool, Change]]:
    """Each change, and whether it is right now; by what was wanted, then in the order of the questions."""
    found = []
    for (question, before), (_, after) in zip(then, now, strict=True):
        right = after.intent in question.accepted
        if right != (before.intent in question.accepted):
            found.append((right, Change(question.intent, before.intent, after.intent, question.text)))
    yield from sorted(found, key=lambda one: one[1].wanted)


def ask_other(archive: Path, questions: Sequence[Question], progress: Progress | None = None) -> list[Answer]:
    """What the model in `archive` answers. Raises `ModelUnusable` when it cannot be loaded or cannot be asked."""
    from nlu.rasa_interpreter import ModelUnusable, RasaInterpreter

    if not archive.is_file():
        raise ModelUnusable(f"{archive}: there is no model here")
    try:
        interpreter = RasaInterpreter.load(archive)
    except ModelUnusable as error:
        cause = type(error.__cause__ or error).__name__
        raise ModelUnusable(f"{archive}: damaged, no model, or one of another version ({cause})") from error
    try:
        return ask(questions, interpreter.parse_all, progress)
    except Exception as error:
        # Parts of another version may be readable and yet not fit together.
        raise ModelUnusable(f"{archive}: a model of another version ({type(error).__name__} when asked)") from error
    finally:
        interpreter.close()


def archive_name(archive: Path) -> str:
    """What the model in `archive` is called."""
    return archive.name.removesuffix(".tar.gz")
