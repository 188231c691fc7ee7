"""Where people sign in: what the pages for it may use of the server."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.types import Scope

from casework.actor import Actor
from casework.one_time_code import confirm_code, enrol_code
from casework.password import ChangePassword, change_password
from casework.session import close_session
from casework.sign_in import Proof, sign_in
from casework.subject import open_session_of
from server.address import client_address, networks
from server.faults import Refusal
from server.headers import headers_of
from server.settings import Settings
from server.sign_in.code_flow import CodeFlow, read_flow
from server.sign_in.credentials import COOKIE, SignIn
from server.sign_in.identity import ACTOR
from server.sign_in.provider import BadToken, ProviderDown
from wording.catalogue import Language

log = structlog.stdlib.get_logger("lianxi.sign_in")

FLOW_SECONDS = 600
"""How long somebody may take at the identity provider."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    account: str
    display_name: str
    by_provider: bool


class Reception:
    """Lets people in and out. What it answers with for cookies are values of `Set-Cookie` headers."""

    def __init__(self, settings: Settings, credentials: SignIn) -> None:
        self.settings = settings
        self.credentials = credentials
        provider = credentials.provider
        self.flow = CodeFlow(provider) if provider is not None and settings.oidc_client_id else None
        self._proxies = networks(settings.trusted_proxies)

    @property
    def has_provider(self) -> bool:
        """Whether people can sign in at an identity provider."""
        return self.flow is not None

    async def visitor(self, scope: Scope) -> Visitor | None:
        """Who is signed in, which the scope holds from now on; None for nobody, and where that cannot be
        found out. Pages are for people: with a key or a token that got lost nobody changes what its account
        signs in with."""
        shown = self.credentials.shown(headers_of(scope))
        if shown is None or shown.header != COOKIE:
            return None
        try:
            found = await self.credentials.signed_in(shown, scope)
        except Refusal:
            return None
        scope[ACTOR] = found.actor
        return Visitor(found.actor.id, found.display_name, self._is_by_provider(scope))

    def wait(self, scope: Scope, account: str | None = None) -> int:
        """Count an attempt to show who one is, by a password or at the provider, and answer with 0; or with
        the seconds until there may be another."""
        rates = self.credentials.rates
        return 0 if rates is None else rates.wait_to_sign_in(scope, account)

    async def enter(self, scope: Scope, account: str, password: str, code: str) -> list[str] | None:
        """Sign in to a local account. Answers with the cookies of the session; None when anything is
        wrong."""
        proof = Proof(account, password, code, client_address(scope, self._proxies))
        secret = await sign_in(self.credentials.desk, proof)
        if secret is None:
            return None
        return [self._cookie(self.credentials.cookie, secret), self._cookie(self._provider_cookie, "", 0)]

    async def leave(self, scope: Scope) -> list[str]:
        """Sign out. Answers with what takes the cookies away."""
        shown = self.credentials.shown(headers_of(scope))
        if shown is not None and shown.header == COOKIE:
            await close_session(self.credentials.desk, shown.value.decode("latin-1"))
            self.credentials.forget()
        return [self._cookie(name, "", 0) for name in (self.credentials.cookie, self._provider_cookie)]

    async def change_password(self, scope: Scope, old: str, new: str, language: Language) -> list[str]:
        """Change the password of who is signed in, which signs the account out everywhere. Answers with what
        has to be mended first. Raises Refusal for who is not signed in."""
        actor = await self._actor(scope)
        request = ChangePassword(old, new, client_address(scope, self._proxies))
        result = await change_password(self.credentials.desk, actor, request)
        if result.value is not None:
            self.credentials.forget()
        return [error.message(language) for error in result.errors]

    async def enrol_code(self, scope: Scope, language: Language) -> tuple[str, str, str]:
        """A new secret for the one-time codes of who is signed in, the same as a URI that authenticators
        read, and what has to be mended first."""
        result = await enrol_code(self.credentials.desk, await self._actor(scope))
        told = "\n".join(error.message(language) for error in result.errors)
        return (result.value.secret, result.value.uri, "") if result.value else ("", "", told)

    async def confirm_code(self, scope: Scope, code: str, language: Language) -> str:
        """Ask who is signed in for codes from now on, if this is one. Answers with what has to be mended
        first."""
        result = await confirm_code(self.credentials.desk, await self._actor(scope), code)
        return "\n".join(error.message(language) for error in result.errors)

    async def to_provider(self, next: str) -> tuple[str, str] | None:
        """The address at the identity provider to send the browser to, and the cookie that it has to bring
        back; None where the provider cannot be asked."""
        assert self.flow is not None, "the page is for sites with a provider"
        try:
            url, flow = await self.flow.departure(next)
        except ProviderDown as down:
            log.warning("identity provider cannot be asked", reason=str(down))
            return None
        return url, self._cookie(self._flow_cookie, flow.cookie(), FLOW_SECONDS)

    async def from_provider(self, request: Request) -> tuple[str, list[str]] | None:
        """Where somebody who comes back from the identity provider goes on, with the cookies for it; None for
        whom it does not vouch for, and where it cannot be asked."""
        assert self.flow is not None, "the page is for sites with a provider"
        flow = read_flow(request.cookies.get(self._flow_cookie, ""))
        if flow is None:
            return None
        try:
            subject = await self.flow.arrival(dict(request.query_params), flow)
        except (BadToken, ProviderDown) as trouble:
            log.warning("not let in by the identity provider", reason=repr(trouble))
            return None
        secret = await open_session_of(self.credentials.desk, subject)
        if secret is None:
            return None
        cookies = [
            self._cookie(self.credentials.cookie, secret),
            self._cookie(self._provider_cookie, "1"),
            self._cookie(self._flow_cookie, "", 0),
        ]
        return flow.next, cookies

    async def out_of_provider(self) -> str | None:
        """The address at the identity provider that signs the browser out there too; None where it has none,
        and where it cannot be asked."""
        assert self.flow is not None, "the page is for sites with a provider"
        try:
            return await self.flow.farewell()
        except ProviderDown as down:
            log.warning("identity provider cannot be asked", reason=str(down))
            return None

    async def _actor(self, scope: Scope) -> Actor:
        shown = self.credentials.shown(headers_of(scope))
        assert shown is not None, "the page is for those who are signed in"
        return (await self.credentials.signed_in(shown)).actor

    def _is_by_provider(self, scope: Scope) -> bool:
        return self.flow is not None and self._provider_cookie in Request(scope).cookies

    @property
    def _provider_cookie(self) -> str:
        """The name of the cookie that says that a session was opened by the provider. It opens nothing
        itself."""
        return self.credentials.cookie + "_provider"

    @property
    def _flow_cookie(self) -> str:
        return self.credentials.cookie + "_flow"

    def _cookie(self, name: str, value: str, seconds: int | None = None) -> str:
        """Kept from scripts and from other sites' forms. Not `Strict`: whoever comes from the provider, or by
        a link in a message, is signed in."""
        age = "" if seconds is None else f"; Max-Age={seconds}"
        secure = "; Secure" if self.settings.public_url.startswith("https:") else ""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"
