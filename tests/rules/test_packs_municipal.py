"""The municipal pack on real and on written complaints. The bars may only rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.evaluation_document import SHARES
from rules.labelled import lead_of
from rules.model import DAY_FIELD, REGION_FIELD, FactValue, Outcome, TriageReason
from rules.pack import load_pack
from rules.router import Router
from tests.rules.scoring import CONTEXT, Figures, cases, figures, sample


@pytest.fixture(scope="module")
def router() -> Router:
    return Router(load_pack("municipal"))


BARS = {
    # "held_out" and "fresh" were measured before anything was tuned; since then their misses have been seen.
    # name: lead, sector, decided, decided rightly
    "sample": (1.0, 1.0, 0.89, 1.0),
    "written": (1.0, 1.0, 0.93, 1.0),
    "public": (1.0, 0.97, 0.88, 1.0),
    "held_out": (0.95, 0.94, 0.8, 0.98),
    "fresh": (1.0, 0.93, 0.83, 1.0),
}
BATCHES = {
    # Complaints written before the lexicon was measured on them; what came out at first is at the head of a
    # file. Between the batches, whole classes of errors were mended.
    # Unseen wording, typically: lead 0.80 to 0.97 by how hard it is, of the decided 0.88 to 0.96 right.
    "blind": (1.0, 0.98, 0.93, 1.0),
    "batch_1": (1.0, 0.93, 0.84, 1.0),
    "batch_2": (0.98, 0.83, 0.81, 1.0),
    "batch_3": (0.96, 0.85, 0.76, 1.0),
    "batch_4": (0.96, 0.83, 0.76, 1.0),
    "batch_5": (0.98, 0.9, 0.81, 1.0),
    "batch_6": (0.84, 0.76, 0.64, 1.0),
    "batch_7": (0.95, 0.82, 0.85, 0.97),
}


@pytest.mark.parametrize("name", BARS)
def test_figures(name: str, router: Router) -> None:
    found = figures(router, sample() if name == "sample" else cases(name))
    print(f"\n{name}: {found}")
    _reach(found, BARS[name])
    flags, co_units = found.evaluation.flags, found.evaluation.co_units
    assert min(flags.precision, flags.recall) >= 0.9, str(found)
    assert min(co_units.precision, co_units.recall) >= 0.8, str(found)


@pytest.mark.parametrize("name", BATCHES)
def test_batches(name: str, router: Router) -> None:
    found = figures(router, cases(name))
    print(f"\n{name}: {found}")
    _reach(found, BATCHES[name])


def _reach(found: Figures, bars: tuple[float, float, float, float]) -> None:
    lead, sector, decided, right = bars
    assert found.evaluation.acceptable.value >= lead, (str(found), *found.misses)
    assert found.evaluation.sector.value >= sector, str(found)
    assert found.evaluation.decided.value >= decided, str(found)
    assert found.evaluation.decided_right.value >= right, (str(found), *found.misses)


PINNED = {
    # Nobody reads "aside". Its figure was watched while the lexicon grew (0.755 of the leads at first), and
    # some words of "repeat" and of transport were cut back by it. "ordinary", "late", "seen_late",
    # "unseen" and "unseen_again" were written last: what came out at first sight is at their heads.
    "sample": {
        "exact": 0.99,
        "acceptable": 0.99,
        "acceptable_unambiguous": 1.0,
        "sector": 0.98,
        "decided": 0.88,
        "decided_right": 0.99,
        "night": 0.99,
        "repeat": 0.98,
        "co_units": 0.93,
        "flags": 0.98,
    },
    "ordinary": {
        "exact": 0.96,
        "acceptable": 0.97,
        "acceptable_unambiguous": 0.98,
        "sector": 0.95,
        "decided": 0.9,
        "decided_right": 0.98,
        "night": 0.98,
        "repeat": 0.93,
        "co_units": 0.97,
        "flags": 0.96,
    },
    "late": {
        "exact": 0.97,
        "acceptable": 0.98,
        "acceptable_unambiguous": 0.98,
        "sector": 0.96,
        "decided": 0.93,
        "decided_right": 0.98,
        "night": 0.97,
        "repeat": 0.9,
        "co_units": 0.92,
        "flags": 0.94,
    },
    "seen_late": {
        "exact": 0.98,
        "acceptable": 0.99,
        "acceptable_unambiguous": 0.99,
        "sector": 0.98,
        "decided": 0.91,
        "decided_right": 0.99,
        "night": 0.99,
        "repeat": 0.98,
        "co_units": 0.95,
        "flags": 0.98,
    },
    "aside": {
        "exact": 0.81,
        "acceptable": 0.855,
        "acceptable_unambiguous": 0.835,
        "sector": 0.81,
        "decided": 0.795,
        "decided_right": 0.89,
        "night": 0.98,
        "repeat": 0.88,
        "co_units": 0.74,
        "flags": 0.91,
    },
    "unseen": {
        "exact": 0.98,
        "acceptable": 0.99,
        "acceptable_unambiguous": 0.99,
        "sector": 0.98,
        "decided": 0.91,
        "decided_right": 0.99,
        "night": 0.99,
        "repeat": 0.98,
        "co_units": 0.96,
        "flags": 0.98,
    },
    "unseen_again": {
        "exact": 0.965,
        "acceptable": 0.985,
        "acceptable_unambiguous": 0.985,
        "sector": 0.965,
        "decided": 0.9,
        "decided_right": 0.99,
        "night": 0.98,
        "repeat": 0.98,
        "co_units": 0.9,
        "flags": 0.98,
    },
}
"""Shares, and F1 of flags and co-units: what was measured last, and a little room."""
WORST_CALIBRATION = {
    "sample": 0.06,
    "aside": 0.08,
    "ordinary": 0.08,
    "late": 0.08,
    "seen_late": 0.08,
    "unseen": 0.08,
    "unseen_again": 0.08,
}


@pytest.mark.parametrize("name", PINNED)
def test_what_was_reached_is_kept(name: str, router: Router) -> None:
    found = figures(router, sample() if name == "sample" else cases(name)).evaluation
    reached = {share: getattr(found, share).value for share in SHARES}
    reached |= {flag: found.each_flag[flag].f1 for flag in ("night", "repeat")}
    reached |= {"co_units": found.co_units.f1, "flags": found.flags.f1}
    fallen = {key: round(reached[key], 3) for key, bar in PINNED[name].items() if reached[key] < bar}
    assert fallen == {}
    assert found.calibration.expected_error <= WORST_CALIBRATION[name]


def test_every_sector_has_cases() -> None:
    names = ("written", "public", "held_out", "fresh")
    sectors = {case.sector for name in names for case in cases(name)}
    fields = {field.name: field for field in load_pack("municipal").fields}
    # A business without a licence is hardly ever the main matter; one case has to do.
    assert sectors == set(fields["sector"].values)
    assert sum(len(cases(name)) for name in names) >= 250


def test_figures_say_what_was_missed(router: Router) -> None:
    wrong = replace(sample()[0], lead="port", acceptable=frozenset({"port"}))
    found = figures(router, [wrong])
    assert found.evaluation.acceptable.count == 0
    assert found.misses == [f"urban_management instead of port: {wrong.text}"]


PAIRS = [
    # what is meant, and what the same words mean one step further
    ("电子厂食堂的油烟熏人", "urban_management"),
    ("电子厂的废气熏人", "ecology"),
    ("化工厂旁边的养猪场臭气熏天", "agriculture"),
    ("养猪场旁边的化工厂臭气熏天", "ecology"),
    ("钢铁厂的码头卸矿扬尘", "port"),
    ("码头旁边的钢铁厂扬尘", "ecology"),
    ("人民路施工扬尘很大", "housing_construction"),
    ("312国道施工扬尘很大", "transport"),
    ("河水发黑发臭", "water"),
    ("养鸭场把河水弄得发黑发臭", "agriculture"),
    ("服装店门口放大喇叭太吵", "urban_management"),
    ("广场舞放大喇叭太吵", "public_security"),
    ("渣土车在国道上撒土", "transport"),
    ("渣土车在大街上撒土", "urban_management"),
    ("化工厂宿舍楼下的烧烤店油烟大", "urban_management"),
    ("不是工厂,是楼下的面馆冒黑烟", "urban_management"),
    ("河道里有人采砂", "water"),
    ("山坡上有人挖砂", "natural_resources"),
    ("地铁施工太吵", "housing_construction"),
    ("地铁运行震动太大", "transport"),
    ("废品收购站又脏又乱", "urban_management"),
    ("废品收购站切割金属太吵", "ecology"),
    ("地块黄土裸露,刮风就起尘", "housing_construction"),
    ("绿化带黄土裸露,刮风就起尘", "urban_management"),
    ("城市快速路改造工地半夜吵人", "housing_construction"),
    ("国道改线工地半夜吵人", "transport"),
    ("沿街小吃店油烟大", "urban_management"),
    ("国道铣刨路面,沿街小吃店全是灰", "transport"),
    ("有人在田里烧秸秆", "agriculture"),
    ("有人在街边烧树叶", "urban_management"),
]


@pytest.mark.parametrize(("text", "lead"), PAIRS, ids=[text for text, _ in PAIRS])
def test_confusable_pairs(text: str, lead: str, router: Router) -> None:
    assert lead_of(router.route_text(text, CONTEXT).decision) == lead


@pytest.mark.parametrize(
    ("text", "rule", "first", "second"),
    [
        ("路口施工太吵", "road-works-unstated", "housing_construction", "transport"),
        ("空气里有一股臭味", "source-unknown-smell", "ecology", "urban_management"),
        ("家里总听到嗡嗡声,找不到源头", "source-unknown-noise", "public_security", "ecology"),
        ("物业费太贵", "not-environment", "other", "town_government"),
    ],
)
def test_a_person_decides(text: str, rule: str, first: str, second: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.lead is None
    assert decision.triage_reason is TriageReason.BY_RULE
    assert decision.rule_id == rule
    assert [candidate.function for candidate in decision.candidates][:2] == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "沙滩上一天到晚轰鸣",  # a place and an effect, but no cause
        "店里的老板态度恶劣",  # a shop that disturbs nobody
        "公司拖着不给转正",
        "殡仪馆的烟灰飘到小区",  # on nobody's list
        "办公室新装修甲醛味大",
    ],
)
def test_what_is_not_covered_is_not_guessed(text: str, router: Router) -> None:
    assert router.route_text(text, CONTEXT).decision.triage_reason is not None


@pytest.mark.parametrize(
    ("text", "conference"),
    [
        ("水泥厂粉尘污染,我们已经到省里上访过", "environment"),
        ("养猪场占用基本农田,污水直排河里,还没有营业执照", "environment"),  # four units
        ("烧烤店油烟扰民", None),
        ("化工厂偷埋危废", None),  # two units
    ],
)
def test_conferences_are_proposed(text: str, conference: str | None, router: Router) -> None:
    assert router.route_text(text, CONTEXT).decision.conference == conference


def test_a_citys_change_is_the_edit_of_a_row() -> None:
    """Catering fumes go to ecology from a day on, in one district."""
    policy = load_pack("municipal")
    row = next(rule for rule in policy.rules if rule.id == "catering-fumes")
    ours = replace(
        row,
        id="catering-fumes-ecology",
        priority=row.priority - 1,
        outcome=Outcome(lead="ecology"),
        valid_from=date(2027, 1, 1),
        regions=("990102",),
    )
    router = Router(replace(policy, rules=(*policy.rules, ours)))
    leads = {}
    for district in ("990101", "990102"):
        for day in (date(2026, 12, 31), date(2027, 1, 1)):
            context: dict[str, FactValue] = {
                DAY_FIELD: day.toordinal(),
                REGION_FIELD: frozenset({"990100", district}),
            }
            leads[district, day.year] = router.route_text("餐馆油烟扰民", context).decision.lead
    assert leads.pop(("990102", 2027)) == "ecology"
    assert set(leads.values()) == {"urban_management"}
