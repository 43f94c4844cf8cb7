"""What the numbers in a question change: how many cards, how much money, how old. Never a number that would be safe."""

from dataclasses import replace

from bot.dialogue.pages import answer_button
from bot.dialogue.state import Entities
from bot.replies import Reply
from content.library import Library
from content.schema import LONGEST_MESSAGE, Answer, Language

_CARDS = ("ask_provide_item", "ask_collect_cards", "offer_item", "report_provided_item", "ask_penalty", "ask_threshold")
_PAID = ("ask_provide_item", "ask_collect_cards", "offer_item", "report_provided_item", "ask_assist_verification")
_MOVED = ("ask_move_money", "report_moved_money", "ask_penalty", "ask_threshold")
_ADULT = 18  # Criminal Law Art. 17: younger people are punished less
_AGES = "ask_age"
_NOT_ABOUT_AGE = (_AGES, "distress", "talk_to_counsellor", "ask_hotline")


def with_numbers(library: Library, page: Reply, intent: str, answer: Answer, entities: Entities) -> tuple[Reply, ...]:
    """The answer's page with what the numbers of the question mean: below it, or before it when that grew too long."""
    language: Language = "en" if page.language == "en" else "zh"
    found = _notes(library, intent, answer, entities, language)
    if _young(intent, answer, entities):
        page = _with_age_button(library, page, language)
    if not found:
        return (page,)
    below = "\n".join(found)
    longer = replace(page, footer=f"{page.footer}\n\n{below}".strip())
    if len(longer.text) <= LONGEST_MESSAGE:
        return (longer,)
    return (Reply(below, language=page.language, intent=page.intent), page)


def _notes(library: Library, intent: str, answer: Answer, entities: Entities, language: Language) -> tuple[str, ...]:
    """A sentence for each number that matters to this answer."""
    found = []
    counts = [value for value in entities.get("count", ()) if isinstance(value, int) and value > 1]
    amounts = [value for value in entities.get("amount", ()) if isinstance(value, int | float)]
    ages = _young(intent, answer, entities)
    if counts and intent in _CARDS:
        found.append(library.text("note_count", language, count=max(counts)))
    if amounts and intent in (*_PAID, *_MOVED):
        key = "note_moved" if intent in _MOVED else "note_paid"
        found.append(library.text(key, language, amount=f"{max(amounts):,}"))
    if ages:
        label = answer_button(library, _AGES, language).label
        found.append(library.text("note_age", language, age=min(ages), button=label))
    return tuple(found)


def _young(intent: str, answer: Answer, entities: Entities) -> list[int]:
    """The ages of minors, when the answer is not about them anyway."""
    if intent in _NOT_ABOUT_AGE or (answer.when and answer.when.age):
        return []
    return [value for value in entities.get("age", ()) if isinstance(value, int) and value < _ADULT]


def _with_age_button(library: Library, page: Reply, language: Language) -> Reply:
    button = answer_button(library, _AGES, language)
    if any(button == other for row in page.buttons for other in row):
        return page
    return replace(page, buttons=(*page.buttons, (button,)))
