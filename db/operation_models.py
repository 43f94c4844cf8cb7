"""The tables that keep the bot running: what has arrived and is not answered yet, who runs, and how fast they send."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import EncryptedBytes, UtcDateTime
from db.models import Base, now


class Arrival(Base):
    """An update of the front end's: stored before it is acknowledged, encrypted, its body gone once it is handled.

    The number stays for some days, so that whatever is delivered twice is handled once. `chat` is a keyed number that
    tells nobody who it is, and goes with the body.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        Index("ix_arrival_chat_number", "chat", "number"),
        Index("ix_arrival_handled_at", "handled_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # Telegram: update_id
    chat: Mapped[int | None] = mapped_column(BigInteger)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    tries: Mapped[int] = mapped_column(Integer, default=0)  # how often a process died while handling it
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    body = EncryptedBytes()


class RunningProcess(Base):
    """A bot process: when it was last heard of, and which keys it knows, the one it writes with first."""

    __tablename__ = "process"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    keys: Mapped[str] = mapped_column(String(200), default="")  # key ids, separated by commas


class SendPace(Base):
    """When the next message may leave: over all chats (0), of campaigns (1), and in a chat (its keyed number)."""

    __tablename__ = "send_pace"

    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
