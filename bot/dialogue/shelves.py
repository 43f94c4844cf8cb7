"""The library to leaf through: shelves, what stands on each, and buttons to every page of it."""

from collections.abc import Sequence

from bot.dialogue.pages import button
from bot.replies import Button, Press, PressKind, Reply
from content.learning import RedFlag, Term
from content.library import Library
from content.schema import LONGEST_LABEL, Case, Language, choices_of

SHELVES = ("red_flags", "cases", "guides", "beliefs", "glossary", "laws", "stories")
ROLES = choices_of(Case, "roles")
GROUPS = choices_of(Term, "group")
_LEVELS = choices_of(RedFlag, "level")
_PER_PAGE = 10

Row = tuple[Button, ...]


def shelf_page(library: Library, subject: str, page: int, language: Language) -> Reply | None:
    """What `subject` holds: `all`, a shelf, or a part of one (`cases.student`); None when there is no such thing."""
    shelf, _, part = subject.partition(".")
    if subject == "all":
        return Reply(library.text("library", language), buttons=_shelves(library, language), language=language)
    if shelf not in SHELVES:
        return None
    buttons = (
        _parts(library, shelf, language) if _divided(shelf) and not part else _items(library, shelf, part, language)
    )
    if not buttons:
        return None
    return _listed(library, subject, buttons, page, language)


def _shelves(library: Library, language: Language) -> tuple[Row, ...]:
    return tuple(
        (Button(_title(library, shelf, language), Press(PressKind.SHELF, shelf)),)
        for shelf in SHELVES
        if getattr(library, shelf)
    )


def _title(library: Library, shelf: str, language: Language) -> str:
    return library.text(f"shelf_{shelf}", language)


def _divided(shelf: str) -> bool:
    return shelf in ("cases", "glossary", "laws")


def _parts(library: Library, shelf: str, language: Language) -> list[Button]:
    """The parts of a large shelf that hold something."""
    if shelf == "cases":
        found = [(role, library.text(f"cases_{role}", language)) for role in ROLES if library.search_cases(role=role)]
    elif shelf == "glossary":
        there = {term.group for term in library.glossary.values()}
        found = [(group, library.text(f"terms_{group}", language)) for group in GROUPS if group in there]
    else:
        firsts: dict[str, str] = {}
        for key, law in library.laws.items():
            firsts.setdefault(law.law[language], key)
        found = [(key, name) for name, key in firsts.items()]
    return [Button(_label(label), Press(PressKind.SHELF, f"{shelf}.{part}")) for part, label in found]


def _label(text: str) -> str:
    """`text` as a button: phones cut what is longer, in the middle of a word."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def _items(library: Library, shelf: str, part: str, language: Language) -> list[Button]:
    if shelf == "cases":
        return [
            Button(_label(library.cases[key].title[language]), Press(PressKind.ONE_CASE, key))
            for key in library.search_cases(role=part)
        ]
    if shelf == "glossary":
        return [
            Button(term.term[language], Press(PressKind.TERM, key))
            for key, term in library.glossary.items()
            if term.group == part
        ]
    if shelf == "laws":
        if part not in library.laws:
            return []
        name = library.laws[part].law
        return [
            Button(_label(f"{law.short[language]} {law.subject[language]}"), Press(PressKind.LAW, key))
            for key, law in library.laws.items()
            if law.law == name
        ]
    if shelf == "guides":
        return [Button(guide.title[language], Press(PressKind.GUIDE, key)) for key, guide in library.guides.items()]
    if shelf == "red_flags":
        return [Button(flag.name[language], Press(PressKind.RED_FLAG, key)) for key, flag in library.red_flags.items()]
    if shelf == "stories":
        return [
            Button(story.title[language], Press(PressKind.SCENE, f"{key}.{story.start}"))
            for key, story in library.stories.items()
        ]
    return [Button(belief.belief[language], Press(PressKind.BELIEF, key)) for key, belief in library.beliefs.items()]


def _listed(library: Library, subject: str, buttons: Sequence[Button], page: int, language: Language) -> Reply:
    """A page of `buttons`, with ways to the next, and back."""
    pages = -(-len(buttons) // _PER_PAGE)
    page = page if page < pages else 0
    rows: list[Row] = [(one,) for one in buttons[page * _PER_PAGE : (page + 1) * _PER_PAGE]]
    if pages > 1:
        following = Press(PressKind.SHELF, subject, (page + 1) % pages)
        rows.append((button(library, "button_more", language, following),))
    shelf, _, part = subject.partition(".")
    back = Press(PressKind.SHELF, shelf if part else "all")
    rows.append((button(library, "button_back", language, back),))
    title = _title(library, shelf, language)
    if pages > 1:
        title += " " + library.text("shelf_page", language, page=page + 1, pages=pages)
    return Reply(library.text(f"about_{shelf}", language), headline=title, buttons=tuple(rows), language=language)
