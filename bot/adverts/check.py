"""What is wrong with a job advert: phrases that admins write and a model trained on adverts, weighed together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.adverts.phrases import PhraseBook, phrase_book
from content.library import Library
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

    risk: float = 0.5  # of the whole advert: below it no hard flag holds
    risk_with_phrase: float = 0.2  # where a phrase for a hard flag stands in it, and it is no warning
    flag: float = 0.4  # of a sentence, in a risky advert
    phrase_adds: float = 0.25  # to a sentence in which a phrase agrees
    soft: float = 0.5
    nobody_named: float = 0.5
    nobody_named_for_much: float = 0.2  # where the pay is far too good, whoever pays it must be plain to see
    advert: float = 0.7
    advert_expected: float = 0.3


class _Shown(NamedTuple):
    """How sure a flag is, in which sentence it shows, and where a phrase stands for it (0, 0: none does)."""

    score: float
    sentence: int
    start: int = 0
    end: int = 0


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
        self._model = model.with_hints(self._book.hints)
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
        shown = self._shown(found, judged)
        findings = [self._finding(text, found, flag, one) for flag, one in shown.items()]
        limits = self._limits
        if judged.nobody_named >= (limits.nobody_named_for_much if TOO_GOOD in shown else limits.nobody_named):
            findings.append(Finding(NO_EMPLOYER, "", 0, 0, judged.nobody_named))
        findings.sort(key=self._weight)
        hard = [one for one in findings if one.flag not in SOFT]
        soft = {one.flag for one in findings if one.flag in SOFT}
        suspicion = not hard and TOO_GOOD in soft and len(soft) > 1
        return Verdict(bool(hard) or suspicion, tuple(findings), suspicion, links_in(text))

    def by_phrase(self, text: str) -> tuple[str, ...]:
        """The flags that phrases alone show, sorted."""
        return tuple(sorted({found.flag for found in self._book.found(sentences(text, self._normaliser))}))

    def looks_like_advert(self, text: str, *, expected: bool = False) -> bool:
        """Whether the text is an advert rather than a question; less is asked of it where one is expected."""
        limits = self._limits
        return self._model.is_advert(sentences(text, self._normaliser)) >= (
            limits.advert_expected if expected else limits.advert
        )

    def _shown(self, found: Sequence[Sentence], judged: Judgement) -> dict[str, _Shown]:
        """The flags that hold, where each shows most, and the words of a phrase that shows it."""
        best: dict[str, _Shown] = {}
        for place, one in enumerate(judged.sentences):
            for flag, score in one.flags.items():
                if flag not in best or score > best[flag].score:
                    best[flag] = _Shown(score, place)
        for flag, place, start, end in self._book.found(found):
            score = judged.sentences[place].flags.get(flag, 0.0)
            score += self._limits.phrase_adds
            if flag in best and (score >= best[flag].score or not best[flag].end):
                best[flag] = _Shown(min(max(score, best[flag].score), 1.0), place, start, end)
        best |= self._promised(found)
        agreed = any(one.end and flag not in SOFT for flag, one in best.items())
        risky = judged.risk >= (
            self._limits.risk_with_phrase if agreed and not self._warns(found) else self._limits.risk
        )
        hard = {flag: one for flag, one in best.items() if flag not in SOFT} if risky else {}
        likeliest = max(hard, key=lambda flag: hard[flag].score, default="")
        return {
            flag: one
            for flag, one in best.items()
            if flag in self._library.red_flags
            and (
                self._holds(flag, one)
                if flag in SOFT
                else flag in hard and (flag == likeliest or self._holds(flag, one))
            )
        }

    def _promised(self, found: Sequence[Sentence]) -> dict[str, _Shown]:
        """Pay that is far too good, unless a skill is asked for: then it may be what the skill is worth."""
        if needs_skill(" ".join(sentence.plain.text for sentence in found)):
            return {}
        for place, sentence in enumerate(found):
            promise = far_too_much(sentence.plain.text)
            if promise is not None:
                return {TOO_GOOD: _Shown(1.0, place, *sentence.span(*promise))}
        return {}

    def _warns(self, found: Sequence[Sentence]) -> bool:
        return any(self._book.warning.search(sentence.plain.text) for sentence in found)

    def _holds(self, flag: str, shown: _Shown) -> bool:
        return shown.score >= (self._limits.soft if flag in SOFT else self._limits.flag)

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
        sure = [self._model.judge_piece(one).get(flag, 0.0) for one in plain]
        return cut[sure.index(max(sure))]

    def _weight(self, finding: Finding) -> tuple[int, float]:
        """What a student should read first."""
        levels = {"stop": 0, "check": 1, "signal": 2}
        return levels[self._library.red_flags[finding.flag].level], -finding.score


def links_in(text: str) -> tuple[str, ...]:
    """The links in an advert, to be named and never opened."""
    return tuple(dict.fromkeys(match.group().rstrip(".,;:!?") for match in _LINK.finditer(text)))[:5]
