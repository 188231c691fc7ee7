"""What may be about one matter, merging, splitting and repeats, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.api import Api
from tests.resolvers.city import FARM, TOWNS
from tests.resolvers.mutations import MUTATIONS

SIMILAR = """
query ($id: ID!, $first: Int!) {
  similarDisputes(id: $id, first: $first) {
    disputes { score words mergeable dispute { id } }
    errors { code path }
  }
}
"""
SIMILAR_TO_TEXT = """
query ($input: SimilarToTextInput!) {
  similarToText(input: $input) { disputes { dispute { id } } errors { code path } }
}
"""
MERGED = """
query ($id: ID!) {
  dispute(id: $id) {
    status leadDepartment { code } mergedInto { id status } mergedDisputes { id }
    mergers { main { id } reason splitReason } repeats { repeat earlier { id } }
    events { type details { name value } } parties { role }
  }
}
"""


async def submitted(api: Api, number: int) -> str:
    """A complaint of a farm in no other test's town."""
    text = f"清溪{'一二三'[number]}组:{FARM},望尽快处理"
    given = {"description": text, "regionCode": "990104", "channel": "HOTLINE"}
    answer = await api.ask(MUTATIONS["submitDispute"], input=given)
    return str(answer["submitDispute"]["dispute"]["id"])


async def done(api: Api, name: str, **given: Any) -> Any:
    answer = (await api.ask(MUTATIONS[name], input=given))[name]
    assert answer["errors"] == []
    return answer["dispute"]


async def refused(api: Api, name: str, **given: Any) -> list[tuple[str, str]]:
    answer = (await api.ask(MUTATIONS[name], input=given))[name]
    assert answer["dispute"] is None
    return [(error["code"], ".".join(error["path"])) for error in answer["errors"]]


async def test_from_what_is_alike_to_one_reply_and_back(busy: Api) -> None:
    main, duplicate = await submitted(busy, 0), await submitted(busy, 1)
    found = (await busy.ask(SIMILAR, id=duplicate, first=100))["similarDisputes"]
    assert found["errors"] == []
    (alike,) = [each for each in found["disputes"] if each["dispute"]["id"] == main]
    assert 0.55 <= alike["score"] < 1
    assert "养猪场" in alike["words"]

    merged = await done(busy, "mergeDisputes", id=main, duplicateIds=[duplicate], reason="同一养猪场")
    assert [each["status"] for each in merged["mergedDisputes"]] == ["MERGED"]
    told = (await busy.ask(MERGED, id=duplicate))["dispute"]
    assert (told["status"], told["leadDepartment"]) == ("MERGED", None)
    assert told["mergedInto"] == {"id": main, "status": "ASSIGNED"}
    assert told["repeats"] == [
        {"repeat": repeat, "earlier": {"id": main}} for repeat in ("ACCEPTED", "NOTHING_NEW")
    ]
    assert told["parties"] == [{"role": "COMPLAINANT"}]
    moved = {"leadDepartmentCode": "990100-water", "reason": "属水体问题"}
    await busy.ask(MUTATIONS["reassignDispute"], input={"id": main, **moved})
    (last,) = (await busy.ask(MERGED, id=duplicate))["dispute"]["events"][-1:]
    assert last["type"] == "main_went_on"
    assert {"name": "events", "value": "assigned"} in last["details"]
    assert (await busy.ask(MERGED, id=main))["dispute"]["mergedDisputes"] == [{"id": duplicate}]

    split = await done(busy, "splitDispute", id=duplicate, reason="另一养猪场")
    assert (split["status"], split["mergedInto"]) == ("ASSIGNED", None)
    assert split["mergers"] == [{"splitReason": "另一养猪场"}]
    assert (await busy.ask(MERGED, id=main))["dispute"]["mergedDisputes"] == []


async def test_all_who_complained_get_the_one_reply(busy: Api) -> None:
    main, duplicate = await submitted(busy, 0), await submitted(busy, 1)
    await done(busy, "mergeDisputes", id=main, duplicateIds=[duplicate], reason="同一养猪场")
    reply = "已停产整改,联系人电话13812345678。"
    resolved = await done(busy, "resolveDispute", id=main, reply=reply)
    (told,) = resolved["replies"]
    assert told["text"].startswith("已停产整改")
    assert "13812345678" not in told["text"]
    assert resolved["status"] == "RESOLVED"
    (merged,) = resolved["mergedDisputes"]
    assert merged["replies"] == [told]
    again = await submitted(busy, 2)
    found = (await busy.ask(SIMILAR, id=again, first=100))["similarDisputes"]["disputes"]
    assert [each["mergeable"] for each in found if each["dispute"]["id"] == main] == [False]
    assert await refused(busy, "mergeDisputes", id=again, duplicateIds=[main], reason="同一养猪场") == [
        ("NOT_OPEN", "duplicateIds.0")
    ]
    assert await refused(busy, "resolveDispute", id="x", reply=reply) == [("UNKNOWN_DISPUTE", "id")]


async def test_a_repeat_is_confirmed_and_withdrawn(busy: Api) -> None:
    earlier, later = await submitted(busy, 0), await submitted(busy, 2)
    given = {"id": later, "earlierId": earlier}
    tagged = await done(busy, "confirmRepeat", **given, somethingNew=True)
    assert [each["repeat"] for each in tagged["repeats"]] == ["ACCEPTED"]
    withdrawn = await done(busy, "withdrawRepeat", **given, reason="不是同一件事")
    assert withdrawn["repeats"] == []
    assert withdrawn["withdrawnRepeats"] == [{"reason": "不是同一件事"}]
    assert await refused(busy, "withdrawRepeat", **given, reason="不是同一件事") == [
        ("NO_SUCH_REPEAT", "earlierId")
    ]


async def test_what_has_to_be_mended(busy: Api) -> None:
    main = await submitted(busy, 0)
    reason = {"reason": "同一件事"}
    nobody = [("UNKNOWN_DISPUTE", "id")]
    assert await refused(busy, "mergeDisputes", id="x", duplicateIds=[main], **reason) == nobody
    assert await refused(busy, "mergeDisputes", id=main, duplicateIds=["x", main], **reason) == [
        ("UNKNOWN_DISPUTE", "duplicateIds.0"),
        ("SAME_DISPUTE", "duplicateIds.1"),
    ]
    assert await refused(busy, "mergeDisputes", id=main, duplicateIds=[], reason=" ") == [
        ("REASON_REQUIRED", "reason"),
        ("NO_DUPLICATES", "duplicateIds"),
    ]
    assert await refused(busy, "splitDispute", id=main, **reason) == [("NOT_MERGED", "id")]
    assert await refused(busy, "splitDispute", id="x", **reason) == nobody
    assert await refused(busy, "confirmRepeat", id=main, earlierId="x") == [("UNKNOWN_DISPUTE", "earlierId")]
    unknown = (await busy.ask(SIMILAR, id="x", first=5))["similarDisputes"]
    assert unknown == {"disputes": [], "errors": [{"code": "UNKNOWN_DISPUTE", "path": ["id"]}]}


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [("", TOWNS[0], ("TEXT_EMPTY", ["text"])), (FARM, "nowhere", ("UNKNOWN_REGION", ["regionCode"]))],
)
async def test_texts_that_cannot_be_looked_up(
    busy: Api, text: str, region: str, expected: tuple[str, list[str]]
) -> None:
    answer = await busy.ask(SIMILAR_TO_TEXT, input={"text": text, "regionCode": region})
    (error,) = answer["similarToText"]["errors"]
    assert (error["code"], error["path"]) == expected


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_pages_of_no_size_are_refused(settled: Api, first: int) -> None:
    assert await settled.refused(SIMILAR, id="x", first=first) == "BAD_USER_INPUT"
    given = {"text": FARM, "regionCode": TOWNS[0], "first": first}
    assert await settled.refused(SIMILAR_TO_TEXT, input=given) == "BAD_USER_INPUT"
