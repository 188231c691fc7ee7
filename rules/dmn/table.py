"""A decision model as plain data: decisions, their tables, and what the cells ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rules.dmn.expression import Expression
from rules.dmn.values import Value
from rules.model import Condition

MOST_RULES = 100_000
"""Rules in one file; as many as one policy may have."""


class HitPolicy(StrEnum):
    """What a table answers when several rules hold (DMN 1.3, 8.2.10)."""

    UNIQUE = "UNIQUE"  # only one ever holds
    ANY = "ANY"  # all that hold say the same
    PRIORITY = "PRIORITY"  # the one whose output stands first in the output values
    FIRST = "FIRST"  # the first in the table
    COLLECT = "COLLECT"  # all, or an aggregation of all
    RULE_ORDER = "RULE ORDER"  # all, as they stand
    OUTPUT_ORDER = "OUTPUT ORDER"  # all, in the order of the output values


class Aggregation(StrEnum):
    """What COLLECT makes of the outputs."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


class Base(StrEnum):
    """What a value is made of. `ANY` is left open by the model."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    STRUCTURE = "structure"
    ANY = "Any"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value; `members` are those of a structure, `allowed` lists the values that it may have
    (empty: any)."""

    base: Base = Base.ANY
    is_list: bool = False
    members: Mapping[str, Type] | None = None
    allowed: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Equals:
    """The value equals this one; of a list, one of its items. `in_list` is `("a")`: a choice of one."""

    value: Expression
    in_list: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """The number or day lies between the ends; None is no end, and an open end does not belong to it."""

    low: Expression | None = None
    high: Expression | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    """The list has one of the words, or every one of them."""

    words: tuple[str, ...]
    every: bool = False


Test: TypeAlias = Equals | Interval | Contains
Alternatives: TypeAlias = tuple[tuple[Condition, ...], ...]
"""Any of these, and in each all conditions."""
ALWAYS: Alternatives = ((),)


@dataclass(frozen=True, slots=True)
class Cell:
    """An input entry: any of the tests, or none of them where it is negated; without tests, anything.

    `alternatives` are the same as conditions of the policy model, evaluated by its reference evaluator; None
    where the tests speak of other variables, so that they are known only when the table is run.
    """

    text: str
    tests: tuple[Test, ...]
    negated: bool
    alternatives: Alternatives | None


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input clause. `key` is its expression as text, and the field of its cells' conditions;
    `allowed` is what its input values ask."""

    key: str
    label: str
    expression: Expression
    type: Type
    allowed: Cell | None
    extra: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output clause. `values` are its output values in their order, `default` what it is without a hit."""

    name: str
    label: str
    type: Type
    values: tuple[Value, ...]
    default: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class TableRule:
    """One row. `extra` has attributes of our own namespace."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Expression, ...]
    description: str
    extra: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[TableRule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table or an expression over its inputs and the decisions that it requires (by name)."""

    id: str
    name: str
    logic: DecisionTable | Expression
    requires: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the model."""

    name: str
    type: Type
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """A decision model. `decisions` come after those that they require."""

    id: str
    name: str
    file: str
    decisions: tuple[Decision, ...]
    inputs: tuple[InputData, ...]
    extra: Mapping[str, str]
