"""GraphQL documents: parsed, measured and validated once, then kept."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Token,
    VariableNode,
    parse,
)
from strawberry.federation import Schema

from casework.rights import Roles
from resolvers.plan.planner import Plans
from resolvers.plan.selection import fragments_of
from server.faults import FaultCode, Problem
from server.graphql.cost import Cost, Costs
from server.graphql.limits import Excess, count_items, excess
from server.graphql.misfit import Misfit, detail_of, misfit_of
from server.graphql.rights import Demands
from server.graphql.validation import mistakes, was_too_much
from server.settings import Settings

Fragments = Mapping[str, FragmentDefinitionNode]

CONTAINERS = (list, dict)
TOO_LARGE = re.compile(r"more than \d+ (tokens|comments)|nested too deeply")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `label` is its root field, or `several`: a bounded set, as names are not. `roots` are
    the names of its root fields, each as often as it is asked for. `roles` are those that may ask it."""

    name: str | None
    type: OperationType
    label: str
    roots: tuple[str, ...]
    cost: Cost
    roles: Roles
    node: OperationDefinitionNode
    plans: dict[object, Plans] = field(default_factory=dict)
    """Its plans, by the kind of database and the bounds of reach; they go when the document is forgotten."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the schema accepts. `representations` says where `_entities` takes its list from:
    the name of a variable, or the length of a list in the text."""

    node: DocumentNode
    operations: tuple[Operation, ...]
    representations: tuple[str | int, ...]

    def operation(self, name: str | None) -> Operation:
        """The operation to carry out. Raises Unacceptable when `name` does not tell which."""
        if name is None and len(self.operations) == 1:
            return self.operations[0]
        for operation in self.operations:
            if name is not None and operation.name == name:
                return operation
        if name is None:
            raise Unacceptable(Problem("query.which_operation"))
        raise Unacceptable(Problem("query.unknown_operation", {"name": name[:80]}))

    def count_representations(self, variables: Any) -> int:
        """How many entities the request asks for at once."""
        if not self.representations:
            return 0
        return sum(
            place if isinstance(place, int) else _length(variables.get(place))
            for place in self.representations
        )

    def excess(self, operation: Operation, variables: Mapping[str, Any], settings: Settings) -> Excess | None:
        """The first limit that a request for one of the operations exceeds by its variables."""
        if self.representations:
            found, most = self.count_representations(variables), settings.graphql_max_representations
            if found > most:
                return Excess("limit.representations", found, most)
        # Representations have a limit of their own, and what a gateway packs into them is not looked at.
        lists = [
            value
            for name, value in variables.items()
            if isinstance(value, CONTAINERS) and name not in self.representations
        ]
        if lists and (found := count_items(lists)) > settings.graphql_max_list_items:
            return Excess("limit.list_items", found, settings.graphql_max_list_items)
        cost, most = operation.cost, settings.graphql_max_cost
        if cost.sum.parts or cost.sum.constant > most:
            found = cost.of(variables)
            if found > most:
                return Excess("limit.cost", found, most)
        return None


class Unacceptable(Exception):
    """A document that is not executed, with what is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.key for problem in problems))
        self.problems = problems


class Documents:
    """The documents read last, up to a total length of text; the newest is always kept."""

    def __init__(self, schema: Schema, settings: Settings) -> None:
        self.schema = schema
        self.settings = settings
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self._texts: dict[str, str] = {}
        """Texts that are kept, by the hashes that clients gave them."""
        self._hashes: dict[str, str] = {}

    def read_again(self, hash: str) -> Document:
        """The document that was read with a hash. Raises Unacceptable once it is forgotten."""
        text = self._texts.get(hash)
        if text is None:
            raise Unacceptable(Problem("query.persisted_unknown", code=FaultCode.PERSISTED_QUERY_NOT_FOUND))
        return self.read(text)

    def read(self, text: str, hash: str | None = None) -> Document:
        """The document of `text`, to be found by its `hash` from now on. Raises Unacceptable. Refused
        documents are not kept."""
        document = self._read_or_kept(text)
        if hash is not None and hash not in self._texts:
            self._texts[hash] = text
            self._hashes[text] = hash
        return document

    def _read_or_kept(self, text: str) -> Document:
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._read(text)
        self._kept[text] = document
        self._characters += len(text)
        while self._characters > self.settings.graphql_cache_characters and len(self._kept) > 1:
            oldest, _ = self._kept.popitem(last=False)
            self._characters -= len(oldest)
            if oldest in self._hashes:
                del self._texts[self._hashes.pop(oldest)]
        return document

    def _read(self, text: str) -> Document:
        longest = self.settings.graphql_max_characters
        if len(text) > longest:
            raise Unacceptable(Excess("limit.characters", len(text), longest).problem)
        most = self.settings.graphql_max_tokens
        try:
            node = parse(text, max_lexical_tokens=most, max_comments=most)
        except GraphQLSyntaxError as error:
            if TOO_LARGE.search(error.message):
                problem = Problem("limit.tokens", {"most": most}, code=FaultCode.QUERY_TOO_COMPLEX)
            else:
                problem = _problem("query.syntax", error)
            raise Unacceptable(problem) from None
        _unlink_tokens(node)
        over = excess(node, self.settings)
        if over is not None:
            raise Unacceptable(over.problem)
        schema = self.schema._schema
        wrong = mistakes(schema, node, introspection=self.settings.graphql_introspection)
        if wrong:
            raise Unacceptable(*(_invalid(mistake) for mistake in wrong))
        costs, demands = Costs(schema, node), Demands(schema, node)
        fragments = fragments_of(node)
        operations = tuple(
            _operation(definition, fragments, costs.of(definition), demands.of(definition))
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        )
        return Document(node, operations, tuple(_representations(node)))


def _unlink_tokens(document: DocumentNode) -> None:
    """Let go of most tokens, and of the others with the document: they refer to each other both ways, so that
    only the collector of circles would find them, and nobody asks for them any more."""
    token: Token | None = document.loc.start_token if document.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def _operation(node: OperationDefinitionNode, fragments: Fragments, cost: Cost, roles: Roles) -> Operation:
    roots = tuple(_roots(node.selection_set, fragments))
    alone = len(roots) == 1 and isinstance(node.selection_set.selections[0], FieldNode)
    name = node.name.value if node.name else None
    return Operation(name, node.operation, roots[0] if alone else "several", roots, cost, roles, node)


def _roots(selections: SelectionSetNode, fragments: Fragments) -> Iterator[str]:
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, FragmentSpreadNode):
            yield from _roots(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _roots(selection.selection_set, fragments)


def _representations(node: DocumentNode) -> Iterator[str | int]:
    pending: list[Any] = list(node.definitions)
    while pending:
        selection = pending.pop()
        inside = getattr(selection, "selection_set", None)
        if inside is not None:
            pending.extend(inside.selections)
        if isinstance(selection, FieldNode) and selection.name.value == "_entities":
            for argument in selection.arguments or ():
                if isinstance(argument.value, VariableNode):
                    yield argument.value.name.value
                elif isinstance(argument.value, ListValueNode):
                    yield len(argument.value.values)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _invalid(mistake: GraphQLError) -> Problem:
    if was_too_much(mistake):
        return Problem("limit.repetition", code=FaultCode.QUERY_TOO_COMPLEX)
    return _problem("query.invalid", mistake)


def _problem(key: str, error: GraphQLError) -> Problem:
    locations = tuple((place.line, place.column) for place in error.locations or ())
    known = misfit_of(error.message) or Misfit(key, {"detail": detail_of(error.message)})
    return Problem(known.key, known.values, locations=locations)
