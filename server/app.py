"""The web application: what is served where, and what lives as long as the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Lifespan, Receive, Scope, Send
from strawberry.federation import Schema

from casework.desk import Desk
from casework.webhooks.address import networks_of
from db import migrate
from db.database import Database
from resolvers.context import Context
from rules.vote import Vote
from server.faults import FaultCode, Refusal, answer
from server.graphiql.page import graphiql
from server.graphql.endpoint import Endpoint
from server.graphql.execution import GraphQL
from server.graphql.sdl import SchemaFile
from server.health import readiness
from server.insiders import Insiders, InsidersRoute
from server.language import language_of
from server.metrics import TEXT_FORMAT, Metrics
from server.open311.adapter import open311
from server.pages import MakePages, PageHost, no_pages
from server.record import Record
from server.settings import Settings
from server.sign_in.credentials import SignIn
from server.sign_in.grants import group_grants
from server.sign_in.identity import ThisMachineOnly, actor_of
from server.sign_in.provider import Provider
from server.subscriptions.serving import listening
from server.subscriptions.socket import Sockets
from server.voting import vote_of
from server.warning import warning
from server.watching import watching
from server.webhooks.delivering import delivering
from wording.catalogue import Language

ENDPOINT: Final = "/graphql"
SCHEMA_FILE: Final = "/graphql/schema.graphql"


class Application(Starlette):
    """Starlette with a way of its own for GraphQL requests, which need nothing of what it does for the rest.
    It has a `desk` while its lifespan lasts."""

    endpoint: Endpoint
    sockets: Sockets
    desk: Desk

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] != "lifespan" and scope["path"].endswith("/"):
            # The same address: to be sent on would lead those who come through a proxy to an absolute one
            # that the proxy does not have.
            scope["path"] = scope["path"].rstrip("/") or "/"
        if scope["type"] == "http" and scope["path"] == ENDPOINT:
            return self.endpoint(scope, receive, send)
        if scope["type"] == "websocket" and scope["path"] == ENDPOINT:
            return self.sockets(scope, receive, send)
        return super().__call__(scope, receive, send)

    async def hang_up(self) -> None:
        """End what would go on for ever: the server stops."""
        self.endpoint.streams.close()
        await self.sockets.close()


def create_app(settings: Settings, schema: Schema, pages: MakePages = no_pages) -> Application:
    """The application of a server process, with `pages` beside the API.

    Raises BadManifest for trusted documents of no use, PackError for such a vote, BadGrants for such a file
    of what groups may do. Its lifespan opens the database and raises DatabaseUnavailable, DatabaseBusy or
    SchemaMismatch where that cannot be used.
    """
    vote = vote_of(settings)

    def context(scope: Scope, language: Language) -> Context:
        return Context(app.desk, actor_of(scope), language)

    provider = Provider(settings, group_grants(settings)) if settings.oidc_issuer else None
    metrics = Metrics()
    graphql = GraphQL(schema, settings, metrics, context)
    sign_in = SignIn(settings, provider, rates=graphql.rates)
    endpoint = Endpoint(graphql, settings, metrics, sign_in)
    host = PageHost(graphql, settings, sign_in)
    insiders = Insiders(settings)
    sockets = Sockets(endpoint.streams.subscriptions, settings, endpoint.journal, sign_in)
    app = Application(
        routes=[
            Route(ENDPOINT, endpoint),
            Route(SCHEMA_FILE, SchemaFile(schema, settings, sign_in).get),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            InsidersRoute("/metrics", metrics_page, insiders),
            *graphiql(settings),
            *open311(host),
            *pages(host),
        ],
        middleware=[
            Middleware(Record, metrics=metrics, default=settings.language),
            Middleware(ThisMachineOnly, settings=settings),
        ],
        exception_handlers={HTTPException: refuse},
        lifespan=desk_of(settings, graphql, vote, sign_in),
    )
    app.endpoint = endpoint
    app.sockets = sockets
    app.state.settings = settings
    app.state.insiders = insiders
    app.state.metrics = metrics
    return app


def desk_of(
    settings: Settings, graphql: GraphQL, vote: Vote | None, sign_in: SignIn
) -> Lifespan[Application]:
    """Opens the desk when the server starts, closes it when the server stops."""

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        database = Database.open(settings.database_url, statement_seconds=settings.statement_seconds)
        desk = Desk(
            database,
            objection_days=settings.objection_days,
            warning=timedelta(hours=settings.deadline_warning_hours),
            vote=vote,
            sealing_key=settings.sealing_key,
            webhook_networks=networks_of(settings.webhook_networks),
            session_idle=timedelta(minutes=settings.session_idle_minutes),
            session_length=timedelta(hours=settings.session_hours),
        )
        try:
            await migrate.require_current(desk.database)
            graphql.prepare(desk.database.dialect)
            async with (
                watching(desk),
                delivering(desk),
                listening(app.sockets, app.endpoint.streams, desk),
                warning(desk),
            ):
                app.desk = app.state.desk = desk
                app.state.metrics.watch(desk)
                sign_in.open(desk)
                yield
                await sign_in.close()
        finally:
            await desk.close()

    return lifespan


async def healthz(request: Request) -> Response:
    """The process lives."""
    return answer({"status": "ok"})


async def readyz(request: Request) -> Response:
    """The process can do its work: 200, else 503; for insiders with what each check found."""
    checks = await readiness(request.app.state.desk)
    ready = all(check.ok for check in checks.values())
    found: dict[str, object] = {"status": "ready" if ready else "not ready"}
    if request.app.state.insiders.has(request.scope):
        found["checks"] = {name: asdict(check) for name, check in checks.items()}
    return answer(found, 200 if ready else 503)


async def metrics_page(request: Request) -> Response:
    """The counters, for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=TEXT_FORMAT)


async def refuse(request: Request, error: Exception) -> Response:
    """Say in the caller's language that there is nothing at a path, or not by this method."""
    assert isinstance(error, HTTPException)
    language = language_of(request.scope, request.app.state.settings.language)
    if error.status_code == 404:
        refusal = Refusal(404, "request.no_such_path", code=FaultCode.NOT_FOUND)
    else:
        refusal = Refusal(error.status_code, "request.method", headers=error.headers)
    return refusal.response(language)
