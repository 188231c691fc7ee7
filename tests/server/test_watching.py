"""The watch of a server: it goes on when the database fails, and says so once."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from dataclasses import replace

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from casework.actor import Actor
from casework.desk import Desk
from casework.publication import publish_policy
from casework.watch import POLICIES, look
from db import revision
from db.database import Database
from db.tables.policy import PolicyText
from rules.lexicon import Lexicon
from rules.pack import load_pack
from server import watching as server_watching
from server.watching import SWITCH_SECONDS, OutOfSight, try_to_look, uncollected, unnoticed, watching
from tests.conftest import NOW


class Circle:
    """Something that nothing but itself refers to."""

    itself: object


EDITOR = Actor.of("editor-a", "rule_editor")
CITY = "990100"


async def _publish(desk: Desk) -> None:
    policy = replace(load_pack("municipal"), lexicon=Lexicon())
    published = await publish_policy(desk, EDITOR, policy, CITY)
    assert published.new, published.findings


async def test_a_running_server_takes_up_what_is_published(
    desk: Desk, city_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_watching, "LOOK_SECONDS", 0.001)
    served = Desk(Database.open(city_url), clock=lambda: NOW)
    with capture_logs() as logs:
        async with watching(served):
            await _publish(desk)
            while not logs:  # noqa: ASYNC110 - that it looks, the watch says to the log alone
                await asyncio.sleep(0.001)
        assert served.policies.seen is None
    (said,) = logs
    assert (said["policy"], said["version"]) == ("municipal", 2)
    await served.close()


async def test_a_database_that_is_gone_is_told_once_and_taken_up_again(city_url: str) -> None:
    served = Desk(Database.open(city_url), clock=lambda: NOW)
    await look(served)
    database = served.database
    gone = replace(served, database=Database.open("postgresql://nobody@127.0.0.1:1/nothing", patience=1.0))
    with capture_logs() as logs:
        assert not await try_to_look(gone, failed=False)
        assert served.policies.standing == {}  # every use asks the database again
        assert not await try_to_look(gone, failed=True)
        assert await try_to_look(served, failed=True)
    assert [each["event"] for each in logs] == ["policies cannot be watched", "policy in force"]
    assert served.policies.standing
    await gone.database.close()
    await database.close()


async def test_a_version_of_no_use_leaves_the_one_before_it(desk: Desk, city_url: str) -> None:
    served = Desk(Database.open(city_url), clock=lambda: NOW)
    await look(served)
    before = served.policies.standing
    await _publish(desk)
    async with desk.database.write() as connection:
        broken = update(PolicyText).where(PolicyText.triage_below > 0).values(fields=["?"])
        await connection.execute(broken)
        await revision.bump(connection, POLICIES)
    with capture_logs() as logs:
        assert not await try_to_look(served, failed=False)
        assert not await try_to_look(served, failed=True)
    assert [each["event"] for each in logs] == ["a published version cannot be used"]
    assert served.policies.standing == before
    await served.close()


def test_the_collector_looks_away_while_a_version_is_compiled() -> None:
    left = Circle()
    left.itself = left
    gone = weakref.ref(left)
    del left
    with uncollected():
        assert not gc.isenabled()
        assert gone() is None  # what requests left is not frozen with the rest
        kept = [[number] for number in range(1_000)]
    assert gc.isenabled()
    seen = {id(each) for each in gc.get_objects()}
    assert not any(id(each) in seen for each in kept)
    gc.unfreeze()


def test_circles_that_were_left_out_of_sight_go_once_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_watching, "MOST_LEFT", 1_000)
    out_of_sight = OutOfSight()
    gc.freeze()
    out_of_sight.look()
    for left in (500, 2_000):
        gone = []
        for _ in range(left):
            circle = Circle()
            circle.itself = circle
        gone.append(weakref.ref(circle))
        del circle
        gc.freeze()
        out_of_sight.look()
        assert (gone[0]() is None) is (left > server_watching.MOST_LEFT)
    gc.unfreeze()


def test_a_thread_that_compiles_gives_way_sooner_as_long_as_it_does() -> None:
    usual = sys.getswitchinterval()
    with unnoticed():
        assert not gc.isenabled()
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    assert sys.getswitchinterval() == usual
    gc.unfreeze()
