"""Objections of units to assignments.

Revision ID: lianxi_0002
Revises: lianxi_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0002"
down_revision = "lianxi_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("proposed_unit_code", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_objection_dispute_id_city")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id", "city"],
            ["assignment.id", "assignment.city"],
            name=op.f("fk_objection_assignment_id_city"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id", "city"],
            ["decision.id", "decision.city"],
            name=op.f("fk_objection_decision_id_city"),
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_objection_unit_code")),
        sa.ForeignKeyConstraint(
            ["proposed_unit_code"], ["unit.code"], name=op.f("fk_objection_proposed_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_dispute_id"), "objection", ["dispute_id"], unique=False)
    op.create_index(op.f("ix_objection_decision_id"), "objection", ["decision_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_objection_decision_id"), table_name="objection")
    op.drop_index(op.f("ix_objection_dispute_id"), table_name="objection")
    op.drop_table("objection")
