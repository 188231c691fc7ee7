"""Questions about the schema itself: how heavy they are, and how heavy they may be.

They need no database and are answered from memory, so they have no part in an operation's cost. Yet a list of
all types, each with all its fields, asked for under thirty names keeps a server busy for seconds. What tools
ask for when they start is the measure.
"""

from __future__ import annotations

from functools import cache

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)

from resolvers.plan.selection import fragments_of

INTROSPECTION = frozenset({"__schema", "__type"})
"""The root fields that ask about the schema."""
SIZES = {"types": 100, "fields": 4}
"""Items of the lists that count: a schema's types, and the mean of the fields of all of them, with scalars.
Arguments, interfaces and the like are fewer than one a field or type."""


class Description:
    """Weighs what is asked about the schema: each field as often as the lists above it have items."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._weighed: dict[str, int] = {}

    def weigh(self, selections: SelectionSetNode | None) -> int:
        """The weight of a selection, its fragments put in place."""
        total = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                total += 1 + SIZES.get(selection.name.value, 1) * self.weigh(selection.selection_set)
            elif isinstance(selection, InlineFragmentNode):
                total += self.weigh(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                total += self._fragment(selection.name.value)
        return total

    def _fragment(self, name: str) -> int:
        if name not in self._weighed:
            # A fragment inside itself weighs nothing here; validation refuses it.
            self._weighed[name] = 0
            if (fragment := self._fragments.get(name)) is not None:
                self._weighed[name] = self.weigh(fragment.selection_set)
        return self._weighed[name]


@cache
def most_described() -> int:
    """The weight that a document may have: what the heaviest query of the usual tools has."""
    document = parse(
        get_introspection_query(
            descriptions=True,
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
            one_of=True,
        )
    )
    description = Description(fragments_of(document))
    operations = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return sum(description.weigh(operation.selection_set) for operation in operations)
