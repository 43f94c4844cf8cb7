"""The quiz: five questions a round, each answered by a poll or a button, and a score at the end.

What is stored decides what is right; an answer only says which option was chosen. In a group there is one anonymous
question and nothing is stored.
"""

import time
from dataclasses import dataclass, replace
from functools import partial

from bot.dialogue import pages, quiz_pages
from bot.dialogue.progress import Progress, Round
from bot.dialogue.quiz_choice import choose, shuffled
from bot.dialogue.request import Move, Outcome, Request, says
from bot.replies import Press, Reply
from content.library import Library
from db.models import Poll

_SECONDS_A_ROUND_WAITS = 24 * 3600
START_PAYLOAD = "quiz"  # of the link that opens the quiz in private


@dataclass(frozen=True)
class _Given:
    """An answer: which option was chosen, which one is right where that is known, and by what means it came."""

    question: str | None  # None: of a poll that is no longer known
    option: int
    right: int | None = None
    by_poll: bool = False


def start(request: Request) -> Outcome:
    """The next question of the round that is under way, or the first of a new one; in a group, one question."""
    if not request.library.quizzes:
        menu = pages.menu_page(request.library, "what_now", request.language, quiz_pages.INTENT)
        return Outcome((menu,), request.state)
    if request.turn.in_group:
        return Outcome(_for_a_group(request), request.state)
    return Outcome((), request.state, move=partial(_begin, request))


def stop(request: Request, stopped: bool) -> Move:
    """Leave the round, if there is one; `stopped`: whether something else that was under way has been left."""

    def move(progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
        left = _under_way(request.library, progress.round) is not None
        said = says(request, "cancelled" if stopped or left else "nothing_to_cancel")
        return replace(progress, round=None if left else progress.round), (said,)

    return move


def round_pressed(request: Request, press: Press) -> Outcome | None:
    return start(request) if press.subject == quiz_pages.NEW_ROUND else None


def option_pressed(request: Request, press: Press) -> Outcome | None:
    """An option chosen by a button; None when there is no such question any more."""
    question = request.library.quizzes.get(press.subject)
    if question is None or press.choice >= len(question.options):
        return None
    return Outcome((), request.state, move=partial(_answered, request, _Given(press.subject, press.choice)))


def poll_answered(request: Request, poll: Poll | None) -> Outcome:
    """An option chosen in a poll; `poll` is what we know of it. A choice taken back needs no reaction."""
    if request.turn.option is None:
        return Outcome((), request.state)
    question, right = (poll.question, poll.right_option) if poll is not None else (None, None)
    given = _Given(question, request.turn.option, right, by_poll=True)
    return Outcome((), request.state, move=partial(_answered, request, given))


def _for_a_group(request: Request) -> tuple[Reply, ...]:
    """A line that says who sees what, with the way into the private chat, and one anonymous question."""
    library, language = request.library, request.language
    name = request.chance.choice(list(library.quizzes))
    question = library.quizzes[name]
    order = shuffled(len(question.options), request.chance)
    quiz = replace(quiz_pages.quiz_of(library, name, question, order, language), anonymous=True)
    about = replace(says(request, "quiz_group"), go_private=True, private_payload=START_PAYLOAD)
    asked = Reply(quiz.question, quiz=quiz, language=language, go_private=True, private_payload=START_PAYLOAD)
    return about, asked


def _begin(request: Request, progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
    running = _under_way(request.library, progress.round)
    if running is None or time.time() - running.began > _SECONDS_A_ROUND_WAITS:
        levels = {name: question.level for name, question in request.library.quizzes.items()}
        running = Round(choose(levels, progress.scores, request.chance), int(time.time()))
    return _ask(request, replace(progress, round=running))


def _ask(request: Request, progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
    """Ask the current question. Asked again, its options keep their order: older buttons still mean the same."""
    running = progress.round
    assert running is not None
    assert running.current is not None
    question = request.library.quizzes[running.current]
    order = running.order
    if sorted(order) != list(range(len(question.options))):
        order = shuffled(len(question.options), request.chance)
    running = replace(running, order=order, right=order.index(quiz_pages.right_place(question)))
    page = quiz_pages.question_page(request.library, running, request.language)
    return replace(progress, round=running), (page,)


def _answered(request: Request, given: _Given, progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
    running = progress.round
    if running is not None and given.question is not None and running.has_answered(given.question):
        # A second press gets a word; a poll takes one answer only, so this is the same update once more.
        return progress, () if given.by_poll else (says(request, "quiz_answered"),)
    if running is None or given.question is None or given.question != running.current:
        return _earlier(request, given, progress)
    right = given.option == (running.right if given.right is None else given.right)
    progress, following = _go_on(request, progress.answered(given.question, right))
    if given.by_poll:  # Telegram itself shows whether the choice was right, and why
        return progress, following
    return progress, (
        quiz_pages.feedback_page(request.library, given.question, right, request.language),
        *following,
    )


def _go_on(request: Request, progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
    """The next question, or the score."""
    running = _under_way(request.library, progress.round)
    if running is not None:
        return _ask(request, replace(progress, round=running))
    done = progress.round
    assert done is not None
    done = replace(done, questions=done.questions[: len(done.results)])
    return replace(progress, round=done), (quiz_pages.score_page(request.library, done, request.language),)


def _earlier(request: Request, given: _Given, progress: Progress) -> tuple[Progress, tuple[Reply, ...]]:
    """An answer to what is not asked now: nothing is counted, and the way on is shown."""
    if given.by_poll and not _may_be_theirs(given, progress):
        return progress, ()
    running = _under_way(request.library, progress.round)
    if running is not None:
        progress, asked = _ask(request, replace(progress, round=running))
        return progress, (says(request, "quiz_go_on"), *asked)
    again = quiz_pages.another_round(request.library, request.language)
    return progress, (replace(says(request, "quiz_earlier"), buttons=((again,),)),)


def _may_be_theirs(given: _Given, progress: Progress) -> bool:
    """Whether the poll may be one that we sent them. One that was passed on by somebody else asks nothing of us."""
    if given.question is None:
        return progress != Progress()
    return given.question in progress.scores


def _under_way(library: Library, running: Round | None) -> Round | None:
    """The round without the questions that are gone from the content; None when nothing is left to ask."""
    if running is None:
        return None
    asked = running.questions[: len(running.results)]
    left = tuple(name for name in running.questions[len(running.results) :] if name in library.quizzes)
    same = bool(left) and left[0] == running.current
    changed = replace(running, questions=asked + left, order=running.order if same else ())
    return changed if left else None
