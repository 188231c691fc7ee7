"""The tables, one file a concept. Importing this package fills `Base.metadata`."""

from db.tables import (
    audit,
    conference,
    dispute,
    duplicates,
    event,
    idempotency,
    objection,
    policy,
    region,
    reply,
    revision,
    simulation,
    unit,
)
from db.tables.base import Base

__all__ = [
    "Base",
    "audit",
    "conference",
    "dispute",
    "duplicates",
    "event",
    "idempotency",
    "objection",
    "policy",
    "region",
    "reply",
    "revision",
    "simulation",
    "unit",
]
