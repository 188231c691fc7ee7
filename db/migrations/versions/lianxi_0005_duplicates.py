"""Traits of disputes, mergers and repeats.

Revision ID: lianxi_0005
Revises: lianxi_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0005"
down_revision = "lianxi_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trait",
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("trait", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_trait_dispute_id_city")
        ),
        sa.PrimaryKeyConstraint("city", "trait", "dispute_id", name=op.f("pk_trait")),
    )
    op.create_index(
        op.f("ix_trait_region_code_trait_dispute_id"),
        "trait",
        ["region_code", "trait", "dispute_id"],
        unique=False,
    )
    op.create_table(
        "merger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("main_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.String(length=64), nullable=False),
        sa.Column("lead_unit_code", sa.String(length=64), nullable=True),
        sa.Column("co_unit_codes", sa.JSON(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_by", sa.String(length=64), nullable=True),
        sa.Column("split_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_merger_dispute_id_city")
        ),
        sa.ForeignKeyConstraint(
            ["main_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_merger_main_id_city")
        ),
        sa.ForeignKeyConstraint(["lead_unit_code"], ["unit.code"], name=op.f("fk_merger_lead_unit_code")),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_merger")),
    )
    op.create_index(op.f("ix_merger_dispute_id"), "merger", ["dispute_id"], unique=False)
    op.create_index(op.f("ix_merger_main_id"), "merger", ["main_id"], unique=False)
    op.create_table(
        "repeat_tag",
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("repeat", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"],
            ["dispute.id", "dispute.city"],
            name=op.f("fk_repeat_tag_dispute_id_city"),
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id", "city"],
            ["dispute.id", "dispute.city"],
            name=op.f("fk_repeat_tag_earlier_id_city"),
        ),
        sa.PrimaryKeyConstraint("city", "dispute_id", "earlier_id", "repeat", name=op.f("pk_repeat_tag")),
    )
    op.create_index(op.f("ix_repeat_tag_dispute_id"), "repeat_tag", ["dispute_id"], unique=False)


def downgrade() -> None:
    # Or the traits would be taken for whole when the tables are made again.
    op.execute("DELETE FROM revision WHERE name = 'traits'")
    op.drop_index(op.f("ix_repeat_tag_dispute_id"), table_name="repeat_tag")
    op.drop_table("repeat_tag")
    op.drop_index(op.f("ix_merger_main_id"), table_name="merger")
    op.drop_index(op.f("ix_merger_dispute_id"), table_name="merger")
    op.drop_table("merger")
    op.drop_index(op.f("ix_trait_region_code_trait_dispute_id"), table_name="trait")
    op.drop_table("trait")
