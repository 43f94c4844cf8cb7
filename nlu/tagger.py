"""Find entities: a linear-chain CRF marks where each mention stands, a value book says what it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.analysis import Analysis
from nlu.training_data import Mention
from nlu.units import Unit, unit_features, units_of
from nlu.values import ValueBook

OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """How often the training sentences are gone through."""

    rounds: int = 12


class EntityTagger:
    """Finds the mentions of a message."""

    def __init__(self, crf: bytes, book: ValueBook) -> None:
        """`crf`: what `train_crf` wrote."""
        from pycrfsuite import Tagger

        self._crf: Any = Tagger()
        self._crf.open_inmemory(crf)
        # CRFsuite keeps pointing into these bytes.
        self._bytes = crf
        self._book = book

    def mentions(self, analysis: Analysis) -> tuple[Mention, ...]:
        """The mentions, placed in the original text, in its order."""
        units = units_of(analysis)
        if not units:
            return ()
        labels = self._crf.tag(unit_features(analysis, units))
        found = []
        for entity, first, last in _stretches(labels):
            start, end = units[first].start, units[last].end
            value = self._book.value_in(analysis, entity, start, end)
            if value is not None:
                found.append(Mention(entity, value, *analysis.plain.original_span(start, end)))
        return tuple(found)


def train_crf(
    analyses: Sequence[Analysis], mentions: Sequence[Iterable[Mention]], settings: TaggerSettings, target: Path
) -> None:
    """Learn from analysed sentences and their mentions (placed in the original texts); write the CRF to `target`."""
    from pycrfsuite import Trainer

    # The averaged perceptron finds as much as L-BFGS does in a quarter of the time (measured).
    trainer: Any = Trainer(algorithm="ap", verbose=False)
    trainer.set_params({"max_iterations": settings.rounds})
    for analysis, marked in zip(analyses, mentions, strict=True):
        units = units_of(analysis)
        if units:
            trainer.append(unit_features(analysis, units), labels_of(analysis, units, marked))
    trainer.train(str(target))


def labels_of(analysis: Analysis, units: tuple[Unit, ...], mentions: Iterable[Mention]) -> list[str]:
    """For each unit whether it begins or continues a mention, and of what."""
    labels = [OUTSIDE] * len(units)
    for mention in mentions:
        start, end = analysis.plain.plain_span(mention.start, mention.end)
        inside = [index for index, unit in enumerate(units) if unit.start < end and unit.end > start]
        for number, index in enumerate(inside):
            labels[index] = f"{'I' if number else 'B'}-{mention.entity}"
    return labels


def plain_surfaces(analysis: Analysis, mentions: Iterable[Mention]) -> list[tuple[str, str, Any]]:
    """Entity, plain surface and value of each mention, for the value book."""
    spans = [(mention, analysis.plain.plain_span(mention.start, mention.end)) for mention in mentions]
    return [
        (mention.entity, analysis.plain.text[start:end].strip(), mention.value)
        for mention, (start, end) in spans
        if start < end
    ]


def _stretches(labels: Sequence[str]) -> Iterable[tuple[str, int, int]]:
    """Each mention's entity and its first and last unit."""
    first = 0
    for index, label in enumerate(labels):
        if label == OUTSIDE:
            continue
        entity = label[2:]
        if label[0] == "B" or index == 0 or labels[index - 1][2:] != entity:
            first = index
        if index + 1 == len(labels) or labels[index + 1] != f"I-{entity}":
            yield entity, first, index
