"""Signing in and out at the console, with a password and at an identity provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from casework.account import DisableAccount, GrantRole, disable_account, grant_role
from casework.actor import Role
from casework.api_key import IssueApiKey, issue_api_key
from console.pages import pages
from console.sign_in import next_of
from db.database import Database
from schema.schema import schema
from server.app import create_app
from server.settings import Settings
from tests.casework.accounts import KEEPER, PASSWORD, SEALING_KEY, add, hash_quickly
from tests.conftest import desk_on
from tests.console.html import fields, read
from tests.console.test_every_page import (
    _check_controls,
    _check_headers,
    _check_sources,
    _check_structure,
)
from tests.server.sign_in.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider

SITE = "https://lianxi.example"
FORM = {"account": "clerk-a", "password": PASSWORD}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@asynccontextmanager
async def site(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a site where people sign in, reached by https."""
    known = {"database_url": url, "sign_in": "required", "public_url": SITE, **settings}
    app = create_app(Settings(**known), schema, pages)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            yield client


@pytest.fixture
async def clerk(database_url: str) -> str:
    """A database with a clerk who has a password."""
    await _add_clerk(database_url)
    return database_url


@pytest.fixture
async def one_clerk(sqlite_url: str) -> str:
    """The same for what is all the same to the database."""
    await _add_clerk(sqlite_url)
    return sqlite_url


async def _add_clerk(url: str) -> None:
    database = Database.open(url)
    await add(desk_on(database), "clerk-a", Role.CLERK, password=PASSWORD)
    await database.close()


async def _sign_in(
    browser: httpx.AsyncClient, path: str = "/console/sign-in", **change: str
) -> httpx.Response:
    form = fields(read((await browser.get(path)).text).one(id="sign-in"))
    return await browser.post("/console/sign-in", data={**form, **FORM, **change})


async def test_in_and_out(clerk: str) -> None:
    async with site(clerk) as browser:
        asked = await browser.get("/console/disputes?lang=en")
        assert (asked.status_code, asked.headers["location"]) == (
            303,
            "/console/sign-in?next=%2Fconsole%2Fdisputes%3Flang%3Den",
        )
        form = read((await browser.get(asked.headers["location"])).text)
        assert form.all("html")[0].attributes["lang"] == "en", "the language that was asked for stays"
        entered = await _sign_in(browser, asked.headers["location"])
        assert (entered.status_code, entered.headers["location"]) == (303, "/console/disputes?lang=en")
        cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("__Host-lianxi="))
        assert cookie.partition(";")[2] == " Path=/; HttpOnly; SameSite=Lax; Secure"
        page = read((await browser.get(entered.headers["location"])).text)
        assert "clerk-a" in page.all("header")[0].text
        out = await browser.post("/console/sign-out", data=fields(page.one(action="/console/sign-out")))
        assert (out.status_code, out.headers["location"]) == (303, "/console/sign-in")
        assert (await browser.get("/console")).status_code == 303
        browser.cookies.set("__Host-lianxi", cookie.partition(";")[0].partition("=")[2])
        assert (await browser.get("/console")).status_code == 303, "the cookie itself is worth nothing now"


@pytest.mark.parametrize(
    "change",
    [
        {"password": "wrong"},
        {"password": ""},
        {"account": "clerk-b"},
        {"account": "<b>"},
        {"token": "x" * 22},
    ],
)
async def test_whatever_is_wrong_the_words_are_the_same(one_clerk: str, change: dict[str, str]) -> None:
    wrong = "未能登录：账号、密码或验证码有误，或尝试次数过多。请核对，或过几分钟再试。"
    async with site(one_clerk) as browser:
        answer = await _sign_in(browser, **change)
        assert answer.status_code == 403
        told = read(answer.text).one(role="alert").text
        assert told == ("页面已过期，请再提交一次。" if "token" in change else wrong)
        assert PASSWORD not in answer.text
        assert (await browser.get("/console")).status_code == 303


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize("path", ["/console/sign-in", "/console/sign-out", "/console/password"])
async def test_forms_of_other_sites_are_refused(one_clerk: str, headers: dict[str, str], path: str) -> None:
    async with site(one_clerk) as browser:
        assert (await _sign_in(browser)).status_code == 303
        form = {**fields(read((await browser.get("/console/sign-in")).text).one(id="sign-in")), **FORM}
        assert (await browser.post(path, data=form, headers=headers)).status_code == 403
        assert (await browser.get("/console")).status_code == 200, "nobody was signed out"


async def test_a_new_password_needs_the_old_one_and_another_sign_in(clerk: str) -> None:
    new = "green goat, eight lanterns"
    async with site(clerk) as browser:
        assert (await browser.get("/console/password")).status_code == 303
        await _sign_in(browser)
        form = fields(read((await browser.get("/console/password")).text).one(id="change-password"))
        wrong = await browser.post("/console/password", data={**form, "old": "x", "new": new})
        assert wrong.status_code == 422
        assert "当前密码不正确" in read(wrong.text).one(role="alert").text
        foreign = await browser.post("/console/password", data={**form, "token": "", "old": PASSWORD})
        assert foreign.status_code == 403
        done = await browser.post("/console/password", data={**form, "old": PASSWORD, "new": new})
        assert (done.status_code, done.headers["location"]) == (303, "/console/sign-in?changed")
        assert (
            "密码已修改" in read((await browser.get(done.headers["location"])).text).one(role="status").text
        )
        assert (await browser.get("/console")).status_code == 303
        assert (await _sign_in(browser)).status_code == 403
        assert (await _sign_in(browser, password=new)).status_code == 303


async def test_codes_are_set_up_and_asked_for(clerk: str) -> None:
    async with site(clerk, sealing_key=SEALING_KEY) as browser:
        await _sign_in(browser)
        form = fields(read((await browser.get("/console/code")).text).one(id="enrol-code"))
        assert (await browser.post("/console/code", data={"token": ""})).status_code == 403
        shown = read((await browser.post("/console/code", data=form)).text)
        assert shown.one(role="img").attributes["aria-label"] == "二维码，内容与下方密钥相同"
        given = fields(shown.one(id="confirm-code"))
        for change in ({"code": ""}, {"code": "x", "token": given["token"]}, {"code": "0", "token": ""}):
            wrong = await browser.post("/console/code/confirm", data={**given, **change})
            assert wrong.status_code == (403 if change.get("token") == "" else 422)
            again = fields(read(wrong.text).one(id="confirm-code"))
            assert again["secret"] == given["secret"], "nothing has to be begun again"
        code = pyotp.TOTP(given["secret"]).now()
        done = await browser.post("/console/code/confirm", data={**given, "code": code})
        assert (done.status_code, done.headers["location"]) == (303, "/console/code?confirmed")
        told = read((await browser.get(done.headers["location"])).text)
        assert "已启用" in told.one(role="status").text
        assert [form for form in told.all("form") if form.attributes.get("id") == "enrol-code"] == []
        twice = await browser.post("/console/code", data=form)
        assert twice.status_code == 422
        assert (await _sign_in(browser)).status_code == 403
        assert (await _sign_in(browser, code=code)).status_code == 403, "it was taken when it was confirmed"
        later = pyotp.TOTP(given["secret"]).at(datetime.now(UTC) + timedelta(seconds=30))
        assert (await _sign_in(browser, code=later)).status_code == 303


async def test_pages_are_for_people_not_for_keys(clerk: str) -> None:
    database = Database.open(clerk)
    request = IssueApiKey("clerk-a", "x", (Role.CLERK,))
    issued = (await issue_api_key(desk_on(database), KEEPER, request)).value
    await database.close()
    assert issued is not None
    async with site(clerk, sealing_key=SEALING_KEY) as browser:
        for path in ("/console", "/console/code", "/console/password"):
            answer = await browser.get(path, headers={"x-api-key": str(issued.secret)})
            assert answer.headers["location"].startswith("/console/sign-in"), path


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_are_as_all_pages_are(one_clerk: str, language: str) -> None:
    async with site(one_clerk, sealing_key=SEALING_KEY) as browser:
        browser.cookies.set("lianxi_language", language)
        pages = [await browser.get("/console/sign-in"), await _sign_in(browser, password="x")]
        await _sign_in(browser)
        form = fields(read((await browser.get("/console/code")).text).one(id="enrol-code"))
        pages += [
            await browser.get("/console"),
            await browser.get("/console/password"),
            await browser.get("/console/code"),
            await browser.post("/console/code", data=form),
            await browser.post("/console/code/confirm", data={**form, "secret": "x", "uri": "x"}),
        ]
        for answer in pages:
            _check_headers(answer)
            page = read(answer.text)
            _check_sources(page)
            _check_structure(page, "zh-Hans" if language == "zh" else "en")
            _check_controls(page)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/console",
        "//evil.example",
        "/console//evil.example",
        "/console/../../evil",
        "/\\evil.example",
        "/console\\@evil.example",
        "/graphql",
        "/consoles",
        "/console/sign-in",
        "/console/sign-in/provider",
        "javascript:alert(1)",
        "/console\r\nset-cookie: a=b",
        "",
        None,
    ],
)
def test_nobody_is_sent_elsewhere(wanted: str | None) -> None:
    assert next_of(wanted) == "/console"


@pytest.mark.parametrize(
    "wanted", ["/console", "/console/disputes?lang=en&after=x", "/console/disputes/990100-2026-000001"]
)
def test_pages_of_ours_are_gone_on_to(wanted: str) -> None:
    assert next_of(wanted) == wanted


async def test_where_nobody_signs_in_there_are_no_such_pages(visitor: httpx.AsyncClient) -> None:
    for path in ("sign-in", "password", "sign-in/provider", "signed-out", "sign-out/provider"):
        assert (await visitor.get(f"/console/{path}")).status_code == 404
    assert (await visitor.get("/console")).status_code == 200


async def test_without_a_provider_there_is_no_way_to_one(one_clerk: str) -> None:
    async with site(one_clerk) as browser:
        for path in (
            "/console/sign-in/provider",
            "/console/sign-in/return?code=x&state=x",
            "/console/signed-out",
            "/console/sign-out/provider",
        ):
            assert (await browser.get(path)).status_code == 404
        assert "/console/sign-in/provider" not in (await browser.get("/console/sign-in")).text


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as found:
        yield found


def _by(provider: IdentityProvider) -> dict[str, str]:
    return {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}


async def _to_provider_and_back(browser: httpx.AsyncClient, next: str = "/console/disputes") -> str:
    """Where the provider sends the browser back to."""
    gone = await browser.get("/console/sign-in/provider", params={"next": next})
    assert gone.status_code == 303
    async with httpx.AsyncClient() as outside:
        return (await outside.get(gone.headers["location"])).headers["location"]


async def test_at_the_provider(clerk: str, provider: IdentityProvider) -> None:
    async with site(clerk, **_by(provider)) as browser:
        form = read((await browser.get("/console/sign-in?next=/console/disputes")).text)
        (link,) = [a.attributes["href"] for a in form.all("a") if "provider" in (a.attributes["href"] or "")]
        assert link == "/console/sign-in/provider?next=/console/disputes"
        back = await _to_provider_and_back(browser)
        assert back.startswith(f"{SITE}/console/sign-in/return?code=")
        entered = await browser.get(back)
        assert (entered.status_code, entered.headers["location"]) == (303, "/console/disputes")
        assert "张某" in read((await browser.get("/console/disputes")).text).all("header")[0].text
        again = await browser.get(back)
        assert again.status_code == 403, "a code is good once, and its cookie is gone"


async def _out(browser: httpx.AsyncClient) -> httpx.Response:
    """What somebody is told who has come in by the provider and goes out."""
    await browser.get(await _to_provider_and_back(browser))
    page = read((await browser.get("/console")).text)
    done = await browser.post("/console/sign-out", data=fields(page.one(action="/console/sign-out")))
    assert done.status_code == 303
    assert (await browser.get("/console")).status_code == 303, "our session is over at once"
    return await browser.get(done.headers["location"])


@pytest.mark.parametrize("query", ["", "?realm=city"])
async def test_out_at_the_provider_too(one_clerk: str, provider: IdentityProvider, query: str) -> None:
    provider.end_session = f"{provider.issuer}/end{query}"
    async with site(one_clerk, **_by(provider)) as browser:
        told = await _out(browser)
        _check_headers(told)
        assert told.headers["refresh"] == "0; url=/console/sign-out/provider"
        assert "/console/sign-out/provider" in [a.attributes["href"] for a in read(told.text).all("a")]
        gone = await browser.get("/console/sign-out/provider")
        assert gone.status_code == 303
        async with httpx.AsyncClient() as outside:
            back = (await outside.get(gone.headers["location"])).headers["location"]
        asked = {"client_id": CLIENT, "post_logout_redirect_uri": f"{SITE}/console/signed-out"}
        assert provider.ended == [asked | ({"realm": "city"} if query else {})]
        assert back == f"{SITE}/console/signed-out"
        end = await browser.get(back)
        assert "已退出本系统和统一身份系统" in end.text
        assert "refresh" not in end.headers


@pytest.mark.parametrize("end_session", [None, "javascript:alert(1)", "/end", "https://", "https://x:y"])
async def test_a_provider_that_signs_nobody_out(
    one_clerk: str, provider: IdentityProvider, end_session: str | None
) -> None:
    provider.end_session = end_session
    async with site(one_clerk, **_by(provider)) as browser:
        told = await _out(browser)
        assert "统一身份系统仍处于登录状态" in told.text
        assert "refresh" not in told.headers
        back = await browser.get("/console/sign-out/provider")
        assert (back.status_code, back.headers["location"]) == (303, "/console/signed-out?left")
        assert (await _sign_in(browser)).status_code == 303
        page = read((await browser.get("/console")).text)
        out = await browser.post("/console/sign-out", data=fields(page.one(action="/console/sign-out")))
        assert out.headers["location"] == "/console/sign-in", "whoever came by a password is not told of it"


async def test_people_of_the_provider_have_no_password_here(
    one_clerk: str, provider: IdentityProvider
) -> None:
    async with site(one_clerk, **_by(provider)) as browser:
        await browser.get(await _to_provider_and_back(browser))
        page = await browser.get("/console")
        assert 'href="/console/password"' not in page.text
        token = fields(read(page.text).one(action="/console/sign-out"))["token"]
        for method, path in (
            ("GET", "/console/password"),
            ("POST", "/console/password"),
            ("GET", "/console/code"),
            ("POST", "/console/code"),
            ("POST", "/console/code/confirm"),
        ):
            answer = await browser.request(method, path, data={"token": token})
            assert answer.status_code == 403
            assert "请在统一身份系统中修改" in answer.text


async def test_a_disabled_account_is_not_let_in(clerk: str, provider: IdentityProvider) -> None:
    database = Database.open(clerk)
    desk = desk_on(database)
    async with site(clerk, **_by(provider)) as browser:
        assert (await browser.get(await _to_provider_and_back(browser))).status_code == 303
        await grant_role(desk, KEEPER, GrantRole("zhang-a", Role.CLERK))
        await disable_account(desk, KEEPER, DisableAccount("zhang-a"))
        assert (await browser.get(await _to_provider_and_back(browser))).status_code == 403
    await database.close()


SPOILT: list[dict[str, Any]] = [
    {"nonce": "of another flow"},
    {"nonce": None},
    {"aud": "lianxi-api"},
    {"aud": [CLIENT, "x"], "azp": "x"},
    {"iss": "https://evil.example"},
    {"exp": 1},
    {"sub": None},
]


@pytest.mark.parametrize("spoil", SPOILT)
async def test_an_id_token_that_is_not_good_lets_nobody_in(
    one_clerk: str, provider: IdentityProvider, spoil: dict[str, Any]
) -> None:
    provider.spoil = spoil
    async with site(one_clerk, **_by(provider)) as browser:
        await _not_let_in(browser, await _to_provider_and_back(browser))


async def _not_let_in(browser: httpx.AsyncClient, back: str) -> None:
    answer = await browser.get(back)
    assert answer.status_code == 403
    assert "统一身份系统未予确认" in read(answer.text).one(role="alert").text
    assert (await browser.get("/console")).status_code == 303


async def test_an_answer_to_another_flow_lets_nobody_in(one_clerk: str, provider: IdentityProvider) -> None:
    async with site(one_clerk, **_by(provider)) as browser:
        back = await _to_provider_and_back(browser)
        answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        for change in (
            {"state": "x"},
            {"state": ""},
            {"iss": "https://evil.example"},
            {"code": ""},
            {"code": "x" * 5_000},
            {"code": "unknown"},
            {"error": "access_denied", "code": ""},
        ):
            await _not_let_in(browser, str(httpx.URL("/console/sign-in/return", params={**answer, **change})))
        browser.cookies.clear()
        await _not_let_in(browser, back)
        for cookie in ("x", "a.b.c.d", "a.b.c.!", "...", "a.b.c.gA", "a" * 10_000):
            browser.cookies.set("__Host-lianxi_flow", cookie)
            await _not_let_in(browser, back)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_a_provider_that_is_down(one_clerk: str, provider: IdentityProvider, path: str) -> None:
    provider.broken.add(path)
    async with site(one_clerk, **_by(provider)) as browser:
        if path == "/.well-known/openid-configuration":
            answer = await browser.get("/console/sign-in/provider")
            assert answer.status_code == 503
            assert "暂时联系不上统一身份系统" in read(answer.text).one(role="alert").text
        else:
            await _not_let_in(browser, await _to_provider_and_back(browser))
        assert (await _sign_in(browser)).status_code == 303, "local accounts go on"
