"""Words that mean danger to life are answered with care before anything else, whatever the model thinks."""

import re
import unicodedata

from content.library import Library


def speaks_of_danger(text: str, library: Library) -> bool:
    """Whether `text` holds a phrase of safety.yml: Chinese whatever the spaces, English as whole words, in any case."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    tight = "".join(plain.split())
    spaced = " " + " ".join(re.findall("[a-z']+", plain.replace("-", " "))) + " "
    for word in map(str.casefold, library.harmless):
        tight, spaced = tight.replace(word, " "), spaced.replace(f" {word} ", " ")
    return any(
        f" {phrase.replace('-', ' ')} " in spaced if phrase.isascii() else phrase in tight
        for phrase in map(str.casefold, library.danger)
    )
