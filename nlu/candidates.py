"""Every place in a message that may be a mention of an entity, and what the entity model may know of each."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import log10
from typing import Any, NamedTuple

from nlu.analysis import Analysis
from nlu.interpreter import Value
from nlu.lexicon import Lexicon, Match
from nlu.numerals import Numeral
from nlu.tokens import Token

Key = tuple[Any, ...]

NUMBERS = frozenset({"count", "amount", "age"})
_LARGEST = {"count": 100_000, "age": 120}
# What belongs to a number: 三张, 500块, ¥800, 17岁.
_UNITS = {
    "amount": re.compile(r"\ ?(?:块钱?|元|圆|大洋|人民币|rmb|yuan|cny|kuai|bucks)(?![a-z])"),
    "count": re.compile(r"[张套个条部台]"),
    "age": re.compile(r"周?岁|[ -]?years?[ -]old|[ -]?y/?o(?![a-z])"),
}
_CURRENCY = re.compile(r"(?:¥|rmb|cny)\ ?$")
_BARE_CARDS = frozenset(["卡", "card", "cards"])
_NEAR = (1, 2, 3, 5, 9)


class Candidate(NamedTuple):
    """A stretch of the plain text that may mean `value`. `hint`: what the lexicon or the words beside it say of it."""

    entity: str
    value: Value
    start: int
    end: int
    hint: str


def candidates_of(analysis: Analysis, forms: Lexicon) -> list[Candidate]:
    """Every candidate of a message, in its order: known surface forms, and each number as what it can be."""
    text = analysis.plain.text
    matches = forms.matches(text)
    cards = _bare_cards(matches)
    found = []
    for start, end, (entity, value, sure) in matches:
        if entity == "item" and text[start:end] in _BARE_CARDS:
            value = cards
        found.append(Candidate(entity, value, start, end, "sure" if sure else "weak"))
    for numeral in analysis.numerals:
        found += _numbers(text, numeral)
    found.sort(key=_place)
    return found


def _bare_cards(matches: Sequence[Match]) -> str:
    """What a bare card is: a bank card unless the message speaks of phone cards and of no bank card."""
    sure = {match.meaning.value for match in matches if match.meaning.entity == "item" and match.meaning.sure}
    return "phone_card" if "phone_card" in sure and "bank_card" not in sure else "bank_card"


def _place(one: Candidate) -> tuple[int, int]:
    return one.start, -one.end


def _numbers(text: str, numeral: Numeral) -> Iterator[Candidate]:
    """A number as an amount, a count and an age, each with the unit that makes it one."""
    value, whole = numeral.value, float(numeral.value).is_integer()
    for entity, unit in _UNITS.items():
        if entity != "amount" and not (whole and value <= _LARGEST[entity]):
            continue
        unit_after = unit.match(text, numeral.end)
        end = unit_after.end() if unit_after else numeral.end
        before = _CURRENCY.search(text, max(0, numeral.start - 4), numeral.start) if entity == "amount" else None
        start = before.start() if before else numeral.start
        yield Candidate(entity, value if entity == "amount" else int(value), start, end, numeral.hint)


def candidate_features(analysis: Analysis, candidates: Sequence[Candidate]) -> list[list[Key]]:
    """For each candidate, the names of everything that is true of it."""
    text, tokens = analysis.plain.text, analysis.tokens
    starts = [token.start for token in tokens]
    items = [(one.start, one.end, one.hint) for one in candidates if one.entity == "item"]
    kinds = sorted({(one.entity, one.hint) for one in candidates if one.entity not in ("relation", *NUMBERS)})
    features = []
    for place, one in enumerate(candidates):
        first = bisect_right(starts, one.start) - 1
        last = bisect_right(starts, one.end - 1) - 1
        known = _around(text, tokens, one, first, last)
        known += _company(candidates, place)
        known += _items_near(items, one)
        known += [(one.entity, "has", *kind) for kind in kinds]
        if one.entity in NUMBERS:
            known += _size(one)
        features.append(known)
    return features


def _around(text: str, tokens: Sequence[Token], one: Candidate, first: int, last: int) -> list[Key]:
    """The candidate's own words and those beside it."""
    entity, _, start, end, hint = one
    number = entity in NUMBERS
    own = hint if number else text[start:end]
    before = tokens[first - 1].text if first > 0 else "^"
    after = tokens[last + 1].text if last + 1 < len(tokens) else "$"
    inside = tokens[first].start < start or end < tokens[last].end
    known: list[Key] = [
        (entity,),
        (entity, "own", own),
        (entity, "hint", hint),
        (entity, "inside", inside),
        (entity, "<", before),
        (entity, ">", after),
        (entity, "<>", before, after),
        (entity, "<own", before, own),
        (entity, "own>", own, after),
        (entity, "letters<", text[max(0, start - 2) : start]),
        (entity, "letters>", text[end : end + 2]),
    ]
    if not number:
        known.append((entity, "value", one.value))
    if inside:
        known.append((entity, "inside", tokens[first].text, tokens[last].text))
    return known


def _company(candidates: Sequence[Candidate], place: int) -> Iterator[Key]:
    """Which candidates stand before and after it, or at the same place."""
    one = candidates[place]
    for name, step in (("<", -1), (">", 1)):
        other = place + step
        if 0 <= other < len(candidates):
            beside = candidates[other]
            overlap = beside.start < one.end and one.start < beside.end
            yield (one.entity, name, "beside", beside.entity, overlap)
            yield (one.entity, name, "beside", one.hint, beside.entity, beside.hint, overlap)


def _items_near(items: Iterable[tuple[int, int, str]], one: Candidate) -> Iterator[Key]:
    """How far the nearest item stands before and after."""
    before = min(((one.start - end, hint) for _, end, hint in items if end <= one.start), default=None)
    after = min(((start - one.end, hint) for start, _, hint in items if start >= one.end), default=None)
    for name, near in (("before", before), ("after", after)):
        if near is None:
            yield (one.entity, name, "no item")
        else:
            distance = sum(near[0] >= step for step in _NEAR)
            yield (one.entity, name, near[1], distance)
            yield (
                one.entity,
                name,
                one.value if one.entity not in NUMBERS else one.hint,
                near[1],
                distance < len(_NEAR),
            )


def _size(one: Candidate) -> Iterator[Key]:
    """How large a number is, and whether it is a round one."""
    value = float(one.value)
    yield (one.entity, "digits", one.hint, int(log10(value + 1)))
    yield (one.entity, "round", value % 100 == 0, value % 10 == 0, value.is_integer())
    if value < 100:
        yield (one.entity, "value", value)
