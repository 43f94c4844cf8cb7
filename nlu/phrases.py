"""Find thousands of listed forms in a plain text, in one pass over it."""

import string
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick

LATIN = frozenset(string.ascii_letters + string.digits)
"""The letters of Latin words and numbers."""

BEGINNING = "*"
"""At the end of a form: it is the beginning of a word, so that "scam*" is scam, scams and scammer."""

Thing = TypeVar("Thing")


class _Entry(NamedTuple):
    """A form's length, which of its ends must not lie inside a Latin word, and what it stands for.

    `whole` is for a form whose word ends where it does, `beginning` for one whose word goes on.
    """

    length: int
    latin_first: bool
    latin_last: bool
    whole: tuple[Any, ...]
    beginning: tuple[Any, ...]


class Phrases(Generic[Thing]):
    """Forms and what they stand for. A Latin form never matches inside a word or a number."""

    def __init__(self, forms: Mapping[str, tuple[Thing, ...]]) -> None:
        """`forms`: in plain spelling; a star at the end makes one the beginning of a word."""
        self._automaton: Any = ahocorasick.Automaton()
        bare = {form.removesuffix(BEGINNING) for form in forms}
        for form in bare - {""}:
            beginning = forms.get(form + BEGINNING, ())
            entry = _Entry(len(form), form[0] in LATIN, form[-1] in LATIN, forms.get(form, ()) + beginning, beginning)
            self._automaton.add_word(form, entry)
        self._automaton.make_automaton()
        self._empty = not len(self._automaton)

    def found(self, text: str) -> list[tuple[int, int, tuple[Thing, ...]]]:
        """Where each form stands in the plain `text` and what it stands for: by place, the longest of a place first."""
        if self._empty:
            return []
        hits = []
        last = len(text) - 1
        for end, (length, latin_first, latin_last, whole, beginning) in self._automaton.iter(text):
            start = end - length + 1
            if latin_first and start and text[start - 1] in LATIN:
                continue
            things = beginning if latin_last and end < last and text[end + 1] in LATIN else whole
            if things:
                hits.append((start, -end, things))
        hits.sort(key=_place)
        return [(start, 1 - end, things) for start, end, things in hits]


def _place(hit: tuple[int, int, Any]) -> tuple[int, int]:
    return hit[:2]
