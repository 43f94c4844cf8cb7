"""Campaigns and their ledger, tags, which laws people were told of, and role links that wait for a yes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _campaigns()
    _deliveries()
    op.create_table(
        "membership_tag",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            ondelete="CASCADE",
            name="fk_membership_tag_membership_id_membership",
        ),
        sa.PrimaryKeyConstraint("membership_id", "tag", name="pk_membership_tag"),
    )
    op.create_table(
        "law_received",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("law", sa.String(length=60), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        _person("law_received", "person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "law", name="pk_law_received"),
    )
    op.create_index("ix_law_received_last_on", "law_received", ["last_on"])
    op.add_column("person", sa.Column("seen_on", sa.Date(), nullable=True))
    op.add_column("invite", sa.Column("tags", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("invite") as table:
        table.add_column(sa.Column("claimed_by", sa.Uuid(), nullable=True))
        table.create_foreign_key("fk_invite_claimed_by_person", "person", ["claimed_by"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("poll") as table:
        table.add_column(sa.Column("delivery_id", _LONG, nullable=True))
        table.create_foreign_key(
            "fk_poll_delivery_id_delivery", "delivery", ["delivery_id"], ["id"], ondelete="CASCADE"
        )
    with op.batch_alter_table("notice") as table:
        table.add_column(sa.Column("campaign", sa.Integer(), nullable=True))
        table.add_column(sa.Column("invite_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_notice_campaign_campaign", "campaign", ["campaign"], ["number"], ondelete="CASCADE"
        )
        table.create_foreign_key("fk_notice_invite_id_invite", "invite", ["invite_id"], ["id"], ondelete="CASCADE")


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("pin", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_pin", sa.String(length=64), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=True),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("prepared_to", sa.Uuid(), nullable=True),
        sa.Column("prepared", sa.Boolean(), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("paused_why", sa.String(length=40), nullable=True),
        sa.Column("watched_in", _LONG, nullable=True),
        _person("campaign", "author_id"),
        _person("campaign", "approved_by"),
        sa.PrimaryKeyConstraint("number", name="pk_campaign"),
        sa.UniqueConstraint("id", name="uq_campaign_id"),
    )
    op.create_table(
        "campaign_picture",
        sa.Column("campaign", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.String(length=200), nullable=True),
        _campaign("campaign_picture"),
        sa.PrimaryKeyConstraint("campaign", "position", name="pk_campaign_picture"),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("campaign", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("class_name", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("variant", sa.SmallInteger(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("claimed_at", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        _campaign("delivery"),
        _person("delivery", "person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("uq_delivery_campaign_person_id", "delivery", ["campaign", "person_id"], unique=True)
    op.create_index("ix_delivery_campaign_outcome_not_before", "delivery", ["campaign", "outcome", "not_before"])
    op.create_index("ix_delivery_person_id_finished_at", "delivery", ["person_id", "finished_at"])
    for table, key, kind in (("campaign_press", "button", 8), ("campaign_answer", "question", 40)):
        op.create_table(
            table,
            sa.Column("delivery_id", _LONG, nullable=False),
            sa.Column(key, sa.String(length=kind), nullable=False),
            *([sa.Column("right", sa.Boolean(), nullable=False)] if key == "question" else []),
            sa.Column("at", _MOMENT, nullable=False),
            sa.ForeignKeyConstraint(
                ["delivery_id"], ["delivery.id"], ondelete="CASCADE", name=f"fk_{table}_delivery_id_delivery"
            ),
            sa.PrimaryKeyConstraint("delivery_id", key, name=f"pk_{table}"),
        )


def _person(table: str, column: str, ondelete: str = "SET NULL") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], ondelete=ondelete, name=f"fk_{table}_{column}_person")


def _campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign"], ["campaign.number"], ondelete="CASCADE", name=f"fk_{table}_campaign_campaign"
    )


def downgrade() -> None:
    with op.batch_alter_table("notice") as table:
        table.drop_constraint("fk_notice_campaign_campaign", type_="foreignkey")
        table.drop_constraint("fk_notice_invite_id_invite", type_="foreignkey")
        table.drop_column("campaign")
        table.drop_column("invite_id")
    with op.batch_alter_table("poll") as table:
        table.drop_constraint("fk_poll_delivery_id_delivery", type_="foreignkey")
        table.drop_column("delivery_id")
    with op.batch_alter_table("invite") as table:
        table.drop_constraint("fk_invite_claimed_by_person", type_="foreignkey")
        table.drop_column("claimed_by")
        table.drop_column("tags")
    with op.batch_alter_table("person") as table:
        table.drop_column("seen_on")
    for name in (
        *("law_received", "membership_tag", "campaign_answer", "campaign_press"),
        *("delivery", "campaign_picture", "campaign"),
    ):
        op.drop_table(name)
