"""Flags found by the phrases that admins write in content, with negation and warnings taken into account."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from content.learning import Phrases as Written
from content.library import Library
from content.phrases import compiled, literals, pattern
from nlu.phrases import BEGINNING, Phrases

_LOOK_BACK = 8  # letters before a phrase in which a negation turns it round
_LOOK_BACK_LATIN = 24
_JUST_BEFORE = re.compile(r"[不没无别免勿拒禁非防反].{0,2}$")
_ENDS_OF_PIECE = re.compile(r"[,，、：:]|但|而是|只要| but ")


class Match(NamedTuple):
    """A phrase in a sentence of plain text, for a flag; `turned_round`: a negation stands before it."""

    flag: str
    start: int
    end: int
    turned_round: bool


class _Search:
    """Finds which of hundreds of phrases stand in a sentence.

    A pattern is tried only where something of each of its parts stands in the sentence, which one pass finds out for
    all phrases together.
    """

    def __init__(self, phrases: Sequence[tuple[str, str]]) -> None:
        """`phrases`: flags and phrases; of those that begin at the same place the first counts."""
        self._phrases = [(flag, re.compile(pattern(phrase), re.DOTALL)) for flag, phrase in phrases]
        wanted: dict[str, set[tuple[int, int]]] = {}
        self._parts: list[int] = []
        for number, (_, phrase) in enumerate(phrases):
            parts = [part for part in literals(phrase) if part]
            self._parts.append(len(parts))
            for place, part in enumerate(parts):
                for letters in part:
                    wanted.setdefault(letters, set()).add((number, place))
        self._always = [number for number, parts in enumerate(self._parts) if not parts]
        self._forms = Phrases({letters + BEGINNING: tuple(places) for letters, places in wanted.items()})

    def first_of_each(self, plain: str) -> dict[str, re.Match[str]]:
        """For each flag the phrase that begins first."""
        found: dict[str, re.Match[str]] = {}
        for number in self._possible(plain):
            flag, compiled = self._phrases[number]
            match = compiled.search(plain)
            if match is not None and match.end() > match.start():
                before = found.get(flag)
                if before is None or match.start() < before.start():
                    found[flag] = match
        return found

    def _possible(self, plain: str) -> list[int]:
        seen = set(chain.from_iterable(places for _, _, places in self._forms.found(plain)))
        counts = Counter(number for number, _ in seen)
        return sorted([*self._always, *(number for number, parts in counts.items() if parts == self._parts[number])])


@dataclass(frozen=True)
class PhraseBook:
    """The phrases of every flag, ready to be searched for."""

    flags: tuple[str, ...]  # in the order of content
    search: _Search
    negation: re.Pattern[str]
    warning: re.Pattern[str]

    def matches(self, plain: str) -> tuple[Match, ...]:
        """The first phrase of each flag in one sentence of plain text."""
        found = self.search.first_of_each(plain)
        spans = ((flag, *found[flag].span()) for flag in self.flags if flag in found)
        return tuple(Match(flag, start, end, self._turned_round(plain, start, end)) for flag, start, end in spans)

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
    phrases = [
        (name, phrase) for name, flag in library.red_flags.items() for phrase in (*flag.phrases.zh, *flag.phrases.en)
    ]
    return PhraseBook(tuple(library.red_flags), _Search(phrases), _any_of(words.negations), _any_of(words.warnings))


def _any_of(phrases: Written) -> re.Pattern[str]:
    return compiled((*phrases.zh, *phrases.en)) or re.compile(r"(?!)")
