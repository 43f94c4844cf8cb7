"""Flags found by the phrases that admins write in content, with negation and warnings taken into account."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from content.learning import Phrases
from content.library import Library
from content.phrases import compiled
from nlu.adverts.pieces import Sentence

_LOOK_BACK = 8  # letters before a phrase in which a negation turns it round
_LOOK_BACK_LATIN = 24
_JUST_BEFORE = re.compile(r"[不没无别免勿拒禁非防反].{0,2}$")
_ENDS_OF_PIECE = re.compile(r"[,，、：:]|但|而是|只要| but ")


class Found(NamedTuple):
    """A flag that a phrase shows: in which sentence, and where in the advert."""

    flag: str
    sentence: int
    start: int
    end: int


@dataclass(frozen=True)
class PhraseBook:
    """The phrases of every flag, ready to be searched for."""

    flags: tuple[tuple[str, re.Pattern[str]], ...]
    negation: re.Pattern[str]
    warning: re.Pattern[str]
    hiring: re.Pattern[str]
    employer: re.Pattern[str]
    outside: re.Pattern[str]

    def found(self, sentences: Sequence[Sentence]) -> list[Found]:
        """Every flag that a phrase shows and nothing in front of it turns round."""
        hits = []
        for number, sentence in enumerate(sentences):
            text = sentence.plain.text
            for flag, pattern in self.flags:
                for match in pattern.finditer(text):
                    if match.end() > match.start() and not self._turned_round(text, match.start(), match.end()):
                        hits.append(Found(flag, number, *sentence.span(match.start(), match.end())))
                        break
        return hits

    def hints(self, plain: str) -> list[str]:
        """The flags that a phrase shows in one sentence; one that is turned round is told as such."""
        found = []
        for flag, pattern in self.flags:
            match = pattern.search(plain)
            if match is not None and match.end() > match.start():
                turned = self._turned_round(plain, match.start(), match.end())
                found.append(f"not {flag}" if turned else flag)
        if self.warning.search(plain):
            found.append("warning")
        return found

    def _turned_round(self, text: str, start: int, end: int) -> bool:
        """Whether a negation stands before the phrase, or between its words, in the same piece of the sentence."""
        reach = _LOOK_BACK_LATIN if text[start:end].isascii() else _LOOK_BACK
        before = text[max(start - reach, 0) : start]
        cut = max((match.end() for match in _ENDS_OF_PIECE.finditer(before)), default=0)
        return bool(self.negation.search(before[cut:] + text[start:end]) or _JUST_BEFORE.search(before[cut:]))


def phrase_book(library: Library) -> PhraseBook:
    """The phrases in content."""
    words = library.adverts
    flags = ((name, _pattern(flag.phrases)) for name, flag in library.red_flags.items())
    return PhraseBook(
        tuple((name, pattern) for name, pattern in flags if pattern is not None),
        *(_needed(one) for one in (words.negations, words.warnings, words.hiring, words.employers, words.outside)),
    )


def _pattern(phrases: Phrases) -> re.Pattern[str] | None:
    return compiled((*phrases.zh, *phrases.en))


_NOTHING = re.compile(r"(?!)")


def _needed(phrases: Phrases) -> re.Pattern[str]:
    return _pattern(phrases) or _NOTHING
