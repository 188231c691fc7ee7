"""What the console needs of the server that it lives in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.types import Scope

from wording.catalogue import Language


class Visitor(Protocol):
    """Somebody who is signed in."""

    @property
    def account(self) -> str:
        """What the account is called."""

    @property
    def display_name(self) -> str:
        """What the person is called."""

    @property
    def by_provider(self) -> bool:
        """Whether the identity provider has vouched for them, and not a password of ours."""


class Reception(Protocol):
    """Where people sign in, as far as pages know it. Cookies are values of `Set-Cookie` headers."""

    @property
    def has_provider(self) -> bool:
        """Whether people can sign in at an identity provider."""

    async def visitor(self, scope: Scope) -> Visitor | None:
        """Who is signed in."""

    def wait(self, scope: Scope, account: str | None = None) -> int:
        """Seconds until somebody may try again to show who they are; 0 for now, which counts."""

    async def enter(self, scope: Scope, account: str, password: str, code: str) -> list[str] | None:
        """Sign in to a local account: the cookies, or None when anything is wrong."""

    async def leave(self, scope: Scope) -> list[str]:
        """Sign out: the cookies that take the others away."""

    async def out_of_provider(self) -> str | None:
        """Where one is signed out at the identity provider too; None where that cannot be had."""

    async def change_password(self, scope: Scope, old: str, new: str, language: Language) -> list[str]:
        """Change the password of who is signed in: what has to be mended first."""

    async def enrol_code(self, scope: Scope, language: Language) -> tuple[str, str, str]:
        """A new secret for one-time codes, the same as a URI, and what has to be mended first."""

    async def confirm_code(self, scope: Scope, code: str, language: Language) -> str:
        """Ask for codes from now on, if this is one: what has to be mended first."""

    async def to_provider(self, next: str) -> tuple[str, str] | None:
        """Where the identity provider is, and a cookie for the way; None where it cannot be asked."""

    async def from_provider(self, request: Request) -> tuple[str, list[str]] | None:
        """Where somebody who comes back goes on, and the cookies; None for whom it does not vouch for."""


class Host(Protocol):
    """The server, as far as pages know it."""

    @property
    def most_bytes(self) -> int:
        """How large a form may be."""

    @property
    def body_seconds(self) -> float:
        """How long a form may take to arrive."""

    @property
    def reception(self) -> Reception | None:
        """Where people sign in; None where nobody does."""

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https only."""

    def wait(self, scope: Scope) -> int:
        """Seconds until whoever asks may ask for a page again; 0 for now, which counts."""

    def language(self, scope: Scope) -> Language:
        """The language that the browser asks for."""

    def request_id(self, scope: Scope) -> str:
        """The number under which the request is in the log."""

    async def execute(
        self, scope: Scope, document: str, variables: Mapping[str, Any], language: Language
    ) -> Mapping[str, Any]:
        """The API's answer to an operation, asked as whoever sent the request: `data` and `errors`."""
