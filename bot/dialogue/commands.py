"""The commands that everybody has."""

from dataclasses import replace

from bot.dialogue import handlers, pages, presses, quiz, settings
from bot.dialogue.adverts import WAITING
from bot.dialogue.request import Consent, Handler, Outcome, Request, says
from bot.replies import Button, Press, PressKind, Reply

# A deep link's payload (t.me/bot?start=…) that opens a page: its first letter, then the id.
LINK_KINDS = {
    "t": PressKind.ANSWER,
    "l": PressKind.LAW,
    "g": PressKind.GUIDE,
    "c": PressKind.ONE_CASE,
    "r": PressKind.RED_FLAG,
    "b": PressKind.BELIEF,
    "d": PressKind.TERM,
}


def handle(request: Request) -> Outcome:
    """Run a command; an unknown one gets the help."""
    if request.turn.in_group and request.turn.command in PERSONAL and not _opens_a_page(request):
        return handlers.go_private(request, pages.TALK if request.turn.command == "human" else "")
    return COMMANDS.get(request.turn.command, help_)(request)


def _opens_a_page(request: Request) -> bool:
    return request.turn.text.strip().partition("_")[0] in LINK_KINDS


def start(request: Request) -> Outcome:
    """Greet, say what this is, and ask once whether campaigns are wanted. A payload opens the page it names."""
    kind, _, subject = request.turn.text.strip().partition("_")
    if kind == quiz.START_PAYLOAD:
        return quiz.start(request)
    if kind == handlers.HUMAN_PAYLOAD:
        return human(request)
    if kind in LINK_KINDS and subject:
        turn = replace(request.turn, press=Press(LINK_KINDS[kind], subject))
        return presses.handle(replace(request, turn=turn))
    welcome = pages.menu_page(request.library, "welcome", request.language, "start")
    if request.consent_asked:
        return Outcome((welcome,), request.state)
    state = replace(request.state, pending="consent")
    return Outcome((welcome, consent_question(request)), state, consent=Consent.ASKED)


def consent_question(request: Request) -> Reply:
    buttons = tuple(
        Button(request.library.text(f"consent_{answer}", request.language), Press(PressKind.CONSENT, answer))
        for answer in ("yes", "no")
    )
    return replace(says(request, "consent_question"), buttons=(buttons,))


def help_(request: Request) -> Outcome:
    return Outcome((pages.menu_page(request.library, "help", request.language, "help"),), request.state)


def check(request: Request) -> Outcome:
    """Ask for an advert; one that follows the command is checked at once, by the dialogue."""
    return Outcome((says(request, "advert_paste"),), replace(request.state, pending=WAITING))


def human(request: Request) -> Outcome:
    """A person to talk to."""
    return handlers.topic(request, pages.TALK)


def shelf(name: str) -> Handler:
    """A command that opens a shelf of the library."""

    def handler(request: Request) -> Outcome:
        turn = replace(request.turn, press=Press(PressKind.SHELF, name))
        return presses.handle(replace(request, turn=turn))

    return handler


# What is stored about a person is settled in private.
PERSONAL = ("start", "human", "language", "stop", "subscribe", "school", "export", "forget", "feedback", "cancel")

COMMANDS: dict[str, Handler] = {
    "start": start,
    "help": help_,
    "check": check,
    "human": human,
    "language": handlers.change_language,
    "privacy": handlers.says_only("privacy"),
    "stop": handlers.unsubscribe,
    "subscribe": handlers.subscribe,
    "library": shelf("all"),
    "redflags": shelf("red_flags"),
    "cases": shelf("cases"),
    "words": shelf("glossary"),
    "myths": shelf("beliefs"),
    "story": shelf("stories"),
    "quiz": quiz.start,
    "school": settings.school,
    "export": settings.export,
    "forget": settings.forget,
    "feedback": settings.feedback,
    "cancel": settings.cancel,
}
