"""What recipients read, and the pin: a hash over exactly that, and over who they are."""

import hashlib
import json
from dataclasses import dataclass, replace

from bot.campaigns.definition import Definition, Message
from bot.dialogue import quiz_pages
from bot.replies import Button, Press, PressKind, Quiz, Reply
from content.library import Library
from content.schema import LANGUAGES, Language


@dataclass(frozen=True)
class Step:
    """One thing that goes out: a message, or a question."""

    reply: Reply
    picture: tuple[int, int] | None = None  # of which variant and message
    question: str = ""


def messages(definition: Definition, number: int, variant: int, language: Language) -> tuple[Step, ...]:
    """The messages of a variant, in order. `number`: of the campaign, for its buttons."""
    return tuple(
        Step(_page(message, number, variant, place, language), (variant, place) if message.picture else None)
        for place, message in enumerate(definition.texts[variant])
    )


def questions(library: Library, definition: Definition, variant: int, language: Language) -> tuple[Step, ...]:
    """The questions of a variant, in order. Their options stand as in the file: everybody gets the same ones."""
    names = dict.fromkeys(name for message in definition.texts[variant] for name in message.quiz)
    return tuple(_question(library, name, language) for name in names if name in library.quizzes)


def steps(
    library: Library, definition: Definition, number: int, variant: int, language: Language, *, held_out: bool
) -> tuple[Step, ...]:
    """All that goes out, in order: messages and then questions; for those held out the questions come first."""
    said = messages(definition, number, variant, language)
    asked = questions(library, definition, variant, language)
    return asked + said if held_out else said + asked


def looked_at(step: Step) -> Reply:
    """A step for whoever looks at it beforehand: a question with its options, the right one marked."""
    quiz = step.reply.quiz
    if quiz is None:
        return step.reply
    options = "\n".join(f"{'✓' if place == quiz.right else '·'} {text}" for place, text in enumerate(quiz.options))
    return replace(step.reply, quiz=None, body=f"❓ {quiz.question}\n{options}")


def pressed(definition: Definition, place: str) -> Press | None:
    """Where the button at `place` (variant.message.button) leads; None when there is none."""
    try:
        variant, message, button = map(int, place.split("."))
        if min(variant, message, button) < 0:
            return None
        one = definition.texts[variant][message].buttons[button]
    except (ValueError, IndexError):
        return None
    return Press(PressKind.ANSWER, one.answer) if one.answer is not None else Press(PressKind.GUIDE, str(one.guide))


def pin(library: Library, definition: Definition, pictures: dict[tuple[int, int], bytes]) -> str:
    """A hash over what recipients will read in each language, over the pictures, and over who they are."""
    rendered = [
        [_plain(step) for step in steps(library, definition, 0, variant, language, held_out=False)]
        for variant in range(len(definition.texts))
        for language in LANGUAGES
    ]
    shown = [[*place, hashlib.sha256(data).hexdigest()] for place, data in sorted(pictures.items())]
    whole = {
        "rendered": rendered,
        # Where the buttons lead: what is pressed names only the campaign's own button.
        "targets": [
            [[button.answer, button.guide] for message in texts for button in message.buttons]
            for texts in definition.texts
        ],
        "pictures": shown,
        "audience": definition.audience.model_dump(mode="json"),
        "shares": definition.shares,
        "urgent": definition.urgent,
        "hold_out": definition.hold_out,
        "laws": definition.laws,
    }
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _page(message: Message, number: int, variant: int, place: int, language: Language) -> Reply:
    rows = tuple(
        (Button(one.label[language], Press(PressKind.CAMPAIGN, f"{number}.{variant}.{place}.{index}")),)
        for index, one in enumerate(message.buttons)
    )
    return Reply(message.text[language], buttons=rows, language=language)


def _question(library: Library, name: str, language: Language) -> Step:
    question = library.quizzes[name]
    order = tuple(range(len(question.options)))
    quiz: Quiz = quiz_pages.quiz_of(library, name, question, order, language)
    return Step(Reply(quiz.question, quiz=quiz, language=language), question=name)


def _plain(step: Step) -> list[object]:
    quiz = step.reply.quiz
    buttons = [[button.label, button.press.subject] for row in step.reply.buttons for button in row]
    asked = None if quiz is None else [quiz.question, list(quiz.options), quiz.right, quiz.explanation]
    return [step.reply.text, buttons, asked]
