"""What every page owes its readers: safe headers, nothing from outside, a structure to find the way by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest

from tests.console.html import Element, fields, read

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
DECIDED = "屠宰企业干扰在线监测趁机偷排，臭味刺鼻，河水污染。"
OPEN = "路口高架施工破碎锤太吵，夜里没法睡"
TITLES = ("h1", "h2", "h3", "h4")


async def _pages(browser: httpx.AsyncClient) -> list[httpx.Response]:
    """One of each page, as far as their parts differ."""
    form = {"text": DECIDED, "region": "990121102", "channel": "WEB"}
    decided = await browser.post("/console/preview", data=form)
    given = fields(read(decided.text).one(action="/console/disputes"))
    # Three of one matter, so that the last shows what is alike and the first what was merged into it.
    _, second, stored = [
        await browser.post("/console/disputes", data={**given, "key": f"{at}"}) for at in range(3)
    ]
    merging = fields(read((await browser.get(second.headers["location"])).text).one(id="merge"))
    objecting = read((await browser.get(stored.headers["location"])).text).one(id="object")
    objects = {**fields(objecting), "reason": "不属本单位职责"}
    contested = await browser.post(objecting.attributes["action"], data=objects)
    path = f"{second.headers['location']}/merge"
    merged = await browser.post(path, data={**merging, "reason": "同一件事"})
    return [
        await browser.get("/console"),
        await browser.get("/console?example"),
        decided,
        await browser.post("/console/preview", data={**form, "text": OPEN}),
        await browser.post("/console/preview", data={"text": ""}),
        await browser.post("/console/preview", content=b"text=a"),
        await browser.post("/console/disputes", data=form),
        await browser.get("/console/disputes"),
        await browser.get(contested.headers["location"]),
        await browser.post(f"{stored.headers['location']}/decide", data={**objects, "accept": ""}),
        await browser.post(f"{second.headers['location']}/assign", data=merging),
        await browser.get(merged.headers["location"]),
        await browser.get(second.headers["location"]),
        await browser.post(path, data={**merging, "reason": " "}),
        await browser.get("/console/nothing"),
        await browser.delete("/console"),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page(browser: httpx.AsyncClient, language: str) -> None:
    browser.cookies.set("lianxi_language", language)
    pages = await _pages(browser)
    for answer in pages:
        _check_headers(answer)
        page = read(answer.text)
        _check_sources(page)
        _check_structure(page, "zh-Hans" if language == "zh" else "en")
        _check_controls(page)
    titles = [read(answer.text).all("title")[0].text for answer in pages]
    assert all(title.split(" · ")[0] for title in titles)


async def test_english_pages_speak_english(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("lianxi_language", "en")
    for answer in await _pages(browser):
        for text in _own_words(read(answer.text).all("body")[0]):
            chinese = re.findall(r"[\u4e00-\u9fff]+", text)
            # The law and the words of a complaint are quoted as they are written.
            assert not chinese or text.startswith(("Legal basis", "Words in the text")), text


def _check_headers(answer: httpx.Response) -> None:
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    for cookie in answer.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite" in cookie


def _check_sources(page: Element) -> None:
    for element in page.walk():
        assert element.tag not in {"script", "style", "iframe", "object", "embed"}
        for name, value in element.attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            if name in {"href", "src", "action", "formaction"}:
                assert re.match(r"/(?!/)|#|\?", value), value


def _check_structure(page: Element, language: str) -> None:
    assert page.all("html")[0].attributes["lang"] == language
    assert len(page.all("main")) == len(page.all("h1")) == len(page.all("title")) == 1
    levels = [int(title.tag[1]) for title in page.all(*TITLES)]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    ids = [element.attributes["id"] for element in page.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.walk():
        for name in ("for", "aria-labelledby", "aria-describedby", "form"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        if element.attributes.get("href", "").startswith("#"):
            assert element.attributes["href"][1:] in ids
        if element.tag in {"a", "button"} or element.tag in TITLES:
            assert element.text.strip()
        if element.tag == "nav":
            assert element.attributes["aria-label"]


def _check_controls(page: Element) -> None:
    labelled = {label.attributes["for"] for label in page.all("label")}
    for control in page.all("input", "select", "textarea"):
        if control.attributes.get("type") != "hidden":
            assert control.attributes["id"] in labelled
        if control.attributes.get("aria-invalid"):
            assert control.attributes["aria-describedby"]


def _own_words(element: Element) -> Iterator[str]:
    if element.attributes.get("lang") != "zh-Hans":
        for child in element.children:
            if isinstance(child, str):
                yield child.strip()
            else:
                yield from _own_words(child)
