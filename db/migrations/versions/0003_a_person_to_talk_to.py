"""Talks with a counsellor, what is still to be told, what was chosen when unsure, questions kept with consent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "choice_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("chosen", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "chosen", "language", name="pk_choice_count"),
    )
    op.create_table(
        "kept_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        _person("kept_question", "person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_question"),
    )
    op.create_index("ix_kept_question_person_id", "kept_question", ["person_id"])
    op.create_index("ix_kept_question_kept_at", "kept_question", ["kept_at"])
    _threads()
    _notices()


def _threads() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("listening", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("waiting_since", _MOMENT, nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answered_after", sa.Integer(), nullable=True),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        _person("thread", "student_id"),
        _person("thread", "claimed_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_thread_school_id_school"),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
    )
    for column in ("student_id", "school_id", "last_at"):
        op.create_index(f"ix_thread_{column}", "thread", [column])
    op.create_table(
        "thread_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_student", sa.Boolean(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("picture_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        _thread("thread_message", "thread_id"),
        sa.PrimaryKeyConstraint("id", name="pk_thread_message"),
    )
    op.create_index("uq_thread_message_thread_id_position", "thread_message", ["thread_id", "position"], unique=True)


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thread_id", sa.String(length=12), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        _person("notice", "person_id"),
        _thread("notice", "thread_id"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["thread_message.id"], ondelete="CASCADE", name="fk_notice_message_id_thread_message"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    for column in ("person_id", "not_before"):
        op.create_index(f"ix_notice_{column}", "notice", [column])
    op.create_table(
        "seat",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("away_until", _MOMENT, nullable=True),
        sa.Column("answering", sa.String(length=12), nullable=True),
        sa.Column("answering_since", _MOMENT, nullable=True),
        _person("seat", "person_id"),
        _thread("seat", "answering", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("person_id", name="pk_seat"),
    )


def _person(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], ondelete=ondelete, name=f"fk_{table}_{column}_person")


def _thread(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["thread.id"], ondelete=ondelete, name=f"fk_{table}_{column}_thread")


def downgrade() -> None:
    for table in ("seat", "notice", "thread_message", "thread", "kept_question", "choice_count"):
        op.drop_table(table)
