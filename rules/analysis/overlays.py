"""What the overlay rows of a policy do to each other: which never hold, and which add nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.analysis.analyse import BUDGET, Budget, left_open
from rules.analysis.findings import Finding, FindingKind
from rules.analysis.table import Table, table_of
from rules.analysis.work import Limit, OutOfWork, Work
from rules.model import Outcome, Policy, Rule


def overlay_findings(
    policy: Policy, lineages: Sequence[frozenset[str]] = (), budget: Budget = BUDGET
) -> Iterator[Finding]:
    """Everything found in the overlay rows of a policy that `check` passes."""
    rules = policy.overlay_rules()
    table = table_of(policy.fields, rules, lineages)
    work = Work(budget.of(len(rules)), budget.each)
    undecided: dict[int, Limit] = {}
    for at, rule in enumerate(rules):
        if rule.outcome == Outcome() and not rule.legal_basis:
            yield Finding(FindingKind.OVERLAY_EMPTY, (rule.id,))
        elif at in table.left_out:
            continue
        elif not table.boxes(at):
            yield Finding(FindingKind.UNSATISFIABLE, (rule.id,))
        else:
            work.ask()
            try:
                yield from _redundant(table, at, work)
            except OutOfWork as error:
                undecided[at] = error.limit
    yield from left_open(table, undecided)


def _redundant(table: Table, at: int, work: Work) -> Iterator[Finding]:
    """The overlay adds nothing that another one does not. Of two that are the same the later is told."""
    rules = table.rules
    for each in table.candidates(at, table.space.every, work):
        if each == at or not _adds_all(rules[each], rules[at]) or not table.within(at, each, work):
            continue
        same = _adds_all(rules[at], rules[each]) and table.within(each, at, work)
        if same and each > at:
            continue
        kind = FindingKind.OVERLAY_DUPLICATE if same else FindingKind.OVERLAY_REDUNDANT
        yield Finding(kind, (rules[at].id, rules[each].id), table.facts(table.plainest(at)))
        return


def _adds_all(more: Rule, less: Rule) -> bool:
    """Whether one row adds all that another one does."""
    return (
        set(less.outcome.co_functions) <= set(more.outcome.co_functions)
        and set(less.outcome.flags) <= set(more.outcome.flags)
        and less.outcome.conference in (None, more.outcome.conference)
        and less.outcome.legal_path in (None, more.outcome.legal_path)
        and set(less.legal_basis) <= set(more.legal_basis)
    )
