"""Parties of a dispute: personal data leave this room masked, or not at all."""

from __future__ import annotations

from casework.masking import masked_address, masked_name, masked_phone
from db.tables.dispute import Party, PartyIdentity
from resolvers.description import Source

PARTY = Source(
    "Party",
    Party,
    origin=Party.__table__.outerjoin(
        PartyIdentity.__table__,
        (PartyIdentity.party_id == Party.id) & (PartyIdentity.city == Party.city),
    ),
    name=PartyIdentity.name,
    phone=PartyIdentity.phone,
    address=PartyIdentity.address,
    masks={"name": masked_name, "phone": masked_phone, "address": masked_address},
)
"""Somebody in a dispute, as others may see them."""
