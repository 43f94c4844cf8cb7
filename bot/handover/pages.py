"""What students and counsellors read at the desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handover.counsellor_side import Colleague, Inbox, Opened
from bot.handover.said import Said, Talk
from bot.handover.student_side import Door
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import Language
from db.models import now
from db.thread_models import ThreadState

_SHOWN = 12  # talks of a kind in the inbox; the oldest are the most urgent
HELP_NOW = ("110", "12356", "96110")

Rows = tuple[tuple[Button, ...], ...]


def press(verb: str, thread_id: str = "-", choice: int = 0) -> Press:
    """A press at the desk: what to do, with which talk."""
    return Press(PressKind.DESK, f"{verb}.{thread_id}", choice)


class DeskPages:
    """Makes replies. Moments are shown in `timezone`."""

    def __init__(self, library: Library, language: Language, timezone: ZoneInfo) -> None:
        self._library = library
        self._language = language
        self._timezone = timezone

    def says(self, key: str, buttons: Rows = (), **values: object) -> Reply:
        """The interface sentence `key` above `buttons`."""
        return Reply(self.text(key, **values), buttons=buttons, language=self._language)

    def text(self, key: str, **values: object) -> str:
        return self._library.text(key, self._language, **values)

    def button(self, key: str, verb: str, thread_id: str = "-", choice: int = 0) -> Button:
        return Button(self.text(key), press(verb, thread_id, choice))

    def hotlines(self) -> str:
        known = [number for number in HELP_NOW if number in self._library.hotlines]
        return "\n".join(f"📞 {number} {self._library.hotlines[number].name[self._language]}" for number in known)

    def door(self, door: Door) -> Reply:
        """Whom a student can write to, how long it may take, and who is there meanwhile."""
        rows: Rows = (
            (self.button("desk_anonymous", "anonymous"),),
            (self.button("desk_named", "named"),),
        )
        body = self.text("desk_door", school=door.school, wait=self.wait(door))
        return Reply(body, footer=self.hotlines(), buttons=rows, language=self._language, intent="talk_to_counsellor")

    def wait(self, door: Door) -> str:
        """How long a first answer may take, as far as anybody can know."""
        if not door.present:
            return self.text("desk_all_away")
        if door.usual_wait is None:
            return self.text("desk_wait_unknown")
        return self.text("desk_wait_usual", time=self.duration(door.usual_wait))

    def running(self, talk: Talk) -> Reply:
        """Their talk is open: go on with it, or end it."""
        rows: Rows = ((self.button("desk_go_on", "listen"),), (self.button("desk_close", "end"),))
        return self.says("desk_running", rows, alias=talk.alias)

    def write_now(self, talk: Talk) -> Reply:
        """A talk has begun; nothing is said yet."""
        rows: Rows = ((self.button("desk_not_now", "end"),),)
        key = {ThreadState.NAMING: "desk_your_name", ThreadState.WRITING: "desk_write"}.get(
            talk.state, "desk_listening"
        )
        if talk.name is not None and talk.state is ThreadState.WRITING:
            return self.says("desk_write_named", rows, name=talk.name)
        return self.says(key, rows if key != "desk_listening" else self.student_rows(), alias=talk.alias)

    def begun(self, talk: Talk, door: Door) -> Reply:
        """The first message is on its way."""
        body = self.text("desk_begun", wait=self.wait(door))
        return Reply(body, footer=self.hotlines(), buttons=self.student_rows(), language=self._language)

    def student_rows(self) -> Rows:
        return ((self.button("desk_ask_bot", "pause"), self.button("desk_close", "end")),)

    def from_counsellor(self, said: Said, talk: Talk) -> Reply:
        """What a counsellor wrote, as the student sees it."""
        first = self.button("desk_close", "end") if talk.listening else self.button("desk_go_on", "listen")
        return self._message(self.text("desk_counsellor"), said, ((first,),))

    def from_student(self, said: Said, talk: Talk) -> Reply:
        """What a student wrote, as the counsellor sees it; a reply is matched by the alias in the first line."""
        return self._message(f"💬 {self.who(talk)}", said, self.counsellor_rows(talk))

    def _message(self, head: str, said: Said, rows: Rows) -> Reply:
        words = said.words
        return Reply(
            words.text or self.text("desk_file" if words.file is not None else "desk_picture"),
            headline=head,
            picture=words.picture,
            file_id=words.file.id if words.file is not None else "",
            buttons=rows,
            language=self._language,
        )

    def counsellor_rows(self, talk: Talk) -> Rows:
        return ((self.button("desk_reply", "write", talk.id), self.button("desk_more", "more", talk.id)),)

    def more(self, talk: Talk) -> Reply:
        """Everything a counsellor can do with a talk of theirs."""
        rows: Rows = (
            (self.button("desk_reply", "write", talk.id), self.button("desk_read", "claim", talk.id)),
            (self.button("desk_release", "release", talk.id), self.button("desk_hand_on", "colleagues", talk.id)),
            (self.button("desk_close", "close", talk.id),),
        )
        return self.says("desk_more_text", rows, who=self.who(talk))

    def opened(self, opened: Opened) -> tuple[Reply, ...]:
        """A talk with all that was said: the words in one message, each picture and file in its own."""
        talk = opened.talk
        lines = [f"{self._speaker(said)} {self.moment(said.at)}\n{self._words(said)}" for said in opened.said]
        first = Reply("\n\n".join(lines), headline=f"📂 {self.who(talk)}", language=self._language)
        others = [
            self.from_student(said, talk) for said in opened.said if said.words.picture or said.words.file is not None
        ]
        rows: Rows = ((self.button("desk_stop_writing", "stop"), self.button("desk_more", "more", talk.id)),)
        return (first, *others, self.says("desk_write_to", rows, who=self.who(talk)))

    def _words(self, said: Said) -> str:
        if said.words.text:
            return said.words.text
        return self.text("desk_file" if said.words.file is not None else "desk_picture")

    def _speaker(self, said: Said) -> str:
        return self.text("desk_student" if said.from_student else "desk_counsellor")

    def who(self, talk: Talk) -> str:
        """The alias, and what a named student calls themselves."""
        return f"{talk.alias} · {talk.name or self.text('desk_without_name')}"

    def colleagues(self, talk_id: str, found: Iterable[Colleague]) -> Reply:
        """To whom a talk can be handed on."""
        rows = []
        for number, one in enumerate(found, 1):
            label = one.name or self.text("desk_colleague", number=number)
            label += f" ({self.text('desk_away')})" if one.away else ""
            rows.append((Button(label[:60], Press(PressKind.DESK, f"give-{one.membership}.{talk_id}")),))
        return self.says("desk_hand_on_to" if rows else "desk_no_colleague", tuple(rows))

    def inbox(self, inbox: Inbox) -> Reply:
        """All talks, those that wait first, each with a button."""
        parts = [
            self._listed("desk_inbox_waiting", inbox.waiting),
            self._listed("desk_inbox_mine", inbox.mine),
            self._listed("desk_inbox_others", inbox.others),
            self._listed("desk_inbox_closed", inbox.closed),
        ]
        if inbox.away_until is not None:
            parts.insert(0, self.text("desk_you_are_away", until=self.moment(inbox.away_until)))
        body = "\n\n".join(part for part in parts if part) or self.text("desk_inbox_empty")
        rows = [(Button(f"{self.text('desk_take')} {one.alias}", press("claim", one.id)),) for one in inbox.waiting]
        rows += [(Button(f"✍️ {one.alias}", press("claim", one.id)),) for one in inbox.mine]
        return Reply(body, buttons=tuple(rows[: 2 * _SHOWN]), language=self._language)

    def _listed(self, key: str, talks: Sequence[Talk]) -> str:
        if not talks:
            return ""
        lines = [self.text(key, count=len(talks))]
        for one in talks[:_SHOWN]:
            waits = one.waiting_since is not None and one.state is not ThreadState.CLOSED
            since = one.waiting_since if waits and one.waiting_since else one.last_at
            sentence = "desk_waits" if waits else "desk_quiet"
            lines.append(f"· {self.who(one)} · {self.text(sentence, time=self.duration(now() - since))}")
        return "\n".join(lines)

    def moment(self, moment: datetime) -> str:
        """As people of the school write it: the hour today, the day as well otherwise."""
        local = moment.astimezone(self._timezone)
        today = now().astimezone(self._timezone).date()
        return local.strftime("%H:%M" if local.date() == today else "%m-%d %H:%M")

    def duration(self, length: timedelta) -> str:
        """About how long, in the unit in which people would say it."""
        minutes = max(round(length.total_seconds() / 60), 1)
        if minutes < 90:
            return self.text("desk_minutes", count=minutes)
        hours = round(minutes / 60)
        return self.text("desk_hours", count=hours) if hours < 36 else self.text("desk_days", count=round(hours / 24))
