"""Routing policies, their versions and rules, for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Date, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from casework.masking import masked_words
from casework.policy import VersionStatus, status_of
from db.tables.policy import PolicyRule, PolicyText, PolicyVersion, RoutingPolicy
from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Relation, Resident, Source, Values, Via
from resolvers.identity import key_of
from resolvers.register import RegionEntry
from resolvers.span import span

POLICY = Source("RoutingPolicy", RoutingPolicy)
"""A responsibility split, known by its key."""

_text, _version = PolicyText.__table__, PolicyVersion.__table__

VERSION = Source(
    "PolicyVersion",
    PolicyVersion,
    masks={"reason": masked_words},
    origin=_version.join(_text, _text.c.id == _version.c.text_id),
    fields=_text.c.fields,
    triage_below=_text.c.triage_below,
    checksum=_text.c.checksum,
)
"""One version of a policy, with what its text says beside the rows."""
RULE = Source("PolicyRule", PolicyRule, identity=("text_id", "rule_id"), code=PolicyRule.__table__.c.rule_id)
"""One row of the table, known by its text and its code within it."""


@dataclass(frozen=True, slots=True)
class FactFieldEntry:
    """One column that rules may ask about."""

    name: str
    kind: str
    title: str
    title_en: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class LegalBasisEntry:
    """A source of law."""

    title: str
    article: str
    url: str
    certain: bool
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ConditionEntry:
    """One cell of the table."""

    field: str
    operator: str
    values: Sequence[str]
    low: float | None
    high: float | None
    negated: bool


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """What a rule decides when it holds."""

    lead_function: str | None
    co_functions: list[str]
    conference_domain: str | None
    flags: list[str]
    legal_path: str | None
    triage: bool
    candidates: list[str]


def status(
    context: Context, effective_from: date, superseded_from: date | None, rolled_back_at: datetime | None
) -> VersionStatus:
    """Where a version stands today."""
    return status_of(effective_from, superseded_from, rolled_back_at, context.today)


def fields(fields: Sequence[Mapping[str, Any]]) -> list[FactFieldEntry]:
    """What the rules of a version may ask about."""
    return [FactFieldEntry(**document) for document in fields]


def conditions(conditions: Sequence[Mapping[str, Any]]) -> list[ConditionEntry]:
    """What a rule asks; all have to hold."""
    return [
        ConditionEntry(**{**document, "values": [_word(value) for value in document["values"]]})
        for document in conditions
    ]


def outcome(outcome: Mapping[str, Any]) -> OutcomeEntry:
    """What a rule decides."""
    return OutcomeEntry(
        lead_function=outcome["lead"],
        co_functions=outcome["co_functions"],
        conference_domain=outcome["conference"],
        flags=outcome["flags"],
        legal_path=outcome["legal_path"],
        triage=outcome["triage"],
        candidates=outcome["candidates"],
    )


def legal_basis(legal_basis: Sequence[Mapping[str, Any]]) -> list[LegalBasisEntry]:
    """What a rule stands on."""
    return [
        LegalBasisEntry(**{**document, "valid_to": _day(document.get("valid_to"))})
        for document in legal_basis
    ]


def regions(context: Context, regions: Sequence[str]) -> list[RegionEntry]:
    """Where a rule holds; empty means everywhere. Regions that are gone are left out."""
    known = context.register.regions
    return [known[code] for code in regions if code in known]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_of(version_id: ColumnElement[UUID]) -> Select[Any]:
    """The statement for the text of a version, whose rows are its rules."""
    return select(_version.c.text_id).where(_version.c.id == version_id)


def _today(context: Context) -> Values:
    return {"today": context.today}


_other = aliased(PolicyVersion)
_today_parameter = bindparam("today", type_=Date())
_in_force = (
    select(func.max(_other.number))
    .where(_other.policy_key == PolicyVersion.policy_key, _other.effective_from <= _today_parameter)
    .correlate(PolicyVersion)
    .scalar_subquery()
)

VERSIONS = Relation(
    VERSION, on=(("key", "policy_key"),), many=True, order=(VERSION.columns["number"].desc(),)
)
CURRENT_VERSION = Relation(
    VERSION, on=(("key", "policy_key"),), where=(PolicyVersion.number == _in_force,), narrow=_today
)
"""The newest version that has taken effect."""
POLICY_OF_VERSION = Relation(POLICY, on=(("policy_key", "key"),))
STATUS = Computed(status)
RULES = span(RULE, (("text_id", "text_id"),), RULE.columns["position"] + 1, default=100)
"""The rules of a version in their order; they are numbered from 0."""
CURRENT_RULES = Via(CURRENT_VERSION, RULES, many=True)
FIELDS = Computed(fields)
CONDITIONS = Computed(conditions)
OUTCOME = Computed(outcome)
LEGAL_BASIS = Computed(legal_basis)
REGIONS = Computed(regions)
LEAD_FUNCTION = Resident("function", "lead_function")
CO_FUNCTIONS = Resident("function", "co_functions", many=True)
CANDIDATES = Resident("function", "candidates", many=True)
POLICIES = Relation(POLICY, many=True, order=(POLICY.columns["key"],))


def find_policy(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The policy with an id."""
    key = key_of(id, "RoutingPolicy")
    return None if key is None else Ref("RoutingPolicy", ("key",), (key,))


POLICY_BY_ID = Found(find_policy, {"RoutingPolicy": POLICY})
