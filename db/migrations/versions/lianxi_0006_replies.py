"""Replies, and repeats that were withdrawn.

Revision ID: lianxi_0006
Revises: lianxi_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0006"
down_revision = "lianxi_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawn_repeat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("repeat", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"],
            ["dispute.id", "dispute.city"],
            name=op.f("fk_withdrawn_repeat_dispute_id_city"),
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id", "city"],
            ["dispute.id", "dispute.city"],
            name=op.f("fk_withdrawn_repeat_earlier_id_city"),
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_withdrawn_repeat")),
    )
    op.create_index(op.f("ix_withdrawn_repeat_dispute_id"), "withdrawn_repeat", ["dispute_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replied_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_reply_dispute_id_city")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_reply")),
    )
    op.create_index(op.f("ix_reply_dispute_id"), "reply", ["dispute_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reply_dispute_id"), table_name="reply")
    op.drop_table("reply")
    op.drop_index(op.f("ix_withdrawn_repeat_dispute_id"), table_name="withdrawn_repeat")
    op.drop_table("withdrawn_repeat")
