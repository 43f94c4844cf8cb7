"""What somebody wrote, understood after what was said before, and answered."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.dialogue import handlers
from bot.dialogue.advert_pages import CHECK_JOB
from bot.dialogue.adverts import ADVERT, AdvertAnswers
from bot.dialogue.follow_up import LONGEST_FRAGMENT, follow_up, length
from bot.dialogue.fragments import UNSURE, Fragment, Fragments, joined
from bot.dialogue.guided import says_done
from bot.dialogue.request import Outcome, Request, says
from bot.dialogue.safety import speaks_of_danger
from bot.dialogue.state import State
from bot.turns import Kind
from content.schema import Language
from nlu.interpreter import FALLBACK, Away, Interpreter, Parse
from nlu.language import stronger_language

# A remark on the last answer or on our question must still see what it remarks on.
_REMARKS = ("affirm", "deny", "feedback_wrong")


@dataclass(frozen=True)
class _Words:
    """What is to be understood: one message, or several that belong together."""

    request: Request
    parse: Parse
    joined: bool = False
    is_advert: bool = False


class Understanding:
    """Understands messages with the model in use, and joins those that come in pieces."""

    def __init__(
        self,
        interpreter: Callable[[], Interpreter | None],
        fragments: Fragments,
        adverts: AdvertAnswers,
    ) -> None:
        self._interpreter = interpreter
        self._fragments = fragments
        self._adverts = adverts

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
        try:
            words = await self._whole(request, interpreter)
        except Away:
            return Outcome((says(request, "resting"),), request.state)
        if words.is_advert:
            spoken = chosen or _spoken(words.request, words.parse)
            outcome = self._adverts.of_text(replace(words.request, language=spoken))
        else:
            outcome = _answered(words.request, words.parse, chosen)
        if not words.joined:
            return outcome
        first, *others = outcome.replies
        return replace(outcome, replies=(replace(first, replaces=True), *others))

    async def _whole(self, request: Request, interpreter: Interpreter) -> _Words:
        """The message, joined to the one just before when it belongs to it."""
        turn = request.turn
        parse = await interpreter.parse(turn.text)
        is_advert = self._adverts.is_advert(request, parse)
        alone = _Words(request, parse, is_advert=is_advert)
        if turn.kind not in (Kind.TEXT, Kind.FORWARDED) or turn.in_group or turn.sent_at is None:
            return alone
        last = self._fragments.last(turn.address, turn.sent_at)
        words = await self._joined(last, alone, interpreter) if last is not None else alone
        before = last.before if last is not None and words.joined else request.state
        intent = ADVERT if words.is_advert else words.parse.intent
        self._fragments.keep(turn.address, Fragment(words.request.turn.text, intent, before, turn.sent_at))
        return words

    async def _joined(self, last: Fragment, alone: _Words, interpreter: Interpreter) -> _Words:
        """`alone` together with the last words, or as it is."""
        turn = alone.request.turn
        if last.intent == ADVERT:
            whole = replace(alone.request, turn=replace(turn, text=f"{last.text}\n{turn.text}"), state=last.before)
            more = alone.is_advert or length(turn.text) > LONGEST_FRAGMENT
            return _Words(whole, alone.parse, joined=True, is_advert=True) if more else alone
        if alone.is_advert:
            # 「这个靠谱吗」 and then the advert: the advert is what the question was about.
            asked = last.intent in (CHECK_JOB, *UNSURE)
            return replace(alone, request=replace(alone.request, state=last.before), joined=asked)
        if turn.kind is Kind.FORWARDED:
            return alone
        found = await joined(last, turn.text, alone.parse, interpreter)
        if found is None:
            return alone
        return _Words(
            replace(alone.request, turn=replace(turn, text=found.text), state=found.before), found.parse, joined=True
        )


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
