"""The bench of duplicates: its register is the same everywhere, its questions are about what is there."""

from __future__ import annotations

from pathlib import Path

from bench.duplicates import CITY, ask, fill, made_up_places
from bench.graphql.city import NEWEST
from casework.desk import Desk
from db.database import Database


def test_places_are_the_same_on_every_machine() -> None:
    places = made_up_places(["a", "b"], 50)
    assert places == made_up_places(["a", "b"], 50)
    assert len({each.estate for each in places}) > 40


async def test_it_asks_for_what_is_there_and_finds_it(tmp_path: Path) -> None:
    desk = Desk(Database.open(f"sqlite:///{tmp_path / 'bench.db'}"), clock=lambda: NEWEST)
    try:
        register = await fill(desk, 60)
        assert register.text(7) != register.question(7)
        assert {each.town[:6] for each in register.places} != {CITY}
        figures = await ask(desk, register, 20, None)
    finally:
        await desk.close()
    assert figures["found"] >= 0.8
    assert figures["cpu_p99_ms"] >= figures["cpu_ms"] > 0
    for scope in ("town", "city", "dispute"):
        times = figures[scope]
        assert 0 < times["median_ms"] <= times["p99_ms"] <= times["worst_ms"]
