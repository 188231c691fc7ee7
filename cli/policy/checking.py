"""`lianxi policy check`: is a policy fit to be published, and do its rules do what they seem to?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from casework.civil import civil_day
from casework.desk import Desk
from casework.draft import OPEN_TO_EDITS
from casework.policy_list import DraftHead
from casework.review import CheckDraft, check_draft, surroundings_of
from cli.desk import at_desk
from cli.policy.naming import Named, is_file, policy_named, policy_of_file
from cli.policy.printing import print_json
from cli.policy.steps import actor_named, value_of
from cli.speech import LANGUAGE, Exit, Stop, harmless, tell
from db.tables.policy import PolicyDraft
from rules.analysis.findings import FindingKind, Severity
from rules.analysis.names import Names
from rules.document import policy_document
from rules.examination import Surroundings, examination, failing, findings_of, flaws_of
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import Policy

MOST_WARNINGS = 50

Report = Mapping[str, Any]


def check(name: str, account: str | None, *, as_json: bool) -> None:
    """Say what is in a policy and what there is to mend. The report about a draft is kept with it. Raises
    Stop, with FINDINGS for a policy with errors or with cases that fail."""
    if is_file(name):
        policy = policy_of_file(name)
        report: Report = examination(policy_document(policy), _without_database())
    else:
        policy, report = at_desk(lambda desk: _at_desk(desk, name, account))
    if as_json:
        print_json({"policy": policy.key, "version": policy.version, **report})
    else:
        _tell(policy, report)
    if report["errors"] or failing(report):
        raise Stop(Exit.FINDINGS, "")


def _without_database() -> Surroundings:
    """What a file is checked against: the functions and conferences that the product knows, no place."""
    return Surroundings(FUNCTIONS, CONFERENCE_DOMAINS, None, (), civil_day(datetime.now(UTC)))


async def _at_desk(desk: Desk, name: str, account: str | None) -> tuple[Policy, Report]:
    found = await policy_named(desk, name)
    if found.draft is not None and found.draft.state in OPEN_TO_EDITS:
        return found.policy, await _checked(desk, found.draft, account)
    return found.policy, examination(policy_document(found.policy), await _surroundings(desk, found))


async def _checked(desk: Desk, draft: DraftHead, account: str | None) -> Report:
    request = CheckDraft(draft.id, draft.version)
    value_of(await check_draft(desk, actor_named(account), request))
    async with desk.database.read() as connection:
        kept = await connection.execute(select(PolicyDraft.report).where(PolicyDraft.id == draft.id))
        report: Report = kept.scalar_one()
        return report


async def _surroundings(desk: Desk, found: Named) -> Surroundings:
    """What a version is checked against, or a draft that is not open to edits."""
    city = found.version.city if found.version else found.draft.city if found.draft else ""
    async with desk.database.read() as connection:
        return await surroundings_of(desk, connection, found.policy.key, city)


def _tell(policy: Policy, report: Report) -> None:
    """The errors, or else what is in the policy, one line for each of the first warnings, and the cases."""
    for flaw in flaws_of(report):
        print(harmless(flaw.message(LANGUAGE)))
    if report["errors"]:
        print(tell("policy.flawed", count=report["counts"]["errors"]))
        return
    print(
        tell(
            "policy.sound",
            policy=policy.key,
            version=policy.version,
            base=len(policy.base_rules()),
            overlays=len(policy.overlay_rules()),
            terms=len(policy.lexicon.terms),
        )
    )
    _warn(policy, report)
    tell_cases(report["cases"])


def _warn(policy: Policy, report: Report) -> None:
    """One line for each of the first warnings, and how many there are beyond."""
    names = Names(LANGUAGE, policy)
    warnings = [finding for finding in findings_of(report) if finding.severity is Severity.WARNING]
    for finding in warnings[:MOST_WARNINGS]:
        print(tell("policy.warning", finding=finding.say(LANGUAGE, names)))
    if len(warnings) > MOST_WARNINGS:
        print(tell("policy.more_warnings", count=len(warnings) - MOST_WARNINGS))
    if ordered := report["counts"]["findings"].get(FindingKind.ORDER_DECIDES):
        print(tell("policy.order_decides", count=ordered))


def tell_cases(cases: Sequence[Mapping[str, Any]]) -> None:
    """How the cases fared: the failing ones by name, with what came out otherwise and why."""
    failed = [case for case in cases if not case["passed"]]
    for case in failed:
        told = "; ".join(tell("policy.case.difference", **difference) for difference in case["differences"])
        print(tell("policy.case.failed", case=case["name"], differences=told))
        if case.get("problem"):
            print(harmless(case["problem"]))
    if failed:
        print(tell("policy.cases_failed", total=len(cases), failed=len(failed)))
    elif cases:
        print(tell("policy.cases_passed", passed=len(cases)))
    else:
        print(tell("policy.no_cases"))
