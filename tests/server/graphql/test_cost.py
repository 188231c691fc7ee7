"""What an operation may cost, told from its text, its page sizes and the variables of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse
from hypothesis import given
from hypothesis import strategies as st

from server.graphql.cost import MOST_COUNTED, USUAL, Cost, Costs

SCHEMA = build_schema(
    """
    type Query {
      book: Book
      books: [Book!]!
      page(first: Int, after: String, last: Int): BookPage!
      nodes(ids: [ID!]!): [Book]!
      shelf(first: Int! = 7): [Book!]!
    }
    type BookPage { nodes: [Book!]! edges: [BookEdge!]! info: Info! total: Int! }
    type BookEdge { cursor: String! node: Book! }
    type Info { more: Boolean! }
    type Book { id: ID! title: String! tags: [String!]! author: Author! sequels(first: Int! = 3): [Book!]! }
    type Author { name: String! books: [Book!]! }
    """
)


def cost_of(text: str) -> Cost:
    """The cost of the only operation of a document."""
    document = parse(text)
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return Costs(SCHEMA, document).of(operation)


PAGE = "query($n:Int){page(first:$n){nodes{id title}}}"
BOTH = "query($f:Int,$l:Int){page(first:$f,last:$l){nodes{id}}}"
IDS = "query($ids:[ID!]!){nodes(ids:$ids){id title}}"

# Document, variables, cost.
COSTS: dict[str, tuple[str, dict[str, Any], int]] = {
    "a field counts one": ("{book{id title}}", {}, 3),
    "so does a list of plain values": ("{book{tags}}", {}, 2),
    "a list without a size is as long as usual": ("{books{id title}}", {}, 1 + USUAL * 2),
    "lists in lists multiply": ("{books{author{books{id}}}}", {}, 1 + USUAL * (1 + 1 + USUAL)),
    "a connection's size is its lists'": ("{page(first:50){nodes{id} total}}", {}, 1 + 1 + 50 + 1),
    "all of its lists'": (
        "{page(first:50){nodes{id} edges{cursor node{id}}}}",
        {},
        1 + 1 + 50 + 1 + 50 * 3,
    ),
    "and of nothing else": (
        "{page(first:50){info{more} nodes{author{books{id}}}}}",
        {},
        4 + 50 * (2 + USUAL),
    ),
    "no size is a page of twenty": ("{page{nodes{id}}}", {}, 2 + 20),
    "null is no size": ("{page(first:null){nodes{id}}}", {}, 2 + 20),
    "the schema's default": ("{shelf{id}}", {}, 1 + 7),
    "the end of a list": ("{page(last:30){nodes{id}}}", {}, 2 + 30),
    "the longer of both ends": ("{page(first:5,last:30){nodes{id}}}", {}, 2 + 30),
    "pages in pages multiply": ("{page(first:50){nodes{sequels(first:10){id}}}}", {}, 2 + 50 * (1 + 10)),
    "a size that a variable tells": (PAGE, {"n": 40}, 2 + 40 * 2),
    "a whole number with a point": (PAGE, {"n": 40.0}, 2 + 40 * 2),
    "a variable left out": (PAGE, {}, 2 + 20 * 2),
    "a variable that is null": (PAGE, {"n": None}, 2 + 20 * 2),
    "a million": (PAGE, {"n": 10**6}, 2 + 2 * 10**6),
    "a number without end": (PAGE, {"n": 10**400}, MOST_COUNTED),
    "infinity is no size": (PAGE, {"n": float("inf")}, 2),
    "less than nothing": (PAGE, {"n": -5}, 2),
    "text is no size": (PAGE, {"n": "40"}, 2),
    "a variable's default": ("query($n:Int=40){page(first:$n){nodes{id}}}", {}, 2 + 40),
    "null goes before the default": ("query($n:Int=40){page(first:$n){nodes{id}}}", {"n": None}, 2 + 20),
    "one of two variables": (BOTH, {"l": 60}, 2 + 60),
    "neither of two variables": (BOTH, {}, 2 + 20),
    "a number beside a variable": ("query($l:Int){page(first:5,last:$l){nodes{id}}}", {}, 2 + 5),
    "ids in the text": ('{nodes(ids:["a","b","c"]){id title}}', {}, 1 + 3 * 2),
    "ids in a variable": (IDS, {"ids": ["a", "b", "c"]}, 1 + 3 * 2),
    "a single id stands for a list of one": (IDS, {"ids": 123456}, 1 + 2),
    "a default list of ids": ('query($i:[ID!]=["a","b"]){nodes(ids:$i){id}}', {}, 1 + 2),
    "a fragment counts each time": (
        "{a:book{...F} b:book{...F}} fragment F on Book{id title}",
        {},
        2 + 2 * 2,
    ),
    "a fragment on a connection": (
        "{page(first:9){...F}} fragment F on BookPage{nodes{id} total}",
        {},
        3 + 9,
    ),
    "an inline fragment": ("{page(first:9){... on BookPage{nodes{... {id}}}}}", {}, 2 + 9),
    "a fragment with a variable": (
        "query($n:Int!){book{...F} books{...F}} fragment F on Book{sequels(first:$n){id}}",
        {"n": 11},
        2 + (1 + USUAL) * 12,
    ),
    "the schema's description is weighed elsewhere": ("{__schema{types{name}}}", {}, 1),
    "a type's name counts one": ("{__typename}", {}, 1),
}


@pytest.mark.parametrize(("text", "variables", "cost"), COSTS.values(), ids=COSTS)
def test_what_an_operation_costs(text: str, variables: Mapping[str, Any], cost: int) -> None:
    assert cost_of(text).of(variables) == cost


def test_fragments_that_double_each_other_are_costed_at_once() -> None:
    doubling = " ".join(
        f"fragment F{at} on Book{{...F{at + 1} author{{books{{...F{at + 1}}}}}}}" for at in range(60)
    )
    last = "fragment F60 on Book{sequels(first:$n){id}}"
    cost = cost_of("query($n:Int!){book{...F0}}" + doubling + last)
    assert cost.of({"n": 2}) == MOST_COUNTED


@given(st.integers(1, 100), st.integers(1, 100), st.integers(1, 100))
def test_a_size_costs_the_same_wherever_it_stands(outer: int, middle: int, inner: int) -> None:
    template = (
        "page(first:%s){nodes{id sequels(first:%s){...F}}}} fragment F on Book{id sequels(first:%s){id}}"
    )
    written = cost_of("{" + template % (outer, middle, inner))
    told = cost_of("query($a:Int,$b:Int!,$c:Int!){" + template % ("$a", "$b", "$c"))
    expected = 2 + outer * (2 + middle * (2 + inner))
    assert written.of({}) == told.of({"a": outer, "b": middle, "c": inner}) == expected
