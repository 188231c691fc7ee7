"""`lianxi policy check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.policy.checking import MOST_WARNINGS
from rules.pack import PACKS
from tests.cli.policy.packs import pack, row
from tests.cli.running import InProcess, run_process


@pytest.mark.parametrize("pack", ["municipal", "rugao-2014"])
def test_shipped_packs_are_sound(run: InProcess, pack: str) -> None:
    for path in (PACKS / pack, PACKS / pack / "policy.yaml"):
        ran = run("policy", "check", path)
        assert (ran.status, ran.err) == (0, "")
        assert f"规则集 {pack}" in ran.out


BAD = {
    "not YAML": "rules: [",
    "empty": "",
    "a list": "- 1",
    "an unknown function": "key: x\nversion: 1\ntitle: x\nrules:\n  - {id: a, lead: nobody}\n",
    "binary": "\x00\x01",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_pack_is_told_with_its_flaws(run: InProcess, tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    ran = run("policy", "check", path)
    assert ran.status == 1
    assert "policy.yaml" in ran.err
    assert "处问题，不能使用" in ran.err
    assert "Traceback" not in ran.err


def test_a_pack_that_is_not_there_is_told(run: InProcess, tmp_path: Path) -> None:
    ran = run("policy", "check", tmp_path / "nothing")
    assert ran.status == 5
    assert "没有 " in ran.err
    assert "nothing" in ran.err


def test_what_the_rows_do_to_each_other_is_warned_of(run: InProcess, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(pack([row("a", 1, "x", "ecology"), row("b", 2, "x", "water")]))
    ran = run("policy", "check", path)
    assert (ran.status, ran.err) == (0, "")
    sound, *warnings, cases = ran.out.splitlines()
    assert "规则集 mine" in sound
    assert cases == "没有用例。"
    assert [line.startswith("注意：") for line in warnings] == [True, True, True]
    assert "规则“规则（b）”被排在前面的“规则（a）”完全遮住" in warnings[0]
    assert warnings[0].endswith("例如：渠道 = x。")
    assert "没有任何规则成立" in warnings[1]
    assert "水利水务部门" in warnings[2]


def test_warnings_are_said_in_the_language_of_the_command(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(pack([row("a", 1, "x", "ecology"), row("b", 1, "x", "water")]))
    ran = run_process("policy", "check", path, LIANXI_LANGUAGE="en")
    assert (ran.status, ran.err) == (0, "")
    assert "Warning: The rules “Rule (b)” and “Rule (a)” have the same priority" in ran.out


def test_many_warnings_are_cut_short_and_counted(run: InProcess, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(pack([row(f"r{at}", at, "x", "ecology") for at in range(1, 70)]))
    ran = run("policy", "check", path)
    assert ran.status == 0
    _, *warnings, last, _ = ran.out.splitlines()
    assert len(warnings) == MOST_WARNINGS
    # 68 rows behind the first, and a gap.
    assert last == "另有 19 处需要注意，未逐一列出。"
