"""Checks of the content that need the intents and the rendering: what `content` alone cannot know."""

import string
from collections.abc import Iterator
from pathlib import Path

from bot.dialogue import pages
from bot.interface import TEXTS
from bot.replies import ButtonTooLong, Reply, encode
from content.library import Library
from content.loading import CONTENT_FOLDER, ContentIsBroken, inspect
from content.problems import Problem
from content.reading import Document, Keys
from content.schema import Answer, Language, When
from nlu.domain import DOMAIN_FILE, Domain, load_domain

LONGEST_MESSAGE = 900  # design: what is longer is behind a button
_LONGEST_LABEL = 40
_TELEGRAM_TEXT = 4096  # Bot API: sendMessage, text
_TELEGRAM_DESCRIPTION = {"telegram_description": 512, "telegram_short_description": 120}  # Bot API: setMyDescription
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
# Small talk, settings and the quiz are answered by the bot's own sentences.
_ANSWERED_BY_CODE = "conversation"


def check_all(folder: Path = CONTENT_FOLDER) -> tuple[Library | None, list[Problem]]:
    """The library and every problem in it, sorted by file and line. The library is None when its shape is wrong."""
    library, problems = inspect(folder)
    if library is not None:
        problems = sorted({*problems, *_check(library, folder)})
    return library, problems


def load_checked(folder: Path = CONTENT_FOLDER) -> Library:
    """The library, when nothing at all is wrong with it. Raises ContentIsBroken."""
    library, problems = check_all(folder)
    if library is None or not all(problem.warning for problem in problems):
        raise ContentIsBroken(problems)
    return library


def _check(library: Library, folder: Path) -> Iterator[Problem]:
    domain = load_domain()
    yield from _intents(library, domain, folder)
    sentences = list(_interface(library))
    yield from sentences
    complete = not sentences and not any(True for _ in _dangling(library))
    for intent, topic in library.topics.items():
        document = library.documents[f"topics/{intent}"]
        for index, answer in enumerate(topic.answers):
            at: Keys = ("answers", index)
            yield from _when(document, at, answer.when, domain)
            yield from _labels(document, at, answer)
            if complete:
                yield from _rendered(library, document, at, intent, answer)
    if complete:
        yield from _other_pages(library)


def _intents(library: Library, domain: Domain, folder: Path) -> Iterator[Problem]:
    known = {intent.name: intent.group for intent in domain.intents}
    for name in library.topics:
        if name not in known:
            path = library.documents[f"topics/{name}"].path
            yield Problem(path, 1, "", f"there is no intent {name!r}: rename the file, or add it to {DOMAIN_FILE.name}")
    for name, group in known.items():
        if group != _ANSWERED_BY_CODE and name not in library.topics:
            yield Problem(folder / "topics" / f"{name}.yml", 1, "", f"the intent {name!r} has no answer: add this file")


def _interface(library: Library) -> Iterator[Problem]:
    document = library.documents["interface"]
    for key, places in TEXTS.items():
        if key not in library.texts:
            yield document.problem(("texts",), f"the bot says {key!r}, which is missing: add it")
            continue
        for language in _LANGUAGES:
            at = ("texts", key, language)
            found = _places(library.texts[key][language])
            if found is None or found != places:
                wanted = ", ".join(f"{{{name}}}" for name in sorted(places)) or "none"
                yield document.problem(at, f"the places in curly brackets must be: {wanted}")
            limit = _TELEGRAM_DESCRIPTION.get(key, _TELEGRAM_TEXT)
            if len(library.texts[key][language]) > limit:
                yield document.problem(at, f"longer than Telegram's {limit} characters: shorten it")
    for key in library.texts.keys() - TEXTS.keys():
        yield document.problem(("texts", key), "the bot never says this: remove it or mend its name")


def _places(sentence: str) -> frozenset[str] | None:
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)
    except ValueError:
        return None


def _dangling(library: Library) -> Iterator[str]:
    """References that lead nowhere (named by content.checks): a page with one cannot be rendered."""
    for topic in library.topics.values():
        for answer in topic.answers:
            yield from (law for law in answer.laws if law not in library.laws)
            yield from (case for case in answer.cases if case not in library.cases)
            yield from (line for line in answer.hotlines if line not in library.hotlines)
            yield from (other for other in answer.related if library.find_answer(other) is None)
            if answer.guide is not None and answer.guide not in library.guides:
                yield answer.guide
    for guide in library.guides.values():
        yield from (law for law in guide.laws if law not in library.laws)
        yield from (line for step in guide.steps for line in step.call if line not in library.hotlines)
    yield from (reference for reference in library.menu if library.find_answer(reference) is None)


def _when(document: Document, at: Keys, when: When | None, domain: Domain) -> Iterator[Problem]:
    if when is None:
        return
    for entity in ("item", "deal", "job", "relation", "role"):
        kind = domain.entity(entity)
        for index, value in enumerate(getattr(when, entity)):
            if kind is not None and not kind.allows(value):
                allowed = ", ".join(kind.values)
                yield document.problem((*at, "when", entity, index), f"{value!r} is not one of: {allowed}")
    if when.age is not None and when.age.from_ > when.age.to:
        yield document.problem((*at, "when", "age"), "`from` is greater than `to`")


def _labels(document: Document, at: Keys, answer: Answer) -> Iterator[Problem]:
    for language in _LANGUAGES:
        if len(answer.name[language]) > _LONGEST_LABEL:
            yield document.problem((*at, "name", language), f"longer than {_LONGEST_LABEL} characters: it is a button")


def _rendered(library: Library, document: Document, at: Keys, intent: str, answer: Answer) -> Iterator[Problem]:
    for language in _LANGUAGES:
        page = pages.answer_page(library, intent, answer, language)
        if len(page.text) > LONGEST_MESSAGE:
            yield document.problem(
                (*at, "why", language), f"the whole message has {len(page.text)} characters: cut to {LONGEST_MESSAGE}"
            )
        yield from _buttons(document, at, page)


def _other_pages(library: Library) -> Iterator[Problem]:
    for language in _LANGUAGES:
        for key, law in library.laws.items():
            yield from _fits(
                library.documents[f"laws/{key}"], ("words", language), pages.law_page(library, law, language)
            )
        for key, guide in library.guides.items():
            page = pages.guide_page(library, guide, language)
            yield from _fits(library.documents[f"guides/{key}"], ("steps",), page)
        for intent, topic in library.topics.items():
            if len(topic.title[language]) > _LONGEST_LABEL:
                document = library.documents[f"topics/{intent}"]
                yield document.problem(("title", language), f"longer than {_LONGEST_LABEL} characters: it is a button")


def _fits(document: Document, keys: Keys, page: Reply) -> Iterator[Problem]:
    if len(page.text) > _TELEGRAM_TEXT:
        yield document.problem(
            keys, f"the whole message has {len(page.text)} characters: Telegram takes {_TELEGRAM_TEXT}"
        )
    yield from _buttons(document, keys, page)


def _buttons(document: Document, keys: Keys, page: Reply) -> Iterator[Problem]:
    for row in page.buttons:
        for button in row:
            try:
                encode(button.press)
            except ButtonTooLong as error:
                yield document.problem(keys, f"the ids are too long for a button ({error}): shorten the answer's id")
