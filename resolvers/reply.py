"""Replies to the complainants of disputes."""

from __future__ import annotations

from db.tables.reply import Reply
from resolvers.description import Relation, Source
from rules.personal_data import masked_text

REPLY = Source("Reply", Reply, masks={"text": masked_text}, reach=("dispute_id",))
"""One reply; personal data in its words leave this room masked."""
REPLIES_OF_DISPUTE = Relation(
    REPLY,
    on=(("key", "dispute_id"),),
    many=True,
    order=(REPLY.columns["replied_at"], REPLY.columns["key"]),
)
