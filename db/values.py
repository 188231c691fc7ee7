"""What a driver hands over for a column and takes for a parameter: SQLAlchemy's part of it, and JSON's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Boolean, ColumnElement, Date, Dialect, Float, Text, Uuid
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.dialect import POSTGRESQL
from db.tables.base import Instant

Convert = Callable[[Any], Any]
"""Makes one value of another; None stays None."""

# The types of PostgreSQL that its driver's numbers are, by object id.
_FLOAT8, _NUMERIC = 701, 1700


class UuidText(TypeDecorator[UUID]):
    """A UUID that PostgreSQL hands over as text: its driver's objects take several times as long to make, to
    hash and to write. SQLite keeps 32 digits anyway."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == POSTGRESQL else Uuid())

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return UUID(value) if isinstance(value, str) else value


class AsText(FunctionElement[UUID]):
    """A column of UUIDs, read as UuidText."""

    name = "as_text"
    type = UuidText()
    inherit_cache = True


@compiles(AsText)
def _column_as_text(element: AsText, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CAST({column} AS TEXT)" if compiler.dialect.name == POSTGRESQL else column


def light(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column in the form that takes least to read: UUIDs as text."""
    return AsText(column) if isinstance(column.type, Uuid) else column


def key_value(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From a Python value to what a statement gives for a `light` column of that type."""
    if isinstance(kind, Uuid) and dialect.name == POSTGRESQL:
        return _text
    return driver_value(kind, dialect)


def driver_value(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From a Python value to the driver's; None when they are the same."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


def python_value(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From the driver's value to the Python value that SQLAlchemy gives; None when they are the same."""
    if isinstance(kind, Instant) and dialect.name == POSTGRESQL:
        return None  # the driver's are aware and in UTC already
    code = _FLOAT8 if isinstance(kind, Float) else _NUMERIC
    return kind.dialect_impl(dialect).result_processor(dialect, code)


def shown_value(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From the driver's value to one that orjson writes as the API shows it; None when it does so already."""
    if isinstance(kind, JSON):
        return _parsed
    if isinstance(kind, UuidText):
        return None if dialect.name == POSTGRESQL else _dashed
    if isinstance(kind, Uuid):
        return _text if dialect.name == POSTGRESQL else _dashed
    if isinstance(kind, Instant | Date | Boolean) and dialect.name == POSTGRESQL:
        return None
    if isinstance(kind, Instant):
        return _moment
    if isinstance(kind, Date):
        return None  # stored as it is shown
    if isinstance(kind, Boolean):
        return _BOOLEANS.get
    return python_value(kind, dialect)


_BOOLEANS = {0: False, 1: True}


def _parsed(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _dashed(value: str | None) -> str | None:
    if value is None:
        return None
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def _moment(value: str | None) -> str | None:
    # As datetime.isoformat() would: stored are "2026-03-01 01:30:00.000000" and always UTC.
    if value is None:
        return None
    fraction = value[19:]
    return f"{value[:10]}T{value[11:19]}{'' if fraction == '.000000' else fraction}+00:00"
