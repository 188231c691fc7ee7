"""The operations that the guide shows are valid, within the limits, and the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, validate

from schema.schema import schema
from server.graphql.cost import Costs
from server.graphql.limits import excess
from server.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def operations(file: str) -> list[str]:
    """The operations in a page's code blocks."""
    blocks = re.findall(r"```graphql\n(.*?)```", (DOCS / file).read_text(encoding="utf-8"), re.DOTALL)
    return [block for block in blocks if block.startswith(("query", "mutation"))]


def named_operations(file: str) -> dict[str, str]:
    """The same by their names, which are unique."""
    found: dict[str, str] = {}
    for text in operations(file):
        (name,) = (
            node.name.value
            for node in parse(text).definitions
            if isinstance(node, OperationDefinitionNode) and node.name
        )
        assert found.setdefault(name, text) is text, f"two operations are called {name}"
    return found


@pytest.mark.parametrize("page", ["api.md", "api.zh-CN.md"])
def test_the_operations_of_the_guide_are_valid(page: str) -> None:
    shown = operations(page)
    assert len(shown) >= 6
    assert [error for operation in shown for error in validate(schema._schema, parse(operation))] == []


@pytest.mark.parametrize("operation", operations("api.md"))
def test_a_server_takes_them(operation: str) -> None:
    document, settings = parse(operation), Settings()
    (node,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    assert Costs(schema._schema, document).of(node).of({}) <= settings.graphql_max_cost
    assert excess(document, settings) is None


def test_both_languages_show_the_same() -> None:
    assert operations("api.md") == operations("api.zh-CN.md")
