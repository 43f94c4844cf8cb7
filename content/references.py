"""Every name of another file must lead to one: laws, cases, guides, answers, hotlines, quiz questions, scenes.

A file that is there and has a mistake of its own is named for that mistake, not once more by everything that names it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from content.learning import CampaignTemplate, Story
from content.library import Library
from content.problems import Problem
from content.reading import Document, Keys
from content.schema import Guide, Topic

# Of every kind that has such a field: the field and the folder whose files it names.
_NAMED = {"laws": "laws", "cases": "cases", "guide": "guides", "quiz": "quizzes", "case": "cases"}


def check(library: Library) -> Iterator[Problem]:
    """A problem for every name that leads nowhere."""
    for intent, topic in library.topics.items():
        yield from _topic(library, library.documents[f"topics/{intent}"], topic)
    for place, reference in enumerate(library.menu):
        yield from _answer(library, library.documents["interface"], ("menu", place), reference)
    for key, guide in library.guides.items():
        yield from _guide(library, library.documents[f"guides/{key}"], guide)
    for folder in ("cases", "red_flags", "beliefs", "glossary", "quizzes"):
        items: Mapping[str, Any] = getattr(library, folder)
        for key, item in items.items():
            document = library.documents[f"{folder}/{key}"]
            yield from _names(library, document, (), item)
            for place, reference in enumerate(getattr(item, "topics", ())):
                yield from _answer(library, document, ("topics", place), reference)
            if hasattr(item, "topic"):
                yield from _answer(library, document, ("topic",), item.topic)
    for key, story in library.stories.items():
        yield from _story(library, library.documents[f"stories/{key}"], story)
    for key, template in library.campaigns.items():
        yield from _campaign(library, library.documents[f"campaigns/{key}"], template)


def _topic(library: Library, document: Document, topic: Topic) -> Iterator[Problem]:
    for index, answer in enumerate(topic.answers):
        at: Keys = ("answers", index)
        yield from _names(library, document, at, answer)
        yield from _missing(document, (*at, "hotlines"), answer.hotlines, library.hotlines, "hotlines.yml")
        for place, reference in enumerate(answer.related):
            yield from _answer(library, document, (*at, "related", place), reference)


def _guide(library: Library, document: Document, guide: Guide) -> Iterator[Problem]:
    yield from _names(library, document, (), guide)
    for index, step in enumerate(guide.steps):
        yield from _missing(document, ("steps", index, "call"), step.call, library.hotlines, "hotlines.yml")


def _story(library: Library, document: Document, story: Story) -> Iterator[Problem]:
    if story.start not in story.scenes:
        yield document.dead_reference(("start",), f"there is no scene {story.start!r}")
    for name, scene in story.scenes.items():
        at: Keys = ("scenes", name)
        yield from _names(library, document, at, scene)
        for index, choice in enumerate(scene.choices):
            if choice.to not in story.scenes:
                yield document.dead_reference((*at, "choices", index, "to"), f"there is no scene {choice.to!r}")


def _campaign(library: Library, document: Document, template: CampaignTemplate) -> Iterator[Problem]:
    yield from _names(library, document, (), template)
    for number, message in enumerate(template.messages):
        at: Keys = ("messages", number)
        yield from _names(library, document, at, message)
        for index, button in enumerate(message.buttons):
            place: Keys = (*at, "buttons", index)
            yield from _names(library, document, place, button)
            if button.answer is not None:
                yield from _answer(library, document, (*place, "answer"), button.answer)


def _names(library: Library, document: Document, at: Keys, item: object) -> Iterator[Problem]:
    """The fields of `item` that name files: a list of names, one name, or nothing."""
    for field, folder in _NAMED.items():
        named = getattr(item, field, None)
        if named is None:
            continue
        there = {*getattr(library, folder), *_broken(library, folder)}
        if isinstance(named, str):
            if named not in there:
                yield document.dead_reference((*at, field), _dead(named, folder))
        else:
            yield from _missing(document, (*at, field), named, there, folder)


def _missing(
    document: Document, keys: Keys, wanted: Iterable[str], there: Collection[str], where: str
) -> Iterator[Problem]:
    for index, name in enumerate(wanted):
        if name not in there:
            yield document.dead_reference((*keys, index), _dead(name, where))


def _dead(name: str, where: str) -> str:
    return f"{name!r} is not in {where}: mend the name or add it"


def _answer(library: Library, document: Document, keys: Keys, reference: str) -> Iterator[Problem]:
    if library.find_answer(reference) is None and reference.partition(".")[0] not in _broken(library, "topics"):
        yield document.dead_reference(keys, f"there is no answer {reference!r} in topics/")


def _broken(library: Library, folder: str) -> set[str]:
    return {name.partition("/")[2] for name in library.broken if name.startswith(f"{folder}/")}
