"""How heavy a GraphQL document is, measured before it is validated, and how heavy it may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from server.settings import Settings

INTROSPECTION = frozenset({"__schema", "__type"})


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
            own = len(definition.directives or ())
            for key, found, most in (
                ("limit.depth", weight.depth, settings.graphql_max_depth),
                ("limit.aliases", weight.aliases, settings.graphql_max_aliases),
                ("limit.directives", weight.directives + own, settings.graphql_max_directives),
                ("limit.root_fields", weight.fields, settings.graphql_max_root_fields),
            ):
                if found > most:
                    return Excess(key, found, most)
    return None


class _Scale:
    """Weighs selections; each fragment once, so that fragments that double each other cost nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.weighed: dict[str, Weight] = {}

    def weigh(self, selections: SelectionSetNode | None) -> Weight:
        return _sum(self._weigh_one(selection) for selection in (selections.selections if selections else ()))

    def _weigh_one(self, selection: object) -> Weight:
        if isinstance(selection, FieldNode):
            inside = self.weigh(selection.selection_set)
            # A description of the schema is deep by nature; a validation rule of its own bounds it.
            depth = 0 if selection.name.value in INTROSPECTION else inside.depth
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
