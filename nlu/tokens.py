"""Cut a plain text into words: jieba with the domain's dictionary for Chinese, words and numbers for Latin letters."""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_PART = re.compile(
    r"(?P<han>[\u3400-\u9fff]+)|(?P<word>[^\W\d_\u3400-\u9fff]+(?:'[^\W\d_]+)*)|(?P<number>\d+(?:[.,]\d+)*)|\S"
)
# Rarer words of jieba's dictionary, names of places and people for the most part, cost memory and loading time
# and never occur in the training sentences.
_RAREST_WORD = 12
_DOMAIN_WORD_FREQUENCY = 20_000


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark, and where it stands in the plain text."""

    text: str = field(repr=False)
    start: int
    end: int


class Tokeniser:
    """Cuts plain texts with its own dictionary: jieba's global one would be shared across a change of model."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        """`frequencies`: every word the Chinese part may be cut into."""
        self.frequencies = dict(frequencies)
        self._jieba: Any = _import_jieba().Tokenizer()
        # What `Tokenizer.initialize` does, without its cache file in the shared temporary folder.
        self._jieba.FREQ = _with_beginnings(self.frequencies)
        self._jieba.total = sum(self.frequencies.values())
        self._jieba.initialized = True

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words, numbers and marks of the plain `text`."""
        found: list[Token] = []
        for part in _PART.finditer(text):
            if part["han"]:
                found.extend(self._chinese(part.group(), part.start()))
            else:
                found.append(Token(part.group(), part.start(), part.end()))
        return tuple(found)

    def _chinese(self, text: str, start: int) -> Iterable[Token]:
        for word in self._jieba.cut(text, HMM=False):
            yield Token(word, start, start + len(word))
            start += len(word)


def domain_dictionary(forms: Iterable[str]) -> dict[str, int]:
    """jieba's dictionary without its rarest words, and the Chinese `forms` of the lexicon."""
    frequencies: dict[str, int] = {}
    with _import_jieba().get_dict_file() as lines:
        for line in lines:
            word, frequency, _ = line.decode("utf-8").split(" ", 2)
            if int(frequency) >= _RAREST_WORD or len(word) == 1:
                frequencies[word] = int(frequency)
    for form in forms:
        if _PART.fullmatch(form) and "\u3400" <= form[0] <= "\u9fff":
            frequencies[form] = max(frequencies.get(form, 0), _DOMAIN_WORD_FREQUENCY if len(form) > 1 else 1)
    return frequencies


def _import_jieba() -> Any:
    """jieba, without the warnings that its old code gives when it is compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    return jieba


def _with_beginnings(frequencies: Mapping[str, int]) -> dict[str, int]:
    """`frequencies`, and 0 for every beginning of a word that is no word itself: where jieba need not stop looking."""
    complete = dict(frequencies)
    for word in frequencies:
        for end in range(1, len(word)):
            complete.setdefault(word[:end], 0)
    return complete
