"""The rules in one pass find what the specification's rules find one by one."""

from __future__ import annotations

import pytest
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    get_introspection_query,
    parse,
    specified_rules,
    validate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from bench.bad_documents import DOCUMENTS
from schema.schema import schema
from server.graphql.validation import MOST_ERRORS, mistakes, was_too_much

GRAPHQL = schema._schema
SCALARS = {"DateTime": st.just("2026-03-15T01:30:00Z").map(nodes.String)}
DOCUMENTS_OF_ALL_KINDS = {
    "all is well": "query($n:Int){disputes(first:$n){nodes{id ...F}}} fragment F on Dispute{region{code}}",
    "the schema": get_introspection_query(),
    "unknown directive": "{viewer @nope {account}}",
    "subscription": "subscription{a b}",
    "wrong leaf": "{viewer disputes}",
    "wrong argument": "{dispute(nummer:1){id{x}}}",
    "wrong variable": "query($a:Int,$a:Nope){dispute(id:$b){id}}",
    "impossible fragment": "{viewer{... on Dispute{id}}}",
    "conflict": "{dispute(id:1){a:id a:number}}",
    "a type system": "type T{a:Int}",
    "two at once": "{viewer{account}} {viewer{account}}",
    "same input twice": '{disputes(filter:{number:"1",number:"2"}){totalCount}}',
}


def one_by_one(document: DocumentNode) -> list[GraphQLError]:
    """What the library finds by itself."""
    return validate(GRAPHQL, document, specified_rules, MOST_ERRORS, hide_suggestions=True)


def told(errors: list[GraphQLError]) -> list[tuple[str, object]]:
    """What a client learns, in any order."""
    return sorted((error.message, str(error.locations)) for error in errors)


@pytest.mark.parametrize("text", DOCUMENTS_OF_ALL_KINDS.values(), ids=DOCUMENTS_OF_ALL_KINDS)
def test_the_same_is_found_in_one_pass(text: str) -> None:
    document = parse(text)
    assert told(mistakes(GRAPHQL, document, introspection=True)) == told(one_by_one(document))


@pytest.mark.parametrize(
    "text",
    [
        "{viewer{... @defer{account}}}",
        "{departments @stream(initialCount:1){code}}",
        'mutation{... @defer(label:"x"){submitDispute{dispute{id}}}}',
    ],
)
def test_directives_that_the_schema_does_not_have_are_unknown(text: str) -> None:
    errors = mistakes(GRAPHQL, parse(text), introspection=True)
    assert any(error.message.startswith("Unknown directive") for error in errors)


@pytest.mark.parametrize("text", [case.query for case in DOCUMENTS.values()], ids=DOCUMENTS)
def test_bad_documents_are_as_bad_in_one_pass(text: str) -> None:
    try:
        document = parse(text, max_lexical_tokens=1_000)
    except GraphQLSyntaxError:
        return
    found = mistakes(GRAPHQL, document, introspection=True)
    assert any(map(was_too_much, found)) or told(found) == told(one_by_one(document))


@given(queries(GRAPHQL, fields=["disputes", "nodes", "regions", "jointConferences"], custom_scalars=SCALARS))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_valid_is_valid_in_one_pass(text: str) -> None:
    assert mistakes(GRAPHQL, parse(text), introspection=True) == []
