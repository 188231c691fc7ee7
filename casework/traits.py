"""Traits: what a dispute is found by when another complaint may be about the same matter."""

from __future__ import annotations

from casework.act import Change
from casework.dispute import DisputeRow
from db.dialect import insert_new
from db.tables.duplicates import Trait
from rules.likeness import Matter, matter_of, traits_of
from rules.router import Routing


def matter_of_routing(text: str, routing: Routing) -> Matter:
    """What is compared of a text that has been routed."""
    return matter_of(
        text, ((match.start, match.end, match.field) for match in routing.matches), routing.facts
    )


async def keep_traits(change: Change, dispute: DisputeRow, routing: Routing) -> None:
    """Let a dispute be found by what was read in it, in addition to what was read before."""
    rows = [
        {
            "city": dispute.city,
            "trait": trait,
            "dispute_id": dispute.id,
            "region_code": dispute.region_code,
        }
        for trait in traits_of(matter_of_routing(dispute.description, routing))
    ]
    if rows:
        await change.connection.execute(insert_new(change.connection, Trait.__table__), rows)
