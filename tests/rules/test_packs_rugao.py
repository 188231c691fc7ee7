"""The seed's own split: its seven matters, to the letter, and nothing else."""

from __future__ import annotations

import pytest

from rules.model import TriageReason
from rules.pack import load_pack
from rules.router import Router
from tests.rules.scoring import CONTEXT


@pytest.fixture(scope="module")
def router() -> Router:
    return Router(load_pack("rugao-2014"))


LEADS = [
    ("化工厂夜里偷排废气,臭气熏天", "ecology"),
    ("印染企业生产废水直排", "ecology"),
    ("家具厂喷漆异味很大", "ecology"),
    ("烧烤店油烟扰民", "urban_management"),
    ("KTV半夜噪音太大", "urban_management"),
    ("洗车店污水横流", "urban_management"),
    ("汽修厂喷漆味道刺鼻", "urban_management"),
    ("养猪场粪水流到沟里", "agriculture"),
    ("鱼塘养殖尾水直排", "agriculture"),
    ("屠宰场臭味大", "agriculture"),
    ("省道上大货车扬尘严重", "transport"),
    ("高速公路噪声太大,没有隔音屏", "transport"),
    ("航道上货船噪声扰民", "transport"),
    ("运河边的砂石码头扬尘很大", "port"),
    ("江边煤码头装卸噪音大", "port"),
]


@pytest.mark.parametrize(("text", "lead"), LEADS, ids=[text for text, _ in LEADS])
def test_five_leads(text: str, lead: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.lead == lead
    assert decision.triage_reason is None


@pytest.mark.parametrize(
    "text", ["小散乱污企业冒黑烟", "塑料造粒作坊气味刺鼻", "轮窑砖厂属于落后产能,还在生产"]
)
def test_outdated_capacity_brings_development_and_reform(text: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.lead == "ecology"
    assert "development_reform" in decision.co_functions
    assert "outdated_capacity" in decision.flags


@pytest.mark.parametrize("text", ["化工厂私设暗管排污", "工厂篡改在线监测数据", "有人夜间倾倒危废,臭气熏天"])
def test_public_security_steps_in_early(text: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.lead == "ecology"
    assert "public_security" in decision.co_functions
    assert "suspected_crime" in decision.flags


@pytest.mark.parametrize(
    "text",
    ["我到省里上访反映水泥厂粉尘", "中央环保督察交办的养鸡场至今没有整改", "督察交办件未完成,化工厂照样偷排"],
)
def test_a_leader_owns_what_went_above_the_province(text: str, router: Router) -> None:
    assert "leader_ownership" in router.route_text(text, CONTEXT).decision.flags


def test_no_leader_for_ordinary_items(router: Router) -> None:
    assert "leader_ownership" not in router.route_text("烧烤店油烟扰民", CONTEXT).decision.flags


@pytest.mark.parametrize(
    "text",
    [
        "工地半夜施工太吵",
        "广场舞噪音扰民",
        "垃圾中转站臭气熏天",
        "河水发黑发臭",
        "采石场炸山",
        "变电站有辐射",
        "物业费太贵",
        "空气里有股臭味",
        "",
    ],
)
def test_anything_else_goes_to_a_person(text: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.lead is None
    assert decision.triage_reason in (TriageReason.BY_RULE, TriageReason.NO_FACTS)
    assert decision.rule_id == "anything-else"
