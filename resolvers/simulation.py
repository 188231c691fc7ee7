"""Simulations of drafts: where they stand, what they counted, and the disputes behind the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry

from casework.errors import UserError
from casework.rights import POLICY_READERS
from casework.simulation.cases import AskChangedCases, ask_changed_cases
from casework.simulation.checked import checked_version
from casework.simulation.job import SimulationState, state_of
from casework.simulation.report import ChangedCase
from casework.simulation.scope import scope_from_document
from db.tables.simulation import PolicySimulation
from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Related, Relation, Resident, Source
from resolvers.dispute import DISPUTE
from resolvers.draft import DRAFT
from resolvers.errors import BadUserInput
from resolvers.identity import UUID_TEXT, key_of, uuid_of, uuid_or_nobody
from resolvers.policy import VERSION
from resolvers.span import MOST, check_size, newest
from rules.simulation import Answer, Change

SIMULATION = Source(
    "PolicySimulation", PolicySimulation, without=frozenset({"stretches"}), roles=POLICY_READERS
)
"""One simulation."""


@dataclass(frozen=True, slots=True)
class ScopeEntry:
    """Which disputes it is about; empty lists ask nothing."""

    region_codes: Sequence[str]
    received_from: date | None
    received_to: date | None
    channels: Sequence[str]
    statuses: Sequence[str]
    rule_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangeCountEntry:
    """How many disputes change in one way."""

    change: str
    count: int


@dataclass(frozen=True, slots=True)
class MovementEntry:
    """How many disputes go from one unit to another; None is a person who has to decide."""

    from_code: str | None
    to_code: str | None
    count: int


@dataclass(frozen=True, slots=True)
class RegionCountEntry:
    """What changes in one region."""

    region_code: str | None
    examined: int
    changed: int
    moved: int


@dataclass(frozen=True, slots=True)
class RuleCountEntry:
    """How many disputes a rule has decided and would decide; None where no rule holds."""

    code: str | None
    before: int
    after: int
    kept: int


@dataclass(frozen=True, slots=True)
class DecidedByEntry:
    """How many of the disputes a version has decided."""

    policy_key: str
    number: int
    count: int
    reads_alike: bool


@dataclass(frozen=True, slots=True)
class SimulationReportEntry:
    """What a simulation counted."""

    day: date
    examined: int
    unchanged: int
    changed: int
    moved: int
    read_otherwise: int
    changes: Sequence[ChangeCountEntry]
    movements: Sequence[MovementEntry]
    by_region: Sequence[RegionCountEntry]
    by_rule: Sequence[RuleCountEntry]
    decided_by: Sequence[DecidedByEntry]


@dataclass(frozen=True, slots=True)
class SimulatedDecisionEntry:
    """One of the two decisions of a changed case."""

    lead_code: str | None
    co_unit_codes: Sequence[str]
    conference_domain: str | None
    flags: Sequence[str]
    legal_path: str | None
    triage_reason: str | None
    rule_code: str | None


@dataclass(frozen=True, slots=True)
class ChangedCaseEntry:
    """A dispute that the draft would decide otherwise."""

    dispute_id: UUID
    changes: Sequence[str]
    before: SimulatedDecisionEntry
    after: SimulatedDecisionEntry
    explained_before: Sequence[str]
    explained_after: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangedCases:
    """A page of changed cases, or what has to be mended in the question."""

    cases: Sequence[ChangedCaseEntry]
    has_more: bool
    errors: tuple[UserError, ...]


def state(context: Context, state: str, beat_at: datetime) -> SimulationState:
    """Where a simulation stands."""
    return state_of(state, beat_at, context.desk.clock())


def current(draft_version: int, version_now: int, state_now: str) -> bool:
    """Whether the draft still says what was simulated."""
    return checked_version(version_now, state_now) == draft_version


def scope(scope: Mapping[str, Any]) -> ScopeEntry:
    """Which disputes it is about."""
    found = scope_from_document(scope)
    return ScopeEntry(
        found.region_codes,
        found.received_from,
        found.received_to,
        found.channels,
        found.statuses,
        found.rule_ids,
    )


def reason(context: Context, reason: Mapping[str, str] | None) -> str | None:
    """Why it failed or was cancelled, if anybody said so."""
    return None if reason is None else reason[context.language]


def report(report: Mapping[str, Any] | None) -> SimulationReportEntry | None:
    """What it counted; None until it is finished."""
    if report is None:
        return None
    examined, changed = report["compared"], report["changed"]
    return SimulationReportEntry(
        day=date.fromisoformat(report["on"]),
        examined=examined,
        unchanged=examined - changed,
        changed=changed,
        moved=report["moved"],
        read_otherwise=report["read_otherwise"],
        **_lists(report),
    )


def _lists(report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "changes": [ChangeCountEntry(change, count) for change, count in report["changes"].items()],
        "movements": [
            MovementEntry(each["before"], each["after"], each["count"]) for each in report["flows"]
        ],
        "by_region": [
            RegionCountEntry(each["region"], each["compared"], each["changed"], each["moved"])
            for each in report["regions"]
        ],
        "by_rule": [
            RuleCountEntry(each["rule"], each["before"], each["after"], each["kept"])
            for each in report["rules"]
        ],
        "decided_by": [
            DecidedByEntry(each["policy"], each["version"], each["disputes"], each["reads_alike"])
            for each in report["decided_by"]
        ],
    }


async def changed_cases(
    context: Context,
    simulation_id: strawberry.ID,
    after: strawberry.ID | None,
    first: int,
    changes: Sequence[Change] | None,
) -> ChangedCases:
    """A page of the disputes that a finished simulation counted as changed. Raises BadUserInput for a page
    of no size and for one that comes after no dispute."""
    check_size(context, first)
    last = None if after is None else uuid_of(after, "Dispute")
    if after is not None and last is None:
        raise BadUserInput("input.cursor", context.language, argument="after")
    wanted = frozenset(Change if changes is None else changes)
    simulation = uuid_or_nobody(simulation_id, "PolicySimulation")
    result = await ask_changed_cases(
        context.desk, context.reach, AskChangedCases(simulation, wanted, last, first)
    )
    found = result.value
    cases = [_case(context, each) for each in found.cases] if found else ()
    return ChangedCases(cases, found is not None and found.more, result.errors)


def _case(context: Context, found: ChangedCase) -> ChangedCaseEntry:
    return ChangedCaseEntry(
        dispute_id=found.dispute,
        changes=found.changes,
        before=_decision(found.before),
        after=_decision(found.after),
        explained_before=found.explained_before.get(context.language, ()),
        explained_after=found.explained_after.get(context.language, ()),
    )


def _decision(answer: Answer) -> SimulatedDecisionEntry:
    return SimulatedDecisionEntry(
        lead_code=answer.lead,
        co_unit_codes=sorted(answer.co_units),
        conference_domain=answer.conference,
        flags=sorted(answer.flags),
        legal_path=answer.legal_path,
        triage_reason=answer.triage_reason,
        rule_code=answer.rule,
    )


def find_simulation(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The simulation with an id."""
    key = key_of(id, "PolicySimulation")
    return Ref("PolicySimulation", ("key",), (key,)) if key is not None and UUID_TEXT(key) else None


SIMULATION_BY_ID = Found(find_simulation, {"PolicySimulation": SIMULATION})
DRAFT_OF_SIMULATION = Relation(DRAFT, on=(("draft_id", "key"),))
SIMULATIONS_OF_DRAFT = Relation(
    SIMULATION,
    on=(("key", "draft_id"),),
    many=True,
    order=(SIMULATION.columns["key"].desc(),),
    narrow=newest,
    first=MOST,
)
"""Simulations of a draft, the newest first."""
CHANGED_SIMULATION = Relation(SIMULATION, on=(("changed", "key"),))
"""The simulation that a mutation started or cancelled."""
STATE = Computed(state)
CURRENT = Computed(
    current,
    related={
        "version_now": Related(DRAFT_OF_SIMULATION, "version"),
        "state_now": Related(DRAFT_OF_SIMULATION, "state"),
    },
)
SCOPE = Computed(scope)
REASON = Computed(reason)
REPORT = Computed(report)
REGIONS_OF_SCOPE = Resident("region", "region_codes", many=True)
FROM_DEPARTMENT = Resident("department", "from_code")
TO_DEPARTMENT = Resident("department", "to_code")
REGION = Resident("region", "region_code")
DECIDING_VERSION = Relation(VERSION, on=(("policy_key", "policy_key"), ("number", "number")))
DISPUTE_OF_CASE = Relation(DISPUTE, on=(("dispute_id", "key"),))
LEAD_DEPARTMENT = Resident("department", "lead_code")
CO_DEPARTMENTS = Resident("department", "co_unit_codes", many=True)
