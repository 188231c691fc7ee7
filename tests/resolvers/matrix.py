"""An operation for every field of the schema: the shortest way there, and nothing selected beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_introspection_type,
    is_required_argument,
)

from casework.rights import ANYBODY, Roles
from resolvers.description import ROLES
from schema.schema import schema

TYPES = schema._schema.type_map
ROOTS = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
FIRST = ("dispute", "nodes", "disputes")
"""Roots by which types are reached before others."""
INPUT = "(input: $input)"
ARGUMENTS: Mapping[str, str] = {
    "dispute": "(id: $dispute)",
    "node": "(id: $dispute)",
    "nodes": "(ids: $ids)",
    "similarDisputes": "(id: $dispute)",
    "similarToText": "(input: $complaint)",
    "department": "(code: $code)",
    "region": "(code: $region)",
    "jointConference": "(id: $conference)",
    "routingPolicy": "(id: $policy)",
    "policyDraft": "(id: $draft)",
    "policyDifference": "(old: {policyKey: $key}, new: {policyKey: $key})",
    "exportPolicy": "(policy: {policyKey: $key}, format: JSON)",
    "policySimulation": "(id: $simulation)",
    "changedCases": "(simulationId: $simulation, first: 20)",
    "previewRouting": "(input: $question)",
    "explainRouting": "(input: $question, ruleId: $rule)",
    "ruleRecords": "(policyKey: $key)",
    "proposeRule": "(policyKey: $key, ruleId: $rule)",
    "account": "(name: $account)",
    "webhook": "(id: $webhook)",
    "_entities": "(representations: $representations)",
    "assignmentInbox": "(department: $code)",
    "deadlineWarning": "(department: $code)",
}
"""What has to be given to fields, by their names."""
KINDS: Mapping[str, str] = {
    "dispute": "ID!",
    "ids": "[ID!]!",
    "complaint": "SimilarToTextInput!",
    "code": "String!",
    "region": "String!",
    "conference": "ID!",
    "policy": "ID!",
    "draft": "ID!",
    "key": "String!",
    "simulation": "ID!",
    "question": "PreviewRoutingInput!",
    "rule": "ID!",
    "account": "String!",
    "webhook": "ID!",
    "representations": "[_Any!]!",
}
"""The types of variables, which are named after `tests.resolvers.known`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: how it is asked for, by whom it may be, and the keys that lead to it."""

    type: str
    field: str
    text: str
    roles: Roles
    path: tuple[str, ...]
    variables: tuple[str, ...]
    input: str | None
    """The type of a mutation's input."""


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way, on an object of a type."""

    type: str
    name: str
    field: GraphQLField

    @property
    def roles(self) -> Roles:
        """Who may select it."""
        roles: Roles = self.field.extensions[ROLES]
        return roles


def every_field() -> set[tuple[str, str]]:
    """The fields of all object types and interfaces."""
    return {(type_.name, name) for type_ in _types() for name in type_.fields}


def cells() -> Iterator[Cell]:
    """One cell for each field."""
    ways = _ways()
    for type_ in _types():
        for name, field in type_.fields.items():
            yield _cell((*ways[type_.name], Step(type_.name, name, field)))


def _types() -> list[GraphQLObjectType | GraphQLInterfaceType]:
    return [
        type_
        for type_ in TYPES.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type_)
    ]


def _ways() -> Mapping[str, tuple[Step, ...]]:
    """The shortest way to each type."""
    found: dict[str, tuple[Step, ...]] = dict.fromkeys(ROOTS, ())
    waiting = deque(ROOTS)
    while waiting:
        at = waiting.popleft()
        type_ = TYPES[at]
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for name in sorted(type_.fields, key=lambda each: (each not in FIRST, each)):
            inner = get_named_type(type_.fields[name].type)
            step = (*found[at], Step(at, name, type_.fields[name]))
            for reached in (inner, *getattr(inner, "interfaces", ())):
                if is_composite_type(inner) and reached.name not in found:
                    found[reached.name] = step
                    waiting.append(reached.name)
    return found


def _cell(steps: tuple[Step, ...]) -> Cell:
    text = "__typename" if is_composite_type(get_named_type(steps[-1].field.type)) else ""
    roles, path = ANYBODY, []
    for step in steps:
        roles &= step.roles
        path.append(step.name)
    for step in reversed(steps):
        inside = f" {{ {text} }}" if text else ""
        text = f"{step.name}{_given(step)}{inside}"
        if step.type not in ROOTS:
            text = f"... on {step.type} {{ {text} }}"
    used = tuple(name for name in KINDS if f"${name})" in text or f"${name}," in text or f"${name}}}" in text)
    input_ = steps[0].field.args.get("input") if INPUT in text else None
    kinds = [f"${name}: {KINDS[name]}" for name in used]
    if input_ is not None:
        kinds.append(f"$input: {input_.type}")
    head = f"{ROOTS[steps[0].type]} ({', '.join(kinds)})" if kinds else ROOTS[steps[0].type]
    last = steps[-1]
    named = None if input_ is None else get_named_type(input_.type).name
    return Cell(last.type, last.name, f"{head} {{ {text} }}", roles, tuple(path), used, named)


def _given(step: Step) -> str:
    given = ARGUMENTS.get(step.name, "") if step.type in ROOTS else ""
    if not given and "input" in step.field.args:
        given = INPUT
    needed = [name for name, each in step.field.args.items() if is_required_argument(each)]
    assert all(name in given for name in needed), (step.type, step.name, needed)
    return given
