"""What the bot answers, as plain data: it knows nothing of Telegram, so every front end and test can use it."""

from dataclasses import dataclass, field
from enum import StrEnum


class PressKind(StrEnum):
    """What a button does. The letter travels in Telegram's callback data, so letters are never reused."""

    ANSWER = "a"  # subject: topic or topic.answer
    MEANT = "m"  # subject: the intent that the student says they meant
    LAWS = "w"  # subject: topic.answer; choice: which of its laws
    LAW = "l"  # subject: law
    CASE = "c"  # subject: topic.answer; choice: which of its cases
    GUIDE = "g"  # subject: guide
    LANGUAGE = "n"  # subject: zh, en or auto
    CONSENT = "s"  # subject: yes or no
    MENU = "u"  # subject: any
    ONE_CASE = "k"  # subject: case
    RED_FLAG = "f"  # subject: red flag
    BELIEF = "b"  # subject: wrong belief
    BELIEFS = "v"  # subject: topic.answer; choice: which of the beliefs corrected beside it
    TERM = "d"  # subject: term of the glossary
    SHELF = "e"  # subject: what of the library to list; choice: from which page on
    SCENE = "y"  # subject: story.scene
    STEP = "t"  # subject: guide; choice: which step, 0 is the urgent one
    LATER = "z"  # subject: guide; choice: the step at which it is left
    HELPFUL = "h"  # subject: topic.answer; choice: 1 helpful, 2 not
    FORGET = "x"  # subject: yes or no
    LEAVE = "j"  # subject: the number of a membership, or no
    ROUND = "r"  # subject: new
    KEEP = "i"  # subject: what to do with a question for the admins
    CAMPAIGN = "o"  # subject: number.variant.message.button of a campaign's button
    MAKE = "A"  # subject: what to do with the campaign a counsellor is making or looking at
    CONFIRM = "B"  # subject: yes or no, and which invitation
    DESK = "p"  # subject: what to do at the desk, and with which talk
    OPTION = "q"  # subject: quiz question; choice: which of the options shown, from 0 on


@dataclass(frozen=True)
class Press:
    """A button was, or can be, pressed."""

    kind: PressKind
    subject: str
    choice: int = 0


@dataclass(frozen=True)
class Button:
    label: str
    press: Press


@dataclass(frozen=True)
class Reference:
    """A mention that can be tapped, such as an article of law at the end of an answer."""

    label: str
    press: Press


@dataclass(frozen=True)
class File:
    """A text file to hand over."""

    name: str
    text: str


@dataclass(frozen=True)
class Quiz:
    """A question with options, for front ends that have quizzes of their own; the reply says the same with buttons."""

    question_id: str
    question: str
    options: tuple[str, ...]
    right: int  # the place of the right option, from 0 on
    explanation: str
    anonymous: bool = False
    label: str = ""  # where it stands in its round: 2/5


@dataclass(frozen=True)
class Reply:
    """One message. `headline` stands out, `body` follows, `references` are listed at the end."""

    body: str
    headline: str = ""
    references: tuple[Reference, ...] = ()
    references_label: str = ""
    footer: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: File | None = None
    picture: bytes | None = field(default=None, repr=False)  # a JPEG to show with the words
    picture_below: bool = False  # the words are what matters, and come first
    file_id: str = field(default="", repr=False)  # a file that the front end has, to be sent again
    language: str = "zh"
    quiz: Quiz | None = None
    answers_message: bool = False  # shown as a reply to the message it answers
    replaces: bool = False  # stands in the place of what was answered just before
    go_private: bool = False  # in a group: add a way into the private chat
    private_payload: str = ""  # with which /start the private chat then opens
    intent: str = ""  # what was understood, for tests and counts; never shown

    @property
    def text(self) -> str:
        """The whole message as plain text."""
        parts = [self.headline, self.body, self.references_line, self.footer]
        return "\n\n".join(part for part in parts if part)

    @property
    def references_line(self) -> str:
        if not self.references:
            return ""
        return self.references_label + " · ".join(reference.label for reference in self.references)


# Bot API: InlineKeyboardButton.callback_data, 1-64 bytes. Twelve are kept free for whose button it is in a group.
_LONGEST_PAYLOAD_BYTES = 64 - 12
_VERSION = "1"


class ButtonTooLong(ValueError):
    """A button's payload does not fit into Telegram's callback data."""


def encode(press: Press) -> str:
    """The payload of a button, short enough for Telegram. Raises ButtonTooLong."""
    choice = f":{press.choice}" if press.choice else ""
    payload = f"{_VERSION}{press.kind.value}:{press.subject}{choice}"
    if len(payload.encode()) > _LONGEST_PAYLOAD_BYTES:
        raise ButtonTooLong(payload)
    return payload


def decode(payload: str) -> Press | None:
    """The press behind a payload; None for one from another version, or made up."""
    head, _, rest = payload.partition(":")
    subject, _, choice = rest.partition(":")
    if len(head) != 2 or head[0] != _VERSION or not subject or (choice and not choice.isascii()):
        return None
    if choice and not (choice.isdigit() and len(choice) < 4):
        return None
    try:
        return Press(PressKind(head[1]), subject, int(choice or 0))
    except ValueError:
        return None
