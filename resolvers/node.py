"""Objects by their global id, of whatever type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from resolvers.assignment import assignments_by_key
from resolvers.conference import conferences_by_key, sessions_by_key
from resolvers.context import Batch, Context
from resolvers.decision import decisions_by_key
from resolvers.department import find_department
from resolvers.dispute import disputes_by_key
from resolvers.errors import BadUserInput
from resolvers.event import events_by_key
from resolvers.identity import read_global_id, read_uuid
from resolvers.party import parties_by_key
from resolvers.policy import RuleKey, policies_by_key, rules_by_key, versions_by_key
from resolvers.region import find_region

MOST_NODES = 100

Find = Callable[[Context, str], Awaitable[object | None]]
"""Finds an object of one type by the key in its id; None for keys that do not exist or make no sense."""


def _by_uuid(batch: Batch[UUID, Any]) -> Find:
    async def find(context: Context, key: str) -> object | None:
        uuid = read_uuid(key)
        return await context.load(batch, uuid) if uuid else None

    return find


async def _policy(context: Context, key: str) -> object | None:
    return await context.load(policies_by_key, key)


async def _rule(context: Context, key: str) -> object | None:
    version, _, code = key.partition(":")
    uuid = read_uuid(version)
    return await context.load(rules_by_key, RuleKey(uuid, code)) if uuid else None


FINDERS: dict[str, Find] = {
    "Assignment": _by_uuid(assignments_by_key),
    "ConferenceSession": _by_uuid(sessions_by_key),
    "Decision": _by_uuid(decisions_by_key),
    "Department": find_department,
    "Dispute": _by_uuid(disputes_by_key),
    "Event": _by_uuid(events_by_key),
    "JointConference": _by_uuid(conferences_by_key),
    "Party": _by_uuid(parties_by_key),
    "PolicyRule": _rule,
    "PolicyVersion": _by_uuid(versions_by_key),
    "Region": find_region,
    "RoutingPolicy": _policy,
}
"""How the objects of each type are found: every type that is a Node has an entry."""


async def find_node(context: Context, id_: str) -> object | None:
    """The object with an id; None for ids that are malformed, foreign or of nothing."""
    found = read_global_id(id_)
    find = FINDERS.get(found.type) if found else None
    return await find(context, found.key) if found and find else None


def find_nodes(context: Context, ids: Sequence[str]) -> list[Awaitable[object | None]]:
    """The object of each id, in their order. Raises BadUserInput when there are too many ids."""
    if len(ids) > MOST_NODES:
        raise BadUserInput("input.too_many_ids", context.language, found=len(ids), most=MOST_NODES)
    return [find_node(context, id_) for id_ in ids]
