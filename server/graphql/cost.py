"""What an operation may cost: how many values its answer can hold, told from its text and its page sizes.

A field counts one. What a list holds counts as often as the list may have items: the page size where one is
asked for, the length of the list of ids or representations that is looked up, and `USUAL` for the rest, whose
length the city bounds and not the client. The branches for several types (`... on Dispute`) are added up.

An operation's cost is worked out once, as a sum that leaves open only what a request's variables tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from resolvers.page import DEFAULT_PAGE, PAGE_SIZES
from resolvers.plan.selection import fragments_of
from server.graphql.introspection import INTROSPECTION

LOOKUPS = ("ids", "representations")
"""Arguments that name the items of a list one by one."""
USUAL = 5
"""Items of a list that nobody gives a size for: a dispute's co-units, facts, conferences are one to ten."""
MOST_COUNTED = 10**9
"""Costs are told up to here; fragments that double each other reach numbers that fill a page."""

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page size that variables tell. `unset` is for a request that leaves all of them null."""

    variables: tuple[str, ...]
    least: int
    unset: int

    def of(self, given: Variables) -> int:
        """The size under the variables of a request; 0 for what is no size and will be refused as such."""
        sizes = [_size(value) for name in self.variables if (value := given.get(name)) is not None]
        return max(self.least, *sizes) if sizes else self.least or self.unset


@dataclass(frozen=True, slots=True)
class Length:
    """The length of the list that a variable holds."""

    variable: str

    def of(self, given: Variables) -> int:
        """The length under the variables of a request; a single value stands for a list of one."""
        value = given.get(self.variable)
        return len(value) if isinstance(value, list) else 1


Size = int | PageSize | Length


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """A constant, and other sums each as often as its size says. Fragments make it a graph, not a tree."""

    constant: int
    parts: tuple[tuple[Size, Sum], ...] = ()

    def of(self, given: Variables) -> int:
        """The sum under the variables of a request, at most MOST_COUNTED."""
        return _value(self, given, {}) if self.parts else min(self.constant, MOST_COUNTED)


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """What an operation costs. `defaults` are those of its variables that are sizes or lists."""

    sum: Sum = Sum(1)
    defaults: Variables = field(default_factory=dict)

    def of(self, given: Variables) -> int:
        """The cost under the variables of a request, at most MOST_COUNTED."""
        return self.sum.of({**self.defaults, **given} if self.defaults else given)


def _value(sum_: Sum, given: Variables, known: dict[int, int]) -> int:
    total = sum_.constant
    for size, inside in sum_.parts:
        value = inside.constant
        if inside.parts:
            # Each sum is worked out once, however often fragments repeat it.
            found = known.get(id(inside))
            value = known[id(inside)] = _value(inside, given, known) if found is None else found
        total += value * (size if isinstance(size, int) else size.of(given))
    return min(total, MOST_COUNTED)


def _size(value: object) -> int:
    if isinstance(value, float):
        # GraphQL takes 50.0 for the Int 50.
        value = int(value) if math.isfinite(value) else 0
    return max(0, value) if isinstance(value, int) else 0


class Costs:
    """Works out the costs of a document's operations. The document has to be valid."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = fragments_of(document)
        self._known: dict[str, _Content] = {}

    def of(self, operation: OperationDefinitionNode) -> Cost:
        """The cost of one of the document's operations."""
        root = self._schema.get_root_type(operation.operation)
        content = self._content(operation.selection_set.selections, root)
        defaults = {
            definition.variable.name.value: _default(value)
            for definition in operation.variable_definitions or ()
            if isinstance(value := definition.default_value, IntValueNode | ListValueNode)
        }
        return Cost(content.under(USUAL), defaults)

    def _content(self, selections: Iterable[SelectionNode], parent: GraphQLNamedType | None) -> _Content:
        own, items = _Tally(), _Tally()
        for selection in selections:
            if isinstance(selection, FieldNode):
                self._add_field(selection, parent, own, items)
            elif isinstance(selection, FragmentSpreadNode | InlineFragmentNode):
                content = self._fragment(selection, parent)
                own.add(1, content.own)
                items.add(1, content.items)
        return _Content(own.sum(), items.sum())

    def _fragment(
        self, node: FragmentSpreadNode | InlineFragmentNode, parent: GraphQLNamedType | None
    ) -> _Content:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self._content(
                node.selection_set.selections,
                self._schema.get_type(condition.name.value) if condition else parent,
            )
        name = node.name.value
        if name not in self._known:
            fragment = self._fragments[name]
            self._known[name] = self._content(
                fragment.selection_set.selections, self._schema.get_type(fragment.type_condition.name.value)
            )
        return self._known[name]

    def _add_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, own: _Tally, items: _Tally
    ) -> None:
        own.constant += 1
        if node.selection_set is None or node.name.value in INTROSPECTION:
            return
        definition: GraphQLField = parent.fields[node.name.value]  # type: ignore[union-attr]
        content = self._content(node.selection_set.selections, get_named_type(definition.type))
        size = _size_of(node, definition)
        if is_list_type(get_nullable_type(definition.type)):
            inside = content.under(USUAL)
            if size is None:
                items.add(1, inside)
            else:
                own.add(size, inside)
        else:
            own.add(1, content.under(USUAL if size is None else size))


@dataclass(frozen=True, slots=True)
class _Content:
    """What one object of a selection holds. `items` is what one item in each of its lists holds for which no
    size is asked: the size comes from the field that gives the object, when that is a connection."""

    own: Sum
    items: Sum

    def under(self, size: Size) -> Sum:
        """The whole, with lists of this size."""
        if not self.items.constant and not self.items.parts:
            return self.own
        tally = _Tally()
        tally.add(1, self.own)
        tally.add(size, self.items)
        return tally.sum()


class _Tally:
    """A sum in the making."""

    def __init__(self) -> None:
        self.constant = 0
        self.parts: list[tuple[Size, Sum]] = []

    def add(self, size: Size, sum_: Sum) -> None:
        """Add a sum, as often as `size` says."""
        if isinstance(size, int) and not sum_.parts:
            self.constant += size * sum_.constant
        elif size == 1 and len(sum_.parts) == 1:
            self.constant += sum_.constant
            self.parts.append(sum_.parts[0])
        elif sum_.constant or sum_.parts:
            self.parts.append((size, sum_))

    def sum(self) -> Sum:
        """What was added."""
        return Sum(self.constant, tuple(self.parts))


def _size_of(node: FieldNode, definition: GraphQLField) -> Size | None:
    """How many items a field is asked for; None where it takes no such argument."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    for name in LOOKUPS:
        if name in definition.args and name in given:
            value = given[name]
            return Length(value.name.value) if isinstance(value, VariableNode) else _length(value)
    asked = [name for name in PAGE_SIZES if name in definition.args]
    return _page_size([given[name] for name in asked if name in given], _unset(definition)) if asked else None


def _page_size(values: Sequence[ValueNode], unset: int) -> Size:
    least = max((_size(int(value.value)) for value in values if isinstance(value, IntValueNode)), default=0)
    variables = tuple(value.name.value for value in values if isinstance(value, VariableNode))
    return PageSize(variables, least, unset) if variables else least or unset


def _unset(definition: GraphQLField) -> int:
    """How many items come unasked."""
    defaults = (_default_of(definition.args[name]) for name in PAGE_SIZES if name in definition.args)
    return next((size for size in defaults if isinstance(size, int)), DEFAULT_PAGE)


def _default_of(argument: GraphQLArgument) -> object:
    default = argument.default
    if default is None:
        return argument.default_value
    return int(default.literal.value) if isinstance(default.literal, IntValueNode) else default.value


def _length(value: ValueNode) -> int:
    return len(value.values) if isinstance(value, ListValueNode) else 1


def _default(value: IntValueNode | ListValueNode) -> object:
    return int(value.value) if isinstance(value, IntValueNode) else [None] * len(value.values)
