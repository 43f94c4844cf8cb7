"""What is wrong with a job advert: phrases that admins write and a model trained on adverts, weighed together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.adverts.phrases import PhraseBook, phrase_book
from content.library import Library
from nlu.adverts.model import AdvertModel, Judged
from nlu.adverts.pieces import Sentence, pieces, sentences
from nlu.normalise import Normaliser
from nlu.spelling import load_spellings

TOO_GOOD, OFF_PLATFORM, NO_EMPLOYER = "too_good_pay", "contact_off_platform", "no_employer_named"
SOFT = (TOO_GOOD, OFF_PLATFORM, NO_EMPLOYER)

_WORDS, _WORDS_EXPECTED = 3, 1

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；、）)\]】]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|cn|net|top|xyz|vip|cc|me|io|org)(?:/[^\s，。]*)?",
    re.I,
)


@dataclass(frozen=True)
class Thresholds:
    """How sure the model must be: by itself, and where a phrase agrees with it."""

    alone: float = 0.5
    soft: float = 0.5
    with_phrase: float = 0.02
    phrase_in_warning: float = 0.5
    no_employer: float = 0.5


@dataclass(frozen=True)
class Finding:
    """A flag, and the advert's own words for it; `start` and `end` count code points. No words for what is missing."""

    flag: str
    quote: str = field(repr=False)
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Verdict:
    """What is wrong with an advert. `suspicion`: only soft signals make it risky, which is no finding."""

    risky: bool
    findings: tuple[Finding, ...]
    suspicion: bool = False
    links: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(finding.flag for finding in self.findings)


class AdvertCheck:
    """Checks adverts by the phrases of one content and one model."""

    def __init__(self, library: Library, model: AdvertModel, thresholds: Thresholds | None = None) -> None:
        self._library = library
        self._model = model
        self._limits = thresholds or Thresholds()

    @property
    def library(self) -> Library:
        return self._library

    def on(self, library: Library) -> "AdvertCheck":
        """The same check with other content."""
        return AdvertCheck(library, self._model, self._limits)

    @cached_property
    def _book(self) -> PhraseBook:
        return phrase_book(self._library)

    @cached_property
    def _normaliser(self) -> Normaliser:
        return Normaliser(load_spellings())

    def check(self, text: str) -> Verdict:
        """What is wrong with the advert `text`. Safe for any text."""
        found = sentences(text, self._normaliser)
        judged = self._model.judge(found)
        scores = self._scores(found, judged)
        findings = [self._finding(text, flag, *best) for flag, best in scores.items()]
        missing = self._missing(found)
        if missing >= self._limits.no_employer:
            findings.append(Finding(NO_EMPLOYER, "", 0, 0, missing))
        findings.sort(key=self._weight)
        hard = [one for one in findings if one.flag not in SOFT]
        soft = {one.flag for one in findings if one.flag in SOFT}
        suspicion = not hard and TOO_GOOD in soft and len(soft) > 1
        return Verdict(bool(hard) or suspicion, tuple(findings), suspicion, links_in(text))

    def looks_like_advert(self, text: str, *, expected: bool = False) -> bool:
        """Whether the text may be an advert: several words that adverts have; one is enough where one is expected."""
        plain = self._normaliser.normalise(text).text
        words = {match.group() for match in self._book.hiring.finditer(plain)}
        return len(words) >= (_WORDS_EXPECTED if expected else _WORDS)

    def _scores(self, found: Sequence[Sentence], judged: Sequence[Judged]) -> Mapping[str, tuple[float, int, int, int]]:
        """For each flag that holds: how sure, in which sentence, and where a phrase stands for it (or 0, 0)."""
        warns = self._book.warns(" ".join(one.plain.text for one in found)) > 1
        scores: dict[str, tuple[float, int, int, int]] = {}
        for flag in self._model.flags:
            place, score = max(enumerate(one.flags[flag] for one in judged), key=lambda pair: pair[1], default=(0, 0.0))
            if score >= (self._limits.soft if flag in SOFT else self._limits.alone):
                scores[flag] = (score, place, 0, 0)
        for flag, place, start, end in self._book.found(found):
            sure = judged[place].flags.get(flag, 0.0)
            needed = self._limits.phrase_in_warning if warns else self._limits.with_phrase
            if sure >= needed and scores.get(flag, (0.0,))[0] <= max(sure, 0.9):
                scores[flag] = (max(sure, 0.9), place, start, end)
        return {flag: score for flag, score in scores.items() if flag in self._library.red_flags}

    def _finding(self, text: str, flag: str, score: float, place: int, start: int, end: int) -> Finding:
        sentence = sentences(text, self._normaliser)[place]
        first, last = self._quoted(text, sentence, flag, start, end)
        return Finding(flag, text[first:last], first, last, score)

    def _quoted(self, text: str, sentence: Sentence, flag: str, start: int, end: int) -> tuple[int, int]:
        """The piece of the sentence with the phrase, or the one that shows the flag most."""
        cut = pieces(text, sentence.start, sentence.end)
        if end:
            inside = [one for one in cut if one[0] < end and one[1] > start]
            return (inside[0][0], inside[-1][1]) if inside else (start, end)
        if len(cut) < 2:
            return sentence.start, sentence.end
        plain = [self._normaliser.normalise(text[first:last]).text for first, last in cut]
        sure = [self._model.judge_piece(one).get(flag, 0.0) for one in plain]
        return cut[sure.index(max(sure))]

    def _missing(self, found: Sequence[Sentence]) -> float:
        """How probable it is that nobody and no place is named."""
        named = any(self._book.employer.search(sentence.plain.text) for sentence in found)
        return 0.0 if named else 1.0

    def _weight(self, finding: Finding) -> tuple[int, float]:
        """What a student should read first."""
        levels = {"stop": 0, "check": 1, "signal": 2}
        return levels[self._library.red_flags[finding.flag].level], -finding.score


def links_in(text: str) -> tuple[str, ...]:
    """The links in an advert, to be named and never opened."""
    return tuple(dict.fromkeys(match.group().rstrip(".,;:!?") for match in _LINK.finditer(text)))[:5]
