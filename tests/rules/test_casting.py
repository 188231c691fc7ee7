"""Which part each word of a complaint plays: the cues, one by one, on a lexicon made for the purpose."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.casting import LANDMARK, ONLY_LANDMARK, cast
from rules.cues import CUES, Role
from rules.facts import Extractor
from rules.folding import fold
from rules.lexicon import Lexicon, Term, TermKind
from rules.sightings import Finder, Marks

PREMISES = {
    "饭店": "tertiary_services",
    "化工厂": "industry",
    "养猪场": "agriculture",
    "工地": "construction",
}
PREMISES |= {
    "鱼塘": "agriculture",
    "厂里": "industry",
    "厂子": "industry",
    "厂": "industry",
    "烧烤店": "tertiary_services",
}
LEXICON = Lexicon(
    (
        *(Term(text, TermKind.PREMISES, sector=sector) for text, sector in PREMISES.items()),
        Term("臭味", TermKind.POLLUTANT, sector="industry", weight=0.5),
        Term("噪音", TermKind.POLLUTANT, sector="social_life_noise", weight=0.3),
        Term("音响", TermKind.ACTIVITY, sector="social_life_noise"),
        Term("挖掘", TermKind.ACTIVITY, sector="construction"),
        Term("拆解", TermKind.CONTEXT, marks=("scrap_work",)),
    )
)
FINDER = Finder(LEXICON.terms, Marks())
EXTRACTOR = Extractor(LEXICON)


def left(text: str) -> dict[str, float]:
    """What is left of each word; of a word that stands twice, of its last place."""
    folded = fold(text)
    return {each.entry.word: each.factor for each in cast(folded, FINDER.find(folded))}


@pytest.mark.parametrize(
    "text",
    [
        "不是饭店,是化工厂",
        "附近没有饭店,是化工厂",
        "不是饭店、烧烤店,是化工厂",  # all of an enumeration
        "饭店没问题,是化工厂",
        "跟饭店没关系,是化工厂",
        "不怪饭店,是化工厂",
        "一直以为是饭店,其实是化工厂",
        "都以为臭味是饭店的,其实是化工厂",
        "饭店倒是没什么味,是化工厂",
        "饭店早就关门了,是化工厂",
        "饭店去年搬走了,是化工厂",
        "饭店拆了,是化工厂",
        "饭店还没开业,是化工厂",
        "没见周围有啥饭店,是化工厂",
        "周围一家饭店都没有,是化工厂",
        "饭店是以前的饭店,现在是化工厂",
    ],
)
def test_what_is_denied_or_gone_counts_for_nothing(text: str) -> None:
    assert left(text).get("饭店", 0) < 0.1
    assert left(text)["化工厂"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "是不是饭店",
        "不光是饭店",
        "可不是饭店吗",
        "不是饭店就是化工厂",
        "没有油烟净化器的饭店",
        "没有饭店许可证",
        "饭店被关停后又偷偷开",
        "饭店停业没几天又开",
        "饭店不停地排",
        "要求饭店搬走",
        "饭店什么时候搬走",
        "饭店说要关门",
    ],
)
def test_what_only_sounds_like_a_denial(text: str) -> None:
    assert left(text)["饭店"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "我在饭店上班,化工厂太臭",
        "我们是开饭店的,化工厂太臭",
        "我家开了饭店,化工厂太臭",
        "作为饭店业主,化工厂太臭",
        "化工厂的臭味影响了饭店",
        "饭店生意差了,化工厂太臭",
        "饭店里的客人都捂着鼻子,化工厂太臭",
        "开饭店的都说化工厂太臭",
        "化工厂给饭店供货",
        "饭店的事先不说,化工厂太臭",
        "化工厂的泔水拉到饭店",
        "化工厂把隔壁饭店熏得没法",
        "原饭店对面的化工厂",
        "饭店门口那段路,化工厂",
        "饭店围墙外是化工厂",
        "离饭店不远的化工厂",
        "污水排到饭店,是化工厂",
    ],
)
def test_who_suffers_or_speaks_and_what_only_tells_where(text: str) -> None:
    assert left(text)["饭店"] == LANDMARK
    assert left(text)["化工厂"] == 1


@pytest.mark.parametrize("text", ["饭店旁边有臭味", "我在饭店上班,有臭味"])
def test_the_only_premises_may_be_the_cause(text: str) -> None:
    assert left(text)["饭店"] == ONLY_LANDMARK


@pytest.mark.parametrize(
    ("text", "word", "share"),
    [
        ("有人怀疑是饭店", "饭店", 0.5),
        ("比工地还吵", "工地", 0.25),
        ("像工地一样", "工地", 0.25),
        ("对外说是饭店", "饭店", 0.25),
        ("我不是告化工厂", "化工厂", 0.25),
        ("不投诉噪音", "噪音", 0.25),
        ("饭店门口的音响", "饭店", 1),  # its own thing
        ("饭店前几天还在臭", "饭店", 1),
    ],
)
def test_lesser_parts(text: str, word: str, share: float) -> None:
    assert left(text)[word] == share


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("不拆解也没有噪音", {"拆解", "噪音"}),
        ("不是饭店的臭味", {"饭店", "臭味"}),
        ("没有噪音控制措施", set()),
        ("不要音响", set()),
    ],
)
def test_deeds_and_effects_are_denied_as_well(text: str, gone: set[str]) -> None:
    words = {term.text for term in LEXICON.terms if term.text in text}
    assert words - left(text).keys() == gone


def test_short_words_mean_the_works_named_before() -> None:
    assert left("上游化工厂排了二十年,厂子拆了")["化工厂"] < 0.1
    assert left("我在化工厂上班,厂里干净。养猪场臭")["厂里"] == LANDMARK
    assert left("我在化工厂上班,厂里偷排。养猪场臭")["厂里"] == 1


def test_a_word_denied_once_is_denied_where_it_stands_again() -> None:
    assert left("饭店的味道?饭店早就关门了,是化工厂")["饭店"] < 0.1


def test_the_product_before_the_works_says_nothing() -> None:
    assert "音响" not in left("音响厂太吵")
    assert "音响" in left("饭店音响太吵")


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("化工厂和饭店都在这条街。饭店有臭味", "tertiary_services"),
        ("镇上有养猪场,有工地,臭味是化工厂的", "industry"),
        ("化工厂在东边,要反映的是饭店有臭味", "tertiary_services"),
        ("两件事:一是饭店,二是化工厂有臭味", "tertiary_services"),
    ],
)
def test_of_several_premises_the_one_complained_of(text: str, sector: str) -> None:
    assert EXTRACTOR.extract(text).facts["sector"] == sector


WORDS = st.sampled_from(
    [term.text for term in LEXICON.terms]
    + [sign for cue in CUES for sign in cue.signs]
    + [",", "。", "、", "的", "是", "我", "在"]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=25).map("".join))
def test_parts_only_lessen(text: str) -> None:
    found = FINDER.find(text)
    parts = cast(text, found)
    assert all(0 < each.factor <= 1 for each in parts)
    assert [each.start for each in parts] == sorted(each.start for each in parts)
    assert len(parts) <= len(found)


def test_every_cue_is_tried_only_where_it_may_hold() -> None:
    assert all(cue.signs and (cue.before or cue.behind) and cue.role is not Role.CAUSE for cue in CUES)
