"""Any piece of content by name, as a student will see it: for whoever edits or checks it."""

from collections.abc import Iterator

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
    first, _, second = key.partition(".")
    if folder == "topics" and (found := library.find_answer(key)):
        yield pages.answer_page(library, *found, language)
    elif folder == "laws" and key in library.laws:
        yield pages.law_page(library, library.laws[key], language)
    elif folder == "cases" and key in library.cases:
        yield pages.one_case_page(library, library.cases[key], language)
    elif folder == "guides" and key in library.guides:
        yield pages.guide_page(library, library.guides[key], language)
    elif folder == "red_flags" and key in library.red_flags:
        yield learning.red_flag_page(library, library.red_flags[key], language)
    elif folder == "beliefs" and key in library.beliefs:
        yield learning.belief_page(library, library.beliefs[key], language)
    elif folder == "glossary" and key in library.glossary:
        yield learning.term_page(library, library.glossary[key], language)
    elif folder == "quizzes" and key in library.quizzes:
        yield learning.quiz_page(library, library.quizzes[key], language)
    elif folder == "stories" and first in library.stories:
        story = library.stories[first]
        if not second or second in story.scenes:
            yield learning.scene_page(library, first, story, second or story.start, language)
    elif folder == "campaigns" and key in library.campaigns:
        for message in library.campaigns[key].messages:
            yield learning.campaign_page(library, message, language)


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
