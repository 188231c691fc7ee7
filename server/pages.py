"""What web pages that live in this process may use of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.routing import BaseRoute
from starlette.types import Scope

from server.faults import Refusal
from server.graphql.execution import GraphQL
from server.graphql.guard import GraphQLRequest
from server.language import language_of
from server.rate import CHANGE, LEAST
from server.record import request_id_of
from server.settings import Settings
from server.sign_in.credentials import SignIn
from server.sign_in.reception import Reception
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class PageHost:
    """The server as pages see it: GraphQL as every client has it, and the settings that concern forms."""

    graphql: GraphQL
    settings: Settings
    sign_in: SignIn

    @property
    def reception(self) -> Reception | None:
        """Where people sign in; None where nobody does."""
        return Reception(self.settings, self.sign_in) if self.settings.signs_in else None

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https only."""
        return self.settings.public_url.startswith("https:")

    @property
    def most_bytes(self) -> int:
        """How large a request body may be."""
        return self.settings.max_body_bytes

    @property
    def body_seconds(self) -> float:
        """How long a request body may take to arrive."""
        return self.settings.body_seconds

    def wait(self, scope: Scope) -> int:
        """Count a request for a page, as of whom the scope holds, and answer with 0; or with the seconds
        until that client is heard again."""
        rates = self.graphql.rates
        if rates is None:
            return 0
        allowance = rates.of(scope)
        if not allowance.wait:
            allowance.points -= LEAST if scope["method"] == "GET" else LEAST + CHANGE
            return 0
        return allowance.wait

    def language(self, scope: Scope) -> Language:
        """The language that the request asks for."""
        return language_of(scope, self.settings.language)

    def request_id(self, scope: Scope) -> str:
        """The number under which the request is in the log."""
        return request_id_of(scope)

    async def execute(
        self, scope: Scope, document: str, variables: Mapping[str, Any], language: Language
    ) -> Mapping[str, Any]:
        """The answer to an operation, asked as whoever sent the request: `data`, and `errors` if any."""
        try:
            await self.sign_in.admit(scope)
        except Refusal as refusal:
            refused: Mapping[str, Any] = orjson.loads(refusal.reply(language).body)
            return refused
        return await self.graphql.execute(
            scope, GraphQLRequest(document, variables, from_inside=True), language
        )


MakePages = Callable[[PageHost], Sequence[BaseRoute]]
"""Makes the routes of pages."""


def no_pages(host: PageHost) -> Sequence[BaseRoute]:
    """A server without pages."""
    return ()
