"""What must hold in red flags, beliefs, terms, quizzes, stories and campaign templates beyond their shape."""

from collections.abc import Iterator

from content.learning import (
    POLL_EXPLANATION,
    POLL_LINE_FEEDS,
    POLL_OPTION,
    POLL_QUESTION,
    QuizQuestion,
    Story,
)
from content.library import Library, names_of, plain_name
from content.problems import Problem
from content.reading import Document, Keys
from content.schema import LANGUAGES, LONGEST_LABEL, LONGEST_MESSAGE, Text


def check(library: Library) -> Iterator[Problem]:
    """Every problem of these kinds that the shape alone does not show."""
    for key, flag in library.red_flags.items():
        yield from too_long(library.documents[f"red_flags/{key}"], ("name",), flag.name, LONGEST_LABEL)
    for key, belief in library.beliefs.items():
        yield from too_long(library.documents[f"beliefs/{key}"], ("belief",), belief.belief, LONGEST_LABEL)
    for key, term in library.glossary.items():
        yield from too_long(library.documents[f"glossary/{key}"], ("term",), term.term, LONGEST_LABEL)
    for key, question in library.quizzes.items():
        yield from _quiz(library, library.documents[f"quizzes/{key}"], question)
    for key, story in library.stories.items():
        yield from _story(library.documents[f"stories/{key}"], story)
    yield from _campaigns(library)
    yield from _same_names(library)


def too_long(document: Document, keys: Keys, text: Text, limit: int) -> Iterator[Problem]:
    for language in LANGUAGES:
        if len(text[language]) > limit:
            yield document.problem((*keys, language), f"has {len(text[language])} characters: cut to {limit}")


def _quiz(library: Library, document: Document, question: QuizQuestion) -> Iterator[Problem]:
    yield from too_long(document, ("question",), question.question, POLL_QUESTION)
    for index, option in enumerate(question.options):
        yield from too_long(document, ("options", index), Text(zh=option.zh, en=option.en), POLL_OPTION)
    for language in LANGUAGES:
        written = [option.zh if language == "zh" else option.en for option in question.options]
        if len(set(written)) != len(written):
            yield document.problem(("options",), f"two options are the same in {language}")
        if question.laws[0] not in library.laws:
            continue
        shown = library.explanation(question, language)
        at = ("explanation", language)
        if len(shown) > POLL_EXPLANATION:
            yield document.problem(at, f"with the law's name {len(shown)} characters: cut to {POLL_EXPLANATION}")
        if shown.count("\n") > POLL_LINE_FEEDS:
            yield document.problem(at, f"has more than {POLL_LINE_FEEDS} line breaks")


def _story(document: Document, story: Story) -> Iterator[Problem]:
    yield from too_long(document, ("title",), story.title, LONGEST_LABEL)
    for name, scene in story.scenes.items():
        for index, choice in enumerate(scene.choices):
            yield from too_long(document, ("scenes", name, "choices", index, "label"), choice.label, LONGEST_LABEL)
    reached = _reachable(story)
    for name in story.scenes.keys() - reached:
        yield document.problem(("scenes", name), "no choice leads here")
    for name in reached - _can_end(story):
        yield document.problem(("scenes", name), "no way from here to an ending")


def _reachable(story: Story) -> set[str]:
    reached, waiting = set[str](), [story.start]
    while waiting:
        name = waiting.pop()
        if name in story.scenes and name not in reached:
            reached.add(name)
            waiting.extend(choice.to for choice in story.scenes[name].choices)
    return reached


def _can_end(story: Story) -> set[str]:
    ending = {name for name, scene in story.scenes.items() if scene.ending}
    while True:
        more = {name for name, scene in story.scenes.items() if any(choice.to in ending for choice in scene.choices)}
        if more <= ending:
            return ending
        ending |= more


def _campaigns(library: Library) -> Iterator[Problem]:
    for key, template in library.campaigns.items():
        document = library.documents[f"campaigns/{key}"]
        yield from too_long(document, ("title",), template.title, LONGEST_LABEL)
        for number, message in enumerate(template.messages):
            yield from too_long(document, ("messages", number, "text"), message.text, LONGEST_MESSAGE)
            for index, button in enumerate(message.buttons):
                place: Keys = ("messages", number, "buttons", index, "label")
                yield from too_long(document, place, button.label, LONGEST_LABEL)


def _same_names(library: Library) -> Iterator[Problem]:
    """A student who types a word must find one explanation."""
    owners: dict[str, str] = {}
    for key, term in library.glossary.items():
        for name in {plain_name(name) for name in names_of(term)}:
            owner = owners.setdefault(name, key)
            if owner != key:
                yield library.documents[f"glossary/{key}"].problem(
                    ("term",), f"{name!r} is already explained in glossary/{owner}.yml: keep it in one place"
                )
