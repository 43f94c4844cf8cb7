"""One handler per meaning. Most meanings have a topic in content; the others are answered here."""

from dataclasses import replace

from bot.dialogue import guided, keeping, numbers, pages, quiz
from bot.dialogue.glossary import asked_term
from bot.dialogue.learning import term_page
from bot.dialogue.request import Consent, Handler, Outcome, Request, says
from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Kind
from nlu.interpreter import FALLBACK

DISTRESS = "distress"
# What only ever goes on in a private chat.
PRIVATE_INTENTS = (DISTRESS, pages.TALK)
PRIVATE_PREFIX = "report_"
HUMAN_PAYLOAD = "human"  # t.me/bot?start=human
_MISSES_ENOUGH = 2
# Whose answers begin with what the word means, and say more than the glossary.
_EXPLAINING = (
    *("ask_crime_definition", "ask_break_card_operation"),
    *("ask_move_money", "ask_click_farming", "ask_equipment_job"),
)


def handle(request: Request) -> Outcome:
    """Answer what was understood."""
    intent = _meant(request)
    if request.why:
        return reasons(request)
    if is_private(request, intent):
        return go_private(request, intent)
    explained = _explained(request, intent)
    if explained is not None:
        return explained
    handler = HANDLERS.get(intent)
    if handler is not None:
        return handler(request)
    return topic(request, intent)


def _explained(request: Request, intent: str) -> Outcome | None:
    """The page of a term, when its meaning is asked for and the answer understood does not itself explain it."""
    if request.turn.kind is Kind.FORWARDED or intent == DISTRESS:
        return None
    asked = asked_term(request.turn.text, request.library)
    if asked is None:
        return None
    term = request.library.glossary[asked.term]
    about = term.topic.partition(".")[0]
    understood = intent not in (FALLBACK, "out_of_scope")
    # «卡被冻结是什么意思» is asked by somebody whose card is frozen: they need the steps, not the word.
    in_trouble = intent == about and intent.startswith(PRIVATE_PREFIX) and not asked.own_name
    explains = intent == about and intent in _EXPLAINING and not asked.misnomer
    if understood and (explains or in_trouble or not asked.plainly):
        return None
    page = replace(term_page(request.library, term, request.language), intent=intent)
    # Not counted: who asks for a word has not asked for what it is about.
    return Outcome((page,), replace(request.state, topic=term.topic))


def is_private(request: Request, intent: str) -> bool:
    """Whether this is a matter for the private chat and we are in a group."""
    return request.turn.in_group and (intent in PRIVATE_INTENTS or intent.startswith(PRIVATE_PREFIX))


def go_private(request: Request, intent: str = "") -> Outcome:
    """A kind «let us go on in private», with the hotlines when somebody is in danger."""
    payload = HUMAN_PAYLOAD if intent == pages.TALK else ""
    reply = replace(says(request, "group_private"), go_private=True, private_payload=payload)
    if intent == DISTRESS:
        lines = "\n".join(
            pages.hotline_line(request.library, [number], request.language) for number in _distress_hotlines(request)
        )
        reply = replace(reply, body=f"{request.library.text('group_distress', request.language)}\n{lines}")
    return Outcome((reply,), request.state)


def _distress_hotlines(request: Request) -> tuple[str, ...]:
    answer = request.library.answer(DISTRESS, {})
    return answer.hotlines if answer is not None else tuple(request.library.hotlines)


def care(request: Request) -> Outcome:
    """Somebody spoke of death: care and hotlines, whatever else the message holds."""
    return go_private(request, DISTRESS) if request.turn.in_group else topic(request, DISTRESS)


def _meant(request: Request) -> str:
    """What a forwarded message offers is somebody else's offer: the student asks whether it is all right."""
    intent = request.meant
    if request.turn.kind is Kind.FORWARDED and intent in ("offer_item", "ask_evade", "out_of_scope", FALLBACK):
        return "check_job"
    return intent


def topic(request: Request, intent: str) -> Outcome:
    """The answer in content that fits the intent and the entities best."""
    answer = request.library.answer(intent, request.state.entities)
    if answer is None:
        return unsure(request)
    page = pages.answer_page(request.library, intent, answer, request.language)
    replies = numbers.with_numbers(request.library, page, intent, answer, request.state.entities)
    return Outcome(replies, replace(request.state, topic=f"{intent}.{answer.id}", guide="", misses=0), counted=intent)


def reasons(request: Request) -> Outcome:
    """Why the last answer is what it is: the article it rests on, in plain words and in its own."""
    found = request.library.find_answer(request.state.topic)
    if found is None or not found[1].laws:
        return unsure(request)
    if is_private(request, found[0]):
        return go_private(request, found[0])
    page = pages.laws_page(request.library, request.state.topic, found[1], 0, request.language)
    return Outcome((replace(page, intent=found[0]),), request.state)


def unsure(request: Request) -> Outcome:
    """What the message may have meant, as buttons; when it happens twice in a row, a person as well."""
    misses = request.state.misses + 1
    key = "unsure_again" if misses >= _MISSES_ENOUGH else "unsure"
    page = pages.candidates_page(request.library, key, request.state.ranking, request.language, FALLBACK)
    if misses >= _MISSES_ENOUGH:
        talk = pages.talk_button(request.library, request.language)
        page = replace(page, buttons=(*page.buttons, (talk,)))
    page = keeping.offered(request, page)
    return Outcome((page,), replace(request.state, misses=misses), counted=FALLBACK)


def out_of_scope(request: Request) -> Outcome:
    page = pages.menu_page(request.library, "out_of_scope", request.language, "out_of_scope")
    page = keeping.offered(request, page)
    return Outcome((page,), request.state, counted="out_of_scope")


def greet(request: Request) -> Outcome:
    return Outcome((pages.menu_page(request.library, "greet", request.language, "greet"),), request.state)


def ask_bot(request: Request) -> Outcome:
    return Outcome((pages.menu_page(request.library, "ask_bot", request.language, "ask_bot"),), request.state)


def feedback_wrong(request: Request) -> Outcome:
    """The last answer missed: offer what else the last message may have meant."""
    others = [name for name in request.state.ranking if name != request.state.topic.partition(".")[0]]
    page = pages.candidates_page(request.library, "sorry_wrong", others, request.language, "feedback_wrong")
    return Outcome((page,), request.state, counted="feedback_wrong")


def affirm(request: Request) -> Outcome:
    if request.state.pending == "consent":
        return subscribe(request)
    guide, _, number = request.state.guide.partition(":")
    next_step = at_step(request, guide, int(number) + 1) if number.isdecimal() else None
    if next_step is not None:  # while a guide runs, a yes means that the step is done
        return next_step
    return Outcome((pages.menu_page(request.library, "what_now", request.language, "affirm"),), request.state)


def at_step(request: Request, guide_id: str, number: int) -> Outcome | None:
    """A step of a guide; it is remembered, so that a «done» that is typed leads to the next. None: no such step."""
    page = guided.step_page(request.library, guide_id, number, request.language)
    if page is None:
        return None
    ended = number > len(request.library.guides[guide_id].steps)
    return Outcome((page,), replace(request.state, guide="" if ended else f"{guide_id}:{max(number, 1)}"))


def deny(request: Request) -> Outcome:
    if request.state.pending == "consent":
        return unsubscribe(request)
    if request.state.topic:
        return feedback_wrong(request)
    return Outcome((pages.menu_page(request.library, "what_now", request.language, "deny"),), request.state)


def subscribe(request: Request) -> Outcome:
    return Outcome((says(request, "subscribed"),), replace(request.state, pending=""), consent=Consent.YES)


def unsubscribe(request: Request) -> Outcome:
    return Outcome((says(request, "unsubscribed"),), replace(request.state, pending=""), consent=Consent.NO)


def change_language(request: Request) -> Outcome:
    return Outcome((language_question(request),), request.state)


def language_question(request: Request) -> Reply:
    choices = (("中文", "zh"), ("English", "en"), (request.library.text("language_auto", request.language), "auto"))
    row = tuple(Button(label, Press(PressKind.LANGUAGE, code)) for label, code in choices)
    return replace(says(request, "language_question"), buttons=(row,))


def says_only(key: str) -> Handler:
    """A handler that says one sentence."""

    def handler(request: Request) -> Outcome:
        return Outcome((says(request, key),), request.state)

    return handler


HANDLERS: dict[str, Handler] = {
    FALLBACK: unsure,
    "out_of_scope": out_of_scope,
    "greet": greet,
    "goodbye": says_only("goodbye"),
    "thanks": says_only("thanks"),
    "affirm": affirm,
    "deny": deny,
    "ask_bot": ask_bot,
    "start_quiz": quiz.start,
    "change_language": change_language,
    "ask_privacy": says_only("privacy"),
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "feedback_wrong": feedback_wrong,
}
