"""Webhooks and their deliveries.

Revision ID: lianxi_0009
Revises: lianxi_0008
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0009"
down_revision = "lianxi_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("older_secret", sa.Text(), nullable=True),
        sa.Column("older_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("disabled_because", sa.String(length=64), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_webhook_region_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_webhook_unit_code")),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_problem", sa.String(length=64), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id", "city"],
            ["webhook.id", "webhook.city"],
            name=op.f("fk_webhook_delivery_webhook_id_city"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id", "city"],
            ["outbox.id", "outbox.city"],
            name=op.f("fk_webhook_delivery_message_id_city"),
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id", "message_id", "city", name=op.f("uq_webhook_delivery_webhook_id_message_id_city")
        ),
    )
    op.create_index(
        op.f("ix_webhook_delivery_webhook_id_state_next_at"),
        "webhook_delivery",
        ["webhook_id", "state", "next_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_webhook_delivery_webhook_id_subject_position"),
        "webhook_delivery",
        ["webhook_id", "subject", "position"],
        unique=False,
    )
    op.create_index(
        op.f("ix_webhook_delivery_created_at_id"), "webhook_delivery", ["created_at", "id"], unique=False
    )
    first = sa.text("state IN ('waiting', 'dead')")
    op.create_index(
        "uq_webhook_delivery_first",
        "webhook_delivery",
        ["webhook_id", "subject", "city"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )


def downgrade() -> None:
    op.drop_index("uq_webhook_delivery_first", table_name="webhook_delivery")
    op.drop_index(op.f("ix_webhook_delivery_created_at_id"), table_name="webhook_delivery")
    op.drop_index(op.f("ix_webhook_delivery_webhook_id_subject_position"), table_name="webhook_delivery")
    op.drop_index(op.f("ix_webhook_delivery_webhook_id_state_next_at"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
