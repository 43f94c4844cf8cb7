"""The two pictures of an evaluation as SVG inside HTML: the confusion matrix and the reliability diagram.

Drawn by hand: a plotting library would cost a second of start and 50 MB for two pictures, and its pictures would follow
neither the reader's dark mode nor the width of a phone. Colours and fonts come from `report.css`.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from nlu.figures import Bin

Group = tuple[str, Sequence[str]]
"""A heading and the names under it."""

_CELL, _COLUMN_GAP, _ROW_GAP = 16, 8, 22
_LABELS, _HEADER = 198, 184


def confusion_matrix(counts: Mapping[tuple[str, str], int], groups: Sequence[Group]) -> str:
    """How often what was wanted (rows) was decided to be what (columns), coloured by share of the row.

    Only names of `groups` are drawn, and of these only those that occur as wanted or as decided. The labels stay in
    sight while the picture is scrolled.
    """
    wanted: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    for (row, column), count in counts.items():
        wanted[row] += count
        decided[column] += count
    rows, columns = _axis(groups, wanted, _ROW_GAP), _axis(groups, decided, _COLUMN_GAP)
    width, height = columns.length + _CELL * 2, rows.length + _CELL // 2
    return "".join(
        [
            '<div class="matrix" tabindex="0" role="region" aria-label="Confusion matrix">',
            f'<svg class="corner" width="{_LABELS}" height="{_HEADER}">',
            f'<text class="soft" x="12" y="{_HEADER - 10}">wanted ↓ (how many)</text>',
            f'<text class="soft" x="{_LABELS - 8}" y="20" text-anchor="end">decided →</text></svg>',
            f'<svg class="columns" width="{width}" height="{_HEADER}">{"".join(_column_labels(columns))}</svg>',
            f'<svg class="rows" width="{_LABELS}" height="{height}">{"".join(_row_labels(rows, wanted))}</svg>',
            f'<svg class="cells" width="{width}" height="{height}" role="img" aria-label="counts">',
            *_blocks(rows, columns),
            *_rows(counts, rows, columns, wanted),
            "</svg></div>",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where each name begins, and where each group begins and how long it is."""

    names: dict[str, int]
    groups: list[tuple[str, int, int]]
    length: int


def _axis(groups: Sequence[Group], occurring: Mapping[str, int], gap: int) -> _Axis:
    names: dict[str, int] = {}
    places = []
    end = 0
    for heading, members in groups:
        present = [name for name in members if occurring.get(name)]
        if not present:
            continue
        start = end + gap
        names |= {name: start + number * _CELL for number, name in enumerate(present)}
        end = start + len(present) * _CELL
        places.append((heading, start, end - start))
    return _Axis(names, places, end)


def _column_labels(columns: _Axis) -> Iterator[str]:
    for heading, start, _ in columns.groups:
        yield f'<text class="heading" x="{start}" y="20">{escape(heading)}</text>'
    for name, start in columns.names.items():
        x, y = start + _CELL // 2 + 4, _HEADER - 6
        yield f'<text transform="translate({x} {y}) rotate(-90)">{escape(name)}</text>'


def _row_labels(rows: _Axis, wanted: Mapping[str, int]) -> Iterator[str]:
    for heading, start, _ in rows.groups:
        yield f'<text class="heading" x="12" y="{start - 6}">{escape(heading)}</text>'
    for name, start in rows.names.items():
        y = start + _CELL // 2 + 4
        yield f'<text x="{_LABELS - 38}" y="{y}" text-anchor="end">{escape(name)}</text>'
        yield f'<text class="soft" x="{_LABELS - 6}" y="{y}" text-anchor="end">{wanted[name]}</text>'


def _blocks(rows: _Axis, columns: _Axis) -> Iterator[str]:
    """A ground under each pair of groups, so that confusions within a group stand out from those across."""
    for row_group, y, height in rows.groups:
        for column_group, x, width in columns.groups:
            own = " own" if row_group == column_group else ""
            yield f'<rect class="block{own}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _rows(
    counts: Mapping[tuple[str, str], int], rows: _Axis, columns: _Axis, wanted: Mapping[str, int]
) -> Iterator[str]:
    for row, y in rows.names.items():
        yield f'<g class="row"><rect class="band" x="0" y="{y}" width="{columns.length}" height="{_CELL}"/>'
        for column, x in columns.names.items():
            count = counts.get((row, column), 0)
            if count:
                about = f"wanted {row}, decided {column}: {count} of {wanted[row]} ({count / wanted[row]:.1%})"
                kind = "hit" if row == column else "miss"
                yield f'<g class="cell"><title>{escape(about)}</title>'
                yield _cell(kind, x, y, count, count / wanted[row])
                yield "</g>"
        yield "</g>"


def _cell(kind: str, x: int, y: int, count: int, of_row: float) -> str:
    opacity = _opacity(of_row)
    strong = ' class="strong"' if opacity > 0.6 else ""
    smaller = f' style="font-size:{8 if count < 1000 else 6}px"' if count > 99 else ""
    return (
        f'<rect class="{kind}" x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="2"'
        f' fill-opacity="{opacity:.2f}"/>'
        f'<text{strong}{smaller} x="{x + _CELL // 2}" y="{y + _CELL // 2 + 4}">{count}</text>'
    )


def _opacity(of_row: float) -> float:
    """The root: most confusions are a small part of their row, and should be seen all the same."""
    return 0.15 + 0.85 * math.sqrt(of_row)


def matrix_legend() -> str:
    """Which colour means what."""
    shares = (0.05, 0.25, 0.5, 1.0)
    return '<p class="legend note">{}</p>'.format(
        "".join(
            f"<span>{label}"
            + "".join(
                f'<svg width="14" height="14"><rect class="{kind}" width="14" height="14" rx="2"'
                f' fill-opacity="{_opacity(of_row):.2f}"/></svg> {of_row:.0%}'
                for of_row in shares
            )
            + "</span>"
            for kind, label in (("hit", "right"), ("miss", "wrong"))
        )
    )


_LEFT, _TOP, _SIDE = 46, 12, 294
_SIZES_TOP, _SIZES_HEIGHT = _TOP + _SIDE + 58, 70


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Accuracy against confidence for each bin that has answers, and below it how many answers each bin has."""
    return "".join(
        [
            f'<svg class="reliability" viewBox="0 0 360 {_SIZES_TOP + _SIZES_HEIGHT + 8}" role="img"'
            ' aria-label="Reliability diagram">',
            *_frame(),
            *_points([one for one in bins if one.accuracy.of]),
            *_sizes(bins),
            "</svg>",
        ]
    )


def _x(confidence: float) -> float:
    return round(_LEFT + confidence * _SIDE, 1)


def _y(accuracy: float) -> float:
    return round(_TOP + (1 - accuracy) * _SIDE, 1)


def _frame() -> Iterator[str]:
    for step in range(0, 101, 20):
        at = step / 100
        yield f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(at)}" y2="{_y(at)}"/>'
        yield f'<line class="grid" x1="{_x(at)}" x2="{_x(at)}" y1="{_y(0)}" y2="{_y(1)}"/>'
        yield f'<text class="soft end" x="{_LEFT - 6}" y="{_y(at) + 4}">{step}%</text>'
        yield f'<text class="soft middle" x="{_x(at)}" y="{_y(0) + 16}">{step}%</text>'
    yield f'<line class="diagonal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    yield f'<text class="soft" x="{_x(0.03)}" y="{_y(0.95)}">right more often than it is sure</text>'
    yield f'<text class="soft end" x="{_x(0.97)}" y="{_y(0.03)}">surer than it is right</text>'
    yield f'<text class="middle" x="{_x(0.5)}" y="{_y(0) + 34}">confidence of the likeliest intent</text>'
    middle = _y(0.5)
    yield f'<text class="middle" transform="translate(11 {middle}) rotate(-90)">accuracy</text>'


def _points(filled: Sequence[Bin]) -> Iterator[str]:
    line = " ".join(f"{_x(one.confidence)},{_y(one.accuracy.value)}" for one in filled)
    yield f'<polyline class="line" points="{line}"/>'
    for one in filled:
        x, accuracy = _x(one.confidence), one.accuracy
        about = (
            f"confidence {one.confidence:.1%} on average, accuracy {accuracy.value:.1%} "
            f"({accuracy.low:.1%} to {accuracy.high:.1%}), {accuracy.of} questions"
        )
        yield f"<g><title>{about}</title>"
        yield f'<line class="interval" x1="{x}" x2="{x}" y1="{_y(accuracy.low)}" y2="{_y(accuracy.high)}"/>'
        yield f'<circle class="point" cx="{x}" cy="{_y(accuracy.value)}" r="4.5"/></g>'


def _sizes(bins: Sequence[Bin]) -> Iterator[str]:
    most = max((one.accuracy.of for one in bins), default=0) or 1
    bottom = _SIZES_TOP + _SIZES_HEIGHT
    for one in bins:
        height = round((_SIZES_HEIGHT - 16) * one.accuracy.of / most, 1)
        x, width = _x(one.low) + 1, round(_x(one.high) - _x(one.low) - 2, 1)
        yield f'<rect class="size" x="{x}" y="{bottom - height}" width="{width}" height="{height}"/>'
        yield f'<text class="soft middle" x="{x + width / 2}" y="{bottom - height - 4}">{one.accuracy.of}</text>'
    yield f'<text class="middle" transform="translate(11 {bottom - _SIZES_HEIGHT / 2}) rotate(-90)">questions</text>'
