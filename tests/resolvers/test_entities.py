"""Entities for gateways: each representation is answered for itself."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from resolvers.identity import global_id
from tests.resolvers.api import Api
from tests.resolvers.city import UNKNOWN

ENTITIES = """
query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Dispute { id number title leadDepartment { code name } }
    ... on Department { code name }
    ... on Region { code name }
    ... on JointConference { id domain }
  }
}
"""


async def some(api: Api) -> dict[str, Any]:
    query = "{ disputes(first: 100) { nodes { id number } } jointConferences { id domain } }"
    return await api.ask(query)


async def test_every_key_finds_its_entity(settled: Api) -> None:
    there = await some(settled)
    dispute, conference = there["disputes"]["nodes"][0], there["jointConferences"][0]
    representations = [
        {"__typename": "Dispute", "id": dispute["id"]},
        {"__typename": "Dispute", "number": dispute["number"]},
        {"__typename": "Department", "code": "990100-ecology"},
        {"__typename": "Region", "code": "990102"},
        {"__typename": "JointConference", "id": conference["id"]},
    ]
    found = (await settled.ask(ENTITIES, representations=representations))["_entities"]
    assert [entity["__typename"] for entity in found] == [r["__typename"] for r in representations]
    assert found[0] == found[1]
    assert found[0]["number"] == dispute["number"]
    assert found[2]["name"] == "云澜市生态环境局"
    assert found[4] == {"__typename": "JointConference", **conference}


MISSING: list[dict[str, Any]] = [
    {"__typename": "Dispute", "id": "x"},
    {"__typename": "Dispute", "id": global_id("Dispute", UNKNOWN)},
    {"__typename": "Dispute", "id": global_id("Region", "990102")},
    {"__typename": "Dispute", "number": ""},
    {"__typename": "Dispute", "number": "\x00"},
    {"__typename": "Department", "code": "nobody"},
    {"__typename": "Region", "code": ""},
    {"__typename": "JointConference", "id": global_id("JointConference", UNKNOWN)},
]


@pytest.mark.parametrize("representation", MISSING, ids=str)
async def test_what_does_not_exist_is_null_without_error(settled: Api, representation: Any) -> None:
    found = await settled.ask(ENTITIES, representations=[representation])
    assert found["_entities"] == [None]


BROKEN: list[Any] = [
    {},
    {"__typename": "Nope"},
    {"__typename": "Query"},
    {"__typename": "Decision", "id": "x"},
    {"__typename": None, "code": "990102"},
    {"__typename": ["Region"], "code": "990102"},
    {"__typename": "Region"},
    {"__typename": "Region", "code": 990102},
    {"__typename": "Region", "code": None},
    {"__typename": "Dispute", "id": {"a": 1}},
    {"__typename": "Department", "name": "云澜市生态环境局"},
    {"code": "990102"},
    "Region",
    7,
    ["Region"],
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
async def test_a_bad_representation_costs_only_itself(settled: Api, broken: Any) -> None:
    good = {"__typename": "Region", "code": "990102"}
    result = await settled.execute(ENTITIES, representations=[good, broken, good])
    assert result.data is not None
    first, second, third = result.data["_entities"]
    assert first == third == {"__typename": "Region", "code": "990102", "name": "望澜区"}
    assert second is None
    assert result.errors is not None
    (error,) = result.errors
    assert error.path == ["_entities", 1]
    assert (error.extensions or {})["code"] == "BAD_USER_INPUT"


async def test_fields_beside_the_keys_are_for_others(settled: Api) -> None:
    given = {"__typename": "Region", "code": "990102", "courtDistrict": {"id": 4}, "info": 1, "self": 2}
    found = await settled.ask(ENTITIES, representations=[given])
    assert found["_entities"][0]["name"] == "望澜区"


async def test_the_callers_variables_stay_as_they_were(settled: Api) -> None:
    same = {"__typename": "Region", "code": "990102"}
    representations = [same, same, {"__typename": "Dispute", "id": "x", "extra": 1}]
    before = copy.deepcopy(representations)
    await settled.ask(ENTITIES, representations=representations)
    assert representations == before


async def test_each_type_is_fetched_at_once(settled: Api) -> None:
    there = await some(settled)
    representations = [{"__typename": "Dispute", "id": node["id"]} for node in there["disputes"]["nodes"]]
    representations += [{"__typename": "JointConference", "id": c["id"]} for c in there["jointConferences"]]
    representations += [{"__typename": "Department", "code": "990100-ecology"}] * 50
    found = (await settled.ask(ENTITIES, representations=representations))["_entities"]
    assert None not in found
    assert len(settled.statements) == 1 + 1  # disputes, conferences
    assert len(settled.others) <= 1  # the revision of the register


async def test_too_many_are_refused_before_any_statement(settled: Api) -> None:
    representations = [{"__typename": "Region", "code": "990102"}] * 1_001
    assert await settled.refused(ENTITIES, representations=representations) == "QUERY_TOO_COMPLEX"
    assert settled.statements == []
    allowed = await settled.ask(ENTITIES, representations=representations[:1_000])
    assert len(allowed["_entities"]) == 1_000


async def test_what_lies_below_the_register_is_fetched_at_once(settled: Api) -> None:
    query = """
    query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Region { name policy { key currentVersion { number } } }
    } }
    """
    codes = [region["code"] for region in (await settled.ask("{ regions { code } }"))["regions"]]
    representations = [{"__typename": "Region", "code": code} for code in [*codes, "nowhere", *codes]]
    found = (await settled.ask(query, representations=representations))["_entities"]
    assert [region and region["policy"]["key"] for region in found] == [
        *(["small"] * len(codes)),
        None,
        *(["small"] * len(codes)),
    ]
    assert len(settled.statements) == 1 + 1  # policies, versions
