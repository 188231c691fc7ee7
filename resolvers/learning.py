"""How rules have fared, and the rows that are proposed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import strawberry

from casework.errors import UserError
from casework.learning import AskRuleRecords, RuleProposal, RuleRecord, propose_rule, rule_records
from resolvers.context import Context
from resolvers.description import Relation
from resolvers.dispute import DISPUTE
from resolvers.identity import key_of
from resolvers.policy import RULE, VERSION
from resolvers.span import check_size
from rules.document import condition_document, outcome_document

MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class RuleRecordEntry:
    """A rule and how its decisions fared; rates lie between 0 and 1."""

    policy_text_id: UUID
    rule_id: str
    decided: int
    objected: int
    reassigned: int
    upheld: int
    upheld_rate: float
    upheld_rate_low: float
    upheld_rate_high: float


@dataclass(frozen=True, slots=True)
class RuleRecords:
    """Rules in order, or what has to be mended in the question."""

    records: Sequence[RuleRecordEntry]
    errors: tuple[UserError, ...]


@dataclass(frozen=True, slots=True)
class ProposedRuleEntry:
    """A row that is in no policy yet."""

    code: str
    priority: int
    title: str
    title_en: str
    conditions: Sequence[Mapping[str, Any]]
    outcome: Mapping[str, Any]
    regions: Sequence[str]
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class RuleProposalEntry:
    """A proposed row, the rule before which it stands, and the disputes that speak for and against it."""

    policy_version_id: UUID
    policy_text_id: UUID
    rule_id: str
    row: ProposedRuleEntry
    supporting: int
    opposing: int
    supporting_ids: Sequence[UUID]
    opposing_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, if the facts allow one, or what has to be mended in the question."""

    proposal: RuleProposalEntry | None
    errors: tuple[UserError, ...]


async def list_rule_records(context: Context, question: AskRuleRecords) -> RuleRecords:
    """The rules of a policy by how they fared. Raises BadUserInput for a page of no size."""
    check_size(context, question.first)
    result = await rule_records(context.desk, question)
    return RuleRecords([_record(found) for found in result.value or ()], result.errors)


async def proposal_for(context: Context, policy_key: str, rule_id: strawberry.ID) -> Proposed:
    """The row that would have decided as people did. The rule is named by its code or its id."""
    result = await propose_rule(context.desk, policy_key, code_of(rule_id))
    return Proposed(_proposal(result.value) if result.value else None, result.errors)


def code_of(rule_id: strawberry.ID) -> str:
    """The code of a rule that is named by its code or by its id in some version."""
    _, _, code = (key_of(rule_id, "PolicyRule") or "").partition(":")
    return code or rule_id


def _record(found: RuleRecord) -> RuleRecordEntry:
    record = found.record
    return RuleRecordEntry(
        policy_text_id=found.text_id,
        rule_id=found.rule_id,
        decided=record.decided,
        objected=record.objected,
        reassigned=record.reassigned,
        upheld=record.upheld,
        upheld_rate=record.upheld_rate,
        upheld_rate_low=record.low,
        upheld_rate_high=record.high,
    )


def _proposal(found: RuleProposal) -> RuleProposalEntry:
    proposal, row = found.proposal, found.proposal.row
    return RuleProposalEntry(
        policy_version_id=found.version.id,
        policy_text_id=found.version.text_id,
        rule_id=found.rule.id,
        row=ProposedRuleEntry(
            code=row.id,
            priority=row.priority,
            title=row.title,
            title_en=row.title_en,
            conditions=[condition_document(condition) for condition in row.conditions],
            outcome=outcome_document(row.outcome),
            regions=row.regions,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        ),
        supporting=len(proposal.supporting),
        opposing=len(proposal.opposing),
        supporting_ids=proposal.supporting[:MOST_EXAMPLES],
        opposing_ids=proposal.opposing[:MOST_EXAMPLES],
    )


LEARNED_RULE = Relation(RULE, on=(("policy_text_id", "text_id"), ("rule_id", "rule_id")))
PROPOSED_FOR = Relation(VERSION, on=(("policy_version_id", "key"),))
SUPPORTING = Relation(DISPUTE, on=(("supporting_ids", "key"),), each=True)
OPPOSING = Relation(DISPUTE, on=(("opposing_ids", "key"),), each=True)
