"""Checks of the content that need the intents and the rendering: what `content` alone cannot know."""

import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.dialogue import guided, learning, pages
from bot.interface import TEXTS
from bot.replies import ButtonTooLong, Reply, encode
from content.learning_checks import too_long
from content.library import Library
from content.loading import CONTENT_FOLDER, ContentIsBroken, inspect
from content.problems import Problem
from content.reading import Document, Keys
from content.schema import LANGUAGES, LONGEST_LABEL, LONGEST_MESSAGE, Answer, When
from nlu.domain import DOMAIN_FILE, Domain, load_domain

_TELEGRAM_TEXT = 4096  # Bot API: sendMessage, text
_TELEGRAM_SHORTER = {
    **{"telegram_description": 512, "telegram_short_description": 120},  # Bot API: setMyDescription
    **{"not_your_button": 200, "old_button_group": 200},  # Bot API: answerCallbackQuery, text
}
# Small talk, settings and the quiz are answered by the bot's own sentences.
_ANSWERED_BY_CODE = "conversation"


def check_all(folder: Path = CONTENT_FOLDER) -> tuple[Library | None, list[Problem]]:
    """The library and every problem in it, sorted by file and line. The library is None when its shape is wrong."""
    library, problems = inspect(folder)
    if library is not None:
        whole = not library.broken and not any(problem.dead_reference for problem in problems)
        problems = sorted({*problems, *_check(library, folder, whole=whole)})
    return library, problems


def load_checked(folder: Path = CONTENT_FOLDER) -> Library:
    """The library, when nothing at all is wrong with it. Raises ContentIsBroken."""
    library, problems = check_all(folder)
    if library is None or not all(problem.warning for problem in problems):
        raise ContentIsBroken(problems)
    return library


def _check(library: Library, folder: Path, *, whole: bool) -> Iterator[Problem]:
    domain = load_domain()
    yield from _intents(library, domain, folder)
    sentences = list(_interface(library))
    yield from sentences
    # A page with a reference that leads nowhere cannot be rendered; content.checks has named it.
    complete = not sentences and whole
    for intent, topic in library.topics.items():
        document = library.documents[f"topics/{intent}"]
        yield from too_long(document, ("title",), topic.title, LONGEST_LABEL)
        for index, answer in enumerate(topic.answers):
            at: Keys = ("answers", index)
            yield from _when(document, at, answer.when, domain)
            yield from too_long(document, (*at, "name"), answer.name, LONGEST_LABEL)
            if complete:
                yield from _rendered(library, document, at, intent, answer)
    if complete:
        yield from _other_pages(library)
        yield from _learning_pages(library)


def _intents(library: Library, domain: Domain, folder: Path) -> Iterator[Problem]:
    known = {intent.name: intent.group for intent in domain.intents}
    for name in library.topics:
        if name not in known:
            path = library.documents[f"topics/{name}"].path
            yield Problem(path, 1, "", f"there is no intent {name!r}: rename the file, or add it to {DOMAIN_FILE.name}")
    for name, group in known.items():
        if group != _ANSWERED_BY_CODE and name not in library.topics and f"topics/{name}" not in library.broken:
            yield Problem(folder / "topics" / f"{name}.yml", 1, "", f"the intent {name!r} has no answer: add this file")


def _interface(library: Library) -> Iterator[Problem]:
    document = library.documents["interface"]
    for key, places in TEXTS.items():
        if key not in library.texts:
            yield document.problem(("texts",), f"the bot says {key!r}, which is missing: add it")
            continue
        for language in LANGUAGES:
            at = ("texts", key, language)
            found = _places(library.texts[key][language])
            if found is None or found != places:
                wanted = ", ".join(f"{{{name}}}" for name in sorted(places)) or "none"
                yield document.problem(at, f"the places in curly brackets must be: {wanted}")
            limit = _TELEGRAM_SHORTER.get(key, _TELEGRAM_TEXT)
            if len(library.texts[key][language]) > limit:
                yield document.problem(at, f"longer than Telegram's {limit} characters: shorten it")
    for key in library.texts.keys() - TEXTS.keys():
        yield document.problem(("texts", key), "the bot never says this: remove it or mend its name")


def _places(sentence: str) -> frozenset[str] | None:
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)
    except ValueError:
        return None


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


def _rendered(library: Library, document: Document, at: Keys, intent: str, answer: Answer) -> Iterator[Problem]:
    for language in LANGUAGES:
        page = pages.answer_page(library, intent, answer, language)
        yield from _short(document, (*at, "why", language), page)


def _other_pages(library: Library) -> Iterator[Problem]:
    for language in LANGUAGES:
        for key, law in library.laws.items():
            yield from _fits(
                library.documents[f"laws/{key}"], ("words", language), pages.law_page(library, law, language)
            )
        for key, guide in library.guides.items():
            for page in pages.guide_pages(library, guide, language):
                yield from _short(library.documents[f"guides/{key}"], ("steps",), page)
        for key, case in library.cases.items():
            page = pages.one_case_page(library, case, language)
            yield from _fits(library.documents[f"cases/{key}"], ("facts", language), page)
        for key, guide in library.guides.items():
            for number in range(1, len(guide.steps) + 2):
                step = guided.step_page(library, key, number, language)
                if step is not None:
                    yield from _short(library.documents[f"guides/{key}"], ("steps",), step)


def _learning_pages(library: Library) -> Iterator[Problem]:
    """Red flags, beliefs, terms, scenes and campaign messages as a student reads them."""
    for language in LANGUAGES:
        for key, flag in library.red_flags.items():
            page = learning.red_flag_page(library, flag, language)
            yield from _short(library.documents[f"red_flags/{key}"], ("why", language), page)
        for key, belief in library.beliefs.items():
            page = learning.belief_page(library, belief, language)
            yield from _short(library.documents[f"beliefs/{key}"], ("why", language), page)
        for key, term in library.glossary.items():
            page = learning.term_page(library, term, language)
            yield from _short(library.documents[f"glossary/{key}"], ("meaning", language), page)
        for key, story in library.stories.items():
            for name in story.scenes:
                page = learning.scene_page(library, key, story, name, language)
                yield from _short(library.documents[f"stories/{key}"], ("scenes", name, "text", language), page)
        for key, template in library.campaigns.items():
            for number, message in enumerate(template.messages):
                page = learning.campaign_page(library, message, language)
                yield from _short(library.documents[f"campaigns/{key}"], ("messages", number, "text", language), page)


def _short(document: Document, keys: Keys, page: Reply) -> Iterator[Problem]:
    if len(page.text) > LONGEST_MESSAGE:
        yield document.problem(keys, f"the whole message has {len(page.text)} characters: cut to {LONGEST_MESSAGE}")
    yield from _buttons(document, keys, page)


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
                # Pages that turn over make buttons like these with a number of up to two digits.
                encode(replace(button.press, choice=max(button.press.choice, 99)))
            except ButtonTooLong as error:
                yield document.problem(keys, f"the ids are too long for a button ({error}): shorten the answer's id")
