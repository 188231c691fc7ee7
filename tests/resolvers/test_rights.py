"""Rights as a matrix made from the schema: every field, every role, disputes of one's own and of others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import orjson
import pytest
from sqlalchemy import String, Text, select, update
from starlette.types import Scope

from casework.actor import Actor, Grant, Role
from casework.desk import Desk
from casework.rights import ADMINISTRATORS
from db.tables.base import Base
from resolvers.context import Context
from resolvers.identity import global_id, uuid_or_nobody
from schema.schema import schema
from server.graphql.document import Unacceptable
from server.graphql.execution import GraphQL
from server.graphql.guard import GraphQLRequest
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.identity import ACTOR, actor_of
from tests.conftest import SqliteFiles
from tests.resolvers.api import Api, Way
from tests.resolvers.city import UNKNOWN
from tests.resolvers.conftest import desk_at, prepared
from tests.resolvers.known import known
from tests.resolvers.matrix import Cell, cells, every_field
from tests.resolvers.queries import QUERIES
from wording.catalogue import Language

WORD = "hirundorustica"
"""Stands in every text of the one dispute, and nowhere else."""
OWN_UNIT, OTHER_UNIT = "990102-ecology", "990121-agriculture"
OWN_REGION, OTHER_REGION = "990102", "990104"
LOOK = """query ($dispute: ID!) { dispute(id: $dispute) { number
  decision { id } decisions { id } assignments { id } parties { id } events(first: 100) { id }
  conferences { id } objections { id }
} }"""
PLACES = {
    "own unit": {"unit": OWN_UNIT},
    "own region": {"region": OWN_REGION},
    "other unit": {"unit": OTHER_UNIT},
    "other region": {"region": OTHER_REGION},
}


@dataclass
class City:
    """A city with one dispute whose texts all hold the word; `ids` are of it and all that belongs to it."""

    desk: Desk
    values: dict[str, Any]
    dispute: str
    number: str
    ids: list[str]


@pytest.fixture(scope="module")
def planted_url(sqlite_files: SqliteFiles) -> Iterator[str]:
    yield from prepared(sqlite_files, 3)


@pytest.fixture
async def city(planted_url: str) -> AsyncIterator[City]:
    desk = desk_at(planted_url)
    api = Api(desk)
    values = await known(api)
    there = await api.ask(
        "{ disputes(first: 100) { nodes { id description conferences { id } leadDepartment { code } } } }"
    )
    (dispute, *_) = (
        each["id"]
        for each in there["disputes"]["nodes"]
        if each["leadDepartment"] and each["leadDepartment"]["code"] == OWN_UNIT and each["conferences"]
    )
    await plant(desk, dispute)
    found = (await api.ask(LOOK, dispute=dispute))["dispute"]
    below = [each for part in found.values() if isinstance(part, list) for each in part]
    ids = [dispute, found["decision"]["id"], *(each["id"] for each in below)]
    yield City(desk, {**values, "dispute": dispute, "ids": ids[:100]}, dispute, found["number"], ids)
    await desk.close()


async def plant(desk: Desk, dispute: str) -> None:
    """Write the word into every text of a dispute and of what belongs to it."""
    key = uuid_or_nobody(dispute, "Dispute")
    async with desk.database.write() as connection:
        for table in Base.metadata.sorted_tables:
            values = {column.name: WORD for column in table.columns if _is_told(column)}
            values |= {name: document for name, document in DOCUMENTS.items() if name in table.columns}
            if not values:
                continue
            if table.name == "dispute":
                whose = table.c.id == key
            elif "dispute_id" in table.columns:
                whose = table.c.dispute_id == key
            elif table.name in BELOW:
                column, above = BELOW[table.name]
                parents = Base.metadata.tables[above]
                whose = table.c[column].in_(select(parents.c.id).where(parents.c.dispute_id == key))
            else:
                continue
            await connection.execute(update(table).where(whose).values(**values))


BELOW = {
    "party_identity": ("party_id", "party"),
    "resolution": ("session_id", "conference_session"),
}
"""Tables whose rows belong to a dispute by way of others: the column, and the table that it leads to."""
DOCUMENTS: dict[str, Any] = {"explanation": {"zh": [WORD], "en": [WORD]}, "data": {"told": WORD}}
CODES = {"number", "role", "origin", "state", "status", "channel", "type", "repeat", "field", "word"}
"""Texts that are codes: another word there would be a fault."""


def _is_told(column: Any) -> bool:
    """Whether a column holds a text that could be any."""
    return (
        isinstance(column.type, String | Text)
        and not column.foreign_keys
        and not column.primary_key
        and not column.name.endswith(("_id", "_code", "_domain", "_path", "_function", "_reason_code"))
        and column.name not in {*CODES, "triage_reason", "city", "decided_by_rule"}
    )


class Served:
    """The API of a server, asked by whoever."""

    def __init__(self, city: City, way: Way) -> None:
        settings = Settings(graphql_plans=way is Way.PLANS, graphql_max_cost=10**8)
        self.graphql = GraphQL(
            schema, settings, Metrics(), lambda scope, language: Context(city.desk, actor_of(scope), language)
        )

    async def ask(self, actor: Actor, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The answer to an operation."""
        scope: Scope = {"type": "http", ACTOR: actor}
        return await self.graphql.execute(scope, GraphQLRequest(text, variables), Language.ZH)


def actor_with(role: Role, place: str) -> Actor:
    """Somebody with one role in one place."""
    return Actor("somebody", (Grant(role, **PLACES[place]),))


CELLS = tuple(cells())


def test_no_field_is_left_out() -> None:
    assert {(cell.type, cell.field) for cell in CELLS} == every_field()
    assert len(CELLS) > 600


@pytest.mark.parametrize("way", list(Way))
async def test_every_field_for_every_role_and_place(city: City, way: Way) -> None:
    """Whoever may not select a field is refused, by its path; whoever may sees the one dispute from where it
    is theirs, and nothing of it from elsewhere. Which of the roles that may asks for a field makes no
    difference to what is read, so they take turns."""
    served = Served(city, way)
    turns = cycle(range(len(Role)))
    told = set()
    for cell in CELLS:
        variables: dict[str, Any] = {name: city.values[name] for name in cell.variables}
        if cell.input is not None:
            variables["input"] = {}
        for role in Role:
            if (role not in cell.roles or cell.roles == ADMINISTRATORS) and way is Way.PLANS:
                await _refused(served, cell, actor_with(role, "own unit"), variables)
        allowed = [role for role in Role if role in cell.roles]
        for place in _places(cell):
            actor = actor_with(allowed[next(turns) % len(allowed)], place)
            answer = await served.ask(actor, cell.text, variables)
            assert "data" in answer, (cell.text, actor, answer)
            body = orjson.dumps(answer).decode()
            mine = place.startswith("own")
            if mine and WORD in body:
                told.add((cell.type, cell.field))
            if cell.path[0] == "dispute":
                assert (answer["data"]["dispute"] is not None) is mine, (cell.text, actor, body)
            if not mine:
                assert WORD not in body, (cell.text, actor)
                assert city.number not in body, (cell.text, actor)
    assert told >= {
        ("Dispute", "title"),
        ("Dispute", "description"),
        ("Assignment", "reason"),
        ("ConferenceSession", "topic"),
        ("Decision", "explanation"),
        ("Event", "actor"),
        ("EventDetail", "value"),
    }


def _places(cell: Cell) -> Iterable[str]:
    """From where a field is read: what leads nowhere near a dispute is alike from everywhere, and what
    changes something, or takes a process of its own, is not asked for here."""
    if cell.roles == ADMINISTRATORS:
        return ()
    if cell.path[0] == "dispute":
        return PLACES
    dear = cell.input is not None or cell.path[0] in ("policyDifference", "exportPolicy")
    return () if dear or cell.text.startswith("subscription") else ("other unit",)


async def _refused(served: Served, cell: Cell, actor: Actor, variables: dict[str, Any]) -> None:
    if cell.text.startswith("subscription"):
        with pytest.raises(Unacceptable):
            served.graphql.accept(GraphQLRequest(cell.text, variables), {"type": "http", ACTOR: actor})
        return
    answer = await served.ask(actor, cell.text, variables)
    (error,) = answer["errors"]
    nobody = actor.role is Role.PUBLIC
    assert error["extensions"]["code"] == ("UNAUTHENTICATED" if nobody else "FORBIDDEN"), (cell.text, answer)
    assert tuple(error["path"]) == cell.path[: len(error["path"])], (cell.text, answer)
    assert "data" not in answer


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("place", [place for place in PLACES if place.startswith("other")])
async def test_whichever_way_is_taken_nothing_of_another_units_dispute_is_told(
    city: City, way: Way, place: str
) -> None:
    """Asked by somebody who may select every field, but not reach the dispute. What is for administrators
    alone is for none that keeps a part of the city only."""
    served = Served(city, way)
    asked = 0
    for name, text in QUERIES.items():
        operation = served.graphql.documents.read(text).operations[0]
        role = Role.AUDITOR if Role.AUDITOR in operation.roles else Role.ADMINISTRATOR
        answer = await served.ask(actor_with(role, place), text, {**city.values, "first": 100})
        body = orjson.dumps(answer).decode()
        assert ("data" in answer) is (operation.roles != ADMINISTRATORS), (name, answer)
        asked += role is Role.AUDITOR
        for hidden in (WORD, city.number, *city.ids):
            assert hidden not in body, (name, hidden)
    assert asked > 40


ABSENT = global_id("Dispute", UNKNOWN)
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
BY_ID = """query ($id: ID!) {
  dispute(id: $id) { id } node(id: $id) { id } similarDisputes(id: $id) { errors { code message } }
}"""
ENTITIES = "query ($all: [_Any!]!) { _entities(representations: $all) { ... on Dispute { title } } }"


@pytest.mark.parametrize("way", list(Way))
async def test_what_is_not_reached_is_as_what_is_not_there(city: City, way: Way) -> None:
    served, stranger = Served(city, way), actor_with(Role.AUDITOR, "other unit")
    alike: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (NODES, {"ids": city.ids}, {"ids": [ABSENT] * len(city.ids)}),
        (BY_ID, {"id": city.dispute}, {"id": ABSENT}),
        (ENTITIES, _entity("id", city.dispute), _entity("id", ABSENT)),
        (ENTITIES, _entity("number", city.number), _entity("number", "990100-2026-999999")),
    ]
    for text, foreign, missing in alike:
        assert await served.ask(stranger, text, foreign) == await served.ask(stranger, text, missing)


def _entity(key: str, value: str) -> dict[str, Any]:
    return {"all": [{"__typename": "Dispute", key: value}]}
