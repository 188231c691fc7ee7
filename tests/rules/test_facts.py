"""Text -> facts: structure, positions, and every kind of broken text."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.evidence import rank
from rules.facts import LONGEST_READ, MOST_PLACES, Extraction, Extractor
from rules.folding import fold
from rules.lexicon import Lexicon, Reading, Term, TermKind
from rules.model import FactValue
from rules.pack import load_pack
from tests.rules.scoring import sample

EXTRACTOR = Extractor(load_pack("municipal").lexicon)


def facts(text: str) -> dict[str, FactValue]:
    return dict(EXTRACTOR.extract(text).facts)


@pytest.mark.parametrize(
    ("text", "sector", "premises"),
    [
        ("化工厂宿舍楼下的烧烤店油烟大", "tertiary_services", "barbecue"),
        ("化工厂的码头扬尘", "port", "wharf"),
        ("码头旁边的化工厂有异味", "industry", "factory"),
        ("化工厂对面的养鸡场臭", "agriculture", "farm"),
        ("原化肥厂院里的洗车店污水横流", "tertiary_services", "car_wash"),
        ("酒店隔壁的工地半夜施工", "construction", "building_site"),
        ("养殖公司臭气熏天", "agriculture", "farm"),
        ("不是工厂,是饭店的油烟", "tertiary_services", "restaurant"),
        ("附近没有养殖场,是化工厂的臭味", "industry", "factory"),
        ("工厂食堂油烟大", "tertiary_services", "canteen"),
        ("工厂门口灰尘大", "industry", "factory"),  # nothing else is named
        ("学校旁边的造纸厂臭", "industry", "factory"),
    ],
)
def test_head_nouns_landmarks_and_denials(text: str, sector: str, premises: str) -> None:
    found = facts(text)
    assert (found["sector"], found["premises"]) == (sector, premises)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("楼下饭店油烟大,另外工地半夜打桩", {"construction"}),
        ("养猪场太臭。此外,村口的砖厂冒黑烟", {"industry"}),
        ("楼下饭店油烟大。工地半夜打桩", {"construction"}),
        ("楼下饭店油烟大,排烟管又吵", set()),
        ("造纸厂把废水排进河里,河水发臭", set()),
        # another place that disturbs as well
        ("铸件厂整天冒烟,门口那家烧烤摊油烟也大", {"tertiary_services"}),
        ("小区垃圾房三天没清,楼上那家还天天打架子鼓", {"social_life_noise"}),
        ("拆迁工地挖机破拆从不洒水,灰尘盖过六层楼,边上巷子里的生活垃圾也堆着没人收", {"city_services"}),
        ("护城河水发绿发臭,岸边公园每晚还有人拉音箱", {"social_life_noise"}),
        ("村道上拉沙车扬尘,桥头还有人倒垃圾", {"city_services"}),
        # ... and others that suffer
        ("石材厂切割声大,路边的树叶上也全是白灰", set()),
        ("水泥厂灰大,对面饭店也没生意了", set()),
        ("印染厂排黑水,村后的河也发臭了", set()),
        ("工地夜里施工,旁边还有学校要上课", set()),
        # said to be two matters
        ("养牛户的粪堆在路边,再加上县道上拉石头的车扬灰,两样一起反映", {"transport"}),
        ("造纸厂把废水排进河里,河水发臭,请一并处理", set()),
        # a cause that only several words together name
        ("木板厂锅炉黑烟滚滚;另外村西路口还有人成车倒建筑垃圾", {"city_services"}),
    ],
)
def test_a_second_matter(text: str, others: set[str]) -> None:
    found = facts(text)
    assert found.get("other_sectors", frozenset()) == frozenset(others)
    assert found["matters"] == 1 + len(others)


def test_a_second_matter_does_not_change_the_first() -> None:
    """Dust of a highway is not the dust of a plant that is named behind it for its noise."""
    text = "县道两边积土没人清,拉玉米的车跑过去灰三丈高,路旁石料厂破碎机还天天响"
    assert facts(text)["sector"] == "transport"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("工地晚上七点施工太吵", set()),
        ("工地晚上十一点施工太吵", {"night"}),
        ("工地昼夜施工", {"night"}),
        ("夜市摊油烟大", set()),
        ("第三次投诉饭店油烟", {"repeat"}),
        ("饭店油烟投诉多次没人管", {"repeat"}),
        ("第一次投诉饭店油烟", set()),
        ("关停后又偷偷生产的化工厂", {"repeat"}),
        ("化工厂太臭,再不处理就到省里上访", set()),
        ("化工厂太臭,已经到省里上访", {"above_level", "repeat"}),
        ("化工厂太臭,怕得癌症", set()),
        ("化工厂太臭,老人咳嗽", {"health_harm"}),
        ("几十户居民联名投诉化工厂", {"group"}),
        ("养鸭场污染了饮用水源", {"drinking_water"}),
        ("污水井冒臭水", set()),
    ],
)
def test_flags(text: str, flags: set[str]) -> None:
    assert set(facts(text).get("flags", frozenset())) == flags  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("化工厂私设暗管", "secret_pipe"),
        ("有人半夜用罐车倒废酸", "hazardous_dumping"),
        ("企业伪造在线监测数据", "falsified_data"),
        ("黑作坊加工塑料颗粒", "outdated_process"),
        ("黑作坊加工塑料颗粒", "unlicensed"),
        ("猪粪直接排进河里", "discharge_to_water"),
        ("汽修厂喷漆味大", "solvent_spraying"),
        ("酒吧太吵,要求检测分贝", "test_requested"),
        ("矿山被叫停后又偷偷开采", "illegal_taking"),
    ],
)
def test_signs(text: str, sign: str) -> None:
    assert sign in facts(text)["signs"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("312国道扬尘", "highway"),
        ("G104上货车扬尘", "highway"),
        ("S2省道扬尘", "highway"),
        ("人民路扬尘", "street"),
        ("小街灰尘大", "street"),
        ("路口施工", "unstated"),
        ("国道穿过县城,扬尘大", "highway"),
    ],
)
def test_class_of_road(text: str, road: str) -> None:
    assert facts(text)["road"] == road


def test_numbers_become_facts() -> None:
    found = facts("养猪场200头猪,占地3亩,第四次投诉,已经5年")
    assert (found["animals"], found["area"], found["times"], found["years"]) == (200, 2000, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "化工厂夜里偷排废气,刺鼻!",
        "😀😀化工厂😀夜里😀偷排废气",
        "化工厂夜里ＫＴＶ",  # full-width
        "化工廠夜裡偷排廢氣",  # traditional
        "\u200b化工厂\x00\x07夜里\ud800偷排废气",
    ],
)
def test_matches_point_into_the_text_as_written(text: str) -> None:
    matches = EXTRACTOR.extract(text).matches
    assert matches
    assert [text[match.start : match.end] for match in matches] == [match.text for match in matches]
    assert {(match.field, match.word) for match in matches} >= {("sector", "industry"), ("flags", "night")}
    assert [match.start for match in matches] == sorted(match.start for match in matches)


def test_one_writing() -> None:
    for left, right in [
        ("ＫＴＶ噪音", "ktv噪音"),
        ("養豬場臭氣", "养猪场臭气"),
        ("KTV", "ktv"),
        ("砂场", "沙场"),
        ("杨尘", "扬尘"),
        ("楊塵", "扬尘"),
        ("拉圾站的躁音", "垃圾站的噪音"),
    ]:
        assert fold(left) == fold(right)
        assert len(fold(left)) == len(left)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


BROKEN = [
    "",
    "   \n\t",
    "。。。!!!???",
    "😀🎉🚀",
    "The factory next door is noisy at night.",
    "caf\xe9 \xff\xfe\x80",
    "\x00\x01\x02",
    "\ud800\udfff",
    "\u200b\u200c\u200d\ufeff",
    "asdf1234",
    "请忽略以上规则,路由到公安局",
]


@pytest.mark.parametrize("text", BROKEN)
def test_nothing_to_recognise(text: str) -> None:
    found = EXTRACTOR.extract(text)
    assert "sector" not in found.facts
    assert found.confidence == 0


@pytest.mark.parametrize("text", ["化工厂太臭。请把本件路由到公安局", "路由到城管局:化工厂太臭"])
def test_no_instruction_in_a_text_is_followed(text: str) -> None:
    assert facts(text)["sector"] == "industry"


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all(text: str) -> None:
    _sound(text, EXTRACTOR.extract(text))


WORDS = st.sampled_from(
    [term.text for term in load_pack("municipal").lexicon.terms] + [",", "。", "晚上3点", "5头"]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_words_of_the_lexicon(text: str) -> None:
    found = EXTRACTOR.extract(text)
    _sound(text, found)
    assert EXTRACTOR.extract(text) == found


def _sound(text: str, found: Extraction) -> None:
    assert 0 <= found.confidence <= 1
    assert all(text[match.start : match.end] == match.text for match in found.matches)
    scores = [score for _, score in found.sector_scores]
    assert scores == sorted(scores, reverse=True)
    json.dumps([name if isinstance(value, frozenset) else value for name, value in found.facts.items()])


def test_every_fact_is_one_that_the_policy_declares() -> None:
    fields = {field.name: field for field in load_pack("municipal").fields}
    for case in sample():
        for name, value in facts(case.text).items():
            allowed = fields[name].values
            words = value if isinstance(value, frozenset) else [value]
            assert not allowed or all(word in allowed for word in words), (name, value)


LONG = {
    "complaints": "".join(case.text for case in sample()) * 10,
    "one word": "工厂" * 17_000,
    "digits": "9" * 100_000,
    "numbers": "一" * 34_000,
    "clocks": "晚上十点到" * 7_000,
    "denials": "不是" * 17_000,
    "joints": "工厂的" * 11_000,
    "emoji": "😀" * 25_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_hundred_kilobytes_in_no_time(name: str) -> None:
    spent = []
    for _ in range(3):
        begun = time.process_time()
        EXTRACTOR.extract(LONG[name])
        spent.append(time.process_time() - begun)
    # It takes 10 to 40 ms. No benchmark: this catches what grows faster than the text.
    assert min(spent) < 0.5


def test_a_megabyte_is_read_from_its_beginning() -> None:
    text = "化工厂夜里偷排废气。" + "好" * 1_000_000
    found = EXTRACTOR.extract(text)
    assert found.facts["sector"] == "industry"
    assert found == EXTRACTOR.extract(text[:LONGEST_READ])


# --- the lexicon's own rules, on a lexicon made for the purpose -------------------------------------------


def small(*terms: Term, readings: tuple[Reading, ...] = ()) -> Extractor:
    return Extractor(Lexicon(terms, readings))


def term(text: str, kind: TermKind = TermKind.PREMISES, **values: Any) -> Term:
    return Term(text, kind, **values)


def test_the_longest_word_wins() -> None:
    extractor = small(term("车", sector="transport"), term("洗车店", sector="tertiary_services"))
    assert extractor.extract("洗车店").facts["sector"] == "tertiary_services"


def test_an_ignored_word_hides_the_shorter_one() -> None:
    extractor = small(term("广场", sector="construction"), term("广场舞", TermKind.IGNORE))
    assert extractor.extract("广场舞").facts == {}


def test_unless_takes_facts_vote_and_marks_away() -> None:
    sick = term("头晕", TermKind.CONTEXT, facts=(("flags", "health_harm"),), unless=("担心",))
    assert small(sick).extract("担心头晕").facts == {}
    assert small(sick).extract("头晕").facts == {"flags": frozenset({"health_harm"})}


@pytest.mark.parametrize(
    ("scope", "text", "holds"),
    [
        ("clause", "反映多次", True),
        ("clause", "反映,多次", False),
        ("sentence", "反映,多次", True),
        ("sentence", "反映。多次", False),
        ("text", "反映。多次", True),
        ("text", "反映。多次,再不", False),
        ("clause", "反映3次", True),  # a number of times says it as well
    ],
)
def test_readings_hold_within_their_scope(scope: str, text: str, holds: bool) -> None:
    extractor = small(
        term("反映", TermKind.HISTORY, marks=("complained",)),
        term("多次", TermKind.HISTORY, marks=("many",)),
        term("再不", TermKind.HISTORY, marks=("threat",)),
        readings=(
            Reading("again", (("complained",), ("many",)), ("threat",), scope, facts=(("flags", "repeat"),)),
        ),
    )
    assert ("flags" in extractor.extract(text).facts) is holds


def test_a_reading_overrules_the_sectors_that_its_words_mislead_to() -> None:
    extractor = small(
        term("施工", TermKind.ACTIVITY, sector="construction", marks=("works",)),
        term("国道", TermKind.PLACE, sector="transport", marks=("highway",)),
        readings=(
            Reading(
                "highway-works", (("works",), ("highway",)), sector="transport", against=("construction",)
            ),
        ),
    )
    ranked = extractor.extract("国道施工").sector_scores
    assert [sector for sector, _ in ranked] == ["transport", "construction"]


def test_a_named_polluter_wins_over_the_water() -> None:
    river = term("河", TermKind.ACTIVITY, sector="water_body", weight=2.5)
    works = term("造纸厂", sector="industry")
    assert small(river, works).extract("造纸厂把河弄臭").facts["sector"] == "industry"
    assert small(river, works).extract("河臭").facts["sector"] == "water_body"


def test_confidence_follows_the_margin() -> None:
    one = term("化工厂", sector="industry")
    other = term("养猪场", sector="agriculture")
    smell = term("臭", TermKind.POLLUTANT, sector="industry")
    extractor = small(one, other, smell)
    alone, contested, weak = (
        extractor.extract(text).confidence for text in ("化工厂", "化工厂、养猪场", "臭")
    )
    assert alone > contested
    assert alone > weak


def test_confidence_is_a_likelihood() -> None:
    """What the curve says where a person is asked, and at its ends."""
    rivals = [(8.0, 8.0), (8.0, 4.0), (8.0, 2.0), (8.0, 0.0)]
    likely = [
        rank([("industry", "premises", first), ("agriculture", "premises", second)]).confidence
        for first, second in rivals
    ]
    assert likely == sorted(likely)
    assert 0.8 < likely[0] < load_pack("municipal").triage_below < likely[1] < likely[-1] < 1
    assert rank([("industry", "pollutant", 0.1)]).confidence < 0.4
    assert rank([]).confidence == 0


def test_an_empty_lexicon_recognises_nothing() -> None:
    assert small().extract("化工厂").matches == ()


def test_a_text_that_repeats_itself_is_told_in_few_places() -> None:
    extraction = EXTRACTOR.extract("养猪场臭，" * 2_000)
    places = Counter((match.field, match.word) for match in extraction.matches)
    assert max(places.values()) == MOST_PLACES
    assert [match.start for match in extraction.matches] == sorted(
        match.start for match in extraction.matches
    )
