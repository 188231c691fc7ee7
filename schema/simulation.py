"""Simulations: drafts tried on stored disputes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.intake import Channel
from casework.rights import POLICY_READERS
from casework.simulation.job import SimulationState
from resolvers import simulation as answers
from rules.model import TriageReason
from rules.simulation import Change
from schema.access import shown_to
from schema.department import Department
from schema.dispute import Dispute, DisputeStatus
from schema.enumeration import publish
from schema.errors import UserError
from schema.field import both, column, relation
from schema.node import Node, made_of
from schema.payload import Payload
from schema.policy import PolicyVersion
from schema.region import Region

if TYPE_CHECKING:
    from schema.draft import PolicyDraft

publish(
    SimulationState,
    ("Where a simulation stands.", "试算状态。"),
    {
        SimulationState.RUNNING: ("It counts, or waits for another one.", "进行中，或排队等待。"),
        SimulationState.FINISHED: ("It has its report.", "已完成。"),
        SimulationState.FAILED: ("It could not be done; `reason` says why.", "失败，原因见 reason。"),
        SimulationState.CANCELLED: (
            "A person cancelled it, or the server stopped.",
            "已取消，或因服务器停止而中止。",
        ),
        SimulationState.INTERRUPTED: (
            "The server that ran it has said nothing for a minute: start it again.",
            "所在服务器一分钟无响应，已中断，请重新试算。",
        ),
    },
    name="PolicySimulationState",
)
publish(
    Change,
    ("In what two decisions about a dispute differ.", "两次结论的差异。"),
    {
        Change.LEAD: ("Another unit leads.", "牵头单位不同。"),
        Change.TO_TRIAGE: ("A unit leads, and a person would have to decide.", "由已分派变为转人工研判。"),
        Change.FROM_TRIAGE: (
            "A person has to decide, and a unit would lead.",
            "由转人工研判变为有牵头单位。",
        ),
        Change.TRIAGE_REASON: ("A person decides, for another reason.", "转人工研判的原因不同。"),
        Change.CO_UNITS: ("Other units join.", "协办单位不同。"),
        Change.CONFERENCE: ("Another conference is proposed, or none.", "提议的联席会议不同。"),
        Change.FLAGS: ("It is flagged otherwise.", "标记不同。"),
        Change.LEGAL_PATH: ("Another legal path is to be taken.", "法定途径不同。"),
    },
    name="SimulatedChange",
)


@shown_to(POLICY_READERS)
@strawberry.type(description=both("Which disputes a simulation is about.", "试算范围。"))
class PolicySimulationScope:
    """Made of `resolvers.simulation.ScopeEntry`."""

    regions: list[Region] = relation(
        "These regions with all below; empty: all for which the policy decides.",
        "区域（含下级），空为规则集适用的全部区域。",
        answers.REGIONS_OF_SCOPE,
    )
    received_from: date | None = column("Received on this day or later.", "收件日不早于。")
    received_to: date | None = column("Received on this day or earlier.", "收件日不晚于。")
    channels: list[Channel] = column("From these channels; empty: all.", "渠道，空为全部。")
    statuses: list[DisputeStatus] = column("In these states; empty: all.", "状态，空为全部。")
    rule_ids: list[str] = column("Decided by rules with these codes; empty: all.", "所依规则编号，空为全部。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("How many disputes change in one way.", "某类差异的件数。"))
class SimulatedChangeCount:
    """Made of `resolvers.simulation.ChangeCountEntry`."""

    change: Change = column("The way.", "差异。")
    count: int = column("How many.", "件数。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("Disputes that would go elsewhere.", "改由其他单位牵头的事项。"))
class SimulatedMovement:
    """Made of `resolvers.simulation.MovementEntry`."""

    from_department: Department | None = relation(
        "The unit that leads; empty: a person has to decide.",
        "原牵头单位，空为转人工研判。",
        answers.FROM_DEPARTMENT,
    )
    to_department: Department | None = relation(
        "The unit that would lead; empty: a person would have to decide.",
        "新牵头单位，空为转人工研判。",
        answers.TO_DEPARTMENT,
    )
    count: int = column("How many.", "件数。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("What would change in a region.", "一个区域的变化。"))
class SimulatedRegion:
    """Made of `resolvers.simulation.RegionCountEntry`."""

    region: Region | None = relation("The region.", "区域。", answers.REGION)
    examined: int = column("How many disputes were looked at.", "试算件数。")
    changed: int = column("How many would be decided otherwise in anything.", "结论有变化的件数。")
    moved: int = column("How many of them would go elsewhere.", "其中去向改变的件数。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("What would change for a rule.", "一条规则的变化。"))
class SimulatedRule:
    """Made of `resolvers.simulation.RuleCountEntry`."""

    code: str | None = column("Its code; empty: no rule holds.", "规则编号，空为没有规则成立。")
    before: int = column("How many disputes it has decided.", "原由其决定的件数。")
    after: int = column("How many it would decide.", "将由其决定的件数。")
    kept: int = column("How many of both are the same.", "两者相同的件数。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("By which version disputes were decided.", "作出原决定的版本。"))
class SimulatedVersion:
    """Made of `resolvers.simulation.DecidedByEntry`."""

    version: PolicyVersion | None = relation("The version.", "版本。", answers.DECIDING_VERSION)
    count: int = column("How many disputes it has decided.", "件数。")
    reads_alike: bool = column(
        "Whether its lexicon is the draft's; if not, the draft would have read other facts.",
        "其词库是否与草案相同；不同则草案可能识别出其他要素。",
    )


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "What a simulation counted; movements and rules are cut after the first thousand.",
        "试算结果，去向和规则各只留前一千项。",
    )
)
class PolicySimulationReport:
    """Made of `resolvers.simulation.SimulationReportEntry`."""

    day: date = column("Both sides are placed with the units of this day.", "单位以这一天为准。")
    examined: int = column("How many disputes were looked at.", "试算件数。")
    unchanged: int = column("How many would be decided as they were.", "结论不变的件数。")
    changed: int = column("How many would be decided otherwise in anything.", "结论有变化的件数。")
    moved: int = column("How many of them would go elsewhere.", "其中去向改变的件数。")
    read_otherwise: int = column(
        "How many were decided on facts that another lexicon had found; `reread` finds them anew.",
        "所用要素由其他词库识别的件数；reread 可重新识别。",
    )
    changes: list[SimulatedChangeCount] = column("How many change in what.", "各类差异的件数。")
    movements: list[SimulatedMovement] = column(
        "Who hands over to whom, most first.", "由谁转给谁，多者在前。"
    )
    by_region: list[SimulatedRegion] = column("By regions, most moved first.", "按区域，改变多者在前。")
    by_rule: list[SimulatedRule] = column(
        "By rules, those first that win or lose most.", "按规则，增减多者在前。"
    )
    decided_by: list[SimulatedVersion] = column("By which versions they were decided.", "原决定所依版本。")


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "A draft tried on stored disputes; nothing is changed.", "草案试算：对已登记事项试作分派，不作改动。"
    )
)
class PolicySimulation(Node):
    """Made of rows."""

    is_type_of = made_of(answers.SIMULATION.row)

    draft: Annotated[PolicyDraft, strawberry.lazy("schema.draft")] = relation(
        "The draft.", "草案。", answers.DRAFT_OF_SIMULATION
    )
    draft_version: int = column(
        "The version of the draft in which what was simulated was checked.",
        "所试算内容检查通过时的草案版次。",
    )
    current: bool = relation(
        "Whether the draft still says what was simulated.", "草案内容此后是否未改。", answers.CURRENT
    )
    scope: PolicySimulationScope = relation("Which disputes.", "范围。", answers.SCOPE)
    reread: bool = column(
        "Whether the draft's lexicon read the texts again; without, it got the stored facts.",
        "是否以草案词库重新识别文字，否则用已存要素。",
    )
    state: SimulationState = relation("Where it stands.", "状态。", answers.STATE)
    done: int = column("How many disputes have been looked at.", "已看过的件数。")
    total: int = column("Of how many; 0 while it waits.", "总件数，等待时为 0。")
    started_at: datetime = column("When it was started.", "开始时间。")
    started_by: str = column("The account that started it.", "发起账号。")
    finished_at: datetime | None = column("When it was over.", "结束时间。")
    reason: str | None = relation("Why it failed or was stopped.", "失败或中止的原因。", answers.REASON)
    report: PolicySimulationReport | None = relation(
        "What it counted; empty until it is finished.", "结果，完成前为空。", answers.REPORT
    )


@shown_to(POLICY_READERS)
@strawberry.type(description=both("A decision, stored or simulated.", "一次结论（原有或试算）。"))
class SimulatedDecision:
    """Made of `resolvers.simulation.SimulatedDecisionEntry`."""

    lead_department: Department | None = relation(
        "The lead unit; empty: a person has to decide.", "牵头单位，空为转人工研判。", answers.LEAD_DEPARTMENT
    )
    co_departments: list[Department] = relation("The co-units.", "协办单位。", answers.CO_DEPARTMENTS)
    conference_domain: str | None = column(
        "The domain of the joint conference that is proposed.", "提议的联席会议领域。"
    )
    flags: list[str] = column("Flags of the matter.", "事项标记。")
    legal_path: str | None = column("The legal path to take.", "法定途径。")
    triage_reason: TriageReason | None = column(
        "Why a person has to decide; empty when the policy decides.", "转人工研判的原因，已决定则为空。"
    )
    rule_code: str | None = column("The base rule that decides.", "起决定作用的基本规则编号。")


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both("A dispute that the draft would decide otherwise.", "草案会作出不同结论的一件事项。")
)
class ChangedCase:
    """Made of `resolvers.simulation.ChangedCaseEntry`."""

    dispute: Dispute = relation("The dispute.", "事项。", answers.DISPUTE_OF_CASE)
    changes: list[Change] = column("What changes, the weightiest first.", "差异，重者在前。")
    before: SimulatedDecision = column("Its newest decision.", "现有结论。")
    after: SimulatedDecision = column("What the draft says.", "草案的结论。")
    explained_before: list[str] = column("Why, as it was said then.", "原理由。")
    explained_after: list[str] = column("Why, as the draft says it.", "草案的理由。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of `changedCases`.", "变化事项的查询结果。"))
class ChangedCasesPayload:
    """Made of `resolvers.simulation.ChangedCases`."""

    cases: list[ChangedCase] = column("The page; empty with errors.", "本页事项，有错误时为空。")
    has_more: bool = column("Whether there is more after it.", "后面是否还有。")
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of the verbs about simulations.", "试算各项操作的结果。"))
class PolicySimulationPayload(Payload):
    """The simulation."""

    simulation: PolicySimulation | None = relation(
        "The simulation as it is now.", "办理后的试算。", answers.CHANGED_SIMULATION
    )
