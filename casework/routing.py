"""Routing: the policy's decision for a dispute or for a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from casework.act import Change
from casework.assignment import assign
from casework.civil import civil_day
from casework.conference import propose_conference
from casework.desk import Desk
from casework.directory import CityDirectory
from casework.dispute import DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.placing import Placement, place
from casework.policy import PublishedVersion
from casework.record import Happening
from casework.text import clean, text_errors
from casework.traits import keep_traits
from db.tables.base import new_key
from db.tables.dispute import Decision, Fact
from rules.decision_document import decision_document, matches_document, trace_document
from rules.facts_document import facts_document
from rules.model import DAY_FIELD, REGION_FIELD, FactValue
from rules.router import Router, Routing
from rules.territory import lineage
from wording.catalogue import Language

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PreviewRouting:
    """A question: who would lead? `policy_key` None asks the policy of the region."""

    text: str
    region_code: str
    channel: str | None = None
    severity: int = 3
    policy_key: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer, with nothing stored."""

    version: PublishedVersion
    placement: Placement
    territorial_owner: str | None
    explanation: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Routed:
    """A question that has been routed: by which version, compiled, in which city's directory, and to whom it
    would go."""

    directory: CityDirectory
    version: PublishedVersion
    router: Router
    placement: Placement
    territorial_owner: str | None


async def preview_routing(desk: Desk, request: PreviewRouting) -> Result[Preview]:
    """Route a text without submitting it."""
    return await route_question(desk, request, _preview)


async def route_question(desk: Desk, request: PreviewRouting, answer: Callable[[Routed], T]) -> Result[T]:
    """Route a text, store nothing, and answer from that while the router is at hand. `answer` may raise
    Refused."""
    text = clean(request.text)
    errors = text_errors(text, ("text",))
    if errors:
        return Result(errors=errors)
    today = civil_day(desk.clock())
    try:
        async with desk.database.read() as connection:
            directory = await desk.directory.current(connection)
            if directory.city_of(request.region_code) is None:
                raise Refused(
                    UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code})
                )
            if request.policy_key is None:
                version = await desk.policies.in_force(connection, directory, request.region_code, today)
            else:
                version = await desk.policies.deciding(connection, clean(request.policy_key), today)
            if version is None:
                raise Refused(_no_policy(request.region_code, request.policy_key))
            router = await desk.policies.router(desk.database, version)
            context = _context(directory, request.region_code, today.toordinal(), request.severity)
            if request.channel:
                context["channel"] = request.channel
            routing = router.route_text(text, context)
            placement = place(directory.tree, routing, request.region_code, today)
            owner = directory.owner_of(request.region_code, today)
            return Result(answer(Routed(directory, version, router, placement, owner)))
    except Refused as refused:
        return Result(errors=refused.errors)


def _preview(routed: Routed) -> Preview:
    return Preview(
        version=routed.version,
        placement=routed.placement,
        territorial_owner=routed.territorial_owner,
        explanation=_explanation(routed.router, routed.placement),
    )


async def route_dispute(change: Change, directory: CityDirectory, dispute_id: UUID) -> list[Happening]:
    """Decide about a stored dispute, store the decision and its facts, and assign. Answers with what
    happened, for the record."""
    dispute = await dispute_of(change, dispute_id)
    today = civil_day(change.now)
    version = await change.desk.policies.in_force(change.connection, directory, dispute.region_code, today)
    if version is None:
        raise Refused(_no_policy(dispute.region_code, None))
    router = await change.desk.policies.router(change.desk.database, version)
    context = _context(directory, dispute.region_code, today.toordinal(), dispute.severity)
    context["channel"] = dispute.channel
    routing = router.route_text(dispute.description, context)
    placement = place(directory.tree, routing, dispute.region_code, today)
    change.desk.tally.decided(version.policy_key, placement.triage_reason)
    decision_id = await _store(change, dispute, version, placement, _explanation(router, placement))
    happenings: list[Happening] = [
        (
            "routed",
            {
                "policy": version.policy_key,
                "version": version.number,
                "rule": routing.decision.rule_id,
                "triage": placement.triage_reason,
            },
        )
    ]
    if placement.unstaffed:
        happenings.append(("co_unit_missing", {"functions": list(placement.unstaffed)}))
    if placement.triage_reason is None:
        happenings += await assign(
            change,
            dispute,
            lead=placement.lead,
            co_units=placement.co_units,
            origin="rule",
            decision_id=decision_id,
        )
    status = "triage" if placement.lead is None else "assigned"
    await changed(change, dispute, status=status, lead_unit_code=placement.lead)
    if routing.decision.conference:
        happenings += await propose_conference(
            change, dispute, routing.decision.conference, _proposer(routing), _concerned(placement)
        )
    return happenings


def _context(directory: CityDirectory, region: str, day: int, severity: int) -> dict[str, FactValue]:
    """The facts that do not stand in the text."""
    return {
        REGION_FIELD: frozenset(lineage(directory.tree, region)),
        DAY_FIELD: day,
        "severity": severity,
    }


def _explanation(router: Router, placement: Placement) -> Mapping[Language, tuple[str, ...]]:
    # Where nobody carries the lead function, that is what has to be said.
    decision = replace(placement.routing.decision, triage_reason=placement.triage_reason)
    routing = replace(placement.routing, decision=decision)
    return {language: router.explain(routing, language) for language in Language}


def _proposer(routing: Routing) -> str | None:
    """The row whose conference it is: the base row, else the first overlay that names one."""
    rows = (routing.trace.base, *routing.trace.overlays)
    return next((row.rule.id for row in rows if row and row.rule.outcome.conference), None)


def _concerned(placement: Placement) -> list[str]:
    """Whom a proposed conference invites: the lead and co-units, or in triage the candidates."""
    if placement.lead:
        return [placement.lead, *placement.co_units]
    return [candidate.unit for candidate in placement.candidates if candidate.unit]


def _no_policy(region: str, key: str | None) -> UserError:
    if key is None:
        return UserError(ErrorCode.NO_POLICY, ("regionCode",), {"region": region})
    return UserError(ErrorCode.UNKNOWN_POLICY, ("policyKey",), {"policy": key})


async def _store(
    change: Change,
    dispute: DisputeRow,
    version: PublishedVersion,
    placement: Placement,
    explanation: Mapping[Language, tuple[str, ...]],
) -> UUID:
    routing, decision_id = placement.routing, new_key()
    sequence = await change.connection.scalar(
        select(func.coalesce(func.max(Decision.sequence), 0) + 1).where(Decision.dispute_id == dispute.id)
    )
    await change.connection.execute(
        insert(Decision).values(
            id=decision_id,
            city=dispute.city,
            dispute_id=dispute.id,
            sequence=sequence,
            policy_version_id=version.id,
            decided_at=change.now,
            **{**stored_routing(routing), "triage_reason": placement.triage_reason},
            explanation={language.value: list(said) for language, said in explanation.items()},
        )
    )
    await _store_facts(change, dispute, routing.facts)
    await keep_traits(change, dispute, routing)
    return decision_id


def stored_routing(routing: Routing) -> dict[str, Any]:
    """What a stored decision has of a routing, by its columns. That no unit carries the lead is not there:
    the directory says so."""
    document = decision_document(routing.decision)
    return {
        "rule_id": document["rule"],
        "lead_function": document["lead"],
        "conference_domain": document["conference"],
        "legal_path": document["legal_path"],
        "triage_reason": document["triage_reason"],
        "confidence": routing.confidence,
        "co_functions": document["co_functions"],
        "flags": document["flags"],
        "overlay_ids": document["overlays"],
        "candidates": document["candidates"],
        "facts": facts_document(routing.facts),
        "matches": matches_document(routing.matches),
        "trace": trace_document(routing.trace),
    }


async def _store_facts(change: Change, dispute: DisputeRow, facts: Mapping[str, FactValue]) -> None:
    rows = [
        {
            "dispute_id": dispute.id,
            "city": dispute.city,
            "field": name,
            "position": position,
            "word": word,
            "number": number,
        }
        for name, value in facts.items()
        for position, (word, number) in enumerate(_cells(value))
    ]
    await change.connection.execute(delete(Fact).where(Fact.dispute_id == dispute.id))
    if rows:
        await change.connection.execute(insert(Fact), rows)


def _cells(value: FactValue) -> list[tuple[str | None, float | None]]:
    if isinstance(value, frozenset):
        return [(word, None) for word in sorted(value)]
    if isinstance(value, str):
        return [(value, None)]
    return [(None, float(value))]
