"""What came in, as plain data: who, where and what. Made by a front end, understood by the dialogue."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.replies import Press

COMMANDS = (
    *("start", "help", "check", "human", "library", "redflags", "cases", "words", "myths", "story", "quiz"),
    *("language", "privacy", "stop", "subscribe", "school", "export", "forget", "feedback", "cancel"),
)
"""The commands that everybody has, in the order in which a menu shows them."""

STAFF_COMMANDS = ("invite", "inbox", "away", "campaign", "insights")


class Kind(StrEnum):
    """What sort of message it was."""

    TEXT = "text"
    EDITED = "edited"
    FORWARDED = "forwarded"
    PRESS = "press"
    COMMAND = "command"
    POLL_ANSWER = "poll_answer"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"
    DOCUMENT = "document"
    OTHER = "other"


class FileUnavailable(Exception):
    """The front end no longer has a file, or does not hand it out."""


@dataclass(frozen=True)
class Attachment:
    """A picture or file that came with a message: where the front end can fetch it, its size in bytes, its name."""

    file_id: str = field(repr=False)
    size: int
    is_picture: bool
    name: str = field(default="", repr=False)


@dataclass(frozen=True)
class Turn:
    """One thing a person did. Its repr never shows what they wrote or who they are."""

    address: str = field(repr=False)  # channel and id there, such as telegram:1234 or terminal:me
    kind: Kind
    text: str = field(default="", repr=False)
    press: Press | None = None
    command: str = ""  # without the slash; the argument is in `text`
    poll_id: str = ""
    option: int | None = field(default=None, repr=False)  # which option of the poll was chosen, from 0 on
    attachment: Attachment | None = None
    replied: str = field(default="", repr=False)  # the words of our message that this one replies to
    name: str = field(default="", repr=False)  # what the person calls themselves there; stored for counsellors only
    sent_at: datetime | None = None  # when it was sent, where pieces that follow each other are to be joined
    waited: float = 0.0  # seconds from its arrival until its turn came
    follows_in_album: bool = False  # another picture of an album whose first was answered
    in_group: bool = False
    language_hint: str | None = None  # what the front end knows of the person's language
