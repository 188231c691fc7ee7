"""What a change of the schema means for clients, and that none since the last release breaks one."""

from __future__ import annotations

from pathlib import Path

import pytest

import schema as room
from schema.changes import Change, NoSchema, Weight, changes, read_schema
from schema.schema import schema
from wording.catalogue import Language

RELEASED = Path(room.__file__).parent / "released.graphql"
OLD = """
directive @mark(by: String) repeatable on FIELD_DEFINITION | OBJECT
type Query { thing(id: ID!): Thing things(first: Int = 5): [Thing!]! any: Any }
interface Named { name: String }
type Thing implements Named @key(fields: "id") { id: ID! name: String size: Size }
type Heap { things: Float size: Int }
union Any = Thing | Heap
enum Size { SMALL LARGE }
scalar Old
input Wish { size: Size = SMALL }
"""
NAMED = "type Thing implements Named"
# What is changed in the old schema, and what is told of it. Every kind of change that the library knows.
TABLE = [
    ("name: String size", "name: String! size", []),
    ("size: Size }", "}", ["BREAKING Thing.size was removed."]),
    (
        "id: ID!): Thing",
        "id: ID!): Heap",
        ["BREAKING Query.thing was of the type Thing and is of the type Heap now."],
    ),
    ("LARGE", "", ["BREAKING Size.LARGE was removed."]),
    (
        "LARGE",
        "LARGE HUGE",
        [
            "DANGEROUS Size.HUGE is a new value: clients that tell values apart have to be ready for it.",
            "ADDED Size.HUGE is new.",
        ],
    ),
    (
        "things(first: Int = 5)",
        "things(first: Int = 5, of: ID!)",
        ["BREAKING Query.things(of:) is new and has to be given.", "ADDED Query.things(of:) is new."],
    ),
    (
        "things(first: Int = 5)",
        "things(first: Int = 5, of: ID)",
        ["DANGEROUS Query.things(of:) is new and may be left out.", "ADDED Query.things(of:) is new."],
    ),
    ("(first: Int = 5)", "", ["BREAKING Query.things(first:) was removed."]),
    (
        "first: Int = 5",
        "first: [Int]",
        ["BREAKING Query.things(first:) was of the type Int and is of the type [Int] now."],
    ),
    ("Int = 5", "Int = 9", ["DANGEROUS The default of Query.things(first:) was 5 and is 9 now."]),
    ("Int = 5", "Int", ["DANGEROUS Query.things(first:) has no default any more."]),
    ("Size = SMALL", "Size = LARGE", ["DANGEROUS The default of Wish.size was SMALL and is LARGE now."]),
    ("Size = SMALL", "Size", ["DANGEROUS Wish.size has no default any more."]),
    ("Size = SMALL", "Int", ["BREAKING Wish.size was of the type Size and is of the type Int now."]),
    (
        "size: Size = SMALL",
        "other: Int!",
        [
            "BREAKING Wish.other is new and has to be given.",
            "BREAKING Wish.size was removed.",
            "ADDED Wish.other is new.",
        ],
    ),
    (
        "size: Size = SMALL",
        "size: Size = SMALL other: Int",
        ["DANGEROUS Wish.other is new and may be left out.", "ADDED Wish.other is new."],
    ),
    ("Thing | Heap", "Thing", ["BREAKING Any does not hold Heap any more."]),
    (
        "= Thing | Heap",
        "= Thing | Heap | Pile type Pile { a: Int }",
        ["DANGEROUS Any holds Pile now, too.", "ADDED Pile is new."],
    ),
    (NAMED, "type Thing", ["BREAKING Thing does not implement Named any more."]),
    (
        "type Heap {",
        "type Heap implements Named { name: String",
        ["DANGEROUS Heap implements Named now.", "ADDED Heap.name is new."],
    ),
    (
        "enum Size { SMALL LARGE }",
        "scalar Size",
        ["BREAKING Size was of the kind Enum and is of the kind Scalar now."],
    ),
    ("repeatable ", "", ["BREAKING @mark may not be repeated at one place any more."]),
    (" | OBJECT", "", ["BREAKING @mark may not stand at OBJECT any more."]),
    ("(by: String)", "", ["BREAKING @mark(by:) was removed."]),
    ("(by: String)", "(by: Int)", ["BREAKING @mark(by:) was of the type String and is of the type Int now."]),
    ("(by: String)", "(by: String, at: Int!)", ["BREAKING @mark(at:) is new and has to be given."]),
    (
        "directive @mark(by: String) repeatable on FIELD_DEFINITION | OBJECT",
        "",
        ["BREAKING @mark was removed."],
    ),
    ("scalar Old", "", ["BREAKING Old was removed."]),
    (
        "things: Float",
        "things: Int",
        [
            "BREAKING Float was removed.",
            "BREAKING Heap.things was of the type Float and is of the type Int now.",
        ],
    ),
    ('@key(fields: "id")', "", ['BREAKING Thing @key(fields: "id") was removed.']),
    (
        '@key(fields: "id")',
        '@key(fields: "id") @key(fields: "name")',
        ['ADDED Thing @key(fields: "name") is new.'],
    ),
    ("input Wish", "type New { a(b: Int): Int } input Wish", ["ADDED New is new."]),
    (
        "size: Size }",
        'size: Size @deprecated(reason: "until 2027") }',
        ["DEPRECATED Thing.size is deprecated: until 2027"],
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
def test_changes(old: str, new: str, expected: list[str]) -> None:
    assert old in OLD
    found = changes(read_schema(OLD), read_schema(OLD.replace(old, new)))
    assert [f"{each.weight} {each.message(Language.EN)}" for each in found] == expected
    assert all(each.part in each.message(Language.ZH) for each in found)


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
        Change(Weight.BREAKING, "removed", "Dispute.withdrawnRepeats"),
        Change(Weight.ADDED, "added", "Dispute.takenBack"),
    ]
