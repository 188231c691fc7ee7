"""The same operations as Strawberry's documentation writes them: one async resolver a relation, DataLoaders
made for each request, and SQLAlchemy's ORM with asyncpg.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import URL, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from bench.peers.serving import POOL, serve
from db.tables import conference, dispute, unit

# asyncpg takes the address from PGHOST, PGUSER and so on.
engine = create_async_engine(URL.create("postgresql+asyncpg"), pool_size=POOL, max_overflow=0)
session = async_sessionmaker(engine, expire_on_commit=False)


def global_id(kind: str, key: UUID) -> strawberry.ID:
    return strawberry.ID(urlsafe_b64encode(f"{kind}:{key}".encode()).rstrip(b"=").decode())


def key_of(id_: str) -> UUID:
    return UUID(urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).decode().partition(":")[2])


async def load_departments(codes: list[str]) -> list[unit.Unit]:
    async with session() as opened:
        rows = await opened.scalars(select(unit.Unit).where(unit.Unit.code.in_(codes)))
    found = {row.code: row for row in rows}
    return [found[code] for code in codes]


async def load_disputes(keys: list[UUID]) -> list[dispute.Dispute | None]:
    async with session() as opened:
        rows = await opened.scalars(select(dispute.Dispute).where(dispute.Dispute.id.in_(keys)))
    found = {row.id: row for row in rows}
    return [found.get(key) for key in keys]


def grouped(keys: list[UUID], pairs: Iterable[tuple[UUID, Any]]) -> list[list[Any]]:
    found = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return [found[key] for key in keys]


async def load_co_departments(keys: list[UUID]) -> list[list[unit.Unit]]:
    table = dispute.Assignment
    statement = (
        select(table.dispute_id, unit.Unit)
        .join(unit.Unit, unit.Unit.code == table.unit_code)
        .where(table.dispute_id.in_(keys), table.role == "co", table.ended_at.is_(None))
        .order_by(table.assigned_at, table.id)
    )
    async with session() as opened:
        return grouped(keys, ((key, row) for key, row in await opened.execute(statement)))


async def load_conferences(keys: list[UUID]) -> list[list[conference.ConferenceSession]]:
    table = conference.ConferenceSession
    statement = select(table).where(table.dispute_id.in_(keys)).order_by(table.created_at, table.id)
    async with session() as opened:
        return grouped(keys, ((row.dispute_id, row) for row in await opened.scalars(statement)))


async def load_participants(keys: list[UUID]) -> list[list[conference.Participant]]:
    table = conference.Participant
    statement = select(table).where(table.session_id.in_(keys)).order_by(table.position)
    async with session() as opened:
        return grouped(keys, ((row.session_id, row) for row in await opened.scalars(statement)))


LOADERS: dict[str, Callable[[list[Any]], Awaitable[Sequence[Any]]]] = {
    "departments": load_departments,
    "disputes": load_disputes,
    "co_departments": load_co_departments,
    "conferences": load_conferences,
    "participants": load_participants,
}


@strawberry.enum
class DisputeStatus(Enum):
    TRIAGE = "triage"
    ASSIGNED = "assigned"
    IN_CONFERENCE = "in_conference"


@strawberry.enum
class ParticipantRole(Enum):
    CHAIR = "chair"
    MEMBER = "member"
    TERRITORIAL_OWNER = "territorial_owner"


@strawberry.federation.type(keys=["code"])
class Department:
    code: str
    name: str

    @classmethod
    def of(cls, row: unit.Unit) -> Department:
        return cls(code=row.code, name=row.name)

    @classmethod
    async def resolve_reference(cls, info: Info, code: str) -> Department:
        return cls.of(await info.context["departments"].load(code))


@strawberry.type
class Participant:
    role: ParticipantRole
    unit_code: strawberry.Private[str]

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context["departments"].load(self.unit_code))


@strawberry.type
class ConferenceSession:
    id: strawberry.ID
    topic: str
    key: strawberry.Private[UUID]

    @strawberry.field
    async def participants(self, info: Info) -> list[Participant]:
        rows = await info.context["participants"].load(self.key)
        return [Participant(role=ParticipantRole(row.role), unit_code=row.unit_code) for row in rows]


@strawberry.federation.type(keys=["id"])
class Dispute:
    id: strawberry.ID
    number: str
    title: str
    description: str
    status: DisputeStatus
    severity: int
    received_at: datetime
    key: strawberry.Private[UUID]
    lead_unit_code: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: dispute.Dispute) -> Dispute:
        return cls(
            id=global_id("Dispute", row.id),
            number=row.number,
            title=row.title,
            description=row.description,
            status=DisputeStatus(row.status),
            severity=row.severity,
            received_at=row.received_at,
            key=row.id,
            lead_unit_code=row.lead_unit_code,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Dispute | None:
        row = await info.context["disputes"].load(key_of(id))
        return cls.of(row) if row else None

    @strawberry.field
    async def lead_department(self, info: Info) -> Department | None:
        if self.lead_unit_code is None:
            return None
        return Department.of(await info.context["departments"].load(self.lead_unit_code))

    @strawberry.field
    async def co_departments(self, info: Info) -> list[Department]:
        return [Department.of(row) for row in await info.context["co_departments"].load(self.key)]

    @strawberry.field
    async def conferences(self, info: Info) -> list[ConferenceSession]:
        rows = await info.context["conferences"].load(self.key)
        return [
            ConferenceSession(id=global_id("ConferenceSession", row.id), topic=row.topic, key=row.id)
            for row in rows
        ]


@strawberry.type
class DisputeEdge:
    cursor: str
    node: Dispute


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class DisputeConnection:
    edges: list[DisputeEdge]
    page_info: PageInfo


@strawberry.input
class DisputeFilter:
    status: list[DisputeStatus] | None = None


@strawberry.type
class Query:
    @strawberry.field
    async def dispute(self, info: Info, id: strawberry.ID) -> Dispute | None:
        return await Dispute.resolve_reference(info, id)

    @strawberry.field
    async def disputes(
        self, filter: DisputeFilter | None = None, first: int | None = None
    ) -> DisputeConnection:
        first = first or 20
        table = dispute.Dispute
        statement = select(table).order_by(table.received_at.desc(), table.id.desc()).limit(first + 1)
        if filter and filter.status:
            statement = statement.where(table.status.in_([status.value for status in filter.status]))
        async with session() as opened:
            rows = list(await opened.scalars(statement))
        edges = [DisputeEdge(cursor=cursor(row), node=Dispute.of(row)) for row in rows[:first]]
        end = edges[-1].cursor if edges else None
        return DisputeConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end)
        )


def cursor(row: dispute.Dispute) -> str:
    return urlsafe_b64encode(f"{row.received_at.isoformat()}|{row.id}".encode()).decode()


class App(GraphQL[dict[str, Any], None]):
    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> dict[str, Any]:
        return {name: DataLoader(load_fn=load) for name, load in LOADERS.items()}


schema = strawberry.federation.Schema(query=Query, types=[Department, Dispute])

if __name__ == "__main__":
    serve(App(schema), int(os.environ["PORT"]))
