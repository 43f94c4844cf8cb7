"""An evaluation as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.

Whatever comes from outside (sentences, labels, names of files and models) passes `escape` on its way in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from nlu.charts import Group, confusion_matrix, matrix_legend, reliability_diagram
from nlu.comparison import Change, Comparison
from nlu.domain import OUT_OF_SCOPE, load_domain
from nlu.evaluation import ALSO_OK, Confusion, Evaluation
from nlu.figures import Score
from nlu.interpreter import FALLBACK
from nlu.report import Headline, Measurement, headlines, p_value_sentence

PAGE, FIGURES = "index.html", "evaluation.json"

STYLE_FILE = Path(__file__).with_name("report.css")

_MEANING = {
    "accuracy": "decided as wanted, or as an accepted alternative",
    "top_three": "wanted meaning among the three likeliest",
    "off_topic_recall": "off-topic questions declined, unsure, or answered acceptably",
    "turned_away": "answerable, yet declined or unsure; less is better",
    "calibration_error": "distance of confidence from accuracy; less is better",
    "entity_f1": "all entities together",
    "macro_f1": "mean F1; every intent counts alike",
    "unsafe": "distress and reports answered as small talk; less is better",
}

_COUNTED = """Shares have Wilson's 95% interval. The intervals of calibration error and entity F1 come from how much
questions differ (delta method). An accepted alternative counts as the intent itself. An entity that a message mentions
twice counts once, and one that may be found but need not counts neither way."""

_SHOWN = 20  # A longer list is folded.


@dataclass(frozen=True, slots=True)
class _Bar:
    """A number from 0 to 1, drawn as a bar behind itself."""

    value: float


def write_report(folder: Path, measurement: Measurement, json_line: str) -> Path:
    """Write the page and the same figures as JSON into `folder`, which exists; the path of the page."""
    # A lone surrogate, which JSON can carry and UTF-8 cannot, is written as its escape.
    (folder / FIGURES).write_text(json_line + "\n", encoding="utf-8", errors="backslashreplace")
    page = folder / PAGE
    page.write_text(as_html(measurement), encoding="utf-8", errors="backslashreplace")
    return page


def as_html(measurement: Measurement) -> str:
    """The whole page."""
    compared, evaluation = measurement.compared, measurement.evaluation
    style = STYLE_FILE.read_text(encoding="utf-8")
    sections = [
        *([("compared", "What changed", _comparison(compared, measurement))] if compared else []),
        ("unsafe", "People in need", _unsafe(evaluation)),
        ("matrix", "Confusion matrix", _matrix(evaluation)),
        ("reliability", "Reliability", _reliability(evaluation)),
        ("intents", "Intents, worst first", _intents(evaluation)),
        ("entities", "Entities, worst first", _entities(evaluation)),
        ("off-topic", "Off topic", _off_topic(evaluation)),
        ("confusions", "Every confusion", _confusions(evaluation.confusions)),
    ]
    links = "".join(f'<a href="#{anchor}">{escape(title)}</a>' for anchor, title, _ in sections)
    body = "".join(
        f'<section id="{anchor}"><h2>{escape(title)}</h2>{html}</section>' for anchor, title, html in sections
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # Nothing here runs or loads anything; should a sentence ever get past the escaping, it cannot either.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Evaluation of {escape(measurement.model)}</title><style>{style}</style></head>"
        f"<body><main><h1>How well questions are understood</h1>{_subject(measurement)}<nav>{links}</nav>"
        f'<div class="cards">{"".join(map(_card, headlines(evaluation)))}</div>{body}'
        f'<section><h2>How it is counted</h2><p class="note">{_COUNTED}</p></section></main></body></html>\n'
    )


def _subject(measurement: Measurement) -> str:
    file = measurement.file or "training sentences, by cross-validation: each asked of a model that did not see it"
    rows = {
        "model": measurement.model,
        "questions": f"{measurement.evaluation.questions} from {file}",
        "measured": measurement.when.strftime("%Y-%m-%d %H:%M %Z").strip(),
    }
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(value)}</dd>' for name, value in rows.items())}</dl>"


def _card(headline: Headline) -> str:
    interval = f"95%: {headline.interval}<br>" if headline.interval else ""
    basis = escape(headline.basis or "nothing to count")
    return (
        f'<article class="card"><h3>{escape(headline.title)}</h3><strong>{headline.shown}</strong>'
        f"{_interval_bar(headline) if headline.basis else ''}"
        f"<p>{interval}{basis}</p><p>{escape(_MEANING[headline.key])}</p></article>"
    )


def _interval_bar(headline: Headline) -> str:
    figure = headline.figure
    low, high = (figure, figure) if isinstance(figure, float) else (figure.low, figure.high)
    return (
        '<svg class="range" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="3" width="100" height="2"/>'
        f'<rect class="interval" x="{100 * low:.2f}" width="{100 * (high - low):.2f}" height="8"/>'
        f'<rect class="value" x="{min(100 * headline.value, 99):.2f}" width="1" height="8"/></svg>'
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str | _Bar]]) -> str:
    """A name in the first column, figures in all others."""
    head = "".join(f"<th{' class=number' if place else ''}>{escape(title)}</th>" for place, title in enumerate(titles))
    body = "".join(f"<tr>{''.join(_cell(place, cell) for place, cell in enumerate(row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(place: int, cell: str | _Bar) -> str:
    if isinstance(cell, _Bar):
        return f'<td class="number bar" style="--share:{cell.value:.1%}">{cell.value:.3f}</td>'
    return f"<td{' class=number' if place else ''}>{escape(cell)}</td>"


def _intents(evaluation: Evaluation) -> str:
    return _table(_score_titles("intent"), _score_rows(evaluation.intents))


def _entities(evaluation: Evaluation) -> str:
    if not evaluation.entities:
        return '<p class="none">No question says which entities it holds.</p>'
    together = _score_rows({"all together": evaluation.all_entities})
    return _table(_score_titles("entity"), [*together, *_score_rows(evaluation.entities)])


def _score_titles(kind: str) -> tuple[str, ...]:
    return kind, "precision", "recall", "F1", "count"


def _score_rows(scores: dict[str, Score]) -> list[tuple[str | _Bar, ...]]:
    """The worst first."""
    return [
        (name, f"{score.precision:.3f}", f"{score.recall:.3f}", _Bar(score.f1), str(score.wanted))
        for name, score in sorted(scores.items(), key=lambda item: (item[1].f1, item[0]))
    ]


def _matrix(evaluation: Evaluation) -> str:
    return (
        "<p>Each row is what was wanted, each column what was decided; the number is how many questions, the strength "
        "of the colour their share of the row. Point at a cell to read its names.</p>"
        f"{matrix_legend()}{confusion_matrix(evaluation.matrix, _groups(evaluation))}"
    )


def _groups(evaluation: Evaluation) -> list[Group]:
    """The groups of the domain in its order, then "unsure", then labels that the domain does not know."""
    grouped: list[Group] = [
        (group, [intent.name for intent in members])
        for group, members in groupby(load_domain().intents, key=lambda intent: intent.group)
    ]
    known = {FALLBACK, *load_domain().intent_names}
    unknown = sorted({name for pair in evaluation.matrix for name in pair} - known)
    return [*grouped, ("unsure", [FALLBACK]), ("not in the domain", unknown)]


def _reliability(evaluation: Evaluation) -> str:
    rows = [
        (
            f"{one.low:.0%} to {one.high:.0%}",
            str(one.accuracy.of),
            f"{one.confidence:.1%}",
            f"{one.accuracy.value:.1%}",
        )
        for one in evaluation.bins
        if one.accuracy.of
    ]
    return (
        "<p>When the model says 80%, is it right in 80% of cases? Points on the dashed line mean yes; the lines "
        "through them are 95% intervals, the bars below are how many questions each tenth holds.</p>"
        f'<div class="sides">{reliability_diagram(evaluation.bins)}'
        f"<div>{_table(('confidence', 'questions', 'mean', 'accuracy'), rows)}</div></div>"
    )


def _unsafe(evaluation: Evaluation) -> str:
    unsafe = evaluation.unsafe
    return (
        f"<p>{unsafe.share.of} questions tell of despair or of something that has happened. None of them may be "
        "answered as small talk, and few should be declined as off topic.</p>"
        f"{_folded('Answered as small talk', len(unsafe.answers), _confusions(unsafe.answers))}"
        f"{_folded('Declined as off topic', len(unsafe.declined), _confusions(unsafe.declined))}"
    )


def _off_topic(evaluation: Evaluation) -> str:
    off, away = evaluation.off_topic_found, evaluation.turned_away
    return (
        f"<h3>Off-topic questions: {off.right} of {off.of} found</h3>"
        f"{_decisions(evaluation.off_topic_as, off.of)}"
        f"<h3>Answerable questions: {away.right} of {away.of} turned away</h3>"
        f"{_decisions(evaluation.turned_away_as, away.of)}"
    )


def _decisions(counts: dict[str, int], of: int) -> str:
    names = {
        OUT_OF_SCOPE: "declined as off topic",
        FALLBACK: "unsure: likeliest meanings offered",
        ALSO_OK: "answered as an accepted alternative",
    }
    rows = [
        (names.get(name, f"answered as {name}"), str(counts[name]), f"{counts[name] / of:.1%}")
        for name in sorted(counts, key=lambda name: (name not in names, -counts[name], name))
    ]
    return _table(("decided", "questions", "share"), rows) if rows else '<p class="none">None.</p>'


def _confusions(confusions: Iterable[Confusion]) -> str:
    rows = ((one.text, one.intent, one.thief, f"{one.confidence:.2f}") for one in confusions)
    return _sentences(("sentence", "wanted", "taken by", "confidence"), rows)


def _sentences(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A sentence first, then what is said of it; on a phone below it, each with its title."""
    body = "".join(
        f"<tr><td><bdi>{escape(sentence)}</bdi></td>"
        + "".join(
            f'<td data-title="{escape(title)}">{escape(said)}</td>'
            for title, said in zip(titles[1:], others, strict=True)
        )
        + "</tr>"
        for sentence, *others in rows
    )
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    table = f'<table class="sentences"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return table if body else '<p class="none">None.</p>'


def _comparison(compared: Comparison, measurement: Measurement) -> str:
    pairs = zip(headlines(compared.then), headlines(measurement.evaluation), strict=True)
    rows = "".join(_difference(before, after) for before, after in pairs)
    return (
        f"<p>Then {escape(compared.model)}, now {escape(measurement.model)}: {escape(p_value_sentence(compared))}.</p>"
        '<div class="scroll"><table><thead><tr><th>figure</th><th class="number">then</th><th class="number">now</th>'
        f'<th class="number">difference</th></tr></thead><tbody>{rows}</tbody></table></div>'
        f"{_changes('Now right', compared.now_right)}{_changes('Now wrong', compared.now_wrong)}"
    )


def _difference(before: Headline, after: Headline) -> str:
    verdict, distance = "same", after.value - before.value
    if distance:
        verdict = "better" if (distance > 0) == after.more_is_better else "worse"
    difference = f"{after.difference(before)} {verdict}" if distance else verdict
    return (
        f'<tr><td>{escape(after.title)}</td><td class="number">{before.shown}</td>'
        f'<td class="number">{after.shown}</td><td class="number {verdict}">{difference}</td></tr>'
    )


def _changes(title: str, changes: Sequence[Change]) -> str:
    rows = ((one.text, one.wanted, one.then, one.now) for one in changes)
    return _folded(title, len(changes), _sentences(("sentence", "wanted", "then", "now"), rows))


def _folded(title: str, count: int, table: str) -> str:
    """A list under its title and length, closed when it is long."""
    shown = " open" if count <= _SHOWN else ""
    return f"<details{shown}><summary>{title}: {count}</summary>{table}</details>"
