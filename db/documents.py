"""Expressions over JSON documents and their texts that SQLite and PostgreSQL word differently."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Double,
    FromClause,
    Integer,
    Text,
    cast,
    column,
    func,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from db.dialect import POSTGRESQL

LONGEST_IDENTIFIER = 63
"""Bytes that PostgreSQL keeps of a name."""


def can_be_asked_for(name: str) -> bool:
    """Whether `members` finds a member of this name on both databases: one that JSON writes as it is."""
    return json.dumps(name, ensure_ascii=False) == f'"{name}"'


def members(
    document: ColumnElement[Any], names: Sequence[str], dialect: Dialect
) -> tuple[list[ColumnElement[str]], FromClause | None]:
    """Members of a JSON object as JSON texts, exactly as they are written in it, NULL where there is none;
    and what has to be joined to the document's table for that.

    The type of a value shows in its text: `"a"`, `1.5`, `true`, `["a","b"]`.
    """
    if dialect.name != POSTGRESQL:
        return [document.op("->", return_type=Text())(quoted(f'$."{name}"')) for name in names], None
    # To take members out one by one would parse the document once for each.
    short = [name for name in names if len(name.encode()) <= LONGEST_IDENTIFIER]
    if not short:
        return [_member(document, name) for name in names], None
    opened = (
        func.json_to_record(document)
        .table_valued(*(column(name, JSON) for name in short))
        .render_derived(name="opened", with_types=True)
    )
    found = {name: cast(opened.c[name], Text) for name in short}
    return [found[name] if name in found else _member(document, name) for name in names], opened


def _member(document: ColumnElement[Any], name: str) -> ColumnElement[str]:
    return cast(document.op("->")(quoted(name)), Text)


def quoted(text: str) -> ColumnElement[str]:
    """A text as a literal in the statement: for more constants than a statement may have parameters. Raises
    ValueError for what no statement can hold."""
    if "\0" in text:
        raise ValueError("a statement cannot hold a NUL")
    # SQLAlchemy looks for its own parameters in the finished text, where they begin with these two signs.
    return literal_column(f"'{text.replace(chr(39), chr(39) * 2).replace('%(', PARTED)}'", Text())


PARTED = "%' || '("


def whole(value: int) -> ColumnElement[int]:
    """A whole number as a literal in the statement: it may have some ten thousand parameters and no more."""
    return literal_column(str(int(value)), Integer())


def real(value: float) -> ColumnElement[float]:
    """A number as a literal in the statement; what is beyond all numbers becomes the last of them."""
    return literal_column(real_text(value), Double())


def real_text(value: float) -> str:
    """What `real` writes."""
    try:
        return repr(min(max(float(value), -sys.float_info.max), sys.float_info.max))
    except OverflowError:
        return repr(sys.float_info.max if value > 0 else -sys.float_info.max)


class place_of_part(FunctionElement[int]):  # noqa: N801 - called like a function of SQL
    """Where a text has a part, counted from 1; 0 where it has not."""

    name = "place_of_part"
    type = Integer()
    inherit_cache = True


class joined(FunctionElement[str]):  # noqa: N801
    """The texts of a group with commas between them, in any order."""

    name = "joined"
    type = Text()
    inherit_cache = True


class least(FunctionElement[int]):  # noqa: N801
    """The least of several numbers."""

    name = "least"
    type = Integer()
    inherit_cache = True


@compiles(place_of_part, "sqlite")
def _instr(element: place_of_part, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(place_of_part, "postgresql")
def _strpos(element: place_of_part, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(least, "sqlite")
def _min(element: least, compiler: SQLCompiler, **options: Any) -> str:
    return f"min({compiler.process(element.clauses, **options)})"


@compiles(least, "postgresql")
def _least(element: least, compiler: SQLCompiler, **options: Any) -> str:
    return f"least({compiler.process(element.clauses, **options)})"


@compiles(joined, "sqlite")
def _group_concat(element: joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, ',')"


@compiles(joined, "postgresql")
def _string_agg(element: joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ',')"
