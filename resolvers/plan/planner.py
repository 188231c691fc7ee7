"""The planner: plans of operations, compiled when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    is_object_type,
)
from sqlalchemy import Dialect
from strawberry.schema import Schema

from casework.reach import Bounds
from resolvers.description import Computed, Found, Relation, Source, Via, lookup
from resolvers.plan.arguments import Coercion
from resolvers.plan.builder import Reading, description_of
from resolvers.plan.plan import Plan
from resolvers.plan.program import compile_relation
from resolvers.plan.roots import root_of
from resolvers.plan.selection import Selections, fragments_of, switches_of
from resolvers.plan.shape import Unplanned

MOST_SHAPES = 16
"""How many plans one operation may have, by what its variables skip and include."""


class Plans:
    """The plans of one operation, for those whose reach has these `bounds`: one for each shape."""

    def __init__(
        self,
        schema: Schema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        dialect: Dialect,
        bounds: Bounds = None,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._dialect = dialect
        self._bounds = bounds
        self._fragments = fragments_of(document)
        defaults = _switched_by_default(operation)
        self._switches = {name: defaults.get(name) for name in switches_of(operation, self._fragments)}
        self._coercion = Coercion(schema._schema, operation)
        self._plans: dict[tuple[Any, ...], Plan | None] = {}

    def plan(self, inputs: Mapping[str, Any]) -> Plan | None:
        """The plan for some variables; None where the executor has to answer."""
        shape: tuple[Any, ...] = ()
        if self._switches:
            shape = tuple([inputs.get(name, default) for name, default in self._switches.items()])
        for switch in shape:
            if switch is not True and switch is not False:
                return None
        try:
            return self._plans[shape]
        except KeyError:
            pass
        if len(self._plans) >= MOST_SHAPES:
            return None
        plan = self._plans[shape] = self._compile(dict(zip(self._switches, shape, strict=True)))
        return plan

    def _compile(self, switches: Mapping[str, bool]) -> Plan | None:
        operation = self._operation
        selections = Selections(self._schema._schema, self._fragments, switches)
        reading = Reading(self._schema, selections, self._coercion, self._dialect, self._bounds)
        type_ = self._schema._schema.get_root_type(operation.operation)
        if type_ is None:
            return None
        roots: dict[str, Any] = {}
        try:
            for key, nodes in selections.fields_of(type_, [operation.selection_set]).items():
                name = nodes[0].name.value
                roots[key] = (
                    type_.name if name == "__typename" else root_of(reading, type_.fields[name], nodes, key)
                )
        except (Unplanned, KeyError, GraphQLError):
            return None
        acts = operation.operation is OperationType.MUTATION
        return Plan(self._coercion, roots, self._bounds, acts=acts)


def compile_relations(schema: Schema, dialect: Dialect) -> None:
    """Compile what the plans of queries that nobody has asked yet will need."""
    for type_ in schema._schema.type_map.values():
        for definition in type_.fields.values() if is_object_type(type_) else ():
            try:
                description = description_of(definition)
            except Unplanned:
                continue
            match description:
                case Relation() as relation:
                    compile_relation(relation, dialect, revision=not relation.on)
                case Via(relation=relation):
                    compile_relation(relation, dialect, revision=False)
                case Computed(related=related):
                    for each in related.values():
                        compile_relation(each.relation, dialect, revision=False)
                case Found(kinds=kinds):
                    for kind in kinds.values():
                        if isinstance(kind, Source):
                            compile_relation(lookup(kind, kind.identity), dialect, revision=True)


def _switched_by_default(operation: OperationDefinitionNode) -> dict[str, bool]:
    return {
        definition.variable.name.value: definition.default_value.value
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, BooleanValueNode)
    }
