"""Numbers of the feed in place of the outbox's own marks of delivery.

Revision ID: lianxi_0007
Revises: lianxi_0006
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0007"
down_revision = "lianxi_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_outbox_delivered_at_id"), table_name="outbox")
    for name in ("attempts", "leased_until", "delivered_at"):
        op.drop_column("outbox", name)
    op.add_column("outbox", sa.Column("position", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE outbox SET position = ranked.place"
        " FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM outbox) AS ranked"
        " WHERE ranked.id = outbox.id"
    )
    op.execute("INSERT INTO revision (name, number) SELECT 'feed', count(*) FROM outbox")
    op.create_index(op.f("ix_outbox_position_id"), "outbox", ["position", "id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM revision WHERE name = 'feed'")
    op.drop_index(op.f("ix_outbox_position_id"), table_name="outbox")
    op.drop_column("outbox", "position")
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_outbox_delivered_at_id"), "outbox", ["delivered_at", "id"], unique=False)
