"""GraphiQL: nothing from outside, nothing inline, and what the page says where it is not installed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse, validate
from starlette.applications import Starlette

from schema.schema import schema
from server.graphiql import page
from server.graphiql.page import FILES, HERE, PAGES, POLICY, graphiql
from server.settings import Settings

OWN = ("page.html", "missing.html", "page.css", "start.js")
LINKS = re.compile(r'(?:src|href)="(/[^"]*)"')


@asynccontextmanager
async def browsing(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of GraphiQL alone."""
    transport = httpx.ASGITransport(Starlette(routes=graphiql(Settings(**settings))))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are there, whatever the machine has installed."""
    for name in FILES:
        (tmp_path / name).write_text(name)
        monkeypatch.setitem(page.FILES, name, tmp_path / name)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-Hans")])
async def test_the_page_has_all_its_files_from_here(language: str, tag: str) -> None:
    async with browsing() as client:
        answer = await client.get("/graphiql", headers={"accept-language": language})
        assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)
        assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "accept-language")
        assert f'<html lang="{tag}">' in answer.text
        links = LINKS.findall(answer.text)
        assert sorted(link.split("?")[0] for link in links) == sorted(f"/graphiql/{name}" for name in FILES)
        for link in links:
            served = await client.get(link)
            assert (served.status_code, served.text) == (200, link.split("/")[-1].split("?")[0])
            assert "immutable" in served.headers["cache-control"]


async def test_without_its_files_the_page_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(page.FILES, "react.js", HERE / "nothing.js")
    async with browsing() as client:
        answer = await client.get("/graphiql", headers={"accept-language": "en"})
        assert (answer.status_code, answer.headers["content-security-policy"]) == (503, POLICY)
        assert "make graphiql" in answer.text
        (sheet,) = LINKS.findall(answer.text)
        assert (await client.get(sheet)).status_code == 200
        assert (await client.get("/graphiql/react.js")).status_code == 404


@pytest.mark.parametrize("path", ["package.json", "page.py", "..%2Fsettings.py", "graphiql.js.map", "%00"])
async def test_nothing_else_is_served(path: str) -> None:
    async with browsing() as client:
        assert (await client.get(f"/graphiql/{path}")).status_code == 404


async def test_it_can_be_turned_off() -> None:
    async with browsing(graphiql=False) as client:
        assert (await client.get("/graphiql")).status_code == 404
        assert (await client.get("/graphiql/start.js")).status_code == 404


@pytest.mark.parametrize("name", OWN)
def test_nothing_comes_from_outside_and_nothing_is_inline(name: str) -> None:
    text = (HERE / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[\w-]+\.|<script>|<style|style=|\son\w+=|@import|url\(", text)


def test_every_word_of_the_pages_is_escaped_by_name() -> None:
    named = {found for template in PAGES.values() for found in template.get_identifiers()}
    assert named == {"language", "edition", "title", "welcome", "needs_script", "missing", "install"}


def test_the_operation_that_it_begins_with_is_valid() -> None:
    (query,) = re.findall(r"^(query .*?^\})", (HERE / "start.js").read_text(), re.DOTALL | re.MULTILINE)
    assert validate(schema._schema, parse(query)) == []
