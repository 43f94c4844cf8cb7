"""Read the adverts that training learns from: `data/*.yml`, the telling words marked as `[words](flag)`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ADVERTS = Path(__file__).parent / "data"

_MARK = re.compile(r"\[([^\[\]]+)\]\((\w+)\)")
_FIELDS = {"id", "lang", "risky", "flags", "text"}
_UNMARKED = ("no_employer_named",)  # what is missing cannot be marked


class BadAdvert(ValueError):
    """An advert file is not as it should be; the message names the file and the advert."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that show a flag: where they stand in the text."""

    flag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Advert:
    """An advert with all its flags; `marks` say which words show them."""

    id: str
    language: str
    text: str
    risky: bool
    flags: frozenset[str]
    marks: tuple[Mark, ...]


def read_adverts(folder: Path = ADVERTS) -> list[Advert]:
    """Every advert, file by file. Raises BadAdvert for the first that is not as it should be."""
    found: list[Advert] = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            found.append(_advert(path, entry))
    _refuse_repeats(found)
    return found


def _advert(path: Path, entry: Any) -> Advert:
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise BadAdvert(
            f"{path.name}: an advert has exactly the fields {', '.join(sorted(_FIELDS))}: {str(entry)[:60]}"
        )
    name = f"{path.name}: {entry['id']}"
    text, marks = unmarked(str(entry["text"]).strip())
    flags = frozenset(entry["flags"])
    shown = {mark.flag for mark in marks}
    if shown - flags:
        raise BadAdvert(f"{name}: marked and not among its flags: {', '.join(sorted(shown - flags))}")
    if flags - shown - set(_UNMARKED):
        raise BadAdvert(f"{name}: among its flags and not marked: {', '.join(sorted(flags - shown - set(_UNMARKED)))}")
    return Advert(f"{path.stem}/{entry['id']}", entry["lang"], text, bool(entry["risky"]), flags, marks)


def unmarked(text: str) -> tuple[str, tuple[Mark, ...]]:
    """The text without its marks, and where the marked words stand in it."""
    plain, marks, done = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[done : match.start()]
        marks.append(Mark(match[2], len(plain), len(plain) + len(match[1])))
        plain += match[1]
        done = match.end()
    return plain + text[done:], tuple(marks)


def _refuse_repeats(adverts: Iterable[Advert]) -> None:
    seen: dict[str, str] = {}
    for advert in adverts:
        key = "".join(advert.text.split())
        if key in seen:
            raise BadAdvert(f"{advert.id} repeats {seen[key]}")
        seen[key] = advert.id


def flags_of(adverts: Iterable[Advert]) -> Iterator[str]:
    """Every flag that occurs, sorted."""
    yield from sorted({flag for advert in adverts for flag in advert.flags})
