"""From a complaint to its lead unit and on to the joint conference, as a front end sees it."""

from __future__ import annotations

from db import audit
from db.database import Database
from tests.journeys.serving import Client, serving

SUBMIT = """
mutation Submit($input: SubmitDisputeInput!) {
  submitDispute(input: $input) { dispute { id number status version } errors { code path } clientMutationId }
}"""
DISPUTE = """
query Dispute($number: String!) {
  dispute(number: $number) {
    id number title description status severity channel receivedAt version
    region { code name parent { code } }
    facts { field words number flag }
    leadDepartment { code name }
    coDepartments { code }
    territorialOwner { code }
    decision {
      rule { id title legalBasis { title article } } explanation facts { field }
      policyVersion { number policy { key } } triageReason
      candidates { function { code } department { code } }
    }
    assignments { department { code } role origin designated }
    conferences { id status participants { role department { code } } resolution { text } }
    events { type }
  }
}"""
REASSIGN = """
mutation Reassign($input: ReassignDisputeInput!) {
  reassignDispute(input: $input) { dispute { leadDepartment { code } version } errors { code message path } }
}"""
CONVENE = """
mutation Convene($input: ConveneConferenceInput!) {
  conveneConference(input: $input) {
    session { id status conference { domain } participants { role department { code } } } errors { code }
  }
}"""
RESOLVE = """
mutation Resolve($input: RecordConferenceResolutionInput!) {
  recordConferenceResolution(input: $input) {
    session { status resolution { leadDepartment { code } text } } errors { code }
  }
}"""
FISH_FARM = "村里有人在水库养鱼，天天倒饲料和粪肥，水又黑又臭，那是我们喝水的地方。"


async def submitted(client: Client, text: str, region: str = "990121101") -> str:
    """The number of a dispute that was just submitted."""
    complaint = {"description": text, "regionCode": region, "channel": "HOTLINE"}
    answer = (await client.ask(SUBMIT, input=complaint))["submitDispute"]
    assert answer["errors"] == []
    number: str = answer["dispute"]["number"]
    return number


async def test_a_complaint_finds_its_lead_unit(city_url: str) -> None:
    async with serving(city_url) as client:
        dispute = (await client.ask(DISPUTE, number=await submitted(client, FISH_FARM)))["dispute"]
    assert dispute["status"] == "ASSIGNED"
    assert dispute["leadDepartment"]["code"] == "990121-agriculture"
    assert dispute["territorialOwner"]["code"] == "990121101-town"
    assert dispute["region"] == {"code": "990121101", "name": "稻香渡镇", "parent": {"code": "990121"}}
    assert dispute["decision"]["triageReason"] is None
    assert dispute["decision"]["rule"]["legalBasis"]
    assert dispute["decision"]["policyVersion"] == {"number": 1, "policy": {"key": "municipal"}}
    assert any("农业" in sentence for sentence in dispute["decision"]["explanation"])
    assert {"field": "sector", "words": ["agriculture"], "number": None, "flag": None} in dispute["facts"]
    lead = [each for each in dispute["assignments"] if each["role"] == "LEAD"]
    assert [each["origin"] for each in lead] == ["RULE"]
    assert [event["type"] for event in dispute["events"]][:3] == ["submitted", "routed", "assigned"]


async def test_a_contested_matter_goes_through_the_joint_conference(city_url: str) -> None:
    async with serving(city_url) as client:
        before = (await client.ask(DISPUTE, number=await submitted(client, "不知道哪里飘来一股怪味")))[
            "dispute"
        ]
        assert (before["status"], before["leadDepartment"]) == ("TRIAGE", None)
        assert before["decision"]["candidates"]

        by_hand = {
            "id": before["id"],
            "leadDepartmentCode": "990100-ecology",
            "reason": "先由生态环境部门排查",
        }
        stale = {**by_hand, "expectedVersion": before["version"] - 1}
        refused = (await client.ask(REASSIGN, input=stale))["reassignDispute"]
        assert [error["code"] for error in refused["errors"]] == ["CONFLICT"]
        assert refused["dispute"] is None
        taken = (await client.ask(REASSIGN, input=by_hand))["reassignDispute"]
        assert taken["dispute"]["leadDepartment"]["code"] == "990100-ecology"

        call = {"id": before["id"], "domain": "environment", "inviteDepartmentCodes": ["990100-water"]}
        session = (await client.ask(CONVENE, input=call))["conveneConference"]["session"]
        assert (session["status"], session["conference"]["domain"]) == ("CONVENED", "environment")
        roles = {each["department"]["code"]: each["role"] for each in session["participants"]}
        assert roles["990100-ecology"] == "CHAIR"
        assert {"990100-water", "990121101-town"} <= set(roles)

        words = {"sessionId": session["id"], "leadDepartmentCode": "990100-water", "text": "由市水务局牵头"}
        resolved = (await client.ask(RESOLVE, input=words))["recordConferenceResolution"]
        assert resolved["session"]["resolution"]["leadDepartment"]["code"] == "990100-water"

        after = (await client.ask(DISPUTE, number=before["number"]))["dispute"]
        assert (after["status"], after["leadDepartment"]["code"]) == ("ASSIGNED", "990100-water")
        designated = [each for each in after["assignments"] if each["designated"]]
        assert [each["department"]["code"] for each in designated] == ["990100-water"]

        again = (await client.ask(REASSIGN, input=by_hand))["reassignDispute"]
        assert [error["code"] for error in again["errors"]] == ["DESIGNATED"]


async def test_a_gateway_asks_for_what_it_knows_by_key(city_url: str) -> None:
    entities = """
    query Entities($of: [_Any!]!) {
      _entities(representations: $of) {
        __typename
        ... on Dispute { number }
        ... on Department { code name }
        ... on Region { level }
        ... on JointConference { domain }
      }
    }"""
    async with serving(city_url) as client:
        number = await submitted(client, FISH_FARM)
        dispute = (await client.ask(DISPUTE, number=number))["dispute"]
        body = await client.ask("{ jointConferences { id domain } _service { sdl } }")
        conference = body["jointConferences"][0]
        assert "federation/v2.9" in body["_service"]["sdl"]
        found = await client.ask(
            entities,
            of=[
                {"__typename": "Dispute", "id": dispute["id"]},
                {"__typename": "Department", "code": "990100-ecology"},
                {"__typename": "Dispute", "number": number},
                {"__typename": "Region", "code": "990121"},
                {"__typename": "JointConference", "id": conference["id"]},
                {"__typename": "Dispute", "number": "no such number"},
            ],
        )
    assert found["_entities"] == [
        {"__typename": "Dispute", "number": number},
        {"__typename": "Department", "code": "990100-ecology", "name": "云澜市生态环境局"},
        {"__typename": "Dispute", "number": number},
        {"__typename": "Region", "level": "DISTRICT"},
        {"__typename": "JointConference", "domain": conference["domain"]},
        None,
    ]


async def test_the_audit_chain_tells_it_all(city_url: str) -> None:
    async with serving(city_url) as client:
        for _ in range(3):
            await submitted(client, FISH_FARM)
    database = Database.open(city_url)
    async with database.read() as connection:
        chain = await audit.verify(connection)
    await database.close()
    assert chain.valid
    assert chain.records == 2 + 3  # two published policies, three complaints
