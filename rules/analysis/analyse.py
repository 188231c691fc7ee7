"""What the base rows of a policy do to each other: which never decide, which contradict, where gaps are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rules.analysis.boxes import both
from rules.analysis.findings import Finding, FindingKind
from rules.analysis.table import Table, table_of
from rules.analysis.work import Limit, OutOfWork, Work
from rules.model import Facts, Policy, conditions_of


@dataclass(frozen=True, slots=True)
class Budget:
    """What an analysis may cost. A step is a look at one mask of 8,000 boxes, or as much work: some 0.5 us.
    What costs more is named, and the analysis incomplete."""

    steps: int = 2_000_000
    """In all, however few rows there are."""
    a_row: int = 700
    """More steps for each row."""
    each: int = 50_000
    """For one question, such as whether one row can ever decide: a hard row leaves work for others."""
    pairs: int = 20_000
    """How many contradictions are told."""

    def of(self, rows: int) -> int:
        """The steps for so many rows."""
        return self.steps + self.a_row * rows


BUDGET = Budget()


def base_findings(
    policy: Policy, lineages: Sequence[frozenset[str]] = (), budget: Budget = BUDGET
) -> Iterator[Finding]:
    """Everything found in the base rows of a policy that `check` passes. Pure; the same policy and budget
    give the same findings in the same order. `lineages` are the places that there are, if that is known."""
    table = table_of(policy.fields, policy.base_rules(), lineages)
    asking = _Asking(table)
    part = budget.of(len(table.rules)) // 4
    gap = Work(part, part)
    yield from asking.gap(gap)
    pairs = Work(part, budget.each)
    yield from asking.contradictions(pairs, budget.pairs)
    # The rows that never decide are the hardest to find: they get what the others have left.
    never = Work(part + gap.left + pairs.left, budget.each)
    yield from asking.never_first(never)
    yield from asking.never_produced()
    yield from asking.order_decides(Work(part + never.left, budget.each))
    yield from left_open(table, asking.undecided)


def left_open(table: Table, undecided: dict[int, Limit]) -> Iterator[Finding]:
    """The rows that cost too much, by the limit that they met."""
    limits = undecided | table.left_out
    for limit in Limit:
        rows = tuple(table.rules[at].id for at in sorted(limits) if limits[at] is limit)
        if rows:
            yield Finding(FindingKind.INCOMPLETE, rows, limit=limit)


@dataclass(slots=True)
class _Asking:
    table: Table
    dead: set[int] = field(default_factory=set, init=False)  # rows that never decide
    undecided: dict[int, Limit] = field(default_factory=dict, init=False)

    def never_first(self, work: Work) -> Iterator[Finding]:
        """Rows that never hold, or never before another one does."""
        table = self.table
        for at, rule in enumerate(table.rules):
            if at in table.left_out:
                continue
            if not table.boxes(at):
                self.dead.add(at)
                yield Finding(FindingKind.UNSATISFIABLE, (rule.id,))
                continue
            met: set[int] = set()
            work.ask()
            try:
                covered = table.covered(at, table.before(at), work, met)
            except OutOfWork as error:
                self.undecided[at] = error.limit
                continue
            if covered:
                self.dead.add(at)
                yield self._shadow(at, met, work)

    def _shadow(self, at: int, met: set[int], work: Work) -> Finding:
        """What is in the way of a row that never decides: one earlier row, or else several together."""
        table = self.table
        witness = table.facts(table.plainest(at))
        together = sorted({table.owners[box] for box in met})
        work.ask()
        try:
            first, same = self._over(at, work)
        except OutOfWork as error:
            self.undecided[at] = error.limit
            return self._finding(FindingKind.SHADOWED_TOGETHER, [at, *together], witness)
        if same is not None:
            return self._finding(FindingKind.DUPLICATE, [at, same], witness)
        if first is not None:
            return self._finding(FindingKind.SHADOWED, [at, first], witness)
        return self._finding(FindingKind.SHADOWED_TOGETHER, [at, *together], witness)

    def _over(self, at: int, work: Work) -> tuple[int | None, int | None]:
        """Of the rows in front the first that holds wherever this one does, and the first that is the same.
        Raises OutOfWork."""
        table = self.table
        first = None
        for each in table.candidates(at, table.before(at), work):
            alike = table.outcomes[each] == table.outcomes[at]
            if (first is not None and not alike) or not table.within(at, each, work):
                continue
            if first is None:
                first = each
            if alike and table.within(each, at, work):
                return first, each
        return first, None

    def contradictions(self, work: Work, most_pairs: int) -> Iterator[Finding]:
        """Pairs of rows of one priority and different outcomes that can both hold."""
        rules, outcomes = self.table.rules, self.table.by_outcome()
        start = 0
        pairs = 0
        for at, rule in enumerate(rules):
            if rule.priority != rules[start].priority:
                start = at
            rivals = self.table.before(at) & ~self.table.before(start) & ~outcomes[self.table.outcomes[at]]
            if not rivals:
                continue
            work.ask()
            try:
                for each, witness in self._meeting(at, rivals, work):
                    if pairs == most_pairs:
                        raise OutOfWork(Limit.PAIRS)
                    pairs += 1
                    yield self._finding(FindingKind.CONTRADICTION, [at, each], witness)
            except OutOfWork as error:
                self.undecided[at] = error.limit

    def order_decides(self, work: Work) -> Iterator[Finding]:
        """Rows that can hold together with a row of smaller priority and another outcome: with the first."""
        rules, outcomes = self.table.rules, self.table.by_outcome()
        start = 0
        for at, rule in enumerate(rules):
            if rule.priority != rules[start].priority:
                start = at
            rivals = self.table.before(start) & ~outcomes[self.table.outcomes[at]]
            if not rivals or at in self.dead or not conditions_of(rule):
                continue
            work.ask()
            try:
                for each, witness in self._meeting(at, rivals, work):
                    yield self._finding(FindingKind.ORDER_DECIDES, [at, each], witness)
                    break
            except OutOfWork as error:
                self.undecided[at] = error.limit

    def gap(self, work: Work) -> Iterator[Finding]:
        """Facts that meet no row, or only the one without conditions."""
        table = self.table
        default = next((at for at, rule in enumerate(table.rules) if not conditions_of(rule)), None)
        kind = FindingKind.GAP if default is None else FindingKind.GAP_DEFAULT
        rows = () if default is None else (table.rules[default].id,)
        before = len(table.rules) if default is None else default
        missing = next((limit for at, limit in table.left_out.items() if at < before), None)
        work.ask()
        try:
            if missing:
                raise OutOfWork(missing)
            region = table.space.escape({}, table.before(before), work)
        except OutOfWork as error:
            yield Finding(FindingKind.INCOMPLETE_GAP, rows, limit=error.limit)
            return
        if region is not None:
            telling = self._telling_gap(table.before(before), work)
            yield Finding(kind, rows, table.facts(region) if telling is None else telling)

    def _telling_gap(self, among: int, work: Work) -> Facts | None:
        """A gap in which every fact of one value is known: that says more than one of which nothing is."""
        columns = self.table.space.columns
        known = {at: column.every & ~1 for at, column in enumerate(columns.all) if column.word is None}
        work.ask()
        try:
            region = self.table.space.escape(known, among, work)
        except OutOfWork:
            return None
        return None if region is None else self.table.facts(region)

    def never_produced(self) -> Iterator[Finding]:
        """Functions that rows lead to, none of which can decide."""
        rows_by_lead: dict[str, list[int]] = {}
        for at, rule in enumerate(self.table.rules):
            if rule.outcome.lead is not None:
                rows_by_lead.setdefault(rule.outcome.lead, []).append(at)
        for lead, rows in rows_by_lead.items():
            if self.dead.issuperset(rows):
                ids = tuple(self.table.rules[at].id for at in rows)
                yield Finding(FindingKind.NEVER_PRODUCED, ids, function=lead)

    def _meeting(self, at: int, among: int, work: Work) -> Iterator[tuple[int, Facts]]:
        """The rows of `among` that can hold together with this one, in order, with facts that show it. Raises
        OutOfWork."""
        table = self.table
        own = [table.space.boxes[box] for box in table.boxes(at)]
        meeting = 0
        for box in own:
            meeting |= table.space.meets(box, among, work)
        for each in table.rows(meeting):
            others = [table.space.boxes[other] for other in table.boxes(each)]
            work.take(8 + 2 * len(others) * len(own))
            shared = (both(box, other) for other in others for box in own)
            yield each, table.facts(next(region for region in shared if region is not None))

    def _finding(self, kind: FindingKind, rows: Sequence[int], witness: Facts) -> Finding:
        return Finding(kind, tuple(self.table.rules[at].id for at in rows), witness)
