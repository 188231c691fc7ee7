"""Cases that are kept with a policy: their document, there and back, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from rules.cases import case_document, read_case
from rules.flaws import Flaw
from rules.model import Case, Expected


@pytest.mark.parametrize(
    "case",
    [
        Case("烧烤油烟", Expected(lead="urban_management"), text="楼下烧烤店油烟扰民"),
        Case(
            "码头扬尘",
            Expected(lead="port", co_functions=("ecology",), flags=(), conference="", rule="r-7"),
            facts={"sector": "port", "flags": frozenset({"night"}), "heads": 50, "known": True},
            region="320682",
            on=date(2026, 3, 1),
        ),
        Case("说不清", Expected(triage=True), text="有味道"),
    ],
)
def test_there_and_back(case: Case) -> None:
    flaws: list[Flaw] = []
    assert read_case(case_document(case), "cases.0", flaws) == case
    assert flaws == []


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        ({"name": "a", "expected": {"lead": "port"}}, "pack.case_says_nothing", "cases.0.text"),
        ({"name": "a", "text": "t", "expected": {}}, "pack.case_lead_or_triage", "cases.0.expected.lead"),
        (
            {"name": "a", "text": "t", "expected": {"lead": "port", "triage": True}},
            "pack.case_lead_or_triage",
            "cases.0.expected.lead",
        ),
        (
            {"name": "a", "facts": {"sector": None}, "text": "t", "expected": {"lead": "port"}},
            "pack.not_a_fact",
            "cases.0.facts.sector",
        ),
        (
            {"name": "a", "facts": {"flags": ["x", 1]}, "text": "t", "expected": {"lead": "port"}},
            "pack.not_a_fact",
            "cases.0.facts.flags",
        ),
        ({"text": "t", "expected": {"lead": "port"}}, "pack.missing", "cases.0.name"),
        (
            {"name": "a", "text": "t", "facts": [], "expected": {"lead": "port"}},
            "pack.not_a_mapping",
            "cases.0.facts",
        ),
        (
            {"name": "a", "text": "t", "expect": {}, "expected": {"lead": "port"}},
            "pack.unknown_key",
            "cases.0.expect",
        ),
    ],
)
def test_refused(document: object, code: str, path: str) -> None:
    flaws: list[Flaw] = []
    read_case(document, "cases.0", flaws)
    assert [(flaw.code, flaw.path) for flaw in flaws] == [(code, path)]
