"""Whether an advert names somebody who hires: what stands where a name would stand, read from its own letters.

The words of names are endless, and a model that learns names learns those of its training adverts only. What surrounds
a name is not: 「…有限公司」, 「“…”店」, `… Ltd`, `at The …`, and beside them what says that nobody is named:
「某公司」, 「一家知名企业」, `a leading company`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

EMPLOYERS = Path(__file__).parent / "employers.yml"

_IN_QUOTES = r"[“「『【《\"]([^”」』】》\"\n]{2,12})[”」』】》\"]"
_CAPITAL = r"(?<![\w])[A-Z][\w&'’.-]*"
_CAPITALS = re.compile(r"(?<=[a-z,;:] )([A-Z][a-z]+)(?:\s+[A-Z][a-z]+)+")
_AT_NAME = re.compile(
    rf"\b(?:at|for|from|with|by|join|contact|At|For|From|With|By|Join|Contact)\s+(?:[Tt]he\s+)?({_CAPITAL})"
)


class _Patterns(NamedTuple):
    """Where names stand: `chinese` and `nameless` together, since a kind of business also stands behind no name."""

    chinese: dict[str, re.Pattern[str]]
    nameless: re.Pattern[str]
    quoted: re.Pattern[str]
    labelled: re.Pattern[str]
    brand: re.Pattern[str]
    nobody: re.Pattern[str]
    english: re.Pattern[str]
    common: frozenset[str]

    @property
    def kinds(self) -> frozenset[str]:
        """The signs that stand for different kinds of names."""
        return frozenset({*self.chinese, "quoted", "english", "at"})


def employer_signs(text: str) -> set[str]:
    """What in the advert `text` (as it was written) stands where an employer's name would stand.

    Gives names of signs: `e company`, `e brand`, `e nobody` and so on; `e none` when nothing names anybody.
    """
    found = _names(text)
    if not found:
        found.add("none")
    if len(found & _patterns().kinds) > 1:
        found.add("several")
    if _patterns().nobody.search(text):
        found.add("nobody")
    return {f"e {sign}" for sign in found}


def names_employer(text: str) -> bool:
    """Whether anything in the advert `text` looks like the name of somebody who hires."""
    return bool(_names(text))


def _names(text: str) -> set[str]:
    patterns = _patterns()
    found = {kind for kind, pattern in patterns.chinese.items() if _is_named(pattern, patterns.nameless, text)}
    for sign in ("quoted", "labelled", "brand", "english"):
        if getattr(patterns, sign).search(text):
            found.add(sign)
    for sign, pattern in (("at", _AT_NAME), ("capitals", _CAPITALS)):
        if any(match[1] not in patterns.common for match in pattern.finditer(text)):
            found.add(sign)
    return found


def _is_named(kind: re.Pattern[str], nameless: re.Pattern[str], text: str) -> bool:
    return any(not nameless.search(match[1]) for match in kind.finditer(text))


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    words: dict[str, Any] = yaml.safe_load(EMPLOYERS.read_text(encoding="utf-8"))
    return _Patterns(
        {
            kind: re.compile(rf"([\u4e00-\u9fffA-Za-z0-9·&]{{2,10}}?){_any(forms)}")
            for kind, forms in words["zh_kinds"].items()
        },
        re.compile(rf"{_any(words['zh_no_name'])}$|^{_any(words['zh_no_name_begins'])}"),
        re.compile(rf"{_IN_QUOTES}\s*(?:{_any(words['zh_after_quoted'])}|$)?"),
        re.compile(rf"{_any(words['labels'])}\s*[:：]\s*\S{{2,}}", re.I),
        re.compile(rf"(?<![a-z]){_any(words['brands'])}(?![a-z])", re.I),
        re.compile(rf"(?<![a-z]){_any(words['nobody'])}", re.I),
        re.compile(rf"(?:{_CAPITAL}\s+){{1,4}}{_any(words['en_kinds'])}\b"),
        frozenset(words["en_no_name"]),
    )


def _any(words: Iterable[str]) -> str:
    """One of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
