"""What somebody wrote, understood after what was said before, and answered."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.dialogue import handlers
from bot.dialogue.follow_up import follow_up
from bot.dialogue.fragments import Fragment, Fragments, joined
from bot.dialogue.guided import says_done
from bot.dialogue.request import Outcome, Request, says
from bot.dialogue.safety import speaks_of_danger
from bot.dialogue.state import State
from bot.turns import Kind
from content.schema import Language
from nlu.interpreter import FALLBACK, Interpreter, Parse
from nlu.language import stronger_language

# A remark on the last answer or on our question must still see what it remarks on.
_REMARKS = ("affirm", "deny", "feedback_wrong")


@dataclass(frozen=True)
class _Words:
    """What is to be understood: one message, or several that belong together."""

    request: Request
    parse: Parse
    joined: bool = False


class Understanding:
    """Understands messages with the model in use, and joins those that come in pieces."""

    def __init__(self, interpreter: Callable[[], Interpreter | None], fragments: Fragments) -> None:
        self._interpreter = interpreter
        self._fragments = fragments

    def interrupted(self, address: str) -> None:
        """Something else was done: the next message is not a piece of the last."""
        self._fragments.drop(address)

    async def answer(self, request: Request, chosen: Language | None) -> Outcome:
        """The answer to what was written, in the `chosen` language or the one it was written in."""
        turn = request.turn
        if turn.kind is not Kind.FORWARDED and speaks_of_danger(turn.text, request.library):
            self._fragments.drop(turn.address)
            spoken = chosen or stronger_language(turn.text)
            return handlers.care(replace(request, language=spoken, state=replace(request.state, pending="")))
        if request.state.guide and says_done(turn.text):
            return handlers.affirm(request)
        interpreter = self._interpreter()
        if interpreter is None:
            return Outcome((says(request, "resting"),), request.state)
        words = await self._whole(request, interpreter)
        outcome = _answered(words.request, words.parse, chosen)
        if not words.joined:
            return outcome
        first, *others = outcome.replies
        return replace(outcome, replies=(replace(first, replaces=True), *others))

    async def _whole(self, request: Request, interpreter: Interpreter) -> _Words:
        """The message, joined to the one just before when it belongs to it."""
        turn = request.turn
        parse = await interpreter.parse(turn.text)
        if turn.kind is not Kind.TEXT or turn.in_group or turn.sent_at is None:
            return _Words(request, parse)
        last = self._fragments.last(turn.address, turn.sent_at)
        whole = await joined(last, turn.text, parse, interpreter) if last is not None else None
        if whole is None:
            self._fragments.keep(turn.address, Fragment(turn.text, parse.intent, request.state, turn.sent_at))
            return _Words(request, parse)
        self._fragments.keep(turn.address, Fragment(whole.text, whole.parse.intent, whole.before, turn.sent_at))
        together = replace(request, turn=replace(turn, text=whole.text), state=whole.before)
        return _Words(together, whole.parse, joined=True)


def _answered(request: Request, parse: Parse, chosen: Language | None) -> Outcome:
    spoken = chosen or _spoken(request, parse)
    forwarded = request.turn.kind is Kind.FORWARDED  # somebody else's words: they follow on nothing
    before = State() if forwarded else request.state
    understood = follow_up(request.turn.text, parse, before, request.library.knows_ages)
    state = request.state
    if parse.intent not in _REMARKS:
        state = state.understood((ranked.intent for ranked in parse.ranking), understood.entities)
    return handlers.handle(
        replace(
            request,
            state=replace(state, language=spoken),
            language=spoken,
            parse=parse,
            meant=understood.intent,
            why=understood.why,
        )
    )


def _spoken(request: Request, parse: Parse) -> Language:
    """The language of the question; a message without words (numbers, signs) keeps the language of before."""
    if parse.intent == FALLBACK and not any(char.isalpha() for char in request.turn.text):
        return request.language
    return parse.answer_language
