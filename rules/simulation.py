"""Two policies, or two versions of one, compared by what they decide. Pure: who decided what is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.facts_document import facts_document
from rules.model import Decision, Facts
from rules.router import Router, Routing


class Change(StrEnum):
    """In what two answers about one matter differ."""

    LEAD = "lead"  # another one leads
    TO_TRIAGE = "to_triage"  # one leads, then a person has to decide
    FROM_TRIAGE = "from_triage"  # a person had to decide, then one leads
    TRIAGE_REASON = "triage_reason"  # a person decides both times, for another reason
    CO_UNITS = "co_units"
    CONFERENCE = "conference"
    FLAGS = "flags"
    LEGAL_PATH = "legal_path"


MOVES = frozenset({Change.LEAD, Change.TO_TRIAGE, Change.FROM_TRIAGE})
"""Changes with which a matter goes elsewhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a policy makes of one matter. Leads and co-units are units where a directory places them, else
    functions. The order of co-units and flags means nothing."""

    lead: str | None
    co_units: frozenset[str]
    conference: str | None
    flags: frozenset[str]
    legal_path: str | None
    triage_reason: str | None
    rule: str | None


def answer_of(decision: Decision) -> Answer:
    """The answer of a decision, with functions for units."""
    return Answer(
        lead=decision.lead,
        co_units=frozenset(decision.co_functions),
        conference=decision.conference,
        flags=frozenset(decision.flags),
        legal_path=decision.legal_path,
        triage_reason=decision.triage_reason and str(decision.triage_reason),
        rule=decision.rule_id,
    )


def changes(before: Answer, after: Answer) -> tuple[Change, ...]:
    """In what two answers differ, the weightiest first. Another rule with the same outcome is no change."""
    return tuple(_changes(before, after))


def _changes(before: Answer, after: Answer) -> Iterator[Change]:
    if before.lead != after.lead:
        if after.lead is None:
            yield Change.TO_TRIAGE
        else:
            yield Change.FROM_TRIAGE if before.lead is None else Change.LEAD
    elif before.triage_reason != after.triage_reason:
        yield Change.TRIAGE_REASON
    if before.co_units != after.co_units:
        yield Change.CO_UNITS
    if before.conference != after.conference:
        yield Change.CONFERENCE
    if before.flags != after.flags:
        yield Change.FLAGS
    if before.legal_path != after.legal_path:
        yield Change.LEGAL_PATH


@dataclass(frozen=True, slots=True)
class Flow:
    """How many matters go from one lead to another; None is a person who has to decide."""

    before: str | None
    after: str | None
    count: int


@dataclass(frozen=True, slots=True)
class RegionCount:
    """What changes in one region; `region` is None where none is known."""

    region: str | None
    compared: int
    moved: int
    changed: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many matters one base row decides, before and after; `rule` is None where none holds. Of them
    `kept` are the same ones."""

    rule: str | None
    before: int
    after: int
    kept: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What would change. `moved` go elsewhere; `changed` are these and those that differ in anything else.

    Flows, regions and rules stand in the order of their weight: most moved, or most decided, first.
    """

    compared: int
    moved: int
    changed: int
    changes: Mapping[Change, int]
    flows: tuple[Flow, ...]
    regions: tuple[RegionCount, ...]
    rules: tuple[RuleCount, ...]

    def document(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return {
            "compared": self.compared,
            "moved": self.moved,
            "changed": self.changed,
            "changes": {str(change): count for change, count in self.changes.items()},
            "flows": [
                {"before": each.before, "after": each.after, "count": each.count} for each in self.flows
            ],
            "regions": [
                {
                    "region": each.region,
                    "compared": each.compared,
                    "moved": each.moved,
                    "changed": each.changed,
                }
                for each in self.regions
            ],
            "rules": [
                {"rule": each.rule, "before": each.before, "after": each.after, "kept": each.kept}
                for each in self.rules
            ],
        }


@dataclass(slots=True)
class Comparing:
    """Counts answers as they come. Equal pairs may come together, with their number."""

    _pairs: Counter[tuple[str | None, Answer, Answer]] = field(default_factory=Counter)

    def add(self, region: str | None, before: Answer, after: Answer, count: int = 1) -> None:
        """Count so many matters of a region with these answers."""
        self._pairs[region, before, after] += count

    def result(self) -> Comparison:
        """What has been counted."""
        by_change: Counter[Change] = Counter()
        flows: Counter[tuple[str | None, str | None]] = Counter()
        regions: dict[str | None, Counter[str]] = {}
        rules_before: Counter[str | None] = Counter()
        rules_after: Counter[str | None] = Counter()
        rules_kept: Counter[str | None] = Counter()
        total: Counter[str] = Counter()
        for (region, before, after), count in self._pairs.items():
            found = changes(before, after)
            seen = {"compared": count, "changed": count if found else 0, "moved": 0}
            if not MOVES.isdisjoint(found):
                seen["moved"] = count
                flows[before.lead, after.lead] += count
            total.update(seen)
            regions.setdefault(region, Counter()).update(seen)
            by_change.update(dict.fromkeys(found, count))
            rules_before[before.rule] += count
            rules_after[after.rule] += count
            rules_kept[before.rule] += count if before.rule == after.rule else 0
        return Comparison(
            compared=total["compared"],
            moved=total["moved"],
            changed=total["changed"],
            changes={change: by_change[change] for change in Change if by_change[change]},
            flows=tuple(Flow(*leads, count) for leads, count in sorted(flows.items(), key=_most_first)),
            regions=tuple(
                RegionCount(region, seen["compared"], seen["moved"], seen["changed"])
                for region, seen in sorted(
                    regions.items(), key=lambda each: (-each[1]["moved"], -each[1]["changed"], each[0] or "")
                )
            ),
            rules=_rule_counts(rules_before, rules_after, rules_kept),
        )


def _rule_counts(
    before: Counter[str | None], after: Counter[str | None], kept: Counter[str | None]
) -> tuple[RuleCount, ...]:
    """Rules that decide something, those first of which most comes or goes."""
    counts = [
        RuleCount(rule, before[rule], after[rule], kept[rule]) for rule in dict.fromkeys([*before, *after])
    ]
    return tuple(
        sorted(
            counts, key=lambda each: (2 * each.kept - each.before - each.after, -each.after, each.rule or "")
        )
    )


def _most_first(entry: tuple[tuple[str | None, str | None], int]) -> tuple[int, str, str]:
    (before, after), count = entry
    return -count, before or "", after or ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One matter as two policies decide it, with all that explains both."""

    before: Routing
    after: Routing
    changes: tuple[Change, ...]


class Comparer:
    """Decides by two policies. It uses their routers and leaves them to whoever made them."""

    def __init__(self, before: Router, after: Router) -> None:
        self._before, self._after = before, after
        self._read_alike = before.policy.lexicon == after.policy.lexicon

    def text(self, text: str, context: Facts) -> Compared:
        """Decide about a complaint, with the facts that do not stand in it. Takes any text and never fails
        on one."""
        before = self._before.route_text(text, context)
        if self._read_alike:  # to read takes longer than to decide
            after = self._after.replay(facts_document(before.facts), before.confidence)
        else:
            after = self._after.route_text(text, context)
        return _compared(before, after)

    def facts(self, facts: Facts) -> Compared:
        """Decide from facts that a person has established."""
        return _compared(self._before.route_facts(facts), self._after.route_facts(facts))


def _compared(before: Routing, after: Routing) -> Compared:
    return Compared(before, after, changes(answer_of(before.decision), answer_of(after.decision)))
