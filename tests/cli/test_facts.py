"""`lianxi facts train`: refused where too little is confirmed, else measured, told and written."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from cli.speech import Exit
from db.database import Database
from rules.vote_document import read_vote
from tests.casework.confirmed import give_by_hand
from tests.cli.running import InProcess
from tests.conftest import desk_on
from tests.rules.scoring import cases
from tests.rules.votes import labelled


def filled(url: str, most: int) -> int:
    """Write so many labelled complaints as confirmed decisions."""
    told = [*labelled(), *cases("late"), *cases("aside"), *cases("industry")]
    told = [each for each in told if each.lead != "port"][:most]  # its unit carries transport too

    async def run() -> None:
        desk = desk_on(Database.open(url))
        try:
            await give_by_hand(desk, [(each.text, each.lead) for each in told])
        finally:
            await desk.database.close()

    asyncio.run(run())
    return len(told)


def test_too_little_is_refused_with_what_there_is(run: InProcess, city_url: str, tmp_path: Path) -> None:
    count = filled(city_url, 120)
    path = tmp_path / "vote.json"
    ran = run("facts", "train", "-o", path, LIANXI_DATABASE_URL=city_url)
    assert (ran.status, ran.out) == (Exit.FINDINGS, "")
    assert f"{count} 件，不足 500 件" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not path.exists()


def test_enough_is_measured_and_written(run: InProcess, city_url: str, tmp_path: Path) -> None:
    count = filled(city_url, 600)
    path = tmp_path / "vote.json"
    ran = run("facts", "train", "-o", path, LIANXI_DATABASE_URL=city_url)
    assert (ran.status, ran.err) == (Exit.OK, "")
    assert f"已确认的决定 {count} 件" in ran.out
    assert str(path) in ran.out
    written = path.read_bytes()
    assert sum(read_vote(written, str(path)).decisions) == count
    assert [each.name for each in tmp_path.iterdir()] == ["vote.json"]
    told = run("facts", "train", "--json", LIANXI_DATABASE_URL=city_url)
    document = json.loads(told.out)
    assert document["confirmed"]["person"] == document["confirmed"]["confirmed"] == count
    assert sum(document["functions"].values()) == count
    assert 0 < document["held_back"]["vote"] <= document["held_back"]["asked"] < count / 3
    assert document["output"] is None
    assert path.read_bytes() == written


def test_a_file_that_cannot_be_written_is_told(run: InProcess, sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url, 600)
    ran = run("facts", "train", "-o", tmp_path / "no folder" / "vote.json", LIANXI_DATABASE_URL=sqlite_url)
    assert ran.status == Exit.FILE
    assert "no folder" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("content", [b"this is no database" * 100, None])
def test_a_database_that_cannot_be_used_is_told(
    run: InProcess, tmp_path: Path, content: bytes | None
) -> None:
    database = tmp_path / "database.db"
    if content is not None:
        database.write_bytes(content)
    ran = run("facts", "train", LIANXI_DATABASE_URL=f"sqlite:///{database}")
    assert (ran.status, ran.out) == (Exit.DATABASE, "")
