"""Compiled statements: what goes in and comes out is what SQLAlchemy's own connection takes and gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Select,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from db.database import Database
from db.query import CHOSEN, Query, among, among_values, compile_query, with_columns
from db.reading import Row, Steps
from db.tables.base import Base
from db.values import light

CHINA = timezone(timedelta(hours=8))

SAMPLES: Mapping[str, Sequence[Any]] = {
    "Uuid": [UUID(int=0), UUID("0192f0c1-7b1e-7000-8000-00000000000a"), None],
    "String": ["", "云澜市", 'it\'s "50%" \\ : $1 ?', None],
    "Text": ["", "夜间施工\n噪声", None],
    "Integer": [0, -1, 2**31 - 1, None],
    "BigInteger": [0, -(2**63), 2**63 - 1, None],
    "Double": [0.0, -1.5, 0.1, 1e300, None],
    "Boolean": [True, False, None],
    "Date": [date(2026, 3, 1), date(1, 1, 1), date(9999, 12, 31), None],
    "Instant": [
        datetime(2026, 3, 1, 9, 30, tzinfo=CHINA),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 10, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        None,
    ],
    "JSON": [{}, [], {"名": ["x", 1, 0.5, None, True, {"深": []}]}, [1], "text", None],
}
"""Values of every type that our tables have."""


def kinds() -> dict[str, TypeEngine[Any]]:
    """The types of our tables' columns, by name."""
    every = [column.type for table in Base.metadata.sorted_tables for column in table.columns]
    return {type(kind).__name__: kind for kind in every}


SPECIMEN = Table(
    "specimen",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *(Column(name, kind, index=name in ("Uuid", "String")) for name, kind in kinds().items()),
)
"""A table with a column of every type, each of which may be null. Key n is UUID(int=n) and "n"."""

FILLERS = 5000


@pytest.fixture
async def specimens(database: Database) -> Database:
    """A database with every sample in a row of its own (the numbers below 0), and many rows of keys."""
    samples = [(name, sample) for name, values in SAMPLES.items() for sample in values]
    rows = [{"number": -1 - place, name: sample} for place, (name, sample) in enumerate(samples)]
    async with database.write() as connection:
        await connection.run_sync(SPECIMEN.metadata.create_all)
        for row in rows:
            await connection.execute(insert(SPECIMEN).values(row))
        await connection.execute(
            insert(SPECIMEN), [{"number": n, "Uuid": UUID(int=n), "String": str(n)} for n in range(FILLERS)]
        )
        await connection.execute(text("ANALYZE specimen"))
    return database


async def rows_of(
    database: Database,
    statement: Select[*tuple[Any, ...]],
    values: Mapping[str, Any] | None = None,
    keys: Sequence[Any] = (),
) -> tuple[Query, Sequence[Row]]:
    """The rows of one statement, as the driver hands them over."""
    query = compile_query(statement, database.dialect)
    return query, await rows_by(database, query, query.bind(values or {}, keys))


async def rows_by(database: Database, query: Query, parameters: tuple[object, ...]) -> Sequence[Row]:
    """The rows of one statement that is compiled already."""

    def steps() -> Steps[Sequence[Row]]:
        return (yield query, parameters)

    return await database.fetch(steps, several=False)


async def numbers(
    database: Database, *conditions: Any, values: Mapping[str, Any] | None = None, keys: Sequence[Any] = ()
) -> set[int]:
    """The numbers of the specimens that meet the conditions."""
    _, rows = await rows_of(database, select(SPECIMEN.c.number).where(*conditions), values, keys)
    return {row[0] for row in rows}


def shown(value: Any) -> Any:
    """A value as the API shows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def test_there_are_samples_of_every_type() -> None:
    assert set(kinds()) == set(SAMPLES)


async def test_values_come_out_as_from_sqlalchemy(specimens: Database) -> None:
    statement = select(SPECIMEN).where(SPECIMEN.c.number < 0).order_by(SPECIMEN.c.number)
    async with specimens.read() as connection:
        expected = [tuple(row) for row in await connection.execute(statement)]
    query, rows = await rows_of(specimens, statement)
    found = [
        tuple(convert(value) if convert else value for value, convert in zip(row, query.python, strict=True))
        for row in rows
    ]
    assert found == expected
    assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]
    assert {value.utcoffset() for row in found for value in row if isinstance(value, datetime)} == {
        timedelta(0)
    }


async def test_values_are_written_as_the_api_shows_them(specimens: Database) -> None:
    statement = select(SPECIMEN).where(SPECIMEN.c.number < 0).order_by(SPECIMEN.c.number)
    async with specimens.read() as connection:
        expected = [[shown(value) for value in row] for row in await connection.execute(statement)]
    query, rows = await rows_of(specimens, statement)
    written = orjson.dumps(
        [
            [convert(value) if convert else value for value, convert in zip(row, query.shown, strict=True)]
            for row in rows
        ]
    )
    assert orjson.loads(written) == expected


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"JSON"}))
async def test_values_go_in_as_through_sqlalchemy(specimens: Database, name: str) -> None:
    column = SPECIMEN.c[name]
    for sample in SAMPLES[name][:-1]:
        expected = await numbers(specimens, column == sample)
        assert expected
        assert await numbers(specimens, column == bindparam("wanted"), values={"wanted": sample}) == expected
        assert (
            await numbers(specimens, among_values(column, "wanted"), values={"wanted": [sample]}) == expected
        )
        async with specimens.read() as connection:
            statement = select(SPECIMEN.c.number).where(column == sample)
            assert set((await connection.scalars(statement)).all()) == expected


async def test_columns_of_one_name_and_computed_ones(specimens: Database) -> None:
    statement = select(
        SPECIMEN.c.Boolean,
        SPECIMEN.c.Boolean,
        func.max(SPECIMEN.c.Instant).over(),
        func.count().over(),
        (SPECIMEN.c.Boolean == literal(True)).label("same"),
        text("1"),
    ).where(SPECIMEN.c.Boolean.is_not(None))
    statement = statement.order_by(SPECIMEN.c.Boolean)
    async with specimens.read() as connection:
        expected = [tuple(row) for row in await connection.execute(statement)]
    query, rows = await rows_of(specimens, statement)
    assert len(query.python) == len(query.shown) == 6
    found = [
        tuple(convert(value) if convert else value for value, convert in zip(row, query.python, strict=True))
        for row in rows
    ]
    assert found == expected


@pytest.mark.parametrize("count", [0, 1, 1000])
@pytest.mark.parametrize("name", ["Uuid", "String", "number"])
async def test_keys_of_one_column(specimens: Database, name: str, count: int) -> None:
    column = SPECIMEN.c[name]
    _, rows = await rows_of(specimens, select(column).where(SPECIMEN.c.number.between(100, 99 + count)))
    keys = [row[0] for row in rows]
    assert len(keys) == count
    assert await numbers(specimens, among(column), keys=keys) == set(range(100, 100 + count))


@pytest.mark.parametrize("count", [0, 1, 1000])
async def test_keys_of_several_columns(specimens: Database, count: int) -> None:
    columns = (SPECIMEN.c.Uuid, SPECIMEN.c.String, SPECIMEN.c.number)
    _, rows = await rows_of(specimens, select(*columns).where(SPECIMEN.c.number.between(100, 99 + count)))
    keys = [tuple(row) for row in rows]
    # Pairs that exist only crosswise are no keys.
    crossed = [(keys[0][0], keys[-1][1], keys[0][2])] if count > 1 else []
    assert await numbers(specimens, among(*columns), keys=keys) == set(range(100, 100 + count))
    assert await numbers(specimens, among(*columns), keys=crossed) == set()


async def test_raw_keys_are_what_the_driver_hands_over_for_light_columns(specimens: Database) -> None:
    columns = (SPECIMEN.c.Uuid, SPECIMEN.c.String, SPECIMEN.c.number)
    read = [light(column) for column in columns]
    whole, rows = await rows_of(specimens, select(*read).where(among(*columns)))
    single, _ = await rows_of(specimens, select(*read).where(among(SPECIMEN.c.Uuid)))
    _, rows = await rows_of(specimens, select(*read).where(SPECIMEN.c.number == 7))
    assert rows
    key = whole.raw_key(UUID(int=7), "7", 7)
    assert (key, {key: 1}[tuple(rows[0])]) == (tuple(rows[0]), 1)
    assert single.raw_key(UUID(int=7)) == rows[0][0]
    assert await numbers(specimens, among(*columns), keys=[key]) == {7}
    assert await numbers(specimens, among(SPECIMEN.c.Uuid), keys=[single.raw_key(UUID(int=7))]) == {7}


async def test_columns_put_in_afterwards_are_read_like_columns_compiled_with_the_rest(
    specimens: Database,
) -> None:
    def statement(*columns: Any) -> Select[*tuple[Any, ...]]:
        beside = select(func.max(SPECIMEN.c.number)).scalar_subquery()
        found = select(*columns, beside).where(SPECIMEN.c.number < bindparam("below", type_=Integer()))
        return found.order_by(SPECIMEN.c.number)

    columns = [light(column) for column in SPECIMEN.columns]
    any_columns = compile_query(statement(CHOSEN), specimens.dialect)
    read = []
    for query in (
        compile_query(statement(*columns), specimens.dialect),
        with_columns(any_columns, columns, specimens.dialect),
    ):
        assert query is not None
        rows = await rows_by(specimens, query, query.bind({"below": 0}))
        for converts in (query.python, query.shown):
            read.append(
                [
                    [
                        convert(value) if convert else value
                        for value, convert in zip(row, converts, strict=True)
                    ]
                    for row in rows
                ]
            )
    assert read[:2] == read[2:]
    assert len(read[0]) == sum(map(len, SAMPLES.values()))
    subquery = light(select(SPECIMEN.c.Uuid).limit(1).scalar_subquery())
    for other in (subquery, func.lower(SPECIMEN.c.String)):
        assert with_columns(any_columns, [*columns, other], specimens.dialect) is None


async def test_a_key_longer_than_the_column_finds_nothing(specimens: Database) -> None:
    longest = "x" * 64
    async with specimens.write() as connection:
        await connection.execute(insert(SPECIMEN).values(number=FILLERS, String=longest))
    column = SPECIMEN.c.String
    assert await numbers(specimens, among(column), keys=[longest]) == {FILLERS}
    assert await numbers(specimens, among(column), keys=[longest + "y"]) == set()
    assert await numbers(specimens, among_values(column, "w"), values={"w": [longest + "y"]}) == set()


async def test_keys_lists_and_values_together(specimens: Database) -> None:
    number, string = SPECIMEN.c.number, SPECIMEN.c.String
    statement = (
        select(number)
        .where(
            among(SPECIMEN.c.Uuid),
            among_values(string, "some"),
            ~among_values(string, "others"),
            number > bindparam("above"),
            number < bindparam("above") + 100,
            string != "14",
        )
        .order_by(number)
        .limit(bindparam("first"))
    )
    values = {
        "some": [str(n) for n in range(30)],
        "others": ["12"],
        "above": 10,
        "first": 3,
        "unknown": object(),
    }
    query = compile_query(statement, specimens.dialect)
    keys = [query.raw_key(UUID(int=n)) for n in range(9, 50)]
    _, rows = await rows_of(specimens, statement, values, keys)
    assert [row[0] for row in rows] == [11, 13, 15]


async def test_named_lists_work_through_sqlalchemy_too(specimens: Database) -> None:
    statement = select(SPECIMEN.c.number).where(among_values(SPECIMEN.c.Uuid, "some"))
    async with specimens.read() as connection:
        for some in ([], [UUID(int=1), UUID(int=2)], [UUID(int=3)]):
            found = await connection.scalars(statement, {"some": some})
            assert sorted(found) == [key.int for key in some]


CONDITIONS: Sequence[tuple[Any, Mapping[str, Any], Sequence[Any]]] = [
    (among(SPECIMEN.c.Uuid), {}, [UUID(int=1)]),
    (among(SPECIMEN.c.Uuid, SPECIMEN.c.number), {}, [UUID(int=1), 1]),
    (among_values(SPECIMEN.c.String, "some"), {"some": ["1", "2"]}, []),
]


@pytest.mark.parametrize(("condition", "values", "key"), CONDITIONS)
async def test_keys_are_looked_up_in_the_index(
    specimens: Database, condition: Any, values: Mapping[str, Any], key: Sequence[Any]
) -> None:
    query = compile_query(select(SPECIMEN.c.Double).where(condition), specimens.dialect)
    keys = [query.raw_key(*key)] if key else []

    def steps() -> Steps[str]:
        if specimens.dialect.name == "sqlite":
            rows = yield f"EXPLAIN QUERY PLAN {query.text}", query.bind(values, keys)
            return "\n".join(row[3] for row in rows)
        yield "SET LOCAL plan_cache_mode = force_generic_plan", ()
        rows = yield f"EXPLAIN {query.text}", query.bind(values, keys)
        return "\n".join(row[0] for row in rows)

    plan = await specimens.fetch(steps)
    assert "specimen" in plan
    assert not any(scan in plan for scan in ("Seq Scan on specimen", "SCAN specimen")), plan


def test_a_list_that_would_change_the_text_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="among_values"):
        compile_query(select(SPECIMEN.c.number).where(SPECIMEN.c.number.in_([1, 2])), database.dialect)


def test_two_lists_of_keys_are_refused(database: Database) -> None:
    statement = select(SPECIMEN.c.number).where(among(SPECIMEN.c.number), among(SPECIMEN.c.String))
    with pytest.raises(ValueError, match="one `among`"):
        compile_query(statement, database.dialect)


def test_a_value_that_is_missing_is_named(database: Database) -> None:
    query = compile_query(
        select(SPECIMEN.c.number).where(SPECIMEN.c.number == bindparam("wanted")), database.dialect
    )
    with pytest.raises(KeyError, match="wanted"):
        query.bind({})
