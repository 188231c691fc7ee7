"""From a pasted complaint to a dispute that can be looked at."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import insert, select

from db.database import Database
from db.tables.base import new_key
from db.tables.event import Event
from tests.console.conftest import browsing
from tests.console.html import Element, fields, read

TEXT = "某村化工厂夜里用暗管偷排废水，河里的鱼都死了，村民多次上访没有结果。"
FORM = {"text": TEXT, "region": "990121101", "channel": "VISIT"}


def _act(page: httpx.Response) -> dict[str, str]:
    return fields(read(page.text).one(action="/console/disputes"))


def _terms(page: Element) -> dict[str, str]:
    terms = [element.text for element in page.all("dt")]
    return dict(zip(terms, [element.text.strip() for element in page.all("dd")], strict=True))


async def test_the_root_leads_to_the_form(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    form = read((await browser.get("/console")).text).one(id="complaint")
    options = [option.text for option in form.one(id="region").all("option")]
    assert options[1:4] == ["云澜市", "　望澜区", "　　钟鼓街道"]
    assert fields(form) == {"text": "", "region": "", "channel": "HOTLINE"}


async def test_a_preview_says_who_and_why_and_stores_nothing(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/console/preview", data=FORM)
    page = read(answer.text)
    assert answer.status_code == 200
    assert page.one(id="verdict").text.split() == ["牵头单位", "云澜市苇洲生态环境局"]
    terms = _terms(page)
    assert terms["协办单位"] == "苇洲县公安局"
    assert terms["属地"] == "苇洲县稻香渡镇人民政府"
    assert "涉嫌犯罪" in terms["标记"]
    assert "暗管" in [mark.text for mark in page.all("mark")]
    assert terms["暗管"].startswith("线索：暗管")
    assert any("云澜" not in li.text and "牵头" in li.text for li in page.all("li"))
    assert fields(page.one(id="complaint")) == FORM
    assert read((await browser.get("/console/disputes")).text).all("h1")[0].text == "已登记事项"
    assert "990100-" not in (await browser.get("/console/disputes")).text


async def test_submitting_leads_to_the_dispute(browser: httpx.AsyncClient) -> None:
    sent = _act(await browser.post("/console/preview", data=FORM))
    answer = await browser.post("/console/disputes", data=sent)
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    page = read(shown.text)
    assert shown.status_code == 200
    assert page.one(id="verdict").text.split() == ["牵头单位", "云澜市苇洲生态环境局"]
    assert next(e.text for e in page.all("p") if e.attributes.get("class") == "complaint") == TEXT
    assert "来访" in shown.text
    events = page.all("ol")[-1].all("li")
    assert [event.text.split()[4] for event in events][:3] == ["登记", "按规则研判", "分派"]
    assert all("demo-administrator" in event.text for event in events)
    listed = read((await browser.get("/console/disputes")).text)
    links = [a.attributes["href"] for a in listed.all("a")]
    assert answer.headers["location"] in links


async def test_pressing_the_button_twice_submits_once(browser: httpx.AsyncClient) -> None:
    sent = _act(await browser.post("/console/preview", data=FORM))
    first = await browser.post("/console/disputes", data=sent)
    second = await browser.post("/console/disputes", data=sent)
    assert first.headers["location"] == second.headers["location"]
    changed = await browser.post("/console/disputes", data={**sent, "text": "别的事"})
    assert changed.status_code == 422
    assert "这张表单已提交过" in read(changed.text).one(role="alert").text
    assert fields(read(changed.text).one(id="complaint"))["text"] == "别的事"


async def test_what_the_rules_leave_open_shows_candidates(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "/console/preview", data={**FORM, "text": "路口高架施工破碎锤太吵，夜里没法睡"}
    )
    page = read(answer.text)
    assert "转人工研判" in page.one(id="verdict").text
    assert "把握" not in _terms(page)
    candidates = next(e for e in page.all("ol") if e.attributes.get("class") == "candidates")
    assert len(candidates.all("li")) >= 1
    sent = _act(answer)
    stored = await browser.get((await browser.post("/console/disputes", data=sent)).headers["location"])
    assert "待人工研判" in stored.text


async def test_nothing_recognised_asks_for_more(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/console/preview", data={**FORM, "text": "🙂🙂🙂"})
    assert answer.status_code == 200
    assert read(answer.text).all("mark") == []
    assert "请写明是什么场所" in answer.text


async def test_a_conference_shows_whom_it_invites(browser: httpx.AsyncClient) -> None:
    text = "屠宰企业干扰在线监测趁机偷排，臭味刺鼻，河水污染。"
    preview = await browser.post("/console/preview", data={**FORM, "text": text})
    assert _terms(read(preview.text))["联席会议"] == "提请召开环境污染联席会议"
    stored = await browser.post("/console/disputes", data=_act(preview))
    page = (await browser.get(stored.headers["location"])).text
    for words in ("环境污染纠纷联席会议", "已提请", "召集单位", "云澜市生态环境局", "提请联席会议"):
        assert words in page


async def test_pages_of_the_list_join_without_gap_or_repeat(browser: httpx.AsyncClient) -> None:
    sent = _act(await browser.post("/console/preview", data=FORM))
    numbers = []
    for turn in range(23):
        answer = await browser.post("/console/disputes", data={**sent, "key": f"list-{turn}"})
        numbers.append(answer.headers["location"].rpartition("/")[2])
    seen, path = [], "/console/disputes"
    for size, older in ((20, True), (3, False)):
        page = read((await browser.get(path)).text)
        rows = [
            a.attributes["href"].rpartition("/")[2] for a in page.one(id="main").all("li") for a in a.all("a")
        ]
        assert len(rows) == size
        seen += rows
        links = {a.attributes["rel"]: a.attributes["href"] for a in page.all("a") if "rel" in a.attributes}
        assert ("next" in links) is older
        path = links.get("next", links.get("prev", ""))
    assert seen == numbers[::-1]
    back = read((await browser.get(path)).text)
    assert [a.attributes["href"].rpartition("/")[2] for a in back.one(id="main").all("a")][:20] == seen[:20]


async def test_a_long_story_goes_on_on_the_next_page(city_url: str) -> None:
    async with browsing(city_url) as browser:
        sent = _act(await browser.post("/console/preview", data=FORM))
        path = (await browser.post("/console/disputes", data=sent)).headers["location"]
        database = Database.open(city_url)
        async with database.write() as connection:
            first = (await connection.execute(select(Event.__table__).where(Event.sequence == 1))).one()
            later = {**first._mapping, "type": "reassigned", "data": {}}
            for sequence in range(5, 104):
                await connection.execute(
                    insert(Event).values(**later | {"id": new_key(), "sequence": sequence})
                )
        await database.close()
        page = read((await browser.get(path)).text)
        assert len(page.all("ol")[-1].all("li")) == 100
        rest = next(a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next")
        page = read((await browser.get(f"{path}{rest}")).text)
        assert len(page.all("ol")[-1].all("li")) == 3
        for nonsense in ("x", "-1", "9" * 30, "٣"):
            page = read((await browser.get(path, params={"after": nonsense})).text)
            assert len(page.all("ol")[-1].all("li")) == 100


@pytest.mark.parametrize(
    ("wish", "spoken"),
    [
        ({}, "zh-Hans"),
        ({"headers": {"accept-language": "en-GB,en;q=0.9"}}, "en"),
        ({"headers": {"accept-language": "fr"}}, "zh-Hans"),
        ({"params": {"lang": "en"}}, "en"),
        ({"params": {"lang": "zh"}, "headers": {"accept-language": "en"}}, "zh-Hans"),
        ({"params": {"lang": "<script>"}}, "zh-Hans"),
    ],
)
async def test_language(browser: httpx.AsyncClient, wish: dict[str, dict[str, str]], spoken: str) -> None:
    page = read((await browser.get("/console/disputes", **wish)).text)  # type: ignore[arg-type]
    assert page.all("html")[0].attributes["lang"] == spoken


async def test_a_chosen_language_stays(browser: httpx.AsyncClient) -> None:
    switched = await browser.post("/console/preview", data={**FORM, "lang": "en"})
    assert "Weizhou County Public Security Bureau" in switched.text
    assert fields(read(switched.text).one(id="complaint"))["text"] == TEXT
    later = await browser.get("/console", headers={"accept-language": "zh"})
    assert read(later.text).all("html")[0].attributes["lang"] == "en"


async def test_the_example_is_a_complaint_that_is_decided(browser: httpx.AsyncClient) -> None:
    form = fields(read((await browser.get("/console?example")).text).one(id="complaint"))
    answer = await browser.post("/console/preview", data={**form, "region": "990102001"})
    assert "望澜区城市管理局" in read(answer.text).one(id="verdict").text
