"""Every place in a message that may be a mention of an entity, and what the entity model may know of each."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import log10
from typing import Any, NamedTuple

from nlu.analysis import Analysis
from nlu.interpreter import Value
from nlu.lexicon import Lexicon, Match
from nlu.numerals import Numeral

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
_SMALL = 100


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
    """For each candidate, the names of everything that is true of it: its words, those beside it, what is near."""
    text = analysis.plain.text
    words = ["^", *[token.text for token in analysis.tokens], "$"]
    starts = [token.start for token in analysis.tokens]
    hints = {one.hint for one in candidates if one.entity == "item"}
    item = "sure" if "sure" in hints else "weak" if hints else "none"
    features = []
    for entity, value, start, end, hint in candidates:
        number = entity in NUMBERS
        own = hint if number else text[start:end]
        # words[0] stands for the beginning, so the place of a word there is one more than in `starts`.
        before, after = words[bisect_right(starts, start) - 1], words[bisect_right(starts, end - 1) + 1]
        known: list[Key] = [
            (entity,),
            (entity, "own", own),
            (entity, "hint", hint),
            (entity, "<", before),
            (entity, ">", after),
            (entity, "<>", before, after),
            (entity, "<own", before, own),
            (entity, "own>", own, after),
            (entity, "letters<", text[max(0, start - 2) : start]),
            (entity, "letters>", text[end : end + 2]),
            (entity, "item", item),
            (entity, "item", item, hint if number else value),
        ]
        known += _size(entity, float(value), hint) if number else [(entity, "value", value)]
        features.append(known)
    return features


def _size(entity: str, value: float, hint: str) -> list[Key]:
    """How large a number is, and whether it is a round one."""
    known: list[Key] = [
        (entity, "digits", hint, int(log10(value + 1))),
        (entity, "round", value % 100 == 0, value % 10 == 0, value.is_integer()),
    ]
    if value < _SMALL:
        known.append((entity, "value", value))
    return known
