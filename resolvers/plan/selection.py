"""What an operation selects: fields of one object type, fragments in place, what is skipped left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

Nodes = Sequence[FieldNode]
"""The nodes of one response key: they are merged."""


@dataclass(frozen=True, slots=True)
class Selections:
    """Reads the selections of one operation. `switches` are the variables of its @skip and @include, by
    which one operation has several shapes."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    switches: Mapping[str, bool] = field(default_factory=dict)

    def fields(self, type_: GraphQLObjectType, nodes: Nodes) -> dict[str, list[FieldNode]]:
        """The fields below some nodes for an object of a type, by response key, in their order."""
        return self.fields_of(type_, [node.selection_set for node in nodes if node.selection_set])

    def fields_of(
        self, type_: GraphQLObjectType, selections: Sequence[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """The same of whole selection sets."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in selections:
            for node in self._selected(type_, selection_set, seen):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
        return found

    def _selected(
        self, type_: GraphQLObjectType, selection_set: SelectionSetNode, seen: set[str]
    ) -> Iterator[FieldNode]:
        for selection in selection_set.selections:
            if not self._is_included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                if condition is None or self._applies(condition.name.value, type_):
                    yield from self._selected(type_, selection.selection_set, seen)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = self.fragments[selection.name.value]
                if self._applies(fragment.type_condition.name.value, type_):
                    yield from self._selected(type_, fragment.selection_set, seen)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        wider = self.schema.type_map[condition]
        return is_abstract_type(wider) and self.schema.is_sub_type(_abstract(wider), type_)

    def _is_included(self, directives: Sequence[DirectiveNode] | None) -> bool:
        for directive in directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                value = (directive.arguments or ())[0].value
                switch = (
                    self.switches[value.name.value]
                    if isinstance(value, VariableNode)
                    else isinstance(value, BooleanValueNode) and value.value
                )
                if switch is (name == "skip"):
                    return False
        return True


def _abstract(type_: object) -> GraphQLAbstractType:
    assert is_abstract_type(type_)
    return type_


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The document's fragments by name."""
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def switches_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    """The variables that decide what the operation selects, sorted."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[SelectionSetNode] = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            for directive in selection.directives or ():
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        found.add(argument.value.name.value)
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in seen and name in fragments:
                    seen.add(name)
                    waiting.append(fragments[name].selection_set)
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                waiting.append(selection.selection_set)
    return tuple(sorted(found))
