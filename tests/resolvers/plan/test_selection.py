"""What an operation selects for one object type."""

from __future__ import annotations

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, parse

from resolvers.plan.selection import Selections, fragments_of, switches_of
from schema.schema import schema

R = "fragment R on Region { code }"
CASES: list[tuple[str, str, dict[str, int]]] = [
    ("Region", "{ code name }", {"code": 1, "name": 1}),
    ("Region", "{ name code name }", {"name": 2, "code": 1}),
    ("Region", "{ a: name name b: name a: name }", {"a": 2, "name": 1, "b": 1}),
    ("Region", "{ ... { name } ... on Region { code name } }", {"name": 2, "code": 1}),
    ("Region", f"{{ ...R name }} {R}", {"code": 1, "name": 1}),
    ("Region", f"{{ ...R ...R }} {R}", {"code": 1}),
    ("Region", "{ id ... on Region { name } ... on Dispute { title } }", {"id": 1, "name": 1}),
    ("Dispute", "{ id ... on Region { name } ... on Dispute { title } }", {"id": 1, "title": 1}),
    ("Party", "{ id ... on Region { name } }", {"id": 1}),
    ("Region", "{ ... on Node { id ... on Region { code } } }", {"id": 1, "code": 1}),
    ("Decision", "{ ... on RoutingOutcome { flags ... on Node { id } } }", {"flags": 1, "id": 1}),
    ("Dispute", "{ ... on RoutingOutcome { flags ... on Node { id } } __typename }", {"__typename": 1}),
    ("Region", "{ code @skip(if: true) name @skip(if: false) }", {"name": 1}),
    ("Region", "{ code @include(if: true) name @include(if: false) }", {"code": 1}),
    (
        "Region",
        "{ name @include(if: true) @skip(if: true) id @include(if: true) }",
        {"id": 1},
    ),
    ("Region", f"{{ name ...R @skip(if: true) ...R }} {R}", {"name": 1, "code": 1}),
    ("Region", "{ code @skip(if: $yes) name @include(if: $yes) }", {"name": 1}),
    ("Region", "{ ... @include(if: $no) { id } ... @skip(if: $no) { level } }", {"level": 1}),
]


def read(text: str) -> tuple[dict[str, FragmentDefinitionNode], OperationDefinitionNode]:
    """The fragments and the operation of a document."""
    document = parse(text)
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return fragments_of(document), operation


def selected(type_name: str, text: str) -> dict[str, int]:
    """How many nodes each response key has, for an object of a type below the root."""
    fragments, operation = read(f"query ($yes: Boolean!, $no: Boolean!) {text}")
    type_ = schema._schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    selections = Selections(schema._schema, fragments, {"yes": True, "no": False})
    found = selections.fields_of(type_, [operation.selection_set])
    return {key: len(nodes) for key, nodes in found.items()}


@pytest.mark.parametrize(("type_name", "text", "expected"), CASES)
def test_fields(type_name: str, text: str, expected: dict[str, int]) -> None:
    found = selected(type_name, text)
    assert found == expected
    assert list(found) == list(expected)


def test_nodes_of_one_field_are_merged() -> None:
    fragments, operation = read(f"{{ region {{ ...R }} region {{ ...R name }} }} {R}")
    selections = Selections(schema._schema, fragments, {})
    query, region = schema._schema.query_type, schema._schema.type_map["Region"]
    assert query is not None
    assert isinstance(region, GraphQLObjectType)
    (nodes,) = selections.fields_of(query, [operation.selection_set]).values()
    assert [(key, len(same)) for key, same in selections.fields(region, nodes).items()] == [
        ("code", 1),
        ("name", 1),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ viewer { role } }", ()),
        ("{ viewer @skip(if: true) { role } }", ()),
        ("query ($b: Boolean!, $a: Boolean!) { viewer @skip(if: $b) { role @include(if: $a) } }", ("a", "b")),
        (
            "query ($a: Boolean!) { viewer { ...V } ...Q } fragment V on Viewer { role @skip(if: $a) }"
            " fragment Q on Query { ... @include(if: $a) { viewer { role } } }",
            ("a",),
        ),
        ("query ($code: String!) { region(code: $code) { code } }", ()),
    ],
)
def test_switches_are_the_variables_of_directives(text: str, expected: tuple[str, ...]) -> None:
    fragments, operation = read(text)
    assert switches_of(operation, fragments) == expected
