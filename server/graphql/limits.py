"""How heavy a GraphQL document is, measured before it is validated, and how heavy it may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
)

from resolvers.plan.selection import fragments_of
from server.faults import FaultCode, Problem
from server.graphql.introspection import INTROSPECTION, Description, most_described
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Weight:
    """What a selection adds up to, with its fragments put in place each time they are spread."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    """Fields of the selection's own level."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that a document exceeds. `key` names the sentence that tells so."""

    key: str
    found: int
    most: int

    @property
    def problem(self) -> Problem:
        """The excess as it is told."""
        return Problem(self.key, {"found": self.found, "most": self.most}, code=FaultCode.QUERY_TOO_COMPLEX)


def excess(document: DocumentNode, settings: Settings) -> Excess | None:
    """The first limit that one of the document's operations exceeds."""
    try:
        return _first_excess(document, settings)
    except RecursionError:
        # A chain of fragments longer than the interpreter can follow.
        return Excess("limit.nesting", 0, settings.graphql_max_depth)


def _first_excess(document: DocumentNode, settings: Settings) -> Excess | None:
    scale = _Scale(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            weight = scale.weigh(definition.selection_set)
            for variable in definition.variable_definitions or ():
                scale.count(variable.default_value)
            own = len(definition.directives or ())
            for key, found, most in (
                ("limit.depth", weight.depth, settings.graphql_max_depth),
                ("limit.aliases", weight.aliases, settings.graphql_max_aliases),
                ("limit.directives", weight.directives + own, settings.graphql_max_directives),
                ("limit.root_fields", weight.fields, settings.graphql_max_root_fields),
            ):
                if found > most:
                    return Excess(key, found, most)
    if scale.list_items > settings.graphql_max_list_items:
        return Excess("limit.list_items", scale.list_items, settings.graphql_max_list_items)
    if scale.described and scale.described > most_described():
        return Excess("limit.description", scale.described, most_described())
    return None


def count_items(lists: Iterable[list[Any] | dict[str, Any]]) -> int:
    """How many items the lists in the values of variables have, lists in lists included."""
    count, pending = 0, list(lists)
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            count += len(value)
        inside = value if isinstance(value, list) else value.values()
        pending.extend(item for item in inside if isinstance(item, list | dict))
    return count


class _Scale:
    """Weighs selections; each fragment once, so that fragments that double each other cost nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = fragments_of(document)
        self.weighed: dict[str, Weight] = {}
        self.described = 0
        """Weight of what is asked about the schema."""
        self.list_items = 0
        """Items of the lists that are written in the text."""
        self._description = Description(self.fragments)

    def weigh(self, selections: SelectionSetNode | None) -> Weight:
        return _sum(self._weigh_one(selection) for selection in (selections.selections if selections else ()))

    def _weigh_one(self, selection: object) -> Weight:
        if isinstance(selection, FieldNode):
            for argument in selection.arguments or ():
                self.count(argument.value)
            inside = self.weigh(selection.selection_set)
            depth = inside.depth
            if selection.name.value in INTROSPECTION:
                # A description of the schema is deep by nature.
                depth = 0
                self.described += self._description.weigh(selection.selection_set)
            return Weight(
                depth=depth + 1,
                aliases=inside.aliases + (selection.alias is not None),
                directives=inside.directives + len(selection.directives or ()),
                fields=1,
            )
        if isinstance(selection, InlineFragmentNode):
            return self._with_directives(self.weigh(selection.selection_set), selection)
        if isinstance(selection, FragmentSpreadNode):
            return self._with_directives(self._weigh_fragment(selection.name.value), selection)
        return Weight()

    def count(self, value: ValueNode | None) -> None:
        """Count the items of the lists in a value."""
        if isinstance(value, ListValueNode):
            self.list_items += len(value.values)
            for item in value.values:
                self.count(item)
        elif isinstance(value, ObjectValueNode):
            for member in value.fields:
                self.count(member.value)

    def _weigh_fragment(self, name: str) -> Weight:
        if name not in self.weighed:
            # A fragment inside itself weighs nothing here; validation refuses it.
            self.weighed[name] = Weight()
            fragment = self.fragments.get(name)
            if fragment is not None:
                self.weighed[name] = self._with_directives(self.weigh(fragment.selection_set), fragment)
        return self.weighed[name]

    @staticmethod
    def _with_directives(
        weight: Weight, node: InlineFragmentNode | FragmentSpreadNode | FragmentDefinitionNode
    ) -> Weight:
        directives = weight.directives + len(node.directives or ())
        return Weight(weight.depth, weight.aliases, directives, weight.fields)


def _sum(weights: Iterable[Weight]) -> Weight:
    depth = aliases = directives = fields = 0
    for weight in weights:
        depth = max(depth, weight.depth)
        aliases += weight.aliases
        directives += weight.directives
        fields += weight.fields
    return Weight(depth, aliases, directives, fields)
