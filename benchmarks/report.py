"""The figures as one table in Markdown, and as plain data with the ratios."""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engines import DEFAULT, OURS
from benchmarks.worker import Figures
from nlu.training_data import Sentence

Told = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its key, its name for readers, how it is written."""

    key: str
    label: str
    form: str

    @property
    def is_share(self) -> bool:
        """Shares are compared by their difference, everything else by its ratio."""
        return self.form == _SHARE

    def written(self, value: object) -> str:
        """The figure, or a dash where there is none."""
        return "–" if value is None else self.form.format(value)

    def compared(self, ours: object, default: object) -> str:
        """Ours beside the default."""
        if not isinstance(ours, float) or not isinstance(default, float):
            return "–"
        if self.is_share:
            return f"{(ours - default) * 100:+.1f} points"
        return f"{ours / default:.1f} : 1" if ours > default else f"1 : {default / ours:.1f}"


_SHARE = "{:.1%}"
_ROWS = [
    *(
        Row(f"{language}_{key}", f"{name}: {label}", _SHARE)
        for language, name in (("zh", "Chinese"), ("en", "English"))
        for key, label in (
            ("accuracy", "intent right"),
            ("likeliest", "intent right before the threshold"),
            ("top_three", "right one among the top three"),
            ("entity_f1", "entity F1"),
        )
    ),
    Row("train_seconds", "training, s", "{:.1f}"),
    Row("train_cpu_seconds", "training, s of processor time", "{:.1f}"),
    Row("start_seconds", "process start to first parse, s", "{:.2f}"),
    Row("p50_ms", "one parse, p50, ms", "{:.2f}"),
    Row("p99_ms", "one parse, p99, ms", "{:.2f}"),
    Row("batch_per_second", "parses per second in a batch", "{:,.0f}"),
    Row("resident_mb", "memory after 200 parses, MB", "{:.0f}"),
    Row("bot_resident_mb", "memory of the whole bot, MB", "{:.0f}"),
]


def circumstances(sentences: Sequence[Sentence], epochs: int | None) -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "sentences": len(sentences),
        "intents": len({sentence.intent for sentence in sentences}),
        "epochs": epochs,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    }


def with_ratios(about: dict[str, object], told: dict[str, Figures]) -> Told:
    """All of it as plain data; `ours_to_default` holds the ratios of what both have."""
    ours, default = told.get(OURS, {}), told.get(DEFAULT, {})
    ratios = {key: ours[key] / default[key] for key in ours if default.get(key)}
    return {"about": about, **{name: dict(figures) for name, figures in told.items()}, "ours_to_default": dict(ratios)}


def as_table(told: Told) -> str:
    """The table, with one line above it that says what was measured."""
    about = told["about"]
    ours, default = told.get(OURS, {}), told.get(DEFAULT, {})
    epochs = f", DIET with {about['epochs']} epochs" if about["epochs"] else ""
    lines = [
        f"{about['date']}: {about['sentences']} sentences, {about['intents']} intents{epochs}; Python "
        f"{about['python']}, {about['machine']}, {about['processors']} processors, load {about['load']:.1f}",
        "",
        "| | ours | Rasa's default | ours : default |",
        "|---|---|---|---|",
    ]
    for row in _ROWS:
        mine, theirs = ours.get(row.key), default.get(row.key)
        lines.append(f"| {row.label} | {row.written(mine)} | {row.written(theirs)} | {row.compared(mine, theirs)} |")
    return "\n".join(lines)
