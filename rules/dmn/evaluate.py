"""Run a decision model: which rows hold is asked of the policy model's reference evaluator, and the hit
policy makes the result of them (DMN 1.3, 8.2.10 to 8.2.12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rules.dmn.expression import NotFeel
from rules.dmn.table import (
    Aggregation,
    Alternatives,
    Cell,
    DecisionTable,
    HitPolicy,
    InputColumn,
    Model,
    OutputColumn,
    TableRule,
    Type,
)
from rules.dmn.unary import alternatives, fits, scalar
from rules.dmn.values import Value, equal, extreme, total, value_of
from rules.evaluate import holds
from rules.flaws import Flaw
from rules.model import FactValue

_MANY = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True)
class Result:
    """What a decision comes to: its value, the rows that held (positions from 0), and why it is null where
    the table does not allow an answer."""

    value: Value
    hits: tuple[int, ...] = ()
    problem: Flaw | None = None


def evaluate_model(
    model: Model, inputs: Mapping[str, Value], decision: str | None = None
) -> dict[str, Result]:
    """The results of all decisions by name, or of one and those that it requires. `inputs` are by name;
    a missing one is null, and so is one of another type than the model's. Raises KeyError for a decision that
    the model has not."""
    types = {each.name: each.type for each in model.inputs}
    scope: dict[str, Value] = {
        name: of_type(value, types.get(name, Type())) for name, value in inputs.items()
    }
    wanted = {each.name for each in model.decisions} if decision is None else _needed(model, decision)
    results: dict[str, Result] = {}
    for each in model.decisions:
        if each.name not in wanted:
            continue
        if isinstance(each.logic, DecisionTable):
            found = evaluate_table(each.logic, scope, each.name)
        else:
            found = Result(value_of(each.logic, scope))
        results[each.name] = found
        scope[each.name] = found.value
    return results


def _needed(model: Model, decision: str) -> set[str]:
    by_name = {each.name: each for each in model.decisions}
    needed: set[str] = set()
    waiting = [decision]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += by_name[name].requires
    return needed


def evaluate_table(table: DecisionTable, scope: Mapping[str, Value], decision: str = "") -> Result:
    """The result of a table whose inputs and other variables are in the scope; `decision` is its name in
    what is told of it."""
    facts: dict[str, FactValue] = {}
    for column in table.inputs:
        value = of_type(value_of(column.expression, scope), column.type)
        fact = _fact(value)
        if fact is not None:
            facts[column.key] = fact
        if (
            column.allowed is not None
            and value is not None
            and not _meets(column.allowed, column, facts, scope)
        ):
            told = {"value": str(value)[:40], "allowed": column.allowed.text[:200]}
            return _failed("not_an_input", f"{decision} {column.label}", column.line, **told)
    hits = [at for at, rule in enumerate(table.rules) if _rule_holds(rule, table, facts, scope)]
    return _answer(table, hits, scope, decision)


def _allowed(value: Value, allowed: Cell, column: InputColumn, scope: Mapping[str, Value]) -> bool:
    """Whether the input values of a column have the value; null is no value, and of a list, every item."""
    if isinstance(value, tuple):
        return all(_allowed(item, allowed, column, scope) for item in value)
    fact = scalar(value)
    if fact is None:
        return True
    one = frozenset({fact}) if column.type.is_list and isinstance(fact, str) else fact
    return _meets(allowed, column, {column.key: one}, scope)


def of_type(value: Value, type_: Type) -> Value:
    """The value where it is of the type, else null: a list has to be one item by item, and one value stands
    for a list of it."""
    if type_.is_list:
        items = value if isinstance(value, tuple) else () if value is None else (value,)
        one = Type(type_.base, False, type_.members)
        return tuple(of_type(item, one) for item in items)
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping) and type_.members is not None:
        return {name: of_type(part, type_.members.get(name, Type())) for name, part in value.items()}
    return value if fits(value, type_.base) else None


def _fact(value: Value) -> FactValue | None:
    """A value as the policy model has it; None is not known."""
    if isinstance(value, tuple):
        return frozenset(item for item in value if isinstance(item, str))
    return scalar(value)


def _rule_holds(
    rule: TableRule, table: DecisionTable, facts: Mapping[str, FactValue], scope: Mapping[str, Value]
) -> bool:
    return all(
        _meets(cell, column, facts, scope) for cell, column in zip(rule.cells, table.inputs, strict=True)
    )


def _meets(
    cell: Cell, column: InputColumn, facts: Mapping[str, FactValue], scope: Mapping[str, Value]
) -> bool:
    return any(
        all(holds(condition, facts) for condition in conditions)
        for conditions in _alternatives(cell, column, scope)
    )


def _alternatives(cell: Cell, column: InputColumn, scope: Mapping[str, Value]) -> Alternatives:
    if cell.alternatives is not None:
        return cell.alternatives
    try:
        return alternatives(cell.tests, cell.negated, column.key, column.type, scope)
    except NotFeel:  # a list variable longer than any table's cell
        return ()


def _answer(table: DecisionTable, hits: list[int], scope: Mapping[str, Value], decision: str) -> Result:
    many = table.hit_policy in _MANY and table.aggregation is None
    if not hits:
        default = _default(table.outputs, scope)
        return Result(() if many and default is None else default)
    found = [(at, tuple(value_of(entry, scope) for entry in table.rules[at].outputs)) for at in hits]
    if table.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        rank = output_rank(table)
        found.sort(key=lambda each: rank(each[1]))
    if table.hit_policy is HitPolicy.UNIQUE and len(hits) > 1:
        return _failed("not_unique", decision, table.rules[hits[0]].line, rows=_numbers(hits))
    if table.hit_policy is HitPolicy.ANY and not all(equal(outputs, found[0][1]) for _, outputs in found):
        return _failed("not_any", decision, table.rules[hits[0]].line, rows=_numbers(hits))
    if table.hit_policy not in _MANY:
        return Result(_whole(table, found[0][1]), (found[0][0],))
    values = tuple(_whole(table, outputs) for _, outputs in found)
    ordered = tuple(at for at, _ in found)
    return Result(aggregated(table.aggregation, values) if table.aggregation else values, ordered)


def _numbers(hits: list[int]) -> str:
    """Rows as people count them."""
    return ", ".join(str(at + 1) for at in hits[:10])


def output_rank(table: DecisionTable) -> Callable[[Sequence[Value]], tuple[int, ...]]:
    """How PRIORITY and OUTPUT ORDER compare the outputs of two rows: column by column from the left, by the
    place in the output values. Columns without output values have no say."""
    orders = [(at, column.values) for at, column in enumerate(table.outputs) if column.values]

    def rank(outputs: Sequence[Value]) -> tuple[int, ...]:
        return tuple(
            next((place for place, value in enumerate(values) if equal(value, outputs[at])), len(values))
            for at, values in orders
        )

    return rank


def aggregated(aggregation: Aggregation, values: Sequence[Value]) -> Value:
    """One value of all outputs."""
    match aggregation:
        case Aggregation.COUNT:
            return len(values)
        case Aggregation.SUM:
            return total(values)
        case Aggregation.MIN | Aggregation.MAX:
            return extreme(values, largest=aggregation is Aggregation.MAX)


def _default(outputs: tuple[OutputColumn, ...], scope: Mapping[str, Value]) -> Value:
    if all(column.default is None for column in outputs):
        return None
    values = [value_of(column.default, scope) if column.default else None for column in outputs]
    return values[0] if len(outputs) == 1 else {c.name: v for c, v in zip(outputs, values, strict=True)}


def _whole(table: DecisionTable, outputs: tuple[Value, ...]) -> Value:
    """One output as it is, several as a structure."""
    if len(outputs) == 1:
        return outputs[0]
    return {column.name: value for column, value in zip(table.outputs, outputs, strict=True)}


def _failed(code: str, place: str, line: int, **values: str) -> Result:
    return Result(None, (), Flaw(f"dmn.{code}", place, values, None, line))
