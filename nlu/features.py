"""What the intent model may know of a message: n-grams of its words and characters, and of what they mean.

The meanings let a sentence about SIM cards learn from one about bank cards, and an English one from a Chinese one.
"""

from collections.abc import Iterator, Sequence
from math import log2

from nlu.analysis import Analysis
from nlu.spelling import is_han
from nlu.tense import deeds

WORD, CHARACTER, REPLACED, TOPIC, MEANING = "w", "c", "r", "t", "m"
"""The first letter of a feature tells its kind; `NgramSettings` weighs the kinds."""

_WORDS_LONGEST, _CHARACTERS_LONGEST, _REPLACED_LONGEST = 2, 4, 3
# Words that carry grammar and marks; where meanings stand in for words they only tear them apart.
_EMPTY_WORDS = """
the a an of to is are am be it this that for in on at and so my i me do does
的 着 呢 啊 呀 吧 哦 , . 。 ! ? 、 : ; " ' ~ …
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_QUESTION_ENDINGS = ("吗", "么", "嘛", "?", "呢", "不", "吧")
# A pasted advert mentions everything; beyond this many topics the pairs tell nothing more.
_MOST_TOPICS = 40


def features_of(analysis: Analysis) -> Iterator[str]:
    """The name of everything that is true of a message, with repeats."""
    words = [token.text for token in analysis.tokens]
    yield from _sequences(WORD, words, _WORDS_LONGEST)
    yield from _edges(words)
    yield from _characters(analysis.plain.text)
    yield from _sequences(REPLACED, _replaced(analysis), _REPLACED_LONGEST)
    yield from _topics(analysis)
    yield from _meanings(analysis)
    yield from _shape(analysis.plain.text)


def _sequences(kind: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield f"{kind}{' '.join(words[start : start + length])}"


def _edges(words: Sequence[str]) -> Iterator[str]:
    """How the message begins and ends."""
    if words:
        yield f"{WORD}^ {words[0]}"
        yield f"{WORD}^ {' '.join(words[:2])}"
        yield f"{WORD}$ {words[-1]}"
        yield f"{WORD}$ {' '.join(words[-2:])}"


def _characters(text: str) -> Iterator[str]:
    """n-grams of characters that do not cross a space; a word's ends show as spaces."""
    for word in text.split():
        padded = f" {word} "
        for length in range(1, _CHARACTERS_LONGEST + 1):
            for start in range(len(padded) - length + 1):
                yield f"{CHARACTER}{padded[start : start + length]}"


def _replaced(analysis: Analysis) -> list[str]:
    """The words that carry meaning, each mention, number and known meaning replaced by what it is."""
    known = _known(analysis)
    words: list[str] = []
    covered = 0
    for token in analysis.tokens:
        if token.start < covered:
            continue
        name, end = known.get(token.start, ("", 0))
        if name:
            words.append(name)
            covered = end
        elif token.text not in _EMPTY:
            words.append(token.text)
    return words


def _known(analysis: Analysis) -> dict[int, tuple[str, int]]:
    """Where something known begins: what it is and where it ends. The longest wins."""
    known: dict[int, tuple[str, int]] = {}
    for numeral in analysis.numerals:
        known[numeral.start] = (f"<{numeral.hint or 'number'}>", numeral.end)
    for match in analysis.matches:
        if match.end > known.get(match.start, ("", 0))[1]:
            meaning = match.meaning
            name = f"<job {meaning.value}>" if meaning.entity == "job" else f"<{meaning.entity}>"
            known[match.start] = (name, match.end)
    for mentioned in analysis.meanings:
        if mentioned.end > known.get(mentioned.start, ("", 0))[1]:
            known[mentioned.start] = (f"#{mentioned.concept}", mentioned.end)
    return known


def _topics(analysis: Analysis) -> Iterator[str]:
    """What the message talks about, in which order, and what goes together with what."""
    found = [(mentioned.start, mentioned.concept) for mentioned in analysis.topics]
    for match in analysis.matches:
        meaning = match.meaning
        valued = meaning.entity in ("item", "job", "deal")
        found.append((match.start, f"{meaning.entity}={meaning.value}" if valued else meaning.entity))
    found += [(numeral.start, f"number {numeral.hint}") for numeral in analysis.numerals]
    found += deeds(analysis)
    sequence = _without_repeats(name for _, name in sorted(found))
    yield from _near_pairs(TOPIC, sequence)
    together = sorted(set(sequence[:_MOST_TOPICS]))
    for place, second in enumerate(together):
        for first in together[:place]:
            yield f"{TOPIC}{first}&{second}"
    if not sequence:
        yield f"{TOPIC}nothing"


def _meanings(analysis: Analysis) -> Iterator[str]:
    yield from _near_pairs(MEANING, _without_repeats(mentioned.concept for mentioned in analysis.meanings))


def _near_pairs(kind: str, sequence: Sequence[str]) -> Iterator[str]:
    """Each name, and each with the next and the one after."""
    for name in sequence:
        yield f"{kind}{name}"
    for distance in (1, 2):
        for first, second in zip(sequence, sequence[distance:], strict=False):
            yield f"{kind}{first}>{second}"


def _without_repeats(names: Iterator[str]) -> list[str]:
    kept: list[str] = []
    for name in names:
        if not kept or kept[-1] != name:
            kept.append(name)
    return kept


def _shape(text: str) -> Iterator[str]:
    """How long the message is, and whether it looks like a question."""
    han = sum(map(is_han, text))
    length = han + (len(text) - han) / 4
    yield f"{TOPIC}length {min(int(log2(length + 1) * 1.5), 9)}"
    if "?" in text:
        yield f"{TOPIC}asks"
    if text.rstrip().endswith(_QUESTION_ENDINGS):
        yield f"{TOPIC}ends asking"
