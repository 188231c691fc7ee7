"""`lianxi policy import`, `export` and `test`: files of every kind, and of no kind."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select, table

from db.database import Database
from rules.exchange import FileFormat, write_policy
from rules.pack import PACKS
from tests.cli.policy.administrator import Administrator
from tests.cli.policy.bad_files import BadFile, bad_files
from tests.cli.policy.drawn import drawn
from tests.cli.running import LIANXI, LIMIT_SECONDS, InProcess, clean_environment, run_process
from tests.rules.dmn.models import definitions
from tests.rules.dmn.models import table as decision
from tests.rules.workbook.grids import small

SAME = "两者没有差别。"
OF_LIBRARIES = ("Traceback", "Error", "expat", "calamine", "not well-formed", "Expecting", "codec", "0x")
BAD = {bad.about: bad for bad in bad_files()}


def stored(url: str) -> dict[str, int]:
    """How many rows the tables have that an import could write to."""
    names = ("policy_draft", "policy_text", "policy_rule", "policy_case", "lexicon_term", "lexicon_reading")

    async def count() -> dict[str, int]:
        database = Database.open(url)
        try:
            async with database.read() as connection:
                return {
                    name: await connection.scalar(select(func.count()).select_from(table(name))) or 0
                    for name in (*names, "audit_record", "outbox")
                }
        finally:
            await database.close()

    return asyncio.run(count())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small policy with a lexicon and a case."""
    path = tmp_path / "small.json"
    path.write_bytes(write_policy(small(), FileFormat.JSON))
    return path


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    run: InProcess, tmp_path: Path, bad: BadFile
) -> None:
    path = tmp_path / bad.name
    path.write_bytes(bad.content)
    ran = run("policy", "check", path)
    assert (ran.status, ran.out) == (1, "")
    (line,) = (line for line in ran.err.splitlines() if bad.place in line)
    assert bad.said in line
    assert ran.err.splitlines()[-1].startswith("共 ")
    assert [word for word in OF_LIBRARIES if word in ran.err] == []


def test_nothing_is_stored_of_a_file_with_a_flaw(type_: Administrator, tmp_path: Path) -> None:
    before = stored(type_.url)
    for bad in BAD.values():
        path = tmp_path / bad.name
        path.write_bytes(bad.content)
        ran = type_("import", path, "--as", "clerk-a", "--key", "mine")
        assert (ran.status, ran.out, bad.place in ran.err) == (1, "", True), bad.about
    assert stored(type_.url) == before


@pytest.mark.parametrize("hit_policy", ["FIRST", "UNIQUE"])
def test_a_drawn_table_comes_in_and_goes_out(type_: Administrator, tmp_path: Path, hit_policy: str) -> None:
    path = tmp_path / "责任 划分.dmn"
    path.write_text(drawn(hit_policy), encoding="utf-8")
    draft = type_.json("import", path, "--key", "drawn", "--as", "clerk-a")["id"]
    assert type_("diff", draft, path).out.strip() == SAME
    assert type_.json("check", draft, "--as", "clerk-a")["errors"] == []
    rules = type_.json("show", draft)["rules"]
    assert [rule["outcome"]["lead"] for rule in rules] == ["ecology", "port", "urban_management"]
    assert [rule["outcome"]["co_functions"] for rule in rules[:2]] == [
        ["public_security"],
        ["transport", "ecology"],
    ]
    for format_ in FileFormat:
        out = tmp_path / f"出.{format_}"
        assert type_.json("export", draft, "-o", out)["rules"] == 3
        again = type_.json("import", out, "--key", "drawn", "--as", "clerk-a")["id"]
        assert type_("diff", draft, again).out.strip() == SAME


def test_a_table_keeps_the_lexicon_of_the_policy_that_it_was_written_from(
    type_: Administrator, file: Path, tmp_path: Path
) -> None:
    first = type_.json("import", file, "--as", "clerk-a")["id"]
    for step, account in (("check", "clerk-a"), ("submit", "clerk-a"), ("approve", "b"), ("publish", "b")):
        type_.json(step, first, "--as", account)
    path = tmp_path / "t.dmn"
    type_.json("export", "small", "-o", path)
    draft = type_.json("import", path, "--as", "clerk-a")
    assert (draft["policy_key"], draft["base_number"]) == ("small", 1)
    assert type_("diff", "small", draft["id"]).out.strip() == SAME


def test_a_table_keeps_the_lexicon_of_the_draft_that_it_is_put_into(
    type_: Administrator, file: Path, tmp_path: Path
) -> None:
    draft = type_.json("import", file, "--as", "clerk-a")["id"]
    path = tmp_path / "t.dmn"
    path.write_text(drawn(), encoding="utf-8")
    assert type_.json("import", path, "--draft", draft, "--as", "clerk-b")["version"] == 2
    shown = type_.json("show", draft)
    assert (len(shown["rules"]), len(shown["terms"]), len(shown["cases"])) == (3, 1, 1)
    ran = type_("import", path, "--draft", draft, "--note", "新", "--as", "clerk-b")
    assert (ran.status, "--draft" in ran.err) == (2, True)


def test_a_drawn_table_that_names_no_policy_asks_for_its_key(type_: Administrator, tmp_path: Path) -> None:
    path = tmp_path / "t.dmn"
    path.write_text(drawn(), encoding="utf-8")
    ran = type_("import", path, "--as", "clerk-a")
    assert (ran.status, ran.out) == (2, "")
    assert "--key" in ran.err


def test_two_imports_at_once_are_two_drafts(type_: Administrator, file: Path) -> None:
    environment = clean_environment(LIANXI_DATABASE_URL=type_.url)
    started = [
        subprocess.Popen(
            [LIANXI, "policy", "import", file, "--as", account, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        for account in ("clerk-a", "clerk-b")
    ]
    ended = [process.communicate(timeout=LIMIT_SECONDS) for process in started]
    assert [(process.returncode, err) for process, (_, err) in zip(started, ended, strict=True)] == [
        (0, b"")
    ] * 2
    assert len({json.loads(out)["id"] for out, _ in ended}) == 2
    assert len(type_.json("list", "small")["drafts"]) == 2


@pytest.mark.parametrize("name", ["a b", "规则 表.json", ".json", "x.JSON", "a'$(id).json", "-o", "\udcff"])
def test_files_of_unusual_names(
    run: InProcess, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file.rename(name)
    ran = run("policy", "check", "--json", "--", name)
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["policy"] == "small"
    ran = run("policy", "export", "--json", "-o", f"{name}.dmn", "--", name)
    assert (ran.status, ran.err) == (0, "")
    assert run("policy", "diff", "--", name, f"{name}.dmn").out.strip() == SAME


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", 5),
        (".", 5),
        ("./nothing.json", 5),
        ("./" + "x" * 5_000, 5),
        ("/dev/null", 1),
        ("/dev/zero", 1),
        ("./loop", 5),
    ],
)
def test_what_is_no_file_to_read(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    os.symlink("loop", "loop")
    for command in (("check",), ("export", "-o", "out.json"), ("diff", "./nothing")):
        ran = run("policy", *command, name or "./")
        assert (ran.status, ran.out) == (5 if "diff" in command else status, "")
        assert ran.err.strip()
    assert os.listdir() == ["loop"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("-o", "/dev/full", "--format", "json"), 5),
        (("-o", "/nowhere/out.json"), 5),
        (("-o", "."), 2),
        (("-o", ".", "--format", "json"), 5),
        (("-o", "out.pdf"), 2),
        (("-o", "out"), 2),
        (("-o", "-"), 2),
        (("-o", "x" * 300 + ".json"), 5),
    ],
)
def test_what_cannot_be_written(
    run: InProcess, file: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], status: int
) -> None:
    monkeypatch.chdir(file.parent)
    ran = run("policy", "export", file, *options)
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.strip()
    assert os.listdir() == [file.name]


def test_from_standard_input_to_standard_output(file: Path) -> None:
    ran = run_process("policy", "export", "-", "--format", "json", "-o", "-", stdin=file.read_text())
    assert (ran.status, ran.out, ran.err) == (0, file.read_text(), "")


def test_a_hundred_flaws_are_listed_and_the_others_counted(run: InProcess, tmp_path: Path) -> None:
    path = tmp_path / "t.dmn"
    rows = [['"port"', '"magic"']] * 150
    path.write_text(definitions(decision("FIRST", ["sector:string"], ["lead:string"], rows)))
    ran = run("policy", "check", path)
    *flaws, more, count = ran.err.splitlines()
    assert (ran.status, len(flaws)) == (1, 100)
    assert ("50" in more, "150" in count) == (True, True)


CASES = """<?xml version="1.0" encoding="UTF-8"?>
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase">
{cases}
</testCases>
"""
CASE = (
    '<testCase id="{name}"><inputNode name="n"><value>{given}</value></inputNode>'
    '<resultNode name="{decision}"><expected><value>{expected}</value></expected></resultNode></testCase>'
)


def test_a_model_is_tried_with_a_file_of_cases(run: InProcess, tmp_path: Path) -> None:
    model, cases = tmp_path / "m.dmn", tmp_path / "c.xml"
    rows = [["<= 18", "10"], [">= 18", "20"]]
    model.write_text(definitions(decision("UNIQUE", ["n:number"], ["fee:number"], rows, name="Fee")))
    given = [("young", "10", "Fee", "10"), ("old", "40", "Fee", "25"), ("both", "18", "Fee", "20")]
    given.append(("odd", "10", "Nothing", "20"))
    written = [CASE.format(name=n, given=g, decision=d, expected=e) for n, g, d, e in given]
    cases.write_text(CASES.format(cases="\n".join(written)))
    ran = run("policy", "test", model, cases)
    assert (ran.status, ran.err) == (1, "")
    old, both, why, odd, unknown, count = ran.out.splitlines()
    assert ("old" in old, "25" in old, "20" in old, "both" in both, "odd" in odd) == (True,) * 5
    assert (f"{model}:8 Fee" in why, f"{cases}:6 Nothing" in unknown) == (True, True)
    assert count == "4 个用例中有 3 个未通过。"
    told = json.loads(run("policy", "test", model, cases, "--json").out)
    assert (told["name"], told["passed"], told["failed"]) == (str(model), 1, 3)
    assert [
        (each["case"], each["decision"], each["passed"], each["expected"], each["found"])
        for each in told["cases"]
    ] == [
        ("young", "Fee", True, "10", "10"),
        ("old", "Fee", False, "25", "20"),
        ("both", "Fee", False, "20", "null"),
        ("odd", "Nothing", False, "20", "-"),
    ]
    assert run("policy", "test", PACKS / "rugao-2014").out.strip().endswith("全部通过。")
    for wrong in ((model, model), (cases, cases)):
        assert run("policy", "test", *wrong).status == 1
    assert run("policy", "test", model, tmp_path / "nothing").status == 5
