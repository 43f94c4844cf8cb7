"""A report as text, as a page with pictures, as a table, and as one picture for the chat."""

import csv
import io
from collections.abc import Iterator
from html import escape

from PIL import Image, ImageDraw, ImageFont

from bot.campaigns.privacy import Cells
from bot.campaigns.report import OPT_OUT_HOURS, Report, Share

_FEW = "<5"
_BLUE, _GREY, _INK = "#2b6cb0", "#e2e8f0", "#1a202c"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a202c}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}svg{width:100%;height:auto}"
    "td,th{padding:.2rem .8rem .2rem 0;text-align:left}.soft{color:#718096}"
)

Row = tuple[str, str, int | None, int | None]
"""Section, name, count, of how many."""


def rows(report: Report) -> Iterator[Row]:
    """Every figure of the report."""
    for name, count in report.funnel.items():
        yield "delivery", name, count, report.planned
    if report.held_out != 0:
        yield "delivery", "held_out", report.held_out, None
    sections: tuple[tuple[str, Cells], ...] = (
        ("hour", report.hours),
        ("language", report.languages),
        ("class", report.classes),
        ("variant", report.variants),
    )
    for section, cells in sections:
        for name, count in cells.items():
            yield section, name, count, None
    for label, pressed in report.buttons:
        yield "button", f"{label['zh']} / {label['en']}", _count(pressed), _total(pressed)
    for question in report.questions:
        yield "question, after", question.name, _count(question.after), _total(question.after)
        yield "question, held out", question.name, _count(question.held_out), _total(question.held_out)
    after = report.opted_out_after
    yield "opted out", f"within {OPT_OUT_HOURS} h", _count(after), _total(after)


def as_text(report: Report) -> str:
    """For a terminal."""
    lines = [f"{report.title['zh']} / {report.title['en']}", f"{report.id}: {report.state}"]
    if report.planned is None:
        return "\n".join(
            [*lines, "Fewer than five recipients: nothing more is shown, so that nobody can be found by it."]
        )
    section = ""
    for kind, name, count, total in rows(report):
        if kind != section:
            lines += ["", kind]
            section = kind
        shown = _FEW if count is None else str(count)
        of = f" of {total} ({count / total:.0%})" if total and count is not None else ""
        lines.append(f"  {name}: {shown}{of}")
    lines += [f"  {line}" for line in _gains(report)]
    lines += ["", f"{_FEW}: too few to be shown; nothing is shown from which they could be computed."]
    return "\n".join(lines)


def _gains(report: Report) -> Iterator[str]:
    for question in report.questions:
        if question.gain is not None:
            gain, low, high = (100 * value for value in question.gain)
            yield f"{question.name}: {gain:+.0f} points right answers ({low:+.0f} to {high:+.0f}, 95 %)"


def as_csv(report: Report) -> str:
    """For a spreadsheet. Nothing in it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["section", "name", "count", "of"])
    for section, name, count, total in rows(report):
        writer.writerow([section, _harmless(name), _FEW if count is None else count, "" if total is None else total])
    return out.getvalue()


def _harmless(text: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet (OWASP: CSV injection)."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def as_html(report: Report) -> str:
    """One page that needs nothing else."""
    title = escape(f"{report.title['zh']} / {report.title['en']}")
    body = [f"<h1>{title}</h1>", f'<p class="soft">{escape(report.id)} · {escape(report.state)}</p>']
    if report.planned is None:
        body.append("<p>Fewer than five recipients: nothing more is shown. 收件人少于五名，不再显示其他数字。</p>")
    else:
        grouped: dict[str, list[Row]] = {}
        for row in rows(report):
            grouped.setdefault(row[0], []).append(row)
        for section, found in grouped.items():
            body += [f"<h2>{escape(section)}</h2>", _bars(found)]
        body += [f"<p>{escape(line)}</p>" for line in _gains(report)]
        body.append(
            '<p class="soft">&lt;5: too few to be shown; nothing is shown from which they could be computed. '
            "少于 5 人的不显示，也不显示能推算出来的数字。</p>"
        )
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><body>{''.join(body)}</body></html>\n"
    )


def _bars(found: list[Row]) -> str:
    most = max((total or count or 0 for _, _, count, total in found), default=0) or 1
    parts = []
    for line, (_, name, count, total) in enumerate(found):
        top = 30 * line
        width = 360 * (count or 0) / most
        shown = _FEW if count is None else f"{count}" + (f" ({count / total:.0%})" if total else "")
        parts.append(
            f'<text x="0" y="{top + 17}" font-size="13" fill="{_INK}">{escape(name[:34])}</text>'
            f'<rect x="250" y="{top + 4}" width="360" height="18" fill="{_GREY}" rx="3"/>'
            f'<rect x="250" y="{top + 4}" width="{width:.0f}" height="18" fill="{_BLUE}" rx="3"/>'
            f'<text x="620" y="{top + 18}" font-size="13" fill="{_INK}">{escape(shown)}</text>'
        )
    return f'<svg viewBox="0 0 720 {30 * len(found) + 4}" role="img">{"".join(parts)}</svg>'


def as_picture(report: Report) -> bytes:
    """The funnel and the buttons as a JPEG: bars with numbers, which the message below it explains in words."""
    shown = [
        (name.replace("_", " "), count, total) for section, name, count, total in rows(report) if section == "delivery"
    ]
    shown += [
        (f"button {number}", _count(pressed), _total(pressed)) for number, (_, pressed) in enumerate(report.buttons, 1)
    ]
    shown += [
        (f"question {number} right", _count(one.after), _total(one.after))
        for number, one in enumerate(report.questions, 1)
    ]
    height = 56 * len(shown) + 40
    picture = Image.new("RGB", (1000, height), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(26)
    for line, (name, count, total) in enumerate(shown):
        top, whole = 20 + 56 * line, total or report.planned or 1
        draw.text((20, top + 4), name, _INK, font)
        draw.rounded_rectangle((270, top, 800, top + 40), 6, _GREY)
        if count:
            draw.rounded_rectangle((270, top, 270 + max(530 * count / whole, 8), top + 40), 6, _BLUE)
        draw.text((815, top + 4), _FEW if count is None else f"{count}", _INK, font)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _count(share: Share | None) -> int | None:
    return None if share is None else share.count


def _total(share: Share | None) -> int | None:
    return None if share is None else share.total
