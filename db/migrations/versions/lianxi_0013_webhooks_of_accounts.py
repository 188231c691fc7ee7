"""Webhooks of accounts, and what is withheld of messages to them.

Webhooks that there are already are the administrators'. On the way back those of accounts are forgotten: they
would be taken for the administrators', and be sent everything.

Revision ID: lianxi_0013
Revises: lianxi_0012
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0013"
down_revision = "lianxi_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook", sa.Column("account", sa.String(length=64), nullable=True))
    op.add_column("webhook_delivery", sa.Column("withheld", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.execute(
        "DELETE FROM webhook_delivery WHERE webhook_id IN (SELECT id FROM webhook WHERE account IS NOT NULL)"
    )
    op.execute("DELETE FROM webhook WHERE account IS NOT NULL")
    op.drop_column("webhook_delivery", "withheld")
    op.drop_column("webhook", "account")
