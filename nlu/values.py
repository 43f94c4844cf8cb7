"""What a mention means: the normalised value of a surface form."""

from collections import Counter
from collections.abc import Iterable, Mapping

from nlu.analysis import Analysis
from nlu.interpreter import Value
from nlu.lexicon import Lexicon, Match
from nlu.numerals import number_in

NUMBERS = frozenset({"count", "amount", "age"})
# A bare card is a bank card unless the message speaks of phone cards and of no bank card.
_BARE_CARDS = frozenset(["卡", "card", "cards"])
_ENDINGS = ("'s", "es", "s", "ed", "ing")


class ValueBook:
    """Which value a surface form has: as the training sentences say, else as the lexicon says."""

    def __init__(self, forms: Mapping[str, Mapping[str, str]]) -> None:
        """`forms`: for each entity, plain surface forms and their values."""
        self.forms = {entity: dict(values) for entity, values in forms.items()}

    @classmethod
    def learn(cls, lexicon: Lexicon, mentions: Iterable[tuple[str, str, Value]]) -> "ValueBook":
        """The book of the `lexicon` and of the training sentences' `mentions`: entity, plain surface, value."""
        forms: dict[str, dict[str, str]] = {}
        for form, meanings in lexicon.forms.items():
            for meaning in meanings:
                forms.setdefault(meaning.entity, {}).setdefault(form, meaning.value)
        counted: dict[tuple[str, str], Counter[str]] = {}
        for entity, surface, value in mentions:
            if entity not in NUMBERS:
                counted.setdefault((entity, surface), Counter())[str(value)] += 1
        for (entity, surface), values in counted.items():
            forms.setdefault(entity, {})[surface] = values.most_common(1)[0][0]
        return cls(forms)

    def value_in(self, analysis: Analysis, entity: str, start: int, end: int) -> Value | None:
        """The value of an `entity` that stands at `[start, end)` of the plain text; None when nothing tells."""
        surface = analysis.plain.text[start:end]
        if entity == "item" and surface in _BARE_CARDS:
            sure = {
                match.meaning.value
                for match in analysis.matches
                if match.meaning.entity == entity and match.meaning.sure
            }
            if "phone_card" in sure and "bank_card" not in sure:
                return "phone_card"
        return self.value(
            entity, surface, [match for match in analysis.matches if start <= match.start and match.end <= end]
        )

    def value(self, entity: str, surface: str, parts: Iterable[Match] = ()) -> Value | None:
        """The value of the plain `surface` as an `entity`, None when nothing tells; `parts`: its lexicon matches."""
        if entity in NUMBERS:
            return _number(entity, surface)
        forms = self.forms.get(entity, {})
        for form in _variants(surface):
            if form in forms:
                return forms[form]
        longest = max((part for part in parts if part.meaning.entity == entity), key=_length, default=None)
        return longest.meaning.value if longest else None


def _length(match: Match) -> int:
    return match.end - match.start


def _variants(surface: str) -> Iterable[str]:
    yield surface
    for ending in _ENDINGS:
        if surface.endswith(ending) and len(surface) > len(ending) + 2:
            yield surface[: -len(ending)]


def _number(entity: str, surface: str) -> int | float | None:
    number = number_in(surface)
    if number is None or entity == "amount":
        return number
    return int(number) if float(number).is_integer() else None
