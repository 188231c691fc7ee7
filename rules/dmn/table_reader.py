"""Read one decision table: its columns, and its rows cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from rules.dmn.expression import Expression, Literal, Name, NotFeel
from rules.dmn.feel import parse_expression
from rules.dmn.flaw_list import FlawList
from rules.dmn.item_types import ItemTypes
from rules.dmn.table import (
    Aggregation,
    Cell,
    DecisionTable,
    HitPolicy,
    InputColumn,
    OutputColumn,
    TableRule,
    Type,
)
from rules.dmn.unary import fits, literals_of, read_cell
from rules.dmn.words import Names
from rules.dmn.xml_source import Element

OWN_NAMESPACE = "urn:lianxi:policy:1"
"""Attributes of this namespace carry what a decision table has no place for."""

_FEEL = re.compile(r"(s-)?feel|https?://www\.omg\.org/spec/(FEEL/\d+|DMN/\d+/FEEL/)", re.IGNORECASE)
_VARIABLE = re.compile(r"[^\W\d]\w*(?: \w+)*")
_ORDERED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
Word = TypeVar("Word", bound=StrEnum)


def own(element: Element) -> dict[str, str]:
    """Attributes of our own namespace, by local name."""
    prefix = OWN_NAMESPACE + " "
    named = zip(element.attributes[::2], element.attributes[1::2], strict=True)
    return {name.removeprefix(prefix): value for name, value in named if name.startswith(prefix)}


def text_of(element: Element | None) -> str:
    """The expression inside an element; its `text` has been folded into it."""
    return element.text.strip() if element is not None else ""


def check_language(element: Element, flaws: FlawList, place: str) -> None:
    """Note an expression language other than FEEL."""
    language = element.get("expressionLanguage")
    if language and not _FEEL.fullmatch(language):
        flaws.note("language", place, element.line, used=language)


class TableReader:
    """Reads the table of one decision; what is wrong is noted."""

    def __init__(self, flaws: FlawList, types: ItemTypes, decision: str) -> None:
        self._flaws = flaws
        self._types = types
        self._decision = decision

    def read(self, element: Element, type_: Type, known: set[str]) -> DecisionTable:
        """The table; `type_` is the decision's, and `known` are the variables that it may speak of."""
        decision = self._decision
        policy = self._word(element, "hitPolicy", HitPolicy) or HitPolicy.UNIQUE
        aggregation = self._word(element, "aggregation", Aggregation)
        known = known | set(self._free_variables(element))
        names = Names(known, self._types.members)
        inputs = tuple(self._input(each, names) for each in element.all("input"))
        single = len(list(element.all("output"))) == 1
        outputs = tuple(
            self._output(each, names, type_ if single else Type()) for each in element.all("output")
        )
        if not outputs:
            self._flaws.note("no_output", decision, element.line)
        if aggregation and (policy is not HitPolicy.COLLECT or not single):
            self._flaws.note("aggregation", decision, element.line, aggregation=aggregation)
        if policy in _ORDERED and not any(column.values for column in outputs):
            self._flaws.note("no_output_values", decision, element.line, policy=policy)
        rows = _Rows(self._flaws, decision, inputs, outputs, names)
        rules = tuple(rows.read(at, rule) for at, rule in enumerate(element.all("rule"), 1))
        return DecisionTable(policy, aggregation, inputs, outputs, rules)

    def _word(self, element: Element, attribute: str, words: type[Word]) -> Word | None:
        found = element.get(attribute)
        if found is None:
            return None
        for word in words:
            if found == word:
                return word
        known = ", ".join(words)
        code = "hit_policy" if words is HitPolicy else "unknown_aggregation"
        self._flaws.note(code, self._decision, element.line, word=found, known=known)
        return None

    def _free_variables(self, table: Element) -> Iterator[str]:
        """Inputs that are not drawn in the diagram: expressions that are just a name."""
        for column in table.all("input"):
            text = " ".join(text_of(column.first("inputExpression")).split())
            if _VARIABLE.fullmatch(text):
                yield text

    def _input(self, element: Element, names: Names) -> InputColumn:
        inside = element.first("inputExpression")
        text = " ".join(text_of(inside).split())
        label = element.get("label") or text
        place = f"{self._decision} {label}".strip()
        if inside is None or not text:
            self._flaws.note("no_expression", place, element.line)
            return InputColumn("", label, Literal(None), Type(), None, {}, element.line)
        check_language(inside, self._flaws, place)
        type_ = self._types.named(inside.get("typeRef"), place, inside.line)
        extra = own(element)
        if extra.get("kind") == "choices":
            type_ = Type(type_.base, True, type_.members, type_.allowed)
        expression: Expression | None = Name(text) if text in names.known else None
        expression = expression or self._expression(text, names, place, inside.line) or Literal(None)
        allowed = None
        values = element.first("inputValues")
        if values is not None and text_of(values):
            allowed = self._cell(text_of(values), text, type_, names, place, values.line)
        return InputColumn(text, label, expression, type_, allowed, extra, element.line)

    def _output(self, element: Element, names: Names, type_: Type) -> OutputColumn:
        label = element.get("label") or ""
        name = element.get("name") or ""
        place = f"{self._decision} {name or label}".strip()
        if element.get("typeRef"):
            type_ = self._types.named(element.get("typeRef"), place, element.line)
        values = type_.allowed
        listed = element.first("outputValues")
        if listed is not None and text_of(listed):
            cell = self._cell(text_of(listed), name, type_, names, place, listed.line)
            values = literals_of(cell)
        default = element.first("defaultOutputEntry")
        found = None
        if default is not None and text_of(default):
            check_language(default, self._flaws, place)
            found = self._expression(text_of(default), names, place, default.line)
        return OutputColumn(name, label, type_, values, found, element.line)

    def _cell(self, text: str, key: str, type_: Type, names: Names, place: str, line: int) -> Cell | None:
        try:
            return read_cell(text, key, type_, names)
        except NotFeel as flaw:
            self._flaws.note(flaw.code, place, line, **flaw.values)
            return None

    def _expression(self, text: str, names: Names, place: str, line: int) -> Expression | None:
        try:
            return parse_expression(text, names)
        except NotFeel as flaw:
            self._flaws.note(flaw.code, place, line, **flaw.values)
            return None


class _Rows:
    """Reads the rows of one table. Cells with the same text are read once and shared."""

    def __init__(
        self,
        flaws: FlawList,
        decision: str,
        inputs: tuple[InputColumn, ...],
        outputs: tuple[OutputColumn, ...],
        names: Names,
    ) -> None:
        self._flaws = flaws
        self._decision = decision
        self._inputs = inputs
        self._outputs = outputs
        self._names = names
        self._cells: dict[tuple[int, str], Cell | NotFeel] = {}
        self._entries: dict[tuple[int, str], Expression | NotFeel] = {}

    def read(self, number: int, element: Element) -> TableRule:
        asked = list(element.all("inputEntry"))
        answered = list(element.all("outputEntry"))
        wanted = (len(self._inputs), len(self._outputs))
        if (len(asked), len(answered)) != wanted:
            counts = {"inputs": str(wanted[0]), "outputs": str(wanted[1])}
            place = self._place(number, "")
            self._flaws.note("cell_count", place, element.line, **counts)
        cells = tuple(self._input(number, at, entry) for at, entry in enumerate(asked[: wanted[0]]))
        outputs = tuple(self._output(number, at, entry) for at, entry in enumerate(answered[: wanted[1]]))
        return TableRule(
            element.get("id") or "", cells, outputs, _description(element), own(element), element.line
        )

    def _place(self, number: int, column: str) -> str:
        return f"{self._decision} #{number} {column}".strip()

    def _input(self, number: int, at: int, entry: Element) -> Cell:
        column = self._inputs[at]
        text = text_of(entry)
        place = self._place(number, column.label)
        check_language(entry, self._flaws, place)
        found = self._cells.get((at, text))
        if found is None:
            try:
                found = read_cell(text, column.key, column.type, self._names)
            except NotFeel as flaw:
                found = flaw
            self._cells[at, text] = found
        if isinstance(found, NotFeel):
            self._flaws.note(found.code, place, entry.line, **found.values)
            return Cell(text, (), False, None)
        return found

    def _output(self, number: int, at: int, entry: Element) -> Expression:
        column = self._outputs[at]
        text = text_of(entry)
        place = self._place(number, column.name or column.label)
        check_language(entry, self._flaws, place)
        found = self._entries.get((at, text))
        if found is None:
            try:
                found = self._answer(text, column)
            except NotFeel as flaw:
                found = flaw
            self._entries[at, text] = found
        if isinstance(found, NotFeel):
            self._flaws.note(found.code, place, entry.line, **found.values)
            return Literal(None)
        return found

    def _answer(self, text: str, column: OutputColumn) -> Expression:
        if text in ("", "-"):
            return Literal(None)
        found = parse_expression(text, self._names)
        if isinstance(found, Literal) and found.value is not None and not column.type.is_list:
            if not fits(found.value, column.type.base):
                raise NotFeel("wrong_type", value=str(found.value)[:40], type=column.type.base)
            if column.values and found.value not in column.values:
                raise NotFeel("not_an_output", value=text[:40])
        return found


def _description(rule: Element) -> str:
    description = rule.first("description")
    if description is not None and description.text.strip():
        return description.text.strip()
    return " ".join(text_of(entry) for entry in rule.all("annotationEntry")).strip()
