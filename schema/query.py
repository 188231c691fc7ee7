"""The root of all queries: unwrap the arguments, ask one function of `resolvers`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import strawberry
from strawberry.utils.str_converters import to_camel_case

from casework.actor import Actor
from casework.rights import ANYBODY, DEVELOPERS, Roles, plays
from resolvers.context import Context
from resolvers.description import ROLES, Asked
from resolvers.node import NODE, NODES
from schema.account_query import AccountQuery
from schema.dispute_query import DisputeQuery
from schema.entities import Service, service
from schema.field import both, relation
from schema.mutation import Mutation
from schema.node import Node
from schema.policy_query import PolicyQuery
from schema.register_query import RegisterQuery
from schema.subscription import Subscription
from schema.viewer import Grant, Viewer
from schema.webhook_query import WebhookQuery


def _viewer(context: Context) -> Viewer:
    actor = context.actor
    return Viewer(
        account=actor.id,
        role=actor.role,
        grants=[Grant(role=grant.role, unit=grant.unit, region=grant.region) for grant in actor.grants],
        language=context.language,
        may=may_ask(actor),
    )


def may_ask(actor: Actor) -> list[str]:
    """The fields that somebody's operations may begin with, but for those that are for gateways."""
    return [name for name, roles in _beginnings().items() if plays(actor, roles)]


@cache
def _beginnings() -> Mapping[str, Roles]:
    return {
        to_camel_case(field.python_name): field.metadata[ROLES]
        for root in (Query, Mutation, Subscription)
        for field in root.__strawberry_definition__.fields  # type: ignore[union-attr]
        if field.graphql_name is None
    }


@strawberry.type(description=both("What can be asked.", "可查询的内容。"))
class Query(DisputeQuery, RegisterQuery, PolicyQuery, WebhookQuery, AccountQuery):
    """The fields of every query."""

    node: Node | None = relation(
        "The object with an id; null for ids that are malformed, foreign or of nothing.",
        "按 id 查询对象，无效或不存在时为 null。",
        NODE,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
    nodes: list[Node | None] = relation(
        "The objects with these ids, in their order, at most 100.",
        "按多个 id 查询，次序相同，最多 100 个。",
        NODES,
        roles=ANYBODY,
        ids=("Their ids.", "全局标识列表。"),
    )
    viewer: Viewer = relation("Who asks.", "当前用户。", Asked(_viewer), roles=ANYBODY)
    service: Service = strawberry.field(
        name="_service",
        description=both("The schema of this subgraph, for gateways.", "本子图的接口定义，供网关使用。"),
        resolver=service,
        metadata={ROLES: DEVELOPERS},
    )
