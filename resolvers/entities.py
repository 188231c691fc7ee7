"""Entities of the federation: objects that a gateway names by their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from casework.text import clean
from resolvers.conference import CONFERENCE
from resolvers.context import Context
from resolvers.description import Found, Kinds, Ref, Refs
from resolvers.dispute import DISPUTE
from resolvers.errors import BadUserInput, TooComplex
from resolvers.identity import uuid_texts_of

MOST_ENTITIES = 1_000

Read = Callable[[Sequence[str]], list[str] | None]
"""Reads the values of a key: the texts that are looked for, or None when one is such as nothing can have."""


def _ids(type_name: str) -> Read:
    return partial(uuid_texts_of, type_name=type_name)


def _numbers(numbers: Sequence[str]) -> list[str]:
    return list(map(clean, numbers))


KEYS: Mapping[str, Mapping[str, tuple[tuple[str, ...], Read]]] = {
    "Department": {"code": (("code",), list)},
    "Dispute": {"id": (("key",), _ids("Dispute")), "number": (("number",), _numbers)},
    "JointConference": {"id": (("key",), _ids("JointConference"))},
    "Region": {"code": (("code",), list)},
}
"""The entities with their keys in order of preference: the columns that they are, and how they are read."""
KINDS: Kinds = {
    "Department": "department",
    "Dispute": DISPUTE,
    "JointConference": CONFERENCE,
    "Region": "region",
}


def find_entities(
    context: Context, *, representations: Sequence[object]
) -> Refs | list[Ref | Exception | None]:
    """One entry a representation: what leads to the object, or None where there is none, or the error that
    is told in its place. Raises TooComplex when there are too many."""
    if len(representations) > MOST_ENTITIES:
        raise TooComplex("input.entities", context.language, found=len(representations), most=MOST_ENTITIES)
    return _all_alike(representations) or [_entity(context, each) for each in representations]


def _all_alike(representations: Sequence[Any]) -> Refs | None:
    """The objects, where all are of one type and named by its first key, as a gateway mostly asks."""
    try:
        type_name = representations[0]["__typename"]
        name, (columns, read) = next(iter(KEYS[type_name].items()))
        named = [each[name] for each in representations if each["__typename"] == type_name]
        values = (
            read(named) if len(named) == len(representations) and set(map(type, named)) == {str} else None
        )
    except (LookupError, TypeError):
        return None
    return None if values is None else Refs(type_name, columns, values)


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
            found = read([value])
            return None if found is None else Ref(str(type_name), columns, (found[0],))
    return BadUserInput("input.entity_key", context.language, type=type_name, keys=", ".join(keys))


ENTITIES = Found(find_entities, KINDS)
