"""The rows of one decision table as rules of a policy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import prod

from rules.dmn.columns import Part, Scope, basis_text, part_of, unpack_basis
from rules.dmn.evaluate import output_rank
from rules.dmn.expression import Expression, Items, Literal, NotFeel
from rules.dmn.flaw_list import FlawList
from rules.dmn.policy_fields import PolicyFields
from rules.dmn.table import MOST_RULES, Alternatives, Decision, DecisionTable, HitPolicy, TableRule
from rules.dmn.unary import MOST_ALTERNATIVES
from rules.dmn.values import Value, value_of
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Rule,
    RuleKind,
)
from wording.catalogue import Language, say

_COMMAS = re.compile(r"[,，、;；]")
_SOURCES = re.compile(r"[;；\n]")
_WHOLE = re.compile(r"-?\d{1,18}")
_NOTHING = Literal(None)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule, the row of the table that it was drawn in (`Fee #3`) with its line, and the priority and the
    place in the policy that the file carries for it, if it does."""

    rule: Rule
    drawn: str
    line: int
    priority: int | None = None
    place: int | None = None


class TableRows:
    """Reads the rows of one table; flaws are noted with decision, row and column."""

    def __init__(
        self, decision: Decision, table: DecisionTable, kind: RuleKind, fields: PolicyFields, flaws: FlawList
    ) -> None:
        self._decision = decision
        self._table = table
        self._kind = kind
        self._fields = fields
        self._flaws = flaws
        self._parts: dict[Part, int] = {}

    def read(self) -> list[Row]:
        """The rules in the order in which the table asks them."""
        table, decision = self._table, self._decision
        self._columns()
        if table.aggregation:
            self._flaws.note("aggregated_policy", decision.name, decision.line, aggregation=table.aggregation)
        ordered = list(enumerate(table.rules, 1))
        if table.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            rank = output_rank(table)
            # An output that has to be worked out is refused below, wherever it stands.
            ordered.sort(key=lambda each: rank([value_of(entry, {}) for entry in each[1].outputs]))
        rows: list[Row] = []
        for number, rule in ordered:
            rows += self._rule(number, rule)
            if len(rows) > MOST_RULES:
                place = f"{decision.name} #{number}"
                self._flaws.note("too_many", place, rule.line, element="rule", limit=str(MOST_RULES))
                return rows
        if any(column.default is not None for column in table.outputs):
            if self._kind is RuleKind.OVERLAY:
                self._flaws.note("default_of_many", decision.name, decision.line)
            else:
                rows.append(self._default({row.rule.id for row in rows}))
        return rows

    def _columns(self) -> None:
        for column in self._table.outputs:
            part = part_of(column.name, column.label)
            name = column.name or column.label
            place = f"{self._decision.name} {name}".strip()
            if part is None:
                self._flaws.note("unknown_output", place, column.line, name=name, known=", ".join(Part))
            elif part in self._parts:
                self._flaws.note("repeated_output", place, column.line, name=part)
            else:
                self._parts[part] = self._table.outputs.index(column)
        for at in range(len(self._table.inputs)):
            self._fields.add(at, self._table, self._decision.name)

    def _rule(self, number: int, row: TableRule) -> list[Row]:
        """The rule of a row; several where its cells fall apart."""
        drawn = f"{self._decision.name} #{number}"
        answers = _Answers(self._parts, row.outputs, self._flaws, drawn, row.line)
        title = answers.text(Part.TITLE)
        if title is None:
            title = row.description or row.id or f"{self._decision.name} {number}"
        title_en = answers.text(Part.TITLE_EN)
        rule = Rule(
            id=answers.text(Part.RULE) or row.id or f"{self._decision.name}-{number}",
            kind=self._kind,
            priority=0,
            title=title,
            title_en=title if title_en is None else title_en,
            conditions=(),
            outcome=answers.outcome(),
            legal_basis=answers.legal_basis(row.extra.get("basis")),
        )
        rule, asked = self._asked(number, row, rule)
        if prod(map(len, asked)) > MOST_ALTERNATIVES:
            self._flaws.note("too_many_alternatives", drawn, row.line, limit=str(MOST_ALTERNATIVES))
            return []
        ways = [tuple(condition for part in parts for condition in part) for parts in product(*asked)]
        if len(ways) == 1:
            priority, place = (_whole(row.extra.get(name)) for name in ("priority", "place"))
            return [Row(replace(rule, conditions=ways[0]), drawn, row.line, priority, place)]
        ids = (rule.id if at == 1 else f"{rule.id}~{at}" for at in range(1, len(ways) + 1))
        return [
            Row(replace(rule, id=each, conditions=way), drawn, row.line)
            for each, way in zip(ids, ways, strict=True)
        ]

    def _asked(self, number: int, row: TableRule, rule: Rule) -> tuple[Rule, list[Alternatives]]:
        """The rule with its regions and validity, and what its other cells ask, in their order."""
        asked: list[Alternatives] = []
        rest: list[Alternatives] = []
        for column, cell in zip(self._table.inputs, row.cells, strict=True):
            if not cell.tests:
                continue
            if cell.alternatives is None:
                place = f"{self._decision.name} #{number} {column.label}"
                self._flaws.note("no_policy_cell", place, row.line)
                continue
            scoped = _scoped(rule, column.extra.get("scope"), cell.alternatives)
            if scoped is not None:
                rule = scoped
            elif "scope" in column.extra:
                rest.append(cell.alternatives)
            elif self._fields.kind(column.key) is FieldKind.CHOICES and not column.type.is_list:
                asked.append(_of_words(cell.alternatives))
            else:
                asked.append(cell.alternatives)
        order = [int(each) for each in row.extra.get("order", "").split() if _WHOLE.fullmatch(each)]
        if sorted(order) == list(range(len(asked))):
            asked = [each for _, each in sorted(zip(order, asked, strict=True), key=lambda pair: pair[0])]
        return rule, asked + rest

    def _default(self, taken: set[str]) -> Row:
        entries = tuple(column.default or _NOTHING for column in self._table.outputs)
        answers = _Answers(self._parts, entries, self._flaws, self._decision.name, self._decision.line)
        rule_id = answers.text(Part.RULE) or "default"
        while rule_id in taken:
            rule_id += "_"
        return Row(
            Rule(
                id=rule_id,
                kind=self._kind,
                priority=0,
                title=answers.text(Part.TITLE) or say("dmn.default_rule", Language.ZH),
                title_en=answers.text(Part.TITLE_EN) or say("dmn.default_rule", Language.EN),
                conditions=(),
                outcome=answers.outcome(),
                legal_basis=answers.legal_basis(None),
            ),
            self._decision.name,
            self._decision.line,
        )


class _Answers:
    """The output entries of one row as parts of a rule."""

    def __init__(
        self, parts: dict[Part, int], entries: Sequence[Expression], flaws: FlawList, place: str, line: int
    ) -> None:
        self._parts = parts
        self._entries = entries
        self._flaws = flaws
        self._place = place
        self._line = line

    def outcome(self) -> Outcome:
        """What the row decides."""
        return Outcome(
            lead=self.text(Part.LEAD),
            co_functions=self._words(Part.CO_FUNCTIONS),
            conference=self.text(Part.CONFERENCE),
            flags=self._words(Part.FLAGS),
            legal_path=self.text(Part.LEGAL_PATH),
            triage=self._flag(Part.TRIAGE),
            candidates=self._words(Part.CANDIDATES),
        )

    def text(self, part: Part) -> str | None:
        """A word, or nothing."""
        value = self._value(part)
        if value is None or isinstance(value, str):
            return value
        self._note("not_a_word", part)
        return None

    def legal_basis(self, packed: str | None) -> tuple[LegalBasis, ...]:
        """The sources of law: what is carried for them while the cell says the same, else the cell's."""
        text = self.text(Part.LEGAL_BASIS)
        if text is None:
            return ()
        carried: tuple[LegalBasis, ...] = ()
        try:
            carried = unpack_basis(packed) if packed else ()
        except ValueError:
            self._note("bad_extra", Part.LEGAL_BASIS, attribute="basis")
        if carried and basis_text(carried) == text:
            return carried
        named = (title.strip() for title in _SOURCES.split(text))
        return tuple(LegalBasis(title, certain=False) for title in named if title)

    def _words(self, part: Part) -> tuple[str, ...]:
        value = self._value(part)
        if isinstance(value, str):
            return tuple(word.strip() for word in _COMMAS.split(value) if word.strip())
        words = tuple(word for word in value if isinstance(word, str)) if isinstance(value, tuple) else ()
        if value is not None and (not isinstance(value, tuple) or len(words) < len(value)):
            self._note("not_words", part)
        return words

    def _flag(self, part: Part) -> bool:
        value = self._value(part)
        if value is not None and not isinstance(value, bool):
            self._note("not_a_flag", part)
        return value is True

    def _value(self, part: Part) -> Value:
        if part not in self._parts:
            return None
        try:
            return _constant(self._entries[self._parts[part]])
        except NotFeel as flaw:
            self._note(flaw.code, part)
            return None

    def _note(self, code: str, part: Part, /, **values: str) -> None:
        self._flaws.note(code, f"{self._place} {part}", self._line, **values)


def _constant(entry: Expression) -> Value:
    """The value of an output entry. Raises NotFeel if it has to be worked out."""
    if isinstance(entry, Literal):
        return entry.value
    if isinstance(entry, Items):
        return tuple(_constant(item) for item in entry.items)
    raise NotFeel("no_policy_answer")


def _scoped(rule: Rule, scope: str | None, alternatives: Alternatives) -> Rule | None:
    """The rule with its regions or its validity, if that is what a cell of such a column says."""
    if len(alternatives) != 1 or len(alternatives[0]) != 1:
        return None
    condition = alternatives[0][0]
    if scope == Scope.REGIONS:
        regions = tuple(value for value in condition.values if isinstance(value, str))
        if condition == Condition(REGION_FIELD, Operator.ANY_OF, regions) and regions:
            return replace(rule, regions=regions)
    if scope == Scope.VALIDITY and condition.field == DAY_FIELD and not condition.negated:
        ends = (condition.low, condition.high)
        if condition.operator is Operator.BETWEEN and all(map(_is_day, ends)):
            start, end = (None if number is None else date.fromordinal(int(number)) for number in ends)
            return replace(rule, valid_from=start, valid_to=end)
    return None


def _is_day(number: float | None) -> bool:
    return number is None or (number == int(number) and 1 <= number <= date.max.toordinal())


def _of_words(alternatives: Alternatives) -> Alternatives:
    """Conditions on a word as the same on a list of words."""
    words = (Operator.EQUALS, Operator.IN)
    return tuple(
        tuple(
            replace(each, operator=Operator.ANY_OF) if each.operator in words else each for each in conditions
        )
        for conditions in alternatives
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and _WHOLE.fullmatch(text) else None
