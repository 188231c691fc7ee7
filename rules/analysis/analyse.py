"""Analyse the base rows of a policy: which never decide, which contradict each other, what falls through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rules.analysis.boxes import Box, TooManyBoxes, both, boxes_of
from rules.analysis.columns import Columns
from rules.analysis.findings import Analysis, Finding, FindingKind
from rules.analysis.search import OutOfWork, Space, Work
from rules.index import bits
from rules.model import Facts, FieldKind, Outcome, Policy, Rule, conditions_of

STEPS = 2_000_000
"""Steps of work for one analysis. A step takes from 5 us (5,000 rows) to 50 us (50,000 rows)."""
PAIRS = 20_000
"""How many contradictions are told before the rest is left open."""
STEPS_A_QUESTION = 2_000
"""Steps for one question, such as whether one row can ever decide: a hard row leaves work for others."""
_MOST_BITS = 500_000_000  # of all masks: 60 MB, and some seconds to make them


def analyse(
    policy: Policy, steps: int = STEPS, steps_a_question: int = STEPS_A_QUESTION, pairs: int = PAIRS
) -> Analysis:
    """Everything found in the base rows of a policy that `check` passes. Pure; the same policy and steps give
    the same findings in the same order. What costs too many steps is named, and the analysis incomplete."""
    rules = policy.base_rules()
    try:
        table = _table(policy, rules)
    except TooManyBoxes as error:
        return Analysis((Finding(FindingKind.INCOMPLETE, (error.rule,)),), False)
    if table is None:
        return Analysis((Finding(FindingKind.INCOMPLETE, tuple(rule.id for rule in rules)),), False)
    asking = _Asking(rules, table, Work(steps, steps_a_question), pairs)
    found = [
        *asking.gap(),
        *asking.never_first(),
        *asking.contradictions(),
        *asking.never_produced(),
        *asking.order_decides(),
        *asking.left_open(),
    ]
    order = {kind: at for at, kind in enumerate(FindingKind)}
    findings = tuple(sorted(found, key=lambda finding: order[finding.kind]))
    incomplete = {FindingKind.INCOMPLETE, FindingKind.INCOMPLETE_GAP}
    return Analysis(findings, not any(finding.kind in incomplete for finding in findings))


@dataclass(frozen=True, slots=True)
class _Table:
    """The boxes of all rows in one space: row `at` has the boxes from `starts[at]` to `starts[at + 1]`."""

    space: Space
    starts: Sequence[int]
    owners: Sequence[int]

    def boxes(self, at: int) -> range:
        return range(self.starts[at], self.starts[at + 1])

    def mask(self, at: int) -> int:
        return self.before(at + 1) & ~self.before(at)

    def before(self, at: int) -> int:
        """The boxes of all rows in front of this one."""
        return (1 << self.starts[at]) - 1

    def rows(self, boxes: int) -> Iterator[int]:
        """The rows that the boxes are of, in order."""
        for owner, _ in groupby(self.owners[box] for box in bits(boxes)):
            yield owner


def _table(policy: Policy, rules: Sequence[Rule]) -> _Table | None:
    """The rows as boxes; None where they take too much memory. Raises TooManyBoxes."""
    columns = Columns(policy)
    boxes, owners, starts = [], [], [0]
    for at, rule in enumerate(rules):
        own = boxes_of(rule, columns)
        boxes.extend(own)
        owners.extend([at] * len(own))
        starts.append(len(boxes))
    if len(boxes) * sum(len(column.values) for column in columns.all) > _MOST_BITS:
        return None
    return _Table(Space(columns, boxes), starts, owners)


@dataclass(slots=True)
class _Asking:
    rules: Sequence[Rule]
    table: _Table
    work: Work
    most_pairs: int
    dead: set[int] = field(default_factory=set, init=False)  # rows that never decide
    undecided: set[int] = field(default_factory=set, init=False)

    def never_first(self) -> Iterator[Finding]:
        """Rows that never hold, or never before another one does."""
        for at, rule in enumerate(self.rules):
            if not self.table.boxes(at):
                self.dead.add(at)
                yield Finding(FindingKind.UNSATISFIABLE, (rule.id,))
                continue
            met: set[int] = set()
            try:
                covered = self._covered(at, self.table.before(at), met)
            except OutOfWork:
                self.undecided.add(at)
                continue
            if covered:
                self.dead.add(at)
                yield self._shadow(at, met)

    def _covered(self, at: int, among: int, met: set[int] | None = None) -> bool:
        """Whether every point of the row lies in one of these boxes. Raises OutOfWork."""
        space = self.table.space
        self.work.ask()
        return all(
            space.escape(space.boxes[box], among, self.work, met) is None for box in self.table.boxes(at)
        )

    def _shadow(self, at: int, met: set[int]) -> Finding:
        """What is in the way of a row that never decides: one earlier row, or else several together."""
        space = self.table.space
        plainest = space.boxes[self.table.starts[at]]
        witness = space.columns.facts(space.point(plainest))
        together = sorted({self.table.owners[box] for box in met})
        try:
            # A row that holds wherever this one does also holds at its plainest point.
            holding = self.table.rows(space.hits(plainest, self.table.before(at)))
            over = [each for each in holding if self._covered(at, self.table.mask(each))]
            same = [
                each
                for each in over
                if self.rules[each].outcome == self.rules[at].outcome
                and self._covered(each, self.table.mask(at))
            ]
        except OutOfWork:
            self.undecided.add(at)
            return self._finding(FindingKind.SHADOWED_TOGETHER, [at, *together], witness)
        if same:
            return self._finding(FindingKind.DUPLICATE, [at, same[0]], witness)
        if over:
            return self._finding(FindingKind.SHADOWED, [at, over[0]], witness)
        return self._finding(FindingKind.SHADOWED_TOGETHER, [at, *together], witness)

    def contradictions(self) -> Iterator[Finding]:
        """Pairs of rows of one priority and different outcomes that can both hold."""
        outcomes = self._boxes_by_outcome()
        start = 0
        pairs = 0
        for at, rule in enumerate(self.rules):
            if rule.priority != self.rules[start].priority:
                start = at
            rivals = self.table.before(at) & ~self.table.before(start) & ~outcomes[rule.outcome]
            if not rivals:
                continue
            for each, witness in self._meeting(at, rivals):
                if pairs == self.most_pairs:
                    self.undecided.add(at)
                    break
                pairs += 1
                yield self._finding(FindingKind.CONTRADICTION, [at, each], witness)

    def order_decides(self) -> Iterator[Finding]:
        """Rows that can hold together with a row of smaller priority and another outcome: with the first."""
        outcomes = self._boxes_by_outcome()
        start = 0
        for at, rule in enumerate(self.rules):
            if rule.priority != self.rules[start].priority:
                start = at
            rivals = self.table.before(start) & ~outcomes[rule.outcome]
            if rivals and at not in self.dead and conditions_of(rule):
                for each, witness in self._meeting(at, rivals):
                    yield self._finding(FindingKind.ORDER_DECIDES, [at, each], witness)
                    break

    def gap(self) -> Iterator[Finding]:
        """Facts that meet no row, or only the one without conditions."""
        default = next((at for at, rule in enumerate(self.rules) if not conditions_of(rule)), None)
        among = self.table.space.every if default is None else self.table.before(default)
        kind = FindingKind.GAP if default is None else FindingKind.GAP_DEFAULT
        rows = [] if default is None else [default]
        self.work.ask()
        try:
            region = self.table.space.escape({}, among, self.work)
        except OutOfWork:
            yield self._finding(FindingKind.INCOMPLETE_GAP, rows)
            return
        if region is not None:
            yield self._finding(kind, rows, self._telling_gap(among) or self._facts(region))

    def _telling_gap(self, among: int) -> Facts | None:
        """A gap in which every fact of one value is known: that says more than one of which nothing is."""
        columns = self.table.space.columns
        known = {
            at: column.every & ~1
            for at, column in enumerate(columns.all)
            if columns.kinds[column.field] is not FieldKind.CHOICES
        }
        self.work.ask()
        try:
            region = self.table.space.escape(known, among, self.work)
        except OutOfWork:
            return None
        return None if region is None else self._facts(region)

    def never_produced(self) -> Iterator[Finding]:
        """Functions that rows lead to, none of which can decide."""
        rows_by_lead: dict[str, list[int]] = {}
        for at, rule in enumerate(self.rules):
            if rule.outcome.lead is not None:
                rows_by_lead.setdefault(rule.outcome.lead, []).append(at)
        for lead, rows in rows_by_lead.items():
            if self.dead.issuperset(rows):
                ids = tuple(self.rules[at].id for at in rows)
                yield Finding(FindingKind.NEVER_PRODUCED, ids, function=lead)

    def left_open(self) -> Iterator[Finding]:
        """The rows that cost too much work."""
        if self.undecided:
            yield self._finding(FindingKind.INCOMPLETE, sorted(self.undecided))

    def _meeting(self, at: int, among: int) -> Iterator[tuple[int, Facts]]:
        """The rows of `among` that can hold together with this one, in order, with facts that show it."""
        space = self.table.space
        own = [space.boxes[box] for box in self.table.boxes(at)]
        meeting = 0
        for box in own:
            meeting |= space.meets(box, among)
        for each in self.table.rows(meeting):
            others = (space.boxes[other] for other in self.table.boxes(each))
            shared = (both(box, other) for other in others for box in own)
            yield each, self._facts(next(region for region in shared if region is not None))

    def _boxes_by_outcome(self) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        for at, rule in enumerate(self.rules):
            found[rule.outcome] = found.get(rule.outcome, 0) | self.table.mask(at)
        return found

    def _facts(self, region: Box) -> Facts:
        return self.table.space.columns.facts(self.table.space.point(region))

    def _finding(self, kind: FindingKind, rows: Sequence[int], witness: Facts | None = None) -> Finding:
        return Finding(kind, tuple(self.rules[at].id for at in rows), witness)
