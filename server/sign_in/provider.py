"""The identity provider: its addresses, its keys, and what its tokens say.

A token is believed when one of the keys that the provider publishes signs it with an algorithm of public
keys, and it is of this issuer, for us, and of now. Keys are asked for once in a while, and when a token names
one that is not known; not oftener than every half minute, so that made-up names of keys cost the provider
nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from casework.actor import Grant
from casework.subject import LONGEST_SUBJECT, Subject
from casework.text import text_errors
from server.settings import Settings
from server.sign_in.grants import GroupGrants

log = structlog.stdlib.get_logger("lianxi.sign_in")

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures with a private key that only the provider has. Those with a shared secret are none, since the
public key would do for the secret."""
REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
LEEWAY_SECONDS = 30
"""How far the clocks of provider and server may be apart."""
KEYS_SECONDS = 600.0
"""How long keys are taken for current."""
PAUSE_SECONDS = 30.0
"""... and how long nobody asks again, whatever a token says."""
ANSWER_SECONDS = 5.0
MOST_BYTES = 1 << 18
WELL_KNOWN = "/.well-known/openid-configuration"


class BadToken(Exception):
    """A token that is not believed."""


class ProviderDown(Exception):
    """The provider cannot be asked, or answers with what makes no sense."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider does what (OpenID Connect Discovery 1.0, 3), and where it signs people out, if
    anywhere (RP-Initiated Logout 1.0, 2.1)."""

    authorization: str
    token: str
    keys: str
    end_session: str | None


class Provider:
    """The provider of the settings, which name its issuer. `ticks` gives seconds."""

    def __init__(
        self, settings: Settings, groups: GroupGrants, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.groups = groups
        self._ticks = ticks
        self._asking = asyncio.Lock()
        self._addresses: Addresses | None = None
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._down = False

    async def subject(self, token: str, audience: str, nonce: str | None = None) -> tuple[Subject, int]:
        """Whom a token is about, and when it expires, in seconds of the epoch. Raises BadToken,
        ProviderDown."""
        claims = await self.claims(token, audience, nonce)
        subject = claims["sub"]
        if len(subject) > LONGEST_SUBJECT or text_errors(subject, ()) or not subject.isprintable():
            raise BadToken("sub")
        name, shown = claims.get(self.settings.oidc_account_claim), claims.get("name")
        grants = self._grants(claims.get(self.settings.oidc_groups_claim))
        known = Subject(self.settings.oidc_issuer, subject, _text(name), _text(shown), grants)
        return known, int(claims["exp"])

    async def claims(self, token: str, audience: str, nonce: str | None = None) -> Mapping[str, Any]:
        """What a token says, if it is believed. Raises BadToken, ProviderDown."""
        keys = await self._keys_for(_key_of(token))
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.oidc_issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        if nonce is not None:
            registry.options["nonce"] = {"essential": True, "value": nonce}
        try:
            read = jwt.decode(token, keys, registry=REGISTRY)
            registry.validate(read.claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            # A token may be anything at all, and the library stumbles over some of it.
            raise BadToken(type(error).__name__) from error
        if nonce is not None and read.claims.get("azp", audience) != audience:
            raise BadToken("azp")
        return read.claims

    async def addresses(self) -> Addresses:
        """Where the provider does what, asked for once. Raises ProviderDown."""
        if self._addresses is None:
            issuer = self.settings.oidc_issuer
            told = await _fetched(issuer.rstrip("/") + WELL_KNOWN)
            names = "authorization_endpoint", "token_endpoint", "jwks_uri"
            if not isinstance(told, dict) or told.get("issuer") != issuer:
                raise ProviderDown("another issuer")
            if not all(isinstance(told.get(name), str) for name in names):
                raise ProviderDown("addresses are missing")
            end = _page(told.get("end_session_endpoint"))
            authorization, token, keys = (told[name] for name in names)
            self._addresses = Addresses(authorization, token, keys, end)
        return self._addresses

    async def _keys_for(self, key_id: str | None) -> KeySet:
        async with self._asking:
            age = self._ticks() - self._asked_at
            if age >= KEYS_SECONDS or (age >= PAUSE_SECONDS and not self._knows(key_id)):
                self._asked_at = self._ticks()
                try:
                    self._keys, self._down = await self.published(), False
                except ProviderDown as down:
                    self._down = True
                    log.warning("identity provider cannot be asked for its keys", reason=str(down))
        if self._keys is None or (self._down and not self._knows(key_id)):
            raise ProviderDown("no keys")
        return self._keys

    async def published(self) -> KeySet:
        """The keys that it publishes now. Raises ProviderDown."""
        told = await _fetched((await self.addresses()).keys)
        listed = told.get("keys") if isinstance(told, dict) else None
        keys = [key for each in listed or () if (key := _read_key(each))] if isinstance(listed, list) else []
        if not keys:
            raise ProviderDown("none of its keys can be read")
        return KeySet(keys)

    def _knows(self, key_id: str | None) -> bool:
        return self._keys is not None and (key_id is None or any(key.kid == key_id for key in self._keys))

    def _grants(self, groups: object) -> tuple[Grant, ...]:
        named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        found = (self.groups.get(group, ()) for group in named if isinstance(group, str))
        return tuple(dict.fromkeys(grant for grants in found for grant in grants))


def _read_key(document: Any) -> Key | None:
    """A published key; None for one of a kind that is not known, which is no reason to give up the others
    (RFC 7517, 5)."""
    try:
        return import_key(document) if isinstance(document, dict) else None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _key_of(token: str) -> str | None:
    """The key that a token says it is signed with. Raises BadToken for what is no token."""
    try:
        key_id = jws.extract_compact(token.encode("ascii"), registry=REGISTRY).headers().get("kid")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadToken(type(error).__name__) from error
    if not isinstance(key_id, str | None):
        raise BadToken("kid")
    return key_id


async def _fetched(url: str) -> Any:
    """The JSON at an address of the provider's. Raises ProviderDown."""
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            httpx.AsyncClient(timeout=ANSWER_SECONDS) as client,
            client.stream("GET", url) as answer,
        ):
            answer.raise_for_status()
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ProviderDown(f"{url} answers with too much")
        return orjson.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        raise ProviderDown(f"{url}: {type(error).__name__}") from error


def _page(address: object) -> str | None:
    """An address to send browsers to; None for what is none."""
    try:
        url = httpx.URL(address) if isinstance(address, str) else httpx.URL()
    except httpx.InvalidURL:
        return None
    return str(url) if url.scheme in {"https", "http"} and url.host else None


def _text(value: object) -> str:
    return value if isinstance(value, str) and not text_errors(value, ()) else ""
