"""Signing in at the identity provider: the browser goes there and comes back with a code (OpenID Connect Core
1.0, 3.1, with PKCE, RFC 7636, and the issuer in the answer, RFC 9207).

What the browser has to bring back is in a cookie of its own, which no other site can read or set, and not in
the memory of this server: another one may be asked when it returns.
"""

from __future__ import annotations

import hmac
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import NamedTuple

import httpx

from casework.secret import new_secret
from casework.subject import Subject
from server.sign_in.provider import ANSWER_SECONDS, BadToken, Provider, ProviderDown

with warnings.catch_warnings():
    from authlib.deprecate import AuthlibDeprecationWarning

    # It announces another HTTP library, which is chosen once authlib asks for it.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

RETURN_PATH = "/console/sign-in/return"
SIGNED_OUT_PATH = "/console/signed-out"
SCOPE = "openid profile"
LONGEST_ANSWER = 4_096


class Flow(NamedTuple):
    """One way to the provider and back: what came along, to be seen again, and where to go afterwards."""

    state: str
    nonce: str
    verifier: str
    next: str

    def cookie(self) -> str:
        """The flow as a cookie keeps it."""
        return ".".join([*self[:3], urlsafe_b64encode(self.next.encode()).rstrip(b"=").decode()])


def read_flow(cookie: str) -> Flow | None:
    """The flow in a cookie; None for anything that `Flow.cookie` did not write."""
    parts = cookie.split(".")
    if len(parts) != len(Flow._fields) or not all(parts):
        return None
    try:
        next = urlsafe_b64decode(parts[3].encode() + b"=" * (-len(parts[3]) % 4)).decode()
    except ValueError:
        return None
    return Flow(parts[0], parts[1], parts[2], next)


class CodeFlow:
    """The console as a client of the provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.settings = provider.settings

    async def departure(self, next: str) -> tuple[str, Flow]:
        """The address at the provider to send the browser to. Raises ProviderDown."""
        flow = Flow(new_secret(), new_secret(), new_secret(), next)
        addresses = await self.provider.addresses()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                addresses.authorization, state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(url), flow

    async def arrival(self, answer: Mapping[str, str], flow: Flow) -> Subject:
        """Who has come back from the provider. `answer` is the query of the address. Raises BadToken for an
        answer that is not to this flow or not to be believed, ProviderDown."""
        if not hmac.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise BadToken("state")
        if answer.get("iss", self.settings.oidc_issuer) != self.settings.oidc_issuer:
            raise BadToken("iss")
        code = answer.get("code", "")
        if not code or len(code) > LONGEST_ANSWER:
            raise BadToken("code")
        subject, _ = await self.provider.subject(
            await self._id_token(code, flow), self.settings.oidc_client_id, flow.nonce
        )
        return subject

    async def farewell(self) -> str | None:
        """The address at the provider to send the browser to, to be signed out there too (RP-Initiated Logout
        1.0, 2); None where it has none. No ID token goes along, since none is kept: the provider asks whether
        it is meant. Raises ProviderDown."""
        end = (await self.provider.addresses()).end_session
        if end is None:
            return None
        said = {
            "client_id": self.settings.oidc_client_id,
            "post_logout_redirect_uri": self.settings.public_url + SIGNED_OUT_PATH,
        }
        return str(httpx.URL(end).copy_merge_params(said))

    async def _id_token(self, code: str, flow: Flow) -> str:
        addresses = await self.provider.addresses()
        try:
            async with self._client() as client:
                tokens = await client.fetch_token(
                    addresses.token, code=code, grant_type="authorization_code", code_verifier=flow.verifier
                )
        except OAuthError as error:
            raise BadToken("code") from error
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise ProviderDown(f"{addresses.token}: {type(error).__name__}") from error
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise BadToken("id_token")
        return token

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.settings.oidc_client_id,
            self.settings.oidc_client_secret or None,
            scope=SCOPE,
            redirect_uri=self.settings.public_url + RETURN_PATH,
            code_challenge_method="S256",
            timeout=ANSWER_SECONDS,
        )
