"""Mutations: what they change, what they refuse, and that a retried one acts once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from resolvers.identity import global_id
from tests.resolvers.api import Api
from tests.resolvers.city import FACTORY, NOTHING, PIPE
from wording.catalogue import Language

SUBMIT = """
mutation ($input: SubmitDisputeInput!) {
  submitDispute(input: $input) {
    dispute {
      id number title status channel severity version receivedAt
      leadDepartment { code } coDepartments { code } territorialOwner { code }
      decision { rule { code } triageReason flags } conferences { id status rule { code } }
      parties { anonymous reachable name phone address } events { sequence type }
    }
    errors { code message path }
    clientMutationId
  }
}
"""
REASSIGN = """
mutation ($input: ReassignDisputeInput!) {
  reassignDispute(input: $input) {
    dispute {
      status version leadDepartment { code } coDepartments { code }
      assignments { role origin reason department { code } endedAt }
    }
    errors { code path }
  }
}
"""
CONVENE = """
mutation ($input: ConveneConferenceInput!) {
  conveneConference(input: $input) {
    session {
      id topic status reason scheduledAt conference { domain } dispute { status }
      participants { role department { code } } resolution { text }
    }
    errors { code path }
  }
}
"""
RECORD = """
mutation ($input: RecordConferenceResolutionInput!) {
  recordConferenceResolution(input: $input) {
    session {
      status resolution { text leadDepartment { code } }
      dispute { status leadDepartment { code } coDepartments { code } assignments { designated endedAt } }
    }
    errors { code path }
  }
}
"""
COMPLAINT = {"description": FACTORY, "regionCode": "990102001", "channel": "HOTLINE"}


async def submit(api: Api, **changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await api.ask(SUBMIT, input={**COMPLAINT, **changes}))["submitDispute"]
    return payload


async def new_dispute(api: Api, **changes: Any) -> dict[str, Any]:
    payload = await submit(api, **changes)
    assert payload["errors"] == []
    dispute: dict[str, Any] = payload["dispute"]
    return dispute


async def codes(api: Api, mutation: str, **given: Any) -> list[tuple[str, str]]:
    """Codes and paths of the errors; nothing was changed."""
    (payload,) = (await api.ask(mutation, input=given)).values()
    errors = payload.pop("errors")
    payload.pop("clientMutationId", None)
    assert errors == [] or set(payload.values()) == {None}
    return [(error["code"], ".".join(error["path"])) for error in errors]


async def test_a_complaint_is_stored_routed_and_assigned(busy: Api) -> None:
    dispute = await new_dispute(busy, severity=4, receivedAt="2026-03-16T09:00:00+08:00")
    assert dispute["status"] == "ASSIGNED"
    assert dispute["channel"] == "HOTLINE"
    assert dispute["severity"] == 4
    assert dispute["receivedAt"] == "2026-03-16T01:00:00+00:00"
    assert dispute["leadDepartment"] == {"code": "990102-ecology"}
    assert dispute["decision"] == {"rule": {"code": "industry"}, "triageReason": None, "flags": []}
    assert dispute["parties"] == [
        {"anonymous": True, "reachable": False, "name": None, "phone": None, "address": None}
    ]
    assert [event["type"] for event in dispute["events"]][:2] == ["submitted", "routed"]


async def test_signs_of_crime_bring_the_police_and_a_conference(busy: Api) -> None:
    dispute = await new_dispute(busy, description=PIPE)
    assert dispute["coDepartments"] == [{"code": "990102-public-security"}]
    assert dispute["decision"]["flags"] == ["suspected_crime"]
    (session,) = dispute["conferences"]
    assert session["status"] == "PROPOSED"
    assert session["rule"] is not None


async def test_what_the_policy_cannot_decide_lies_in_triage(busy: Api) -> None:
    dispute = await new_dispute(busy, description=NOTHING)
    assert dispute["status"] == "TRIAGE"
    assert dispute["leadDepartment"] is None
    assert dispute["decision"]["triageReason"] is not None


async def test_personal_data_come_back_masked(busy: Api) -> None:
    complainant = {"name": "欧阳某某", "phone": "13912345678", "address": "云澜市望澜区钟鼓街道2号"}
    dispute = await new_dispute(busy, complainant=complainant)
    assert dispute["parties"] == [
        {
            "anonymous": False,
            "reachable": True,
            "name": "欧***",
            "phone": "139******78",
            "address": "云澜市望澜区****",
        }
    ]


async def test_personal_data_in_the_words_of_a_complaint_come_back_masked(busy: Api) -> None:
    """Positions stay right, in what is stored and in a question; nothing of it can be looked for."""
    text = f"我叫李江河，电话13912345678，住3栋2单元501室。{PIPE}"
    shown = f"我叫李**，电话***********，住*栋*单元***室。{PIPE}"
    dispute = await new_dispute(busy, description=text, title="请打13912345678")
    whole = "{ title description decision { matches { text start end } explanation } }"
    asked = f"query ($id: ID) {{ dispute(id: $id) {whole} }}"
    found = (await busy.ask(asked, id=dispute["id"]))["dispute"]
    assert (found["title"], found["description"]) == ("请打***********", shown)
    words = "preview { matches { text start end } explanation }"
    preview = await busy.ask(
        f"query ($input: PreviewRoutingInput!) {{ previewRouting(input: $input) {{ {words} }} }}",
        input={"text": text, "regionCode": "990102001"},
    )
    for answer in (found["decision"], preview["previewRouting"]["preview"]):
        assert answer["matches"]
        for match in answer["matches"]:
            assert match["text"] == shown[match["start"] : match["end"]]
    listed = "query ($text: String!) { disputes(filter: {text: $text}, first: 1) { nodes { id } } }"
    assert (await busy.ask(listed, text="13912345678"))["disputes"]["nodes"] == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"description": ""}, [("TEXT_EMPTY", "description")]),
        ({"description": " \n\x00 "}, [("TEXT_EMPTY", "description")]),
        ({"description": "字" * 20_001}, [("TEXT_TOO_LONG", "description")]),
        ({"regionCode": "nowhere"}, [("UNKNOWN_REGION", "regionCode")]),
        ({"regionCode": "\x00"}, [("UNKNOWN_REGION", "regionCode")]),
        ({"severity": 0}, [("SEVERITY_OUT_OF_RANGE", "severity")]),
        ({"receivedAt": "2026-03-17T00:00:00Z"}, [("RECEIVED_IN_FUTURE", "receivedAt")]),
        ({"title": "题" * 201}, [("TEXT_TOO_LONG", "title")]),
        ({"complainant": {"phone": "1" * 41}}, [("TEXT_TOO_LONG", "complainant.phone")]),
        ({"clientMutationId": "k" * 256}, [("KEY_TOO_LONG", "clientMutationId")]),
        (
            {"description": "", "severity": 9},
            [("TEXT_EMPTY", "description"), ("SEVERITY_OUT_OF_RANGE", "severity")],
        ),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_complaints_that_have_to_be_mended(
    busy: Api, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert await codes(busy, SUBMIT, **COMPLAINT) == []
    assert await codes(busy, SUBMIT, **{**COMPLAINT, **changes}) == expected


async def test_messages_are_in_the_language_of_the_request(busy: Api) -> None:
    (chinese,) = (await submit(busy, severity=0))["errors"]
    (english,) = (await submit(Api(busy.desk, Language.EN), severity=0))["errors"]
    assert chinese["message"] == "严重程度须在 1 到 5 之间，请更正。"
    assert english["message"] == "The severity must lie between 1 and 5: please correct it."


async def test_the_same_key_and_input_act_once(busy: Api) -> None:
    key = str(uuid4())
    first, second = await submit(busy, clientMutationId=key), await submit(busy, clientMutationId=key)
    assert first == second
    assert first["clientMutationId"] == key
    other = await submit(busy, clientMutationId=key, severity=5)
    assert [error["code"] for error in other["errors"]] == ["KEY_REUSED"]
    assert other["dispute"] is None
    assert other["clientMutationId"] == key


async def test_a_key_may_hold_any_character(busy: Api) -> None:
    key = f"\x00 '\" 键 {uuid4()}"
    assert (await submit(busy, clientMutationId=key))["clientMutationId"] == key


async def test_reassigning_gives_another_lead_and_keeps_the_history(busy: Api) -> None:
    dispute = await new_dispute(busy)
    given = {"id": dispute["id"], "leadDepartmentCode": "990100-water", "reason": "属水体问题"}
    payload = (await busy.ask(REASSIGN, input={**given, "coDepartmentCodes": ["990100-ecology"]}))[
        "reassignDispute"
    ]
    now = payload["dispute"]
    assert payload["errors"] == []
    assert now["leadDepartment"] == {"code": "990100-water"}
    assert now["coDepartments"] == [{"code": "990100-ecology"}]
    assert now["version"] == dispute["version"] + 1
    ended = [assignment for assignment in now["assignments"] if assignment["endedAt"]]
    assert [assignment["department"]["code"] for assignment in ended] == ["990102-ecology"]
    kept = (await busy.ask(REASSIGN, input={**given, "leadDepartmentCode": "990100-agriculture"}))[
        "reassignDispute"
    ]
    assert kept["dispute"]["coDepartments"] == [{"code": "990100-ecology"}]


async def test_what_cannot_be_reassigned(busy: Api) -> None:
    dispute = await new_dispute(busy)
    given = {"id": dispute["id"], "leadDepartmentCode": "990100-water", "reason": "因"}
    unknown = "UNKNOWN_DISPUTE"
    for changes, expected in (
        ({"id": "x"}, (unknown, "id")),
        ({"id": global_id("Dispute", uuid4())}, (unknown, "id")),
        ({"id": global_id("Region", "990102")}, (unknown, "id")),
        ({"leadDepartmentCode": "nobody"}, ("UNKNOWN_UNIT", "leadDepartmentCode")),
        ({"coDepartmentCodes": ["nobody"]}, ("UNKNOWN_UNIT", "coDepartmentCodes")),
        ({"coDepartmentCodes": ["990100-agriculture"] * 21}, ("TOO_MANY_UNITS", "coDepartmentCodes")),
        ({"reason": " "}, ("REASON_REQUIRED", "reason")),
        ({"expectedVersion": 99}, ("CONFLICT", "expectedVersion")),
        ({"leadDepartmentCode": "990102-ecology"}, ("SAME_LEAD", "leadDepartmentCode")),
    ):
        assert await codes(busy, REASSIGN, **{**given, **changes}) == [expected]


async def test_a_conference_is_convened_and_resolves(busy: Api) -> None:
    dispute = await new_dispute(busy)
    given = {
        "id": dispute["id"],
        "domain": "environment",
        "reason": "职责不清",
        "scheduledAt": "2026-03-20T09:00:00+08:00",
        "inviteDepartmentCodes": ["990100-water"],
    }
    payload = (await busy.ask(CONVENE, input=given))["conveneConference"]
    session = payload["session"]
    assert payload["errors"] == []
    assert session["status"] == "CONVENED"
    assert session["topic"] == dispute["title"]
    assert session["dispute"] == {"status": "IN_CONFERENCE"}
    assert session["resolution"] is None
    assert session["participants"][0] == {"role": "CHAIR", "department": {"code": "990100-ecology"}}
    invited = [participant["department"]["code"] for participant in session["participants"]]
    assert {"990102-ecology", "990100-water", dispute["territorialOwner"]["code"]} < set(invited)
    assert await codes(busy, CONVENE, **given) == [("SESSION_OPEN", "domain")]

    resolution = {"sessionId": session["id"], "leadDepartmentCode": "990100-water", "text": "由水利局牵头"}
    recorded = (await busy.ask(RECORD, input=resolution))["recordConferenceResolution"]["session"]
    assert recorded["status"] == "RESOLVED"
    assert recorded["resolution"] == {"text": "由水利局牵头", "leadDepartment": {"code": "990100-water"}}
    assert recorded["dispute"]["leadDepartment"] == {"code": "990100-water"}
    (designated,) = [a for a in recorded["dispute"]["assignments"] if not a["endedAt"]]
    assert designated["designated"] is True
    assert await codes(busy, RECORD, **resolution) == [("SESSION_NOT_CONVENED", "sessionId")]
    back = {"id": dispute["id"], "leadDepartmentCode": "990102-ecology", "reason": "退回"}
    assert await codes(busy, REASSIGN, **back) == [("DESIGNATED", "id")]


async def test_what_cannot_be_convened_or_recorded(busy: Api) -> None:
    dispute = await new_dispute(busy)
    given = {"id": dispute["id"], "domain": "environment"}
    for changes, expected in (
        ({"id": "x"}, ("UNKNOWN_DISPUTE", "id")),
        ({"domain": "nothing"}, ("UNKNOWN_CONFERENCE", "domain")),
        ({"domain": "\x00"}, ("UNKNOWN_CONFERENCE", "domain")),
        ({"inviteDepartmentCodes": ["nobody"]}, ("UNKNOWN_UNIT", "inviteDepartmentCodes")),
        ({"scheduledAt": "2026-03-01T00:00:00Z"}, ("SCHEDULED_IN_PAST", "scheduledAt")),
        ({"expectedVersion": 1}, ("CONFLICT", "expectedVersion")),
    ):
        assert await codes(busy, CONVENE, **{**given, **changes}) == [expected]
    resolution = {"sessionId": "x", "leadDepartmentCode": "990100-water", "text": "决议"}
    assert await codes(busy, RECORD, **resolution) == [("UNKNOWN_SESSION", "sessionId")]
    assert await codes(busy, RECORD, **{**resolution, "text": ""}) == [("TEXT_EMPTY", "text")]


async def test_mutations_of_one_operation_see_each_other(busy: Api) -> None:
    dispute = await new_dispute(busy)
    twice = """
    mutation ($id: ID!) {
      a: reassignDispute(input: {id: $id, leadDepartmentCode: "990100-water", reason: "一"}) {
        dispute { version leadDepartment { code } assignments { department { code } } } }
      b: reassignDispute(input: {id: $id, leadDepartmentCode: "990100-agriculture", reason: "二"}) {
        dispute { version leadDepartment { code } assignments { department { code } } } }
    }
    """
    done = await busy.ask(twice, id=dispute["id"])
    assert done["a"]["dispute"]["leadDepartment"] == {"code": "990100-water"}
    assert done["b"]["dispute"]["leadDepartment"] == {"code": "990100-agriculture"}
    assert len(done["b"]["dispute"]["assignments"]) == 3
