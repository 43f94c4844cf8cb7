"""Words that mean danger to life are answered with care before anything else, whatever the model thinks."""

import unicodedata
from collections.abc import Iterable


def speaks_of_danger(text: str, phrases: Iterable[str]) -> bool:
    """Whether `text` holds one of the phrases, ignoring case, width and spaces between Chinese characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    tight = "".join(plain.split())
    spaced = f" {' '.join(plain.split())} "
    return any(
        phrase in tight if not phrase.isascii() else phrase in spaced.replace("’", "'")
        for phrase in map(str.casefold, phrases)
    )
