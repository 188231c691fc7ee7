"""What a visitor can get wrong, and what somebody else can try."""

from __future__ import annotations

from urllib.parse import quote_plus

import httpx
import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from db.database import Database
from tests.console.conftest import browsing
from tests.console.html import fields, read

TEXT = "楼下烧烤店油烟熏人"
FORM = {"text": TEXT, "region": "990102001", "channel": "WEB"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/console/preview", "/console/disputes"])
@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"text": ""}, "text", "内容为空，请填写。"),
        ({"text": " \r\n\t "}, "text", "内容为空，请填写。"),
        ({"text": "臭" * 20_001}, "text", "内容有 20001 字，最多 20000 字，请删减。"),
        ({"region": ""}, "region", "请选择所在区域。"),
        ({"region": "110101"}, "region", "没有代码为“110101”的区域"),
        ({"region": '"><b>'}, "region", '没有代码为“"><b>”的区域'),
        ({"channel": ""}, "channel", "请从列表中选择来源渠道。"),
        ({"channel": "PIGEON"}, "channel", "请从列表中选择来源渠道。"),
    ],
)
async def test_mistakes_are_told_beside_the_field(
    visitor: httpx.AsyncClient, path: str, change: dict[str, str], field: str, message: str
) -> None:
    token = (await visitor.get("/console")).cookies["lianxi_form"]
    answer = await visitor.post(path, data={**FORM, **change, "token": token})
    page = read(answer.text)
    assert answer.status_code == 422
    assert message in page.one(id=f"{field}-mistake").text
    assert page.one(id=field).attributes["aria-describedby"] == f"{field}-mistake"
    kept = fields(page.one(id="complaint"))
    assert kept["text"] == change.get("text", TEXT).strip()
    assert "990100-" not in (await visitor.get("/console/disputes")).text


@pytest.mark.parametrize("field", ["text", "region", "channel"])
async def test_a_missing_field_is_an_empty_one(visitor: httpx.AsyncClient, field: str) -> None:
    sent = {name: value for name, value in FORM.items() if name != field}
    answer = await visitor.post("/console/preview", data=sent)
    assert answer.status_code == 422
    assert read(answer.text).one(id=f"{field}-mistake")


@pytest.mark.parametrize("path", ["/console/preview", "/console/disputes"])
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"text=%ff%fe&region=990102001", URLENCODED, 400),
        (b"text=\xff\xfe", URLENCODED, 400),
        ("text=油烟".encode("gbk"), URLENCODED, 400),
        (b"&".join(b"a%d=1" % n for n in range(50)), URLENCODED, 400),
        (b"text=" + b"a" * 1_000_000, URLENCODED, 413),
        (b"", URLENCODED, None),
        (b"%", URLENCODED, None),
        (b"=&==&text", URLENCODED, None),
        (b"text=%00%00", URLENCODED, None),
        (b"text=%ED%A0%80", URLENCODED, 400),
        (b'{"text": "a"}', {"content-type": "application/json"}, 415),
        (b"--x\r\n\r\n--x--", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"text=a", {"content-type": "text/plain"}, 415),
        (b"text=a", {}, 415),
    ],
)
async def test_broken_forms_get_a_page(
    visitor: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str], status: int | None
) -> None:
    answer = await visitor.post(path, content=body, headers=headers)
    expected = status or (422 if path == "/console/preview" else 403)
    assert answer.status_code == expected
    assert len(read(answer.text).all("h1")) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/console/nothing", 404),
        ("GET", "/console/disputes/990100-2026-999999", 404),
        ("GET", "/console/disputes/%00", 404),
        ("GET", "/console/disputes/%ff", 404),
        ("GET", "/console/disputes/%3Cscript%3E", 404),
        ("GET", "/console/static/nothing.css", 404),
        ("GET", "/console/static/..%2fpages.py", 404),
        ("GET", "/console/disputes?after=nonsense", 400),
        ("GET", "/console/disputes?before=%00%ff", 400),
        ("DELETE", "/console", 405),
        ("PUT", "/console/disputes", 405),
        ("POST", "/console/disputes/1", 405),
    ],
)
async def test_bad_addresses_get_a_page(
    browser: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await browser.request(method, path)
    assert answer.status_code == status
    page = read(answer.text)
    assert page.all("h1")[0].text == "打不开这个页面"
    assert "/console" in [a.attributes["href"] for a in page.one(id="main").all("a")]
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
async def test_forms_of_this_site_are_taken(visitor: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await visitor.post("/console/preview", data=FORM, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/console/preview", "/console/disputes"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"origin": "null"},
        {"origin": "http://[broken"},
    ],
)
async def test_forms_of_other_sites_are_refused(
    visitor: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    token = (await visitor.get("/console")).cookies["lianxi_form"]
    answer = await visitor.post(path, data={**FORM, "token": token}, headers=headers)
    assert answer.status_code == 403
    assert "不是从本站页面提交的" in read(answer.text).one(id="main").text
    assert "990100-" not in (await visitor.get("/console/disputes")).text


@pytest.mark.parametrize("token", [None, "", "x", "é" * 22])
async def test_without_our_token_nothing_is_stored_and_nothing_is_lost(
    visitor: httpx.AsyncClient, token: str | None
) -> None:
    await visitor.get("/console")
    answer = await visitor.post("/console/disputes", data={**FORM, **({"token": token} if token else {})})
    page = read(answer.text)
    assert answer.status_code == 403
    assert "尚未登记" in page.one(role="alert").text
    assert fields(page.one(id="complaint")) == FORM
    assert "990100-" not in (await visitor.get("/console/disputes")).text


async def test_a_token_without_its_cookie_is_none(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/console/disputes", data={**FORM, "token": ""})
    assert answer.status_code == 403


async def test_the_longest_complaint_fits(visitor: httpx.AsyncClient) -> None:
    text = "楼下烧烤店油烟熏人" + "的" * 19_991
    body = f"text={quote_plus(text)}&region=990102001&channel=WEB"
    answer = await visitor.post("/console/preview", content=body, headers=URLENCODED)
    assert answer.status_code == 200


async def test_a_fault_is_told_by_its_number_only(city_url: str) -> None:
    database = Database.open(city_url)
    async with browsing(city_url) as browser:
        async with database.write() as connection:
            await connection.execute(sql("ALTER TABLE dispute RENAME TO hidden"))
        await database.close()
        with capture_logs() as logs:
            answer = await browser.get("/console/disputes")
    assert answer.status_code == 500
    assert [log["request_id"] for log in logs if log["log_level"] == "error"] == [
        answer.headers["x-request-id"]
    ]
    assert answer.headers["x-request-id"] in read(answer.text).one(id="main").text
    assert "dispute " not in answer.text
    assert "SELECT" not in answer.text
