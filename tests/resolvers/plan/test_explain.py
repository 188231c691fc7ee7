"""Which way the databases go to the rows: along an index, never through the whole of a table that grows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLObjectType
from sqlalchemy import Select, insert, literal, select

from bench.graphql import city
from db.database import Database
from db.dialect import SQLITE
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.base import Base
from db.tables.conference import ConferenceSession, Resolution
from db.tables.dispute import Assignment, Dispute, Party, PartyIdentity
from db.tables.event import Event
from db.tables.objection import Objection
from resolvers.criteria import DisputeCriteria, conditions, given
from resolvers.delivery import DELIVERY
from resolvers.description import Computed, Connection, Description, Found, Relation, Source, Via, lookup
from resolvers.dispute import DISPUTE
from resolvers.page import Direction, Shape, SortField, Sorting, select_page
from resolvers.plan.builder import description_of
from resolvers.plan.shape import Unplanned
from schema.schema import schema
from tests.conftest import PostgresDatabases, SqliteFiles

DISPUTES = 20_000
"""Of fewer PostgreSQL would rather read all than jump about."""
KEYS = 50
"""How many keys a statement is given: a page of them."""
BIG = {
    "dispute", "party", "party_identity", "fact", "decision", "assignment", "event", "outbox", "audit_record",
    "conference_session", "participant", "resolution", "objection", "idempotency_key", "holder",
}  # fmt: skip
"""Tables that grow with the disputes."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A register in which every big table that is read has thousands of rows."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_databases"
    databases: SqliteFiles | PostgresDatabases = request.getfixturevalue(name)
    made = databases.empty()
    city.load(made, DISPUTES)
    asyncio.run(_complete(made))
    yield made
    databases.drop(made)


@pytest.fixture
async def ways(url: str) -> AsyncIterator[Ways]:
    """The ways to the rows of the register."""
    database = Database.open(url)
    yield Ways(database)
    await database.close()


async def _complete(url: str) -> None:
    """Store what `bench.graphql.city` leaves out."""
    database = Database.open(url)
    async with database.write() as connection:
        for table, rows in _left_out():
            await connection.execute(insert(table).from_select(list(rows.selected_columns.keys()), rows))
    async with database.write() as connection:
        await connection.exec_driver_sql("ANALYZE")
    await database.close()


def _left_out() -> list[tuple[type[Base], Any]]:
    of_dispute = (Dispute.id, Dispute.city, Dispute.id.label("dispute_id"))
    word, yes = literal("x"), literal(True)
    data = literal({}, Event.data.type).label("data")
    happened = (word.label("type"), word.label("actor"), Dispute.received_at.label("occurred_at"), data)
    session = (ConferenceSession.id.label("session_id"), ConferenceSession.city)
    lead, moment = literal("990100-ecology").label("lead_unit_code"), ConferenceSession.created_at
    party = (word.label("role"), yes.label("anonymous"), yes.label("reachable"))
    resolved = (word.label("text"), moment.label("resolved_at"), word.label("resolved_by"))
    contested = (
        Assignment.id,
        Assignment.city,
        Assignment.dispute_id,
        Assignment.decision_id,
        Assignment.unit_code,
    )
    raised = (Assignment.assigned_at.label("raised_at"), Assignment.assigned_by.label("raised_by"))
    objection = (Assignment.id.label("assignment_id"), word.label("reason"), word.label("state"))
    return [
        (Objection, select(*contested, *raised, *objection).where(Assignment.role == "lead")),
        (Event, select(*of_dispute, literal(1).label("sequence"), *happened)),
        (Party, select(*of_dispute, *party)),
        (PartyIdentity, select(Dispute.id.label("party_id"), Dispute.city)),
        (Resolution, select(*session, lead, *resolved)),
    ]


class Ways:
    """Asks a database which way it would go, on a connection as plans have it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.dialect = database.dialect
        self.is_sqlite = database.dialect.name == SQLITE

    async def of(self, query: Query, parameters: Sequence[Any], *, any_values: bool = False) -> str:
        """The way to the rows of a statement; with `any_values`, the one that serves all parameters."""
        if self.is_sqlite:
            rows = await self.rows(f"EXPLAIN QUERY PLAN {query.text}", parameters)
            return "\n".join(row[3] for row in rows)
        if not any_values:
            return "\n".join(row[0] for row in await self.rows(f"EXPLAIN {query.text}", parameters))
        nothing = f"({', '.join('NULL' for _ in parameters)})" if parameters else ""

        def steps() -> Steps[str]:
            yield "SET LOCAL plan_cache_mode = force_generic_plan", ()
            yield f"PREPARE asked AS {query.text}", ()
            rows = yield f"EXPLAIN EXECUTE asked{nothing}", ()
            yield "DEALLOCATE asked", ()
            return "\n".join(row[0] for row in rows)

        return await self.database.fetch(steps)

    async def rows(self, query: Query | str, parameters: Sequence[Any]) -> Sequence[Row]:
        """The rows of one statement."""

        def steps() -> Steps[Sequence[Row]]:
            return (yield query, parameters)

        return await self.database.fetch(steps, several=False)

    def read_through(self, way: str) -> set[str]:
        """The big tables of which every row is looked at, in no order."""
        if self.is_sqlite:
            found = [line.split()[1] for line in way.splitlines() if re.match(r"SCAN (?!.* USING )", line)]
        else:
            found = re.findall(r"Seq Scan on (\w+)", way)
        return {name for name in found if re.sub(r"_\d+$", "", name) in BIG}


def _relations() -> dict[str, Relation]:
    """All relations of the schema, and all lookups, by name."""
    found: dict[Relation, str] = {}
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                try:
                    description = description_of(field)
                except Unplanned:
                    continue
                for relation in _of(description):
                    found.setdefault(relation, f"{type_.name}.{name}")
    by_number = (lookup(DISPUTE, columns) for columns in (("number",), ("key", "number")))
    named = {f"{name} -> {relation.source.name}": relation for relation, name in found.items()}
    return {**named, **{f"by {relation.child_columns}": relation for relation in by_number}}


def _of(description: Description) -> Iterator[Relation]:
    match description:
        case Relation():
            yield description
        case Via(relation=relation, then=then):
            yield relation
            yield from _of(then)
        case Computed(related=related):
            yield from (each.relation for each in related.values())
        case Found(kinds=kinds):
            for kind in kinds.values():
                if isinstance(kind, Source):
                    yield lookup(kind, kind.identity)


RELATIONS = _relations()


def test_every_kind_of_description_is_known() -> None:
    kinds = {relation.source.name for relation in RELATIONS.values()}
    assert {"Dispute", "Assignment", "Decision", "Event", "Party", "ConferenceSession"} <= kinds
    assert len(RELATIONS) > 30


async def _keys(ways: Ways, relation: Relation) -> list[Any]:
    """Some keys that lead somewhere, as the driver gives them."""
    source = relation.source
    columns = [source.light[name] for name in relation.child_columns]
    query = compile_query(select(*columns).select_from(source.origin).limit(KEYS), ways.dialect)
    rows = await ways.rows(query, query.bind({}))
    return [row[0] if len(columns) == 1 else tuple(row) for row in rows]


def _nothing(relation: Relation) -> Any:
    """A key for a table without rows: nobody has drafted anything in this city."""
    return str(UUID(int=0)) if len(relation.on) == 1 else (0,) * len(relation.on)


RANKED = {("JointConference.sessions -> ConferenceSession", False)}
"""The newest of several parents: all of theirs are ranked, and here they are all rows of the table."""


class _Anything(dict[str, Any]):
    """Values of parameters: numbers, but no words to choose by, and the day of today."""

    def __missing__(self, name: str) -> Any:
        return 20


ANYTHING = _Anything(
    of_city=None,
    of_domain=None,
    reached_account=None,
    wanted_key=None,
    wanted_state=None,
    today=datetime(2026, 11, 21, tzinfo=UTC).date(),
)


async def test_every_relation_is_followed_along_an_index(ways: Ways) -> None:
    wrong = {}
    for name, relation in RELATIONS.items():
        keys = await _keys(ways, relation) if relation.on else []
        for one in (True, False) if relation.on else (False,):
            query = compile_query(relation.select(tuple(relation.source.columns), one=one), ways.dialect)
            parameters = query.bind(ANYTHING, keys or [_nothing(relation)])
            for any_values in (True, False):
                way = await ways.of(query, parameters, any_values=any_values)
                if ways.read_through(way) and (name, one) not in RANKED:
                    wrong[f"{name}, one {one}, any values {any_values}"] = way
    assert not wrong, "\n\n".join(chain.from_iterable(wrong.items()))


MOMENT = datetime(2026, 10, 30, tzinfo=UTC)
FILTERS: Mapping[str, DisputeCriteria] = {
    "none": DisputeCriteria(),
    "status": DisputeCriteria(status=("in_conference",)),
    "a status that nothing has": DisputeCriteria(status=("closed",)),
    "statuses": DisputeCriteria(status=("triage", "in_conference")),
    "channel": DisputeCriteria(channel=("web",)),
    "town": DisputeCriteria(region="990102001"),
    "city": DisputeCriteria(region="990100"),
    "lead": DisputeCriteria(lead_department="990100-ecology"),
    "co-unit": DisputeCriteria(co_department="990100-ecology"),
    "function": DisputeCriteria(function="ecology"),
    "received": DisputeCriteria(received_from=MOMENT, received_to=datetime(2026, 10, 31, tzinfo=UTC)),
    "triage reason": DisputeCriteria(triage_reason="no_rule"),
    "status and lead": DisputeCriteria(status=("assigned",), lead_department="990100-ecology"),
    "status, region, received": DisputeCriteria(
        status=("assigned",), region="990102001", received_from=MOMENT
    ),
}
WITHOUT_AN_INDEX = {
    "text": DisputeCriteria(text="垃圾"),
    "flags": DisputeCriteria(flags=("suspected_crime",)),
}
"""Words within a title or a list: no index of both databases leads to them."""
ORDERED = {
    ("none", "received_at"): "ix_dispute_received_at_id",
    ("status", "received_at"): "ix_dispute_status_received_at_id",
    ("a status that nothing has", "received_at"): "ix_dispute_status_received_at_id",
    ("lead", "received_at"): "ix_dispute_lead_unit_code_received_at_id",
    ("received", "received_at"): "ix_dispute_received_at_id",
    ("status and lead", "received_at"): "ix_dispute_lead_unit_code_received_at_id",
}
"""Pages that are read from an index in the order of the list, and so end when they are full."""


def _page(criteria: DisputeCriteria, sort: SortField, after: bool) -> tuple[Select[Any], dict[str, Any]]:
    values = given(criteria)
    sorting = Sorting(sort, Direction.DESC)
    statement = select_page(Shape(tuple(values), sorting, after, False, False), tuple(DISPUTE.columns))
    if after:
        place = MOMENT if sort is SortField.RECEIVED_AT else "990100-2026-005000"
        values |= {"after": place, "after_key": city.dispute_key(100, DISPUTES)}
    return statement, {**values, "size": 51}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("sort", list(SortField))
async def test_every_page_is_read_along_an_index(ways: Ways, sort: SortField, after: bool) -> None:
    wrong = {}
    for name, criteria in FILTERS.items():
        statement, values = _page(criteria, sort, after)
        query = compile_query(statement, ways.dialect)
        way = await ways.of(query, query.bind(values))
        index = "" if after else ORDERED.get((name, sort.value), "")
        # Within one number, what the number's index lacks is sorted; that costs nothing.
        sorts = re.search(r"(?<!Incremental )Sort  |TEMP B-TREE FOR ORDER BY", way)
        if ways.read_through(way) or index not in way or (index and sorts):
            wrong[name] = way
    assert not wrong, "\n\n".join(chain.from_iterable(wrong.items()))


@pytest.mark.parametrize("name", WITHOUT_AN_INDEX)
async def test_what_no_index_leads_to_is_known(ways: Ways, name: str) -> None:
    statement, values = _page(WITHOUT_AN_INDEX[name], SortField.RECEIVED_AT, after=False)
    query = compile_query(statement, ways.dialect)
    way = await ways.of(query, query.bind(values))
    assert ways.is_sqlite or ways.read_through(way)


def test_every_filter_is_looked_at() -> None:
    used = set(chain.from_iterable(given(each) for each in (*FILTERS.values(), *WITHOUT_AN_INDEX.values())))
    assert all(conditions([name]) for name in used)
    fields = {
        name
        for each in (*FILTERS.values(), *WITHOUT_AN_INDEX.values())
        for name in DisputeCriteria.__slots__
        if getattr(each, name) is not None
    }
    assert fields == set(DisputeCriteria.__slots__)


def test_of_what_grows_with_a_city_the_page_of_disputes_is_the_only_connection() -> None:
    found = {
        description_of(field)
        for field in schema._schema.type_map["Query"].fields.values()  # type: ignore[attr-defined]
        if _has_description(field)
    }
    connections = {each.source for each in found if isinstance(each, Connection)}
    assert connections == {DISPUTE, DELIVERY}  # deliveries are forgotten after a month


def _has_description(field: Any) -> bool:
    try:
        description_of(field)
    except Unplanned:
        return False
    return True
