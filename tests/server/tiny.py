"""A schema with one field for each thing that can happen to a request, and the application around it."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.federation import Schema

from db.faults import DatabaseBusy, DatabaseUnavailable
from server.graphql.endpoint import Endpoint
from server.graphql.execution import GraphQL
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.credentials import SignIn


@strawberry.federation.type(keys=["id"])
class Thing:
    id: strawberry.ID

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> Thing:
        return cls(id=id)

    @strawberry.field
    def inner(self) -> Thing:
        return self


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, times: int = 1, name: str | None = None) -> str:
        return "x" * times

    @strawberry.field
    def thing(self) -> Thing:
        return Thing(id=strawberry.ID("1"))

    @strawberry.field
    def spoken(self, info: strawberry.Info) -> str:
        return str(info.context)

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError("a secret of the inside")

    @strawberry.field
    def missing(self) -> str | None:
        raise GraphQLError("no such thing", extensions={"code": "NOT_FOUND", "what": "thing"})

    @strawberry.field
    def strange(self) -> str | None:
        raise GraphQLError("a code of nobody's", extensions={"code": "TEAPOT"})

    @strawberry.field
    def busy(self) -> str | None:
        raise DatabaseBusy("error.database_busy")

    @strawberry.field
    def gone(self) -> str | None:
        raise DatabaseUnavailable("error.database_busy")

    @strawberry.field
    async def endless(self) -> str | None:
        await asyncio.Event().wait()
        return None

    @strawberry.field
    def nothing(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def huge(self) -> int | None:
        return 2**40

    @strawberry.field
    def colour(self) -> Colour | None:
        return "blue"  # type: ignore[return-value]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, to: int) -> int:
        return to


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


schema = Schema(
    query=Query, mutation=Mutation, subscription=Subscription, types=[Thing], federation_version="2.9"
)


def tiny_app(settings: Settings, metrics: Metrics | None = None) -> Starlette:
    """The tiny schema behind the real endpoint; the context is the caller's language."""
    metrics = metrics or Metrics()
    graphql = GraphQL(schema, settings, metrics, lambda scope, language: language)
    return Starlette(routes=[Route("/graphql", Endpoint(graphql, settings, metrics, SignIn(settings)))])


@asynccontextmanager
async def tiny_client(**settings: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application in this process."""
    transport = httpx.ASGITransport(tiny_app(Settings(**settings)))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
