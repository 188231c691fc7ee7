"""What the console needs of the server that it lives in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from starlette.types import Scope

from wording.catalogue import Language


class Host(Protocol):
    """The server, as far as pages know it."""

    @property
    def most_bytes(self) -> int:
        """How large a form may be."""

    @property
    def body_seconds(self) -> float:
        """How long a form may take to arrive."""

    def language(self, scope: Scope) -> Language:
        """The language that the browser asks for."""

    def request_id(self, scope: Scope) -> str:
        """The number under which the request is in the log."""

    async def execute(
        self, scope: Scope, document: str, variables: Mapping[str, Any], language: Language
    ) -> Mapping[str, Any]:
        """The API's answer to an operation, asked as whoever sent the request: `data` and `errors`."""
