"""Learning from corrections: the row that would have decided as people did in the end.

Where people took disputes away from the lead that a rule had given them, something in the facts may tell
these disputes from those in which the rule was right. What tells them best, in one or two conditions, makes
a row: the rule's own, with these conditions and the lead that people chose. It stands directly before the
rule, and so changes no decision but the rule's own. It is a proposal with its evidence, for a person to
decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isfinite
from uuid import UUID

from rules.evaluate import holds, is_number
from rules.index import Index
from rules.model import (
    DAY_FIELD,
    Condition,
    FactField,
    Facts,
    FieldKind,
    Operator,
    Policy,
    Rule,
    RuleKind,
)
from rules.router import UNITS_FIELD
from wording.catalogue import Language, say

LEAST_SUPPORT = 3
"""How many corrections a row has to meet: fewer may be chance."""
LEAST_RATIO = 2
"""How many corrections it has to meet for each decision that it would spoil."""
_MOST_ENDS = 8  # ends of ranges that are tried for a number
_UNASKED = frozenset({DAY_FIELD, UNITS_FIELD})  # the day is chance; the units follow from what is decided


@dataclass(frozen=True, slots=True)
class Case:
    """A decision of the rule that was acted on: what it saw, and which functions the unit carries that leads
    in its stead; none where the decision stands."""

    dispute: UUID
    facts: Facts
    led_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row to stand directly before the rule `before`, with the disputes that it would have given to whom
    people gave them, and those that it would have taken from whom people left them with."""

    row: Rule
    before: str
    supporting: tuple[UUID, ...]
    opposing: tuple[UUID, ...]


def propose(policy: Policy, rule: Rule, cases: Sequence[Case]) -> Proposal | None:
    """The row that sets the corrected decisions of a base rule apart best; None where none does well enough.

    Cases that the policy, as it is now, decides by another rule are left out: they are mended already.
    """
    lead = rule.outcome.lead
    if rule.kind is not RuleKind.BASE or lead is None:
        return None
    decided = _decided_by(policy, rule, cases)
    # Where the new unit carries the rule's function too, the place was wrong and the rule was right.
    standing = [case for case in decided if not case.led_by or lead in case.led_by]
    corrected = [case for case in decided if case.led_by and lead not in case.led_by]
    better = _better_lead(policy, corrected)
    if better is None:
        return None
    wanted = [case for case in corrected if better in case.led_by]
    chosen = _tell_apart(policy, wanted, standing)
    if chosen is None:
        return None
    return Proposal(
        row=_row(policy, rule, chosen.conditions, better),
        before=rule.id,
        supporting=_disputes(wanted, chosen.wanted),
        opposing=_disputes(standing, chosen.spoiled),
    )


def _decided_by(policy: Policy, rule: Rule, cases: Sequence[Case]) -> list[Case]:
    index, base = Index(policy), policy.base_rules()
    firsts = ((case, index.verdict(case.facts).base) for case in cases)
    return [case for case, first in firsts if first is not None and base[first].id == rule.id]


def _better_lead(policy: Policy, corrected: Sequence[Case]) -> str | None:
    """The function that most of the new leads carry. Of equals, one that the policy lets lead elsewhere."""
    counts = Counter(function for case in corrected for function in case.led_by)
    leading = {rule.outcome.lead for rule in policy.rules}
    return min(counts, key=lambda each: (-counts[each], each not in leading, each), default=None)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Conditions, and masks of the cases in which all of them hold: bit i stands for case i."""

    conditions: tuple[Condition, ...]
    wanted: int
    spoiled: int

    @property
    def support(self) -> int:
        """How many corrections it meets."""
        return self.wanted.bit_count()

    @property
    def edge(self) -> int:
        """How many corrections it meets more than it spoils decisions."""
        return self.support - self.spoiled.bit_count()

    @property
    def rank(self) -> tuple[int, int, int]:
        """What makes it better than another: more edge, fewer conditions, more support."""
        return self.edge, -len(self.conditions), self.support

    @property
    def convinces(self) -> bool:
        """Whether it meets enough corrections, and spoils few enough decisions."""
        return self.support >= max(LEAST_SUPPORT, LEAST_RATIO * self.spoiled.bit_count())


def _tell_apart(policy: Policy, wanted: Sequence[Case], standing: Sequence[Case]) -> _Choice | None:
    """The best of no condition, each condition and each pair. Of equals the first is taken, in the order of
    the fields."""
    of_wanted, of_standing = _Masks(wanted), _Masks(standing)
    single = [
        _Choice((condition,), met, of_standing.of(condition))
        for condition in _conditions(policy, wanted)
        if (met := of_wanted.of(condition)).bit_count() >= LEAST_SUPPORT
    ]
    everything = _Choice((), (1 << len(wanted)) - 1, (1 << len(standing)) - 1)
    best: _Choice | None = None
    for choice in (everything, *single):
        best = _better(best, choice)
    for one, other in combinations(single, 2):
        both = one.wanted & other.wanted
        # No pair is ahead by more than it meets corrections.
        if both.bit_count() > (best.edge if best else 0):
            conditions = (*one.conditions, *other.conditions)
            best = _better(best, _Choice(conditions, both, one.spoiled & other.spoiled))
    return best


def _better(best: _Choice | None, choice: _Choice) -> _Choice | None:
    if not choice.convinces or (best is not None and choice.rank <= best.rank):
        return best
    return choice


class _Masks:
    """In which of some cases a condition holds: bit i stands for case i. Words are looked up, since there are
    many of them; what else is asked is evaluated."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._words: dict[tuple[str, Operator, str], list[int]] = {}
        for at, case in enumerate(cases):
            for field, value in case.facts.items():
                if isinstance(value, str):
                    self._words.setdefault((field, Operator.EQUALS, value), []).append(at)
                elif isinstance(value, frozenset):
                    for word in value:
                        self._words.setdefault((field, Operator.ANY_OF, word), []).append(at)

    def of(self, condition: Condition) -> int:
        """The mask of one condition that `_conditions` made."""
        value = condition.values[0] if condition.values else None
        if isinstance(value, str):
            return self._mask(self._words.get((condition.field, condition.operator, value), ()))
        return self._mask(at for at, case in enumerate(self._cases) if holds(condition, case.facts))

    def _mask(self, positions: Iterable[int]) -> int:
        met = bytearray(len(self._cases) // 8 + 1)
        for at in positions:
            met[at >> 3] |= 1 << (at & 7)
        return int.from_bytes(met, "little")


def _conditions(policy: Policy, cases: Sequence[Case]) -> Iterator[Condition]:
    """What could be asked about these cases, in the order of the policy's fields."""
    for field in policy.fields:
        if field.name not in _UNASKED:
            values = [case.facts[field.name] for case in cases if field.name in case.facts]
            yield from _conditions_on(field, values)


def _conditions_on(field: FactField, values: Sequence[object]) -> Iterator[Condition]:
    match field.kind:
        case FieldKind.CHOICE:
            words = {value for value in values if isinstance(value, str)}
            for word in _allowed(field, words):
                yield Condition(field.name, Operator.EQUALS, (word,))
        case FieldKind.CHOICES:
            sets = (value for value in values if isinstance(value, frozenset))
            for word in _allowed(field, {word for words in sets for word in words}):
                yield Condition(field.name, Operator.ANY_OF, (word,))
        case FieldKind.FLAG:
            for flag in (True, False):
                yield Condition(field.name, Operator.EQUALS, (flag,))
        case FieldKind.NUMBER:
            numbers = sorted({float(value) for value in values if is_number(value) and isfinite(value)})
            for end in numbers[:: len(numbers) // _MOST_ENDS + 1]:
                yield Condition(field.name, Operator.BETWEEN, low=end)
                yield Condition(field.name, Operator.BETWEEN, high=end)


def _allowed(field: FactField, words: set[str]) -> list[str]:
    return sorted(words.intersection(field.values) if field.values else words)


def _row(policy: Policy, rule: Rule, conditions: tuple[Condition, ...], lead: str) -> Rule:
    # Where the fact equals a value, whatever else the rule asks about it is settled.
    settled = {condition.field for condition in conditions if condition.operator is Operator.EQUALS}
    kept = tuple(condition for condition in rule.conditions if condition.field not in settled)
    co_functions = tuple(code for code in rule.outcome.co_functions if code != lead)
    return replace(
        rule,
        id=_fresh_id(policy, rule.id),
        priority=_priority_before(policy, rule),
        title=say("learning.title", Language.ZH, title=rule.title),
        title_en=say("learning.title", Language.EN, title=rule.title_en),
        conditions=(*kept, *conditions),
        outcome=replace(rule.outcome, lead=lead, co_functions=co_functions),
        legal_basis=(),
    )


def _fresh_id(policy: Policy, rule_id: str) -> str:
    taken = {rule.id for rule in policy.rules}
    number = 2
    while (fresh := f"{rule_id[:60]}-{number}") in taken:
        number += 1
    return fresh


def _priority_before(policy: Policy, rule: Rule) -> int:
    """One less than the rule's, so that no order within a priority matters, unless that would overtake
    others; directly before the rule in the table its own will do."""
    base = policy.base_rules()
    at = base.index(rule)
    free = at == 0 or base[at - 1].priority < rule.priority - 1
    return rule.priority - 1 if free else rule.priority


def _disputes(cases: Sequence[Case], mask: int) -> tuple[UUID, ...]:
    return tuple(case.dispute for at, case in enumerate(cases) if mask >> at & 1)
