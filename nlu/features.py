"""What the intent model may know of a message: n-grams of its words and characters, and of what they mean.

The meanings let a sentence about SIM cards learn from one about bank cards, and an English one from a Chinese one.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise, repeat
from math import log2
from typing import Any, NamedTuple

from nlu.analysis import Analysis
from nlu.tense import deeds

Key = Any
"""What names a feature: a string, or a tuple of strings."""

_CHARACTERS_LONGEST = 4
# Words that carry grammar and marks; where meanings stand in for words they only tear them apart.
_EMPTY_WORDS = """
the a an of to is are am be it this that for in on at and so my i me do does
的 着 呢 啊 呀 吧 哦 , . 。 ! ? 、 : ; " ' ~ …
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_QUESTION_ENDINGS = ("吗", "么", "嘛", "?", "呢", "不", "吧")
# A pasted advert mentions everything; beyond this many topics the pairs tell nothing more.
_MOST_TOPICS = 24


class Features(NamedTuple):
    """The names of everything that is true of a message, by kind, with repeats.

    `characters` is the text that `character_ngrams` cuts: finding those of a vocabulary needs no cutting.
    """

    words: list[Key]
    characters: str
    replaced: list[Key]
    topics: list[Key]
    meanings: list[Key]

    def __repr__(self) -> str:
        return f"Features({', '.join(self._fields)})"


def features_of(analysis: Analysis) -> Features:
    """The features of a message."""
    words = [token.text for token in analysis.tokens]
    text = analysis.plain.text
    return Features(
        [*words, *pairwise(words), *_edges(words)],
        f" {text} ",
        _sequences(_replaced(analysis)),
        [*_topics(analysis), *_shape(text)],
        _near_pairs(_without_repeats(concept for _, _, concept in analysis.meanings)),
    )


def character_ngrams(text: str) -> list[str]:
    """The n-grams of one to four letters in `text`, which begins and ends with a space; none has one inside."""
    found: list[str] = []
    for chunk in text.split():
        padded = f" {chunk} "
        found += chunk
        for length in range(2, _CHARACTERS_LONGEST + 1):
            found += [padded[start : start + length] for start in range(len(padded) - length + 1)]
    return found


def _edges(words: Sequence[str]) -> list[Key]:
    """How the message begins and ends."""
    if not words:
        return []
    return [("^", words[0], ""), ("^", *words[:2], ""), ("$", words[-1], ""), ("$", *words[-2:], "")]


def _sequences(names: Sequence[str]) -> list[Key]:
    pairs = pairwise(names)
    return [*names, *pairs, *zip(names, names[1:], names[2:], strict=False)]


def _replaced(analysis: Analysis) -> list[str]:
    """The words that carry meaning, each mention, number and known meaning replaced by what it is."""
    known = _known(analysis)
    words: list[str] = []
    covered = 0
    for text, start, _ in analysis.tokens:
        if start < covered:
            continue
        if start in known:
            name, covered = known[start]
            words.append(name)
        elif text not in _EMPTY:
            words.append(text)
    return words


def _known(analysis: Analysis) -> dict[int, tuple[str, int]]:
    """Where something known begins: what it is and where it ends. The longest wins."""
    known = {numeral.start: (f"<{numeral.hint or 'number'}>", numeral.end) for numeral in analysis.numerals}
    for start, end, (entity, value, _) in analysis.matches:
        if start not in known or end > known[start][1]:
            known[start] = (f"<job {value}>" if entity == "job" else f"<{entity}>", end)
    for start, end, concept in analysis.meanings:
        if start not in known or end > known[start][1]:
            known[start] = (f"#{concept}", end)
    return known


def _topics(analysis: Analysis) -> list[Key]:
    """What the message talks about, in which order, and what goes together with what."""
    found = [(start, concept) for start, _, concept in analysis.topics]
    for start, _, (entity, value, _) in analysis.matches:
        found.append((start, f"{entity}={value}" if entity in ("item", "job", "deal") else entity))
    found += [(numeral.start, f"number {numeral.hint}") for numeral in analysis.numerals]
    found += deeds(analysis)
    found.sort()
    sequence = _without_repeats(name for _, name in found)
    together = sorted(set(sequence[:_MOST_TOPICS]))
    return [*_near_pairs(sequence), *combinations(together, 2)] if sequence else ["nothing"]


def _near_pairs(sequence: Sequence[str]) -> list[Key]:
    """Each name, and each with the next and the one after."""
    following = zip(sequence, sequence[1:], repeat(">"), strict=False)
    return [*sequence, *following, *zip(sequence, sequence[2:], repeat(">"), strict=False)]


def _without_repeats(names: Iterable[str]) -> list[str]:
    kept = [""]
    for name in names:
        if kept[-1] != name:
            kept.append(name)
    return kept[1:]


def _shape(text: str) -> Iterator[str]:
    """How long the message is, and whether it looks like a question."""
    latin = sum(map(str.isascii, text))
    length = len(text) - latin * 3 / 4
    yield f"length {min(int(log2(length + 1) * 1.5), 9)}"
    if "?" in text:
        yield "asks"
    if text.rstrip().endswith(_QUESTION_ENDINGS):
        yield "ends asking"
