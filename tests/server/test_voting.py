"""The vote of a server: read when it starts, or a clear end."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.speech import Exit
from rules.flaws import PackError
from rules.vote_document import vote_document
from server.settings import Settings
from server.voting import vote_of
from tests.cli.running import run_process
from tests.rules.votes import vote_for
from tests.server.process import started

VOTE = vote_for("油烟", "urban_management", "ecology")


def test_without_a_file_there_is_no_vote() -> None:
    assert vote_of(Settings()) is None


def test_the_vote_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "vote.json"
    path.write_bytes(vote_document(VOTE))
    assert vote_of(Settings(vote_model=str(path))) == VOTE


@pytest.mark.parametrize("name", ["missing.json", ".", "nul\0byte"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackError) as refused:
        vote_of(Settings(vote_model=str(tmp_path / name)))
    (flaw,) = refused.value.flaws
    assert flaw.code == "vote.unreadable"
    assert "LIANXI_VOTE_MODEL" in flaw.message()


def test_a_server_does_not_start_with_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "vote.json"
    path.write_bytes(vote_document(VOTE)[:-20])
    ran = run_process("serve", "--port", "0", LIANXI_VOTE_MODEL=str(path))
    assert (ran.status, ran.out) == (Exit.USAGE, "")
    assert str(path) in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_server_starts_with_a_good_one(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "vote.json"
    path.write_bytes(vote_document(VOTE))
    with started(sqlite_url, tmp_path, LIANXI_VOTE_MODEL=str(path)) as server:
        assert server.address
