"""One dispute, with all that belongs to it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.api import Api
from tests.resolvers.city import FACTORY, NOTHING, PIPE
from wording.catalogue import Language

WHOLE = """
query ($id: ID, $number: String) {
  dispute(id: $id, number: $number) {
    id number title description status severity channel receivedAt version
    region { code level parent { code } } territorialOwner { code region { code } }
    facts { field title titleEn words number flag }
    leadDepartment { code } coDepartments { code }
    decision {
      sequence decidedAt rule { code kind title titleEn legalBasis { title article url certain } }
      overlays { code } explanation facts { field } matches { text start end field word }
      policyVersion { number policy { key } } leadFunction { code name } coFunctions { code }
      conferenceDomain flags legalPath triageReason confidence
      candidates { function { code } department { code } score rule { code } }
    }
    decisions { sequence }
    assignments { role origin designated reason assignedBy department { code } endedAt }
    conferences {
      topic status reason createdBy rule { code } conference { domain }
      participants { role department { code } }
      resolution { text leadDepartment { code } resolvedBy }
    }
    parties { role anonymous reachable name phone address }
  }
}
"""


async def one(api: Api, text: str) -> dict[str, Any]:
    """The newest dispute with this text."""
    found = await api.ask(
        "query ($text: String!) { disputes(filter: {text: $text}, first: 1) { nodes { id } } }", text=text
    )
    whole: dict[str, Any] = (await api.ask(WHOLE, id=found["disputes"]["nodes"][0]["id"]))["dispute"]
    return whole


async def test_a_dispute_with_a_designated_lead(settled: Api) -> None:
    dispute = await one(settled, FACTORY)
    assert dispute["title"] == f"{FACTORY}（0）"
    assert dispute["description"] == FACTORY
    assert dispute["status"] == "ASSIGNED"
    assert dispute["channel"] == "HOTLINE"
    assert dispute["severity"] == 1
    assert dispute["receivedAt"] == "2026-03-16T01:30:00+00:00"
    assert dispute["region"] == {"code": "990102001", "level": "TOWN", "parent": {"code": "990102"}}
    assert dispute["territorialOwner"]["region"] == {"code": "990102001"}
    assert dispute["leadDepartment"] == {"code": "990100-ecology"}
    assert dispute["coDepartments"] == [{"code": "990100-water"}]
    assert [
        (a["role"], a["origin"], a["designated"], a["endedAt"] is None) for a in dispute["assignments"]
    ] == [
        ("LEAD", "RULE", False, False),
        ("LEAD", "CONFERENCE", True, True),
        ("CO", "CONFERENCE", False, True),
    ]
    (session,) = dispute["conferences"]
    assert session["status"] == "RESOLVED"
    assert session["rule"] is None
    assert session["resolution"] == {
        "text": "由市生态环境局牵头",
        "leadDepartment": {"code": "990100-ecology"},
        "resolvedBy": "demo-administrator",
    }
    assert session["participants"][0] == {"role": "CHAIR", "department": {"code": "990100-ecology"}}


async def test_the_decision_tells_why(settled: Api) -> None:
    decision = (await one(settled, PIPE))["decision"]
    assert decision["sequence"] == 1
    assert decision["rule"] == {
        "code": "industry",
        "kind": "BASE",
        "title": "industry分工",
        "titleEn": "The industry row",
        "legalBasis": [{"title": "信访工作条例", "article": "第二十四条", "url": "", "certain": True}],
    }
    assert decision["overlays"] == [{"code": "crime"}]
    assert decision["leadFunction"]["code"] == "ecology"
    assert decision["coFunctions"] == [{"code": "public_security"}]
    assert decision["flags"] == ["suspected_crime"]
    assert decision["conferenceDomain"] == "environment"
    assert decision["policyVersion"] == {"number": 1, "policy": {"key": "small"}}
    assert decision["triageReason"] is None
    assert 0 < decision["confidence"] <= 1
    assert {"text": "暗管", "start": 5, "end": 7, "field": "signs", "word": "secret_pipe"} in decision[
        "matches"
    ]
    assert decision["explanation"]


async def test_matches_point_into_the_description(settled: Api) -> None:
    dispute = await one(settled, PIPE)
    for match in dispute["decision"]["matches"]:
        assert dispute["description"][match["start"] : match["end"]] == match["text"]


async def test_facts_carry_the_titles_of_the_version(settled: Api) -> None:
    facts = {fact["field"]: fact for fact in (await one(settled, PIPE))["facts"]}
    assert facts["sector"] == {
        "field": "sector",
        "title": "类别",
        "titleEn": "Sector",
        "words": ["industry"],
        "number": None,
        "flag": None,
    }
    assert facts["severity"]["number"] == 1
    assert facts["signs"]["words"] == ["secret_pipe"]


async def test_triage_ranks_candidates_with_their_departments(settled: Api) -> None:
    listed = await settled.ask(
        "{ disputes(filter: {status: [TRIAGE]}, first: 1) { nodes { id decision { triageReason candidates { "
        "score function { code } department { code } rule { code } } } } } }"
    )
    decision = listed["disputes"]["nodes"][0]["decision"]
    assert decision["triageReason"] in ("NO_FACTS", "LOW_CONFIDENCE", "BY_RULE")
    scores = [candidate["score"] for candidate in decision["candidates"]]
    assert scores == sorted(scores, reverse=True)
    carriers = {c["function"]["code"]: c["department"] for c in decision["candidates"]}
    assert set(carriers) <= {"ecology", "water"}
    assert all(carriers.values())


async def test_an_explanation_in_either_language(settled: Api) -> None:
    query = """
    query ($number: String!) { dispute(number: $number) { decision {
      byDefault: explanation chinese: explanation(language: ZH) english: explanation(language: EN)
    } } }
    """
    number = (await one(settled, PIPE))["number"]
    told = (await settled.ask(query, number=number))["dispute"]["decision"]
    assert told["byDefault"] == told["chinese"] != told["english"]
    english = Api(settled.desk, Language.EN)
    assert (await english.ask(query, number=number))["dispute"]["decision"]["byDefault"] == told["english"]


async def test_personal_data_are_masked(settled: Api) -> None:
    assert (await one(settled, NOTHING))["parties"] == [
        {
            "role": "COMPLAINANT",
            "anonymous": False,
            "reachable": True,
            "name": "张**",
            "phone": "138******00",
            "address": "云澜市望澜区****",
        }
    ]


async def test_events_come_in_stretches(settled: Api) -> None:
    query = """
    query ($number: String!, $after: Int!, $first: Int!) { dispute(number: $number) {
      all: events { sequence type }
      some: events(after: $after, first: $first) { sequence type actor occurredAt details { name value } }
    } }
    """
    number = (await one(settled, FACTORY))["number"]
    found = (await settled.ask(query, number=number, after=1, first=2))["dispute"]
    assert [event["sequence"] for event in found["all"]] == list(range(1, len(found["all"]) + 1))
    assert [(event["sequence"], event["type"]) for event in found["some"]] == [
        (event["sequence"], event["type"]) for event in found["all"][1:3]
    ]
    routed = found["some"][0]
    assert routed["type"] == "routed"
    assert {"name": "policy", "value": "small"} in routed["details"]
    beyond = await settled.ask(query, number=number, after=2**31 - 1, first=100)
    assert beyond["dispute"]["some"] == []
    for after, first in ((0, 0), (0, 101), (-1, 1)):
        assert await settled.refused(query, number=number, after=after, first=first) == "BAD_USER_INPUT"


async def test_id_and_number_name_the_same_dispute(settled: Api) -> None:
    dispute = await one(settled, FACTORY)
    other = await one(settled, NOTHING)
    find = "query ($id: ID, $number: String) { dispute(id: $id, number: $number) { number } }"
    assert (await settled.ask(find, number=dispute["number"]))["dispute"]["number"] == dispute["number"]
    both = await settled.ask(find, id=dispute["id"], number=dispute["number"])
    assert both["dispute"]["number"] == dispute["number"]
    assert (await settled.ask(find, id=dispute["id"], number=other["number"]))["dispute"] is None
    assert await settled.refused(find) == "BAD_USER_INPUT"


@pytest.mark.parametrize("number", ["", "1", "\x00", "990100-2026-999999", "%", "x" * 5_000])
async def test_numbers_of_nothing_are_null(settled: Api, number: str) -> None:
    found = await settled.ask("query ($n: String) { dispute(number: $n) { id } }", n=number)
    assert found["dispute"] is None
