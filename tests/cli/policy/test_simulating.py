"""`lianxi policy simulate`: what would change, by the numbers and case by case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casework.actor import DEMO_ADMINISTRATOR as ACTOR
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from tests.cli.policy.packs import pack, row
from tests.cli.running import InProcess, run_process

TOWN = "990102001"
GRILL = "楼下烧烤店油烟熏人，晚上没法开窗。"


def complaints(path: Path, *channels: str) -> Path:
    lines = [json.dumps({"id": channel, "text": "有味道", "channel": channel}) for channel in channels]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """Two policies that disagree about letters."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(pack([row("a", 1, "web", "ecology"), row("b", 2, "letter", "water")]))
    new.write_text(pack([row("a", 1, "web", "ecology"), row("b", 2, "letter", "port")]))
    return old, new


def test_a_file_is_decided_by_both(run: InProcess, both: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = both
    file = complaints(tmp_path / "in.jsonl", "web", "letter", "letter", "visit")
    ran = run("policy", "simulate", new, "--against", old, "--file", file, "--json")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert (told["compared"], told["moved"]) == (4, 0)
    # Nothing is recognised in these words, so a person decides each time.
    assert told["cases"] == []


def test_bad_lines_are_told_and_left_out(run: InProcess, both: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = both
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "有味道"}\nno json\n')
    ran = run("policy", "simulate", new, "--against", old, "--file", file)
    assert ran.status == 1
    assert "第 2 行" in ran.err
    assert "共 1 件" in ran.out


def test_against_needs_a_file(run: InProcess, both: tuple[Path, Path]) -> None:
    old, new = both
    ran = run("policy", "simulate", new, "--against", old)
    assert ran.status == 2
    assert "--file" in ran.err


async def test_stored_disputes_that_would_go_elsewhere(desk: Desk, city_url: str, tmp_path: Path) -> None:
    for _ in range(3):
        submitted = await submit_dispute(desk, ACTOR, SubmitDispute(GRILL, TOWN, "hotline"))
        assert submitted.errors == ()
    exported = tmp_path / "split.json"
    asked = {"LIANXI_DATABASE_URL": city_url, "LIANXI_LANGUAGE": "en"}
    assert run_process("policy", "export", "municipal", "-o", exported, **asked).status == 0
    split = json.loads(exported.read_text())
    for rule in split["rules"]:
        if rule["kind"] == "base" and rule["outcome"]["lead"] == "urban_management":
            rule["outcome"]["lead"] = "ecology"
    exported.write_text(json.dumps(split, ensure_ascii=False))
    ran = run_process("policy", "simulate", exported, "--moved", "2", "--json", **asked)
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert (told["compared"], told["moved"], len(told["cases"])) == (3, 3, 2)
    (flow,) = told["flows"]
    assert flow["before"].endswith("urban-management")
    assert flow["after"].endswith("ecology")
    assert all(case["explained_before"] and case["explained_after"] for case in told["cases"])
    said = run_process("policy", "simulate", exported, "--region", "990103", **asked)
    assert "Of 0, 0 would go elsewhere" in said.out
