"""How documents are measured."""

from __future__ import annotations

import pytest
from graphql import parse

from server.limits import Excess, excess
from server.settings import Settings

SETTINGS = Settings(
    graphql_max_depth=4, graphql_max_aliases=3, graphql_max_directives=3, graphql_max_root_fields=3
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
