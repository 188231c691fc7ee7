"""A policy from a file to publication and back, by the commands that an administrator types."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.policy.administrator import Administrator
from tests.cli.policy.packs import pack, row

CITY = "990100"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy of two rules."""
    path = tmp_path / "mine.yaml"
    path.write_text(pack([row("a", 1, "web", "ecology"), row("b", 2, "letter", "water")]))
    return path


def drafted(type_: Administrator, file: Path, account: str = "clerk-a") -> str:
    draft: str = type_.json("import", file, "--as", account)["id"]
    return draft


def published(type_: Administrator, file: Path, *more: str) -> None:
    draft = drafted(type_, file)
    type_.json("check", draft, "--as", "clerk-a")
    type_.json("submit", draft, "--as", "clerk-a")
    type_.json("approve", draft, "--as", "clerk-b")
    assert type_.json("publish", draft, "--as", "clerk-b", *more)["state"] == "published"


def test_from_a_file_to_publication_and_back(type_: Administrator, file: Path, tmp_path: Path) -> None:
    published(type_, file)
    workbook = tmp_path / "mine.xlsx"
    assert type_.json("export", "mine", "-o", workbook) == {
        "file": str(workbook),
        "format": "xlsx",
        "rules": 2,
    }
    assert type_("diff", file, workbook).out.strip() == "两者没有差别。"
    file.write_text(pack([row("a", 1, "web", "port"), row("c", 2, "letter", "water")]))
    published(type_, file)
    told = type_.json("diff", "mine@1", "mine@2")
    assert [rule["id"] for rule in told["rules"]["added"]] == ["c"]
    assert [rule["id"] for rule in told["rules"]["removed"]] == ["b"]
    assert [change["new"]["outcome"]["lead"] for change in told["rules"]["changed"]] == ["port"]
    back = type_.json("rollback", "mine", "1", "--reason", "the wrong door", "--as", "clerk-b")
    assert back["name"] == "mine@3"
    versions = type_.json("list", "mine")["versions"]
    assert [(each["number"], each["status"]) for each in versions] == [
        (3, "published"),
        (2, "rolled_back"),
        (1, "superseded"),
    ]
    assert type_.json("show", "mine", "--rule", "b")["outcome"]["lead"] == "water"
    assert type_.run("verify-audit").status == 0


def test_nobody_approves_what_is_their_own(type_: Administrator, file: Path) -> None:
    draft = drafted(type_, file)
    type_.json("check", draft, "--as", "clerk-a")
    type_.json("submit", draft, "--as", "clerk-a")
    ran = type_("approve", draft, "--as", "clerk-a")
    assert (ran.status, ran.out) == (1, "")
    assert "另一人" in ran.err
    assert type_.json("list", "mine")["drafts"][0]["state"] == "submitted"


def test_a_step_is_refused_when_somebody_was_quicker(type_: Administrator, file: Path) -> None:
    draft = drafted(type_, file)
    type_.json("check", draft, "--as", "clerk-a")
    ran = type_("submit", draft, "--as", "clerk-a", "--expected-version", "1")
    assert ran.status == 1
    assert "Traceback" not in ran.err
    assert type_.json("list", "mine")["drafts"][0]["state"] == "checked"


def test_a_draft_that_was_overtaken_is_rebased(type_: Administrator, file: Path) -> None:
    published(type_, file)
    file.write_text(pack([row("a", 1, "web", "port"), row("b", 2, "letter", "water")]))
    mine = drafted(type_, file)
    file.write_text(pack([row("a", 1, "web", "ecology"), row("b", 2, "letter", "agriculture")]))
    published(type_, file)
    type_.json("check", mine, "--as", "clerk-a")
    type_.json("submit", mine, "--as", "clerk-a")
    type_.json("approve", mine, "--as", "clerk-b")
    assert type_("publish", mine, "--as", "clerk-b").status == 1
    assert type_.json("rebase", mine, "--as", "clerk-a")["base_number"] == 2
    leads = {rule["id"]: rule["outcome"]["lead"] for rule in type_.json("show", mine)["rules"]}
    assert leads == {"a": "port", "b": "agriculture"}


def test_a_day_to_come_is_a_schedule(type_: Administrator, file: Path) -> None:
    published(type_, file, "--from", "2999-01-01")
    (version,) = type_.json("list", "mine")["versions"]
    assert (version["status"], version["effective_from"]) == ("scheduled", "2999-01-01")
    assert type_("publish", "mine", "--from", "soon").status == 2


def test_returned_and_discarded(type_: Administrator, file: Path) -> None:
    draft = drafted(type_, file)
    type_.json("check", draft, "--as", "clerk-a")
    type_.json("submit", draft, "--as", "clerk-a")
    assert type_.json("return", draft, "--reason", "not yet", "--as", "clerk-b")["state"] == "drafting"
    assert type_.json("discard", draft, "--as", "clerk-a")["state"] == "discarded"
    assert type_.json("list", "mine")["drafts"] == []


def test_a_bad_file_stores_nothing(type_: Administrator, tmp_path: Path) -> None:
    bad = tmp_path / "bad.dmn"
    bad.write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>')
    ran = type_("import", bad, "--as", "clerk-a")
    assert ran.status == 1
    assert "bad.dmn:1" in ran.err
    assert type_.json("list")["drafts"] == []


@pytest.mark.parametrize("name", ["nothing", "mine@7", "00000000", "../../etc", "a b", "", "张某"])
def test_a_name_that_nothing_has_is_told(type_: Administrator, name: str) -> None:
    ran = type_("show", name)
    assert ran.status in (1, 2, 5)
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_every_list_is_a_table_of_tabs_where_there_is_no_terminal(type_: Administrator) -> None:
    ran = type_("list")
    heading, *rows = ran.out.splitlines()
    assert heading.split("\t")[:3] == ["名称", "标题", "状态"]
    assert all(len(line.split("\t")) == len(heading.split("\t")) for line in rows)
