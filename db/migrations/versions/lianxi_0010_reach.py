"""Indexes that lead to the disputes of a unit: what it owns by territory, and what it objects to.

Revision ID: lianxi_0010
Revises: lianxi_0009
"""

from alembic import op

revision = "lianxi_0010"
down_revision = "lianxi_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_dispute_territorial_owner_code"), "dispute", ["territorial_owner_code"])
    op.create_index(op.f("ix_objection_unit_code_state"), "objection", ["unit_code", "state"])


def downgrade() -> None:
    op.drop_index(op.f("ix_objection_unit_code_state"), table_name="objection")
    op.drop_index(op.f("ix_dispute_territorial_owner_code"), table_name="dispute")
