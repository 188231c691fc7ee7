"""Decisions: what a policy decided about a dispute or a question, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from casework.civil import civil_day
from db.tables.dispute import Decision, Dispute
from resolvers.context import Context
from resolvers.description import Computed, Related, Relation, Resident, Source
from resolvers.policy import RULE, VERSION, text_of
from resolvers.register import DepartmentEntry, FunctionEntry
from rules.model import TriageReason
from rules.territory import nearest_unit
from rules.vote import disagreement, ranked
from wording.catalogue import Language, say

_decision, _dispute = Decision.__table__, Dispute.__table__


def _of_dispute(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    own = (_dispute.c.id == _decision.c.dispute_id, _dispute.c.city == _decision.c.city)
    return select(column).where(*own).correlate(_decision).scalar_subquery()


DECISION = Source(
    "Decision",
    Decision,
    without=frozenset({"trace"}),
    reach=("dispute_id",),
    policy_text_id=text_of(_decision.c.policy_version_id).correlate(_decision).scalar_subquery(),
    region_code=_of_dispute(_dispute.c.region_code),
    complaint=_of_dispute(_dispute.c.description),
)
"""A stored decision; `sequence` counts from 1 within its dispute. The complaint is for the vote: no field
shows it."""

_other = _decision.alias()
NEWEST = (
    _decision.c.sequence
    == select(func.max(_other.c.sequence))
    .where(_other.c.dispute_id == _decision.c.dispute_id)
    .correlate(_decision)
    .scalar_subquery()
)
"""Whether a decision is the one in force."""


@dataclass(frozen=True, slots=True)
class MatchEntry:
    """Words of the text that stand for a fact; positions count code points."""

    text: str
    start: int
    end: int
    field: str
    word: str


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One fact: words, a number or a flag."""

    field: str
    title: str
    title_en: str
    words: Sequence[str]
    number: float | None
    flag: bool | None


@dataclass(frozen=True, slots=True)
class CandidateEntry:
    """A possible lead, best first, in the region and on the day of the decision."""

    score: float
    vote: float | None
    function: FunctionEntry
    text_id: UUID
    rule_code: str | None
    region_code: str
    day: date


@dataclass(frozen=True, slots=True)
class VoteWarningEntry:
    """The statistical vote is strongly for another lead than the rules."""

    function: FunctionEntry
    share: float
    lead: FunctionEntry


def matches(matches: Sequence[Mapping[str, Any]]) -> list[MatchEntry]:
    """The words that count."""
    return [MatchEntry(**document) for document in matches]


def explanation(
    context: Context, explanation: Mapping[str, Sequence[str]], *, language: Language | None = None
) -> Sequence[str]:
    """Why, in sentences, as they were given at the time."""
    return explanation.get(language or context.language, ())


def candidates(
    context: Context,
    candidates: Sequence[Mapping[str, Any]],
    triage_reason: str | None,
    complaint: str,
    policy_text_id: UUID,
    region_code: str,
    decided_at: datetime,
) -> list[CandidateEntry]:
    """Whom a person may choose from. The vote orders those that the evidence hardly tells apart; the order of
    those that a rule names stands."""
    return [
        CandidateEntry(
            score=document["score"],
            vote=vote,
            function=context.register.function(document["function"]),
            text_id=policy_text_id,
            rule_code=document["rule"],
            region_code=region_code,
            day=civil_day(decided_at),
        )
        for document, vote in _voted(context, candidates, triage_reason, complaint)
    ]


def _voted(
    context: Context, candidates: Sequence[Mapping[str, Any]], triage_reason: str | None, complaint: str
) -> Sequence[tuple[Mapping[str, Any], float | None]]:
    if not candidates or context.desk.vote is None:
        return [(document, None) for document in candidates]
    shares = context.desk.vote.shares(complaint)
    votes = [round(shares.get(document["function"], 0.0), 4) for document in candidates]
    voted = [*zip(candidates, votes, strict=True)]
    if triage_reason != TriageReason.LOW_CONFIDENCE:
        return voted
    return ranked(voted, [document["score"] for document in candidates], votes)


def vote_warning(
    context: Context, lead_function: str | None, confidence: float | None, complaint: str
) -> VoteWarningEntry | None:
    """The vote against the lead that the rules read from the text, where it is strong. Facts that a person
    gave have no confidence; against those there is no vote."""
    vote = context.desk.vote
    if vote is None or lead_function is None or confidence is None:
        return None
    found = disagreement(vote.shares(complaint), lead_function)
    if found is None:
        return None
    name = context.register.function
    return VoteWarningEntry(name(found.function), round(found.share, 4), name(lead_function))


def warning(
    context: Context,
    function: FunctionEntry,
    share: float,
    lead: FunctionEntry,
    *,
    language: Language | None = None,
) -> str:
    """The warning in a sentence."""
    spoken = language or context.language
    names = {"function": function.name, "lead": lead.name}
    if spoken is Language.EN:
        names = {"function": function.name_en, "lead": lead.name_en}
    return say("vote.disagrees", spoken, share=f"{share:.0%}", **names)


def candidate_department(
    context: Context, function: FunctionEntry, region_code: str, day: date
) -> DepartmentEntry | None:
    """Who carries the function there; None where nobody does."""
    code = nearest_unit(context.register.territory, function.code, region_code, day)
    return context.register.department(code) if code else None


def facts(facts: Mapping[str, object], fields: Sequence[Mapping[str, Any]] | None) -> list[FactEntry]:
    """What the rules saw, with the titles of the version's fields."""
    titles = {field["name"]: (field["title"], field["title_en"]) for field in fields or ()}
    return [_fact(name, *titles.get(name, (name, name)), value) for name, value in facts.items()]


def _fact(name: str, title: str, title_en: str, value: object) -> FactEntry:
    words: Sequence[str] = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    flag = value if isinstance(value, bool) else None
    number = float(value) if isinstance(value, int | float) and flag is None else None
    return FactEntry(name, title, title_en, words, number, flag)


POLICY_VERSION = Relation(VERSION, on=(("policy_version_id", "key"),))
RULE_THAT_DECIDED = Relation(RULE, on=(("policy_text_id", "text_id"), ("rule_id", "rule_id")))
OVERLAYS = Relation(RULE, on=(("policy_text_id", "text_id"), ("overlay_ids", "rule_id")), each=True)
LEAD_FUNCTION = Resident("function", "lead_function")
CO_FUNCTIONS = Resident("function", "co_functions", many=True)
MATCHES = Computed(matches)
EXPLANATION = Computed(explanation)
CANDIDATES = Computed(candidates)
CANDIDATE_DEPARTMENT = Computed(candidate_department)
CANDIDATE_RULE = Relation(RULE, on=(("text_id", "text_id"), ("rule_code", "rule_id")))
FACTS = Computed(facts, related={"fields": Related(POLICY_VERSION, "fields")})
VOTE_WARNING = Computed(vote_warning)
WARNING = Computed(warning)
