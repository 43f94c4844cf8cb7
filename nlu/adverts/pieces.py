"""Take an advert apart: sentences, which are judged, and the pieces between commas, which are quoted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.normalise import Normalised, Normaliser

LONGEST_ADVERT = 12_000  # characters; three Telegram messages
_MOST_SENTENCES = 200

_SENTENCE_ENDS = re.compile(r"[\n\r。！？!?；;…]+|(?<=[a-zA-Z)])\.(?=\s|$)|[~～]{2,}|\s{3,}")
_PIECE_ENDS = re.compile(r"[，,、：:]|\s-\s|\s·\s|\s\|\s")
_LONGEST_SENTENCE = 90  # letters of plain text; beyond this a sentence is judged in halves


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an advert: where it stands in the original, and its plain spelling."""

    start: int
    end: int
    plain: Normalised

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text stands in the advert."""
        first, last = self.plain.original_span(start, end)
        return self.start + first, self.start + last


def sentences(text: str, normaliser: Normaliser) -> list[Sentence]:
    """The sentences of `text`, each in plain spelling."""
    found = []
    for start, end in _cut(text[:LONGEST_ADVERT], _SENTENCE_ENDS):
        for first, last in _halves(text, start, end):
            plain = normaliser.normalise(text[first:last])
            if plain.text.strip():
                found.append(Sentence(first, last, plain))
    return found[:_MOST_SENTENCES]


def pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between commas of `text[start:end]`."""
    return [(start + first, start + last) for first, last in _cut(text[start:end], _PIECE_ENDS)]


def _halves(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or its parts when it goes on for ever: cut at commas, as many pieces together as are not too long."""
    if end - start <= _LONGEST_SENTENCE:
        yield start, end
        return
    first = last = start
    for piece_start, piece_end in pieces(text, start, end):
        if piece_end - first > _LONGEST_SENTENCE and last > first:
            yield first, last
            first = piece_start
        last = piece_end
    yield first, last


def _cut(text: str, ends: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The stretches between the matches of `ends` that hold more than space."""
    done = 0
    for match in [*ends.finditer(text), None]:
        stop = match.start() if match is not None else len(text)
        stretch = text[done:stop]
        if stretch.strip():
            yield done + len(stretch) - len(stretch.lstrip()), done + len(stretch.rstrip())
        done = match.end() if match is not None else stop
