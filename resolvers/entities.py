"""Entities of the federation: objects that a gateway names by their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resolvers.conference import CONFERENCE, find_conference
from resolvers.context import Context
from resolvers.department import find_department
from resolvers.description import Found, Kinds, Ref
from resolvers.dispute import DISPUTE, find_dispute
from resolvers.errors import BadUserInput, TooComplex
from resolvers.region import find_region

MOST_ENTITIES = 1_000

KEYS: dict[str, dict[str, Callable[..., Ref | None]]] = {
    "Department": {"code": find_department},
    "Dispute": {"id": find_dispute, "number": find_dispute},
    "JointConference": {"id": find_conference},
    "Region": {"code": find_region},
}
"""The entities, each with its keys in order of preference."""
KINDS: Kinds = {
    "Department": "department",
    "Dispute": DISPUTE,
    "JointConference": CONFERENCE,
    "Region": "region",
}


def find_entities(context: Context, *, representations: Sequence[object]) -> list[Ref | Exception | None]:
    """One entry a representation: what leads to the object, or None where there is none, or the error that
    is told in its place. Raises TooComplex when there are too many."""
    if len(representations) > MOST_ENTITIES:
        raise TooComplex("input.entities", context.language, found=len(representations), most=MOST_ENTITIES)
    return [_entity(context, representation) for representation in representations]


def _entity(context: Context, representation: object) -> Ref | Exception | None:
    if not isinstance(representation, dict):
        return BadUserInput("input.entity_shape", context.language)
    type_name = representation.get("__typename")
    keys = KEYS.get(type_name) if isinstance(type_name, str) else None
    if keys is None:
        return BadUserInput("input.entity_type", context.language, types=", ".join(KEYS))
    # Fields beside the keys are those that a gateway passes along for others.
    for name, find in keys.items():
        if isinstance(value := representation.get(name), str):
            return find(context, **{name: value})
    return BadUserInput("input.entity_key", context.language, type=type_name, keys=", ".join(keys))


ENTITIES = Found(find_entities, KINDS)
