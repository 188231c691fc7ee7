"""What relations lead to, whole rows at a time, for the ordinary resolvers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Dialect

from casework.reach import Bounds, bounds_of, values_of
from casework.rights import Reach
from db.database import Database
from db.query import Query, compile_query
from db.reading import Steps
from resolvers.description import Relation, Row, Source, Values


@lru_cache(maxsize=2_000)
def whole(relation: Relation, dialect: Dialect, bounds: Bounds = None) -> Query:
    """The statement for all columns of a relation's rows, of those that are reached within `bounds`."""
    return compile_query(relation.select(tuple(relation.source.columns), bounds=bounds), dialect)


def rows_maker(source: Source, query: Query) -> Callable[[Sequence[Any]], Row]:
    """Makes the row of a source of what the driver gave for all of its columns."""
    readers = [
        _chain(read, source.masks.get(name)) for name, read in zip(source.columns, query.python, strict=True)
    ]

    def make(raw: Sequence[Any]) -> Row:
        return source.row([raw[at] if read is None else read(raw[at]) for at, read in enumerate(readers)])

    return make


def _chain(
    read: Callable[[Any], Any] | None, mask: Callable[[Any], Any] | None
) -> Callable[[Any], Any] | None:
    if read is None or mask is None:
        return read or mask
    return lambda raw: mask(read(raw))


async def rows_of(
    database: Database, relation: Relation, values: Values, keys: Sequence[tuple[Any, ...]], reach: Reach
) -> list[Any]:
    """The rows (or the row, or None) that each key leads to, in the order of the keys, of those within reach.
    A relation that leads from nowhere has one key, the empty one."""
    query = whole(relation, database.dialect, bounds_of(reach))
    raw = [query.raw_key(*key) for key in keys] if relation.on else []
    found: dict[tuple[Any, ...], list[Row]] = {key: [] for key in keys}
    make = rows_maker(relation.source, query)
    for row in await fetch(database, query, query.bind({**values, **values_of(reach)}, raw)):
        made = make(row)
        found[tuple(getattr(made, name) for name in relation.child_columns)].append(made)
    if relation.many:
        return [found[key] for key in keys]
    return [next(iter(found[key]), None) for key in keys]


async def fetch(
    database: Database, query: Query, parameters: tuple[Any, ...], *, slow: bool = False
) -> Sequence[Any]:
    """The rows of one statement."""

    def steps() -> Steps[Sequence[Any]]:
        return (yield query.text, parameters)

    return await database.fetch(steps, several=False, slow=slow)
