"""Tokens of an identity provider at the API: which are believed, and what becomes of the others."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from schema.schema import schema
from server.app import create_app
from server.settings import Settings
from server.sign_in.provider import PAUSE_SECONDS, BadToken, Provider, ProviderDown
from tests.server.sign_in.identity_provider import AUDIENCE, IdentityProvider, identity_provider

VIEWER = {"query": "{viewer{account role}}"}
CURVE = ECKey.generate_key("P-256", {"kid": "first"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as found:
        yield found


@asynccontextmanager
async def api(url: str, issuer: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server where people sign in."""
    known = {"sign_in": "required", "oidc_issuer": issuer, "oidc_audience": AUDIENCE, **settings}
    app = create_app(Settings(database_url=url, **known), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client


async def _ask(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/graphql", json=VIEWER, headers={"authorization": f"Bearer {token}"})


def _code(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


def _unsigned(provider: IdentityProvider, header: dict[str, Any]) -> str:
    _, body, _ = provider.token().split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{head}.{body}."


def _signed_with_the_public_key(provider: IdentityProvider) -> str:
    key = provider.key
    assert isinstance(key, RSAKey)
    head = _unsigned(provider, {"alg": "HS256", "kid": "first"}).rstrip(".")
    signature = hmac.digest(key.as_pem(private=False), head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _cut(provider: IdentityProvider) -> str:
    head, body, signature = provider.token().split(".")
    return f"{head}.{body}.{signature[:-8]}"


def _other_claims(provider: IdentityProvider) -> str:
    head, _, signature = provider.token().split(".")
    return ".".join([head, provider.token(sub="4711").split(".")[1], signature])


def _raw(text: str) -> Callable[[IdentityProvider], str]:
    return lambda provider: text


def _claims(**claims: Any) -> Callable[[IdentityProvider], str]:
    return lambda provider: provider.token(**claims)


BAD: dict[str, Callable[[IdentityProvider], str]] = {
    "expired": lambda provider: provider.token(exp=int(time.time()) - 60),
    "not yet": lambda provider: provider.token(nbf=int(time.time()) + 60),
    "issued later": lambda provider: provider.token(iat=int(time.time()) + 60),
    "never expires": _claims(exp=None),
    "expires some day": _claims(exp="tomorrow"),
    "expires at infinity": lambda provider: provider.token(exp=float("inf")),
    "wrong audience": _claims(aud="somebody-else"),
    "no audience": _claims(aud=None),
    "audience of another kind": _claims(aud={"lianxi-api": 1}),
    "wrong issuer": _claims(iss="https://evil.example"),
    "no issuer": _claims(iss=None),
    "no subject": _claims(sub=None),
    "subject of another kind": _claims(sub=7),
    "empty subject": _claims(sub=""),
    "long subject": _claims(sub="x" * 256),
    "subject with nul": _claims(sub="a\x00b"),
    "subject with half a character": _claims(sub="\ud800"),
    "none": lambda provider: _unsigned(provider, {"alg": "none", "kid": "first"}),
    "None": lambda provider: _unsigned(provider, {"alg": "None", "kid": "first"}),
    "no algorithm": lambda provider: _unsigned(provider, {"kid": "first"}),
    "algorithm of another kind": lambda provider: _unsigned(provider, {"alg": ["RS256"], "kid": "first"}),
    "unsigned": lambda provider: _unsigned(provider, {"alg": "RS256", "kid": "first"}),
    "public key as secret": _signed_with_the_public_key,
    "another's key": lambda provider: provider.token(ANOTHER),
    "unknown key": lambda provider: provider.token(RSAKey.generate_key(2048, {"kid": "unknown"})),
    "key of another kind": lambda provider: provider.token(
        ECKey.generate_key("P-256", {"kid": "first"}), "ES256"
    ),
    "name of the key of another kind": lambda provider: _unsigned(provider, {"alg": "RS256", "kid": 1}),
    "critical": lambda provider: _unsigned(provider, {"alg": "RS256", "kid": "first", "crit": ["x"]}),
    "signature cut": _cut,
    "claims changed": _other_claims,
    "empty": _raw(""),
    "garbage": _raw("garbage"),
    "three dots": _raw("..."),
    "five parts": _raw("a.b.c.d.e"),
    "not base64": _raw("!!!.???.***"),
    "claims are a list": _raw("eyJhbGciOiJSUzI1NiIsImtpZCI6ImZpcnN0In0.W10.AAAA"),
    "header is a number": _raw("MQ.e30.AAAA"),
    "deep": lambda provider: base64.urlsafe_b64encode(b'{"alg":' + b"[" * 3_000).decode() + ".e30.AAAA",
    "long": _raw("a" * 100_000),
    "a long good one": lambda provider: provider.token(filling="x" * 100_000),
    "a key of ours": _raw("lx_aaaaaaaa_" + "A" * 43),
}


async def test_no_bad_token_is_believed_nor_taken_for_none(
    sqlite_url: str, provider: IdentityProvider
) -> None:
    async with api(sqlite_url, provider.issuer) as client:
        for name, make in BAD.items():
            answer = await _ask(client, make(provider))
            assert (name, answer.status_code) == (name, 401)
            assert _code(answer) == "UNAUTHENTICATED"
            assert answer.headers["www-authenticate"].startswith("Bearer ")
            assert len(answer.content) < 500, "what is wrong is not told"
        assert (await _ask(client, provider.token())).json()["data"]["viewer"]["account"] == "zhang-a"
    assert provider.asked["/keys"] <= 2


@pytest.mark.parametrize("scheme", ["Basic", "bearer-ish", "Digest", ""])
async def test_other_schemes_are_refused(sqlite_url: str, provider: IdentityProvider, scheme: str) -> None:
    async with api(sqlite_url, provider.issuer) as client:
        headers = {"authorization": f"{scheme} {provider.token()}".strip()}
        assert (await client.post("/graphql", json=VIEWER, headers=headers)).status_code == 401


async def test_good_tokens_are_believed(
    database_url: str, provider: IdentityProvider, tmp_path: Path
) -> None:
    file = tmp_path / "grants.json"
    file.write_text(json.dumps({"leads": [{"role": "unit_lead", "unit": "990102-ecology"}], "x": []}))
    async with api(database_url, provider.issuer, oidc_grants=str(file)) as client:

        async def viewer(token: str) -> dict[str, str]:
            answer = await _ask(client, token)
            assert answer.status_code == 200, answer.text
            found: dict[str, str] = answer.json()["data"]["viewer"]
            return found

        assert await viewer(provider.token()) == {"account": "zhang-a", "role": "public"}
        led = await viewer(provider.token(groups=["leads", "x", "unknown", 7]))
        assert led == {"account": "zhang-a", "role": "unit_lead"}
        assert await viewer(provider.token(groups="leads")) == led
        assert await viewer(provider.token(groups={"leads": 1})) != led
        assert await viewer(provider.token(aud=["x", AUDIENCE])) == await viewer(provider.token())
        late = int(time.time()) - 10
        assert (await viewer(provider.token(exp=late)))["account"] == "zhang-a", "clocks differ"
        provider.person = {"sub": "0816", "preferred_username": "zhang-a"}
        assert (await viewer(provider.token()))["account"].startswith("provider-")
        provider.rotate()
        keys = Provider(Settings(oidc_issuer=provider.issuer), {})
        assert (await keys.claims(provider.token(alg="ES256"), AUDIENCE))["sub"] == "0816"


async def test_a_new_key_is_asked_for_but_not_again_and_again(provider: IdentityProvider) -> None:
    now = [1_000.0]
    asking = Provider(Settings(oidc_issuer=provider.issuer), {}, lambda: now[0])
    await asking.claims(provider.token(), AUDIENCE)
    old = provider.token()
    provider.rotate()
    with pytest.raises(BadToken):
        await asking.claims(provider.token(alg="ES256"), AUDIENCE)
    now[0] += PAUSE_SECONDS
    for _ in range(3):
        await asking.claims(provider.token(alg="ES256"), AUDIENCE)
        await asking.claims(old, AUDIENCE)
    assert provider.asked == {"/.well-known/openid-configuration": 1, "/keys": 2}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
async def test_a_provider_that_is_down_is_told_as_that(
    sqlite_url: str, provider: IdentityProvider, path: str
) -> None:
    provider.broken.add(path)
    async with api(sqlite_url, provider.issuer) as client:
        for _ in range(2):
            answer = await _ask(client, provider.token())
            assert (answer.status_code, _code(answer)) == (503, "INTERNAL")
            assert answer.headers["retry-after"] == "30"
        assert (await client.post("/graphql", json=VIEWER)).status_code == 200, "others go on"
    assert provider.asked[path] == 1, "who is down is not asked by every request"


async def test_who_is_down_later_is_believed_by_the_keys_that_are_known(provider: IdentityProvider) -> None:
    now = [1_000.0]
    asking = Provider(Settings(oidc_issuer=provider.issuer), {}, lambda: now[0])
    await asking.claims(provider.token(), AUDIENCE)
    provider.broken.add("/keys")
    now[0] += 3_600
    assert (await asking.claims(provider.token(), AUDIENCE))["sub"] == "0815"
    with pytest.raises(ProviderDown):
        await asking.claims(provider.token(RSAKey.generate_key(2048, {"kid": "unknown"})), AUDIENCE)


SECRET = {"kty": "oct", "k": "c2VjcmV0IGFuZCBwdWJsaXNoZWQ", "kid": "secret"}
UNUSABLE: list[Any] = [
    {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AAAA", "kid": "tomorrow"},
    {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "curve"},
    {"kid": "nothing"},
    "no key",
    None,
]


async def test_keys_of_other_kinds_and_for_other_ends_sign_nothing(provider: IdentityProvider) -> None:
    sealing = RSAKey.generate_key(2048, {"kid": "sealing"})
    wrapping = RSAKey.generate_key(2048, {"kid": "wrapping"})
    provider.others = [
        *UNUSABLE,
        SECRET,
        {**sealing.as_dict(private=False), "use": "enc"},
        {**wrapping.as_dict(private=False), "key_ops": ["wrapKey"]},
    ]
    asking = Provider(Settings(oidc_issuer=provider.issuer), {})
    assert (await asking.claims(provider.token(), AUDIENCE))["sub"] == "0815"
    inside = jwt.encode(
        {"alg": "RS256", "kid": "first", "cty": "JWT"}, {"jwt": provider.token()}, provider.key
    )
    for token in (provider.token(sealing), provider.token(wrapping), inside):
        with pytest.raises(BadToken):
            await asking.claims(token, AUDIENCE)
    provider.published, provider.others = [], UNUSABLE
    with pytest.raises(ProviderDown):
        await Provider(Settings(oidc_issuer=provider.issuer), {}).claims(provider.token(), AUDIENCE)


@pytest.mark.parametrize(
    "told",
    [{}, [], {"issuer": "https://evil.example"}, {"issuer": None, "jwks_uri": 7}, "x" * 300_000],
)
async def test_what_makes_no_sense_is_not_used(told: object, provider: IdentityProvider) -> None:
    provider.nonsense = told
    with pytest.raises(ProviderDown):
        await Provider(Settings(oidc_issuer=provider.issuer), {}).claims(provider.token(), AUDIENCE)


async def test_nobody_listening_is_a_provider_that_is_down() -> None:
    asking = Provider(Settings(oidc_issuer="http://127.0.0.1:9"), {})
    token = jwt.encode({"alg": "RS256", "kid": "first"}, {"sub": "x"}, ANOTHER)
    with pytest.raises(ProviderDown):
        await asking.claims(token, AUDIENCE)
