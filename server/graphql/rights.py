"""Who may ask an operation: told from what its fields say, once, before anything is read.

Somebody who plays several parts asks in those of them alone that may ask all of the operation: nobody sees as
one what they reach as another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    get_named_type,
)

from casework.actor import Actor, Role
from casework.rights import ADMINISTRATORS, ANYBODY, DEVELOPERS, Roles, plays
from resolvers.description import ROLES
from resolvers.plan.selection import fragments_of
from server.faults import FaultCode, Problem
from server.graphql.introspection import INTROSPECTION

Path = tuple[str, ...]


class Demands:
    """Works out who may ask a document's operations. The document has to be valid."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = fragments_of(document)
        self._known: dict[str, Roles] = {}

    def of(self, operation: OperationDefinitionNode) -> Roles:
        """The roles that may ask all of an operation, whatever its variables skip."""
        root = self._schema.get_root_type(operation.operation)
        return self._roles(operation.selection_set.selections, root)

    def _roles(self, selections: Iterable[SelectionNode], parent: GraphQLNamedType | None) -> Roles:
        roles = ANYBODY
        for selection in selections:
            if isinstance(selection, FieldNode):
                definition = _definition(selection, parent)
                if definition is not None:
                    roles &= roles_of(definition)
                    if selection.selection_set is not None:
                        inside = selection.selection_set.selections
                        roles &= self._roles(inside, get_named_type(definition.type))
                elif selection.name.value in INTROSPECTION:
                    roles &= DEVELOPERS
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                type_ = self._schema.get_type(condition.name.value) if condition else parent
                roles &= self._roles(selection.selection_set.selections, type_)
            elif isinstance(selection, FragmentSpreadNode):
                roles &= self._of_fragment(selection.name.value)
        return roles

    def _of_fragment(self, name: str) -> Roles:
        if name not in self._known:
            fragment = self._fragments[name]
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self._roles(fragment.selection_set.selections, type_)
        return self._known[name]


def roles_of(definition: GraphQLField) -> Roles:
    """Who may select a field: of one that says nothing, administrators."""
    roles: Roles = definition.extensions.get(ROLES, ADMINISTRATORS)
    return roles


def refusal(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, actor: Actor
) -> Problem:
    """What is said to somebody in none of the parts that may ask an operation, with the path of the first
    field that none of their parts may select."""
    held = frozenset(grant.role for grant in actor.grants)
    code = FaultCode.UNAUTHENTICATED if held <= {Role.PUBLIC} else FaultCode.FORBIDDEN
    fields = _fields(schema, document, operation)
    for path, roles in fields:
        if not plays(actor, roles):
            key = "rights.sign_in" if code is FaultCode.UNAUTHENTICATED else "rights.field"
            return Problem(key, {"field": ".".join(path)}, code=code, path=path)
    return Problem("rights.several_parts", code=code)


def _fields(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Iterator[tuple[Path, Roles]]:
    """Who may select each field of an operation, by their response keys, from the outside inwards, a
    fragment's where it is first met."""
    fragments = fragments_of(document)
    seen: set[str] = set()

    def inside(
        selections: Iterable[SelectionNode], parent: GraphQLNamedType | None, path: Path
    ) -> Iterator[tuple[Path, Roles]]:
        for selection in selections:
            if isinstance(selection, FieldNode):
                definition = _definition(selection, parent)
                here = (*path, selection.alias.value if selection.alias else selection.name.value)
                if selection.name.value in INTROSPECTION:
                    yield here, DEVELOPERS
                elif definition is not None:
                    yield here, roles_of(definition)
                    if selection.selection_set is not None:
                        below = get_named_type(definition.type)
                        yield from inside(selection.selection_set.selections, below, here)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                type_ = schema.get_type(condition.name.value) if condition else parent
                yield from inside(selection.selection_set.selections, type_, path)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = fragments[selection.name.value]
                whole = schema.get_type(fragment.type_condition.name.value)
                yield from inside(fragment.selection_set.selections, whole, path)

    return inside(operation.selection_set.selections, schema.get_root_type(operation.operation), ())


def _definition(node: FieldNode, parent: GraphQLNamedType | None) -> GraphQLField | None:
    """The field that is selected; None for those that tell of types and of the schema."""
    if node.name.value.startswith("__"):
        return None
    definition: GraphQLField = parent.fields[node.name.value]  # type: ignore[union-attr]
    return definition
