"""Pages of disputes: every dispute once, whichever way one walks, whatever comes in meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from resolvers.criteria import MOST_FLAGS, DisputeCriteria
from resolvers.cursor import cursor_writer
from resolvers.page import Direction, SortField, Sorting
from tests.resolvers.api import Api
from tests.resolvers.city import RESTAURANT, TOWNS
from tests.resolvers.conftest import ROUNDS

TOTAL = 5 * ROUNDS
PAGE = """
query ($filter: DisputeFilter, $order: DisputeOrder,
       $first: Int, $after: String, $last: Int, $before: String) {
  disputes(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id number receivedAt } }
    nodes { number }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
ORDERS = [
    {"field": field, "direction": direction}
    for field in ("RECEIVED_AT", "NUMBER")
    for direction in ("ASC", "DESC")
]


async def page(api: Api, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(PAGE, **variables))["disputes"]
    assert [edge["node"]["number"] for edge in found["edges"]] == [node["number"] for node in found["nodes"]]
    return found


def numbers(found: dict[str, Any]) -> list[str]:
    return [node["number"] for node in found["nodes"]]


async def walk_forward(api: Api, size: int, **variables: Any) -> list[str]:
    """All pages from the start; checks what each says of itself."""
    seen: list[str] = []
    after = None
    while True:
        found = await page(api, first=size, after=after, **variables)
        info = found["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert info["startCursor"] == found["edges"][0]["cursor"]
        seen += numbers(found)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            return seen


async def walk_backward(api: Api, size: int, **variables: Any) -> list[str]:
    """The same from the end."""
    seen: list[str] = []
    before = None
    while True:
        found = await page(api, last=size, before=before, **variables)
        info = found["pageInfo"]
        assert info["hasNextPage"] is (before is not None)
        seen = numbers(found) + seen
        before = info["startCursor"]
        if not info["hasPreviousPage"]:
            return seen


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order['field']}-{order['direction']}")
@pytest.mark.parametrize("size", [4, 45, 100])
async def test_walking_either_way_visits_every_dispute_once(
    settled: Api, order: dict[str, str], size: int
) -> None:
    forward = await walk_forward(settled, size, order=order)
    assert len(forward) == len(set(forward)) == TOTAL
    assert await walk_backward(settled, size, order=order) == forward


async def test_the_order_is_that_of_the_field(settled: Api) -> None:
    descending = await page(settled, first=TOTAL)
    received = [edge["node"]["receivedAt"] for edge in descending["edges"]]
    assert received == sorted(received, reverse=True)
    by_number = await page(settled, first=TOTAL, order={"field": "NUMBER", "direction": "ASC"})
    assert numbers(by_number) == sorted(numbers(by_number))


async def test_the_default_page_has_twenty(settled: Api) -> None:
    assert len(numbers(await page(settled))) == 20


async def test_a_page_between_two_cursors(settled: Api) -> None:
    edges = (await page(settled, first=10))["edges"]
    between = await page(settled, first=100, after=edges[2]["cursor"], before=edges[7]["cursor"])
    assert numbers(between) == [edge["node"]["number"] for edge in edges[3:7]]


async def test_an_empty_page_says_so(settled: Api) -> None:
    found = await page(settled, filter={"text": "没有这样的标题"})
    assert found["edges"] == []
    assert found["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_disputes_that_come_in_meanwhile_move_nothing(busy: Api) -> None:
    submit = """
    mutation ($title: String!, $at: DateTime!) {
      submitDispute(input: {description: "楼下饭店油烟很大", regionCode: "990103001", channel: WEB,
                            title: $title, receivedAt: $at}) { dispute { number } errors { code } }
    }
    """
    # In letters: among digits there may be what looks like a telephone number, which is masked.
    name = "翻页前" + uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    for minute in range(6):
        await busy.ask(submit, title=f"{name}，{minute}", at=f"2026-03-10T09:0{minute}:00+08:00")
    mine = {"text": name}
    first = await page(busy, filter=mine, first=3)
    for at in ("2026-03-10T09:10:00+08:00", "2026-03-10T08:00:00+08:00", "2026-03-10T09:02:30+08:00"):
        await busy.ask(submit, title=f"{name}，后来 {at}", at=at)
    rest = await page(busy, filter=mine, first=10, after=first["pageInfo"]["endCursor"])
    # Of the newcomers only those behind the cursor are seen, and nobody is seen twice.
    assert not set(numbers(first)) & set(numbers(rest))
    assert len(numbers(rest)) == 3 + 2


@pytest.mark.parametrize(
    "window",
    [{"first": 0}, {"first": -1}, {"first": 101}, {"last": 0}, {"last": 1_000_000}, {"first": 1, "last": 1}],
    ids=str,
)
async def test_a_page_of_no_sense_is_refused_before_any_statement(
    settled: Api, window: dict[str, int]
) -> None:
    assert await settled.refused(PAGE, **window) == "BAD_USER_INPUT"
    assert settled.statements == []


@pytest.mark.parametrize("argument", ["after", "before"])
async def test_cursors_that_were_made_up_or_damaged_are_refused(settled: Api, argument: str) -> None:
    cursor = (await page(settled, first=1))["pageInfo"]["endCursor"]
    damaged = [cursor[:-2], cursor[1:], cursor + "AAAA", cursor.swapcase(), cursor[::-1]]
    for forged in ["", "zzz", "YXJyYXljb25uZWN0aW9uOjU", "\U0001f600", "=" * 300, *damaged]:
        assert await settled.refused(PAGE, **{argument: forged}) == "BAD_USER_INPUT", forged
        assert settled.statements == []


@pytest.mark.parametrize(
    "moment", ["2026-03-14", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-14T01:30:00"]
)
async def test_a_moment_that_no_database_keeps_is_no_place(settled: Api, moment: str) -> None:
    # Whoever reads the source can seal a cursor.
    shape = f"disputes {Sorting(SortField.RECEIVED_AT, Direction.DESC)} {DisputeCriteria()}"
    cursor = cursor_writer(shape)(moment, UUID(int=1))
    assert await settled.refused(PAGE, after=cursor) == "BAD_USER_INPUT"


async def test_a_number_with_a_control_character_is_a_place_like_another(settled: Api) -> None:
    shape = f"disputes {Sorting(SortField.NUMBER, Direction.ASC)} {DisputeCriteria()}"
    cursor = cursor_writer(shape)("990100\0", UUID(int=1))
    order = {"field": "NUMBER", "direction": "ASC"}
    assert len(numbers(await page(settled, first=100, after=cursor, order=order))) == TOTAL


@pytest.mark.parametrize(
    "other",
    [
        {"order": {"field": "NUMBER"}},
        {"order": {"direction": "ASC"}},
        {"filter": {"status": ["ASSIGNED"]}},
    ],
    ids=str,
)
async def test_a_cursor_belongs_to_one_list(settled: Api, other: dict[str, Any]) -> None:
    cursor = (await page(settled, first=1))["pageInfo"]["endCursor"]
    assert await settled.refused(PAGE, after=cursor, **other) == "BAD_USER_INPUT"


async def test_the_whole_list_is_counted_only_when_asked_for(settled: Api) -> None:
    counted = "query ($filter: DisputeFilter) { disputes(filter: $filter, first: 1) { totalCount } }"
    assert (await settled.ask(counted))["disputes"]["totalCount"] == TOTAL
    assert sum("count(" in statement for statement in settled.statements) == 1
    assert (await settled.ask(counted, filter={"status": ["TRIAGE"]}))["disputes"][
        "totalCount"
    ] == ROUNDS // 2
    await page(settled, first=1)
    assert not any("count(" in statement for statement in settled.statements)


FILTERS: list[tuple[dict[str, Any], int]] = [
    ({}, TOTAL),
    ({"status": ["TRIAGE"]}, 4),
    ({"status": ["TRIAGE", "ASSIGNED"]}, 4 + 5 + 3 + 2 * ROUNDS - 1),
    ({"status": ["MERGED"]}, 1),
    ({"status": []}, 0),
    ({"channel": ["HOTLINE", "LETTER"]}, 2 * ROUNDS),
    ({"region": "990100"}, TOTAL),
    ({"region": "990102"}, 2 * ROUNDS),
    ({"region": TOWNS[4]}, ROUNDS),
    ({"region": "nowhere"}, 0),
    ({"leadDepartment": "990100-water"}, 5),
    ({"leadDepartment": "\x00"}, 0),
    ({"coDepartment": "990100-ecology"}, 5),
    ({"coDepartment": "990100-water"}, 3),
    ({"function": "agriculture"}, ROUNDS - 1),
    ({"function": "no such"}, 0),
    ({"flags": ["suspected_crime"]}, ROUNDS),
    ({"flags": ["suspected_crime", "repeat"]}, 0),
    ({"flags": ["suspected"]}, 0),
    ({"triageReason": "BY_RULE"}, 0),
    ({"receivedFrom": "2026-03-14T01:30:00Z"}, 15),
    ({"receivedTo": "2026-03-14T09:30:00+08:00"}, TOTAL - 15),
    ({"receivedFrom": "2026-03-14T01:30:00Z", "receivedTo": "2026-03-15T01:30:00Z"}, 5),
    ({"text": RESTAURANT}, ROUNDS),
    ({"text": "（3）"}, 5),
    ({"text": "990100-2026-00000"}, 9),
    ({"text": "2026-00000"}, 0),
    ({"text": "%"}, 0),
    ({"text": "  "}, TOTAL),
    ({"text": "％" * 60_000}, 0),
    ({"flags": ["x" * 60_000]}, 0),
    ({"flags": [f"flag-{number}" for number in range(MOST_FLAGS)]}, 0),
    ({"region": "990102", "channel": ["LETTER"], "flags": ["suspected_crime"]}, ROUNDS),
]


async def test_more_flags_than_a_statement_can_hold_are_refused(settled: Api) -> None:
    flags = [f"flag-{number}" for number in range(MOST_FLAGS + 1)]
    assert await settled.refused(PAGE, filter={"flags": flags}) == "BAD_USER_INPUT"
    assert settled.statements == []


@pytest.mark.parametrize(("criteria", "expected"), FILTERS, ids=lambda value: str(value)[:80])
async def test_filters(settled: Api, criteria: dict[str, Any], expected: int) -> None:
    query = """
    query ($filter: DisputeFilter) { disputes(filter: $filter, first: 100) { totalCount nodes { number } } }
    """
    found = (await settled.ask(query, filter=criteria))["disputes"]
    assert found["totalCount"] == len(found["nodes"]) == expected
