"""A resolver is at most a dozen lines, and the API's types know nothing of the database."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from strawberry.types.base import StrawberryObjectDefinition

import schema as room
from schema.schema import schema

MOST_LINES = 12
FILES = sorted(Path(room.__file__).parent.glob("*.py"))


def resolvers() -> Iterator[Any]:
    """Every function that a field calls."""
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition):
            for field in definition.fields:
                if field.base_resolver is not None:
                    yield field.base_resolver.wrapped_func


def lines(function: Callable[..., Any]) -> int:
    """Lines of the body, without the docstring."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_a_resolver_is_at_most_a_dozen_lines() -> None:
    measured = {f"{found.__module__}.{found.__qualname__}": lines(found) for found in resolvers()}
    assert len(measured) > 50
    assert {name: count for name, count in measured.items() if count > MOST_LINES} == {}


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_types_know_nothing_of_the_database(file: Path) -> None:
    assert not imported(file) & {"sqlalchemy", "db", "aiosqlite", "asyncpg"}
