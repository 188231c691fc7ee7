"""`lianxi schema export`."""

from __future__ import annotations

from pathlib import Path

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
