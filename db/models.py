"""The tables. Which columns are in clear, and why, stands in docs/data.md."""

import uuid
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.columns import Encrypted, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Role(StrEnum):
    ADMIN = "admin"
    COUNSELLOR = "counsellor"
    STUDENT = "student"


class Consent(StrEnum):
    """Whether a person wants campaigns. Only YES is a yes."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"


def choice(kind: type[StrEnum], name: str) -> Enum:
    # Plain text in the database, so that a new value needs no change of a PostgreSQL type.
    return Enum(kind, name=name, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])


PSEUDONYMS = "pseudonyms"
"""The installation's fact from which chats get their numbers (`db.keys.Pseudonyms`)."""


class Installation(Base):
    """Facts about this database itself, such as the value by which a wrong key is noticed; sealed for their name."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class School(Base):
    __tablename__ = "school"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    timezone: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Person(Base):
    """Somebody who talks to the bot. `address` (such as telegram:1234) is found by keyed hash and stored encrypted."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str | None] = mapped_column(String(2))
    consent: Mapped[Consent] = mapped_column(choice(Consent, "consent"), default=Consent.NOT_ASKED)
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_on: Mapped[date | None] = mapped_column(Date)  # the last day on which they wrote; no hour
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    address = Encrypted()


class Membership(Base):
    """A person's role, at a school or (an admin only) everywhere."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_person_role_school", "person_id", "role", text("coalesce(school_id, 0)"), unique=True),
        CheckConstraint("school_id IS NOT NULL OR role = 'admin'", name="school_unless_admin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    class_name: Mapped[str | None] = mapped_column(String(60))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Invite(Base):
    """A deep link that gives a role. Only a keyed hash of its token is stored."""

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    class_name: Mapped[str | None] = mapped_column(String(60))
    uses_allowed: Mapped[int] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tags: Mapped[str] = mapped_column(String(200), default="", server_default="")  # separated by commas
    key_id: Mapped[str | None] = mapped_column(String(8))  # under which key the hash was made
    # Whoever used a link that gives power, until the inviter has said yes or no.
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Conversation(Base):
    """Where a person is in the dialogue: encrypted, without the words they wrote, gone when it expires."""

    __tablename__ = "conversation"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    state_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Between several processes: the last words for a few seconds, encrypted by whoever puts them there.
    fragment: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    state = Encrypted()


class TopicCount(Base):
    """How often a topic was answered on a day. It knows no person."""

    __tablename__ = "topic_count"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


class FeedbackCount(Base):
    """How often an answer was found helpful or not on a day. It knows no person."""

    __tablename__ = "feedback_count"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    answer: Mapped[str] = mapped_column(String(80), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    helpful: Mapped[int] = mapped_column(Integer, default=0)
    unhelpful: Mapped[int] = mapped_column(Integer, default=0)


class QuizProgress(Base):
    """Which quiz questions a person got right and wrong, and the round they are in: encrypted."""

    __tablename__ = "quiz_progress"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    progress_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    progress = Encrypted()


class Poll(Base):
    """A quiz poll that was sent: which question it asks, and which option is the right one."""

    __tablename__ = "poll"

    poll_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    question: Mapped[str] = mapped_column(String(40))
    right_option: Mapped[int] = mapped_column(Integer)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"))


class ChoiceCount(Base):
    """What was chosen on a day when the bot was not sure what had been meant. It knows no person."""

    __tablename__ = "choice_count"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    chosen: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


class KeptQuestion(Base):
    """A question nobody could answer, kept because its author said so, without numbers and names: encrypted."""

    __tablename__ = "kept_question"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(2))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    text = Encrypted()


class AuditEntry(Base):
    """Who changed whose rights, and when. `actor_id` is empty for the operator, and for a person since erased."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    by_operator: Mapped[bool]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
