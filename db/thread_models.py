"""The tables of talks with a counsellor, and of what the bot still has to tell somebody."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Encrypted, EncryptedBytes, UtcDateTime
from db.models import Base, choice, now


class ThreadState(StrEnum):
    """How far a talk between a student and a counsellor has come."""

    NAMING = "naming"  # the student is asked for a name
    WRITING = "writing"  # nothing has been said yet
    WAITING = "waiting"  # no counsellor has taken it
    CLAIMED = "claimed"
    CLOSED = "closed"


class Thread(Base):
    """A talk between a student and whoever of a school's counsellors takes it. The alias is new for each."""

    __tablename__ = "thread"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    alias: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    named: Mapped[bool]
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[ThreadState] = mapped_column(choice(ThreadState, "thread_state"))
    listening: Mapped[bool] = mapped_column(default=True)  # what the student types goes to the counsellor
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the student's first unanswered message
    reminders: Mapped[int] = mapped_column(Integer, default=0)  # sent since then
    answered_after: Mapped[int | None] = mapped_column(Integer)  # seconds from the first message to the first answer
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    name = Encrypted()


class ThreadMessage(Base):
    """Something said in a talk: words, a picture made anew from what was sent, or a file of somebody who is named."""

    __tablename__ = "thread_message"
    __table_args__ = (Index("uq_thread_message_thread_id_position", "thread_id", "position", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    thread_id: Mapped[str] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)  # from 1 on
    from_student: Mapped[bool]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    text = Encrypted()
    picture = EncryptedBytes()
    file = Encrypted()


class NoticeKind(StrEnum):
    """What a notice tells."""

    OPENED = "opened"  # a student waits for somebody to take their talk
    MESSAGE = "message"
    CLAIMED = "claimed"
    HANDED = "handed"
    RELEASED = "released"
    CLOSED = "closed"
    REMINDER = "reminder"
    STILL_WAITING = "still_waiting"
    UNREACHABLE = "unreachable"
    ERASED = "erased"
    INVITE_CLAIMED = "invite_claimed"  # the inviter is asked whether it was the right person
    INVITE_CONFIRMED = "invite_confirmed"
    INVITE_REFUSED = "invite_refused"
    CAMPAIGN_TO_APPROVE = "campaign_to_approve"
    CAMPAIGN_APPROVED = "campaign_approved"
    CAMPAIGN_TRIAL = "campaign_trial"  # detail: which of its messages
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_MISSED = "campaign_missed"
    CAMPAIGN_FINISHED = "campaign_finished"


class Notice(Base):
    """Something the bot still has to tell somebody; the row goes when it has been told."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    thread_id: Mapped[str | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread_message.id", ondelete="CASCADE"))
    campaign: Mapped[int | None] = mapped_column(ForeignKey("campaign.number", ondelete="CASCADE"))
    invite_id: Mapped[int | None] = mapped_column(ForeignKey("invite.id", ondelete="CASCADE"))
    detail: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class Seat(Base):
    """A counsellor's place: what colleagues call them, until when they are away, to which talk they are writing."""

    __tablename__ = "seat"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    away_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answering: Mapped[str | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    answering_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time they wrote to it

    name = Encrypted()
