"""The demo city with a small policy of its own, and disputes that exercise all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.actor import DEMO_ADMINISTRATOR
from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import ConveneConference, convene_conference
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.errors import Result
from casework.intake import Complainant, SubmitDispute, submit_dispute
from casework.merging import MergeDisputes, SplitDispute, merge_disputes, split_dispute
from casework.objection import (
    AcceptObjection,
    ObjectToAssignment,
    UpholdAssignment,
    accept_objection,
    object_to_assignment,
    uphold_assignment,
)
from casework.publication import publish_policy
from casework.resolution import RecordResolution, record_resolution
from db import revision
from db.tables.dispute import Dispute
from db.tables.region import Region
from rules.lexicon import Lexicon, Term
from rules.model import (
    Condition,
    FactField,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)

NOW = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)
CITY = "990100"
UNKNOWN = UUID("01900000-0000-7000-8000-000000000000")
"""The key of nothing."""
TOWNS = ("990102001", "990102002", "990103001", "990104100", "990121101")
FACTORY = "化工厂夜间排放刺鼻气味"
PIPE = "化工厂私设暗管偷排废水"
RESTAURANT = "楼下饭店油烟很大"
FARM = "养猪场臭气熏天"
NOTHING = "心情不太好"


def _rule(code: str, kind: RuleKind, priority: int, condition: Condition | None, outcome: Outcome) -> Rule:
    conditions = (condition,) if condition else ()
    basis = (LegalBasis("信访工作条例", "第二十四条"),)
    return Rule(code, kind, priority, f"{code}分工", f"The {code} row", conditions, outcome, basis)


def _sector(word: str) -> Condition:
    return Condition("sector", Operator.EQUALS, (word,))


POLICY = Policy(
    key="small",
    version=1,
    title="试验分工",
    title_en="A small split",
    fields=(
        FactField(
            "sector", FieldKind.CHOICE, "类别", "Sector", ("industry", "tertiary_services", "agriculture")
        ),
        FactField("signs", FieldKind.CHOICES, "迹象", "Signs", ("secret_pipe",)),
        FactField("region", FieldKind.CHOICES, "区划", "Region"),
        FactField("day", FieldKind.NUMBER, "日期", "Day"),
        FactField("severity", FieldKind.NUMBER, "严重程度", "Severity"),
        FactField("channel", FieldKind.CHOICE, "来源渠道", "Channel"),
    ),
    rules=(
        _rule("industry", RuleKind.BASE, 10, _sector("industry"), Outcome("ecology")),
        _rule("services", RuleKind.BASE, 20, _sector("tertiary_services"), Outcome("urban_management")),
        _rule("farms", RuleKind.BASE, 30, _sector("agriculture"), Outcome("agriculture")),
        _rule("rest", RuleKind.BASE, 90, None, Outcome(triage=True, candidates=("ecology", "water"))),
        _rule(
            "crime",
            RuleKind.OVERLAY,
            10,
            Condition("signs", Operator.ANY_OF, ("secret_pipe",)),
            Outcome(co_functions=("public_security",), conference="environment", flags=("suspected_crime",)),
        ),
    ),
    lexicon=Lexicon(
        (
            Term("化工厂", "premises", (), "industry"),
            Term("饭店", "premises", (), "tertiary_services"),
            Term("养猪场", "premises", (), "agriculture"),
            Term("暗管", "activity", (("signs", "secret_pipe"),), "industry"),
        )
    ),
)

COMPLAINTS = (
    SubmitDispute(FACTORY, TOWNS[0], "hotline"),
    SubmitDispute(PIPE, TOWNS[1], "letter"),
    SubmitDispute(RESTAURANT, TOWNS[2], "web"),
    SubmitDispute(FARM, TOWNS[3], "wechat"),
    SubmitDispute(NOTHING, TOWNS[4], "visit"),
)


async def found(desk: Desk, policy: Policy = POLICY) -> None:
    """Let the city run the small policy."""
    published = await publish_policy(desk, DEMO_ADMINISTRATOR, policy, CITY)
    assert published.version is not None, published.findings
    async with desk.database.write() as connection:
        await connection.execute(update(Region).where(Region.code == CITY).values(policy_key=POLICY.key))
        await revision.bump(connection, DIRECTORY)


async def populate(desk: Desk, rounds: int) -> None:
    """Submit five kinds of disputes in each round, all five received at one moment; then reassign, convene
    and resolve some of them."""
    for number in range(rounds):
        received_at = NOW - timedelta(days=number)
        disputes = []
        for complaint in COMPLAINTS:
            request = SubmitDispute(
                complaint.description,
                complaint.region_code,
                complaint.channel,
                title=f"{complaint.description}（{number}）",
                severity=1 + number % 5,
                received_at=received_at,
                complainant=Complainant("张某某", "13800138000", "云澜市望澜区钟鼓街道1号"),
            )
            disputes.append(done(await submit_dispute(desk, DEMO_ADMINISTRATOR, request)))
        await _work(desk, disputes, number)


async def merge(desk: Desk) -> None:
    """Merge the two oldest farms' disputes into the one before them, and split one of them again."""
    async with desk.database.read() as connection:
        oldest = select(Dispute.id).where(Dispute.description == FARM).order_by(Dispute.received_at).limit(3)
        *duplicates, main = await connection.scalars(oldest)
    merging = MergeDisputes(main, tuple(duplicates), "反映同一养猪场")
    done(await merge_disputes(desk, DEMO_ADMINISTRATOR, merging))
    done(await split_dispute(desk, DEMO_ADMINISTRATOR, SplitDispute(duplicates[0], "另一养猪场")))


async def _work(desk: Desk, disputes: list[Any], number: int) -> None:
    factory, _, restaurant, _, nothing = disputes
    if number % 2 == 0:
        request = ReassignDispute(nothing, "990100-water", "属水体问题", ("990100-ecology",))
        done(await reassign_dispute(desk, DEMO_ADMINISTRATOR, request))
    convened = ConveneConference(factory, "environment", invite_members=True, reason="职责不清")
    session = done(await convene_conference(desk, DEMO_ADMINISTRATOR, convened))
    if number % 3 == 0:
        resolved = RecordResolution(session, "990100-ecology", "由市生态环境局牵头", ("990100-water",))
        done(await record_resolution(desk, DEMO_ADMINISTRATOR, resolved))
    await _object(desk, restaurant, number)
    done(await convene_conference(desk, DEMO_ADMINISTRATOR, ConveneConference(restaurant, "environment")))


async def _object(desk: Desk, dispute: UUID, number: int) -> None:
    """The restaurant's lead objects; the sender agrees in grave matters, and has not always decided."""
    lead, proposed = "990103-urban-management", "990103-ecology"
    raised = ObjectToAssignment(dispute, lead, "油烟检测属生态环境部门", proposed)
    objection = done(await object_to_assignment(desk, DEMO_ADMINISTRATOR, raised))
    if number % 5 >= 3:
        accepted = AcceptObjection(objection, proposed, "影响较大，由生态环境部门牵头")
        done(await accept_objection(desk, DEMO_ADMINISTRATOR, accepted))
    elif number % 2:
        upheld = UpholdAssignment(objection, "日常监管属城市管理部门")
        done(await uphold_assignment(desk, DEMO_ADMINISTRATOR, upheld))


def done(result: Result[Any]) -> Any:
    """What a verb changed; its errors fail the test."""
    assert not result.errors, result.errors
    return result.value
