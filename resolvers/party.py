"""Parties of a dispute: personal data leave this room masked, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.masking import masked_address, masked_name, masked_phone
from db.tables.dispute import Party, PartyIdentity
from resolvers.identity import global_id
from resolvers.loading import Rows, grouped, matched


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Somebody in a dispute, as others may see them."""

    key: UUID
    role: str
    anonymous: bool
    reachable: bool
    name: str | None
    phone: str | None
    address: str | None

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("Party", self.key)


def _select_parties() -> Rows:
    return (
        select(
            Party.id,
            Party.dispute_id,
            Party.role,
            Party.anonymous,
            Party.reachable,
            PartyIdentity.name,
            PartyIdentity.phone,
            PartyIdentity.address,
        )
        .join_from(
            Party,
            PartyIdentity,
            (PartyIdentity.party_id == Party.id) & (PartyIdentity.city == Party.city),
            isouter=True,
        )
        .order_by(Party.id)
    )


def _masked(row: Any) -> PartyRow:
    return PartyRow(
        row.id,
        row.role,
        row.anonymous,
        row.reachable,
        masked_name(row.name),
        masked_phone(row.phone),
        masked_address(row.address),
    )


async def parties_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[PartyRow | None]:
    """One party a key."""
    rows = await connection.execute(_select_parties().where(Party.id.in_(keys)))
    return matched(keys, ((row.id, _masked(row)) for row in rows))


async def parties_of_disputes(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[list[PartyRow]]:
    """All parties of each dispute."""
    rows = await connection.execute(_select_parties().where(Party.dispute_id.in_(keys)))
    return grouped(keys, ((row.dispute_id, _masked(row)) for row in rows))
