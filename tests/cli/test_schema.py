"""`lianxi schema export`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import InProcess


def test_the_federated_schema_is_printed_or_written(run: InProcess, tmp_path: Path) -> None:
    printed = run("schema", "export")
    assert printed.status == 0
    assert 'url: "https://specs.apollo.dev/federation/v2.9"' in printed.out
    assert "type Dispute" in printed.out
    written = run("schema", "export", "--output", tmp_path / "schema.graphql")
    assert written.out == ""
    assert (tmp_path / "schema.graphql").read_text(encoding="utf-8") == printed.out


def test_a_place_that_cannot_be_written_is_told(run: InProcess, tmp_path: Path) -> None:
    ran = run("schema", "export", "--output", tmp_path / "no" / "folder")
    assert ran.status == 5
    assert "无法写入" in ran.err


def test_what_changed_is_told_and_what_breaks_clients_is_a_finding(run: InProcess, tmp_path: Path) -> None:
    old, new = tmp_path / "old.graphql", tmp_path / "new.graphql"
    assert run("schema", "export", "-o", old).status == 0
    ran = run("schema", "changes", old)
    assert (ran.status, ran.out) == (0, "0 处会使客户端失效，0 处可能影响客户端；0 处弃用，0 处新增。\n")
    new.write_text(old.read_text().replace("  withdrawnRepeats: ", "  takenBack: "))
    ran = run("schema", "changes", old, new)
    assert ran.status == 1
    assert ran.out.split("\n")[:2] == [
        "BREAKING    Dispute.withdrawnRepeats 已删除。",
        "ADDED       新增 Dispute.takenBack。",
    ]
    assert ran.err.startswith("1 处会使客户端失效")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"type {", b"PK\x03\x04"])
def test_a_file_that_is_no_schema_is_told(run: InProcess, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.graphql"
    file.write_bytes(content)
    ran = run("schema", "changes", file)
    assert (ran.status, ran.out) == (5, "")
    assert "bad.graphql" in ran.err
    assert run("schema", "changes", tmp_path / "none").status == 5
