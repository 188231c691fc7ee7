"""Learning from objections: how the decisions of each rule fared, and the row that would have been right."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from casework.act import Change, act
from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import CityDirectory
from casework.draft import DraftState, draft_of, record
from casework.drafting import CreateDraft, begin_draft
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import PublishedVersion, newest_version
from casework.policy_text import RULES, put_rows, read_document
from casework.settlement import ObjectionState
from casework.text import clean
from db.tables.dispute import Assignment, Decision
from db.tables.objection import Objection
from db.tables.policy import PolicyVersion
from rules.document import policy_from_document, rule_document
from rules.facts_document import facts_from_document
from rules.learning import LEAST_SUPPORT, Case, Proposal, propose
from rules.model import Policy, Rule
from rules.territory import within
from rules.track_record import TrackRecord
from wording.catalogue import say

MOST_CORRECTED = 1_000
MOST_STANDING = 5_000
"""How many decisions of a rule a proposal looks at, the newest: more tell hardly more."""

_given, _now = aliased(Assignment), aliased(Assignment)
_LEAD_OF_DECISION = and_(
    _given.decision_id == Decision.id, _given.city == Decision.city, _given.role == "lead"
)
_ANOTHER_LEADS = and_(
    _now.dispute_id == _given.dispute_id,
    _now.city == _given.city,
    _now.role == "lead",
    _now.ended_at.is_(None),
    _now.unit_code != _given.unit_code,
    # What a later decision of the policy changed is no correction of the earlier one.
    _now.origin != "rule",
)
_UNDECIDED = exists().where(Objection.decision_id == Decision.id, Objection.state == ObjectionState.OPEN)


class RuleOrder(StrEnum):
    """Which rules come first."""

    WORST_FIRST = "worst_first"
    BEST_FIRST = "best_first"


@dataclass(frozen=True, slots=True)
class AskRuleRecords:
    """How did the rules of a policy fare: those of one version, or of all (None), a rule known by its id."""

    policy_key: str
    version: int | None = None
    first: int = 20
    order: RuleOrder = RuleOrder.WORST_FIRST
    least_decided: int = 1


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule, in the newest text by which it has decided, and how it fared."""

    rule_id: str
    text_id: UUID
    record: TrackRecord


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """A row that would have been right, for the newest version of the policy; what it would have changed."""

    version: PublishedVersion
    rule: Rule
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class DraftProposal:
    """Draft the row that is proposed for a rule."""

    policy_key: str
    rule_id: str


async def rule_records(desk: Desk, request: AskRuleRecords) -> Result[list[RuleRecord]]:
    """The rules that have decided, in order. Of rules that fared alike the one that decided more comes first,
    then the lower id."""
    async with desk.database.read() as connection:
        texts = await _texts(connection, request.policy_key)
        if not texts:
            return Result(errors=(_unknown_policy(request.policy_key),))
        if request.version is not None and request.version not in texts:
            values = {"policy": clean(request.policy_key), "version": request.version}
            return Result(errors=(UserError(ErrorCode.UNKNOWN_VERSION, ("version",), values),))
        rows = await connection.execute(_tallies(request))
        found = [
            RuleRecord(row.rule_id, texts[row.number], TrackRecord(*(int(count) for count in row[2:])))
            for row in rows
        ]
    best = request.order is RuleOrder.BEST_FIRST
    found.sort(
        key=lambda each: (
            -each.record.low if best else each.record.high,
            -each.record.decided,
            each.rule_id,
        )
    )
    return Result(found[: request.first])


def _tallies(request: AskRuleRecords) -> Select[Any]:
    """For each rule its id, the newest version by which it decided, and the counts of a TrackRecord."""
    heard = (
        select(
            Objection.decision_id,
            func.max(case((Objection.state == ObjectionState.UPHELD, 1), else_=0)).label("upheld"),
        )
        .where(Objection.decision_id.is_not(None))
        .group_by(Objection.decision_id)
        .subquery()
    )
    statement = (
        select(
            Decision.rule_id,
            func.max(PolicyVersion.number).label("number"),
            func.count(),
            func.count(heard.c.decision_id),
            func.count(_now.id),
            func.coalesce(func.sum(heard.c.upheld), 0),
        )
        .select_from(_given)
        .join(Decision, _LEAD_OF_DECISION)
        .join(PolicyVersion, PolicyVersion.id == Decision.policy_version_id)
        .outerjoin(_now, _ANOTHER_LEADS)
        .outerjoin(heard, heard.c.decision_id == Decision.id)
        .where(PolicyVersion.policy_key == clean(request.policy_key), Decision.rule_id.is_not(None))
        .group_by(Decision.rule_id)
        .having(func.count() >= request.least_decided)
    )
    return statement if request.version is None else statement.where(PolicyVersion.number == request.version)


async def propose_rule(desk: Desk, policy_key: str, rule_id: str) -> Result[RuleProposal | None]:
    """The row that would have decided a rule's corrected decisions rightly; None where the facts do not tell
    them apart from those that stand. Rules are those of the newest version."""
    try:
        async with desk.database.read() as connection:
            version, policy, rule = await rule_of(connection, policy_key, rule_id)
            directory = await desk.directory.current(connection)
            cases = await _cases(connection, directory, rule, version, civil_day(desk.clock()))
    except Refused as refused:
        return Result(errors=refused.errors)
    # Some seconds of arithmetic: the event loop goes on meanwhile.
    found = await asyncio.to_thread(propose, policy, rule, cases)
    return Result(RuleProposal(version, rule, found) if found else None)


async def draft_proposal(
    desk: Desk, actor: Actor, request: DraftProposal, key: str | None = None
) -> Result[UUID]:
    """Begin a draft of the newest version with the proposed row in its place; it takes the way of every
    draft from there. Answers with the draft's key."""
    proposed = await propose_rule(desk, request.policy_key, request.rule_id)

    async def work(change: Change) -> UUID:
        if proposed.errors:
            raise Refused(*proposed.errors)
        if proposed.value is None:
            values = {"rule": clean(request.rule_id), "least": LEAST_SUPPORT}
            raise Refused(UserError(ErrorCode.NOTHING_LEARNT, ("ruleId",), values))
        return await _draft(change, proposed.value)

    return await act(desk, actor, "draft_proposal", key, asdict(request), work)


async def _draft(change: Change, found: RuleProposal) -> UUID:
    version, proposal = found.version, found.proposal
    newest = await newest_version(change.connection, version.policy_key)
    if newest is not None and newest.number != version.number:
        raise Refused(UserError(ErrorCode.CONFLICT, ("policyKey",), {"version": newest.number}))
    note = say(
        "learning.note",
        rule=found.rule.id,
        supporting=len(proposal.supporting),
        opposing=len(proposal.opposing),
    )
    new = CreateDraft(version.policy_key, version.city, from_version=version.number)
    draft_id = await begin_draft(change, new, version.policy_key, note, {}, None)
    draft = await draft_of(change, draft_id, 1, DraftState.DRAFTING)
    row = rule_document(proposal.row)
    await put_rows(change.connection, RULES, draft.text_id, [(row, proposal.before)])
    data = {"rule": found.rule.id, "row": proposal.row.id}
    await record(change, draft.city, "draft_proposal", draft.subject, data)
    return draft_id


async def rule_of(
    connection: AsyncConnection, policy_key: str, rule_id: str
) -> tuple[PublishedVersion, Policy, Rule]:
    """The newest version of a policy, what it says but for its lexicon and its cases, which nothing is learnt
    from, and one of its rules. Refuses what is not known."""
    version = await newest_version(connection, clean(policy_key))
    if version is None:
        raise Refused(_unknown_policy(policy_key))
    document = await read_document(
        connection, version.text_id, version.policy_key, version.number, parts=(RULES,)
    )
    policy = await asyncio.to_thread(policy_from_document, document)
    rule = next((rule for rule in policy.rules if rule.id == clean(rule_id)), None)
    if rule is None:
        values = {"rule": clean(rule_id), "version": version.number, "policy": version.policy_key}
        raise Refused(UserError(ErrorCode.UNKNOWN_RULE, ("ruleId",), values))
    return version, policy, rule


async def _cases(
    connection: AsyncConnection, directory: CityDirectory, rule: Rule, version: PublishedVersion, today: date
) -> list[Case]:
    """The newest decisions of a rule, in whatever version, that were corrected, and those that stand."""
    decided = (
        select(Decision.dispute_id, Decision.facts)
        .select_from(Decision)
        .join(_given, _LEAD_OF_DECISION)
        .join(PolicyVersion, PolicyVersion.id == Decision.policy_version_id)
        .where(
            PolicyVersion.policy_key == version.policy_key,
            Decision.rule_id == rule.id,
            _given.dispute_id == Decision.dispute_id,  # an index leads there
        )
        .order_by(Decision.id.desc())
    )
    corrected = await connection.execute(
        decided.add_columns(_now.unit_code).join(_now, _ANOTHER_LEADS).limit(MOST_CORRECTED)
    )
    cases = [
        Case(row.dispute_id, facts_from_document(row.facts), functions)
        for row in corrected
        # What a unit without functions leads, such as a party organ, no rule can give it.
        if (functions := _functions(directory, row.unit_code, today))
    ]
    standing = await connection.execute(
        decided.outerjoin(_now, _ANOTHER_LEADS).where(_now.id.is_(None), ~_UNDECIDED).limit(MOST_STANDING)
    )
    return [*cases, *(Case(row.dispute_id, facts_from_document(row.facts)) for row in standing)]


def _functions(directory: CityDirectory, unit_code: str, today: date) -> frozenset[str]:
    unit = directory.tree.units.get(unit_code)
    spans = unit.functions if unit else ()
    return frozenset(span.function for span in spans if within(span.valid_from, span.valid_to, today))


async def _texts(connection: AsyncConnection, policy_key: str) -> dict[int, UUID]:
    """The texts of a policy's versions, by their numbers."""
    rows = await connection.execute(
        select(PolicyVersion.number, PolicyVersion.text_id).where(
            PolicyVersion.policy_key == clean(policy_key)
        )
    )
    return {row.number: row.text_id for row in rows}


def _unknown_policy(policy_key: str) -> UserError:
    return UserError(ErrorCode.UNKNOWN_POLICY, ("policyKey",), {"policy": clean(policy_key)})
