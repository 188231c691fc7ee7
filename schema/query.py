"""The root of all queries: unwrap the arguments, ask one function of `resolvers`."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.learning import AskRuleRecords, RuleOrder
from casework.rights import (
    ADMINISTRATORS,
    ANYBODY,
    DEVELOPERS,
    DISPUTE_READERS,
    POLICY_READERS,
    SIGNED_IN,
)
from casework.webhooks.state import DeliveryState
from resolvers.account import ACCOUNT_BY_NAME, ACCOUNTS
from resolvers.conference import CONFERENCE_BY_ID, CONFERENCES
from resolvers.context import Context
from resolvers.criteria import DisputeCriteria
from resolvers.delivery import DELIVERY, SORT, count_deliveries, page_of_deliveries, select_deliveries
from resolvers.department import DEPARTMENT_BY_CODE, FUNCTIONS, DepartmentCriteria, find_departments
from resolvers.description import ROLES, Asked, Connection, PageQuery
from resolvers.dispute import DISPUTE_BY_ID_OR_NUMBER
from resolvers.draft import DRAFT_BY_ID, DRAFTS
from resolvers.duplicates import SimilarDisputes, similar_disputes, similar_to
from resolvers.explaining import Explained, explain
from resolvers.learning import Proposed, RuleRecords, list_rule_records, proposal_for
from resolvers.node import NODE, NODES
from resolvers.page import Sorting, Window, disputes_of, page_of_disputes
from resolvers.policy import POLICIES, POLICY_BY_ID
from resolvers.policy_file import Compared, Exported, compare, export
from resolvers.region import REGION_BY_CODE, RegionCriteria, find_regions
from resolvers.register import DepartmentEntry, RegionEntry
from resolvers.routing import Previewed, preview
from resolvers.simulation import SIMULATION_BY_ID, ChangedCases, changed_cases
from resolvers.webhook import WEBHOOK_BY_ID, WEBHOOKS
from rules.exchange import FileFormat
from rules.simulation import Change
from schema.account import Account
from schema.conference import JointConference
from schema.department import Department, DepartmentFilter, Function
from schema.dispute import Dispute
from schema.draft import PolicyDraft
from schema.duplicates import SimilarDisputesPayload, SimilarToTextInput
from schema.entities import Service, service
from schema.explaining import ExplainRoutingPayload
from schema.field import both, relation
from schema.learning import ProposeRulePayload, RuleRecordsPayload
from schema.node import Node
from schema.page import DisputeConnection, DisputeFilter, DisputeOrder
from schema.policy import RoutingPolicy
from schema.policy_file import ExportPolicyPayload, PolicyDifferencePayload, PolicyReferenceInput
from schema.region import Region, RegionFilter
from schema.routing import PreviewRoutingInput, PreviewRoutingPayload
from schema.simulation import ChangedCasesPayload, PolicySimulation
from schema.viewer import Grant, Viewer
from schema.webhook import Webhook, WebhookDeliveryConnection


def _disputes(
    context: Context,
    *,
    filter: DisputeFilter | None = None,
    order_by: DisputeOrder | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageQuery:
    criteria = filter.criteria() if filter else DisputeCriteria()
    sorting = order_by.sorting() if order_by else Sorting()
    return page_of_disputes(context, criteria, sorting, Window(first, after, last, before))


def _departments(context: Context, *, filter: DepartmentFilter | None = None) -> list[DepartmentEntry]:
    return find_departments(context, filter.criteria() if filter else DepartmentCriteria())


def _regions(context: Context, *, filter: RegionFilter | None = None) -> list[RegionEntry]:
    return find_regions(context, filter.criteria() if filter else RegionCriteria())


def _preview_routing(context: Context, *, input: PreviewRoutingInput) -> Awaitable[Previewed]:
    return preview(context, input.request())


def _explain_routing(
    context: Context, *, input: PreviewRoutingInput, rule_id: strawberry.ID
) -> Awaitable[Explained]:
    return explain(context, input.request(), rule_id)


def _rule_records(
    context: Context,
    *,
    policy_key: str,
    version: int | None = None,
    first: int = 20,
    order_by: RuleOrder = RuleOrder.WORST_FIRST,
    min_decisions: int = 1,
) -> Awaitable[RuleRecords]:
    return list_rule_records(context, AskRuleRecords(policy_key, version, first, order_by, min_decisions))


def _propose_rule(context: Context, *, policy_key: str, rule_id: strawberry.ID) -> Awaitable[Proposed]:
    return proposal_for(context, policy_key, rule_id)


def _policy_difference(
    context: Context, *, old: PolicyReferenceInput, new: PolicyReferenceInput
) -> Awaitable[Compared]:
    return compare(context, old.reference(), new.reference())


def _export_policy(
    context: Context, *, policy: PolicyReferenceInput, format: FileFormat
) -> Awaitable[Exported]:
    return export(context, policy.reference(), format)


def _changed_cases(
    context: Context,
    *,
    simulation_id: strawberry.ID,
    after: strawberry.ID | None = None,
    first: int = 20,
    changes: list[Change] | None = None,
) -> Awaitable[ChangedCases]:
    return changed_cases(context, simulation_id, after, first, changes)


def _similar_disputes(context: Context, *, id: strawberry.ID, first: int = 5) -> Awaitable[SimilarDisputes]:
    return similar_disputes(context, id, first)


def _similar_to_text(context: Context, *, input: SimilarToTextInput) -> Awaitable[SimilarDisputes]:
    return similar_to(context, input.request())


def _webhook_deliveries(
    context: Context,
    *,
    webhook_id: strawberry.ID | None = None,
    state: DeliveryState | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageQuery:
    return page_of_deliveries(context, webhook_id, state, Window(first, after, last, before))


def _viewer(context: Context) -> Viewer:
    actor = context.actor
    grants = [Grant(role=grant.role, unit=grant.unit, region=grant.region) for grant in actor.grants]
    return Viewer(account=actor.id, role=actor.role, grants=grants, language=context.language)


@strawberry.type(description=both("What can be asked.", "可查询的内容。"))
class Query:
    """The fields of every query."""

    node: Node | None = relation(
        "The object with an id; null for ids that are malformed, foreign or of nothing.",
        "按 id 查询对象，无效或不存在时为 null。",
        NODE,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
    nodes: list[Node | None] = relation(
        "The objects with these ids, in their order, at most 100.",
        "按多个 id 查询，次序相同，最多 100 个。",
        NODES,
        roles=ANYBODY,
        ids=("Their ids.", "全局标识列表。"),
    )
    dispute: Dispute | None = relation(
        "The dispute with an id or a number; given both, it has to have both.",
        "按 id 或编号查询信访事项，同时给出须都相符。",
        DISPUTE_BY_ID_OR_NUMBER,
        roles=DISPUTE_READERS,
        id=("Its id.", "全局标识。"),
        number=("Its number.", "编号。"),
    )
    disputes: DisputeConnection = relation(
        "Disputes, newest first unless ordered otherwise.",
        "信访事项列表，默认新者在前。",
        disputes_of(_disputes),
        roles=DISPUTE_READERS,
        sized=("edges", "nodes"),
        filter=("Which.", "筛选条件。"),
        order_by=("In which order.", "排序方式。"),
        first=("How many from the start, 1 to 100; by default 20.", "从前取多少，1 到 100，默认 20。"),
        after=("Only what comes after this cursor.", "只取此游标之后。"),
        last=(
            "How many from the end, 1 to 100; not together with first.",
            "从后取多少，1 到 100，不可与 first 并用。",
        ),
        before=("Only what comes before this cursor.", "只取此游标之前。"),
    )
    similar_disputes: SimilarDisputesPayload = relation(
        "Disputes of the same region, open or of the last 90 days, that may be about the same matter.",
        "同一区域内正在办理或近 90 天收到的、可能属于同一事项的信访件。",
        Asked(_similar_disputes),
        roles=DISPUTE_READERS,
        sized=("disputes",),
        id=("The dispute.", "信访事项。"),
        first=("How many at most, 1 to 100; by default 5.", "最多条数，1 到 100，默认 5。"),
    )
    similar_to_text: SimilarDisputesPayload = relation(
        "The same for a text before it is submitted.",
        "登记前按文字查找可能属于同一事项的信访件。",
        Asked(_similar_to_text),
        roles=DISPUTE_READERS,
        input=("The text.", "文字。"),
    )
    departments: list[Department] = relation(
        "Departments by code.",
        "单位列表，按代码排列。",
        Asked(_departments),
        roles=ANYBODY,
        filter=("Which.", "筛选条件。"),
    )
    department: Department | None = relation(
        "The department with a code.",
        "按代码查询单位。",
        DEPARTMENT_BY_CODE,
        roles=ANYBODY,
        code=("Its code.", "单位代码。"),
    )
    functions: list[Function] = relation("All functions.", "全部职能。", FUNCTIONS, roles=ANYBODY)
    regions: list[Region] = relation(
        "Regions by code.",
        "区域列表，按代码排列。",
        Asked(_regions),
        roles=ANYBODY,
        filter=("Which.", "筛选条件。"),
    )
    region: Region | None = relation(
        "The region with a code.",
        "按代码查询区域。",
        REGION_BY_CODE,
        roles=ANYBODY,
        code=("Its code.", "区域代码。"),
    )
    joint_conferences: list[JointConference] = relation(
        "Joint conferences by city and domain.",
        "联席会议列表，按市和领域排列。",
        CONFERENCES,
        roles=ANYBODY,
        city=("Of the city with this region code.", "市的区域代码。"),
        domain=("Of this domain.", "领域代码。"),
    )
    joint_conference: JointConference | None = relation(
        "The joint conference with an id.",
        "按 id 查询联席会议。",
        CONFERENCE_BY_ID,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
    routing_policies: list[RoutingPolicy] = relation(
        "All routing policies, by key.", "全部职责分工规则集。", POLICIES, roles=ANYBODY
    )
    routing_policy: RoutingPolicy | None = relation(
        "The routing policy with an id.",
        "按 id 查询规则集。",
        POLICY_BY_ID,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
    policy_drafts: list[PolicyDraft] = relation(
        "Drafts of policies, newest first; without a state those that are neither published nor discarded.",
        "规则集草案，新者在前；不填状态则为未办结的草案。",
        DRAFTS,
        roles=POLICY_READERS,
        policy_key=("Of this policy.", "规则集代号。"),
        state=("In this state.", "状态。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
    policy_draft: PolicyDraft | None = relation(
        "The draft with an id.",
        "按 id 查询草案。",
        DRAFT_BY_ID,
        roles=POLICY_READERS,
        id=("Its id.", "全局标识。"),
    )
    policy_difference: PolicyDifferencePayload = relation(
        "What changed from one policy, version or draft to another.",
        "比较两个规则集、版本或草案。",
        Asked(_policy_difference),
        roles=POLICY_READERS,
        old=("The old one.", "原来的。"),
        new=("The new one.", "新的。"),
    )
    export_policy: ExportPolicyPayload = relation(
        "A version or a draft as a file.",
        "把版本或草案导出为文件。",
        Asked(_export_policy),
        roles=POLICY_READERS,
        policy=("Which.", "导出哪一个。"),
        format=("As what.", "文件格式。"),
    )
    policy_simulation: PolicySimulation | None = relation(
        "The simulation with an id.",
        "按 id 查询试算。",
        SIMULATION_BY_ID,
        roles=POLICY_READERS,
        id=("Its id.", "全局标识。"),
    )
    changed_cases: ChangedCasesPayload = relation(
        "The disputes that a finished simulation counted as changed, page by page; the draft is asked again.",
        "试算中结论有变化的事项，分页；为此再次询问草案。",
        Asked(_changed_cases),
        roles=POLICY_READERS,
        sized=("cases",),
        simulation_id=("The simulation.", "试算。"),
        after=("Only what comes after the dispute with this id.", "只取此事项之后（按 id）。"),
        first=("How many at most, 1 to 100; by default 20.", "最多条数，1 到 100，默认 20。"),
        changes=("Changed in one of these ways; by default in any.", "差异，满足其一，默认不限。"),
    )
    preview_routing: PreviewRoutingPayload = relation(
        "Ask the policy about a text; nothing is stored.",
        "对一段文字预分派，不作登记。",
        Asked(_preview_routing),
        roles=SIGNED_IN,
        input=("The question.", "提问。"),
    )
    explain_routing: ExplainRoutingPayload = relation(
        "Ask why one rule does or does not decide about a text; nothing is stored.",
        "询问某条规则对一段文字为何起作用或不起作用，不作登记。",
        Asked(_explain_routing),
        roles=SIGNED_IN,
        input=("The question.", "提问。"),
        rule_id=(
            "The rule's code, or its id in the version that decides there.",
            "规则编号，或该规则在所依版本中的 id。",
        ),
    )
    rule_records: RuleRecordsPayload = relation(
        "How often the decisions of each rule of a policy were objected to, reassigned or upheld.",
        "规则集中各条规则的分派被提出异议、改派或维持的情况。",
        Asked(_rule_records),
        roles=POLICY_READERS,
        sized=("records",),
        policy_key=("The policy's key.", "规则集代号。"),
        version=("Decisions by this version only; by default by all.", "仅限此版本的分派，默认全部版本。"),
        first=("How many rules at most, 1 to 100; by default 20.", "最多条数，1 到 100，默认 20。"),
        order_by=("Which come first.", "排列方式。"),
        min_decisions=("Only rules with so many decisions.", "仅限分派件数不少于此数的规则。"),
    )
    propose_rule: ProposeRulePayload = relation(
        "The row that would have decided a rule's corrected decisions as people did, with its evidence; "
        "nothing is stored.",
        "据改派结果为一条规则拟订补充规则并列明依据，不作登记。",
        Asked(_propose_rule),
        roles=POLICY_READERS,
        policy_key=("The policy's key.", "规则集代号。"),
        rule_id=(
            "The code, or the id, of a rule of the policy's newest version.",
            "最新版本中规则的编号，或其 id。",
        ),
    )
    webhooks: list[Webhook] = relation(
        "Webhooks, the oldest first.", "推送端点列表，先登记的在前。", WEBHOOKS, roles=ADMINISTRATORS
    )
    webhook: Webhook | None = relation(
        "The webhook with an id.",
        "按 id 查询推送端点。",
        WEBHOOK_BY_ID,
        roles=ADMINISTRATORS,
        id=("Its id.", "全局标识。"),
    )
    webhook_deliveries: WebhookDeliveryConnection = relation(
        "Deliveries, the newest first; with DEAD those that were given up.",
        "推送列表，新者在前；DEAD 为已放弃的。",
        Connection(DELIVERY, (SORT,), _webhook_deliveries, select_deliveries, count_deliveries),
        roles=ADMINISTRATORS,
        sized=("edges", "nodes"),
        webhook_id=("Of this webhook alone.", "只取此端点。"),
        state=("In this state alone.", "只取此状态。"),
        first=("How many from the start, 1 to 100; by default 20.", "从前取多少，1 到 100，默认 20。"),
        after=("Only what comes after this cursor.", "只取此游标之后。"),
        last=(
            "How many from the end, 1 to 100; not together with first.",
            "从后取多少，1 到 100，不可与 first 并用。",
        ),
        before=("Only what comes before this cursor.", "只取此游标之前。"),
    )
    accounts: list[Account] = relation(
        "Accounts, by name.", "账号列表，按名称排列。", ACCOUNTS, roles=ADMINISTRATORS
    )
    account: Account | None = relation(
        "The account of a name.",
        "按名称查账号。",
        ACCOUNT_BY_NAME,
        roles=ADMINISTRATORS,
        name=("Its name.", "账号名。"),
    )
    viewer: Viewer = relation("Who asks.", "当前用户。", Asked(_viewer), roles=ANYBODY)
    service: Service = strawberry.field(
        name="_service",
        description=both("The schema of this subgraph, for gateways.", "本子图的接口定义，供网关使用。"),
        resolver=service,
        metadata={ROLES: DEVELOPERS},
    )
