"""All that the bot can say, by id, and how the right answer is chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from content.reading import Document
from content.schema import Answer, Case, Guide, Hotline, Language, Law, Text, Topic, When


@dataclass(frozen=True)
class Library:
    """The checked content. Mappings are by id, which is the file's name without its ending."""

    topics: Mapping[str, Topic]
    laws: Mapping[str, Law]
    cases: Mapping[str, Case]
    guides: Mapping[str, Guide]
    hotlines: Mapping[str, Hotline]
    texts: Mapping[str, Text]
    menu: tuple[str, ...] = ()
    danger: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    documents: Mapping[str, Document] = field(repr=False, default_factory=dict)

    def text(self, key: str, language: Language, **values: object) -> str:
        """The interface sentence `key`, with `{name}` places filled. Raises KeyError for an unknown key."""
        sentence = self.texts[key][language]
        return sentence.format(**values) if values else sentence

    def answer(self, intent: str, entities: Mapping[str, Iterable[Any]]) -> Answer | None:
        """The answer to `intent` that fits the entities best: the one with most conditions, all of them met.

        `entities` maps an entity's name to the values found in the message. None when the intent has no topic.
        """
        topic = self.topics.get(intent)
        if topic is None:
            return None
        fitting = [answer for answer in topic.answers if answer.when is None or _fits(answer.when, entities)]
        return max(fitting, key=lambda answer: _conditions(answer.when))

    def find_answer(self, reference: str) -> tuple[str, Answer] | None:
        """The intent and answer named by `intent` (its default) or `intent.answer`; None when there is none."""
        intent, _, answer_id = reference.partition(".")
        topic = self.topics.get(intent)
        if topic is None:
            return None
        for answer in topic.answers:
            if answer.id == answer_id or (not answer_id and answer.when is None):
                return intent, answer
        return None


def _conditions(when: When | None) -> int:
    return 0 if when is None else sum(bool(value) for _, value in when)


def _fits(when: When, entities: Mapping[str, Iterable[Any]]) -> bool:
    for name, wanted in when:
        if not wanted:
            continue
        found = list(entities.get(name, ()))
        if name == "age":
            if not any(wanted.from_ <= age <= wanted.to for age in found):
                return False
        elif not set(found) & set(wanted):
            return False
    return True
