"""What is handed over, as plain data."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from db.thread_models import Thread, ThreadMessage, ThreadState


@dataclass(frozen=True)
class FileId:
    """A file that lies at Telegram, by the id under which the bot can send it again."""

    id: str
    name: str

    def to_json(self) -> str:
        return json.dumps([self.id, self.name], ensure_ascii=False)


@dataclass(frozen=True)
class Words:
    """Something to hand over: words, a picture made anew, or a file. Its repr shows none of it."""

    text: str = field(default="", repr=False)
    picture: bytes | None = field(default=None, repr=False)
    file: FileId | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Said:
    """Something that was said in a talk."""

    words: Words
    from_student: bool
    at: datetime


@dataclass(frozen=True)
class Talk:
    """A talk as the desk sees it. `name` is what a named student calls themselves."""

    id: str
    alias: str
    language: str
    name: str | None
    state: ThreadState
    school_id: int
    waiting_since: datetime | None
    last_at: datetime
    listening: bool
    mine: bool = False  # taken by whoever looks


def talk_of(thread: Thread, *, mine: bool = False) -> Talk:
    return Talk(
        id=thread.id,
        alias=thread.alias,
        language=thread.language,
        name=thread.name,
        state=thread.state,
        school_id=thread.school_id,
        waiting_since=thread.waiting_since,
        last_at=thread.last_at,
        listening=thread.listening,
        mine=mine,
    )


def said_of(message: ThreadMessage) -> Said:
    file = FileId(*json.loads(message.file)) if message.file is not None else None
    return Said(Words(message.text or "", message.picture, file), message.from_student, message.at)
