"""Make a policy of decision tables; `rules.dmn.columns` says how they have to look.

A single-hit table becomes base rules that decide the same for every input: under FIRST as they stand, under
UNIQUE and ANY too (where several rows hold, they say the same, or the table allows no answer), under PRIORITY
in the order of the output values. A cell that asks for one of several things which no condition can say
together becomes several rows with one outcome. The default output becomes a last row without conditions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rules.dmn.flaw_list import FlawList
from rules.dmn.policy_fields import PolicyFields
from rules.dmn.policy_rows import Row, TableRows
from rules.dmn.table import MOST_RULES, DecisionTable, HitPolicy, Model
from rules.flaws import Flaw
from rules.lexicon import Lexicon
from rules.model import Policy, RuleKind

_SINGLE = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY)
_STEP = 10  # between the priorities of new rows, so that one more fits between
_WHOLE = re.compile(r"\d{1,9}")
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,18})?(e-\d{1,3})?")


@dataclass(frozen=True, slots=True)
class DrawnPolicy:
    """A policy and the rows of the tables that its rules come from, one for each rule."""

    policy: Policy
    rows: Sequence[Row]
    file: str

    def placed(self, flaw: Flaw) -> Flaw:
        """What is wrong with a rule, with the line, the row and the column that it was drawn in."""
        section, _, rest = flaw.path.partition(".")
        number, _, part = rest.partition(".")
        if section != "rules" or not number.isdigit() or int(number) >= len(self.rows):
            return replace(flaw, file=self.file)
        row = self.rows[int(number)]
        section, _, rest = part.partition(".")
        column = rest if section == "outcome" else section
        if section == "conditions" and rest.isdigit():
            column = row.rule.conditions[int(rest)].field
        return replace(flaw, path=f"{row.drawn} {column}".strip(), file=self.file, line=row.line)


def drawn_policy(model: Model, keep: Policy | None = None) -> DrawnPolicy:
    """The policy of a model. `keep` is the policy that the file changes: its key, version, lexicon, cases and
    fields stay where the file does not say otherwise. What the policy says is not checked (`rules.check`).
    Raises PackError with every flaw."""
    flaws = FlawList(model.file)
    fields = PolicyFields(model, keep, flaws)
    rows: dict[RuleKind, list[Row]] = {}
    for decision in model.decisions:
        table = decision.logic
        if not isinstance(table, DecisionTable):
            flaws.note("no_policy_logic", decision.name, decision.line)
            continue
        kind = RuleKind.BASE if table.hit_policy in _SINGLE else RuleKind.OVERLAY
        if kind in rows:
            flaws.note("several_tables", decision.name, decision.line)
        rows[kind] = TableRows(decision, table, kind, fields, flaws).read()
    if RuleKind.BASE not in rows:
        flaws.note("no_base_table", "", 1)
    placed = _placed(rows.get(RuleKind.BASE, []), rows.get(RuleKind.OVERLAY, []))
    if len(placed) > MOST_RULES:
        flaws.note("too_many", "", 1, element="rule", limit=str(MOST_RULES))
    extra = model.extra
    for name, form in (("version", _WHOLE), ("triageBelow", _DECIMAL)):
        if name in extra and not form.fullmatch(extra[name]):
            flaws.note("bad_extra", "", 1, attribute=name)
    flaws.stop()
    title = model.name or (keep.title if keep else model.id)
    policy = Policy(
        key=extra.get("key") or (keep.key if keep else model.id or title),
        version=int(extra["version"]) if "version" in extra else keep.version if keep else 1,
        title=model.name if "key" in extra else title,
        title_en=extra.get("titleEn", keep.title_en if keep else title),
        fields=fields.fields(),
        rules=tuple(row.rule for row in placed),
        lexicon=keep.lexicon if keep else Lexicon(),
        triage_below=(
            float(extra["triageBelow"]) if "triageBelow" in extra else keep.triage_below if keep else 0.0
        ),
        cases=keep.cases if keep else (),
    )
    return DrawnPolicy(policy, placed, model.file)


def _placed(base: Sequence[Row], overlays: Sequence[Row]) -> tuple[Row, ...]:
    """The rows in the policy's order: as the file carries it while the tables are in that order still, and
    else as they stand in the tables, numbered anew."""
    carried = [_carried(base), _carried(overlays)]
    if all(each is not None for each in carried):
        placed = [pair for each in carried if each is not None for pair in each]
        if len({place for place, _ in placed}) == len(placed):
            return tuple(row for _, row in sorted(placed, key=lambda pair: pair[0]))
    return tuple(
        replace(row, rule=replace(row.rule, priority=at * _STEP))
        for rows in (base, overlays)
        for at, row in enumerate(rows, 1)
    )


def _carried(rows: Sequence[Row]) -> list[tuple[int, Row]] | None:
    """The rows with their places, if all have one and stand in the order of priority and place."""
    found: list[tuple[int, int, Row]] = []
    for row in rows:
        if row.priority is None or row.place is None:
            return None
        found.append((row.priority, row.place, row))
    if any(one[:2] >= other[:2] for one, other in pairwise(found)):
        return None
    return [
        (place, replace(row, rule=replace(row.rule, priority=priority))) for priority, place, row in found
    ]
