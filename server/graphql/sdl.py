"""The schema as a file: for gateways, code generators and those who read it."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from strawberry.federation import Schema

from casework.actor import NOBODY
from casework.rights import DEVELOPERS
from server.faults import FaultCode, Refusal
from server.graphql.caching import holds, tag
from server.headers import headers_of
from server.language import language_of
from server.settings import Settings
from server.sign_in.credentials import SignIn
from server.sign_in.identity import actor_of

ASK: Final = {"www-authenticate": 'Bearer realm="lianxi"'}
"""What is said to those who showed nothing (RFC 6750, 3)."""


class SchemaFile:
    """The schema's SDL as text, for those who may have the API described, unless the settings say that nobody
    may."""

    def __init__(self, schema: Schema, settings: Settings, sign_in: SignIn) -> None:
        self.settings = settings
        self.sign_in = sign_in
        self.text = (schema.as_str() + "\n").encode()
        self.tag = tag(self.text)
        kept = "private" if settings.signs_in else "public"
        self.headers = {"cache-control": f"{kept}, max-age=300", "etag": self.tag.decode()}

    async def get(self, request: Request) -> Response:
        """The whole of it; 304 for those who have it."""
        try:
            await self._check(request)
        except Refusal as refusal:
            return refusal.response(language_of(request.scope, self.settings.language))
        known = headers_of(request.scope).get(b"if-none-match")
        if holds(known, self.tag):
            return Response(status_code=304, headers=self.headers)
        return Response(self.text, headers=self.headers, media_type="text/plain")

    async def _check(self, request: Request) -> None:
        if not self.settings.graphql_introspection:
            raise Refusal(403, "request.schema_hidden", code=FaultCode.FORBIDDEN)
        await self.sign_in.admit(request.scope)
        if self.sign_in.rates is not None:
            self.sign_in.rates.admit(request.scope)
        actor = actor_of(request.scope)
        if actor is NOBODY:
            raise Refusal(401, "request.not_described", code=FaultCode.UNAUTHENTICATED, headers=ASK)
        if not actor.plays(*DEVELOPERS):
            raise Refusal(403, "request.not_described", code=FaultCode.FORBIDDEN)
