"""`lianxi policy test`: the cases kept with a policy, or a decision model with a file of test cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.civil import civil_day
from casework.desk import Desk
from cli.desk import at_desk
from cli.output import reading
from cli.policy.checking import tell_cases
from cli.policy.naming import is_file, policy_named, policy_of_file, refused
from cli.policy.printing import print_json
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.dmn.cases import CaseResult, read_cases, run_cases
from rules.dmn.reader import read_model
from rules.examination import case_document
from rules.flaws import PackError
from rules.kept_cases import run_cases as run_kept_cases
from rules.model import Policy
from rules.router import Router
from rules.territory import Directory

Cases = Sequence[Mapping[str, Any]]
"""The results of cases as plain data: name, passed, differences; those of a decision model have the problem
that kept it from answering, too."""


def test(name: str, cases: Path | None, *, as_json: bool) -> None:
    """Run the cases and say which fail. Raises Stop, with FINDINGS when one does."""
    if cases is not None:
        results = _of_model(name, str(cases))
    elif is_file(name):
        results = _kept(policy_of_file(name), None)
    else:
        results = at_desk(lambda desk: _at_desk(desk, name))
    passed = sum(result["passed"] for result in results)
    if as_json:
        print_json({"name": name, "passed": passed, "failed": len(results) - passed, "cases": results})
    else:
        tell_cases(results)
    if passed < len(results):
        raise Stop(Exit.FINDINGS, "")


async def _at_desk(desk: Desk, name: str) -> Cases:
    policy = (await policy_named(desk, name)).policy
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
    return _kept(policy, directory.tree)


def _kept(policy: Policy, directory: Directory | None) -> Cases:
    today = civil_day(datetime.now(UTC))
    results = run_kept_cases(policy, Router(policy), directory=directory, today=today)
    return [case_document(result) for result in results]


def _of_model(model: str, cases: str) -> Cases:
    """The results of a file of cases for a decision model. Raises Stop."""
    try:
        with reading(model) as model_file, reading(cases) as cases_file:
            tables = read_model(model_file.read(), model)
            return [_document(result) for result in run_cases(tables, read_cases(cases_file.read(), cases))]
    except PackError as error:
        raise refused(error) from None


def _document(result: CaseResult) -> dict[str, Any]:
    difference = {"entry": result.decision, "expected": result.expected, "found": result.found}
    return {
        "name": tell("policy.case.of_model", case=result.case, decision=result.decision),
        "case": result.case,
        "decision": result.decision,
        "passed": result.passed,
        "expected": result.expected,
        "found": result.found,
        "differences": [] if result.passed else [difference],
        "problem": result.problem.message(LANGUAGE) if result.problem else None,
    }
