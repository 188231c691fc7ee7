"""Rules against the directory: functions that nobody carries somewhere, and regions that are not there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.analysis.findings import MOST_KEPT, Finding, FindingKind
from rules.analysis.validity import ended
from rules.model import REGION_FIELD, Policy, Rule
from rules.territory import Directory, lineage, nearest_unit

_OUTSIDE = "other"  # stands for matters outside the environment, which no unit of the directory carries


def staffing_findings(
    policy: Policy, directory: Directory, regions: Collection[str], on: date
) -> Iterator[Finding]:
    """Functions that rows name and that no unit carries in some of the regions where the rows hold, on a day
    or, of rows that begin later, on their first."""
    staff = _Staff(directory, {code: lineage(directory, code) for code in sorted(regions)})
    rules = [rule for rule in policy.rules if not ended(rule, on)]
    named = {
        FindingKind.LEAD_WITHOUT_UNIT: {rule.id: _lead(rule) for rule in rules},
        FindingKind.CO_FUNCTION_WITHOUT_UNIT: {rule.id: rule.outcome.co_functions for rule in rules},
        FindingKind.CANDIDATE_WITHOUT_UNIT: {rule.id: rule.outcome.candidates for rule in rules},
    }
    for kind, functions in named.items():
        missing: dict[str, tuple[list[str], set[str]]] = {}
        for rule in rules:
            for function in functions[rule.id]:
                if found := staff.missing(function, rule, on):
                    ids, places = missing.setdefault(function, ([], set()))
                    ids.append(rule.id)
                    places.update(found)
        for function, (ids, places) in missing.items():
            yield _finding(kind, ids, sorted(places), staff.lineages, function)
    yield from _unknown_regions(rules, directory)


def _lead(rule: Rule) -> tuple[str, ...]:
    return (rule.outcome.lead,) if rule.outcome.lead else ()


def _finding(
    kind: FindingKind,
    rules: Sequence[str],
    places: Sequence[str],
    lineages: Mapping[str, Sequence[str]],
    function: str,
) -> Finding:
    witness = {REGION_FIELD: frozenset(lineages[places[0]])}
    named = tuple(places[:MOST_KEPT])
    return Finding(kind, tuple(rules), witness, function=function, regions=named, count=len(places))


@dataclass(slots=True)
class _Staff:
    """Where nobody carries a function, and where a rule holds, each worked out once."""

    directory: Directory
    lineages: Mapping[str, Sequence[str]]
    _without: dict[tuple[str, date], frozenset[str]] = field(default_factory=dict, init=False)
    _scopes: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, init=False)

    def missing(self, function: str, rule: Rule, on: date) -> frozenset[str]:
        """The regions where the rule holds and nobody carries the function."""
        if function == _OUTSIDE:
            return frozenset()
        day = max(on, rule.valid_from or on)
        if (function, day) not in self._without:
            self._without[function, day] = frozenset(
                code for code in self.lineages if nearest_unit(self.directory, function, code, day) is None
            )
        without = self._without[function, day]
        return without & self._scope(rule.regions) if without and rule.regions else without

    def _scope(self, regions: tuple[str, ...]) -> frozenset[str]:
        if regions not in self._scopes:
            self._scopes[regions] = frozenset(
                code for code, above in self.lineages.items() if not set(regions).isdisjoint(above)
            )
        return self._scopes[regions]


def _unknown_regions(rules: Sequence[Rule], directory: Directory) -> Iterator[Finding]:
    """Regions that rules are limited to and that the directory does not have."""
    naming: dict[str, list[str]] = {}
    for rule in rules:
        for code in rule.regions:
            if code not in directory.regions:
                naming.setdefault(code, []).append(rule.id)
    for code, ids in sorted(naming.items()):
        witness = {REGION_FIELD: frozenset({code})}
        yield Finding(FindingKind.UNKNOWN_REGION, tuple(ids), witness, regions=(code,), count=1)
