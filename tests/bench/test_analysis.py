"""The bench of the analysis: its tables are what they are said to be, and a missed bar is told."""

from __future__ import annotations

import pytest

from bench.analysis import TABLES, compare, lines, main, measure, table
from bench.brute_force import claims, tables, truth
from rules.analysis.analyse import base_findings
from rules.analysis.findings import FindingKind
from rules.check import check
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS


@pytest.mark.parametrize("name", TABLES)
def test_tables_can_be_used_and_are_drawn_alike(name: str) -> None:
    made = table(name, 200)
    assert len(made.base_rules()) == 200
    assert not check(made, FUNCTIONS, CONFERENCE_DOMAINS)
    assert made == table(name, 200)
    measured = measure(name, 200)
    assert measured.left_open == {}
    assert sum(measured.findings.values()) == len(list(base_findings(made)))


def test_random_tables_are_compared_with_what_is_true() -> None:
    compared = compare(20)
    assert compared["tables"] == 20
    assert compared["findings"] > 100
    assert compared["false"] == compared["missed"] == 0


def test_what_is_not_said_is_missed() -> None:
    kinds = {claim[0] for made in tables(1, 60) for claim in truth(made)}
    assert kinds >= {FindingKind.DUPLICATE, FindingKind.SHADOWED_TOGETHER, FindingKind.CONTRADICTION, "gap"}
    assert any(truth(made) - claims([]) for made in tables(1, 5))


def test_bars_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {
        "measured": [
            {
                "table": "hard",
                "rows": 5,
                "seconds": 9.0,
                "rss_mb": 30.0,
                "findings": {"gap": 1},
                "left_open": {},
            }
        ],
        "compared": {"false": 1},
        "bars": [{"bar": "5 rows, hard", "value": 9.0, "at_most": 5.0, "reached": False}],
    }
    told = "\n".join(lines(figures))
    assert "gap 1; none" in told
    assert "MISSED" in told
    assert main(["--one", "narrow", "--sizes", "50"]) == 0
    assert '"rows": 50' in capsys.readouterr().out
