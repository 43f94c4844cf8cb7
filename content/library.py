"""All that the bot can say, by id, and how the right answer is chosen."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from content.learning import AdvertWords, Belief, CampaignTemplate, QuizQuestion, RedFlag, Story, Term
from content.reading import Document
from content.schema import Answer, Case, Guide, Hotline, Language, Law, Text, Topic, When


@dataclass(frozen=True)
class Library:
    """The checked content. Mappings are by id, which is the file's name without its ending."""

    topics: Mapping[str, Topic]
    laws: Mapping[str, Law]
    cases: Mapping[str, Case]
    guides: Mapping[str, Guide]
    red_flags: Mapping[str, RedFlag]
    beliefs: Mapping[str, Belief]
    glossary: Mapping[str, Term]
    quizzes: Mapping[str, QuizQuestion]
    stories: Mapping[str, Story]
    campaigns: Mapping[str, CampaignTemplate]
    hotlines: Mapping[str, Hotline]
    texts: Mapping[str, Text]
    adverts: AdvertWords
    menu: tuple[str, ...] = ()
    danger: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    documents: Mapping[str, Document] = field(repr=False, default_factory=dict)
    broken: frozenset[str] = frozenset()  # files that are there and cannot be used, as `folder/id`: only while checking

    def text(self, key: str, language: Language, **values: object) -> str:
        """The interface sentence `key`, with `{name}` places filled. Raises KeyError for an unknown key."""
        sentence = self.texts[key][language]
        return sentence.format(**values) if values else sentence

    def answer(self, intent: str, entities: Mapping[str, Iterable[Any]]) -> Answer | None:
        """The answer to `intent` that fits the entities best: the one with most conditions, all of them met.

        One that is meant for an age comes before all others: it decides whether somebody answers for a crime at all.

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

    def knows_ages(self, intent: str) -> bool:
        """Whether the answers to `intent` differ by age."""
        topic = self.topics.get(intent)
        return topic is not None and any(answer.when and answer.when.age for answer in topic.answers)

    def beliefs_about(self, intent: str, answer_id: str) -> tuple[str, ...]:
        """The wrong beliefs that are corrected beside this answer."""
        here = (intent, f"{intent}.{answer_id}")
        return tuple(key for key, belief in self.beliefs.items() if any(topic in here for topic in belief.topics))

    @cached_property
    def terms_by_name(self) -> Mapping[str, str]:
        """Every name of a term in `plain_name` spelling, and the term's id."""
        return {plain_name(name): key for key, term in self.glossary.items() for name in names_of(term)}

    def explanation(self, question: QuizQuestion, language: Language) -> str:
        """What a poll shows after an answer: why, and the article it rests on."""
        law = self.laws[question.laws[0]].short[language]
        text = question.explanation[language]
        return f"{text}（{law}）" if language == "zh" else f"{text} ({law})"

    def search_cases(
        self,
        *,
        role: str | None = None,
        act: str | None = None,
        item: str | None = None,
        outcome: str | None = None,
        age: int | None = None,
    ) -> tuple[str, ...]:
        """The cases for which everything asked for holds. A case whose source names no age has none."""
        return tuple(
            key
            for key, case in self.cases.items()
            if (role is None or role in case.roles)
            and (act is None or act in case.acts)
            and (item is None or item in case.items)
            and (outcome is None or outcome in case.outcomes)
            and (age is None or age in case.ages)
        )

    def citing(self, law: str) -> tuple[str, ...]:
        """Everything that cites `law`: `folder/id`; an answer is `topics/intent.answer`, a scene `stories/id.scene`."""
        answers = [
            f"topics/{intent}.{answer.id}"
            for intent, topic in self.topics.items()
            for answer in topic.answers
            if law in answer.laws
        ]
        others = [
            f"{folder}/{key}"
            for folder in ("guides", "cases", "red_flags", "beliefs", "glossary", "quizzes", "campaigns")
            for key, item in getattr(self, folder).items()
            if law in item.laws
        ]
        scenes = [
            f"stories/{key}.{name}"
            for key, story in self.stories.items()
            for name, scene in story.scenes.items()
            if law in scene.laws
        ]
        return (*answers, *others, *scenes)


def names_of(term: Term) -> tuple[str, ...]:
    """Everything under which a term can be asked for."""
    return (term.term.zh, term.term.en, *term.also.zh, *term.also.en, *term.misnomers)


def plain_name(name: str) -> str:
    """`name` as it is compared: half width, small letters, no marks, single spaces, none beside a Chinese character."""
    letters = unicodedata.normalize("NFKC", name).casefold().replace("\u2019", "'")
    return _SPACE_BY_HAN.sub("", " ".join(_MARKS.sub(" ", letters).split()))


_BEFORE_ALL = 10
_MARKS = re.compile(r"(?:[^\w']|_)+|(?<!\w)'|'(?!\w)")  # an apostrophe inside a word belongs to it
_SPACE_BY_HAN = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")


def _conditions(when: When | None) -> int:
    return 0 if when is None else sum(bool(value) for _, value in when) + (_BEFORE_ALL if when.age else 0)


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
