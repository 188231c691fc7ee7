"""`lianxi policy check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.pack import PACKS
from tests.cli.running import InProcess


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
