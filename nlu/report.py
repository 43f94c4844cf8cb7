"""An evaluation as text for people and as JSON for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nlu.comparison import Change, Comparison
from nlu.evaluation import Confusion, Evaluation
from nlu.figures import Estimate, Score, Share


@dataclass(frozen=True, slots=True)
class Measurement:
    """An evaluation and what was measured: which model, on which file (None: by cross-validation), when."""

    evaluation: Evaluation
    model: str
    file: str | None
    when: datetime
    compared: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the figures that sum up an evaluation. `key` is its name in JSON; `basis` is empty when nothing counts."""

    key: str
    title: str
    figure: Share | Estimate | float
    basis: str
    percent: bool = True
    more_is_better: bool = True

    @property
    def value(self) -> float:
        return self.figure if isinstance(self.figure, float) else self.figure.value

    @property
    def shown(self) -> str:
        """The figure as it is written, a dash when there was nothing to count."""
        return self._written(self.value) if self.basis else "–"

    @property
    def interval(self) -> str:
        """The 95 % interval as it is written, empty for a figure that has none."""
        if isinstance(self.figure, float) or not self.basis:
            return ""
        return f"{self._written(self.figure.low)} to {self._written(self.figure.high)}"

    def _written(self, value: float) -> str:
        return f"{value:.1%}" if self.percent else f"{value:.3f}"

    def difference(self, other: "Headline") -> str:
        """How far this one is from `other`, with its sign; between percentages in points."""
        if not (self.basis and other.basis):
            return "–"
        distance = self.value - other.value
        return f"{100 * distance:+z.1f} pts" if self.percent else f"{distance:+z.3f}"


def headlines(evaluation: Evaluation) -> tuple[Headline, ...]:
    """What people look at first, in that order."""
    entities, intents = evaluation.all_entities, len(evaluation.intents)
    return (
        _counted("accuracy", "intent accuracy", evaluation.accuracy),
        _counted("top_three", "among the top three", evaluation.top_three),
        _counted("off_topic_recall", "off topic found", evaluation.off_topic_found),
        _counted("turned_away", "good ones turned away", evaluation.turned_away, more_is_better=False),
        _counted("unsafe", "unsafe: as small talk", evaluation.unsafe.share, more_is_better=False),
        Headline("calibration_error", "calibration error", evaluation.calibration, "over ten bins", False, False),
        Headline(
            "entity_f1",
            "entity F1",
            evaluation.entity_f1,
            f"{entities.wanted} wanted, {entities.found} found" if entities.wanted + entities.found else "",
            percent=False,
        ),
        Headline("macro_f1", "macro F1 over intents", evaluation.macro_f1, f"{intents} intents", percent=False),
    )


def _counted(key: str, title: str, share: Share, *, more_is_better: bool = True) -> Headline:
    basis = f"{share.right} of {share.of}" if share.of else ""
    return Headline(key, title, share, basis, more_is_better=more_is_better)


def measurement_json(measurement: Measurement) -> dict[str, Any]:
    """Every figure with its model, file and time, and the comparison when there is one."""
    compared = measurement.compared
    return {
        "model": measurement.model,
        "file": measurement.file,
        "when": measurement.when.isoformat(timespec="seconds"),
        **as_json(measurement.evaluation),
        **({"compared": _comparison_json(compared, measurement.evaluation)} if compared else {}),
    }


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure, rounded to four places."""
    unsafe = evaluation.unsafe
    return {
        "questions": evaluation.questions,
        "accuracy": _share(evaluation.accuracy),
        "top_three": _share(evaluation.top_three),
        "off_topic_recall": _share(evaluation.off_topic_found),
        "off_topic_as": evaluation.off_topic_as,
        "turned_away": _share(evaluation.turned_away),
        "turned_away_as": evaluation.turned_away_as,
        "calibration_error": round(evaluation.calibration_error, 4),
        "calibration_error_interval": _interval(evaluation.calibration),
        "calibration_bins": [
            {"from": one.low, "to": one.high, "confidence": round(one.confidence, 4), "accuracy": _share(one.accuracy)}
            for one in evaluation.bins
        ],
        "macro_f1": round(evaluation.macro_f1, 4),
        "entity_f1_interval": _interval(evaluation.entity_f1),
        "unsafe": {
            "count": unsafe.share.right,
            "of": unsafe.share.of,
            "value": round(unsafe.share.value, 4),
            "low": round(unsafe.share.low, 4),
            "high": round(unsafe.share.high, 4),
            "list": _confusions(unsafe.answers),
            "out_of_scope": {"count": len(unsafe.declined), "list": _confusions(unsafe.declined)},
        },
        "entities": {"all": _score(evaluation.all_entities), **{k: _score(s) for k, s in evaluation.entities.items()}},
        "intents": {name: _score(score) for name, score in evaluation.intents.items()},
        "confusions": _confusions(evaluation.confusions),
    }


def _confusions(confusions: Sequence[Confusion]) -> list[dict[str, Any]]:
    return [
        {"intent": c.intent, "thief": c.thief, "confidence": round(c.confidence, 4), "text": c.text} for c in confusions
    ]


def _share(share: Share) -> dict[str, Any]:
    return {
        "value": round(share.value, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "right": share.right,
        "of": share.of,
    }


def _interval(estimate: Estimate) -> list[float]:
    return [round(estimate.low, 4), round(estimate.high, 4)]


def _score(score: Score) -> dict[str, Any]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "wanted": score.wanted,
    }


def _comparison_json(compared: Comparison, now: Evaluation) -> dict[str, Any]:
    return {
        "model": compared.model,
        "p_value": compared.p_value,
        "figures": {
            after.key: {
                "then": round(before.value, 4),
                "now": round(after.value, 4),
                "difference": round(after.value - before.value, 4),
            }
            for before, after in zip(headlines(compared.then), headlines(now), strict=True)
        },
        "now_right": [_change_json(change) for change in compared.now_right],
        "now_wrong": [_change_json(change) for change in compared.now_wrong],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {"text": change.text, "wanted": change.wanted, "then": change.then, "now": change.now}


def measurement_text(measurement: Measurement) -> str:
    """The figures as tables, followed by the comparison when there is one."""
    text = as_text(measurement.evaluation)
    if measurement.compared is None:
        return text
    return "\n".join([text, "", *_comparison_lines(measurement.compared, measurement)])


def as_text(evaluation: Evaluation, confusions: int = 15) -> str:
    """The figures as tables; every unsafe answer and the `confusions` worst confusions, with sentence and thief."""
    unsafe = evaluation.unsafe
    lines = [
        f"{evaluation.questions} questions",
        *map(_headline, headlines(evaluation)),
        "",
        f"{'entity':26}{'precision':>10}{'recall':>10}{'F1':>10}{'wanted':>8}",
        _row("all", evaluation.all_entities),
        *(_row(name, score) for name, score in evaluation.entities.items()),
        "",
        f"{'intent':26}{'precision':>10}{'recall':>10}{'F1':>10}{'wanted':>8}",
        *(_row(name, score) for name, score in sorted(evaluation.intents.items(), key=lambda item: item[1].f1)),
    ]
    if unsafe.answers or unsafe.declined:
        lines += ["", f"Distress and reports answered as small talk ({len(unsafe.answers)}):"]
        lines += map(_confusion_line, unsafe.answers)
        lines += ["", f"Distress and reports declined as off topic ({len(unsafe.declined)}):"]
        lines += map(_confusion_line, unsafe.declined[:confusions])
    if evaluation.confusions:
        lines += ["", "Worst confusions (should be -> was taken by):"]
        lines += map(_confusion_line, evaluation.confusions[:confusions])
    return "\n".join(lines)


def _comparison_lines(compared: Comparison, measurement: Measurement) -> Iterator[str]:
    yield f"Compared: then {compared.model}, now {measurement.model}"
    yield f"{'':24}{'then':>8}{'now':>8}{'difference':>12}"
    for before, after in zip(headlines(compared.then), headlines(measurement.evaluation), strict=True):
        yield f"{after.title:24}{before.shown:>8}{after.shown:>8}{after.difference(before):>12}"
    yield p_value_sentence(compared)
    for title, changes in (("Now right", compared.now_right), ("Now wrong", compared.now_wrong)):
        yield ""
        yield f"{title}, {len(changes)} (wanted: then -> now):"
        yield from (f"{c.wanted}: {c.then} -> {c.now}: {_short(c.text)}" for c in changes)


def p_value_sentence(compared: Comparison) -> str:
    """What changed and whether that may be chance, in one sentence."""
    p_value = compared.p_value
    shown = f"p = {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"
    meaning = "unlikely to be chance" if p_value < 0.05 else "may well be chance"
    counts = f"{len(compared.now_right)} now right, {len(compared.now_wrong)} now wrong"
    return f"{counts}; McNemar's exact test: {shown}, {meaning}"


def _confusion_line(one: Confusion) -> str:
    return f"{one.intent} -> {one.thief} ({one.confidence:.2f}): {_short(one.text)}"


def _short(text: str) -> str:
    """One line of a terminal, without what would move its cursor or change its colours."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= 60 else plain[:59] + "…"


def _headline(one: Headline) -> str:
    interval = f"   {one.interval}" if one.interval else ""
    return f"{one.title:24}{one.shown:>8}{interval}   ({one.basis or 'nothing to count'})"


def _row(name: str, score: Score) -> str:
    return f"{name:26}{score.precision:10.3f}{score.recall:10.3f}{score.f1:10.3f}{score.wanted:8}"
