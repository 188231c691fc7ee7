"""An index that leads to what was assigned on a day: terms are counted from it.

Revision ID: lianxi_0011
Revises: lianxi_0010
"""

from alembic import op

revision = "lianxi_0011"
down_revision = "lianxi_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_assignment_assigned_at"), "assignment", ["assigned_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_assignment_assigned_at"), table_name="assignment")
