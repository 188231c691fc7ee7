"""The fact fields that the input columns of decision tables stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rules.dmn.columns import OF_WORDS
from rules.dmn.expression import Name, NotFeel
from rules.dmn.flaw_list import FlawList
from rules.dmn.table import Base, DecisionTable, InputColumn, Model, Type
from rules.dmn.unary import literals_of, read_cell
from rules.dmn.values import Value
from rules.dmn.words import Names
from rules.model import FactField, FieldKind, Operator, Policy

_KINDS = {
    Base.STRING: FieldKind.CHOICE,
    Base.NUMBER: FieldKind.NUMBER,
    Base.DATE: FieldKind.NUMBER,
    Base.BOOLEAN: FieldKind.FLAG,
}


class PolicyFields:
    """Collects fields: those that the file carries, or else those of the policy that it changes; then those
    that only a column names. A column's label and input values hold."""

    def __init__(self, model: Model, keep: Policy | None, flaws: FlawList) -> None:
        self._flaws = flaws
        carried = [_carried(each.name, each.extra) for each in model.inputs]
        fields = [field for field in carried if field is not None] or (keep.fields if keep else ())
        self._fields = {field.name: field for field in fields}
        self._seen: set[str] = set()

    def fields(self) -> tuple[FactField, ...]:
        """All of them, in their order."""
        return tuple(self._fields.values())

    def kind(self, name: str) -> FieldKind:
        """What a field that a column named holds."""
        return self._fields[name].kind

    def add(self, at: int, table: DecisionTable, decision: str) -> None:
        """Take in the field of an input column."""
        column = table.inputs[at]
        place = f"{decision} {column.label}"
        if not isinstance(column.expression, Name):
            self._flaws.note("no_policy_input", place, column.line, text=column.key)
        elif column.type.base is Base.STRUCTURE or (
            column.type.is_list and column.type.base not in (Base.STRING, Base.ANY)
        ):
            self._flaws.note("no_policy_type", place, column.line, type=column.type.base)
        elif column.key in self._seen:
            if self._kind(at, table) is not self.kind(column.key):
                self._flaws.note("two_types", place, column.line, field=column.key)
            return
        known = self._fields.get(column.key)
        if known is not None and "scope" in column.extra:
            return  # a column of ours for regions or days, which says nothing of the field
        self._seen.add(column.key)
        kind = self._kind(at, table)
        title = column.label if column.label != column.key or known is None else known.title
        if known is None:
            self._fields[column.key] = FactField(column.key, kind, title, title, _words(column))
        else:
            said = kind in OF_WORDS and (column.allowed is not None or "kind" in column.extra)
            values = _words(column) if said else known.values
            self._fields[column.key] = replace(known, kind=kind, title=title, values=values)

    def _kind(self, at: int, table: DecisionTable) -> FieldKind:
        column = table.inputs[at]
        known = self._fields.get(column.key)
        if column.extra.get("kind") in list(FieldKind):
            return FieldKind(column.extra["kind"])
        if column.type.is_list or (known is not None and known.kind is FieldKind.CHOICES):
            return FieldKind.CHOICES
        if column.type.base in _KINDS:
            return _KINDS[column.type.base]
        return known.kind if known is not None else _guessed(at, table)


def _guessed(at: int, table: DecisionTable) -> FieldKind:
    """What a column without a type asks about, by its first cell that says so."""
    for rule in table.rules:
        for conditions in rule.cells[at].alternatives or ():
            for condition in conditions:
                values: tuple[Value, ...] = condition.values
                if condition.operator in (Operator.ANY_OF, Operator.ALL_OF):
                    return FieldKind.CHOICES
                if any(isinstance(value, bool) for value in values):
                    return FieldKind.FLAG
                if condition.operator is Operator.BETWEEN or any(isinstance(v, int | float) for v in values):
                    return FieldKind.NUMBER
    return FieldKind.CHOICE


def _words(column: InputColumn) -> tuple[str, ...]:
    return tuple(value for value in literals_of(column.allowed) if isinstance(value, str))


def _carried(name: str, extra: Mapping[str, str]) -> FactField | None:
    """The field that an input of the model carries, if it is one of ours."""
    if extra.get("kind") not in list(FieldKind):
        return None
    values: tuple[str, ...] = ()
    if extra.get("values"):
        try:
            cell = read_cell(extra["values"], name, Type(Base.STRING), Names(()))
            values = tuple(value for value in literals_of(cell) if isinstance(value, str))
        except NotFeel:
            values = ()
    title = extra.get("title", name)
    return FactField(name, FieldKind(extra["kind"]), title, extra.get("titleEn", title), values)
