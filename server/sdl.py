"""The schema as a file: for gateways, code generators and those who read it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from strawberry.federation import Schema

from server.caching import holds, tag
from server.faults import FaultCode, Refusal
from server.headers import headers_of
from server.language import language_of
from server.settings import Settings


class SchemaFile:
    """The schema's SDL as text, unless the settings say that nobody may ask for it."""

    def __init__(self, schema: Schema, settings: Settings) -> None:
        self.settings = settings
        self.text = (schema.as_str() + "\n").encode()
        self.tag = tag(self.text)
        self.headers = {"cache-control": "public, max-age=300", "etag": self.tag.decode()}

    async def get(self, request: Request) -> Response:
        """The whole of it; 304 for those who have it."""
        if not self.settings.graphql_introspection:
            refusal = Refusal(403, "request.schema_hidden", code=FaultCode.FORBIDDEN)
            return refusal.response(language_of(request.scope, self.settings.language))
        known = headers_of(request.scope).get(b"if-none-match")
        if holds(known, self.tag):
            return Response(status_code=304, headers=self.headers)
        return Response(self.text, headers=self.headers, media_type="text/plain")
