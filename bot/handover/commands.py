"""Turns that belong to the desk: its commands, its buttons, and what is typed while a talk listens."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handover.counsellor_side import CounsellorSide, Refused
from bot.handover.pages import DeskPages, Rows
from bot.handover.said import FileId, Talk, Words
from bot.handover.student_side import NoDesk, Step, StudentSide, TooManyTalks, Written
from bot.people.rights import NotAllowed
from bot.pictures import LARGEST_FILE, NotAPicture, PictureTooLarge, made_anew
from bot.replies import PressKind, Reply
from bot.turns import Attachment, FileUnavailable, Kind, Turn
from content.library import Library
from content.schema import Language

Fetch = Callable[[str], Awaitable[bytes]]
Replies = tuple[Reply, ...]

_SPOKEN = (Kind.TEXT, Kind.EDITED, Kind.FORWARDED, Kind.PHOTO, Kind.DOCUMENT)
UNHEARD = (Kind.VOICE, Kind.STICKER, Kind.OTHER)
AWAY_DAYS = (1, 3, 7, 14)


class CannotBeHandedOver(Exception):
    """What was sent cannot be handed over; `key` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class DeskCommands:
    """`wake` is called whenever somebody else has something to be told; `fetch` gives the bytes of a file."""

    def __init__(
        self,
        student: StudentSide,
        counsellor: CounsellorSide,
        library: Callable[[], Library],
        wake: Callable[[], None],
        timezone: ZoneInfo,
    ) -> None:
        self._student = student
        self._counsellor = counsellor
        self._library = library
        self._wake = wake
        self._timezone = timezone
        self._fetch: Fetch | None = None

    def connect(self, fetch: Fetch) -> None:
        """From now on files are fetched by `fetch(file id)`."""
        self._fetch = fetch

    async def handle(self, turn: Turn, language: Language, *, takes_part: bool) -> Replies | None:
        """The replies when the turn is the desk's, otherwise None. `takes_part`: a talk may listen to this person."""
        if turn.in_group:
            return None
        pages = DeskPages(self._library(), language, self._timezone)
        try:
            if turn.kind is Kind.COMMAND:
                return await self._command(turn, pages, takes_part=takes_part)
            if turn.kind is Kind.PRESS:
                is_ours = turn.press is not None and turn.press.kind is PressKind.DESK
                return await self._press(turn, pages, language) if is_ours else None
            if takes_part and turn.kind in (*_SPOKEN, *UNHEARD):
                return await self._words(turn, pages)
        except NotAllowed:
            return (pages.says("no_right"),)
        return None

    async def door(self, address: str, language: Language) -> Reply | None:
        """What somebody who wants a person sees: their open talk, or the desk; None when there is no desk for them."""
        pages = DeskPages(self._library(), language, self._timezone)
        talk = await self._student.talk(address)
        if talk is not None:
            return pages.running(talk)
        door = await self._student.door(address)
        return pages.door(door) if door is not None else None

    async def _command(self, turn: Turn, pages: DeskPages, *, takes_part: bool) -> Replies | None:
        if turn.command == "inbox":
            return (pages.inbox(await self._counsellor.inbox(turn.address)),)
        if turn.command == "away":
            return await self._away(turn, pages)
        if turn.command == "cancel" and takes_part:
            if await self._counsellor.stop_writing(turn.address):
                return (pages.says("desk_stopped_writing"),)
            talk = await self._student.talk(turn.address)
            if talk is not None and talk.listening:
                return await self._pause(turn, pages)
        return None

    async def _away(self, turn: Turn, pages: DeskPages) -> Replies:
        """`/away 3`: for three days; `/away 0`: back again; without a number: ask."""
        await self._counsellor.inbox(turn.address)  # raises NotAllowed
        word = turn.text.strip()
        if not (word.isascii() and word.isdigit() and len(word) < 4):
            days = tuple((pages.button(f"desk_away_{count}", "away", choice=count),) for count in AWAY_DAYS)
            return (pages.says("desk_away_question", (*days, (pages.button("desk_back", "back"),))),)
        return await self._set_away(turn, pages, int(word))

    async def _set_away(self, turn: Turn, pages: DeskPages, days: int) -> Replies:
        until = datetime.now(UTC) + timedelta(days=days) if days else None
        await self._counsellor.away(turn.address, until)
        if until is None:
            return (pages.says("desk_is_back"),)
        return (pages.says("desk_is_away", until=pages.moment(until)),)

    async def _press(self, turn: Turn, pages: DeskPages, language: Language) -> Replies | None:
        assert turn.press is not None
        verb, _, thread_id = turn.press.subject.partition(".")
        if verb in ("anonymous", "named"):
            return await self._begin(turn, pages, language, named=verb == "named")
        own = {"listen": self._listen, "pause": self._pause, "end": self._end, "stop": self._stop, "back": self._back}
        if verb in own:
            return await own[verb](turn, pages)
        if verb == "away":
            return await self._set_away(turn, pages, turn.press.choice)
        return await self._counsellor_press(turn, pages, verb, thread_id)

    async def _begin(self, turn: Turn, pages: DeskPages, language: Language, *, named: bool) -> Replies:
        words = [word.strip() for word in pages.text("desk_aliases").replace("、", ",").split(",")]
        try:
            talk = await self._student.begin(turn.address, language, words, named=named)
        except NoDesk:
            return (pages.says("desk_none"),)
        except TooManyTalks:
            return (pages.says("desk_too_many"),)
        return (pages.write_now(talk),)

    async def _listen(self, turn: Turn, pages: DeskPages) -> Replies:
        talk = await self._student.listen(turn.address, on=True)
        return (pages.write_now(talk) if talk is not None else pages.says("desk_no_talk"),)

    async def _pause(self, turn: Turn, pages: DeskPages) -> Replies:
        talk = await self._student.listen(turn.address, on=False)
        if talk is None:
            return (pages.says("desk_no_talk"),)
        rows: Rows = ((pages.button("desk_go_on", "listen"), pages.button("desk_close", "end")),)
        return (pages.says("desk_paused", rows),)

    async def _end(self, turn: Turn, pages: DeskPages) -> Replies:
        talk = await self._student.close(turn.address)
        self._wake()
        return (pages.says("desk_ended" if talk is not None else "desk_no_talk"),)

    async def _stop(self, turn: Turn, pages: DeskPages) -> Replies:
        await self._counsellor.stop_writing(turn.address)
        return (pages.says("desk_stopped_writing"),)

    async def _back(self, turn: Turn, pages: DeskPages) -> Replies:
        return await self._set_away(turn, pages, 0)

    async def _counsellor_press(self, turn: Turn, pages: DeskPages, verb: str, thread_id: str) -> Replies | None:
        side, address = self._counsellor, turn.address
        if verb == "claim":
            opened = await side.claim(address, thread_id, turn.name)
            self._wake()
            return (pages.says(f"desk_{opened}"),) if isinstance(opened, Refused) else pages.opened(opened)
        if verb == "colleagues":
            found = await side.colleagues(address, thread_id)
            return (pages.says(f"desk_{found}") if isinstance(found, Refused) else pages.colleagues(thread_id, found),)
        if verb == "write":
            return (_shown(pages, verb, await side.write_to(address, thread_id, turn.name)),)
        if verb == "more":
            return (_shown(pages, verb, await side.look(address, thread_id)),)
        if verb == "release":
            done = await side.release(address, thread_id)
        elif verb == "close":
            done = await side.close(address, thread_id)
        elif verb.startswith("give-") and verb[5:].isdecimal() and len(verb) < 15:
            done = await side.hand_on(address, thread_id, int(verb[5:]))
        else:
            return None
        self._wake()
        return (_shown(pages, verb.partition("-")[0], done),)

    async def _words(self, turn: Turn, pages: DeskPages) -> Replies | None:
        """What somebody wrote, if it is for a talk: from a counsellor to a student, or from a student."""
        if turn.kind in _SPOKEN and await self._counsellor.is_writing(turn.address, turn.replied):
            answered = await self._answer(turn, pages)
            if answered is not None:
                return answered
        talk = await self._student.talk(turn.address)
        if talk is None or not talk.listening:
            return None
        if turn.kind in UNHEARD:
            return (pages.says(f"desk_not_{turn.kind.value}", pages.student_rows()),)
        try:
            words = await self._handed(turn, keep_file=talk.name is not None)
        except CannotBeHandedOver as problem:
            return (pages.says(problem.key, pages.student_rows()),)
        written = await self._student.write(turn.address, words)
        self._wake()
        return (_written(pages, written),) if written is not None else None

    async def _answer(self, turn: Turn, pages: DeskPages) -> Replies | None:
        try:
            words = await self._handed(turn, keep_file=True)
        except CannotBeHandedOver as problem:
            return (pages.says(problem.key),)
        answered = await self._counsellor.answer(turn.address, words, turn.replied)
        if answered is None:
            return None
        self._wake()
        rows: Rows = ((pages.button("desk_stop_writing", "stop"), pages.button("desk_more", "more", answered.id)),)
        return (pages.says("desk_answered", rows, who=pages.who(answered)),)

    async def _handed(self, turn: Turn, *, keep_file: bool) -> Words:
        """The turn as what is handed over: pictures made anew, files by their id. Raises CannotBeHandedOver."""
        attachment = turn.attachment
        if attachment is None:
            return Words(turn.text)
        if not attachment.is_picture:
            if not keep_file:
                raise CannotBeHandedOver("desk_file_refused")
            return Words(turn.text, file=FileId(attachment.file_id, attachment.name))
        return Words(turn.text, picture=await self._picture(attachment))

    async def _picture(self, attachment: Attachment) -> bytes:
        if self._fetch is None or attachment.size > LARGEST_FILE:
            raise CannotBeHandedOver("desk_picture_too_large")
        try:
            return await asyncio.to_thread(made_anew, await self._fetch(attachment.file_id))
        except (PictureTooLarge, FileUnavailable):
            raise CannotBeHandedOver("desk_picture_too_large") from None
        except NotAPicture:
            raise CannotBeHandedOver("desk_no_picture") from None


def _shown(pages: DeskPages, verb: str, done: Talk | Refused) -> Reply:
    """What a counsellor reads once something was done with a talk, or refused."""
    if isinstance(done, Refused):
        return pages.says(f"desk_{done}")
    if verb == "more":
        return pages.more(done)
    if verb == "write":
        rows: Rows = ((pages.button("desk_stop_writing", "stop"), pages.button("desk_more", "more", done.id)),)
        return pages.says("desk_write_to", rows, who=pages.who(done))
    key = {"release": "desk_handed_back", "close": "desk_you_closed", "give": "desk_handed_on"}[verb]
    return pages.says(key, who=pages.who(done))


def _written(pages: DeskPages, written: Written) -> Reply:
    """What a student reads once they have written something."""
    if written.step is Step.FILE_REFUSED:
        return pages.says("desk_file_refused", pages.student_rows())
    if written.step is Step.NAME_TAKEN:
        return pages.write_now(written.talk)
    if written.step is Step.BEGUN and written.door is not None:
        return pages.begun(written.talk, written.door)
    return pages.says("desk_sent", pages.student_rows())
