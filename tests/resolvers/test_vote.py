"""The statistical vote beside decisions: shares, the order of what is close, and the warning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from rules.vote import Vote
from tests.conftest import Content, PostgresDatabases, SqliteFiles
from tests.resolvers.api import Api, Way
from tests.resolvers.city import FACTORY, NOTHING, POLICY, found
from tests.resolvers.conftest import desk_at
from tests.rules.votes import vote_for

TOWN = "990102001"
TORN = "化工厂、饭店"
"""Two sectors with as many words: a person decides."""
OUTCOME = """
    rule { code } explanation flags triageReason confidence leadFunction { code }
    candidates { vote score function { code } department { code } rule { code } }
    voteWarning { share function { code } message english: message(language: EN) }
"""
PREVIEW = f"""query ($input: PreviewRoutingInput!) {{
  previewRouting(input: $input) {{ preview {{ {OUTCOME} }} }} }}"""
SUBMIT = f"""mutation ($input: SubmitDisputeInput!) {{
  submitDispute(input: $input) {{ dispute {{ id decision {{ {OUTCOME} }} }} }} }}"""
DISPUTE = f"query ($id: ID!) {{ dispute(id: $id) {{ decision {{ {OUTCOME} }} }} }}"


@pytest.fixture(scope="module")
def url(servers: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A city whose policy sends what is doubtful to a person."""
    url = servers.filled(Content.REFERENCE)

    async def prepare() -> None:
        desk = desk_at(url)
        await found(desk, replace(POLICY, triage_below=0.9))
        await desk.close()

    asyncio.run(prepare())
    yield url
    servers.drop(url)


async def outcomes(url: str, way: Way, text: str, vote: Vote | None) -> AsyncIterator[dict[str, Any]]:
    """What is said of a text before it is submitted, when it is, and afterwards."""
    desk = replace(desk_at(url), vote=vote)
    try:
        api = Api(desk, way=way)
        asked = {"text": text, "regionCode": TOWN}
        yield (await api.ask(PREVIEW, input=asked))["previewRouting"]["preview"]
        given = {"description": text, "regionCode": TOWN, "channel": "WEB"}
        submitted = (await api.ask(SUBMIT, input=given))["submitDispute"]["dispute"]
        yield submitted["decision"]
        yield (await api.ask(DISPUTE, id=submitted["id"]))["dispute"]["decision"]
        assert api.planned is (way is Way.PLANS)
    finally:
        await desk.close()


async def test_a_vote_for_another_lead_is_told(url: str, way: Way) -> None:
    vote = vote_for(FACTORY, "water", "ecology")
    async for outcome in outcomes(url, way, FACTORY, vote):
        assert outcome["leadFunction"] == {"code": "ecology"}
        warning = outcome["voteWarning"]
        assert warning["function"] == {"code": "water"}
        assert warning["share"] == pytest.approx(1)
        assert "水利水务" in warning["message"]
        assert "生态环境" in warning["message"]
        assert "100%" in warning["english"]
        assert "Ecology" in warning["english"]


@pytest.mark.parametrize(
    "vote",
    [
        None,
        vote_for(FACTORY, "ecology", "water"),
        vote_for(NOTHING, "water", "ecology"),
        vote_for(FACTORY, "water", "ecology", strength=0),
    ],
    ids=["no vote", "the same lead", "nothing known", "not strong"],
)
async def test_otherwise_there_is_no_warning(url: str, way: Way, vote: Vote | None) -> None:
    async for outcome in outcomes(url, way, FACTORY, vote):
        assert outcome["leadFunction"] == {"code": "ecology"}
        assert outcome["voteWarning"] is None


async def test_candidates_that_are_close_are_ordered_by_the_vote(url: str, way: Way) -> None:
    async for outcome in outcomes(url, way, TORN, None):
        assert outcome["triageReason"] == "LOW_CONFIDENCE"
        before = {each["function"]["code"]: each for each in outcome["candidates"]}
        assert {each["vote"] for each in outcome["candidates"]} == {None}
    assert {*before} == {"ecology", "urban_management"}
    for first, second in (("ecology", "urban_management"), ("urban_management", "ecology")):
        async for outcome in outcomes(url, way, TORN, vote_for(TORN, first, second)):
            assert [each["function"]["code"] for each in outcome["candidates"]] == [first, second]
            assert [each["vote"] for each in outcome["candidates"]] == pytest.approx([1, 0])
            for each in outcome["candidates"]:
                assert {**each, "vote": None} == before[each["function"]["code"]]
            assert outcome["voteWarning"] is None


async def test_the_order_that_a_rule_names_stands(url: str, way: Way) -> None:
    vote = vote_for(NOTHING, "water", "ecology")
    async for outcome in outcomes(url, way, NOTHING, vote):
        assert outcome["triageReason"] is not None
        assert outcome["candidates"] == [] or outcome["candidates"][0]["function"]["code"] == "ecology"
