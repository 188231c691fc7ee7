"""Who has a dispute now, in one table: told so far by four, for each request anew.

Revision ID: lianxi_0012
Revises: lianxi_0011
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0012"
down_revision = "lianxi_0011"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO holder (dispute_id, city, unit_code, received_at)
SELECT dispute.id, dispute.city, held.unit_code, dispute.received_at
FROM dispute
JOIN (
    SELECT id AS dispute_id, territorial_owner_code AS unit_code FROM dispute
    UNION
    SELECT dispute_id, unit_code FROM assignment WHERE ended_at IS NULL
    UNION
    SELECT dispute_id, unit_code FROM objection WHERE state = 'open'
    UNION
    SELECT merger.dispute_id, assignment.unit_code
    FROM merger
    JOIN assignment ON assignment.dispute_id = merger.main_id AND assignment.city = merger.city
    WHERE merger.split_at IS NULL AND assignment.ended_at IS NULL
) AS held ON held.dispute_id = dispute.id
"""


def upgrade() -> None:
    op.create_table(
        "holder",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_holder_dispute_id_city")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_holder_unit_code")),
        sa.PrimaryKeyConstraint("dispute_id", "city", "unit_code", name=op.f("pk_holder")),
    )
    op.execute(FILL)
    op.create_index(
        op.f("ix_holder_unit_code_received_at_dispute_id"),
        "holder",
        ["unit_code", "received_at", "dispute_id"],
    )
    op.drop_index(op.f("ix_dispute_territorial_owner_code"), table_name="dispute")
    op.drop_index(op.f("ix_objection_unit_code_state"), table_name="objection")


def downgrade() -> None:
    op.create_index(op.f("ix_objection_unit_code_state"), "objection", ["unit_code", "state"])
    op.create_index(op.f("ix_dispute_territorial_owner_code"), "dispute", ["territorial_owner_code"])
    op.drop_index(op.f("ix_holder_unit_code_received_at_dispute_id"), table_name="holder")
    op.drop_table("holder")
