"""A decision and its reasons as plain data: what is stored with a dispute, so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rules.document import condition_document
from rules.facts import Match
from rules.model import Candidate, Decision, FactValue, RuleTrace, Trace


def decision_document(decision: Decision) -> dict[str, Any]:
    """The decision as JSON. Its legal basis is that of the rows it names."""
    return {
        "lead": decision.lead,
        "co_functions": list(decision.co_functions),
        "conference": decision.conference,
        "flags": list(decision.flags),
        "legal_path": decision.legal_path,
        "rule": decision.rule_id,
        "overlays": list(decision.overlay_ids),
        "triage_reason": decision.triage_reason and str(decision.triage_reason),
        "candidates": candidates_document(decision.candidates),
    }


def candidates_document(candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
    """Possible leads as JSON, best first; scores from 0 to 1."""
    return [{"function": each.function, "score": each.score, "rule": each.rule_id} for each in candidates]


def trace_document(trace: Trace) -> dict[str, Any]:
    """The reasons as JSON: rows by their id, conditions whole."""
    return {
        "base": trace.base and _row(trace.base),
        "overlays": [_row(row) for row in trace.overlays],
        "near_misses": [
            {
                "rule": miss.rule.id,
                "failed": condition_document(miss.failed),
                "value": _value(miss.value),
            }
            for miss in trace.near_misses
        ],
    }


def matches_document(matches: Iterable[Match]) -> list[dict[str, Any]]:
    """The words of the text that count, with their positions in code points."""
    return [
        {
            "text": match.text,
            "start": match.start,
            "end": match.end,
            "field": match.field,
            "word": match.word,
        }
        for match in matches
    ]


def _row(row: RuleTrace) -> dict[str, Any]:
    return {
        "rule": row.rule.id,
        "held": [
            {"condition": condition_document(held.condition), "value": _value(held.value)}
            for held in row.held
        ],
    }


def _value(value: FactValue | None) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
