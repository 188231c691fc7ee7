"""What the doctor tells of a SQLite file."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.doctor.finding import Verdict
from server.doctor.sqlite_file import LITTLE, TOO_LITTLE, file_findings, rights_of, room

FINE, DOUBTFUL, WRONG = Verdict


def test_what_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "database.db"
    (found,) = file_findings(path)
    assert (found.check, found.verdict) == ("database_file", WRONG)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("file", "folder", "verdict"),
    [
        (0o600, 0o700, FINE),
        (0o600, 0o755, FINE),
        (0o600, 0o1777, FINE),  # nobody but the owner replaces what is there
        (0o640, 0o700, DOUBTFUL),
        (0o604, 0o700, DOUBTFUL),
        (0o620, 0o700, DOUBTFUL),
        (0o600, 0o770, DOUBTFUL),
        (0o602, 0o700, WRONG),
        (0o600, 0o777, WRONG),
    ],
)
def test_who_else_may_do_what(tmp_path: Path, file: int, folder: int, verdict: Verdict) -> None:
    path = tmp_path / "folder" / "database.db"
    path.parent.mkdir()
    path.touch()
    path.chmod(file)
    path.parent.chmod(folder)
    assert rights_of(path).verdict is verdict
    assert [each.check for each in file_findings(path)] == ["database_file", "disk"]


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(LITTLE, FINE), (LITTLE - 1, DOUBTFUL), (TOO_LITTLE, DOUBTFUL), (TOO_LITTLE - 1, WRONG), (0, WRONG)],
)
def test_how_much_room_there_is(free: int, verdict: Verdict) -> None:
    assert room(free, Path("var/lianxi.db")).verdict is verdict
