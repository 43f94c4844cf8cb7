"""Flags found by the phrases that admins write in content, with negation and warnings taken into account."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from content.learning import Phrases
from content.library import Library
from content.phrases import compiled

_LOOK_BACK = 8  # letters before a phrase in which a negation turns it round
_LOOK_BACK_LATIN = 24
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-z]")
_JUST_BEFORE = re.compile(r"[不没无别免勿拒禁非防反].{0,2}$")
_ENDS_OF_PIECE = re.compile(r"[,，、：:]|但|而是|只要| but ")


class Match(NamedTuple):
    """A phrase in a sentence of plain text, for a flag; `turned_round`: a negation stands before it."""

    flag: str
    start: int
    end: int
    turned_round: bool


@dataclass(frozen=True)
class PhraseBook:
    """The phrases of every flag, ready to be searched for."""

    flags: tuple[tuple[str, tuple[re.Pattern[str] | None, re.Pattern[str] | None]], ...]  # Chinese, English
    negation: re.Pattern[str]
    warning: re.Pattern[str]

    def matches(self, plain: str) -> tuple[Match, ...]:
        """The first phrase of each flag in one sentence of plain text."""
        found = []
        written = (_HAN.search(plain) is not None, _LATIN.search(plain) is not None)
        for flag, patterns in self.flags:
            # English phrases are not looked for in a sentence without a Latin letter, nor the other way round.
            tried = (pattern.search(plain) for pattern, may in zip(patterns, written, strict=True) if pattern and may)
            match = next(filter(None, tried), None)
            if match is not None and match.end() > match.start():
                found.append(Match(flag, *match.span(), self._turned_round(plain, *match.span())))
        return tuple(found)

    def warns(self, plain: str) -> bool:
        """Whether the sentence warns of such adverts."""
        return self.warning.search(plain) is not None

    def hints(self, plain: str) -> list[str]:
        """What the model is told of one sentence."""
        return hints_of(self.matches(plain), warns=self.warns(plain))

    def _turned_round(self, text: str, start: int, end: int) -> bool:
        """Whether a negation stands before the phrase, or between its words, in the same piece of the sentence."""
        reach = _LOOK_BACK_LATIN if text[start:end].isascii() else _LOOK_BACK
        before = text[max(start - reach, 0) : start]
        cut = max((match.end() for match in _ENDS_OF_PIECE.finditer(before)), default=0)
        return bool(self.negation.search(before[cut:] + text[start:end]) or _JUST_BEFORE.search(before[cut:]))


def hints_of(matches: Iterable[Match], *, warns: bool) -> list[str]:
    """The flags found; one that is turned round is told as such, and a warning too."""
    found = [f"not {match.flag}" if match.turned_round else match.flag for match in matches]
    return [*found, "warning"] if warns else found


def phrase_book(library: Library) -> PhraseBook:
    """The phrases in content."""
    words = library.adverts
    flags = library.red_flags.items()
    return PhraseBook(
        tuple((name, (compiled(flag.phrases.zh), compiled(flag.phrases.en))) for name, flag in flags),
        _any_of(words.negations),
        _any_of(words.warnings),
    )


def _any_of(phrases: Phrases) -> re.Pattern[str]:
    return compiled((*phrases.zh, *phrases.en)) or re.compile(r"(?!)")
