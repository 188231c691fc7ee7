"""Open311 GeoReport v2: what apps send and get, in both formats, by the tables of the specification."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from casework.account import GrantRole, grant_role
from casework.actor import Role
from casework.api_key import IssueApiKey, issue_api_key
from casework.desk import Desk
from schema.schema import schema
from server.app import create_app
from server.open311.answers import SERVICES, answer
from server.rate import LEAST
from server.settings import Settings, SignInMode
from tests.casework.accounts import KEEPER, add, hash_quickly

V2 = "/open311/v2"
FORM = "application/x-www-form-urlencoded"
REPORT = {
    "service_code": "ecology",
    "address_id": "990102001",
    "description": "楼下烧烤店油烟熏人，电话13812345678",
    "first_name": "某",
    "last_name": "张",
    "phone": "13812345678",
}


@dataclass(frozen=True, slots=True)
class App:
    """An outside app with the key of a partner system."""

    desk: Desk
    client: httpx.AsyncClient
    key: str

    async def report(self, form: str = "json", **changed: Any) -> httpx.Response:
        """Send a report; what is None is left out."""
        sent = {name: value for name, value in {**REPORT, **changed}.items() if value is not None}
        return await self.client.post(f"{V2}/requests.{form}", data={"api_key": self.key, **sent})

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Ask for something."""
        return await self.client.get(f"{V2}/{path}", params={"api_key": self.key, **parameters})


async def key_of(desk: Desk, account: str, region: str | None = None) -> str:
    """An API key of a new partner system, for a region or for everywhere."""
    await add(desk, account)
    granted = GrantRole(account, Role.PARTNER_SYSTEM, region=region)
    assert (await grant_role(desk, KEEPER, granted)).errors == ()
    issued = await issue_api_key(desk, KEEPER, IssueApiKey(account, "app", (Role.PARTNER_SYSTEM,), None))
    assert issued.value is not None
    assert issued.value.secret is not None
    return issued.value.secret


@pytest.fixture
async def app(city_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    hash_quickly(monkeypatch)
    settings = Settings(database_url=city_url, sign_in=SignInMode.REQUIRED, open311=True)
    served = create_app(settings, schema)
    async with served.router.lifespan_context(served):
        key = await key_of(served.desk, "app-a")
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield App(served.desk, client, key)


async def test_a_report_goes_in_and_comes_back_without_what_is_personal(app: App) -> None:
    done = await app.report()
    assert done.status_code == 201
    (made,) = done.json()
    assert set(made) == {"service_request_id", "service_notice", "account_id"}
    number = made["service_request_id"]
    (found,) = (await app.get(f"requests/{number}.json")).json()
    assert found["service_request_id"] == number
    assert (found["status"], found["address_id"]) == ("open", "990102001")
    assert found["agency_responsible"] == made["service_notice"]
    for path, asked in (("requests.json", {}), ("requests.json", {"service_request_id": f"{number},x"})):
        assert (await app.get(path, **asked)).json() == [found]
    listed = await app.get("requests.xml", status="open", service_code=found["service_code"])
    (one,) = ElementTree.fromstring(listed.content)
    assert one.findtext("service_request_id") == number
    assert (await app.get("requests.json", status="closed")).json() == []
    for text in ("13812345678", "张", "烧烤"):
        assert text not in listed.text


async def test_a_report_of_elsewhere_is_as_one_that_there_is_not(app: App) -> None:
    number = (await app.report()).json()[0]["service_request_id"]
    missing = f"{number[:-6]}999999"
    assert (await app.get(f"requests/{number}.json")).status_code == 200
    stranger = App(app.desk, app.client, await key_of(app.desk, "app-b", "990104"))
    for form in ("json", "xml"):
        foreign = await stranger.get(f"requests/{number}.{form}")
        assert foreign.status_code == 404
        assert foreign.text == (await stranger.get(f"requests/{missing}.{form}")).text
    for asked in ({"service_request_id": f"{number},{missing}"}, {"service_code": "urban_management"}, {}):
        assert (await stranger.get("requests.json", **asked)).json() == []


async def test_services_and_their_definitions(app: App) -> None:
    services = (await app.client.get(f"{V2}/services.json")).json()
    codes = [service["service_code"] for service in services]
    assert "ecology" in codes
    assert {service["type"] for service in services} == {"realtime"}
    root = ElementTree.fromstring((await app.client.get(f"{V2}/services.xml")).content)
    assert (root.tag, [each.findtext("service_code") for each in root]) == ("services", codes)
    defined = (await app.get("services/ecology.json")).json()
    assert defined == [{"service_code": "ecology", "attributes": []}]
    english = await app.client.get(f"{V2}/services.json", headers={"accept-language": "en"})
    assert english.json() != services


# What is changed of a good report, and the status.
BAD: dict[str, tuple[dict[str, Any], int]] = {
    "no place": ({"address_id": None, "lat": "32.1", "long": "120.5"}, 400),
    "no text": ({"description": " "}, 400),
    "a place that is none": ({"address_id": "nowhere"}, 400),
    "a service that is none": ({"service_code": "<b>"}, 404),
    "no key": ({"api_key": ""}, 403),
    "a bad key": ({"api_key": "lianxi_" + "x" * 40}, 403),
    "a key of another alphabet": ({"api_key": "钥匙"}, 403),
}


def told(answered: httpx.Response, form: str) -> tuple[int, str]:
    """The code and the words of an answer with one error."""
    if form == "json":
        (error,) = answered.json()
        return error["code"], error["description"]
    root = ElementTree.fromstring(answered.content)
    return int(root.findtext("error/code", "0")), root.findtext("error/description", "")


async def test_a_bad_report_is_refused_with_its_reason_and_nothing_is_stored(app: App) -> None:
    for what, (changed, status) in BAD.items():
        for form in ("json", "xml"):
            answered = await app.report(form, **changed)
            code, said = told(answered, form)
            assert (answered.status_code, code) == (status, status), what
            assert len(said) > 5
    assert (await app.get("requests.json")).json() == []


ASKED_BADLY = {
    "requests/990102-nothing.json": 404,
    "services/nothing.json": 404,
    "requests.json?status=lost": 400,
    "requests.json?start_date=yesterday": 400,
    "requests.json?service_request_id=" + "1," * 30: 400,
    "requests.json?a=%ff": 400,
    "requests.yaml": 404,
}


async def test_what_cannot_be_answered_is_refused(app: App) -> None:
    headers = {"x-api-key": app.key}
    found = {
        path: (await app.client.get(f"{V2}/{path}", headers=headers)).status_code for path in ASKED_BADLY
    }
    assert found == ASKED_BADLY
    spoilt = await app.client.post(
        f"{V2}/requests.json", content=b"description=%ed%a0%80", headers={**headers, "content-type": FORM}
    )
    assert spoilt.status_code == 400


async def test_other_bodies_and_the_cookie_of_a_session_are_of_no_use(app: App) -> None:
    answered = await app.client.post(f"{V2}/requests.json", json={**REPORT, "api_key": app.key})
    assert answered.status_code == 415
    cookie = {"cookie": f"lianxi_session={app.key}"}
    answered = await app.client.post(f"{V2}/requests.json", data=REPORT, headers=cookie)
    assert answered.status_code == 403


async def test_who_asks_too_much_is_told_when_to_come_again(city_url: str) -> None:
    settings = Settings(
        database_url=city_url, sign_in=SignInMode.REQUIRED, open311=True, rate_points=1, rate_burst=1_000
    )
    served = create_app(settings, schema)
    async with served.router.lifespan_context(served):
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            # Meanwhile something comes back: twice as many are enough.
            for _ in range(2 * 1_000 // LEAST):
                answered = await client.get(f"{V2}/services.json")
                if answered.status_code != 200:
                    break
    assert told(answered, "json")[0] == answered.status_code == 429
    assert int(answered.headers["retry-after"]) > 0


@pytest.mark.parametrize("chosen", [{}, {"open311": True}, {"sign_in": SignInMode.REQUIRED}])
async def test_it_is_off_unless_it_is_wished_and_people_sign_in(
    chosen: dict[str, Any], city_url: str
) -> None:
    served = create_app(Settings(database_url=city_url, **chosen), schema)
    async with served.router.lifespan_context(served):
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get(f"{V2}/services.json")).status_code == 404


def test_what_xml_cannot_hold_is_left_out() -> None:
    written = answer(SERVICES, [{"description": "<&>\x00\x0b\ufffe]]>\n𝟙"}], "xml")
    (service,) = ElementTree.fromstring(bytes(written.body))
    assert service.findtext("description") == "<&>]]>\n𝟙"
