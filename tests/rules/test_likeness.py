"""How alike complaints are: pairs about one matter in different words, and pairs that merely look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.likeness import (
    EDITION,
    LEAST_ALIKE,
    LONGEST_COMPARED,
    Likeness,
    Matter,
    likeness,
    matter_of,
    traits_of,
)
from rules.model import Facts
from rules.pack import load_pack
from rules.personal_data import masked_text
from rules.router import Router

SAME = [
    (
        "和平路12号阳光小区3栋楼下的老王烧烤店油烟大，晚上熏得不敢开窗",
        "我是阳光小区业主，楼下老王烧烤店每晚油烟直排，吵到后半夜，没人管",
    ),
    ("金龙化工厂夜里偷偷排放刺鼻气体，李村村民头疼", "举报建设大街金龙化工厂，半夜放毒气，味道呛人"),
    ("李村养猪场粪水直排到村前小河，臭气熏天", "李村有个养猪场，猪粪水流进河里，全村臭得不行，要求搬迁"),
    ("翠湖花园二期工地凌晨两点还在打桩，无法入睡", "翠湖花园二期工地半夜施工打桩噪音扰民"),
    ("长江路与黄河路交叉口工地扬尘严重", "长江路黄河路口的工地没有盖网，灰尘满天飞"),
    ("楼下饭店油烟很大，熏得我家不能开窗", "樓下飯店油煙很大，熏得我家没法开窗！！"),
]
DIFFERENT = [
    ("阳光小区楼下烧烤店油烟大，晚上熏得不敢开窗", "翠湖花园楼下烧烤店油烟大，熏得人不敢开窗"),
    ("金龙化工厂夜里偷偷排放刺鼻气体", "宏达化工厂夜里偷偷排放刺鼻气体"),
    ("楼下饭店油烟很大", "小区门口烧烤摊烟味太大，天天熏人"),
    ("和平路12号阳光小区楼下的老王烧烤店油烟大", "阳光小区地下车库漏水，污水倒灌"),
    ("李村养猪场粪水直排", "王村养猪场臭气熏天"),
    ("长江路工地扬尘严重", "长江路有人占道烧烤"),
]


@pytest.fixture(scope="module")
def router() -> Router:
    """The shipped policy, whose lexicon knows the kinds of places."""
    return Router(load_pack("municipal"))


def matter(router: Router, text: str) -> Matter:
    read = router.extractor.extract(text)
    return matter_of(text, ((each.start, each.end, each.field) for each in read.matches), read.facts)


def compared(router: Router, one: str, other: str) -> Likeness:
    """The same in both directions, but for the words' order."""
    there = likeness(matter(router, one), matter(router, other))
    back = likeness(matter(router, other), matter(router, one))
    assert there.score == back.score
    return there


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_matter_in_different_words_is_shown(router: Router, one: str, other: str) -> None:
    found = compared(router, one, other)
    assert found.score >= LEAST_ALIKE
    assert found.words
    # The database hands over what shares a trait.
    assert set(traits_of(matter(router, one))) & set(traits_of(matter(router, other)))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_matters_that_look_alike_are_not(router: Router, one: str, other: str) -> None:
    assert compared(router, one, other).score < LEAST_ALIKE


def test_special_words_come_first(router: Router) -> None:
    one, other = SAME[0]
    assert compared(router, one, other).words[:2] == ("阳光小区", "老王烧烤店")


def test_a_mistyped_character_of_a_long_name_is_the_same_name(router: Router) -> None:
    found = compared(router, "金龙宏达精细化工有限公司夜里排气", "金龙宏大精细化工有限公司夜里排气")
    assert found.score >= LEAST_ALIKE


@pytest.mark.parametrize("text", ["", "🐷🐷", "，。！", " "])
def test_what_says_nothing_is_like_nothing(router: Router, text: str) -> None:
    empty = matter(router, text)
    assert likeness(empty, empty) == Likeness(0.0, ())
    assert traits_of(empty) == ()


def test_the_beginning_is_compared_and_it_is_enough() -> None:
    text = "".join(chr(0x4E00 + at) for at in range(2 * LONGEST_COMPARED))
    assert matter_of(text, [], {}) == matter_of(text[:LONGEST_COMPARED], [], {})


GUESSED = "我叫张伟民，电话13812345678，身份证320682196503070019，微信zhang_wm。"
GUESSES = (
    "我叫张伟强，电话13812345678，身份证320682196503070019，微信zhang_wm。",
    "我叫张伟民，电话13999999999，身份证320682196503070019，微信zhang_wm。",
    "我叫张伟民，电话13812345678，身份证330106197802113421，微信zhang_wm。",
    "我叫张伟民，电话13812345678，身份证320682196503070019，微信other_one。",
)


@pytest.mark.parametrize("guess", GUESSES)
def test_a_guess_of_personal_data_is_as_good_as_any(router: Router, guess: str) -> None:
    """Whoever sees a complaint with stars could find out what they stand for by what comes closest."""
    told = "金龙化工厂夜里排放刺鼻气体,"
    right = compared(router, told + GUESSED, told + GUESSED)
    assert compared(router, told + guess, told + GUESSED) == right
    assert compared(router, told + masked_text(GUESSED), told + GUESSED) == right
    assert traits_of(matter(router, told + guess)) == traits_of(matter(router, told + GUESSED))


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts(router: Router, one: str, other: str) -> None:
    assert 0 <= compared(router, one, other).score <= 1
    assert all(-(1 << 63) <= trait < 1 << 63 for trait in traits_of(matter(router, one)))


def test_traits_that_come_out_otherwise_are_of_another_edition() -> None:
    """Stored disputes keep the traits of their edition: where this fails, raise it and pin the new sum."""
    text = "建设大街金龙化工厂夜里偷排刺鼻气体,李村村民头疼。"
    facts: Facts = {"sector": "industry", "premises": "chemical_plant"}
    pinned = {1: 6610328227618041718, 2: 6610328227618041718}
    assert sum(traits_of(matter_of(text, [(6, 9, "premises")], facts))) == pinned[EDITION]
