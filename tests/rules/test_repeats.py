"""In which senses a complaint repeats an earlier one."""

from __future__ import annotations

import pytest

from rules.repeats import Earlier, Repeat, repeats, tells_of_review

ACCEPTED, REVIEWED, NOTHING_NEW = Repeat.ACCEPTED, Repeat.REVIEWED, Repeat.NOTHING_NEW


@pytest.mark.parametrize(
    ("in_progress", "reviewed", "something_new", "expected"),
    [
        (True, False, False, {ACCEPTED, NOTHING_NEW}),
        (True, False, True, {ACCEPTED}),
        (True, True, False, {ACCEPTED, NOTHING_NEW, REVIEWED}),
        (True, True, True, {ACCEPTED}),
        (False, False, False, {NOTHING_NEW}),
        (False, False, True, set()),  # what happens again after closure
        (False, True, False, {NOTHING_NEW, REVIEWED}),
        (False, True, True, set()),
    ],
)
def test_each_sense_by_its_own_rule(
    in_progress: bool, reviewed: bool, something_new: bool, expected: set[Repeat]
) -> None:
    assert repeats(Earlier(in_progress, reviewed), something_new=something_new) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("对市政府的复核意见不服", True),
        ("复查、复核都已经终结,仍要投诉", True),
        ("信訪終結之後臭味依舊", True),
        ("这是三级终结的老案", True),
        ("请求复核监测数据", False),
        ("复查一下噪声。工期终结时再说", False),
        ("楼下饭店油烟很大", False),
        ("", False),
        ("\ud800", False),
    ],
)
def test_what_tells_of_a_review(text: str, told: bool) -> None:
    assert tells_of_review(text) is told
