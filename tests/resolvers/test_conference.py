"""Joint conferences and their sessions; policies for reading."""

from __future__ import annotations

from tests.resolvers.api import Api
from tests.resolvers.conftest import ROUNDS


async def test_the_standing_bodies(settled: Api) -> None:
    query = "{ jointConferences { id domain name nameEn lead { code } office { code } members { code } } }"
    found = (await settled.ask(query))["jointConferences"]
    assert len(found) == 8
    (environment,) = [conference for conference in found if conference["domain"] == "environment"]
    assert environment["lead"] == environment["office"] == {"code": "990100-ecology"}
    assert environment["members"][0] == {"code": "990100-state-assets"}
    one = await settled.ask("query ($id: ID!) { jointConference(id: $id) { domain } }", id=environment["id"])
    assert one["jointConference"] == {"domain": "environment"}


async def test_bodies_of_a_city_or_domain(settled: Api) -> None:
    found = await settled.ask(
        """
        {
          city: jointConferences(city: "990100", domain: "environment") { domain }
          elsewhere: jointConferences(city: "990102") { domain }
          nothing: jointConferences(domain: "\\u0000") { domain }
        }
        """
    )
    assert found == {"city": [{"domain": "environment"}], "elsewhere": [], "nothing": []}


async def test_the_newest_sessions_come_first(settled: Api) -> None:
    query = """
    query ($few: Int!, $many: Int!) { jointConferences(domain: "environment") {
      few: sessions(first: $few) { id createdAt conference { domain } } many: sessions(first: $many) { id }
    } }
    """
    (found,) = (await settled.ask(query, few=4, many=100))["jointConferences"]
    assert len(found["many"]) == 3 * ROUNDS
    assert [session["id"] for session in found["few"]] == [session["id"] for session in found["many"][:4]]
    assert {session["conference"]["domain"] for session in found["few"]} == {"environment"}
    for first in (0, 101):
        assert await settled.refused(query, few=first, many=1) == "BAD_USER_INPUT"
