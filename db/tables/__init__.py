"""The tables, one file a concept. Importing this package fills `Base.metadata`."""

from db.tables import (
    account,
    audit,
    conference,
    dispute,
    duplicates,
    event,
    holder,
    idempotency,
    objection,
    policy,
    region,
    reply,
    revision,
    simulation,
    unit,
    webhook,
)
from db.tables.base import Base

__all__ = [
    "Base",
    "account",
    "audit",
    "conference",
    "dispute",
    "duplicates",
    "event",
    "holder",
    "idempotency",
    "objection",
    "policy",
    "region",
    "reply",
    "revision",
    "simulation",
    "unit",
    "webhook",
]
