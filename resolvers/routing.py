"""Asking the policy without storing anything."""

from __future__ import annotations

from dataclasses import dataclass

from casework.errors import UserError
from casework.routing import Preview, PreviewRouting, preview_routing
from resolvers.context import Context, Info
from resolvers.decision import OutcomeRow
from resolvers.register import DepartmentEntry, FunctionEntry
from rules.decision_document import decision_document, matches_document
from rules.document import facts_document


@dataclass(frozen=True, slots=True)
class PreviewRow(OutcomeRow):
    """What would be decided, with the departments that it would go to."""

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
    await context.open_register()
    if result.value is None:
        return Previewed(None, result.errors)
    return Previewed(_row(context, request, result.value), ())


def _row(context: Context, request: PreviewRouting, found: Preview) -> PreviewRow:
    placement, routing = found.placement, found.placement.routing
    document = decision_document(routing.decision)
    return PreviewRow(
        version_key=found.version.id,
        rule_code=document["rule"],
        lead_code=document["lead"],
        conference_domain=document["conference"],
        legal_path=document["legal_path"],
        triage_reason=placement.triage_reason,
        confidence=routing.confidence,
        co_codes=document["co_functions"],
        flags=document["flags"],
        overlay_codes=document["overlays"],
        candidate_documents=document["candidates"],
        facts_document=facts_document(routing.facts),
        match_documents=matches_document(routing.matches),
        explanations={language.value: said for language, said in found.explanation.items()},
        region_code=request.region_code,
        decided_at=context.desk.clock(),
        lead_unit_code=placement.lead,
        co_unit_codes=placement.co_units,
        territorial_owner_code=found.territorial_owner,
        unstaffed_codes=placement.unstaffed,
    )


def lead_department(root: PreviewRow, info: Info) -> DepartmentEntry | None:
    """Who would lead."""
    return info.context.register.departments[root.lead_unit_code] if root.lead_unit_code else None


def co_departments(root: PreviewRow, info: Info) -> list[DepartmentEntry]:
    """Who would join."""
    return [info.context.register.departments[code] for code in root.co_unit_codes]


def territorial_owner(root: PreviewRow, info: Info) -> DepartmentEntry | None:
    """The territorial owner of the region."""
    code = root.territorial_owner_code
    return info.context.register.departments[code] if code else None


def unstaffed_functions(root: PreviewRow, info: Info) -> list[FunctionEntry]:
    """Functions that should join and that nobody carries there."""
    return [info.context.register.function(code) for code in root.unstaffed_codes]
