"""Parties of a dispute: personal data leave this room masked, or not at all."""

from __future__ import annotations

from casework.masking import masked_address, masked_name, masked_phone
from casework.rights import CONTACTS
from db.tables.dispute import Party, PartyIdentity
from resolvers.description import Source

_party, _identity = Party.__table__, PartyIdentity.__table__

PARTY = Source(
    "Party",
    Party,
    origin=_party.outerjoin(
        _identity, (_identity.c.party_id == _party.c.id) & (_identity.c.city == _party.c.city)
    ),
    name=_identity.c.name,
    phone=_identity.c.phone,
    address=_identity.c.address,
    masks={"name": masked_name, "phone": masked_phone, "address": masked_address},
    reach=("dispute_id",),
    roles=CONTACTS,
)
"""Somebody in a dispute, as others may see them."""
