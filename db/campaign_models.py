"""The tables of campaigns: what is sent, and the ledger with one row for each recipient."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import UtcDateTime
from db.models import Base, choice, now

# SQLite numbers rows by itself only in a column of exactly its own type.
_LONG = BigInteger().with_variant(Integer, "sqlite")


class CampaignState(StrEnum):
    """How far a campaign has come."""

    DRAFT = "draft"  # may still be changed
    APPROVED = "approved"  # checked by whoever must, and not marked for sending yet
    SCHEDULED = "scheduled"  # will begin at `starts_at`
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What came of one delivery. Everything from SENT on is final."""

    PENDING = "pending"
    CLAIMED = "claimed"  # a sender has taken it, and nothing has gone out yet
    SENDING = "sending"  # it is going out now; a sender that dies here leaves it unknown
    HELD_OUT = "held_out"  # gets the quiz only, to compare with
    SENT = "sent"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NOT_FOUND = "not_found"
    OPTED_OUT = "opted_out"
    CONTENT_ERROR = "content_error"
    GAVE_UP = "gave_up"  # tried until there was no sense in trying again
    UNKNOWN = "unknown"  # it may have arrived; repeated only when somebody says so


class Campaign(Base):
    """A campaign: `definition` is the file or what was put together in the chat, as JSON. Staff write it, no student.

    `pin` is a hash over what students would read and over who they are; `approved_pin` the one that was approved.
    """

    __tablename__ = "campaign"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    definition: Mapped[str] = mapped_column(Text)
    pin: Mapped[str] = mapped_column(String(64))
    state: Mapped[CampaignState] = mapped_column(choice(CampaignState, "campaign_state"), default=CampaignState.DRAFT)
    by_operator: Mapped[bool]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    approved_pin: Mapped[str | None] = mapped_column(String(64))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prepared_to: Mapped[uuid.UUID | None]  # the ledger has everybody up to this person
    prepared: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_why: Mapped[str | None] = mapped_column(String(40))
    watched_in: Mapped[int | None] = mapped_column(_LONG)  # the message that shows its author how it goes


class CampaignPicture(Base):
    """The picture of one of a campaign's messages, made anew from the file; `file_id`: where Telegram has it."""

    __tablename__ = "campaign_picture"

    campaign: Mapped[int] = mapped_column(ForeignKey("campaign.number", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    file_id: Mapped[str | None] = mapped_column(String(200))


class Delivery(Base):
    """One row of the ledger: a campaign and a recipient. The person can be erased; the row stays, so that all adds up.

    School, class and language are what they were when the ledger was prepared: reports never ask who somebody is.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("uq_delivery_campaign_person_id", "campaign", "person_id", unique=True),
        Index("ix_delivery_campaign_outcome_not_before", "campaign", "outcome", "not_before"),
        Index("ix_delivery_person_id_finished_at", "person_id", "finished_at"),
    )

    id: Mapped[int] = mapped_column(_LONG, primary_key=True)
    campaign: Mapped[int] = mapped_column(ForeignKey("campaign.number", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    school_id: Mapped[int | None] = mapped_column(Integer)
    class_name: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    variant: Mapped[int] = mapped_column(SmallInteger, default=0)
    held_out: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"), default=Outcome.PENDING)
    step: Mapped[int] = mapped_column(SmallInteger, default=0)  # what has gone out: messages first, then questions
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CampaignPress(Base):
    """That a recipient pressed a button of a campaign: once, however often they press it."""

    __tablename__ = "campaign_press"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True)
    button: Mapped[str] = mapped_column(String(8), primary_key=True)  # message.button, such as 0.2
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CampaignAnswer(Base):
    """Whether a recipient answered a campaign's question rightly: their first answer."""

    __tablename__ = "campaign_answer"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    right: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MembershipTag(Base):
    """A tag that staff gave to somebody's membership, to reach them by."""

    __tablename__ = "membership_tag"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)


class LawReceived(Base):
    """That a person was told of a law, and when last. Never written for what must stay private (docs/data.md)."""

    __tablename__ = "law_received"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    law: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_on: Mapped[date] = mapped_column(Date, index=True)
