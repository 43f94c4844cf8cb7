"""What people decide about themselves: see, erase, leave, stop, and say whether an answer helped."""

from dataclasses import replace

from bot.dialogue import pages, quiz
from bot.dialogue.own_data import Place
from bot.dialogue.request import Outcome, Own, Rating, Request, says
from bot.replies import Button, File, Press, PressKind, Reply


def export(request: Request) -> Outcome:
    """Everything that is stored, as a file; the dialogue fetches it."""
    return Outcome((says(request, "export_ready"),), request.state, own=Own.EXPORT)


def with_export(outcome: Outcome, text: str) -> Outcome:
    file = File("cardwise.json", text)
    return replace(outcome, replies=tuple(replace(reply, file=file) for reply in outcome.replies))


def forget(request: Request) -> Outcome:
    """Ask once before everything is erased."""
    row = tuple(
        Button(request.library.text(f"forget_{answer}", request.language), Press(PressKind.FORGET, answer))
        for answer in ("yes", "no")
    )
    return Outcome((replace(says(request, "forget_question"), buttons=(row,)),), request.state)


def forget_pressed(request: Request, press: Press) -> Outcome | None:
    if press.subject == "yes":
        return Outcome((says(request, "forgotten"),), request.state, own=Own.ERASE)
    return Outcome((says(request, "not_forgotten"),), request.state) if press.subject == "no" else None


def school(request: Request) -> Outcome:
    """The schools somebody has joined, and how to leave one; the dialogue fetches them."""
    return Outcome((says(request, "school_none"),), request.state, own=Own.PLACES)


def with_places(request: Request, outcome: Outcome, places: tuple[Place, ...]) -> Outcome:
    if not places:
        return outcome
    language = request.language
    names = "\n".join(f"· {place.school}" + (f" · {place.class_name}" if place.class_name else "") for place in places)
    rows = tuple(
        (
            Button(
                request.library.text("button_leave", language, school=place.school),
                Press(PressKind.LEAVE, str(place.membership)),
            ),
        )
        for place in places
    )
    reply = Reply(request.library.text("school_yours", language, schools=names), buttons=rows, language=language)
    return replace(outcome, replies=(reply,))


def leave_pressed(request: Request, press: Press) -> Outcome | None:
    if not press.subject.isdecimal() or len(press.subject) > 9:
        return None
    return Outcome((says(request, "school_left"),), request.state, leave=int(press.subject))


def cancel(request: Request) -> Outcome:
    """Out of anything that is under way."""
    running = request.state.pending or request.state.guide
    return Outcome((), replace(request.state, pending="", guide=""), move=quiz.stop(request, bool(running)))


def feedback(request: Request) -> Outcome:
    """Ask whether the last answer helped."""
    reference = request.state.topic
    if request.library.find_answer(reference) is None:
        return Outcome((says(request, "feedback_nothing"),), request.state)
    return Outcome(
        (replace(says(request, "feedback_question"), buttons=(pages.rating_row(reference),)),), request.state
    )


def rated(request: Request, press: Press) -> Outcome | None:
    """Thanks, or another try; the same answer is counted once in a conversation."""
    found = request.library.find_answer(press.subject)
    if found is None or press.choice not in (pages.HELPFUL, pages.UNHELPFUL):
        return None
    reference = f"{found[0]}.{found[1].id}"
    helpful = press.choice == pages.HELPFUL
    # In a group nothing is remembered of anybody, so that the same person could be counted again and again.
    counted_before = request.state.rated == reference or request.turn.in_group
    rating = None if counted_before else Rating(reference, helpful)
    state = replace(request.state, rated=reference)
    if helpful:
        return Outcome((says(request, "feedback_thanks"),), state, rating=rating)
    others = [name for name in request.state.ranking if name != found[0]]
    page = pages.candidates_page(request.library, "sorry_wrong", others, request.language, "feedback_wrong")
    talk = pages.talk_button(request.library, request.language)
    return Outcome((replace(page, buttons=(*page.buttons, (talk,))),), state, rating=rating)
