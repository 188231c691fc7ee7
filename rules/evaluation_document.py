"""An evaluation as plain data."""

from __future__ import annotations

from typing import Any

from rules.evaluation import Agreement, Evaluation, Share

SHARES = (
    "exact",
    "acceptable",
    "exact_unambiguous",
    "acceptable_unambiguous",
    "sector",
    "decided",
    "decided_right",
)
"""The figures of an evaluation that are shares, in the order in which people ask for them."""


def evaluation_document(found: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON; shares from 0 to 1, with what they are shares of."""
    return {
        "cases": found.cases,
        **{name: share_document(getattr(found, name)) for name in SHARES},
        "co_units": agreement_document(found.co_units),
        "flags": agreement_document(found.flags),
        "each_flag": {flag: agreement_document(each) for flag, each in found.each_flag.items()},
        "confusion": [
            {"asked": each.asked, "given": each.given, "count": each.count} for each in found.confusion
        ],
        "calibration": {
            "tenths": [
                {
                    "low": each.low,
                    "high": each.high,
                    "confidence": each.confidence,
                    "right": share_document(each.right),
                }
                for each in found.calibration.tenths
            ],
            "expected_error": found.calibration.expected_error,
            "brier": found.calibration.brier,
        },
        "curve": [
            {
                "threshold": each.threshold,
                "decided": share_document(each.decided),
                "right": share_document(each.right),
            }
            for each in found.curve
        ],
        "triage_below": found.triage_below,
    }


def share_document(share: Share) -> dict[str, Any]:
    """The share as JSON."""
    return {"count": share.count, "of": share.of, "share": round(share.value, 4)}


def agreement_document(agreement: Agreement) -> dict[str, Any]:
    """The agreement as JSON."""
    return {
        "hits": agreement.hits,
        "given": agreement.given,
        "asked": agreement.asked,
        "precision": round(agreement.precision, 4),
        "recall": round(agreement.recall, 4),
        "f1": round(agreement.f1, 4),
    }
