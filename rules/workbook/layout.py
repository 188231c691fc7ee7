"""A rule as a row: its conditions under the fields that they ask about."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rules.model import FactField
from rules.workbook.sheets import FIELD, ORDER


def row_of_rule(rule: Mapping[str, Any], fields: Sequence[FactField]) -> dict[str, Any]:
    """The rule with its conditions under their fields, and their order where the columns do not give it."""
    by_field: dict[str, list[dict[str, Any]]] = {}
    for condition in rule["conditions"]:
        by_field.setdefault(condition["field"], []).append(condition)
    order = [condition["field"] for condition in rule["conditions"]]
    row = {**rule, **{f"{FIELD}{name}": conditions for name, conditions in by_field.items()}}
    if order != [field.name for field in fields for _ in by_field.get(field.name, ())]:
        row[ORDER] = order
    return row


def rule_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The rule of a row. Conditions that the order does not name follow those that it does."""
    conditions = {path.removeprefix(FIELD): value for path, value in row.items() if path.startswith(FIELD)}
    rule = {path: value for path, value in row.items() if path != ORDER and not path.startswith(FIELD)}
    rule.setdefault("outcome", {})
    return {**rule, "conditions": _in_order(conditions, row.get(ORDER, ()))}


def _in_order(
    conditions: Mapping[str, Iterable[dict[str, Any]]], order: Iterable[str]
) -> list[dict[str, Any]]:
    left = {name: deque(each) for name, each in conditions.items()}
    first = [left[name].popleft() for name in order if left.get(name)]
    return [*first, *(condition for each in left.values() for condition in each)]
