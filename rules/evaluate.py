"""The reference evaluator: what a policy means, written as plainly as possible.

Nothing here is fast, and nothing here is clever: the index and the durable-rules engine are held equal to it.
Every function answers for any value that a fact may hold, of whatever kind, and never raises on one.
"""

from __future__ import annotations

from typing import TypeGuard

from rules.model import Condition, Facts, Operator, Policy, Rule, Verdict, conditions_of


def known(value: object) -> bool:
    """Whether a fact is known. A missing fact and an empty set of words are not."""
    return value is not None and not (isinstance(value, frozenset) and not value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value counts as a number: neither a flag nor NaN does."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def same(fact: object, value: object) -> bool:
    """Strict equality: a word equals a word, a flag a flag, a number a number (1 is 1.0, not True or "1")."""
    if is_number(fact):
        return is_number(value) and fact == value
    if isinstance(fact, bool):
        return isinstance(value, bool) and fact is value
    return isinstance(fact, str) and isinstance(value, str) and fact == value


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition holds. An unknown fact satisfies no operator, and so every negated one."""
    value = facts.get(condition.field)
    return (known(value) and _meets(condition, value)) is not condition.negated


def _meets(condition: Condition, value: object) -> bool:
    match condition.operator:
        case Operator.EQUALS | Operator.IN:
            return any(same(value, wanted) for wanted in condition.values)
        case Operator.ANY_OF:
            return isinstance(value, frozenset) and any(_has(value, word) for word in condition.values)
        case Operator.ALL_OF:
            return isinstance(value, frozenset) and all(_has(value, word) for word in condition.values)
        case Operator.BETWEEN:
            return (
                is_number(value)
                and (condition.low is None or condition.low <= value)
                and (condition.high is None or value <= condition.high)
            )
        case Operator.PRESENT:
            return True


def _has(words: frozenset[object], word: object) -> bool:
    return isinstance(word, str) and word in words


def rule_holds(rule: Rule, facts: Facts) -> bool:
    """Whether every condition of the row holds, its regions and validity included."""
    return all(holds(condition, facts) for condition in conditions_of(rule))


def evaluate(policy: Policy, facts: Facts) -> Verdict:
    """The first base row that holds, and every overlay row that holds."""
    base = next((at for at, rule in enumerate(policy.base_rules()) if rule_holds(rule, facts)), None)
    overlays = tuple(at for at, rule in enumerate(policy.overlay_rules()) if rule_holds(rule, facts))
    return Verdict(base, overlays)
