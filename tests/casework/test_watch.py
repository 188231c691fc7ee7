"""A publication takes effect in a process that watches: once compiled, and never with a wrong decision."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.intake import SubmitDispute, submit_dispute
from casework.policy import PublishedVersion, version_in_force, version_of
from casework.publication import RollbackPolicy, publish_policy, rollback_policy
from casework.replay import replay_all
from casework.routing import Preview, PreviewRouting, preview_routing
from casework.shelf import PolicyShelf
from casework.watch import POLICIES, look
from db import revision
from db.database import Database
from db.tables.policy import PolicyVersion
from db.tables.region import Region
from rules.lexicon import Lexicon, Term
from rules.model import Policy
from tests.casework.people import APPROVER, CLERK
from tests.conftest import NOW
from tests.shipped import shipped_policy

EDITOR = Actor.of("editor-a", "rule_editor")
CITY, TOWN = "990100", "990102001"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"


class Clock:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def watched(city_url: str) -> AsyncIterator[Desk]:
    """The desk of another process, with a watch."""
    desk = Desk(Database.open(city_url), clock=Clock())
    await look(desk)
    yield desk
    await desk.close()


def small(lead: str, *terms: Term) -> Policy:
    """The shipped policy with a lexicon of a few words, and another lead for what is urban management's."""
    policy = shipped_policy("municipal")
    rules = tuple(
        replace(rule, outcome=replace(rule.outcome, lead=lead))
        if rule.outcome.lead == "urban_management"
        else rule
        for rule in policy.rules
    )
    kept = tuple(term for term in policy.lexicon.terms if term.text in FUMES)
    return replace(policy, rules=rules, lexicon=Lexicon((*kept, *terms)))


async def publish(desk: Desk, policy: Policy) -> PublishedVersion:
    publication = await publish_policy(desk, EDITOR, policy, CITY)
    assert publication.version is not None, publication.findings
    return publication.version


async def ask(desk: Desk) -> Preview:
    """What a complaint about fumes comes to."""
    result = await preview_routing(desk, PreviewRouting(FUMES, TOWN))
    assert result.value is not None, result.errors
    return result.value


async def decided(desk: Desk) -> tuple[int, str | None]:
    """The number of the version that decides about fumes, and the lead that it finds."""
    preview = await ask(desk)
    return preview.version.number, preview.placement.routing.decision.lead


def statements(desk: Desk) -> list[str]:
    """The statements that the desk's readers run from now on."""
    said: list[str] = []
    readers = desk.database._engines.readers.sync_engine
    event.listen(readers, "before_cursor_execute", lambda *of: said.append(of[2]))
    return said


async def test_a_version_decides_from_the_look_on_that_finds_it(desk: Desk, watched: Desk) -> None:
    version = await publish(desk, small("ecology"))
    assert await decided(watched) == (1, "urban_management")
    assert [begun.id for begun in await look(watched)] == [version.id]
    assert await decided(watched) == (2, "ecology")
    assert await look(watched) == ()


async def test_a_decision_names_the_version_that_made_it(desk: Desk, watched: Desk) -> None:
    for lead in ("ecology", "water"):
        assert (await submit_dispute(watched, CLERK, SubmitDispute(FUMES, TOWN, "web"))).value
        await publish(desk, small(lead))
        assert (await submit_dispute(watched, CLERK, SubmitDispute(FUMES, TOWN, "web"))).value
        await look(watched)
    assert (await submit_dispute(watched, CLERK, SubmitDispute(FUMES, TOWN, "web"))).value
    again = await replay_all(watched)
    assert (again.total, again.equal) == (5, 5)


async def test_who_publishes_decides_by_it_at_once(watched: Desk) -> None:
    await publish(watched, small("ecology"))
    assert await decided(watched) == (2, "ecology")
    back = RollbackPolicy("municipal", to_number=1, expected_newest=2, reason="照旧")
    assert (await rollback_policy(watched, APPROVER, back)).errors == ()
    assert await decided(watched) == (3, "urban_management")


async def test_nothing_is_read_of_policies_between_looks(watched: Desk) -> None:
    await ask(watched)
    said = statements(watched)
    await ask(watched)
    assert said
    assert not any("policy_version" in statement for statement in said)


async def test_without_a_watch_the_database_is_asked_with_every_use(desk: Desk, watched: Desk) -> None:
    watched.policies.let_go()
    await publish(desk, small("ecology"))
    assert await decided(watched) == (2, "ecology")


async def test_a_version_of_tomorrow_is_ready_today(desk: Desk, watched: Desk) -> None:
    version = await publish(desk, small("ecology"))
    async with desk.database.write() as connection:
        tomorrow = civil_day(NOW) + timedelta(days=1)
        await connection.execute(
            update(PolicyVersion).where(PolicyVersion.id == version.id).values(effective_from=tomorrow)
        )
        await revision.bump(connection, POLICIES)
    assert await look(watched) == ()
    assert await decided(watched) == (1, "urban_management")
    clock = watched.clock
    assert isinstance(clock, Clock)
    clock.now += timedelta(days=1)
    said = statements(watched)
    assert await decided(watched) == (2, "ecology")
    assert not any("policy" in statement for statement in said if "region" not in statement)
    assert [begun.id for begun in await look(watched)] == [version.id]
    assert await decided(watched) == (2, "ecology")


async def test_a_region_that_gets_another_policy(desk: Desk, watched: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(
            update(Region).where(Region.code == "990102").values(policy_key="rugao-2014")
        )
        await revision.bump(connection, DIRECTORY)
    assert (await ask(watched)).version.policy_key == "rugao-2014"
    assert [begun.policy_key for begun in await look(watched)] == ["rugao-2014"]
    assert (await ask(watched)).version.policy_key == "rugao-2014"


async def test_a_lexicon_that_stays_is_not_compiled_again(desk: Desk, watched: Desk) -> None:
    leads = ("ecology", "water", "transport")
    extractors = []
    for lead in leads:
        version = await publish(desk, small(lead))
        await look(watched)
        extractors.append((await watched.policies.router(watched.database, version)).extractor)
    assert extractors[0] is extractors[1] is extractors[2]
    other = await publish(desk, small("water", Term("油烟机", "ignore")))
    await look(watched)
    router = await watched.policies.router(watched.database, other)
    assert router.extractor is not extractors[0]
    assert [term.text for term in router.policy.lexicon.terms][-1] == "油烟机"


async def test_what_decided_before_is_put_away(desk: Desk, watched: Desk) -> None:
    shelf = watched.policies
    async with desk.database.read() as connection:
        first = await version_in_force(connection, "municipal", civil_day(NOW))
    assert first is not None
    before = await shelf.router(watched.database, first)
    await publish(desk, small("ecology"))
    await look(watched)
    assert list(shelf._compiled) == [version.id for version in {*shelf.standing.values()} if version]
    assert await shelf.router(watched.database, first) is not before


async def test_a_version_is_compiled_once_for_all_that_wait_for_it(desk: Desk) -> None:
    shelf = PolicyShelf()
    async with desk.database.read() as connection:
        version = await version_in_force(connection, "municipal", civil_day(NOW))
    assert version is not None
    waiting = [asyncio.create_task(shelf.router(desk.database, version)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()  # who has begun is gone; another takes it up
    found = await asyncio.gather(*waiting[1:])
    assert all(router is found[0] for router in found)


async def test_every_answer_is_that_of_the_version_it_names(desk: Desk, watched: Desk) -> None:
    leads = {1: "urban_management"}
    answers: list[Preview] = []
    busy = True

    async def asking() -> None:
        while busy:
            answers.append(await ask(watched))

    async def watching() -> None:
        while busy:
            await look(watched)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(each()) for each in (asking, asking, asking, watching)]
    for number, lead in enumerate(("ecology", "water", "transport", "ecology", "agriculture"), 2):
        leads[number] = lead
        assert (await publish(desk, small(lead))).number == number
    busy = False
    await asyncio.gather(*tasks)
    await look(watched)
    answers.append(await ask(watched))
    assert {answer.version.number for answer in answers} >= {1, 6}
    for answer in answers:
        routing = answer.placement.routing
        assert routing.policy_version == answer.version.number
        assert routing.decision.lead == leads[answer.version.number]
        async with desk.database.read() as connection:
            version = await version_of(connection, answer.version.id)
        router = await desk.policies.router(desk.database, version)
        assert router.route_facts(routing.facts).decision == routing.decision
