"""The practical limit: the three operations by hand. One bare ASGI function, flat statements, dictionaries.

No GraphQL, no rights, no limits: an operation is known by its name. Departments are resident. It shows
what is left for a server to win, and is no server.
"""

from __future__ import annotations

import asyncio
import gc
import os
from binascii import a2b_base64, b2a_base64
from collections import defaultdict
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.peers.serving import POOL, serve

DISPUTE = "select id, number, title, status, severity, received_at, lead_unit_code, description from dispute "
ONE = DISPUTE + "where id = $1"
MANY = DISPUTE + "where id = any($1::uuid[])"
PAGE = DISPUTE + "where status = $1 order by received_at desc, id desc limit $2"
CO = (
    "select dispute_id, unit_code from assignment where dispute_id = any($1::uuid[]) and role = 'co' "
    "and ended_at is null order by assigned_at, id"
)
SESSIONS = (
    "select s.dispute_id, s.id, s.topic, p.roles, p.units from conference_session s cross join lateral ("
    "select array_agg(role order by position) roles, array_agg(unit_code order by position) units "
    "from participant where session_id = s.id) p where s.dispute_id = any($1::uuid[]) "
    "order by s.created_at, s.id"
)

ROLES = {role: role.upper() for role in ("chair", "member", "territorial_owner")}
STATUSES = {status: status.upper() for status in ("triage", "assigned", "in_conference")}

Json = dict[str, Any]


def global_id(kind: str, key: object) -> str:
    # Of these characters, base64 makes none that base64url spells otherwise.
    return b2a_base64(f"{kind}:{key}".encode(), newline=False).decode().rstrip("=")


def key_of(id_: str) -> str:
    return a2b_base64(id_ + "=" * (-len(id_) % 4)).decode().partition(":")[2]


class Limit:
    """The ASGI application, with connections and departments that it reads at its first request."""

    def __init__(self) -> None:
        self.starting = asyncio.Lock()
        self.connections: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()
        self.departments: dict[str | None, Json] = {}
        self.operations = {"One": self.one, "Page": self.page, "Entities": self.entities}

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        message: Any = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        request = orjson.loads(body)
        if not self.departments:
            await self.start()
        connection = await self.connections.get()
        try:
            data = await self.operations[request["operationName"]](connection, request["variables"])
        finally:
            self.connections.put_nowait(connection)
        answer = orjson.dumps({"data": data})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": answer, "more_body": False})

    async def start(self) -> None:
        async with self.starting:
            if self.departments:
                return
            for _ in range(POOL):
                self.connections.put_nowait(await asyncpg.connect())
            connection = await self.connections.get()
            rows = await connection.fetch("select code, name from unit")
            self.connections.put_nowait(connection)
            self.departments = {row[0]: {"code": row[0], "name": row[1]} for row in rows}

    async def one(self, connection: asyncpg.Connection, variables: Json) -> Json:
        row = await connection.fetchrow(ONE, key_of(variables["id"]))
        return {"dispute": row and self.dispute(row)}

    async def entities(self, connection: asyncpg.Connection, variables: Json) -> Json:
        keys = [key_of(each["id"]) for each in variables["representations"]]
        rows = await connection.fetch(MANY, keys)
        found = {str(row[0]): {**self.dispute(row), "description": row[7]} for row in rows}
        return {"_entities": [found.get(key) for key in keys]}

    async def page(self, connection: asyncpg.Connection, variables: Json) -> Json:
        first = variables["first"]
        status = variables["filter"]["status"][0].lower()
        rows = await connection.fetch(PAGE, status, first + 1)
        page = rows[:first]
        keys = [row[0] for row in page]
        departments = self.departments
        co = defaultdict(list)
        for key, unit in await connection.fetch(CO, keys):
            co[key].append(departments[unit])
        sessions = defaultdict(list)
        for key, session, topic, roles, units in await connection.fetch(SESSIONS, keys):
            participants = [
                {"role": ROLES[role], "department": departments[unit]}
                for role, unit in zip(roles or (), units or (), strict=True)
            ]
            sessions[key].append(
                {"id": global_id("ConferenceSession", session), "topic": topic, "participants": participants}
            )
        edges = [
            {
                "cursor": cursor(row[5], row[0]),
                "node": {**self.dispute(row), "coDepartments": co[row[0]], "conferences": sessions[row[0]]},
            }
            for row in page
        ]
        end = edges[-1]["cursor"] if edges else None
        return {
            "disputes": {"edges": edges, "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": end}}
        }

    def dispute(self, row: asyncpg.Record) -> Json:
        return {
            "id": global_id("Dispute", row[0]),
            "number": row[1],
            "title": row[2],
            "status": STATUSES[row[3]],
            "severity": row[4],
            "receivedAt": row[5],
            "leadDepartment": self.departments.get(row[6]),
        }


def cursor(moment: datetime, key: object) -> str:
    return b2a_base64(f"{moment.isoformat()}|{key}".encode(), newline=False).decode()


if __name__ == "__main__":
    # What is loaded by now stays, and answers hold no cycles: the collector need not look often.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    serve(Limit(), int(os.environ["PORT"]))
