"""What a change of the schema means for clients, and that none since the last release breaks one."""

from __future__ import annotations

from pathlib import Path

import pytest

import schema as room
from schema.changes import Change, NoSchema, Weight, changes, read_schema
from schema.schema import schema

RELEASED = Path(room.__file__).parent / "released.graphql"
OLD = """
type Query { thing(id: ID!): Thing things(first: Int): [Thing!]! }
type Thing @key(fields: "id") { id: ID! name: String size: Size }
enum Size { SMALL LARGE }
input Wish { size: Size }
"""
TABLE = [
    ("name: String ", "", {("BREAKING", "Field Thing.name was removed.")}),
    ("name: String ", "name: Int ", {("BREAKING", "Field Thing.name changed type from String to Int.")}),
    ("name: String ", "name: String! ", set()),
    ("LARGE", "", {("BREAKING", "Enum value Size.LARGE was removed.")}),
    ("LARGE", "LARGE HUGE", {("DANGEROUS", "Enum value Size.HUGE was added."), ("ADDED", "Size.HUGE")}),
    (
        "things(first: Int)",
        "things(first: Int, of: ID!)",
        {
            ("BREAKING", "A required argument Query.things(of:) was added."),
            ("ADDED", "Query.things(of:)"),
        },
    ),
    ('@key(fields: "id")', "", {("BREAKING", 'Thing @key(fields: "id")')}),
    (
        '@key(fields: "id")',
        '@key(fields: "id") @key(fields: "name")',
        {("ADDED", 'Thing @key(fields: "name")')},
    ),
    ("input Wish", "type New { a(b: Int): Int } input Wish", {("ADDED", "New")}),
    (
        "size: Size }",
        'size: Size @deprecated(reason: "until 2027") }',
        {("DEPRECATED", "Thing.size: until 2027"), ("DEPRECATED", "Wish.size: until 2027")},
    ),
]
NONE_OF_ALL = [
    "",
    "type",
    "type Query {",
    "type Query { a: Nothing }",
    "\0",
    "type A implements B { a: Int }",
]


@pytest.mark.parametrize(("old", "new", "expected"), TABLE)
def test_changes(old: str, new: str, expected: set[tuple[str, str]]) -> None:
    found = changes(read_schema(OLD), read_schema(OLD.replace(old, new)))
    assert {(each.weight, each.what) for each in found} == expected
    assert [each.weight for each in found] == sorted((each.weight for each in found), key=list(Weight).index)


@pytest.mark.parametrize("text", NONE_OF_ALL)
def test_what_is_no_schema(text: str) -> None:
    with pytest.raises(NoSchema):
        read_schema(text)


def test_the_schema_differs_in_nothing_from_itself() -> None:
    assert changes(read_schema(schema.as_str()), read_schema(schema.as_str())) == []


def test_nothing_since_the_last_release_breaks_clients() -> None:
    """A part is deprecated for a release before it goes; schema/released.graphql is renewed by a release."""
    found = changes(read_schema(RELEASED.read_text(encoding="utf-8")), read_schema(schema.as_str()))
    assert [each for each in found if each.weight is Weight.BREAKING] == []


def test_a_removed_part_of_this_schema_would_be_noticed() -> None:
    text = schema.as_str()
    found = changes(read_schema(text), read_schema(text.replace("  withdrawnRepeats: ", "  takenBack: ")))
    assert found == [
        Change(Weight.BREAKING, "FIELD_REMOVED", "Field Dispute.withdrawnRepeats was removed."),
        Change(Weight.ADDED, "ADDED", "Dispute.takenBack"),
    ]
