"""Flags found by the phrases that admins write in content, with negation and warnings taken into account."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from content.learning import Phrases
from content.library import Library
from content.phrases import compiled
from nlu.adverts.pieces import Sentence

_LOOK_BACK = 8  # letters before a phrase in which a negation turns it round
_LOOK_BACK_LATIN = 24
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-z]")
_JUST_BEFORE = re.compile(r"[不没无别免勿拒禁非防反].{0,2}$")
_ENDS_OF_PIECE = re.compile(r"[,，、：:]|但|而是|只要| but ")


class Found(NamedTuple):
    """A flag that a phrase shows: in which sentence, and where in the advert."""

    flag: str
    sentence: int
    start: int
    end: int


class _Match(NamedTuple):
    """A phrase in a sentence of plain text; `turned_round`: a negation stands before it."""

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
    hiring: re.Pattern[str]
    employer: re.Pattern[str]
    outside: re.Pattern[str]

    def found(self, sentences: Sequence[Sentence]) -> list[Found]:
        """Every flag that a phrase shows and nothing in front of it turns round."""
        return [
            Found(match.flag, number, *sentence.span(match.start, match.end))
            for number, sentence in enumerate(sentences)
            for match in self._matches(sentence.plain.text)
            if not match.turned_round
        ]

    def hints(self, plain: str) -> list[str]:
        """The flags that a phrase shows in one sentence; one that is turned round is told as such."""
        found = [f"not {match.flag}" if match.turned_round else match.flag for match in self._matches(plain)]
        return [*found, "warning"] if self.warning.search(plain) else found

    @cached_property
    def _matches(self) -> Callable[[str], tuple[_Match, ...]]:
        """The first match of each flag in a sentence. Remembered for a while: the model and the check both ask."""
        return lru_cache(maxsize=512)(self._matched)

    def _matched(self, text: str) -> tuple[_Match, ...]:
        found = []
        written = (_HAN.search(text) is not None, _LATIN.search(text) is not None)
        for flag, patterns in self.flags:
            # English phrases are not looked for in a sentence without a Latin letter, nor the other way round.
            tried = (pattern.search(text) for pattern, may in zip(patterns, written, strict=True) if pattern and may)
            match = next(filter(None, tried), None)
            if match is not None and match.end() > match.start():
                turned = self._turned_round(text, match.start(), match.end())
                found.append(_Match(flag, match.start(), match.end(), turned))
        return tuple(found)

    def _turned_round(self, text: str, start: int, end: int) -> bool:
        """Whether a negation stands before the phrase, or between its words, in the same piece of the sentence."""
        reach = _LOOK_BACK_LATIN if text[start:end].isascii() else _LOOK_BACK
        before = text[max(start - reach, 0) : start]
        cut = max((match.end() for match in _ENDS_OF_PIECE.finditer(before)), default=0)
        return bool(self.negation.search(before[cut:] + text[start:end]) or _JUST_BEFORE.search(before[cut:]))


def phrase_book(library: Library) -> PhraseBook:
    """The phrases in content."""
    words = library.adverts
    flags = library.red_flags.items()
    return PhraseBook(
        tuple((name, (compiled(flag.phrases.zh), compiled(flag.phrases.en))) for name, flag in flags),
        *(_needed(one) for one in (words.negations, words.warnings, words.hiring, words.employers, words.outside)),
    )


def _pattern(phrases: Phrases) -> re.Pattern[str] | None:
    return compiled((*phrases.zh, *phrases.en))


_NOTHING = re.compile(r"(?!)")


def _needed(phrases: Phrases) -> re.Pattern[str]:
    return _pattern(phrases) or _NOTHING
