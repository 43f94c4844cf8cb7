"""The units an entity is made of, and what the entity model may know of each: itself, its neighbours, the lexicon."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nlu.analysis import Analysis
from nlu.spelling import is_han

_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+(?:[.,]\d+)*|\S")
_FAR = 9


@dataclass(frozen=True, slots=True)
class Unit:
    """A Chinese character, a Latin word, a number or a mark, and where it stands in the plain text."""

    text: str = field(repr=False)
    start: int
    end: int


def units_of(analysis: Analysis) -> tuple[Unit, ...]:
    """The units of a message, spaces left out."""
    return tuple(Unit(part.group(), part.start(), part.end()) for part in _UNIT.finditer(analysis.plain.text))


def unit_features(analysis: Analysis, units: tuple[Unit, ...]) -> list[list[str]]:
    """For each unit, the names of everything that is true of it."""
    texts = ["^^", "^", *(unit.text for unit in units), "$", "$$"]
    places = _token_places(analysis, units)
    tags = _lexicon_tags(analysis, units)
    everywhere = _message_features(analysis)
    near = _distances(units, tags)
    features = []
    for index in range(len(units)):
        known = _own(texts, index + 2)
        known += places[index]
        known += tags[index]
        for offset, name in ((-1, "<"), (1, ">"), (2, ">>"), (-2, "<<")):
            if 0 <= index + offset < len(units):
                known += [f"{name}{tag}" for tag in tags[index + offset]]
        known += near[index]
        if any(tag.startswith(("deal", "relation", "role", "item", "job")) for tag in tags[index]):
            known += everywhere
        features.append(known)
    return features


def _own(texts: list[str], at: int) -> list[str]:
    text, before, after = texts[at], texts[at - 1], texts[at + 1]
    known = [
        f"w={text}",
        f"w-1={before}",
        f"w+1={after}",
        f"w-2={texts[at - 2]}",
        f"w+2={texts[at + 2]}",
        f"w-1w={before}|{text}",
        f"ww+1={text}|{after}",
        f"w-1w+1={before}|{after}",
        f"ww+1w+2={text}|{after}|{texts[at + 2]}",
        f"w-2w-1w={texts[at - 2]}|{before}|{text}",
        f"shape={_shape(text)}",
    ]
    if text.isascii() and len(text) > 3:
        known += [f"end={text[-3:]}", f"begin={text[:4]}"]
    return known


def _shape(text: str) -> str:
    if is_han(text[0]):
        return "han"
    if text[0].isdigit():
        return f"digits{min(len(text), 6)}"
    return "word" if text[0].isalpha() else "mark"


def _token_places(analysis: Analysis, units: tuple[Unit, ...]) -> list[list[str]]:
    """Where in its word each unit stands, and which word that is."""
    places: list[list[str]] = [[] for _ in units]
    at = {unit.start: index for index, unit in enumerate(units)}
    for token in analysis.tokens:
        inside = [index for position in range(token.start, token.end) if (index := at.get(position)) is not None]
        for number, index in enumerate(inside):
            place = (
                "whole"
                if len(inside) == 1
                else ("first" if number == 0 else "last" if number == len(inside) - 1 else "inner")
            )
            places[index] += [f"place={place}", f"token={token.text}"]
    return places


def _lexicon_tags(analysis: Analysis, units: tuple[Unit, ...]) -> list[list[str]]:
    """What the lexicon and the numbers say of each unit: entity, value, how sure, whether it begins there."""
    tags: list[list[str]] = [[] for _ in units]
    for match in analysis.matches:
        meaning = match.meaning
        name = f"{meaning.entity}{'!' if meaning.sure else '?'}"
        for index in _inside(units, match.start, match.end):
            begins = "B" if units[index].start == match.start else "I"
            ends = "E" if units[index].end == match.end else ""
            tags[index] += [f"{name}{begins}{ends}", f"{name}={meaning.value}"]
    for numeral in analysis.numerals:
        for index in _inside(units, numeral.start, numeral.end):
            begins = "B" if units[index].start == numeral.start else "I"
            tags[index] += [f"number{numeral.hint}{begins}", f"number{len(str(int(numeral.value)))}"]
    return tags


def _inside(units: tuple[Unit, ...], start: int, end: int) -> Iterable[int]:
    from bisect import bisect_left

    first = bisect_left(units, start, key=lambda unit: unit.start)
    while first < len(units) and units[first].end <= end:
        yield first
        first += 1


def _message_features(analysis: Analysis) -> list[str]:
    """Which kinds of mention the message has at all: "use" is a deal only where there is a card to use."""
    found = {
        f"has {match.meaning.entity}{'!' if match.meaning.sure else '?'}"
        for match in analysis.matches
        if match.meaning.entity != "relation"
    }
    return sorted(found) or ["has nothing"]


def _distances(units: tuple[Unit, ...], tags: list[list[str]]) -> list[list[str]]:
    """How far the nearest item stands before and after each unit."""
    marks = [
        "".join("!" if tag.startswith("item!") else "?" if tag.startswith("item?") else "" for tag in known)[:1]
        for known in tags
    ]
    distances: list[list[str]] = [[] for _ in units]
    for name, order in (("before", range(len(units))), ("after", range(len(units) - 1, -1, -1))):
        seen, last = "", 0
        for step, index in enumerate(order):
            if seen and step - last < _FAR:
                distances[index].append(f"item {name}{seen}{min(step - last, 5)}")
            if marks[index]:
                seen, last = marks[index], step
    return distances
