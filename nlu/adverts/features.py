"""What the advert model may know of a sentence: its words and letters, its numbers by size, and its neighbours."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'+-]*|\d+(?:[.,]\d+)*|[@$¥%￥€£]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST = 4


def sentence_features(plain: str) -> set[str]:
    """The names of what is in one sentence of plain text."""
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


def advert_features(sentences: Sequence[str]) -> Iterator[set[str]]:
    """For each sentence what is in it (as it is), in its neighbours (`~`) and anywhere in the advert (`*`)."""
    own = [sentence_features(plain) for plain in sentences]
    whole: set[str] = set().union(*own) if own else set()
    anywhere = {f"*{name}" for name in whole if _tells_of_the_whole(name)}
    for place, features in enumerate(own):
        near = set().union(*own[max(place - 1, 0) : place], *own[place + 1 : place + 2])
        yield features | {f"~{name}" for name in near if _tells_of_the_whole(name)} | anywhere


def _tells_of_the_whole(name: str) -> bool:
    """Longer stretches only: a single letter somewhere else says nothing."""
    if name.startswith("w "):
        return len(name) > 4
    return name[0] not in "ptn^" and not name.endswith("$") and 2 <= len(name) <= 3 and name[1:2] != " "


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
