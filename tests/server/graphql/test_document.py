"""Documents are read once and kept within bounds."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationType

from server.graphql.document import Documents, Unacceptable
from server.settings import Settings
from tests.server.tiny import schema


def test_a_document_is_read_once() -> None:
    documents = Documents(schema, Settings())
    assert documents.read("{hello}") is documents.read("{hello}")


def test_the_oldest_make_room_and_the_newest_stays() -> None:
    documents = Documents(schema, Settings(graphql_cache_characters=20))
    first, second = documents.read("{a:hello}"), documents.read("{b:hello}")
    assert documents.read("{a:hello}") is first
    documents.read("{c:hello}")
    assert documents.read("{a:hello}") is first
    assert documents.read("{b:hello}") is not second
    long = "{hello" + " " * 100 + "}"
    assert documents.read(long) is documents.read(long)


def test_operations_are_labelled_by_a_bounded_set_of_words() -> None:
    read = Documents(schema, Settings()).read(
        "query A{x:hello} mutation B{change(to:1)} query C{hello thing{id}}"
    )
    assert [(operation.name, operation.type, operation.label) for operation in read.operations] == [
        ("A", OperationType.QUERY, "hello"),
        ("B", OperationType.MUTATION, "change"),
        ("C", OperationType.QUERY, "several"),
    ]


@pytest.mark.parametrize(
    ("query", "variables", "count"),
    [
        ("{hello}", {}, 0),
        ("query($r:[_Any!]!){_entities(representations:$r){__typename}}", {"r": [{}, {}, {}]}, 3),
        (
            "query($r:[_Any!]!){...F} fragment F on Query{_entities(representations:$r){__typename}}",
            {"r": [{}]},
            1,
        ),
        ("query($r:[_Any!]!){_entities(representations:$r){__typename}}", {"r": "x"}, 0),
        ('{_entities(representations:[{__typename:"Thing"}]){__typename}}', {}, 1),
        (
            "query($r:[_Any!]!){a:_entities(representations:$r){__typename}"
            " b:_entities(representations:$r){__typename}}",
            {"r": [{}, {}]},
            4,
        ),
    ],
)
def test_representations_are_counted_where_they_come_from(query: str, variables: object, count: int) -> None:
    document = Documents(schema, Settings()).read(query)
    assert document.count_representations(variables) == count


@pytest.mark.parametrize(
    ("query", "variables", "key"),
    [
        ("query($n:Int){hello(times:$n)}", {"n": 1}, None),
        ("query($r:[_Any!]!){_entities(representations:$r){__typename}}", {"r": [{}] * 20}, None),
        (
            "query($r:[_Any!]!){_entities(representations:$r){__typename}}",
            {"r": [{}] * 21},
            "limit.representations",
        ),
        ("query($r:[_Any!]!){_entities(representations:$r){__typename}}", {"r": [{"a": [1] * 99}]}, None),
        ("query($n:Int){hello(times:$n)}", {"n": 1, "unused": [0] * 11}, "limit.list_items"),
        ("query($n:Int){hello(times:$n)}", {"n": {"deep": [{"deep": [0] * 10}]}}, "limit.list_items"),
        (
            "query($r:[_Any!]!){_entities(representations:$r){...F}}"
            "fragment F on Thing{id inner{id inner{id inner{id}}}}",
            {"r": [{}] * 15},
            "limit.cost",
        ),
        (
            "query($r:[_Any!]!){_entities(representations:$r){...F}}"
            "fragment F on Thing{id inner{id inner{id inner{id}}}}",
            {"r": [{}] * 14},
            None,
        ),
    ],
)
def test_the_variables_of_a_request_have_limits(query: str, variables: Any, key: str | None) -> None:
    settings = Settings(graphql_max_representations=20, graphql_max_list_items=10, graphql_max_cost=100)
    document = Documents(schema, settings).read(query)
    over = document.excess(document.operations[0], variables, settings)
    assert (over and over.key) == key


def test_a_refused_document_is_not_kept() -> None:
    documents = Documents(schema, Settings(graphql_cache_characters=10))
    kept = documents.read("{hello}")
    for number in range(50):
        with pytest.raises(Unacceptable):
            documents.read(f"{{no{number}}}")
    assert documents.read("{hello}") is kept
