"""Unanswered questions for the admins: only when the student says so, shown first exactly as it would be kept.

Nothing is stored before that. The words are at hand because our answer is a reply to the student's message, which comes
back with the button.
"""

import uuid
from dataclasses import replace
from datetime import timedelta

from bot.dialogue.pages import button
from bot.dialogue.redaction import redacted, says_something
from bot.dialogue.request import Keep, Outcome, Request, says
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind
from content.schema import Language
from db.engine import Database
from db.models import now
from nlu.language import stronger_language

_MOST_A_DAY = 10
_LONGEST = 500


def offered(request: Request, page: Reply) -> Reply:
    """The page with a button that hands the question to the admins; in private, and for words only."""
    if request.turn.in_group or request.turn.kind not in (Kind.TEXT, Kind.EDITED, Kind.FORWARDED):
        return page
    row = (button(request.library, "button_keep", request.language, Press(PressKind.KEEP, "ask")),)
    return replace(page, buttons=(*page.buttons, row), answers_message=True)


def pressed(request: Request, press: Press) -> Outcome | None:
    """Show what would be kept, keep it, leave it, or take it back."""
    if press.subject == "no":
        return Outcome((says(request, "not_kept"),), request.state)
    if press.subject.startswith("drop."):
        try:
            number = uuid.UUID(hex=press.subject.removeprefix("drop."))
        except ValueError:
            return None
        return Outcome((says(request, "kept_dropped"),), request.state, keep=Keep(drop=number))
    if press.subject not in ("ask", "yes"):
        return None
    if not request.turn.text.strip():
        return Outcome((says(request, "keep_not_at_hand"),), request.state)
    text = redacted(request.turn.text, stronger_language(request.turn.text))[:_LONGEST]
    if not says_something(text):
        return Outcome((says(request, "keep_nothing"),), request.state)
    if press.subject == "yes":
        return Outcome((says(request, "kept"),), request.state, keep=Keep(text))
    return Outcome((_question(request, text),), request.state)


def _question(request: Request, text: str) -> Reply:
    row = tuple(
        button(request.library, f"keep_{answer}", request.language, Press(PressKind.KEEP, answer))
        for answer in ("yes", "no")
    )
    return replace(says(request, "keep_question", text=text), buttons=(row,), answers_message=True)


async def carry_out(database: Database, request: Request, outcome: Outcome) -> Outcome:
    """Keep or take back what `outcome` says, for whoever asked."""
    wish = outcome.keep
    assert wish is not None
    async with database.write() as work:
        person = await work.people.find_or_add(request.turn.address)
        if wish.drop is not None:
            gone = await work.questions.remove(wish.drop, person.id)
            return outcome if gone else replace(outcome, replies=(says(request, "kept_gone"),))
        if await work.questions.given_since(person.id, now() - timedelta(days=1)) >= _MOST_A_DAY:
            return replace(outcome, replies=(says(request, "keep_too_many"),))
        language: Language = stronger_language(wish.text)
        number = await work.questions.keep(person.id, wish.text, language)
    drop = button(request.library, "button_drop", request.language, Press(PressKind.KEEP, f"drop.{number.hex}"))
    return replace(outcome, replies=tuple(replace(reply, buttons=((drop,),)) for reply in outcome.replies))
