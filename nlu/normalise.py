"""Bring a message into one plain spelling, and remember where in the original each character came from.

Half width, lower case, simplified characters, nothing invisible, no emoji inside words, and the plain word for each
evasive or mistaken spelling that `lexicon/normalise.yml` lists.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from nlu.spelling import Piece, Spellings

_HEAD_SHARE = 0.75
# 哈哈哈哈哈哈 and "plsssss" mean no more than their first three letters.
_MOST_REPEATS = 3


@dataclass(frozen=True, slots=True, repr=False)
class Normalised:
    """The plain text, and for each of its characters the stretch `[start, end)` of the original it stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

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
        pieces = _squeeze(self._letters(text))
        pieces = self._spellings.replace(pieces)
        return Normalised(
            "".join(piece[0] for piece in pieces),
            tuple(piece[1] for piece in pieces),
            tuple(piece[2] for piece in pieces),
        )

    def _letters(self, text: str) -> list[Piece]:
        pieces: list[Piece] = []
        for index in self._analysed(len(text)):
            for letter in self._spellings.plain_letter(text[index]):
                pieces.append((letter, index, index + 1))
        return pieces

    def _analysed(self, length: int) -> list[int]:
        if length <= self._limit:
            return list(range(length))
        head = int(self._limit * _HEAD_SHARE)
        return [*range(head), *range(length - (self._limit - head), length)]


def _squeeze(pieces: list[Piece]) -> list[Piece]:
    """Drop emoji inside words, repeated spaces, and all but the first letters of a long repetition."""
    kept: list[Piece] = []
    repeats = 0
    for position, piece in enumerate(pieces):
        letter = piece[0]
        before = kept[-1][0] if kept else ""
        repeats = repeats + 1 if letter == before else 1
        if letter == " " == before or (repeats > _MOST_REPEATS and not letter.isdigit()):
            continue
        if is_picture(letter) and before.isalpha() and _next_letter(pieces, position).isalpha():
            repeats = 1
            continue
        kept.append(piece)
    return kept


def _next_letter(pieces: list[Piece], position: int) -> str:
    for letter, _, _ in pieces[position + 1 : position + 9]:
        if not is_picture(letter):
            return letter
    return ""


def is_picture(letter: str) -> bool:
    """Whether `letter` is an emoji or another symbol that stands for nothing in the text."""
    return unicodedata.category(letter) in ("So", "Sk")
