"""Requests of the right shape are ones that the schema allows, unless a value in them is odd."""

from __future__ import annotations

from random import Random

from graphql import parse, validate

from bench.fuzz import FORGED
from bench.shapes import LONG_WORK, SMALL, Shapes, small_policy
from casework.api_key import KEY
from resolvers.identity import global_id
from rules.document import check_policy
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from schema.schema import schema

SCHEMA = schema._schema


def test_every_field_is_asked_in_turn_as_the_schema_allows() -> None:
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    names = {*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields}
    shapes, asked = Shapes(SCHEMA, Random(7)), set()
    for _ in names:
        document = parse(shapes.request()["query"])
        assert validate(SCHEMA, document) == []
        (definition,) = document.definitions
        asked.add(definition.selection_set.selections[0].name.value)  # type: ignore[attr-defined]
    assert asked == names


def test_ids_are_those_of_answers_and_long_work_is_about_the_small_policy_only() -> None:
    shapes = Shapes(SCHEMA, Random(7))
    large, small = (global_id("PolicyDraft", f"{at:032x}") for at in range(2))
    shapes.keep(large)
    shapes.keep(small, small=True)
    shapes.keep("of nothing")
    said = [shapes.request() for _ in range(2_000)]
    texts = {field: [str(each) for each in said if f"{field}(" in each["query"]] for field in LONG_WORK}
    assert all(texts.values())
    assert not [
        each for texts_of in texts.values() for each in texts_of if large in each or "municipal" in each
    ]
    assert [each for each in texts["checkPolicyDraft"] if small in each]
    assert [each for each in texts["exportPolicy"] if SMALL in each]
    assert [each for each in said if large in str(each)]


def test_the_small_policy_is_sound_and_the_forged_key_is_no_noise() -> None:
    assert check_policy(small_policy(), FUNCTIONS, CONFERENCE_DOMAINS) == []
    assert KEY.fullmatch(FORGED)
