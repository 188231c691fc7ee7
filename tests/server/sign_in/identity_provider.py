"""A small identity provider: discovery, keys, the authorization code flow with PKCE. It is real as far as it
goes, listens on a port of this machine and believes whoever comes to be the one that the test says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jws
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET, AUDIENCE = "console", "a secret of the client's", "lianxi-api"


class IdentityProvider:
    """`person` are the claims of who signs in next. `asked` counts requests by path; `broken` are the paths
    that answer with 500."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key: Key = RSAKey.generate_key(2048, {"kid": "first"})
        self.published: list[Key] = [self.key]
        self.others: list[Any] = []
        """What else is published as keys."""
        self.person: dict[str, Any] = {"sub": "0815", "preferred_username": "zhang-a", "name": "张某"}
        self.asked: dict[str, int] = {}
        self.broken: set[str] = set()
        self.codes: dict[str, Mapping[str, str]] = {}
        self.nonsense: object = None
        """What is told instead of the addresses, if anything."""
        self.end_session: str | None = None
        """Where it says that it signs people out; `/end` does."""
        self.ended: list[Mapping[str, str]] = []
        """What it was asked there."""
        self.spoil: dict[str, Any] = {}
        """Claims that the next ID tokens have instead of the right ones."""

    def token(self, key: Key | None = None, alg: str = "RS256", **claims: Any) -> str:
        """A token for the API, good but for what is said otherwise; a claim that is None is left out."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 600, **self.person, **claims}
        said = {name: value for name, value in said.items() if value is not None}
        signer = key or self.key
        return jws.serialize_compact({"alg": alg, "kid": signer.kid}, json.dumps(said), signer, [alg])

    def rotate(self) -> None:
        """Sign with another key from now on, and publish both."""
        self.key = ECKey.generate_key("P-256", {"kid": "second"})
        self.published.append(self.key)

    def app(self) -> Starlette:
        """What answers."""
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/end", self._end),
        ]
        return Starlette(routes=routes)

    def _broken(self, request: Request) -> bool:
        path = request.url.path
        self.asked[path] = self.asked.get(path, 0) + 1
        return path in self.broken

    async def _discovery(self, request: Request) -> Response:
        if self._broken(request):
            return Response(status_code=500)
        if self.nonsense is not None:
            return JSONResponse(self.nonsense)
        told = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
        }
        return JSONResponse(told | ({"end_session_endpoint": self.end_session} if self.end_session else {}))

    async def _keys(self, request: Request) -> Response:
        if self._broken(request):
            return Response(status_code=500)
        told = KeySet(self.published).as_dict(private=False)
        return JSONResponse({"keys": [*self.others, *told["keys"]]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"].split()[0] == "openid"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> Response:
        if self._broken(request):
            return Response(status_code=500)
        form = dict(parse_qsl((await request.body()).decode()))
        client = b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        sound = (
            asked is not None
            and client == f"{CLIENT}:{SECRET}"
            and challenge == asked["code_challenge"]
            and form.get("redirect_uri") == asked["redirect_uri"]
        )
        if not sound or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {"aud": CLIENT, "nonce": asked.get("nonce"), **self.spoil}
        alg = "ES256" if isinstance(self.key, ECKey) else "RS256"
        id_token = self.token(alg=alg, **claims)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": id_token})

    async def _end(self, request: Request) -> Response:
        """RP-Initiated Logout 1.0, 2 and 3: whoever names no client is not sent back anywhere."""
        asked = dict(request.query_params)
        self.ended.append(asked)
        assert asked["client_id"] == CLIENT
        return RedirectResponse(asked["post_logout_redirect_uri"], 303)


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """The provider on a free port, as long as the block lasts."""
    provider = IdentityProvider()
    config = uvicorn.Config(
        provider.app(), port=0, log_config=None, lifespan="off", ws="none", access_log=False
    )
    server = uvicorn.Server(config)
    config.load()
    listener = config.bind_socket()
    provider.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(server._serve([listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0)
        yield provider
    finally:
        server.should_exit = True
        await serving
        listener.close()
