"""`lianxi policy simulate`: what a policy would change, of stored disputes or of a file of complaints."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from casework.civil import CHINA, civil_day
from casework.desk import Desk
from casework.simulation.asking import Simulator
from casework.simulation.report import ChangedCase, ChangedCases, Simulation
from casework.simulation.run import changed_cases
from casework.simulation.run import simulate as simulate_stored
from casework.simulation.statement import SimulationFilter
from cli.desk import at_desk
from cli.lines import BadLine, complaint, lines
from cli.output import reading
from cli.policy.naming import is_file, named, policy_named, policy_of_file
from cli.policy.printing import print_json, print_table
from cli.policy.steps import day_of
from cli.progress import Bar
from cli.route import LINES_A_STEP, context_of, size_of
from cli.speech import LANGUAGE, Exit, Stop, tell
from db.tables.unit import Unit
from rules.model import Policy
from rules.phrase import Phrases
from rules.router import Router
from rules.simulation import MOVES, Answer, Compared, Comparer, Comparing, answer_of
from wording.catalogue import Language

MOST_ROWS = 30
"""How many flows and regions a table shows; --json has all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be simulated: the policy, and either a file (and what to compare with) or which disputes.
    `moved` is how many of those that would go elsewhere are listed."""

    name: str
    against: str | None
    file: str | None
    regions: tuple[str, ...]
    since: str | None
    until: str | None
    reread: bool
    moved: int


def simulate(asked: Asked, *, as_json: bool) -> None:
    """Say what would change. Raises Stop."""
    if asked.file is not None:
        _of_file(asked, asked.file, as_json=as_json)
        return
    if asked.against is not None:
        raise Stop(Exit.USAGE, tell("policy.against_file_only"))
    found, cases, units = at_desk(lambda desk: _of_disputes(desk, asked))
    if as_json:
        print_json({**found.document(), "cases": [_case_document(case) for case in cases.cases]})
        return
    if found.read_otherwise:
        print(tell("policy.read_otherwise", count=found.read_otherwise))
    _tell(found.document(), units)
    for case in cases.cases:
        print(tell("policy.moved_case", number=case.number, title=case.title))
        for key, said in (("was", case.explained_before), ("is", case.explained_after)):
            print(tell(f"policy.moved_{key}", said=" ".join(said.get(LANGUAGE, ()))))


async def _of_disputes(desk: Desk, asked: Asked) -> tuple[Simulation, ChangedCases, Mapping[str, str]]:
    scope = _scope(asked)
    policy = (await policy_named(desk, asked.name)).policy
    simulator = await asyncio.to_thread(Simulator, policy, desk.database.dialect)
    with Bar(tell("policy.simulating")) as bar:
        found = await simulate_stored(desk, simulator, scope, reread=asked.reread, progress=bar.show)
    cases = ChangedCases((), False)
    if asked.moved:
        cases = await changed_cases(
            desk,
            simulator,
            scope,
            reread=asked.reread,
            wanted=MOVES,
            first=asked.moved,
            stretches=found.stretches,
        )
    return found, cases, await _unit_names(desk)


def _scope(asked: Asked) -> SimulationFilter:
    since, until = day_of(asked.since), day_of(asked.until)
    return SimulationFilter(
        region_codes=asked.regions or None,
        received_from=_start_of(since) if since else None,
        received_to=_start_of(until + timedelta(days=1)) if until else None,
    )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


async def _unit_names(desk: Desk) -> Mapping[str, str]:
    name = Unit.name if LANGUAGE is Language.ZH else Unit.name_en
    async with desk.database.read() as connection:
        rows = (await connection.execute(select(Unit.code, name))).all()
        return {row.code: row[1] for row in rows}


def _of_file(asked: Asked, file: str, *, as_json: bool) -> None:
    """Compare two policies over the complaints of a file: no unit is known, so functions lead."""
    after, before = _both(asked)
    routers = Router(before), Router(after)
    comparer, comparing = Comparer(*routers), Comparing()
    moved: list[dict[str, Any]] = []
    bad = 0
    today = civil_day(datetime.now(UTC))
    with reading(file) as source, Bar(tell("policy.simulating")) as bar:
        total = size_of(source)
        for number, position, line in lines(source):
            try:
                told = complaint(line)
            except BadLine as problem:
                bad += 1
                print(tell("route.bad_line", number=number, problem=problem), file=sys.stderr)
                continue
            region = asked.regions[0] if asked.regions else None
            found = comparer.text(told.text, context_of(told, region, today))
            answers = answer_of(found.before.decision), answer_of(found.after.decision)
            comparing.add(told.region or region, *answers)
            if len(moved) < asked.moved and not MOVES.isdisjoint(found.changes):
                moved.append(_moved(told.id if told.id is not None else number, routers, found))
            if number % LINES_A_STEP == 0:
                bar.show(position, total)
    _tell_file(comparing.result().document(), moved, Phrases(after, LANGUAGE), as_json=as_json)
    if bad:
        raise Stop(Exit.FINDINGS, tell("policy.bad_lines", count=bad))


def _both(asked: Asked) -> tuple[Policy, Policy]:
    """The policy and what it is compared with, by default the version in force."""
    after = named(asked.name).policy
    if asked.against is None:
        return after, named(after.key).policy
    return after, policy_of_file(asked.against) if is_file(asked.against) else named(asked.against).policy


def _moved(line: str | int, routers: Sequence[Router], found: Compared) -> dict[str, Any]:
    before, after = routers
    return {
        "id": line,
        "changes": found.changes,
        "before": _answer(answer_of(found.before.decision)),
        "after": _answer(answer_of(found.after.decision)),
        "explained_before": before.explain(found.before, LANGUAGE),
        "explained_after": after.explain(found.after, LANGUAGE),
    }


def _tell_file(
    document: Mapping[str, Any], moved: Sequence[Mapping[str, Any]], phrases: Phrases, *, as_json: bool
) -> None:
    if as_json:
        print_json({**document, "cases": moved})
        return
    leads = {lead for flow in document["flows"] for lead in (flow["before"], flow["after"]) if lead}
    _tell(document, {lead: phrases.function(lead) for lead in leads})
    for case in moved:
        print(tell("policy.moved_case", number=case["id"], title=""))
        for key, said in (("was", case["explained_before"]), ("is", case["explained_after"])):
            print(tell(f"policy.moved_{key}", said=" ".join(said)))


def _tell(document: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """The counts, and tables of who hands over to whom and of the regions where that is."""
    counts = {name: document[name] for name in ("compared", "moved", "changed")}
    print(tell("policy.simulated", **counts))
    triage = tell("policy.to_a_person")

    def lead(code: str | None) -> str:
        return triage if code is None else names.get(code, code)

    flows, regions = document["flows"], [each for each in document["regions"] if each["changed"]]
    if flows:
        rows = ((lead(flow["before"]), lead(flow["after"]), flow["count"]) for flow in flows[:MOST_ROWS])
        print_table(("from", "to", "count"), rows)
    if regions:
        columns = ("region", "compared", "moved", "changed")
        print_table(columns, ([each[name] for name in columns] for each in regions[:MOST_ROWS]))


def _case_document(case: ChangedCase) -> dict[str, Any]:
    return {
        "id": case.dispute,
        "number": case.number,
        "title": case.title,
        "region": case.region,
        "changes": case.changes,
        "before": _answer(case.before),
        "after": _answer(case.after),
        "explained_before": case.explained_before.get(LANGUAGE, ()),
        "explained_after": case.explained_after.get(LANGUAGE, ()),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "lead": answer.lead,
        "co_units": sorted(answer.co_units),
        "conference": answer.conference,
        "flags": sorted(answer.flags),
        "legal_path": answer.legal_path,
        "triage_reason": answer.triage_reason,
        "rule": answer.rule,
    }
