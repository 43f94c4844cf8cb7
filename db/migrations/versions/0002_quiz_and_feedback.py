"""Quiz progress, polls that were sent, and what was found helpful."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "answer", "language", name="pk_feedback_count"),
    )
    op.create_table(
        "quiz_progress",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("progress_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_quiz_progress_person_id_person"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_quiz_progress"),
    )
    op.create_table(
        "poll",
        sa.Column("poll_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("right_option", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("poll_id", name="pk_poll"),
    )
    op.create_index("ix_poll_sent_at", "poll", ["sent_at"])


def downgrade() -> None:
    op.drop_table("poll")
    op.drop_table("quiz_progress")
    op.drop_table("feedback_count")
