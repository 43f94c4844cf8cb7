"""What the advert model may know of a sentence: its words and letters, its numbers by size, and its neighbours."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from nlu.concepts import load_glossary, load_topics
from nlu.lexicon import load_lexicon
from nlu.tokens import Tokeniser

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'+-]*|\d+(?:[.,]\d+)*|[@$¥%￥€£]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST = 4
_MOST_KNOWN = 12
_NEAR = 5


Hints = Callable[[str], Sequence[str]]
"""Gives what phrases written by people find in a sentence of plain text: names of flags."""


NEAR, ANYWHERE = "~", "*"
"""Before the name of a feature that stands in a sentence beside this one, and anywhere in the advert."""


@dataclass(frozen=True, slots=True)
class InAdvert:
    """What is in each sentence of an advert."""

    own: list[set[str]]

    def around(self) -> list[set[str]]:
        """For each sentence everything that may tell of it: its own, its neighbours', and the whole advert's."""
        telling = [{name for name in own if tells_of_the_whole(name)} for own in self.own]
        anywhere = {ANYWHERE + name for name in set().union(*telling)}
        near = [{NEAR + name for name in names} for names in telling]
        beside = zip([set(), *near], self.own, [*near[1:], set()], strict=False)
        return [own | before | after | anywhere for before, own, after in beside]

    @property
    def whole(self) -> set[str]:
        """What is in the advert as a whole."""
        return set().union(*self.own)


class Reader:
    """Names what is in sentences of plain text. `words`: the Chinese words it knows, and how frequent each is."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = dict(words)
        self._tokeniser = Tokeniser(words)

    def sentence(self, plain: str, hints: Iterable[str]) -> set[str]:
        """The letters and words of one sentence, which stand near each other, what they mean, and what phrases find."""
        found = _letters_and_words(plain) | _meanings(plain) | {f"h {flag}" for flag in hints}
        return found | self._near(plain)

    def advert(self, sentences: Sequence[str], hints: Sequence[Iterable[str]]) -> "InAdvert":
        """What is in an advert. `hints`: for each sentence what phrases find in it."""
        return InAdvert([self.sentence(plain, found) for plain, found in zip(sentences, hints, strict=True)])

    def _near(self, plain: str) -> set[str]:
        """Pairs of words at most five apart: 「收」 and 「卡」, whatever stands between them."""
        words = [token.text for token in self._tokeniser.tokens(plain) if not token.text.isspace()]
        return {
            f"c {word} {other}" for place, word in enumerate(words) for other in words[place + 1 : place + 1 + _NEAR]
        }


def _meanings(plain: str) -> set[str]:
    """What the words stand for, which is the same in Chinese and English: a sentence teaches its translation too."""
    known = {f"{entity}={value}" for _, _, (entity, value, _) in load_lexicon().matches(plain)}
    known |= {concept for _, _, concept in load_topics().mentioned(plain)}
    words = [name for _, _, name in load_glossary().mentioned(plain)]
    found = {f"k {name}" for name in known} | {f"g {name}" for name in words}
    found |= {f"kk {one} {other}" for one, other in combinations(sorted(known)[:_MOST_KNOWN], 2)}
    near = zip(words, words[1:], words[2:], strict=False)
    found |= {f"gg {first} {second}" for first, second in pairwise(words)}
    found |= {f"gg {first} {third}" for first, _, third in near}
    return found


def _letters_and_words(plain: str) -> set[str]:
    numbered = _NUMBER.sub(_size, plain)
    found: set[str] = set()
    for run in _HAN.findall(plain):
        padded = f"^{run}$"
        for length in range(1, _LONGEST + 1):
            found.update(padded[start : start + length] for start in range(len(padded) - length + 1))
    words = [word if not word[0].isdigit() else _size_of(word) for word in _WORD.findall(plain)]
    found.update(f"w {word}" for word in words)
    found.update(f"p {first} {second}" for first, second in pairwise(words))
    found.update(f"t {' '.join(three)}" for three in zip(words, words[1:], words[2:], strict=False))
    # 「日结500」 and 「500一天」: a number's size beside what stands around it.
    found.update(f"n {near}" for near in _around_numbers(numbered))
    return found


def tells_of_the_whole(name: str) -> bool:
    """Longer stretches only: a single letter somewhere else says nothing."""
    if name.startswith(("k ", "g ", "h ")):
        return True
    if name.startswith("w "):
        return len(name) > 4
    return name[0] not in "ptnkghc^" and not name.endswith("$") and 2 <= len(name) <= 3 and name[1:2] != " "


def _around_numbers(numbered: str) -> Iterable[str]:
    for match in re.finditer(r"<n\d+>", numbered):
        before = "".join(numbered[max(match.start() - 2, 0) : match.start()].split())
        after = "".join(numbered[match.end() : match.end() + 2].split())
        yield f"{match.group()}{after}"
        yield f"{before}{match.group()}"
        yield f"{before}{match.group()}{after}"


def _size(match: re.Match[str]) -> str:
    return _size_of(match.group())


def _size_of(number: str) -> str:
    """A number by its size: steps of about a factor of two."""
    digits = number.replace(",", "")
    try:
        value = float(digits)
    except ValueError:
        return "<n0>"
    if len(digits.split(".")[0]) > 6:
        return "<n99>"  # a telephone or account number
    step = 0
    while value >= 2 and step < 40:
        value /= 2
        step += 1
    return f"<n{step}>"
