"""`lianxi policy evaluate`: figures, errors with their reasons, and lines that are no labelled complaints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.policy.administrator import Administrator
from tests.cli.policy.packs import pack, row
from tests.cli.running import InProcess, run_process
from tests.rules.scoring import SAMPLE

GRILL = "楼下烧烤店油烟熏人，晚上没法开窗。"
RIGHT = {"id": "a", "text": GRILL, "lead": "urban_management", "flags": ["night"], "co_units": []}
WRONG = {"id": 7, "text": GRILL, "lead": "port", "lead_acceptable": ["port", "water"]}


def file_of(folder: Path, *lines: object) -> Path:
    path = folder / "labelled.jsonl"
    text = (each if isinstance(each, str) else json.dumps(each) for each in lines)
    path.write_text("\n".join(text))
    return path


def test_figures_as_json(run: InProcess, tmp_path: Path) -> None:
    ran = run("policy", "evaluate", file_of(tmp_path, RIGHT, WRONG), "--json")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert told["policy"]["key"] == "municipal"
    assert told["cases"] == 2
    assert told["acceptable"] == {"count": 1, "of": 2, "share": 0.5}
    assert told["sector"] == {"count": 0, "of": 0, "share": 1.0}
    assert told["each_flag"]["night"]["f1"] == 1.0
    assert {(each["asked"], each["given"], each["count"]) for each in told["confusion"]} == {
        ("urban_management", "urban_management", 1),
        ("port", "urban_management", 1),
    }
    assert told["bad_lines"] == 0
    (error,) = told["errors"]
    assert (error["line"], error["id"], error["lead"]) == (2, 7, "urban_management")
    assert error["acceptable"] == ["port", "water"]
    assert "城市管理部门牵头" in error["explanation"][0]


def test_errors_are_told_with_text_and_reasons(run: InProcess, tmp_path: Path) -> None:
    ran = run("policy", "evaluate", file_of(tmp_path, RIGHT, WRONG, WRONG), "--errors", "1")
    assert (ran.status, ran.err) == (0, "")
    assert "牵头有误 2 件，列出 1 件：" in ran.out
    said = ran.out.splitlines()[-3:]
    assert said[0] == "第 2 行 7：得出城市管理部门，应为港口管理部门、水利水务部门"
    assert said[1] == f"  {GRILL}"
    assert said[2].startswith("  依据规则")
    assert "规则集现用" in ran.out


def test_errors_show_no_personal_data(run: InProcess, tmp_path: Path) -> None:
    file = file_of(tmp_path, {**WRONG, "text": f"我叫李江河，13912345678。{GRILL}"})
    assert json.loads(run("policy", "evaluate", file, "--json").out)["errors"][0]["text"].startswith(
        "我叫李**，***********。楼下"
    )
    assert f"  我叫李**，***********。{GRILL}" in run("policy", "evaluate", file).out.splitlines()


def test_what_a_person_decides_is_told_so(run: InProcess, tmp_path: Path) -> None:
    unsaid = {"text": "空气里有一股臭味", "lead": "port"}
    ran = run("policy", "evaluate", file_of(tmp_path, unsaid))
    assert "第 1 行 ：转人工研判，首选生态环境部门，应为港口管理部门" in ran.out
    mine = tmp_path / "mine.yaml"
    mine.write_text(pack([row("a", 1, "web", "ecology")]))
    nothing = {"text": "……", "lead": "port"}
    ran = run("policy", "evaluate", file_of(tmp_path, nothing), "--policy", mine, "--json")
    (error,) = json.loads(ran.out)["errors"]
    assert (error["lead"], error["triage"], error["confidence"]) == (None, True, 0.0)


def test_no_errors_are_listed_on_demand(run: InProcess, tmp_path: Path) -> None:
    ran = run("policy", "evaluate", file_of(tmp_path, WRONG), "--errors", "0", "--json")
    told = json.loads(ran.out)
    assert told["errors"] == []
    assert told["acceptable"]["count"] == 0


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "不是合法的 JSON"),
    "a list": ("[]", "不是 JSON 对象"),
    "no text": ({"lead": "port"}, "缺少 text"),
    "no lead": ({"text": "x"}, "缺少 lead"),
    "a lead that is null": ({"text": "x", "lead": None}, "缺少 lead"),
    "a lead that is a number": ({"text": "x", "lead": 3}, "lead"),
    "an empty lead": ({"text": "x", "lead": ""}, "lead"),
    "an unknown function": ({"text": "x", "lead": "nobody"}, "没有职能“nobody”"),
    "an endless function": ({"text": "x", "lead": "y" * 200}, "lead"),
    "an unknown acceptable one": ({"text": "x", "lead": "port", "lead_acceptable": ["z"]}, "没有职能“z”"),
    "acceptable ones in a string": (
        {"text": "x", "lead": "port", "lead_acceptable": "port"},
        "lead_acceptable",
    ),
    "an unknown co-unit": ({"text": "x", "lead": "port", "co_units": ["z"]}, "没有职能“z”"),
    "an unknown optional one": ({"text": "x", "lead": "port", "co_optional": ["z"]}, "没有职能“z”"),
    "flags that are no words": ({"text": "x", "lead": "port", "flags": [1]}, "flags"),
    "flags as an object": ({"text": "x", "lead": "port", "flags": {"night": True}}, "flags"),
    "too many flags": ({"text": "x", "lead": "port", "flags": ["night"] * 101}, "flags"),
    "a flag that steers": ({"text": "x", "lead": "port", "flags": ["\x1b[2J"]}, "flags"),
    "a sector in a list": ({"text": "x", "lead": "port", "sector": ["port"]}, "sector"),
    "ambiguous in words": ({"text": "x", "lead": "port", "ambiguous": "no"}, "ambiguous"),
}


@pytest.mark.parametrize(("line", "problem"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_and_stops_no_other(
    run: InProcess, tmp_path: Path, line: object, problem: str
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(pack([row("a", 1, "web", "ecology")]))
    file = file_of(tmp_path, RIGHT, line, RIGHT)
    ran = run("policy", "evaluate", file, "--policy", mine, "--json")
    assert ran.status == 1
    assert ran.err.startswith("第 2 行：")
    assert problem in ran.err.splitlines()[0]
    assert ran.err.splitlines()[1:] == ["有 1 行无法读取，已略过。"]
    told = json.loads(ran.out)
    assert (told["cases"], told["bad_lines"]) == (2, 1)


@pytest.mark.parametrize("content", ["", "\n \n", "{}\n"])
def test_a_file_without_any_is_told(run: InProcess, tmp_path: Path, content: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(pack([row("a", 1, "web", "ecology")]))
    ran = run("policy", "evaluate", file_of(tmp_path, content), "--policy", mine)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("没有一行可以读取，无从评测。\n")


def test_a_file_that_is_not_there_is_told(run: InProcess, tmp_path: Path) -> None:
    ran = run("policy", "evaluate", tmp_path / "nothing.jsonl")
    assert ran.status == 5
    assert "nothing.jsonl" in ran.err


def test_any_policy_can_be_named(type_: Administrator, tmp_path: Path) -> None:
    """A file is measured without a database, a version and a draft with it."""
    file = file_of(tmp_path, RIGHT)
    mine = tmp_path / "mine.yaml"
    mine.write_text(pack([row("a", 1, "web", "ecology")]))
    assert type_.json("evaluate", file, "--policy", mine)["policy"] == {"key": "mine", "version": 1}
    for name in ("municipal", "rugao-2014@1"):
        told = type_.json("evaluate", file, "--policy", name)
        assert told["policy"]["key"] == name.partition("@")[0]
        assert told["acceptable"]["count"] == 1
    ran = type_("evaluate", file, "--policy", "nobody-knows")
    assert ran.status == 2
    assert "nobody-knows" in ran.err


def test_the_sample_comes_in_on_standard_input() -> None:
    content = SAMPLE.read_text(encoding="utf-8")
    ran = run_process("policy", "evaluate", "-", stdin=content, LIANXI_LANGUAGE="en")
    assert (ran.status, ran.err) == (0, "")
    assert "Policy municipal, version 1, on 150 complaints." in ran.out
    assert "Expected calibration error" in ran.out
    assert "the policy's own" in ran.out
