"""Bring a message into one plain spelling, and remember where in the original each character came from.

Half width, lower case, simplified characters, nothing invisible, no emoji inside words, and the plain word for each
evasive or mistaken spelling that `lexicon/normalise.yml` lists.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.spelling import UNEVEN, Spellings, is_picture

_HEAD_SHARE = 0.75
# 哈哈哈哈哈哈 and "plsssss" mean no more than their first three letters.
_MOST_REPEATS = 3
# What keeps a text from being plain as its letters are: letters that are not one, spaces in a row, long repetitions.
_UNEVEN = re.compile(rf"{UNEVEN}|  |(\D)\1{{{_MOST_REPEATS}}}")


@dataclass(frozen=True, slots=True, repr=False)
class Normalised:
    """The plain text, and for each of its characters the stretch `[start, end)` of the original it stands for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty stretch `[start, end)` of the plain text stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)` of the original stands in the plain text; empty when nothing of it is left."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


@dataclass(frozen=True, slots=True)
class NormaliserSettings:
    """`limit`: how many code points of a message are analysed, its beginning and its end.

    Telegram's messages have 4096 at most; a longer one is an accident or an attack.
    """

    limit: int = 4096


class Normaliser:
    """Turns messages into `Normalised`. Safe for any text, never raises because of one."""

    def __init__(self, spellings: Spellings, limit: int = NormaliserSettings().limit) -> None:
        self._spellings = spellings
        self._limit = limit

    def normalise(self, text: str) -> Normalised:
        """The plain spelling of `text`."""
        plain = self._even(text) if len(text) <= self._limit else self._uneven(text)
        return _respelled(plain, self._spellings.respelled(plain.text))

    def _even(self, text: str) -> Normalised:
        """`text` letter by letter, which is nearly always possible and quickly done."""
        letters = self._spellings.plain_letters(text)
        if _UNEVEN.search(letters):
            return self._uneven(text)
        return Normalised(letters, range(len(text)), range(1, len(text) + 1))

    def _uneven(self, text: str) -> Normalised:
        """`text` with what is dropped or becomes several letters."""
        letters, starts = "", []
        before = -1
        for index in self._analysed(len(text)):
            plain = self._spellings.plain_letter(text[index])
            if index > before + 1:
                plain = "\n" + plain  # what stands before the part left out and after it are no word together
            before = index
            if len(letters) + len(plain) > self._limit:
                break  # one sign that stands for a sentence, thousands of times
            letters += plain
            starts += [index] * len(plain)
        kept = _squeezed(letters)
        places = [starts[place] for place in kept]
        return Normalised("".join(letters[place] for place in kept), places, [place + 1 for place in places])

    def _analysed(self, length: int) -> Sequence[int]:
        if length <= self._limit:
            return range(length)
        head = int(self._limit * _HEAD_SHARE)
        return [*range(head), *range(length - (self._limit - head) + 1, length)]


def _squeezed(letters: str) -> list[int]:
    """Places of the letters to keep: no emoji inside words, no repeated spaces, only the start of a long repetition."""
    kept: list[int] = []
    repeats = 0
    for place, letter in enumerate(letters):
        before = letters[kept[-1]] if kept else ""
        repeats = repeats + 1 if letter == before else 1
        if letter == " " == before or (repeats > _MOST_REPEATS and not letter.isdigit()):
            continue
        if is_picture(letter) and before.isalpha() and _next_letter(letters, place).isalpha():
            repeats = 1
            continue
        kept.append(place)
    return kept


def _next_letter(letters: str, place: int) -> str:
    return next((letter for letter in letters[place + 1 : place + 9] if not is_picture(letter)), "")


def _respelled(plain: Normalised, words: Sequence[tuple[int, int, str]]) -> Normalised:
    """`plain` with the stretches in `words` replaced: letter for letter where lengths agree, else each for all."""
    if not words:
        return plain
    text, starts, ends = "", list[int](), list[int]()
    done = 0
    for start, end, word in (*words, (len(plain.text), len(plain.text), "")):
        text += plain.text[done:start] + word
        starts += plain.starts[done:start]
        ends += plain.ends[done:start]
        if len(word) == end - start:
            starts += plain.starts[start:end]
            ends += plain.ends[start:end]
        else:
            starts += [plain.starts[start]] * len(word)
            ends += [plain.ends[end - 1]] * len(word)
        done = end
    return Normalised(text, starts, ends)
