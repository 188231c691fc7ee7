"""From variables to the arguments that functions take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, parse, validate

from resolvers.page import SortField
from resolvers.plan.arguments import BadVariables, Coercion, arguments_reader
from schema.dispute import DisputeStatus
from schema.page import DisputeFilter, DisputeOrder
from schema.schema import schema

DISPUTE = "query ($id: ID, $number: String) { dispute(id: $id, number: $number) { id } }"
FIRST = "query ($first: Int) { disputes(first: $first) { totalCount } }"
FILTER = "query ($filter: DisputeFilter) { disputes(filter: $filter) { totalCount } }"
WITH_DEFAULT = (
    "query ($first: Int = 7, $after: String) { disputes(first: $first, after: $after) { totalCount } }"
)
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
NODE = "query ($id: ID!) { node(id: $id) { id } }"
ANY = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
ORDER = "query ($field: DisputeSortField!) { disputes(orderBy: {field: $field}) { totalCount } }"
MOMENT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)

GOOD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ('{ dispute(id: "x") { id } }', {}, {"id": "x"}),
    ("{ dispute(id: 7, number: null) { id } }", {}, {"id": "7", "number": None}),
    (DISPUTE, {}, {}),
    (DISPUTE, {"id": "x", "more": 1}, {"id": "x"}),
    (DISPUTE, {"id": None, "number": "n"}, {"id": None, "number": "n"}),
    (DISPUTE, {"id": 7}, {"id": "7"}),
    (NODE, {"id": "x"}, {"id": "x"}),
    (NODE, {"id": 7}, {"id": "7"}),
    (FIRST, {"first": 3}, {"first": 3}),
    (FIRST, {"first": 3.0}, {"first": 3}),
    (FIRST, {"first": None}, {"first": None}),
    (FIRST, {}, {}),
    (WITH_DEFAULT, {}, {"first": 7}),
    (WITH_DEFAULT, {"first": None, "after": "c"}, {"first": None, "after": "c"}),
    (NODES, {"ids": ["a", "b"]}, {"ids": ["a", "b"]}),
    (NODES, {"ids": []}, {"ids": []}),
    (NODES, {"ids": "a"}, {"ids": ["a"]}),
    (NODES, {"ids": ["a", 1]}, {"ids": ["a", "1"]}),
    ("query ($id: ID!) { nodes(ids: [$id, 7]) { id } }", {"id": "x"}, {"ids": ["x", "7"]}),
    (ANY, {"r": [{"__typename": "Region"}]}, {"representations": [{"__typename": "Region"}]}),
    (ANY, {"r": ["nonsense"]}, {"representations": ["nonsense"]}),
    (FILTER, {"filter": None}, {"filter": None}),
    (FILTER, {"filter": {}}, {"filter": DisputeFilter()}),
    (FILTER, {"filter": {"status": "TRIAGE"}}, {"filter": DisputeFilter(status=[DisputeStatus.TRIAGE])}),
    (
        FILTER,
        {"filter": {"receivedFrom": "2026-03-01T09:30:00+08:00", "flags": ["a"], "text": None}},
        {"filter": DisputeFilter(received_from=MOMENT, flags=["a"])},
    ),
    (ORDER, {"field": "NUMBER"}, {"order_by": DisputeOrder(field=SortField.NUMBER)}),
    ("{ disputes(orderBy: {}) { totalCount } }", {}, {"order_by": DisputeOrder()}),
]
BAD: list[tuple[str, dict[str, Any]]] = [
    (NODE, {}),
    (NODE, {"id": None}),
    (NODE, {"id": 1.5}),
    (NODE, {"id": ["x"]}),
    (NODES, {"ids": None}),
    (NODES, {"ids": ["a", None]}),
    (FIRST, {"first": "3"}),
    (FIRST, {"first": 2**31}),
    (FIRST, {"first": True}),
    (FIRST, {"first": []}),
    (FILTER, {"filter": {"nothing": 1}}),
    (FILTER, {"filter": {"status": ["LOST"]}}),
    (FILTER, {"filter": {"receivedFrom": "2026-03-01"}}),
    (FILTER, {"filter": []}),
    (ANY, {"r": [None]}),
    (ORDER, {"field": "LENGTH"}),
    (ORDER, {}),
]


def arguments(text: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the first root field."""
    document = parse(text)
    assert validate(schema._schema, document) == []
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    assert schema._schema.query_type is not None
    coercion = Coercion(schema._schema, operation)
    definition = schema._schema.query_type.fields[node.name.value]
    read = arguments_reader(schema, coercion, definition, node)
    assert read is not None
    return dict(read(coercion.read(inputs)))


@pytest.mark.parametrize(("text", "inputs", "expected"), GOOD)
def test_arguments(text: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert arguments(text, inputs) == expected


@pytest.mark.parametrize(("text", "inputs"), BAD)
def test_what_an_operation_does_not_take(text: str, inputs: dict[str, Any]) -> None:
    with pytest.raises(BadVariables):
        arguments(text, inputs)


def test_null_for_an_argument_that_must_not_be_null() -> None:
    text = 'query ($code: String = "a") { region(code: $code) { id } }'
    assert arguments(text, {}) == {"code": "a"}
    with pytest.raises(GraphQLError):
        arguments(text, {"code": None})


def test_a_request_that_gives_no_variables_to_an_operation_that_has_some() -> None:
    assert arguments(FIRST, MappingProxyType({})) == {}


def test_requests_do_not_share_what_they_were_given() -> None:
    document = parse(FILTER)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    coercion = Coercion(schema._schema, operation)
    first, again, other = (
        coercion.read({"filter": {"flags": flags}}).plain for flags in (["a"], ["a"], ["b"])
    )
    assert first == again
    assert first != other
    with pytest.raises(BadVariables):
        coercion.read({"filter": {"flags": [None]}})
