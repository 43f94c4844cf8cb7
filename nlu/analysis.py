"""Everything about a message that both models look at: its spelling, words, lexicon matches, numbers, concepts."""

from dataclasses import dataclass

from nlu.concepts import Concepts, Mentioned
from nlu.lexicon import Lexicon, Match
from nlu.normalise import Normalised
from nlu.numerals import Numeral, find_numerals
from nlu.tokens import Token, Tokeniser


@dataclass(frozen=True, slots=True, repr=False)
class Analysis:
    """One message, taken apart. Has no `repr` of its own, since that would show the message."""

    plain: Normalised
    tokens: tuple[Token, ...]
    matches: tuple[Match, ...]
    numerals: tuple[Numeral, ...]
    topics: tuple[Mentioned, ...]
    meanings: tuple[Mentioned, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Analyser:
    """Takes messages apart that are in plain spelling. Safe for any text, never raises because of one."""

    tokeniser: Tokeniser
    lexicon: Lexicon
    topics: Concepts
    glossary: Concepts

    def analyse(self, plain: Normalised) -> Analysis:
        """The words, lexicon matches, numbers and concepts of a message."""
        return Analysis(
            plain,
            self.tokeniser.tokens(plain.text),
            self.lexicon.matches(plain.text),
            find_numerals(plain.text),
            self.topics.mentioned(plain.text),
            self.glossary.mentioned(plain.text),
        )
