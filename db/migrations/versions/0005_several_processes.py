"""What has arrived, who runs, the shared pace of sending, pieces of messages, under which key a link was made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("arrived_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("handled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_arrival"),
    )
    op.create_index("ix_arrival_chat_number", "arrival", ["chat", "number"])
    op.create_index("ix_arrival_handled_at", "arrival", ["handled_at"])
    op.create_table(
        "process",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("heard_at", _MOMENT, nullable=False),
        sa.Column("keys", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_process"),
    )
    op.create_table(
        "send_pace",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_send_pace"),
    )
    op.create_index("ix_send_pace_next_at", "send_pace", ["next_at"])
    op.add_column("conversation", sa.Column("fragment", sa.LargeBinary(), nullable=True))
    op.add_column("invite", sa.Column("key_id", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("invite", "key_id")
    op.drop_column("conversation", "fragment")
    op.drop_table("send_pace")
    op.drop_table("process")
    op.drop_table("arrival")
