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
from strawberry.types.field import StrawberryField

import schema as room
from resolvers.description import DESCRIPTION, function_with_arguments
from schema.schema import schema

MOST_LINES = 12
FILES = sorted(Path(room.__file__).parent.glob("*.py"))


def fields() -> Iterator[tuple[str, StrawberryField]]:
    """Every field of the API's object types, by its full name."""
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition) and not definition.is_input:
            for field in definition.fields:
                yield f"{definition.name}.{field.python_name}", field


def called() -> Iterator[Any]:
    """Every function that a field calls."""
    for _, field in fields():
        description = field.metadata.get(DESCRIPTION)
        function = function_with_arguments(description) if description else None
        if function is not None:
            yield function
        elif field.base_resolver is not None:
            yield field.base_resolver.wrapped_func


def test_every_field_says_where_its_value_comes_from() -> None:
    silent = {name for name, field in fields() if DESCRIPTION not in field.metadata}
    # The SDL is no data; what `_entities` is made of is said when the schema is built.
    assert silent == {"Query.service", "Query._entities"}


def lines(function: Callable[..., Any]) -> int:
    """Lines of the body, without the docstring."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_a_resolver_is_at_most_a_dozen_lines() -> None:
    measured = {f"{found.__module__}.{found.__qualname__}": lines(found) for found in called()}
    assert len(measured) > 35
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
