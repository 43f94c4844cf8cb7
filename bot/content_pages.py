"""Any piece of content by name, as a student will see it: for whoever edits or checks it."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.dialogue import learning, pages
from bot.replies import Reply
from content.kinds import KINDS
from content.library import Library
from content.schema import Language


def names_in(library: Library, wanted: str) -> list[str]:
    """Everything that `wanted` may mean, as `folder/id`: an id alone, `intent.answer`, `story.scene`, or in full."""
    folder, slash, rest = wanted.partition("/")
    if not slash:
        folder, rest = "", wanted
    return [
        f"{kind.folder}/{rest}"
        for kind in KINDS
        if folder in ("", kind.folder) and next(pages_of(library, f"{kind.folder}/{rest}", "zh"), None) is not None
    ]


def pages_of(library: Library, name: str, language: Language) -> Iterator[Reply]:
    """The pages of `folder/id`, none when there is no such thing. Raises KeyError for a dead reference in it."""
    folder, _, key = name.partition("/")
    if folder == "topics":
        if found := library.find_answer(key):
            yield pages.answer_page(library, *found, language)
    elif folder == "guides":
        if key in library.guides:
            yield from pages.guide_pages(library, library.guides[key], language)
    elif folder == "stories":
        yield from _scene(library, key, language)
    elif folder == "campaigns":
        template = library.campaigns.get(key)
        for message in template.messages if template is not None else ():
            yield learning.campaign_page(library, message, language)
    elif folder in _ONE_PAGE and key in getattr(library, folder):
        yield _ONE_PAGE[folder](library, getattr(library, folder)[key], language)


def _scene(library: Library, key: str, language: Language) -> Iterator[Reply]:
    """A scene of a story (`story.scene`), or its first one."""
    story_id, _, name = key.partition(".")
    story = library.stories.get(story_id)
    if story is not None and (not name or name in story.scenes):
        yield learning.scene_page(library, story_id, story, name or story.start, language)


_ONE_PAGE: dict[str, Callable[[Library, Any, Language], Reply]] = {
    "laws": pages.law_page,
    "cases": pages.one_case_page,
    "red_flags": learning.red_flag_page,
    "beliefs": learning.belief_page,
    "glossary": learning.term_page,
    "quizzes": learning.quiz_page,
}


def titles(library: Library, folder: str) -> Iterator[tuple[str, str, str]]:
    """Every piece of a kind: its name, and its title in both languages."""
    if folder == "topics":
        for intent, topic in library.topics.items():
            for answer in topic.answers:
                yield f"{intent}.{answer.id}", answer.name.zh, answer.name.en
        return
    for key, item in getattr(library, folder).items():
        title = getattr(item, _TITLES[folder])
        yield key, title.zh, title.en


_TITLES = {
    "laws": "short",
    "cases": "title",
    "guides": "title",
    "red_flags": "name",
    "beliefs": "belief",
    "glossary": "term",
    "quizzes": "question",
    "stories": "title",
    "campaigns": "title",
}
