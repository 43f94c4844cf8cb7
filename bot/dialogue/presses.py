"""What happens when a button is pressed. A button of an older version is answered kindly, never with an error."""

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue import guided, handlers, keeping, learning, pages, quiz, settings, shelves
from bot.dialogue.request import Outcome, Request, says
from bot.replies import Press, PressKind, Reply


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
    state = replace(request.state, topic=f"{intent}.{answer.id}", guide="", misses=0)
    return Outcome((page,), state, counted=intent)


def _meant(request: Request, press: Press) -> Outcome | None:
    if press.subject not in request.library.topics:
        return None
    if handlers.is_private(request, press.subject):
        return handlers.go_private(request, press.subject)
    return replace(handlers.topic(request, press.subject), chosen=press.subject)


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
    return Outcome(pages.guide_pages(request.library, guide, request.language), request.state) if guide else None


def _one_case(request: Request, press: Press) -> Outcome | None:
    case = request.library.cases.get(press.subject)
    return _page(request, pages.one_case_page(request.library, case, request.language)) if case else None


def _red_flag(request: Request, press: Press) -> Outcome | None:
    flag = request.library.red_flags.get(press.subject)
    return _page(request, learning.red_flag_page(request.library, flag, request.language)) if flag else None


def _belief(request: Request, press: Press) -> Outcome | None:
    belief = request.library.beliefs.get(press.subject)
    return _page(request, learning.belief_page(request.library, belief, request.language)) if belief else None


def _beliefs(request: Request, press: Press) -> Outcome | None:
    """One of the beliefs beside an answer, and a button for the next when there are more."""
    intent, _, answer = press.subject.partition(".")
    about = request.library.beliefs_about(intent, answer)
    if not about:
        return None
    shown = press.choice % len(about)
    following = Press(PressKind.BELIEFS, press.subject, (shown + 1) % len(about)) if len(about) > 1 else None
    belief = request.library.beliefs[about[shown]]
    return _page(request, learning.belief_page(request.library, belief, request.language, following))


def _term(request: Request, press: Press) -> Outcome | None:
    term = request.library.glossary.get(press.subject)
    return _page(request, learning.term_page(request.library, term, request.language)) if term else None


def _shelf(request: Request, press: Press) -> Outcome | None:
    page = shelves.shelf_page(request.library, press.subject, press.choice, request.language)
    return _page(request, page) if page else None


def _scene(request: Request, press: Press) -> Outcome | None:
    story_id, _, name = press.subject.partition(".")
    story = request.library.stories.get(story_id)
    if story is None or name not in story.scenes:
        return None
    return _page(request, learning.scene_page(request.library, story_id, story, name, request.language))


def _step(request: Request, press: Press) -> Outcome | None:
    return handlers.at_step(request, press.subject, press.choice)


def _later(request: Request, press: Press) -> Outcome | None:
    page = guided.later_page(request.library, press.subject, press.choice, request.language)
    return Outcome((page,), replace(request.state, guide="")) if page else None


def _page(request: Request, page: Reply) -> Outcome:
    return Outcome((page,), request.state)


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


def _menu(request: Request, press: Press) -> Outcome | None:
    page = pages.menu_page(request.library, "menu", request.language)
    return Outcome((page,), request.state, chosen=press.subject if press.subject == pages.SOMETHING_ELSE else "")


def _private(handler: Callable[[Request, Press], Outcome | None]) -> Callable[[Request, Press], Outcome | None]:
    """What is stored about a person is settled in private."""

    def checked(request: Request, press: Press) -> Outcome | None:
        return handlers.go_private(request) if request.turn.in_group else handler(request, press)

    return checked


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
    PressKind.ONE_CASE: _one_case,
    PressKind.RED_FLAG: _red_flag,
    PressKind.BELIEF: _belief,
    PressKind.BELIEFS: _beliefs,
    PressKind.TERM: _term,
    PressKind.SHELF: _shelf,
    PressKind.SCENE: _scene,
    PressKind.STEP: _private(_step),
    PressKind.LATER: _private(_later),
    PressKind.HELPFUL: settings.rated,
    PressKind.FORGET: _private(settings.forget_pressed),
    PressKind.LEAVE: _private(settings.leave_pressed),
    PressKind.KEEP: _private(keeping.pressed),
    PressKind.ROUND: quiz.round_pressed,
    PressKind.OPTION: _private(quiz.option_pressed),
}
