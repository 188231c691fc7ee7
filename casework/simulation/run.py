"""What a draft would make of stored disputes: counted as a whole, and listed one by one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select

from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import CityDirectory
from casework.policy import version_of
from casework.reach import bounds_of, values_of
from casework.rights import EVERYWHERE as ALL_DISPUTES
from casework.rights import Reach
from casework.simulation.answers import Placing, stored_answer
from casework.simulation.asking import BEFORE_ALL, Asking, Met, Simulator
from casework.simulation.report import ChangedCase, ChangedCases, DecidedBy, Simulation, Stretch
from casework.simulation.singly import Single, single, single_query, singles
from casework.simulation.statement import EVERYTHING, SimulationFilter, bounds
from db.tables.dispute import Dispute
from rules.model import TriageReason
from rules.personal_data import masked_text
from rules.router import Router, Routing
from rules.simulation import Answer, Change, Comparing, answer_of, changes
from rules.territory import lineage
from wording.catalogue import Language

Progress = Callable[[int, int], None]
"""Told after each stretch: how many disputes have been looked at, of how many."""


async def simulate(
    desk: Desk,
    simulator: Simulator,
    scope: SimulationFilter = EVERYTHING,
    *,
    reread: bool = False,
    progress: Progress = lambda done, total: None,
) -> Simulation:
    """Ask the draft about the newest decisions of all disputes of a scope, and count what would change.

    With `reread` the texts are read again by the draft's lexicon; that takes some minutes for a million.
    Raises the database's Fault.
    """
    asking, placing = await _started(desk, simulator, scope, reread=reread)
    async with desk.database.read() as connection:
        total = await connection.scalar(select(func.count()).select_from(Dispute)) or 0
    comparing, versions = Comparing(), Counter[str]()
    stretches: list[Stretch] = []
    done = 0
    async with aclosing(asking.stretches(BEFORE_ALL)) as answers:
        async for last, size, met in answers:
            changed = await asyncio.to_thread(_count, met, placing, comparing, versions)
            stretches.append(Stretch(last, changed))
            done += size
            progress(done, max(done, total))
    return Simulation(
        policy_key=simulator.policy.key,
        on=placing.on,
        reread=reread,
        comparison=await asyncio.to_thread(comparing.result),
        decided_by=await _decided_by(desk, simulator, versions),
        stretches=tuple(stretches),
    )


async def changed_cases(
    desk: Desk,
    simulator: Simulator,
    scope: SimulationFilter = EVERYTHING,
    *,
    reread: bool = False,
    wanted: frozenset[Change] = frozenset(Change),
    after: UUID | None = None,
    first: int = 50,
    stretches: Sequence[Stretch] = (),
    reach: Reach = ALL_DISPUTES,
) -> ChangedCases:
    """The disputes within reach that the draft would decide otherwise in one of the `wanted` ways, in the
    order of their keys, from the one that comes `after` a key.

    Those are looked for as a simulation does; where its `stretches` are given, only where some change.
    Raises the database's Fault.
    """
    if bounds_of(reach) == ():
        return ChangedCases((), False)
    asking, placing = await _started(desk, simulator, scope, reread=reread, reach=reach)
    found: list[tuple[UUID, Met]] = []
    async with aclosing(asking.stretches(after or BEFORE_ALL, stretches)) as answers:
        async for _, _, met in answers:
            found += await asyncio.to_thread(_changed, met, placing, wanted)
            if len(found) > first:
                break
    keys = [key for key, _ in found[:first]]
    return ChangedCases(await _cases(desk, asking, placing, keys), len(found) > first)


async def _started(
    desk: Desk,
    simulator: Simulator,
    scope: SimulationFilter,
    *,
    reread: bool,
    reach: Reach = ALL_DISPUTES,
) -> tuple[Asking, Placing]:
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
    values = bounds(scope, _regions(directory, simulator.policy.key, scope.region_codes))
    values |= {name: values_of(reach)[name] for name in bounds_of(reach) or ()}
    if not reread:
        with desk.policies.while_compiling():
            await asyncio.to_thread(simulator.statement.query, values)
    asking = Asking(desk.database, simulator, values, reread=reread)
    return asking, Placing(directory.tree, civil_day(desk.clock()))


def _regions(directory: CityDirectory, policy: str, asked: Sequence[str] | None) -> list[str] | None:
    """The regions below those that are asked for, else those that the policy decides for; None for all."""
    if asked is not None:
        above = frozenset(asked)
        return [code for code in directory.tree.regions if above & {*lineage(directory.tree, code)}]
    own = [code for code in directory.tree.regions if directory.policy_of(code) == policy]
    return own or None


def _count(met: Sequence[Met], placing: Placing, comparing: Comparing, versions: Counter[str]) -> int:
    changed = 0
    for each in met:
        before, after = _placed(each, placing)
        count = each.disputes.count(",") + 1
        comparing.add(each.region, before, after, count)
        versions[each.stored.version] += count
        changed += count if changes(before, after) else 0
    return changed


def _changed(met: Sequence[Met], placing: Placing, wanted: frozenset[Change]) -> list[tuple[UUID, Met]]:
    found = [
        (UUID(key), each)
        for each in met
        if not wanted.isdisjoint(changes(*_placed(each, placing)))
        for key in each.disputes.split(",")
    ]
    return sorted(found, key=lambda entry: entry[0])


def _placed(met: Met, placing: Placing) -> tuple[Answer, Answer]:
    before = placing.placed(stored_answer(met.stored), met.region)
    return before, placing.placed(met.after, met.region)


async def _cases(
    desk: Desk, asking: Asking, placing: Placing, keys: Sequence[UUID]
) -> tuple[ChangedCase, ...]:
    """The disputes of some keys, in their order, with both explanations."""
    if not keys:
        return ()
    query = single_query((*asking.values, "disputes"), desk.database.dialect)
    values = {**asking.values, "disputes": keys}
    rows = await desk.database.fetch(
        lambda: singles(query, values, BEFORE_ALL, keys[-1]), several=False, slow=True
    )
    found = await asyncio.to_thread(lambda: [_case(single(row), asking, placing) for row in rows])
    return tuple(sorted(found, key=lambda case: case.dispute))


def _case(found: Single, asking: Asking, placing: Placing) -> ChangedCase:
    router = asking.simulator.router
    routing = found.routing(router, reread=asking.reread)
    before = placing.placed(stored_answer(found.stored), found.region)
    after = placing.placed(answer_of(routing.decision), found.region)
    return ChangedCase(
        dispute=UUID(found.dispute),
        number=found.number,
        title=masked_text(found.title),
        region=found.region,
        changes=changes(before, after),
        before=before,
        after=after,
        explained_before={Language(key): tuple(said) for key, said in found.explanation.items()},
        explained_after=_explained(router, routing, after),
    )


def _explained(router: Router, routing: Routing, after: Answer) -> Mapping[Language, tuple[str, ...]]:
    # Where nobody carries the lead function, that is what has to be said.
    reason = TriageReason(after.triage_reason) if after.triage_reason else None
    shown = replace(routing, decision=replace(routing.decision, triage_reason=reason))
    return {language: router.explain(shown, language) for language in Language}


async def _decided_by(desk: Desk, simulator: Simulator, versions: Mapping[str, int]) -> tuple[DecidedBy, ...]:
    async with desk.database.read() as connection:
        found = [(await version_of(connection, UUID(key)), count) for key, count in versions.items()]
    made = [
        DecidedBy(
            version.policy_key, version.number, count, version.lexicon_checksum == simulator.lexicon_checksum
        )
        for version, count in found
    ]
    return tuple(sorted(made, key=lambda each: (each.policy_key, -each.number)))
