"""Make replies of the quiz: a question, what comes after an answer, the score."""

from dataclasses import replace

from bot.dialogue.pages import answer_button, button, with_laws
from bot.dialogue.progress import Round
from bot.replies import Button, Press, PressKind, Quiz, Reply
from content.learning import QuizQuestion
from content.library import Library
from content.schema import Language

INTENT = "start_quiz"
NEW_ROUND = "new"
_READ_ON = 3  # so many buttons to what can be read after a round

Row = tuple[Button, ...]


def question_page(library: Library, running: Round, language: Language) -> Reply:
    """The question that the round asks now: as buttons, and as a quiz for front ends that have quizzes."""
    name = running.current
    assert name is not None
    question = library.quizzes[name]
    label = f"{len(running.results) + 1}/{len(running.questions)}"
    quiz = replace(quiz_of(library, name, question, running.order, language), label=label)
    rows = tuple((Button(option, Press(PressKind.OPTION, name, place)),) for place, option in enumerate(quiz.options))
    return Reply(headline=f"❓ {label}", body=quiz.question, buttons=rows, quiz=quiz, language=language, intent=INTENT)


def quiz_of(library: Library, name: str, question: QuizQuestion, order: tuple[int, ...], language: Language) -> Quiz:
    """The question as plain data, its options in `order`."""
    options = tuple(_words(question, place, language) for place in order)
    return Quiz(
        question_id=name,
        question=question.question[language],
        options=options,
        right=order.index(right_place(question)),
        explanation=library.explanation(question, language),
    )


def right_place(question: QuizQuestion) -> int:
    """Where the right option stands in the file."""
    return next(place for place, option in enumerate(question.options) if option.right)


def _words(question: QuizQuestion, place: int, language: Language) -> str:
    option = question.options[place]
    return option.zh if language == "zh" else option.en


def feedback_page(library: Library, name: str, right: bool, language: Language) -> Reply:
    """Right or not, which one is, why, and the law. It has no buttons: those of the next question come after it."""
    question = library.quizzes[name]
    words = _words(question, right_place(question), language)
    head = library.text("quiz_right", language) if right else library.text("quiz_wrong", language, option=words)
    page = Reply(question.explanation[language], headline=head, language=language)
    return with_laws(library, page, question.laws, language)


def score_page(library: Library, done: Round, language: Language) -> Reply:
    """How many were right, a kind word, and where to go from here."""
    right, of = sum(done.results), len(done.results)
    kind = "quiz_all_right" if right == of else "quiz_most_right" if right * 2 > of else "quiz_few_right"
    missed = [name for name, was in zip(done.questions, done.results, strict=True) if not was]
    topics = dict.fromkeys(library.quizzes[name].topic for name in missed if name in library.quizzes)
    read_on: tuple[Row, ...] = tuple((answer_button(library, topic, language),) for topic in [*topics][:_READ_ON])
    parts = [library.text(kind, language)]
    if read_on:
        parts.append(library.text("quiz_read_on", language))
    return Reply(
        headline=library.text("quiz_score", language, right=right, of=of),
        body="\n\n".join(parts),
        buttons=((another_round(library, language),), *read_on, (_to_library(library, language),)),
        language=language,
    )


def another_round(library: Library, language: Language) -> Button:
    return button(library, "button_another_round", language, Press(PressKind.ROUND, NEW_ROUND))


def _to_library(library: Library, language: Language) -> Button:
    return button(library, "button_library", language, Press(PressKind.SHELF, "all"))
