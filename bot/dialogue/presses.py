"""What happens when a button is pressed. A button of an older version is answered kindly, never with an error."""

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue import handlers, pages
from bot.dialogue.request import Outcome, Request, says
from bot.replies import Press, PressKind


def handle(request: Request) -> Outcome:
    """Answer a press; one that leads nowhere any more gets the menu."""
    press = request.turn.press
    handler = _HANDLERS.get(press.kind) if press else None
    outcome = handler(request, press) if handler and press else None
    return outcome or Outcome((pages.menu_page(request.library, "old_button", request.language),), request.state)


def _answer(request: Request, press: Press) -> Outcome | None:
    found = request.library.find_answer(press.subject)
    if found is None:
        return None
    intent, answer = found
    if handlers.is_private(request, intent):
        return handlers.go_private(request, intent)
    page = pages.answer_page(request.library, intent, answer, request.language)
    return Outcome((page,), replace(request.state, topic=f"{intent}.{answer.id}"), counted=intent)


def _meant(request: Request, press: Press) -> Outcome | None:
    if press.subject not in request.library.topics:
        return None
    if handlers.is_private(request, press.subject):
        return handlers.go_private(request, press.subject)
    return handlers.topic(request, press.subject)


def _laws(request: Request, press: Press) -> Outcome | None:
    found = request.library.find_answer(press.subject)
    if found is None or not found[1].laws:
        return None
    page = pages.laws_page(request.library, press.subject, found[1], press.choice, request.language)
    return Outcome((page,), request.state)


def _law(request: Request, press: Press) -> Outcome | None:
    law = request.library.laws.get(press.subject)
    return Outcome((pages.law_page(request.library, law, request.language),), request.state) if law else None


def _case(request: Request, press: Press) -> Outcome | None:
    found = request.library.find_answer(press.subject)
    if found is None or not found[1].cases:
        return None
    page = pages.case_page(request.library, press.subject, found[1], press.choice, request.language)
    return Outcome((page,), request.state)


def _guide(request: Request, press: Press) -> Outcome | None:
    guide = request.library.guides.get(press.subject)
    return Outcome((pages.guide_page(request.library, guide, request.language),), request.state) if guide else None


def _language(request: Request, press: Press) -> Outcome | None:
    if press.subject not in ("zh", "en", "auto"):
        return None
    if request.turn.in_group:
        return handlers.go_private(request)
    spoken = request.language if press.subject == "auto" else press.subject
    chosen = replace(request, language=spoken)  # type: ignore[arg-type]
    key = "language_auto_set" if press.subject == "auto" else "language_set"
    return Outcome((says(chosen, key),), replace(request.state, language=spoken), language=press.subject)


def _consent(request: Request, press: Press) -> Outcome | None:
    answers = {"yes": handlers.subscribe, "no": handlers.unsubscribe}
    handler = answers.get(press.subject)
    if handler is not None and request.turn.in_group:
        return handlers.go_private(request)
    return handler(request) if handler else None


def _menu(request: Request, _press: Press) -> Outcome | None:
    return Outcome((pages.menu_page(request.library, "menu", request.language),), request.state)


_HANDLERS: dict[PressKind, Callable[[Request, Press], Outcome | None]] = {
    PressKind.ANSWER: _answer,
    PressKind.MEANT: _meant,
    PressKind.LAWS: _laws,
    PressKind.LAW: _law,
    PressKind.CASE: _case,
    PressKind.GUIDE: _guide,
    PressKind.LANGUAGE: _language,
    PressKind.CONSENT: _consent,
    PressKind.MENU: _menu,
}
