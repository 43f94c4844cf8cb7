"""Which letters and spellings mean which plain word: read from `lexicon/normalise.yml`, applied with offsets kept."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SPELLING_FILE = Path(__file__).with_name("lexicon") / "normalise.yml"

Piece = tuple[str, int, int]
"""One letter of the plain text, and the stretch of the original it stands for."""

_SECTIONS = ("pictures", "torn", "spellings", "pinyin", "translations", "texting")
_TORN_BY = (" ", ".", "·", "*", "-", "_", "/", "|", "~", "。", ",", "、", "+")
_INVISIBLE = ("Cc", "Cf", "Cs", "Mn", "Me", "Cn", "Co")
# The ideographs that have simplified forms all stand between these two.
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


class BadSpelling(ValueError):
    """`normalise.yml` does not have the shape that its own comments describe."""


@dataclass(frozen=True, slots=True)
class SpellingTables:
    """The data of `Spellings`, all of it JSON: what a model stores, so that it keeps reading as it was trained."""

    words: dict[str, str]
    """Spelling to plain word."""
    texting: dict[str, str]
    """The same for English abbreviations, which do not count beside a Chinese character: the u in u盾 is not "you"."""
    pictures: dict[str, str]
    simplified: dict[str, str]

    def as_json(self) -> dict[str, dict[str, str]]:
        return asdict(self)


class Spellings:
    """Looks letters and spellings up in `SpellingTables`."""

    def __init__(self, tables: SpellingTables) -> None:
        self.tables = tables
        self._plain: dict[str, str] = {}
        lengths: dict[str, set[int]] = {}
        for spelling in (*tables.words, *tables.texting):
            lengths.setdefault(spelling[0], set()).add(len(spelling))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def plain_letter(self, letter: str) -> str:
        """`letter` in half width, lower case, simplified; "" when it is invisible; more than one for a ligature."""
        plain = self._plain.get(letter)
        if plain is None:
            plain = self._plain[letter] = self._plainly(letter)
        return plain

    def replace(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` with the longest listed spelling at each place replaced by its plain word."""
        text = "".join(piece[0] for piece in pieces)
        done: list[Piece] = []
        position = 0
        while position < len(text):
            found = self._spelling_at(text, position)
            if found is None:
                done.append(pieces[position])
                position += 1
                continue
            spelling, word = found
            done.extend(_respelled(pieces[position : position + len(spelling)], word))
            position += len(spelling)
        return done

    def _spelling_at(self, text: str, position: int) -> tuple[str, str] | None:
        for length in self._lengths.get(text[position], ()):
            end = position + length
            if end > len(text):
                continue
            spelling = text[position:end]
            word = self.tables.words.get(spelling)
            if word is None and not _touches_han(text, position, end):
                word = self.tables.texting.get(spelling)
            if word is not None and is_whole(text, position, end):
                return spelling, word
        return None

    def _plainly(self, letter: str) -> str:
        if letter in self.tables.pictures:
            return self.tables.pictures[letter]
        if letter.isspace():
            return " "
        if unicodedata.category(letter) in _INVISIBLE:
            return ""
        plain = unicodedata.normalize("NFKC", letter).lower()
        simplified = self.tables.simplified
        return "".join(simplified.get(part, part) for part in plain if unicodedata.category(part) not in _INVISIBLE)


def _respelled(pieces: list[Piece], word: str) -> list[Piece]:
    """`word` in the place of `pieces`: letter for letter where the lengths agree, else each letter stands for all."""
    if len(pieces) == len(word):
        return [(letter, start, end) for letter, (_, start, end) in zip(word, pieces, strict=True)]
    return [(letter, pieces[0][1], pieces[-1][2]) for letter in word]


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether neither end of `text[start:end]` lies inside a Latin word or a number."""
    return not (
        (start and _is_latin(text[start]) and _is_latin(text[start - 1]))
        or (end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end]))
    )


def _touches_han(text: str, start: int, end: int) -> bool:
    return (start > 0 and is_han(text[start - 1])) or (end < len(text) and is_han(text[end]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def word_starts(text: str) -> Iterator[int]:
    """Every place where a word may begin: all but the inside of Latin words and numbers."""
    inside = False
    for place, letter in enumerate(text):
        latin = _is_latin(letter)
        if not (inside and latin):
            yield place
        inside = latin


def is_han(letter: str) -> bool:
    """Whether `letter` is a Chinese character."""
    return "\u3400" <= letter <= "\u9fff"


@lru_cache(maxsize=4)
def load_spellings(path: Path = SPELLING_FILE) -> Spellings:
    """The tables in `path`. Raises `BadSpelling` when the file is not as it should be."""
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(data, dict) or set(data) != set(_SECTIONS):
        raise BadSpelling(f"{path}: write exactly the keys {', '.join(_SECTIONS)}")
    pictures = {picture: word for word, drawn in data["pictures"].items() for picture in drawn}
    letters = Spellings(SpellingTables({}, {}, pictures, _simplified_characters()))
    words = _plain_keys(letters, _spelled_words(data))
    texting = _plain_keys(letters, _listed(data["texting"]))
    return Spellings(SpellingTables(words, texting, pictures, _simplified_characters()))


def _plain_keys(letters: Spellings, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    plain = {"".join(map(letters.plain_letter, spelling)): word for spelling, word in pairs}
    return {spelling: word for spelling, word in plain.items() if spelling and spelling != word}


def _spelled_words(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for word in data["torn"]:
        yield from ((between.join(word), word) for between in _TORN_BY)
    for word, spellings in data["pinyin"].items():
        for spelling in spellings:
            yield from ((spelling.replace(" ", between), word) for between in ("", " ", "-"))
    yield from _listed(data["spellings"])
    yield from _listed(data["translations"])


def _listed(section: Mapping[str, list[str]]) -> Iterable[tuple[str, str]]:
    for word, spellings in section.items():
        yield from ((str(spelling), word) for spelling in spellings)


@lru_cache(maxsize=1)
def _simplified_characters() -> dict[str, str]:
    """Each traditional character and its simplified form, one to one, from OpenCC's tables."""
    from opencc import OpenCC

    every = [chr(code) for code in range(_FIRST_HAN, _LAST_HAN + 1)]
    # A line for each: OpenCC takes 0.1 s for the page, 40 s for the characters one by one.
    simple = OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {before: after for before, after in zip(every, simple, strict=True) if before != after}
