"""Objects by their global id, of whatever type."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from resolvers.assignment import ASSIGNMENT
from resolvers.conference import CONFERENCE, SESSION
from resolvers.context import Context
from resolvers.decision import DECISION
from resolvers.delivery import DELIVERY
from resolvers.description import Found, Kinds, Ref, Source
from resolvers.dispute import DISPUTE
from resolvers.draft import DRAFT
from resolvers.errors import BadUserInput
from resolvers.event import EVENT
from resolvers.identity import UUID_TEXT, read_global_id
from resolvers.objection import OBJECTION
from resolvers.party import PARTY
from resolvers.policy import POLICY, RULE, VERSION
from resolvers.simulation import SIMULATION
from resolvers.webhook import WEBHOOK

MOST_NODES = 100

KINDS: Kinds = {
    "Department": "department",
    "Region": "region",
    **{
        source.name: source
        for source in (
            ASSIGNMENT,
            SESSION,
            DECISION,
            DISPUTE,
            DRAFT,
            EVENT,
            CONFERENCE,
            OBJECTION,
            PARTY,
            RULE,
            VERSION,
            POLICY,
            SIMULATION,
            WEBHOOK,
            DELIVERY,
        )
    },
}
"""Where the objects of each type are found: every type that is a Node has an entry."""


def find_node(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The object with an id; None for ids that are malformed, foreign or of nothing."""
    found = read_global_id(id)
    kind = KINDS.get(found.type) if found else None
    if found is None or kind is None:
        return None
    if not isinstance(kind, Source):
        return Ref(found.type, ("code",), (found.key,))
    if not context.may_see(kind.roles):
        return None  # its type may not be told, for the id alone tells that it exists
    values = _values(kind, found.key)
    return Ref(found.type, kind.identity, values) if values else None


def _values(source: Source, key: str) -> tuple[str, ...] | None:
    if source is POLICY:
        return (key,)
    uuid, separator, code = key.partition(":")
    if not UUID_TEXT(uuid) or bool(separator) is not (source is RULE):
        return None
    return (uuid, code) if separator else (uuid,)


def find_nodes(context: Context, *, ids: list[strawberry.ID]) -> Sequence[Ref | None]:
    """The object of each id, in their order. Raises BadUserInput when there are too many ids."""
    if len(ids) > MOST_NODES:
        raise BadUserInput("input.too_many_ids", context.language, found=len(ids), most=MOST_NODES)
    return [find_node(context, id=id) for id in ids]


NODE = Found(find_node, KINDS)
NODES = Found(find_nodes, KINDS)
