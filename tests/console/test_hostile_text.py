"""Text that tries to be more than text: on every page it stays what was typed."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import text as sql

from db.database import Database
from tests.console.conftest import browsing
from tests.console.html import Element, fields, read

HOSTILE = [
    "<script>alert(1)</script>烧烤店油烟",
    "烧烤店</textarea><script>alert(1)</script>油烟",
    '烧烤店"><img src=x onerror=alert(1)>油烟',
    "烧烤店' onmouseover='alert(1)油烟",
    "<!-- 烧烤店 --><style>*{display:none}</style>油烟",
    "烧烤店 &lt;b&gt; &amp; &#60;script&#62; 油烟",
    "{{ 7 * 7 }}{% raw %} 烧烤店油烟 ${7*7}",
    "javascript:alert(1) 烧烤店油烟",
    "\u202e烧烤店油烟\u202c 倒着写",
    "😀👨‍👩‍👧‍👦 烧烤店😷油烟 𠮷𠮷",
    "شكوى 烧烤店油烟 עברית",
    "烧烤店\u2028油烟\u00a0\ufeff",
    "一行烧烤店\n\n  另一行\t油烟",
]
SCRIPTED = ("script", "style", "img", "iframe", "b")


def _harmless(page: Element) -> None:
    for element in page.walk():
        assert element.tag not in SCRIPTED, element
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"], element


def _complaint(page: Element) -> Element:
    return next(e for e in page.all("p") if e.attributes.get("class") == "complaint")


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_complaints(visitor: httpx.AsyncClient, text: str) -> None:
    answer = await visitor.post(
        "/console/preview", data={"text": text, "region": "990102001", "channel": "WEB"}
    )
    page = read(answer.text)
    assert answer.status_code == 200
    _harmless(page)
    assert _complaint(page).text == text
    assert fields(page.one(id="complaint"))["text"] == text
    assert fields(page.one(action="/console/disputes"))["text"] == text
    marks = [mark.text for mark in page.all("mark")]
    assert "烧烤店" in marks
    assert "油烟" in marks


async def test_hostile_complaints_once_stored(browser: httpx.AsyncClient) -> None:
    token = (await browser.get("/console")).cookies["lianxi_form"]
    for text in HOSTILE:
        sent = {"text": text, "region": "990102001", "channel": "WEB", "token": token}
        stored = await browser.post("/console/disputes", data=sent)
        page = read((await browser.get(stored.headers["location"])).text)
        _harmless(page)
        assert _complaint(page).text == text
        assert {"烧烤店", "油烟"} <= {mark.text for mark in page.all("mark")}
    _harmless(read((await browser.get("/console/disputes")).text))


async def test_control_characters_are_dropped_and_marks_stay_right(visitor: httpx.AsyncClient) -> None:
    text = "\x00\x07楼下\x1b[31m烧烤店\x85油烟熏人"
    answer = await visitor.post(
        "/console/preview", data={"text": text, "region": "990102001", "channel": "WEB"}
    )
    page = read(answer.text)
    assert _complaint(page).text == "楼下[31m烧烤店油烟熏人"
    assert "烧烤店" in [mark.text for mark in page.all("mark")]


async def test_hostile_names(city_url: str) -> None:
    name = "<script>alert(1)</script>\"' 局"
    database = Database.open(city_url)
    async with database.write() as connection:
        for table in ("unit", "region", "joint_conference"):
            await connection.execute(sql(f"UPDATE {table} SET name = :name"), {"name": name})
    await database.close()
    async with browsing(city_url) as browser:
        form = {"text": "屠宰企业干扰在线监测趁机偷排，河水污染。", "region": "990102001", "channel": "WEB"}
        preview = read((await browser.post("/console/preview", data=form)).text)
        sent = fields(preview.one(action="/console/disputes"))
        stored = await browser.post("/console/disputes", data=sent)
        dispute = read((await browser.get(stored.headers["location"])).text)
        listed = read((await browser.get("/console/disputes")).text)
    for page in (preview, dispute, listed):
        _harmless(page)
        assert name in page.one(id="main").text
