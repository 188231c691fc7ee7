"""A page of a connection as objects, for the ordinary resolvers, and the writing of its cursors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect

from db.query import Query, compile_query, with_columns
from resolvers.context import Context
from resolvers.cursor import cursor_writer
from resolvers.description import Computed, Connection, PageQuery
from resolvers.loading import fetch, rows_maker


@dataclass(frozen=True, slots=True)
class Edge:
    """A row at its place in the list."""

    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    connection: Connection
    query: PageQuery
    nodes: Sequence[Any]
    has_next_page: bool
    has_previous_page: bool

    @property
    def edges(self) -> list[Edge]:
        """The rows with their places."""
        write = cursor_writer(self.query.seal)
        return [Edge(write(getattr(row, self.query.sort), row.key), row) for row in self.nodes]

    @property
    def page_info(self) -> Page:
        """What Relay asks of a page, the page can say itself."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The place of the first row."""
        return self._cursor(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """The place of the last row."""
        return self._cursor(self.nodes[-1]) if self.nodes else None

    def _cursor(self, row: Any) -> str:
        return cursor_writer(self.query.seal)(getattr(row, self.query.sort), row.key)


@lru_cache(maxsize=2_000)
def page_statement(
    connection: Connection,
    shape: Any,
    names: tuple[str, ...],
    dialect: Dialect,
    *beside: ColumnElement[Any],
) -> Query:
    """The statement of a page for some columns, with others `beside` them; the same is compiled once."""
    columns = [connection.source.light[name] for name in names]
    query = with_columns(_any_page(connection, shape, dialect, *beside), columns, dialect)
    return query or compile_query(connection.select(shape, names).add_columns(*beside), dialect)


@lru_cache(maxsize=1_000)
def _any_page(connection: Connection, shape: Any, dialect: Dialect, *beside: ColumnElement[Any]) -> Query:
    return compile_query(connection.select(shape, None).add_columns(*beside), dialect)


@lru_cache(maxsize=1_000)
def count_statement(connection: Connection, shape: Any, dialect: Dialect) -> Query:
    """The statement that counts the whole list."""
    return compile_query(connection.count(shape), dialect)


def ends(query: PageQuery, found: int) -> tuple[bool, bool]:
    """Whether there is more after the page, and before it, when `found` rows came of one more than it holds.

    Where a page does not end by its size, it ends at a cursor, and the cursor's own row lies beyond.
    """
    more = found > query.size
    return (query.before, more) if query.backward else (more, query.after)


async def read_page(connection: Connection, context: Context, query: PageQuery) -> Page:
    """The page of a query."""
    await context.open_register()
    database = context.desk.database
    statement = page_statement(connection, query.shape, tuple(connection.source.columns), database.dialect)
    found = await fetch(database, statement, statement.bind(query.values), slow=query.slow)
    nodes = list(map(rows_maker(connection.source, statement), found[: query.size]))
    if query.backward:
        nodes.reverse()
    return Page(connection, query, nodes, *ends(query, len(found)))


async def total_count(context: Context, connection: Connection, query: PageQuery) -> int:
    """How many rows the whole list has; counted only when asked for."""
    database = context.desk.database
    statement = count_statement(connection, query.shape, database.dialect)
    ((count,),) = await fetch(database, statement, statement.bind(query.values), slow=True)
    return int(count)


TOTAL_COUNT = Computed(total_count)
