"""Phrases by which adverts are recognised: a small language that admins can write.

`收 银行卡` means that the two stand near each other in one sentence, in this order, at most twelve letters apart (in
English thirty), with no comma between them. `(收|租) (银行卡|储蓄卡)` gives alternatives. A space inside English
words is written `_`: `bank_account`. `#` stands for a number. Case and width make no difference.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_PART = re.compile(r"\(([^()]+)\)|([^()|\s]+)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})(?:\s+(?:{_PART.pattern}))*")
_GAP_HAN, _GAP_LATIN = 12, 30
_NOT_LETTERS = re.compile(r"#[a-z0-9]*|_")  # in a word: a number with its unit, a space
_NUMBER = r"\d[\d.,]*"


class BadPhrase(ValueError):
    """The phrase cannot be understood; the message says what to change."""


@lru_cache(maxsize=4096)
def pattern(phrase: str) -> str:
    """The regular expression of a phrase, for plain text (half width, small letters). Raises BadPhrase."""
    if not _WHOLE.fullmatch(phrase.strip()):
        raise BadPhrase(f"{phrase!r}: write words, with (one|another) for alternatives and a space for «near»")
    parts = [match[1] or match[2] for match in _PART.finditer(phrase)]
    gap = _GAP_LATIN if phrase.isascii() else _GAP_HAN
    return rf"[^,，;；]{{0,{gap}}}?".join(_alternatives(part.split("|")) for part in parts)


def literals(phrase: str) -> list[frozenset[str]]:
    """For each part of a phrase some letters, one of which stands in every text that has the phrase.

    Latin letters are those at the beginning of a word. Empty where a part may be a bare number.
    """
    found = []
    for match in _PART.finditer(phrase):
        words = filter(None, (match[1] or match[2]).lower().split("|"))
        pieces = [max(_NOT_LETTERS.split(word), key=len) for word in words]
        found.append(frozenset(pieces) if all(pieces) else frozenset[str]())
    return found


def compiled(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all phrases; None when there are none. Raises BadPhrase."""
    patterns = [pattern(phrase) for phrase in phrases]
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.DOTALL) if patterns else None


def _alternatives(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(_word, filter(None, words))) + ")"


def _word(word: str) -> str:
    """A word as a pattern; Latin words are whole words."""
    escaped = re.escape(word.lower()).replace("_", r"\s+").replace(r"\#", _NUMBER).replace("#", _NUMBER)
    before = r"(?<![a-z0-9])" if re.match(r"[a-zA-Z0-9]", word) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-zA-Z0-9]$", word) else ""
    return f"{before}{escaped}{after}"
