"""Entities of the federation: objects that a gateway names by their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from casework.text import clean
from resolvers.conference import CONFERENCE
from resolvers.context import Context
from resolvers.description import Found, Kinds, Ref
from resolvers.dispute import DISPUTE
from resolvers.errors import BadUserInput, TooComplex
from resolvers.identity import uuid_reader

MOST_ENTITIES = 1_000

Read = Callable[[str], str | None]
"""Reads the value of a key: the text that is looked for, or None for one that nothing can have."""

KEYS: Mapping[str, Mapping[str, tuple[tuple[str, ...], Read]]] = {
    "Department": {"code": (("code",), str)},
    "Dispute": {"id": (("key",), uuid_reader("Dispute")), "number": (("number",), clean)},
    "JointConference": {"id": (("key",), uuid_reader("JointConference"))},
    "Region": {"code": (("code",), str)},
}
"""The entities with their keys in order of preference: the columns that they are, and how they are read."""
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
    for name, (columns, read) in keys.items():
        if isinstance(value := representation.get(name), str):
            key = read(value)
            return None if key is None else Ref(str(type_name), columns, (key,))
    return BadUserInput("input.entity_key", context.language, type=type_name, keys=", ".join(keys))


ENTITIES = Found(find_entities, KINDS)
