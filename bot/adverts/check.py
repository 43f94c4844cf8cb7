"""What is wrong with a job advert: phrases that admins write and a model trained on adverts, weighed together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.adverts.phrases import Match, hints_of, phrase_book
from content.library import Library
from nlu.adverts.employers import names_employer
from nlu.adverts.model import SOFT, AdvertModel, Judgement
from nlu.adverts.pay import far_too_much, needs_skill
from nlu.adverts.pieces import Sentence, pieces, sentences
from nlu.normalise import Normaliser
from nlu.spelling import load_spellings

TOO_GOOD, OFF_PLATFORM, NO_EMPLOYER = "too_good_pay", "contact_off_platform", "no_employer_named"


_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；、）)\]】]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|cn|net|top|xyz|vip|cc|me|io|org)(?:/[^\s，。]*)?",
    re.I,
)


@dataclass(frozen=True)
class Thresholds:
    """How sure the model must be. Chosen by cross-validation on the adverts it is trained on (docs/adverts.md)."""

    risk: float = 0.35  # of the whole advert: below it no hard flag holds
    risk_with_phrase: float = 0.15  # where a phrase for a hard flag stands in it, and it is no warning
    flag: float = 0.4  # of a sentence, in a risky advert
    phrase_adds: float = 0.25  # to a sentence in which a phrase agrees
    soft: float = 0.5
    nobody_named: float = 0.5
    nobody_named_for_much: float = 0.2  # where the pay is far too good
    advert: float = 0.7
    advert_expected: float = 0.3


class _Shown(NamedTuple):
    """How sure a flag is, in which sentence it shows, and where a phrase stands for it (0, 0: none does)."""

    score: float
    sentence: int
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class _Read:
    """An advert taken apart once: its sentences, and for each what phrases find in it and whether it warns."""

    sentences: list[Sentence]
    matches: list[tuple[Match, ...]]
    warns: list[bool]

    @property
    def hints(self) -> list[list[str]]:
        """What the model is told of each sentence."""
        return [hints_of(found, warns=warns) for found, warns in zip(self.matches, self.warns, strict=True)]


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
        self._book = phrase_book(library)
        self._normaliser = Normaliser(load_spellings())
        self._limits = thresholds or Thresholds()

    @property
    def library(self) -> Library:
        return self._library

    def on(self, library: Library) -> "AdvertCheck":
        """The same check with other content."""
        return AdvertCheck(library, self._model, self._limits)

    def check(self, text: str) -> Verdict:
        """What is wrong with the advert `text`. Safe for any text."""
        read = self._read(text)
        judged = self._model.judge(text, read.sentences, read.hints)
        shown = self._shown(read, judged)
        findings = [self._finding(text, read.sentences, flag, one) for flag, one in shown.items()]
        if self._names_nobody(text, judged, far_too_much=TOO_GOOD in shown):
            findings.append(Finding(NO_EMPLOYER, "", 0, 0, judged.nobody_named))
        findings.sort(key=self._weight)
        hard = [one for one in findings if one.flag not in SOFT]
        soft = {one.flag for one in findings if one.flag in SOFT}
        suspicion = not hard and TOO_GOOD in soft and len(soft) > 1
        return Verdict(bool(hard) or suspicion, tuple(findings), suspicion, links_in(text))

    def by_phrase(self, text: str) -> tuple[str, ...]:
        """The flags that phrases alone show, sorted."""
        found = (match for matches in self._read(text).matches for match in matches)
        return tuple(sorted({match.flag for match in found if not match.turned_round}))

    def looks_like_advert(self, text: str, *, expected: bool = False) -> bool:
        """Whether the text is an advert rather than a question; less is asked of it where one is expected."""
        read = self._read(text)
        needed = self._limits.advert_expected if expected else self._limits.advert
        return self._model.is_advert(read.sentences, read.hints) >= needed

    def _read(self, text: str) -> _Read:
        found = sentences(text, self._normaliser)
        plain = [sentence.plain.text for sentence in found]
        return _Read(found, [self._book.matches(one) for one in plain], [self._book.warns(one) for one in plain])

    def _shown(self, read: _Read, judged: Judgement) -> dict[str, _Shown]:
        """The flags that hold, where each shows most, and the words of a phrase that shows it."""
        best = self._likeliest(read, judged) | self._promised(read.sentences)
        limits = self._limits
        agreed = any(one.end and flag not in SOFT for flag, one in best.items())
        is_risky = judged.risk >= (limits.risk_with_phrase if agreed and not any(read.warns) else limits.risk)
        known = {flag: one for flag, one in best.items() if flag in self._library.red_flags}
        soft = {flag: one for flag, one in known.items() if flag in SOFT and one.score >= limits.soft}
        if not is_risky:
            return soft
        hard = {flag: one for flag, one in known.items() if flag not in SOFT}
        first = max(hard, key=lambda flag: hard[flag].score, default="")  # something makes it risky: at least this one
        return soft | {flag: one for flag, one in hard.items() if flag == first or one.score >= limits.flag}

    def _names_nobody(self, text: str, judged: Judgement, *, far_too_much: bool) -> bool:
        """Whether nobody who hires is named. Who promises far too much must be plain to see."""
        if far_too_much:
            return judged.nobody_named >= self._limits.nobody_named_for_much or not names_employer(text)
        return judged.nobody_named >= self._limits.nobody_named

    def _likeliest(self, read: _Read, judged: Judgement) -> dict[str, _Shown]:
        """For each flag the sentence that shows it most; one with a phrase for it comes before one without."""
        best: dict[str, _Shown] = {}
        for place, one in enumerate(judged.sentences):
            for flag, score in one.flags.items():
                if flag not in best or score > best[flag].score:
                    best[flag] = _Shown(score, place)
        for place, matches in enumerate(read.matches):
            for match in matches:
                if match.turned_round or match.flag not in best:
                    continue
                score = judged.sentences[place].flags[match.flag] + self._limits.phrase_adds
                before = best[match.flag]
                if score >= before.score or not before.end:
                    span = read.sentences[place].span(match.start, match.end)
                    best[match.flag] = _Shown(min(max(score, before.score), 1.0), place, *span)
        return best

    def _promised(self, found: Sequence[Sentence]) -> dict[str, _Shown]:
        """Pay that is far too good, unless a skill is asked for: then it may be what the skill is worth."""
        if needs_skill(" ".join(sentence.plain.text for sentence in found)):
            return {}
        for place, sentence in enumerate(found):
            promise = far_too_much(sentence.plain.text)
            if promise is not None:
                return {TOO_GOOD: _Shown(1.0, place, *sentence.span(*promise))}
        return {}

    def _finding(self, text: str, found: Sequence[Sentence], flag: str, shown: _Shown) -> Finding:
        first, last = self._quoted(text, found[shown.sentence], flag, shown.start, shown.end)
        return Finding(flag, text[first:last], first, last, shown.score)

    def _quoted(self, text: str, sentence: Sentence, flag: str, start: int, end: int) -> tuple[int, int]:
        """The piece of the sentence with the phrase, or the one that shows the flag most."""
        cut = pieces(text, sentence.start, sentence.end)
        if end:
            inside = [one for one in cut if one[0] < end and one[1] > start]
            return (inside[0][0], inside[-1][1]) if inside else (start, end)
        if len(cut) < 2:
            return sentence.start, sentence.end
        plain = [self._normaliser.normalise(text[first:last]).text for first, last in cut]
        sure = [self._model.judge_piece(one, self._book.hints(one)).get(flag, 0.0) for one in plain]
        return cut[sure.index(max(sure))]

    def _weight(self, finding: Finding) -> tuple[int, float]:
        """What a student should read first."""
        levels = {"stop": 0, "check": 1, "signal": 2}
        return levels[self._library.red_flags[finding.flag].level], -finding.score


def links_in(text: str) -> tuple[str, ...]:
    """The links in an advert, to be named and never opened."""
    return tuple(dict.fromkeys(match.group().rstrip(".,;:!?") for match in _LINK.finditer(text)))[:5]
