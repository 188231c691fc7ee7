"""Objections through the API: raised by the lead, then upheld or accepted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from resolvers.identity import global_id
from tests.resolvers.api import Api
from tests.resolvers.test_verb import codes, new_dispute

OBJECT = """
mutation ($input: ObjectToAssignmentInput!) {
  objectToAssignment(input: $input) {
    objection {
      id state reason raisedBy decidedAt decidedBy decidedReason
      department { code } proposedDepartment { code } decision { rule { code } }
      dispute { version status leadDepartment { code } events { type details { name value } } }
    }
    errors { code path }
    clientMutationId
  }
}
"""
UPHOLD = """
mutation ($input: UpholdAssignmentInput!) {
  upholdAssignment(input: $input) {
    objection { state decidedReason decidedBy dispute { version leadDepartment { code } } }
    errors { code path }
  }
}
"""
ACCEPT = """
mutation ($input: AcceptObjectionInput!) {
  acceptObjection(input: $input) {
    objection {
      state decidedReason
      dispute {
        version leadDepartment { code } objections { id state }
        assignments { role origin reason endedAt department { code } }
      }
    }
    errors { code path }
  }
}
"""
LEAD, OTHER = "990102-ecology", "990100-water"


async def raised(api: Api, dispute: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given = {"id": dispute["id"], "departmentCode": LEAD, "reason": "非本单位职责", **changes}
    payload = (await api.ask(OBJECT, input=given))["objectToAssignment"]
    assert payload["errors"] == []
    objection: dict[str, Any] = payload["objection"]
    return objection


async def test_an_objection_is_told_with_all_that_belongs_to_it(busy: Api) -> None:
    dispute = await new_dispute(busy)
    objection = await raised(busy, dispute, proposedDepartmentCode=OTHER, expectedVersion=dispute["version"])
    assert {name: objection[name] for name in ("state", "reason", "raisedBy", "decidedAt", "decidedBy")} == {
        "state": "OPEN",
        "reason": "非本单位职责",
        "raisedBy": "demo-administrator",
        "decidedAt": None,
        "decidedBy": None,
    }
    assert objection["department"] == {"code": LEAD}
    assert objection["proposedDepartment"] == {"code": OTHER}
    assert objection["decision"] == {"rule": {"code": "industry"}}
    now = objection["dispute"]
    assert (now["version"], now["status"]) == (dispute["version"] + 1, "ASSIGNED")
    last = now["events"][-1]
    assert last["type"] == "objection_raised"
    assert {detail["name"] for detail in last["details"]} == {"objection", "unit", "proposed"}
    found = await busy.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=objection["id"])
    assert found["node"] == {"__typename": "Objection", "id": objection["id"]}


async def test_an_assignment_is_upheld(busy: Api) -> None:
    objection = await raised(busy, await new_dispute(busy))
    given = {"objectionId": objection["id"], "reason": "属生态环境部门职责"}
    payload = (await busy.ask(UPHOLD, input=given))["upholdAssignment"]
    assert payload["objection"] == {
        "state": "UPHELD",
        "decidedReason": "属生态环境部门职责",
        "decidedBy": "demo-administrator",
        "dispute": {
            "version": objection["dispute"]["version"] + 1,
            "leadDepartment": {"code": LEAD},
        },
    }
    assert await codes(busy, UPHOLD, **given) == [("OBJECTION_DECIDED", "objectionId")]


async def test_an_objection_is_accepted_and_the_next_unit_may_object(busy: Api) -> None:
    dispute = await new_dispute(busy)
    objection = await raised(busy, dispute)
    given = {"objectionId": objection["id"], "leadDepartmentCode": OTHER, "reason": "异议成立"}
    payload = (await busy.ask(ACCEPT, input=given))["acceptObjection"]
    assert payload["errors"] == []
    accepted = payload["objection"]
    assert (accepted["state"], accepted["decidedReason"]) == ("ACCEPTED", "异议成立")
    now = accepted["dispute"]
    assert now["leadDepartment"] == {"code": OTHER}
    assert now["objections"] == [{"id": objection["id"], "state": "ACCEPTED"}]
    (lead,) = [each for each in now["assignments"] if each["role"] == "LEAD" and each["endedAt"] is None]
    assert (lead["origin"], lead["reason"]) == ("OBJECTION", "异议成立")
    second = await raised(busy, dispute, departmentCode=OTHER)
    assert second["decision"] is None


async def test_a_retried_objection_acts_once(busy: Api) -> None:
    dispute, key = await new_dispute(busy), str(uuid4())
    first = await raised(busy, dispute, clientMutationId=key)
    assert await raised(busy, dispute, clientMutationId=key) == first


async def test_objections_that_have_to_be_mended(busy: Api) -> None:
    dispute = await new_dispute(busy)
    given = {"id": dispute["id"], "departmentCode": LEAD, "reason": "非本单位职责"}
    for changes, expected in (
        ({"id": "x"}, ("UNKNOWN_DISPUTE", "id")),
        ({"id": global_id("Objection", uuid4())}, ("UNKNOWN_DISPUTE", "id")),
        ({"departmentCode": OTHER}, ("NOT_THE_LEAD", "departmentCode")),
        ({"departmentCode": ""}, ("NOT_THE_LEAD", "departmentCode")),
        ({"proposedDepartmentCode": "nobody"}, ("UNKNOWN_UNIT", "proposedDepartmentCode")),
        ({"proposedDepartmentCode": LEAD}, ("PROPOSES_ITSELF", "proposedDepartmentCode")),
        ({"reason": "\x00"}, ("REASON_REQUIRED", "reason")),
        ({"reason": "因" * 2001}, ("TEXT_TOO_LONG", "reason")),
        ({"expectedVersion": 99}, ("CONFLICT", "expectedVersion")),
    ):
        assert await codes(busy, OBJECT, **{**given, **changes}) == [expected]
    objection = await raised(busy, dispute)
    assert await codes(busy, OBJECT, **given) == [("OBJECTION_OPEN", "id")]
    accept = {"objectionId": objection["id"], "leadDepartmentCode": OTHER, "reason": "因"}
    for changes, expected in (
        ({"objectionId": "x"}, ("UNKNOWN_OBJECTION", "objectionId")),
        ({"objectionId": dispute["id"]}, ("UNKNOWN_OBJECTION", "objectionId")),
        ({"leadDepartmentCode": LEAD}, ("SAME_LEAD", "leadDepartmentCode")),
        ({"leadDepartmentCode": "nobody"}, ("UNKNOWN_UNIT", "leadDepartmentCode")),
        ({"reason": ""}, ("REASON_REQUIRED", "reason")),
        ({"expectedVersion": 1}, ("CONFLICT", "expectedVersion")),
    ):
        assert await codes(busy, ACCEPT, **{**accept, **changes}) == [expected]
    uphold = {"objectionId": objection["id"], "reason": "因"}
    assert await codes(busy, UPHOLD, **{**uphold, "objectionId": ""}) == [
        ("UNKNOWN_OBJECTION", "objectionId")
    ]
    assert await codes(busy, UPHOLD, **{**uphold, "expectedVersion": 1}) == [("CONFLICT", "expectedVersion")]
    assert await codes(busy, UPHOLD, **uphold) == []
    assert await codes(busy, OBJECT, **given) == [("OBJECTION_UPHELD", "id")]
