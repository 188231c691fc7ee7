"""How documents are measured."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_introspection_query, parse

from server.graphql.introspection import most_described
from server.graphql.limits import Excess, count_items, excess
from server.settings import Settings

SETTINGS = Settings(
    graphql_max_depth=4,
    graphql_max_aliases=3,
    graphql_max_directives=3,
    graphql_max_root_fields=3,
    graphql_max_list_items=10,
)
DIRECTIVE = "@skip(if:false)"

DOCUMENTS = {
    "within all limits": ("{a{b{c{d}}}}", None),
    "too deep": ("{a{b{c{d{e}}}}}", ("limit.depth", 5)),
    "too deep in the second operation": ("query A{a} query B{a{b{c{d{e}}}}}", ("limit.depth", 5)),
    "too deep through a fragment": ("{a{b{...F}}} fragment F on T{c{d{e}}}", ("limit.depth", 5)),
    "too deep through an inline fragment": ("{a{b{... on T{c{d{e}}}}}}", ("limit.depth", 5)),
    "a fragment adds no level": ("{...F} fragment F on T{a{b{c{d}}}}", None),
    "the description of the schema may be deep": ("{__schema{a{b{c{d{e}}}}}}", None),
    "too many aliases": ("{a{x:b y:b z:b w:b}}", ("limit.aliases", 4)),
    "aliases of a fragment count each time": (
        "{a{...F} b{...F} c{...F}} fragment F on T{x:d y:d}",
        ("limit.aliases", 6),
    ),
    "too many directives": (
        f"query {DIRECTIVE} {{a {DIRECTIVE} ...F {DIRECTIVE}}} fragment F on T {DIRECTIVE} {{b}}",
        ("limit.directives", 4),
    ),
    "directives of an inline fragment": ("{a{... " + DIRECTIVE * 4 + "{b}}}", ("limit.directives", 4)),
    "too many root fields": ("{a b c d}", ("limit.root_fields", 4)),
    "root fields through fragments": ("{a ...F ...F} fragment F on Q{b c}", ("limit.root_fields", 5)),
    "too many items in a list": ("{a(b:[" + "1 " * 11 + "])}", ("limit.list_items", 11)),
    "too many items in lists of lists": ("{a(b:[" + "{c:[1 2]}" * 4 + "])}", ("limit.list_items", 12)),
    "too many items in several arguments": ("{a(b:[1 2 3 4 5 6],c:[1 2 3 4 5])}", ("limit.list_items", 11)),
    "too many items in a fragment": (
        "{...F} fragment F on T{a(b:[" + "1 " * 11 + "])}",
        ("limit.list_items", 11),
    ),
    "too many items by default": ("query($a:[Int]=[" + "1 " * 11 + "]){a(b:$a)}", ("limit.list_items", 11)),
    "ten items are allowed": ("{a(b:[1 2 3 4 5],c:[1 2 3 4 5])}", None),
    "an unknown fragment weighs nothing": ("{...Nobody}", None),
    "a fragment in itself ends": ("{...F} fragment F on T{a{...F}}", None),
    "fragments in a ring end": ("{...F} fragment F on T{a{...G}} fragment G on T{b{...F}}", None),
}


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents_weigh_what_they_ask_for(text: str, expected: tuple[str, int] | None) -> None:
    found = excess(parse(text), SETTINGS)
    assert (found and (found.key, found.found)) == expected


def test_fragments_that_double_each_other_are_measured_at_once() -> None:
    doubling = " ".join(f"fragment F{n} on T{{x:a{{...F{n + 1}}} y:a{{...F{n + 1}}}}}" for n in range(60))
    found = excess(parse("{...F0} fragment F60 on T{z} " + doubling), Settings(graphql_max_depth=64))
    assert found == Excess("limit.aliases", 2**61 - 2, 30)


def test_a_chain_too_long_to_follow_is_refused() -> None:
    chain = " ".join(f"fragment F{n} on T{{...F{n + 1}}}" for n in range(1000))
    found = excess(parse("{...F0} " + chain), SETTINGS)
    assert found is not None
    assert found.key == "limit.nesting"


def test_what_tools_ask_about_the_schema_is_allowed_and_no_more() -> None:
    whole = get_introspection_query(input_value_deprecation=True, schema_description=True)
    settings = Settings()
    assert excess(parse(whole), settings) is None
    types = "types{fields{type{fields{name}}}}"
    many = " ".join(f"a{at}:{types}" for at in range(30))
    for text in (
        f"{{__schema{{{many}}}}}",
        f"{{...F}} fragment F on Query{{__schema{{...S}}}} fragment S on __Schema{{{many}}}",
    ):
        over = excess(parse(text), settings)
        assert over is not None
        assert (over.key, over.most) == ("limit.description", most_described())


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([], 0),
        ([[]], 0),
        ([[1, 2, 3]], 3),
        ([{"a": [1, 2], "b": {"c": [3]}}], 3),
        ([[[1, 2], [3]], {"a": 1}], 5),
        ([[{"a": [1]}, {"a": [2]}]], 4),
    ],
)
def test_items_of_variables_are_counted_wherever_they_are(values: list[Any], count: int) -> None:
    assert count_items(values) == count
