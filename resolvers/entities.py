"""Entities of the federation: objects that a gateway names by their keys."""

from __future__ import annotations

from collections.abc import Sequence

from resolvers.conference import find_conference
from resolvers.context import Context
from resolvers.department import find_department
from resolvers.dispute import find_dispute
from resolvers.errors import BadUserInput, TooComplex
from resolvers.node import Find
from resolvers.region import find_region

MOST_ENTITIES = 1_000


async def _dispute_by_id(context: Context, id_: str) -> object | None:
    return await find_dispute(context, id_, None)


async def _dispute_by_number(context: Context, number: str) -> object | None:
    return await find_dispute(context, None, number)


KEYS: dict[str, dict[str, Find]] = {
    "Department": {"code": find_department},
    "Dispute": {"id": _dispute_by_id, "number": _dispute_by_number},
    "JointConference": {"id": find_conference},
    "Region": {"code": find_region},
}
"""The entities, each with its keys in order of preference."""


def find_entities(context: Context, representations: Sequence[object]) -> list[object]:
    """One entry a representation: what will be the object, or None where there is none, or the error that
    is told in its place. Raises TooComplex when there are too many.

    The executor awaits the entries together, so that the loaders fetch each type at once.
    """
    if len(representations) > MOST_ENTITIES:
        raise TooComplex("input.entities", context.language, found=len(representations), most=MOST_ENTITIES)
    return [_entity(context, representation) for representation in representations]


def _entity(context: Context, representation: object) -> object:
    if not isinstance(representation, dict):
        return BadUserInput("input.entity_shape", context.language)
    type_name = representation.get("__typename")
    keys = KEYS.get(type_name) if isinstance(type_name, str) else None
    if keys is None:
        return BadUserInput("input.entity_type", context.language, types=", ".join(KEYS))
    # Fields beside the keys are those that a gateway passes along for others.
    for name, find in keys.items():
        if isinstance(value := representation.get(name), str):
            return find(context, value)
    return BadUserInput("input.entity_key", context.language, type=type_name, keys=", ".join(keys))
