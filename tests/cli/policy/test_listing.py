"""`lianxi policy list`, `show` and `diff`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rules.exchange import FileFormat, write_policy
from rules.model import Policy
from tests.cli.policy.administrator import Administrator
from tests.cli.running import InProcess
from tests.rules.workbook.grids import small


def filed(policy: Policy, path: Path) -> Path:
    """The policy as a JSON file."""
    path.write_bytes(write_policy(policy, FileFormat.JSON))
    return path


def test_what_a_policy_says(run: InProcess, tmp_path: Path) -> None:
    path = filed(small(), tmp_path / "small.json")
    ran = run("policy", "show", path)
    assert (ran.status, ran.err) == (0, "")
    content, heading, *rules = ran.out.splitlines()
    assert "small" in content
    assert heading.split("\t")[0] == "规则"
    assert [row.split("\t")[0] for row in rules] == ["a", "b"]
    assert json.loads(run("policy", "show", path, "--json").out)["key"] == "small"
    assert json.loads(run("policy", "show", path, "--rule", "b", "--json").out)["id"] == "b"
    (row,) = run("policy", "show", path, "--rule", "b").out.splitlines()[2:]
    assert row.startswith("b\t")
    for rule in ("nothing", ""):
        ran = run("policy", "show", path, "--rule", rule)
        assert (ran.status, ran.out) == (2, "")


def test_no_file_steers_the_terminal(run: InProcess, tmp_path: Path) -> None:
    policy = small()
    steering = replace(policy.rules[0], title="\x1b[2J\u202e规则\r\n二\t行")
    path = filed(replace(policy, rules=(steering, policy.rules[1])), tmp_path / "\x1b[31m.json")
    for command in (("show",), ("check",), ("diff", filed(policy, tmp_path / "small.json"))):
        ran = run("policy", *command, path)
        assert ran.status == 0
        assert not {"\x1b", "\u202e", "\r"} & {*ran.out, *ran.err}
    assert r"\x1b[2J\u202e规则" in run("policy", "show", path).out
    ran = run("policy", "show", path, "--rule", "\x1b[2J")
    assert not {"\x1b", "\u202e"} & {*ran.err}


def test_what_differs(run: InProcess, tmp_path: Path) -> None:
    policy = small()
    first, second = policy.rules
    changed = replace(policy, rules=(replace(first, priority=7), replace(second, id="c")), cases=())
    old, new = filed(policy, tmp_path / "old.json"), filed(changed, tmp_path / "new.json")
    heading, *rows = run("policy", "diff", old, new).out.splitlines()
    assert len(heading.split("\t")) == 5
    assert {tuple(row.split("\t")[:3]) for row in rows} == {
        ("用例", "删除", "一"),
        ("规则", "删除", "b"),
        ("规则", "新增", "c"),
        ("规则", "修改", "a"),
    }
    told = json.loads(run("policy", "diff", old, new, "--json").out)
    assert (told["old"], told["new"]) == (str(old), str(new))
    assert [rule["id"] for rule in told["rules"]["added"]] == ["c"]
    assert [change["new"]["priority"] for change in told["rules"]["changed"]] == [7]
    assert run("policy", "diff", old, old).out == "两者没有差别。\n"


def test_what_a_drawn_table_has_no_room_for_is_no_difference(run: InProcess, tmp_path: Path) -> None:
    path, drawn = filed(small(), tmp_path / "small.json"), tmp_path / "small.dmn"
    assert run("policy", "export", path, "-o", drawn).status == 0
    for pair in ((path, drawn), (drawn, path), (drawn, drawn)):
        assert run("policy", "diff", *pair).out == "两者没有差别。\n"


@pytest.mark.parametrize("key", ["../x", "", "\udcff", "X", "municipal@1"])
def test_a_key_that_no_policy_can_have(run: InProcess, key: str) -> None:
    ran = run("policy", "list", key)
    assert (ran.status, ran.out) == (2, "")
    assert "lianxi policy list" in ran.err


def test_a_policy_that_is_not_there_has_an_empty_list(type_: Administrator) -> None:
    assert type_.json("list", "nothing") == {"versions": [], "drafts": []}
    (heading,) = type_("list", "nothing").out.splitlines()
    assert heading.startswith("名称\t")
    for name in ("\udcff", "municipal@0", "%", "municipal:00000000"):
        ran = type_("show", name)
        assert (ran.status, ran.out) == (2, "")
    ran = type_("rollback", "\udcff", "1", "--reason", "错", "--as", "clerk-a")
    assert (ran.status, ran.out) == (2, "")
