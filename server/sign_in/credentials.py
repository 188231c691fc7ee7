"""Who a request is from: the credential that it shows, and whose that is.

What a credential was found to be is remembered for some seconds, so that most requests ask the database
nothing; so long it takes until a key that is revoked, or a role that is withdrawn, has no effect any more. A
credential that is not good is refused: who shows one does not want to be taken for nobody.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog
from starlette.types import Scope

from casework.actor import NOBODY, Actor
from casework.api_key import MARK, see_key, signed_in_by_key
from casework.desk import Desk
from casework.session import see_session, signed_in_by_session
from casework.signed_in import SignedIn
from casework.subject import signed_in_by_provider
from db.faults import Fault
from server.faults import FaultCode, Refusal
from server.headers import headers_of
from server.rate import Rates
from server.settings import Settings
from server.sign_in.identity import ACTOR, named_actor
from server.sign_in.provider import BadToken, Provider, ProviderDown

log = structlog.stdlib.get_logger("lianxi.sign_in")

KEPT_SECONDS: Final = 5.0
MOST_KEPT: Final = 10_000
LONGEST: Final = 8_192
"""Of a credential, in bytes. Tokens with many groups have some thousand."""
AUTHORIZATION, API_KEY, COOKIE = b"authorization", b"x-api-key", b"cookie"
CHALLENGE: Final = {"www-authenticate": 'Bearer realm="lianxi", error="invalid_token"'}

Headers = Mapping[bytes, bytes]


class Shown(NamedTuple):
    """A credential as a request shows it: in which header, and what."""

    header: bytes
    value: bytes


class Kept(NamedTuple):
    """Who was found behind a credential, and until when (in ticks) that is believed."""

    signed_in: SignedIn
    until: float


class SignIn:
    """Finds out who requests are from. Credentials that are not good count in `rates`, where they do. `ticks`
    gives seconds."""

    def __init__(
        self,
        settings: Settings,
        provider: Provider | None = None,
        ticks: Callable[[], float] = time.monotonic,
        rates: Rates | None = None,
    ) -> None:
        self.rates = rates
        self.required = settings.signs_in
        self.provider = provider
        self.audience = settings.oidc_audience
        self.cookie = session_cookie(settings)
        self._session = re.compile(rb"(?:^|;) *%b=([^; ]*)" % re.escape(self.cookie.encode()))
        self._ticks = ticks
        self._kept: dict[Shown, Kept] = {}
        self._seeing: set[asyncio.Task[None]] = set()
        self._desk: Desk | None = None

    def open(self, desk: Desk) -> None:
        """Take up work at a desk."""
        self._desk = desk

    @property
    def desk(self) -> Desk:
        """The desk that it works at."""
        assert self._desk is not None, "before the server has started"
        return self._desk

    async def close(self) -> None:
        """Finish what is still to be written down."""
        await asyncio.gather(*self._seeing)

    def at_once(self, headers: Headers) -> Actor | None:
        """Who a request is from, where that is known; None where `actor` has to find out. Raises Refusal."""
        if not self.required:
            return named_actor(headers)
        shown = self.shown(headers)
        if shown is None:
            return NOBODY
        kept = self._kept.get(shown)
        return kept.signed_in.actor if kept is not None and kept.until > self._ticks() else None

    async def admit(self, scope: Scope) -> None:
        """Note in the scope who a request is from. Raises Refusal."""
        if ACTOR not in scope:
            headers = headers_of(scope)
            actor = self.at_once(headers)
            scope[ACTOR] = await self.actor(headers, scope) if actor is None else actor

    async def actor(self, headers: Headers, scope: Scope | None = None) -> Actor:
        """Who a request is from, where somebody has to be asked. Raises Refusal."""
        shown = self.shown(headers)
        return NOBODY if shown is None else (await self.signed_in(shown, scope)).actor

    async def signed_in(self, shown: Shown, scope: Scope | None = None) -> SignedIn:
        """Who is behind a credential, which `scope` shows for the first time. Raises Refusal: 401 for one
        that is not good, 429 where there were too many of them, 503 where that cannot be found out now."""
        kept = self._kept.get(shown)
        if kept is not None and kept.until > self._ticks():
            return kept.signed_in
        # One that was good lately is no guess: somebody else's guesses do not keep it out.
        if kept is not None or scope is None or self.rates is None:
            return await self._look_up(shown)
        with self.rates.doubting(scope):
            return await self._look_up(shown)

    async def _look_up(self, shown: Shown) -> SignedIn:
        if len(shown.value) > LONGEST:
            raise unauthenticated()
        try:
            found = await self._find(shown)
        except ProviderDown:
            raise Refusal(
                503, "sign_in.provider_down", code=FaultCode.INTERNAL, headers={"retry-after": "30"}
            ) from None
        except Fault as fault:
            log.error("credentials cannot be looked up", fault=str(fault))
            raise Refusal(
                503, "sign_in.unavailable", code=FaultCode.INTERNAL, headers={"retry-after": "5"}
            ) from None
        if found is None:
            self._kept.pop(shown, None)
            raise unauthenticated()
        self._keep(shown, found)
        return found

    def forget(self) -> None:
        """Find out anew who is behind every credential."""
        self._kept.clear()

    def shown(self, headers: Headers) -> Shown | None:
        """The credential of a request. A session's counts where there is no other."""
        for header in (AUTHORIZATION, API_KEY):
            value = headers.get(header)
            if value is not None:
                return Shown(header, value)
        cookies = headers.get(COOKIE)
        found = self._session.search(cookies) if cookies is not None else None
        return Shown(COOKIE, found[1]) if found else None

    async def _find(self, shown: Shown) -> SignedIn | None:
        text = shown.value.decode("latin-1").strip()
        if shown.header == COOKIE:
            return self._seen(await signed_in_by_session(self.desk, text), see_session, text)
        if shown.header == AUTHORIZATION:
            scheme, _, text = text.partition(" ")
            if scheme.lower() != "bearer":
                return None
            text = text.strip()
        if text.startswith(MARK):
            return self._seen(await signed_in_by_key(self.desk, text), see_key, text)
        if shown.header == AUTHORIZATION and self.provider is not None and self.audience:
            return await self._by_token(self.desk, self.provider, text)
        return None

    async def _by_token(self, desk: Desk, provider: Provider, token: str) -> SignedIn | None:
        try:
            subject, until = await provider.subject(token, self.audience)
        except BadToken as bad:
            log.info("token refused", reason=str(bad))
            return None
        found = await signed_in_by_provider(desk, subject)
        if found is None:
            return None
        return SignedIn(found.actor, found.display_name, datetime.fromtimestamp(min(until, _LATEST), UTC))

    def _seen(
        self, found: SignedIn | None, see: Callable[[Desk, str], Awaitable[None]], text: str
    ) -> SignedIn | None:
        """Have it written down that a credential is in use, after the answer."""
        if found is not None and found.stale:
            task = asyncio.create_task(self._write_down(see, text))
            self._seeing.add(task)
            task.add_done_callback(self._seeing.discard)
        return found

    async def _write_down(self, see: Callable[[Desk, str], Awaitable[None]], text: str) -> None:
        try:
            await see(self.desk, text)
        except Fault as fault:
            log.warning("the use of a credential is not written down", fault=str(fault))

    def _keep(self, shown: Shown, found: SignedIn) -> None:
        seconds = KEPT_SECONDS
        if found.until is not None:
            seconds = min(seconds, (found.until - self.desk.clock()).total_seconds())
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[shown] = Kept(found, self._ticks() + seconds)


_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


def session_cookie(settings: Settings) -> str:
    """The name of the cookie of a session. With this prefix browsers take it from this very site only, and
    send it nowhere else (RFC 6265bis, 4.1.3.2); that needs https."""
    return "__Host-lianxi" if settings.public_url.startswith("https:") else "lianxi_session"


def unauthenticated() -> Refusal:
    """The refusal of a credential that is not good; it does not say why."""
    return Refusal(401, "sign_in.refused", code=FaultCode.UNAUTHENTICATED, headers=CHALLENGE)
