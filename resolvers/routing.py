"""Asking the policy without storing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.errors import UserError
from casework.routing import Preview, PreviewRouting, preview_routing
from casework.text import clean
from resolvers.context import Context
from resolvers.description import Resident
from rules.decision_document import decision_document, matches_document
from rules.facts_document import facts_document


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What would be decided, under the names that a stored decision has, with the departments that it would
    go to."""

    policy_version_id: UUID
    policy_text_id: UUID
    rule_id: str | None
    lead_function: str | None
    conference_domain: str | None
    legal_path: str | None
    triage_reason: str | None
    confidence: float | None
    co_functions: list[str]
    flags: list[str]
    overlay_ids: list[str]
    candidates: list[dict[str, Any]]
    facts: dict[str, Any]
    matches: list[dict[str, Any]]
    explanation: Mapping[str, Sequence[str]]
    region_code: str
    complaint: str
    decided_at: datetime
    lead_unit_code: str | None
    co_unit_codes: tuple[str, ...]
    territorial_owner_code: str | None
    unstaffed_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Previewed:
    """A preview, or what has to be mended in the question."""

    preview: PreviewRow | None
    errors: tuple[UserError, ...]


async def preview(context: Context, request: PreviewRouting) -> Previewed:
    """Who would lead, and why."""
    result = await preview_routing(context.desk, request)
    if result.value is None:
        return Previewed(None, result.errors)
    return Previewed(_row(context, request, result.value), ())


def _row(context: Context, request: PreviewRouting, found: Preview) -> PreviewRow:
    placement, routing = found.placement, found.placement.routing
    document = decision_document(routing.decision)
    return PreviewRow(
        policy_version_id=found.version.id,
        policy_text_id=found.version.text_id,
        rule_id=document["rule"],
        lead_function=document["lead"],
        conference_domain=document["conference"],
        legal_path=document["legal_path"],
        triage_reason=placement.triage_reason,
        confidence=routing.confidence,
        co_functions=document["co_functions"],
        flags=document["flags"],
        overlay_ids=document["overlays"],
        candidates=document["candidates"],
        facts=facts_document(routing.facts),
        matches=matches_document(routing.matches),
        explanation={language.value: said for language, said in found.explanation.items()},
        region_code=request.region_code,
        complaint=clean(request.text),
        decided_at=context.desk.clock(),
        lead_unit_code=placement.lead,
        co_unit_codes=placement.co_units,
        territorial_owner_code=found.territorial_owner,
        unstaffed_codes=placement.unstaffed,
    )


LEAD_DEPARTMENT = Resident("department", "lead_unit_code")
CO_DEPARTMENTS = Resident("department", "co_unit_codes", many=True)
TERRITORIAL_OWNER = Resident("department", "territorial_owner_code")
UNSTAFFED_FUNCTIONS = Resident("function", "unstaffed_codes", many=True)
