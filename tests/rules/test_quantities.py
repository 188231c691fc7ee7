"""Numbers and times of day in everyday writing."""

from __future__ import annotations

import pytest

from rules.quantities import clock_times, number_of, quantities


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("50", 50),
        ("2.5万", 25_000),
        ("3百", 300),
        ("十", 10),
        ("十二", 12),
        ("两百三十", 230),
        ("三千", 3000),
        ("一万二", 10_002),
        ("十万", 100_000),
        ("几十", 30),
        ("二〇", 20),
    ],
)
def test_numbers(written: str, value: float) -> None:
    assert number_of(written) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("养猪五十多头", [("animals", 50)]),
        ("两千只鸭子", [("animals", 2000)]),
        ("窗户只能关着", []),
        ("一只能叫的狗", []),
        ("厂房200平方米", [("area", 200)]),
        ("占了3亩地", [("area", 2000)]),
        ("第五次投诉", [("times", 5)]),
        ("报了三回警", [("times", 3)]),
        ("跑了四趟", [("times", 4)]),
        ("打了六个电话", [("times", 6)]),
        ("两回事", []),
        ("几回来人", []),
        ("连续三年", [("years", 3)]),
        ("2018年就举报过", []),
        ("两年前", []),
        ("90年代的房子", []),
    ],
)
def test_counts(text: str, found: list[tuple[str, float]]) -> None:
    assert [(quantity.field, quantity.value) for quantity in quantities(text)] == found


NIGHT, DAY = "night", "day"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("凌晨四点多", [NIGHT]),
        ("晚上十一点", [NIGHT]),
        ("晚上十点以后", [NIGHT]),
        ("晚上七点还在干", [DAY]),
        ("每晚七点半到九点半", [DAY]),
        ("每晚八点后", [NIGHT]),
        ("早上五六点", [NIGHT]),
        ("早上六点半", [DAY]),
        ("早上六点不到", [NIGHT]),
        ("夜里十一二点", [NIGHT]),
        ("半夜三四点", [NIGHT]),
        ("晚上12点", [NIGHT]),
        ("晚上10:30", [NIGHT]),
        ("22:00-6:00", [NIGHT]),
        ("从晚上七点一直吵到十二点", [NIGHT]),
        ("下午3点到晚上11点", [NIGHT]),
        ("早上九点到晚上九点", [DAY]),
        ("从早九点到下午五点", [DAY, DAY]),
        ("23点", [NIGHT]),
        ("0点", [NIGHT]),
        ("21时30分至次日2时", [NIGHT]),
        ("晚上快十一点了", [NIGHT]),
        ("晚上都八点了", [DAY]),
        ("闹到凌辰一点多", [NIGHT]),
        ("后半夜一两点", [NIGHT]),
        ("十点半了还不散", [NIGHT]),
        ("十一点才收摊", [NIGHT]),
        ("十点才开门", [DAY]),
        ("唱到十一二点", [NIGHT]),
        ("打桩打到十一点", [NIGHT]),
        ("一直吃到下午两点", [DAY]),
        ("三点半就嗡嗡转", [NIGHT]),
        ("五点不到就放歌", [NIGHT]),
        ("五点半头班车之前就热车", [NIGHT]),
        ("每天下午四点半", [DAY]),
        ("中午十二点到两点", [DAY]),
        ("中午两点", [DAY]),
        ("早上八点到五点", [DAY]),
        ("晚黑十一点几", [NIGHT]),
        ("四点就放学", []),
        ("三点意见", []),  # neither morning nor evening is said
        ("一点不好", []),
        ("有时候", []),
        ("99点", []),
    ],
)
def test_times_of_day(text: str, parts: list[str]) -> None:
    assert [clock.part for clock in clock_times(text)] in (parts, parts[:1])
