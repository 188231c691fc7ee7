"""Simulations of drafts.

Revision ID: lianxi_0004
Revises: lianxi_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0004"
down_revision = "lianxi_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_simulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("reread", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("stretches", sa.JSON(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_simulation_draft_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_simulation")),
    )
    op.create_index(
        op.f("ix_policy_simulation_draft_id_id"), "policy_simulation", ["draft_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_policy_simulation_draft_id_id"), table_name="policy_simulation")
    op.drop_table("policy_simulation")
