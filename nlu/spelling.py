"""Which letters and spellings mean which plain word: read from `lexicon/normalise.yml`, and from OpenCC's tables."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.phrases import Phrases

SPELLING_FILE = Path(__file__).with_name("lexicon") / "normalise.yml"

UNEVEN = "\ue000"
"""Stands, for a moment, for a letter that the plain text drops, or writes with more than one."""

_SECTIONS = ("pictures", "torn", "spellings", "pinyin", "translations", "texting")
_TORN_BY = (" ", ".", "·", "*", "-", "_", "/", "|", "~", "。", ",", "、", "+")
_INVISIBLE = ("Cc", "Cf", "Cs", "Mn", "Me", "Cn", "Co")
# The ideographs that have simplified forms all stand between these two.
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
# Rarer code points are looked up each time instead of being kept.
_LAST_COMMON = 0xFFFF


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


class _PlainLetters(dict[int, str]):
    """For `str.translate`: the plain letter of each code point once looked up, `UNEVEN` where it is not just one."""

    def __init__(self, plainly: Callable[[str], str]) -> None:
        super().__init__()
        self._plainly = plainly

    def __missing__(self, code: int) -> str:
        plain = self._plainly(chr(code))
        letter = plain if len(plain) == 1 and not is_picture(plain) else UNEVEN
        if code <= _LAST_COMMON:
            self[code] = letter
        return letter


class Spellings:
    """Looks letters and spellings up in `SpellingTables`."""

    def __init__(self, tables: SpellingTables) -> None:
        self.tables = tables
        self._letters = _PlainLetters(self.plain_letter)
        spelled = {spelling: ((word, False),) for spelling, word in tables.texting.items()}
        spelled |= {spelling: ((word, True),) for spelling, word in tables.words.items()}
        self._phrases = Phrases(spelled)

    def plain_letters(self, text: str) -> str:
        """`text` with each letter in half width, lower case, simplified; `UNEVEN` for one dropped or many."""
        return text.translate(self._letters)

    def plain_letter(self, letter: str) -> str:
        """`letter` in half width, lower case, simplified; "" when it is invisible; more than one for a ligature."""
        if letter in self.tables.pictures:
            return self.tables.pictures[letter]
        if letter.isspace():
            return " "
        if unicodedata.category(letter) in _INVISIBLE:
            return ""
        plain = unicodedata.normalize("NFKC", letter).lower()
        simplified = self.tables.simplified
        return "".join(simplified.get(part, part) for part in plain if unicodedata.category(part) not in _INVISIBLE)

    def respelled(self, text: str) -> list[tuple[int, int, str]]:
        """Which stretches of the plain `text` are listed spellings, and of what: the longest at each place."""
        replaced = []
        done = 0
        for start, end, meanings in self._phrases.found(text):
            for word, everywhere in meanings:
                if start >= done and (everywhere or not _touches_han(text, start, end)):
                    replaced.append((start, end, word))
                    done = end
        return replaced


def is_picture(letter: str) -> bool:
    """Whether `letter` is an emoji or another symbol that stands for nothing in the text."""
    return unicodedata.category(letter) in ("So", "Sk")


def _touches_han(text: str, start: int, end: int) -> bool:
    return (start > 0 and is_han(text[start - 1])) or (end < len(text) and is_han(text[end]))


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
