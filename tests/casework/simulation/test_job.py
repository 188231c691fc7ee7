"""Simulations as jobs: started, waiting, finished, cancelled, interrupted, and what they then list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from casework.desk import Desk
from casework.draft import DraftState
from casework.drafting import DiscardDraft, discard_draft
from casework.editing import EditDraft, edit_draft
from casework.errors import ErrorCode, Result
from casework.review import ApproveDraft, SubmitDraft, approve_draft, submit_draft
from casework.rights import EVERYWHERE
from casework.simulation import running
from casework.simulation.at_work import MOST_AT_WORK
from casework.simulation.cases import AskChangedCases, ask_changed_cases
from casework.simulation.job import (
    SILENCE,
    CancelSimulation,
    SimulationState,
    StartSimulation,
    cancel_simulation,
    start_simulation,
    state_of,
)
from casework.simulation.scope import LAST_DAY, MOST_NAMED, Scope, scope_from_document
from db import audit
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.simulation import PolicySimulation
from rules.simulation import Change
from tests.casework.drafts import CHIEF, CITY, EDITOR, TOWN, changed_of, drafted, in_state, version_of
from tests.casework.simulation.stored import Matter, store
from tests.conftest import NOW

PORT = Matter(
    {"sector": "port"}, decision={"rule_id": "old", "lead_function": "ecology", "triage_reason": None}
)
NOTHING_NEW = Matter({"sector": "nothing"}, decision={"rule_id": "rest", "triage_reason": "by_rule"})


@pytest.fixture
async def office(desk: Desk) -> AsyncIterator[Desk]:
    """A desk with three disputes of the town, of which a draft of the policy `small` would change two."""
    await store(desk, [PORT, replace(PORT, key=new_key()), NOTHING_NEW])
    yield desk
    await desk.simulations.close()


async def checked(desk: Desk) -> UUID:
    """A draft that has been checked, as far as simulations look."""
    return await in_state(desk, await drafted(desk), DraftState.CHECKED)


async def row(desk: Desk, simulation: UUID) -> Any:
    """All that is stored of a simulation."""
    async with desk.database.read() as connection:
        table = PolicySimulation.__table__
        return (await connection.execute(select(table).where(table.c.id == simulation))).one()


async def started(desk: Desk, draft: UUID, **request: Any) -> UUID:
    """A simulation that has been started."""
    scope = request.pop("scope", Scope(region_codes=(CITY,)))
    return changed_of(await start_simulation(desk, EDITOR, StartSimulation(draft, scope, **request)))


async def finished(desk: Desk, draft: UUID, **request: Any) -> UUID:
    """A simulation that is over."""
    simulation = await started(desk, draft, **request)
    await desk.simulations.settled()
    found = await row(desk, simulation)
    assert found.state == SimulationState.FINISHED, found.reason
    return simulation


def codes(result: Result[Any]) -> list[ErrorCode]:
    """The codes of what was refused."""
    return [error.code for error in result.errors]


async def test_a_simulation_is_started_counts_and_keeps_its_report(office: Desk) -> None:
    draft = await checked(office)
    simulation = await started(office, draft)
    begun = await row(office, simulation)
    assert (begun.state, begun.draft_id, begun.draft_version) == ("running", draft, 1)
    assert (begun.report, begun.started_by, begun.started_at) == (None, EDITOR.id, NOW)
    await office.simulations.settled()
    over = await row(office, simulation)
    assert (over.state, over.done, over.total, over.finished_at) == ("finished", 3, 3, NOW)
    assert (over.report["compared"], over.report["changed"], over.report["policy"]) == (3, 2, "small")
    assert [changed for _, changed in over.stretches] == [2]


async def test_it_leaves_an_audit_record_for_each_step_that_a_person_took(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(office, draft)
        changed_of(await cancel_simulation(office, CHIEF, CancelSimulation(simulation)))
    async with office.database.read() as connection:
        statement = select(AuditRecord).where(AuditRecord.action.like("%_simulation"))
        records = (await connection.execute(statement.order_by(AuditRecord.sequence))).all()
        await audit.verify(connection, CITY)
    assert [(each.action, each.actor) for each in records] == [
        ("start_simulation", EDITOR.id),
        ("cancel_simulation", CHIEF.id),
    ]
    assert {each.subject for each in records} == {f"small/draft/{draft}"}


async def test_one_works_and_the_others_wait(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        waiting = [await started(office, draft), await started(office, draft, reread=True)]
        assert [(await row(office, each)).state for each in waiting] == ["running", "running"]
    await office.simulations.settled()
    assert [(await row(office, each)).state for each in waiting] == ["finished", "finished"]


async def test_the_same_request_starts_one_simulation(office: Desk) -> None:
    request = StartSimulation(await checked(office))
    first = await start_simulation(office, EDITOR, request, "key")
    assert await start_simulation(office, EDITOR, request, "key") == first
    await office.simulations.settled()
    assert await start_simulation(office, EDITOR, request, "key") == first
    async with office.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(PolicySimulation)) == 1


async def test_a_person_cancels_it(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(office, draft)
        changed_of(await cancel_simulation(office, CHIEF, CancelSimulation(simulation)))
        await office.simulations.settled()
    over = await row(office, simulation)
    assert (over.state, over.reason, over.finished_at, over.report) == ("cancelled", None, NOW, None)
    again = await cancel_simulation(office, CHIEF, CancelSimulation(simulation))
    assert codes(again) == [ErrorCode.SIMULATION_STATE]


async def test_one_that_another_process_cancels_stops(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BEAT_SECONDS", 0.0)
    draft = await checked(office)
    other = replace(office, simulations=type(office.simulations)())
    async with office.simulations.turn:
        simulation = await started(office, draft)
        changed_of(await cancel_simulation(other, CHIEF, CancelSimulation(simulation)))
        await office.simulations.settled()
    assert (await row(office, simulation)).state == "cancelled"


async def test_one_that_waits_says_that_it_is_there(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BEAT_SECONDS", 0.0)
    later = NOW + timedelta(minutes=5)
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(replace(office, clock=lambda: later), draft)
        async with office.database.write() as connection:
            await connection.execute(update(PolicySimulation).values(beat_at=NOW))
        found = await row(office, simulation)
        while found.beat_at != later:
            found = await row(office, simulation)
    assert (found.state, found.done) == ("running", 0)


async def test_closing_the_desk_ends_it_and_says_so(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(office, draft)
        await asyncio.sleep(0)
        await office.simulations.close()
    over = await row(office, simulation)
    assert (over.state, over.report) == ("cancelled", None)
    assert set(over.reason) == {"zh", "en"}


def test_one_whose_process_died_is_interrupted() -> None:
    running_state = SimulationState.RUNNING
    assert state_of("running", NOW, NOW + SILENCE - timedelta(seconds=1)) is running_state
    assert state_of("running", NOW, NOW + SILENCE) is SimulationState.INTERRUPTED
    assert state_of("finished", NOW, NOW + SILENCE) is SimulationState.FINISHED


@pytest.mark.parametrize("reread", [False, True])
async def test_its_changed_cases_come_in_pages(office: Desk, reread: bool) -> None:
    simulation = await finished(office, await checked(office), reread=reread)
    first = (await ask_changed_cases(office, EVERYWHERE, AskChangedCases(simulation, first=1))).value
    assert first is not None
    assert first.more
    (case,) = first.cases
    after = AskChangedCases(simulation, after=case.dispute, first=5)
    second = (await ask_changed_cases(office, EVERYWHERE, after)).value
    assert second is not None
    assert not second.more
    assert all(each.dispute > case.dispute for each in second.cases)
    if not reread:
        assert (case.after.rule, len(second.cases)) == ("port", 1)
        wanted = AskChangedCases(simulation, frozenset({Change.LEGAL_PATH}))
        none = (await ask_changed_cases(office, EVERYWHERE, wanted)).value
        assert none is not None
        assert none.cases == ()


async def test_review_does_not_change_what_was_simulated(office: Desk) -> None:
    draft = await drafted(office, state=DraftState.CHECKED)
    simulation = await finished(office, draft)
    changed_of(await submit_draft(office, EDITOR, SubmitDraft(draft, 2)))
    assert not (await ask_changed_cases(office, EVERYWHERE, AskChangedCases(simulation))).errors
    changed_of(await approve_draft(office, CHIEF, ApproveDraft(draft, 3)))
    assert not (await ask_changed_cases(office, EVERYWHERE, AskChangedCases(simulation))).errors
    assert (await row(office, await finished(office, draft))).draft_version == 2


async def test_a_draft_that_has_changed_since_lists_no_cases(office: Desk) -> None:
    draft = await checked(office)
    simulation = await finished(office, draft)
    edit = EditDraft(draft, await version_of(office, draft), remove_rules=("port",))
    changed_of(await edit_draft(office, EDITOR, edit))
    assert (await row(office, simulation)).report["changed"] == 2
    asked = await ask_changed_cases(office, EVERYWHERE, AskChangedCases(simulation))
    assert codes(asked) == [ErrorCode.SIMULATION_STALE]


async def test_a_draft_that_changes_before_its_turn_is_not_simulated(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(office, draft)
        edit = EditDraft(draft, await version_of(office, draft), remove_rules=("port",))
        changed_of(await edit_draft(office, EDITOR, edit))
        await in_state(office, draft, DraftState.CHECKED)
    await office.simulations.settled()
    over = await row(office, simulation)
    assert (over.state, over.report) == ("failed", None)
    assert "again" in over.reason["en"]


async def test_what_no_engine_takes_fails_and_says_why(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.simulation.checked.TRIAL_SECONDS", 0.0)
    simulation = await started(office, await checked(office))
    await office.simulations.settled()
    over = await row(office, simulation)
    assert (over.state, set(over.reason)) == ("failed", {"zh", "en"})


async def test_the_scope_is_asked_and_kept(office: Desk) -> None:
    draft = await checked(office)
    today = date(2026, 11, 21)
    scope = Scope((TOWN,), today, today, ("hotline",), ("assigned",), ("old",))
    found = await row(office, await finished(office, draft, scope=scope))
    assert found.report["compared"] == 2
    assert scope_from_document(found.scope) == scope
    before = replace(scope, received_from=date.min, received_to=today - timedelta(days=1))
    assert (await row(office, await finished(office, draft, scope=before))).report["compared"] == 0
    for_ever = Scope(received_from=date.min, received_to=date.max)
    assert (await row(office, await finished(office, draft, scope=for_ever))).report["compared"] == 3
    beyond = Scope((CITY,), received_from=date.max)
    assert (await row(office, await finished(office, draft, scope=beyond))).report["compared"] == 0
    assert date.max > LAST_DAY


@pytest.mark.parametrize(
    ("scope", "code", "path"),
    [
        (Scope(("nowhere",)), ErrorCode.UNKNOWN_REGION, ("regionCodes", "0")),
        (Scope((TOWN, "a\x00")), ErrorCode.UNKNOWN_REGION, ("regionCodes", "1")),
        (Scope(rule_ids=("",)), ErrorCode.TEXT_EMPTY, ("ruleIds", "0")),
        (Scope(rule_ids=("x", "x" * 65)), ErrorCode.TEXT_TOO_LONG, ("ruleIds", "1")),
        (Scope(rule_ids=("\ud800",)), ErrorCode.TEXT_UNREADABLE, ("ruleIds", "0")),
        (Scope(rule_ids=("a\x00",)), ErrorCode.TEXT_UNREADABLE, ("ruleIds", "0")),
        (Scope(rule_ids=("x",) * (MOST_NAMED + 1)), ErrorCode.TOO_MANY_ROWS, ("ruleIds",)),
    ],
    ids=["no region", "no text", "empty", "long", "surrogate", "nul", "many"],
)
async def test_what_cannot_be_asked_for_is_refused(
    office: Desk, scope: Scope, code: ErrorCode, path: tuple[str, ...]
) -> None:
    draft = await checked(office)
    (error,) = (await start_simulation(office, EDITOR, StartSimulation(draft, scope))).errors
    assert (error.code, error.path) == (code, path)


async def test_only_drafts_that_have_been_checked_are_simulated(office: Desk) -> None:
    unknown = await start_simulation(office, EDITOR, StartSimulation(new_key()))
    assert codes(unknown) == [ErrorCode.UNKNOWN_DRAFT]
    draft = await drafted(office)
    assert codes(await start_simulation(office, EDITOR, StartSimulation(draft))) == [ErrorCode.WRONG_STATE]
    changed_of(await discard_draft(office, EDITOR, DiscardDraft(draft, 1)))
    assert codes(await start_simulation(office, EDITOR, StartSimulation(draft))) == [ErrorCode.WRONG_STATE]


async def test_a_process_takes_on_so_many_and_no_more(office: Desk) -> None:
    draft = await checked(office)
    async with office.simulations.turn:
        for _ in range(MOST_AT_WORK):
            await started(office, draft)
        refused = await start_simulation(office, EDITOR, StartSimulation(draft))
        await office.simulations.close()
    assert codes(refused) == [ErrorCode.SIMULATIONS_WAIT]


async def test_simulations_of_nothing_and_unfinished_ones(office: Desk) -> None:
    nothing = new_key()
    assert codes(await cancel_simulation(office, EDITOR, CancelSimulation(nothing))) == [
        ErrorCode.UNKNOWN_SIMULATION
    ]
    assert codes(await ask_changed_cases(office, EVERYWHERE, AskChangedCases(nothing))) == [
        ErrorCode.UNKNOWN_SIMULATION
    ]
    draft = await checked(office)
    async with office.simulations.turn:
        simulation = await started(office, draft)
        asked = await ask_changed_cases(office, EVERYWHERE, AskChangedCases(simulation))
    assert codes(asked) == [ErrorCode.SIMULATION_STATE]
