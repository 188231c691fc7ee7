"""Every role on every page: whoever may see it sees it, what is offered works, and no more is offered."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from casework.account import GrantRole, grant_role
from casework.actor import Role
from casework.rights import ANYBODY, DISPUTE_READERS, SIGNED_IN, Roles, may
from console.dispute import VERBS
from db.database import Database
from tests.casework.accounts import KEEPER, PASSWORD, SEALING_KEY, add, hash_quickly
from tests.conftest import Content, SqliteFiles, desk_on
from tests.console.conftest import browsing
from tests.console.html import Element, fields, read
from tests.console.test_merging import TEXT, submitted

LEAD, OTHER = "990121-ecology", "990100-ecology"
CO_UNIT = "990121-public-security"
FORMS: Mapping[str, Roles] = {
    "complaint": SIGNED_IN,
    "submit": may("submit_dispute"),
    "object": may("object_to_assignment"),
    "assign": may("reassign_dispute"),
    "merge": may("merge_disputes"),
    "decide": may("accept_objection") | may("uphold_assignment"),
    "enrol-code": ANYBODY,
    "change-password": ANYBODY,
    "sign-out": ANYBODY,
}
"""Who may send which form."""
TYPED = {
    "text": TEXT,
    "region": "990121101",
    "channel": "WEB",
    "reason": "不属本单位职责",
    "unit": OTHER,
    "old": PASSWORD,
    "new": "green goat, eight lanterns",
}


class World(NamedTuple):
    """A database with an account for each role, and the pages of its disputes: one that is assigned, and two
    with an open objection; all are about the same matter."""

    url: str
    assigned: str
    contested: tuple[str, str]


@pytest.fixture(scope="module")
def made(sqlite_files: SqliteFiles) -> Iterator[World]:
    """The world, to be copied."""
    url = sqlite_files.filled(Content.CITY)
    with pytest.MonkeyPatch.context() as patch:
        hash_quickly(patch)
        yield asyncio.run(_make(url))
    sqlite_files.drop(url)


async def _make(url: str) -> World:
    async with browsing(url) as browser:
        _, assigned, *contested = [await submitted(browser) for _ in range(4)]
        for path in contested:
            form = read((await browser.get(path)).text).one(id="object")
            assert (await _send(browser, form)).status_code == 303
    database = Database.open(url)
    desk = desk_on(database)
    for role in Role:
        await add(desk, f"{role}-a", *([role] if role is not Role.PUBLIC else []), password=PASSWORD)
    for unit in (LEAD, CO_UNIT):
        await add(desk, unit, password=PASSWORD)
        assert (await grant_role(desk, KEEPER, GrantRole(unit, Role.UNIT_LEAD, unit=unit))).errors == ()
    await database.close()
    return World(url, assigned, (contested[0], contested[1]))


@pytest.fixture
def world(made: World, sqlite_files: SqliteFiles) -> Iterator[World]:
    """One that a test may change."""
    url = sqlite_files.empty()
    shutil.copy(made.url.removeprefix("sqlite:///"), Path(url.removeprefix("sqlite:///")))
    yield made._replace(url=url)
    sqlite_files.drop(url)


@asynccontextmanager
async def _as(world: World, account: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an account is signed in."""
    async with browsing(world.url, sign_in="required", sealing_key=SEALING_KEY) as browser:
        await _sign_in(browser, account, PASSWORD)
        yield browser


async def _sign_in(browser: httpx.AsyncClient, account: str, password: str) -> None:
    form = read((await browser.get("/console/sign-in")).text).one(id="sign-in")
    proof = {**fields(form), "account": account, "password": password}
    assert (await browser.post("/console/sign-in", data=proof)).status_code == 303


async def _send(browser: httpx.AsyncClient, form: Element, **buttons: str) -> httpx.Response:
    """Send a form as somebody does who fills in what there is to fill in."""
    given = fields(form)
    typed = {name: value for name, value in TYPED.items() if name in given}
    return await browser.post(form.attributes["action"], data={**given, **typed, **buttons})


def _forms(page: Element) -> dict[str, Element]:
    names = {"/console/disputes": "submit", "/console/sign-out": "sign-out"}
    return {form.attributes.get("id") or names[form.attributes["action"]]: form for form in page.all("form")}


async def _are_refused(browser: httpx.AsyncClient, world: World, role: Role) -> None:
    """All forms that are not for a role."""
    actions = {
        "complaint": "/console/preview",
        "submit": "/console/disputes",
        "decide": f"{world.contested[0]}/decide",
        **{name: f"{world.assigned}/{name}" for name in VERBS},
    }
    rights = {**FORMS, "accept": may("accept_objection"), "uphold": may("uphold_assignment")}
    token = fields(read((await browser.get("/console/password")).text).one(id="change-password"))["token"]
    for name, action in actions.items():
        if role not in rights[name]:
            answer = await browser.post(action, data={"token": token})
            assert answer.status_code == 403, name
            assert "请联系管理员" in read(answer.text).one(id="main").text


@pytest.mark.parametrize("role", Role)
async def test_what_may_be_seen_is_and_what_may_not_is_refused(world: World, role: Role) -> None:
    pages = {
        "/console": SIGNED_IN,
        "/console?example": SIGNED_IN,
        "/console/disputes": DISPUTE_READERS,
        world.assigned: DISPUTE_READERS,
        world.contested[0]: DISPUTE_READERS,
        "/console/password": ANYBODY,
        "/console/code": ANYBODY,
    }
    async with _as(world, f"{role}-a") as browser:
        for path, roles in pages.items():
            answer = await browser.get(path)
            page = read(answer.text)
            assert answer.status_code == (200 if role in roles else 403), path
            if role not in roles:
                assert "请联系管理员" in page.one(id="main").text
                assert "UNAUTHENTICATED" not in answer.text
            for link in {a.attributes["href"].partition("#")[0] for a in page.all("a")} - {""}:
                if not link.startswith("?"):
                    assert (await browser.get(link)).status_code == 200, f"{path} leads to {link}"
        await _are_refused(browser, world, role)


@pytest.mark.parametrize("role", Role)
async def test_what_is_offered_works_and_all_of_it_is(world: World, role: Role) -> None:
    async with _as(world, f"{role}-a") as browser:
        asked = _forms(read((await browser.get("/console")).text))
        sent = set()
        if "complaint" in asked:
            answer = await _send(browser, asked["complaint"])
            assert answer.status_code == 200
            sent.add("complaint")
            if "submit" in (then := _forms(read(answer.text))):
                assert (await _send(browser, then["submit"])).status_code == 303
                sent.add("submit")
        for path, button in zip((world.assigned, *world.contested), ("", "uphold", "accept"), strict=True):
            offered = _forms(read((await browser.get(path)).text))
            for name in ("object", "assign", "merge", "decide"):
                if name in offered and (name == "decide") is bool(button):
                    answer = await _send(browser, offered[name], **({button: ""} if button else {}))
                    assert answer.status_code == 303, read(answer.text).one(role="alert").text
                    sent.add(name)
        for path, name in (("/console/code", "enrol-code"), ("/console/password", "change-password")):
            answer = await _send(browser, _forms(read((await browser.get(path)).text))[name])
            assert answer.status_code in {200, 303}
            sent.add(name)
        await _sign_in(browser, f"{role}-a", TYPED["new"])
        out = _forms(read((await browser.get("/console/password")).text))["sign-out"]
        assert (await _send(browser, out)).headers["location"] == "/console/sign-in"
        sent.add("sign-out")
    assert sent == {name for name, roles in FORMS.items() if role in roles}


async def test_an_administrator_is_offered_everything() -> None:
    assert [name for name, roles in FORMS.items() if Role.ADMINISTRATOR not in roles] == []
    assert set(VERBS) - {"accept", "uphold"} <= set(FORMS)


@pytest.mark.parametrize(("unit", "objects"), [(LEAD, True), (CO_UNIT, False)])
async def test_a_unit_objects_for_itself(world: World, unit: str, objects: bool) -> None:
    async with _as(world, unit) as browser:
        page = read((await browser.get(world.assigned)).text)
        assert ("object" in _forms(page)) is objects
        for path in world.contested:
            contested = read((await browser.get(path)).text)
            assert not {"object", "decide", "assign", "merge"} & set(_forms(contested))


async def test_signed_out_meanwhile(world: World) -> None:
    """Whoever's time is up goes on where the form stood."""
    async with _as(world, "clerk-a") as browser:
        form = _forms(read((await browser.get(world.assigned)).text))["assign"]
        browser.cookies.delete("lianxi_session")
        away = await browser.post(
            form.attributes["action"],
            data=fields(form),
            headers={"referer": f"http://127.0.0.1{world.assigned}?lang=zh"},
        )
        wanted = world.assigned.replace("/", "%2F")
        assert away.headers["location"] == f"/console/sign-in?next={wanted}%3Flang%3Dzh"
        elsewhere = {"referer": f"https://evil.example{world.assigned}"}
        away = await browser.post(form.attributes["action"], data=fields(form), headers=elsewhere)
        assert away.headers["location"] == "/console/sign-in"
