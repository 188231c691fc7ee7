"""The terms that run for a dispute, as the API tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.resolvers.api import Api
from tests.resolvers.city import FACTORY, NOTHING
from tests.resolvers.test_objection import ACCEPT, LEAD, OTHER, raised
from tests.resolvers.test_verb import CONVENE, REASSIGN, RECORD, new_dispute

DEADLINES = """
query ($id: ID!) { dispute(id: $id) { deadlines {
  kind dueAt department { code } legalBasis { title article certain } provisional isOver
} } }
"""
DUE = datetime(2026, 3, 23, 16, tzinfo=UTC)  # assigned on a Monday: the end of the Monday after, in China
RESOLVE = """
mutation ($input: ResolveDisputeInput!) { resolveDispute(input: $input) { errors { code } } }
"""


async def deadlines(api: Api, dispute: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.ask(DEADLINES, id=dispute["id"]))["dispute"]["deadlines"]
    return found


async def test_a_lead_has_a_term_to_object(busy: Api) -> None:
    assert await deadlines(busy, await new_dispute(busy)) == [
        {
            "kind": "OBJECTION",
            "dueAt": DUE.isoformat(),
            "department": {"code": LEAD},
            "legalBasis": [
                {"title": "信访工作条例", "article": "第二十三条", "certain": True},
                {"title": "民法典", "article": "第二百零一条", "certain": True},
            ],
            "provisional": True,
            "isOver": False,
        }
    ]


@pytest.mark.parametrize(("moment", "over"), [(DUE - timedelta(seconds=1), False), (DUE, True)])
async def test_a_term_that_is_over_is_told_as_over(busy: Api, moment: datetime, over: bool) -> None:
    dispute = await new_dispute(busy)
    busy.desk = replace(busy.desk, clock=lambda: moment)
    assert [each["isOver"] for each in await deadlines(busy, dispute)] == [over]


async def test_the_term_is_as_long_as_the_city_says(busy: Api) -> None:
    busy.desk = replace(busy.desk, objection_days=6)
    (deadline,) = await deadlines(busy, await new_dispute(busy))
    assert deadline["dueAt"] == (DUE + timedelta(days=1)).isoformat()


async def test_who_has_objected_has_no_term_and_the_next_lead_has_its_own(busy: Api) -> None:
    dispute = await new_dispute(busy)
    objection = await raised(busy, dispute)
    assert await deadlines(busy, dispute) == []
    given = {"objectionId": objection["id"], "leadDepartmentCode": OTHER, "reason": "异议成立"}
    await busy.ask(ACCEPT, input=given)
    assert [each["department"]["code"] for each in await deadlines(busy, dispute)] == [OTHER]


async def test_of_several_leads_the_present_one_has_the_term(busy: Api) -> None:
    dispute = await new_dispute(busy)
    await busy.ask(REASSIGN, input={"id": dispute["id"], "leadDepartmentCode": OTHER, "reason": "属水体问题"})
    assert [each["department"]["code"] for each in await deadlines(busy, dispute)] == [OTHER]


async def test_nobody_has_a_term_in_triage(busy: Api) -> None:
    assert await deadlines(busy, await new_dispute(busy, description=NOTHING)) == []


async def test_whom_a_conference_designated_cannot_object(busy: Api) -> None:
    dispute = await new_dispute(busy, description=FACTORY)
    convened = await busy.ask(CONVENE, input={"id": dispute["id"], "domain": "environment"})
    resolved = {
        "sessionId": convened["conveneConference"]["session"]["id"],
        "leadDepartmentCode": "990100-ecology",
        "text": "由市生态环境局牵头",
    }
    done = await busy.ask(RECORD, input=resolved)
    assert done["recordConferenceResolution"]["errors"] == []
    assert await deadlines(busy, dispute) == []


async def test_a_dispute_that_is_over_has_no_terms(busy: Api) -> None:
    dispute = await new_dispute(busy)
    done = await busy.ask(RESOLVE, input={"id": dispute["id"], "reply": "已督促整改，异味消除。"})
    assert done["resolveDispute"]["errors"] == []
    assert await deadlines(busy, dispute) == []
