"""A draft tried on stored disputes: counts, filters, pages, and texts that are read again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from casework.actor import Actor
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from casework.simulation import asking
from casework.simulation.asking import Simulator
from casework.simulation.run import changed_cases, simulate
from casework.simulation.statement import SimulationFilter
from db.tables.dispute import Dispute
from rules.model import Policy
from rules.simulation import MOVES, Change
from tests.casework.simulation.stored import Matter, decide_again, store
from tests.conftest import NOW
from tests.rules.test_simulation import FUMES, elsewhere
from tests.shipped import shipped_policy
from wording.catalogue import Language

CLERK = Actor.of("clerk-a", "clerk")
TOWN, OTHER_TOWN = "990102001", "990121101"
UNREADABLE = "请问一下。"
FARM = "村里养猪场的粪水直排到河里,臭得受不了。"


async def submit(desk: Desk, text: str, region: str = TOWN, channel: str = "hotline") -> UUID:
    """Submit a complaint."""
    result = await submit_dispute(desk, CLERK, SubmitDispute(text, region, channel))
    assert result.value is not None, result.errors
    return result.value


MADE: dict[tuple[str, str], Simulator] = {}
"""Made once for each kind of database, as it takes seconds."""


async def made(desk: Desk, name: str, policy: Policy) -> Simulator:
    """A draft by a name of its own."""
    key = desk.database.dialect.name, name
    if key not in MADE:
        MADE[key] = await asyncio.to_thread(Simulator, policy, desk.database.dialect)
    return MADE[key]


@pytest.fixture
async def simulator(desk: Desk) -> Simulator:
    """A draft with ecology in the place of urban management."""
    return await made(desk, "elsewhere", elsewhere(shipped_policy("municipal")))


@pytest.fixture
async def same(desk: Desk) -> Simulator:
    """A draft that says what the policy in force says."""
    return await made(desk, "same", shipped_policy("municipal"))


async def test_a_draft_that_says_the_same_changes_nothing(desk: Desk, same: Simulator) -> None:
    for text in (FUMES, UNREADABLE, FARM):
        await submit(desk, text)
    found = await simulate(desk, same)
    comparison = found.comparison
    assert (comparison.compared, comparison.moved, comparison.changed) == (3, 0, 0)
    assert [(each.number, each.disputes, each.reads_alike) for each in found.decided_by] == [(1, 3, True)]
    assert found.read_otherwise == 0
    assert all(rule.before == rule.after == rule.kept for rule in comparison.rules)


async def test_who_goes_where_is_counted_by_units_and_regions(desk: Desk, simulator: Simulator) -> None:
    for region in (TOWN, TOWN, OTHER_TOWN):
        await submit(desk, FUMES, region)
    await submit(desk, UNREADABLE)
    told: list[tuple[int, int]] = []
    found = await simulate(desk, simulator, progress=lambda done, total: told.append((done, total)))
    comparison = found.comparison
    assert (comparison.compared, comparison.moved) == (4, 3)
    assert comparison.changes[Change.LEAD] == 3
    before = await leads(desk)
    assert {(flow.before, flow.count) for flow in comparison.flows} == set(before.items())
    assert [(each.region, each.compared, each.moved) for each in comparison.regions] == [
        (TOWN, 3, 2),
        (OTHER_TOWN, 1, 1),
    ]
    assert told == [(4, 4)]
    document = found.document()
    assert (document["policy"], document["moved"], document["reread"]) == ("municipal", 3, False)


async def leads(desk: Desk) -> dict[str | None, int]:
    """How many disputes about fumes each unit leads."""
    async with desk.database.read() as connection:
        found = await connection.execute(
            select(Dispute.lead_unit_code, func.count())
            .where(Dispute.lead_unit_code.is_not(None))
            .group_by(Dispute.lead_unit_code)
        )
        return {row[0]: row[1] for row in found}


FILTERS = (
    (SimulationFilter(), 3),
    (SimulationFilter(region_codes=("990102",)), 2),
    (SimulationFilter(region_codes=("990100",)), 3),
    (SimulationFilter(region_codes=()), 0),
    (SimulationFilter(region_codes=("nowhere",)), 0),
    (SimulationFilter(channels=("web",)), 1),
    (SimulationFilter(statuses=("triage",)), 1),
    (SimulationFilter(statuses=("triage", "assigned"), channels=("hotline",)), 2),
    (SimulationFilter(rule_ids=("barbecue",)), 2),
    (SimulationFilter(received_from=NOW), 3),
    (SimulationFilter(received_to=NOW), 0),
    (SimulationFilter(received_from=NOW - timedelta(days=1), received_to=NOW + timedelta(days=1)), 3),
)


async def test_a_filter_says_which_disputes(desk: Desk, same: Simulator) -> None:
    await submit(desk, FUMES)
    await submit(desk, UNREADABLE, channel="web")
    await submit(desk, FUMES, OTHER_TOWN)
    for scope, compared in FILTERS:
        assert (await simulate(desk, same, scope)).comparison.compared == compared, scope


async def test_changed_disputes_come_in_pages_with_both_explanations(
    desk: Desk, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "STRETCH", 2)
    fumes = []
    for _ in range(3):
        fumes.append(await submit(desk, FUMES))
        await submit(desk, UNREADABLE)
        await submit(desk, UNREADABLE)
    stretches = (await simulate(desk, simulator)).stretches
    assert [each.changed for each in stretches] == [1, 1, 0, 1, 0]
    for known in ((), stretches):
        first = await changed_cases(desk, simulator, first=2, stretches=known)
        assert ([case.dispute for case in first.cases], first.more) == (fumes[:2], True)
        second = await changed_cases(desk, simulator, first=2, after=fumes[1], stretches=known)
        assert ([case.dispute for case in second.cases], second.more) == (fumes[2:], False)
    case = first.cases[0]
    assert case.changes[0] is Change.LEAD
    assert case.region == TOWN
    assert (case.before.rule, case.after.rule) == ("barbecue", "barbecue")
    assert set(case.explained_before) == set(case.explained_after) == set(Language)
    assert case.explained_before != case.explained_after


async def test_pages_of_some_changes_only(desk: Desk, simulator: Simulator) -> None:
    await submit(desk, FUMES)
    moved = await changed_cases(desk, simulator, wanted=MOVES)
    others = await changed_cases(desk, simulator, wanted=frozenset({Change.TO_TRIAGE}))
    assert (len(moved.cases), len(others.cases), others.more) == (1, 0, False)


async def test_a_lexicon_that_reads_otherwise_is_told_and_can_read_again(desk: Desk) -> None:
    policy = shipped_policy("municipal")
    lexicon = policy.lexicon
    blind = replace(policy, lexicon=replace(lexicon, terms=lexicon.terms[:1], readings=()))
    await submit(desk, FUMES)
    draft = await made(desk, "blind", blind)
    on_stored = await simulate(desk, draft)
    assert (on_stored.comparison.changed, on_stored.read_otherwise) == (0, 1)
    read_again = await simulate(desk, draft, reread=True)
    assert (read_again.comparison.changes[Change.TO_TRIAGE], read_again.read_otherwise) == (1, 0)
    (case,) = (await changed_cases(desk, draft, reread=True)).cases
    assert (case.after.lead, case.after.triage_reason) == (None, "no_facts")


async def test_the_newest_decision_counts(desk: Desk, simulator: Simulator) -> None:
    matter = Matter({"sector": "city_services"}, decision={"rule_id": "first", "lead_function": "ecology"})
    await store(desk, [matter])
    await decide_again(desk, replace(matter, sequence=2, decision={"rule_id": "second"}))
    found = await simulate(desk, simulator)
    assert [each.rule for each in found.comparison.rules if each.before] == ["second"]
    assert found.comparison.compared == 1


async def test_odd_facts_are_counted_too(desk: Desk, simulator: Simulator) -> None:
    odd = {"sector": "tertiary_services", "premises": "barbecue", "activity": ['a "quoted" word']}
    await store(desk, [Matter(odd), Matter({**odd, "activity": []})])
    (rule,) = [each for each in (await simulate(desk, simulator)).comparison.rules if each.after]
    assert rule.after == 2


async def test_without_disputes_there_is_nothing_to_tell(desk: Desk, simulator: Simulator) -> None:
    found = await simulate(desk, simulator)
    assert (found.comparison.compared, found.decided_by, found.stretches) == (0, (), ())
    assert (await changed_cases(desk, simulator)).cases == ()


async def test_who_no_longer_wants_to_know_can_stop(desk: Desk, simulator: Simulator) -> None:
    await store(desk, [Matter({"sector": "industry"}) for _ in range(20)])
    running = asyncio.create_task(simulate(desk, simulator))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await simulate(desk, simulator)).comparison.compared == 20
