"""Write a policy as decision tables that Camunda Modeler opens (DMN 1.3); `rules.dmn.columns` says how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from rules.dmn.columns import OF_WORDS, Part, Scope, basis_text, label_of, pack_basis
from rules.dmn.expression import NotFeel
from rules.dmn.spelling import cells_of, printable, spell, spell_cell, spell_days, spell_list, spell_text
from rules.dmn.table import Alternatives, Base, HitPolicy, Type
from rules.dmn.table_reader import OWN_NAMESPACE
from rules.dmn.unary import read_cell
from rules.dmn.words import Names
from rules.flaws import Flaw, PackError
from rules.model import DAY_FIELD, REGION_FIELD, Condition, FactField, FieldKind, Operator, Policy, Rule
from wording.catalogue import Language, say

_BASES = {
    FieldKind.CHOICE: Base.STRING,
    FieldKind.CHOICES: Base.ANY,  # FEEL has no name for a list of strings
    FieldKind.NUMBER: Base.NUMBER,
    FieldKind.FLAG: Base.BOOLEAN,
}
_ALWAYS_WRITTEN = (Part.RULE, Part.TITLE, Part.TITLE_EN)


def dmn_from_policy(policy: Policy, language: Language = Language.ZH) -> str:
    """The policy without its lexicon and its cases, with headings in a language. Reading it gives the
    same rules and fields again. Raises PackError for what DMN cannot say: a policy that was not checked, or
    characters that XML cannot carry."""
    writer = _Writer(policy, language)
    text = "".join(writer.document())
    if writer.flaws:
        raise PackError(writer.flaws)
    return text


@dataclass(frozen=True, slots=True)
class _Column:
    """An input column: the field, which of the field's conditions it has, or the scope that it is for."""

    field: FactField
    nth: int = 0
    scope: Scope | None = None


class _Writer:
    def __init__(self, policy: Policy, language: Language) -> None:
        self.flaws: list[Flaw] = []
        self._policy = policy
        self._language = language
        self._fields = {field.name: field for field in policy.fields}
        self._place = {id(rule): at for at, rule in enumerate(policy.rules)}
        self._names = Names(self._fields)
        self._readings: dict[tuple[str, str], Alternatives | None] = {}
        # Days are written as dates unless rules ask about the day as a number too.
        asked = any(condition.field == DAY_FIELD for rule in policy.rules for condition in rule.conditions)
        dated = any(rule.valid_from or rule.valid_to for rule in policy.rules)
        self._day_base = Base.DATE if dated and not asked else Base.NUMBER

    def document(self) -> Iterator[str]:
        policy = self._policy
        own = {
            "key": policy.key,
            "version": str(policy.version),
            "titleEn": policy.title_en,
            "triageBelow": repr(policy.triage_below),
        }
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
            ' xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"'
            ' xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"'
            f' xmlns:lianxi="{OWN_NAMESPACE}" id="policy" namespace="{OWN_NAMESPACE}"'
            f" name={self._attribute(policy.title, 'title')}{self._own(own, '')}>\n"
        )
        for at, field in enumerate(policy.fields):
            yield self._input_data(at, field)
        taken = set(self._fields)
        for table, rules, hit_policy in (
            ("base", policy.base_rules(), HitPolicy.FIRST),
            ("overlay", policy.overlay_rules(), HitPolicy.RULE_ORDER),
        ):
            name = say(f"dmn.table.{table}", self._language)
            while name in taken:
                name += "_"
            yield from self._decision(table, name, rules, hit_policy)
        yield from _drawing()
        yield "</definitions>\n"

    def _input_data(self, at: int, field: FactField) -> str:
        if field.name != " ".join(field.name.split()) or not field.name:
            self._refuse(f"fields.{at}.name", field.name)
        own = {"kind": field.kind.value, "title": field.title, "titleEn": field.title_en}
        if field.values:
            own["values"] = ", ".join(map(spell_text, field.values))
        base = self._day_base if field.name == DAY_FIELD else _BASES[field.kind]
        name = self._attribute(field.name, f"fields.{at}.name")
        return (
            f'  <inputData id="field_{at}" name={name}{self._own(own, f"fields.{at}")}>\n'
            f'    <variable id="variable_{at}" name={name} typeRef="{base}"/>\n  </inputData>\n'
        )

    def _decision(self, table: str, name: str, rules: Sequence[Rule], hit_policy: HitPolicy) -> Iterator[str]:
        columns = self._columns(rules)
        parts = [part for part in Part if part in _ALWAYS_WRITTEN or self._used(part, table, rules)]
        yield f'  <decision id="{table}" name={quoteattr(name)}>\n'
        yield f'    <variable id="{table}_variable" name={quoteattr(name)}/>\n'
        at_of = {field.name: at for at, field in enumerate(self._policy.fields)}
        for at in sorted({at_of[column.field.name] for column in columns}):
            yield f'    <informationRequirement id="{table}_requires_{at}">'
            yield f'<requiredInput href="#field_{at}"/></informationRequirement>\n'
        yield f'    <decisionTable id="{table}_table" hitPolicy="{hit_policy}">\n'
        for at, column in enumerate(columns):
            yield self._input(f"{table}_i{at}", column)
        for at, part in enumerate(parts):
            base = _part_base(part)
            label = quoteattr(label_of(part, self._language))
            yield f'      <output id="{table}_o{at}" label={label} name="{part}" typeRef="{base}"/>\n'
        for at, rule in enumerate(rules):
            yield self._rule(f"{table}_r{at}", rule, columns, parts)
        yield "    </decisionTable>\n  </decision>\n"

    def _used(self, part: Part, table: str, rules: Sequence[Rule]) -> bool:
        return (part is Part.LEAD and table == "base") or any(_answer(part, rule) != "null" for rule in rules)

    def _columns(self, rules: Sequence[Rule]) -> list[_Column]:
        """As many columns for a field as the rule with the most cells on it needs."""
        most: Counter[str] = Counter()
        for at, rule in enumerate(rules):
            cells = Counter(cell[0].field for cell in cells_of(rule.conditions))
            for name, count in cells.items():
                if name not in self._fields:
                    self.flaws.append(
                        Flaw("check.unknown_field", f"rules.{at}", {"rule": rule.id, "field": name})
                    )
                most[name] = max(most[name], count)
        columns = [_Column(f, nth) for f in self._policy.fields for nth in range(most[f.name])]
        scopes = (
            (REGION_FIELD, Scope.REGIONS, any(rule.regions for rule in rules)),
            (DAY_FIELD, Scope.VALIDITY, any(rule.valid_from or rule.valid_to for rule in rules)),
        )
        for name, scope, used in scopes:
            if used and name in self._fields:
                columns.append(_Column(self._fields[name], scope=scope))
            elif used:
                self.flaws.append(Flaw(f"check.no_{name}_field", "rules", {"rule": "-"}))
        return columns

    def _input(self, column_id: str, column: _Column) -> str:
        field = column.field
        own = {"kind": field.kind.value}
        if column.scope:
            own["scope"] = column.scope.value
        base = _BASES[field.kind]
        if column.scope is Scope.VALIDITY:
            base = self._day_base
        label = f" label={self._attribute(field.title, 'fields')}" if field.title else ""
        values = ""
        if field.values and field.kind in OF_WORDS and not column.scope:
            listed = escape(", ".join(map(spell_text, field.values)))
            values = f'<inputValues id="{column_id}_v"><text>{listed}</text></inputValues>'
        return (
            f'      <input id="{column_id}"{label}{self._own(own, "fields")}>'
            f'<inputExpression id="{column_id}_e" typeRef="{base}"><text>{escape(field.name)}</text>'
            f"</inputExpression>{values}</input>\n"
        )

    def _rule(self, row_id: str, rule: Rule, columns: Sequence[_Column], parts: Sequence[Part]) -> str:
        where = f"rules.{self._place[id(rule)]}"
        cells = list(cells_of(rule.conditions))
        asked: dict[tuple[str, int], tuple[int, str]] = {}
        nth: Counter[str] = Counter()
        for at, cell in enumerate(cells):
            name = cell[0].field
            asked[name, nth[name]] = at, self._cell(cell, rule, where)
            nth[name] += 1
        written: list[str] = []
        order: list[int] = []
        for at, column in enumerate(columns):
            text = self._scope(column.scope, rule)
            if column.scope is None:
                place, text = asked.get((column.field.name, column.nth), (-1, ""))
                order += [place] if place >= 0 else []
            written.append(f'<inputEntry id="{row_id}_i{at}"><text>{escape(text)}</text></inputEntry>')
        for at, part in enumerate(parts):
            text = _answer(part, rule)
            written.append(f'<outputEntry id="{row_id}_o{at}"><text>{escape(text)}</text></outputEntry>')
        own = {"priority": str(rule.priority), "place": str(self._place[id(rule)])}
        if order != sorted(order):
            own["order"] = " ".join(map(str, order))
        if rule.legal_basis:
            own["basis"] = pack_basis(rule.legal_basis)
        return f'      <rule id="{row_id}"{self._own(own, where)}>{"".join(written)}</rule>\n'

    def _scope(self, scope: Scope | None, rule: Rule) -> str:
        if scope is Scope.REGIONS and rule.regions:
            return spell_cell([Condition(REGION_FIELD, Operator.ANY_OF, rule.regions)])
        if scope is Scope.VALIDITY and (rule.valid_from or rule.valid_to):
            if self._day_base is Base.DATE:
                return spell_days(rule.valid_from, rule.valid_to)
            low, high = (day.toordinal() if day else None for day in (rule.valid_from, rule.valid_to))
            return spell_cell([Condition(DAY_FIELD, Operator.BETWEEN, low=low, high=high)])
        return ""

    def _cell(self, cell: tuple[Condition, ...], rule: Rule, where: str) -> str:
        """The text of a cell, refused where reading it would not give these conditions again."""
        field = self._fields.get(cell[0].field)
        if field is None:
            return ""
        text = spell_cell(cell)
        if self._reading(field, text) != (cell,):
            self.flaws.append(
                Flaw("dmn.no_cell", f"{where}.conditions", {"rule": rule.id, "field": field.name})
            )
        return text

    def _reading(self, field: FactField, text: str) -> Alternatives | None:
        """What a cell reads as; None if it cannot be read."""
        if (field.name, text) not in self._readings:
            type_ = Type(_BASES[field.kind], field.kind is FieldKind.CHOICES)
            try:
                found = read_cell(text, field.name, type_, self._names).alternatives
            except NotFeel:
                found = None
            self._readings[field.name, text] = found
        return self._readings[field.name, text]

    def _own(self, values: dict[str, str], where: str) -> str:
        return "".join(
            f" lianxi:{name}={self._attribute(value, f'{where}.{name}')}" for name, value in values.items()
        )

    def _attribute(self, text: str, where: str) -> str:
        if not printable(text):
            self._refuse(where, text)
        return quoteattr(text)

    def _refuse(self, where: str, text: str) -> None:
        self.flaws.append(Flaw("dmn.unprintable", where, {"value": ascii(text)[1:41]}))


def _answer(part: Part, rule: Rule) -> str:
    """The output entry of a part."""
    outcome = rule.outcome
    match part:
        case Part.RULE:
            return spell_text(rule.id)
        case Part.TITLE:
            return spell_text(rule.title)
        case Part.TITLE_EN:
            return spell_text(rule.title_en)
        case Part.LEAD:
            return spell(outcome.lead)
        case Part.CONFERENCE:
            return spell(outcome.conference)
        case Part.LEGAL_PATH:
            return spell(outcome.legal_path)
        case Part.TRIAGE:
            return "true" if outcome.triage else "null"
        case Part.CO_FUNCTIONS:
            return spell_list(outcome.co_functions) if outcome.co_functions else "null"
        case Part.FLAGS:
            return spell_list(outcome.flags) if outcome.flags else "null"
        case Part.CANDIDATES:
            return spell_list(outcome.candidates) if outcome.candidates else "null"
        case Part.LEGAL_BASIS:
            return spell_text(basis_text(rule.legal_basis)) if rule.legal_basis else "null"


def _part_base(part: Part) -> Base:
    if part is Part.TRIAGE:
        return Base.BOOLEAN
    return Base.ANY if part in (Part.CO_FUNCTIONS, Part.FLAGS, Part.CANDIDATES) else Base.STRING


def _drawing() -> Iterator[str]:
    """Where the two tables stand in the diagram; without it a modelling tool shows an empty sheet."""
    yield '  <dmndi:DMNDI><dmndi:DMNDiagram id="diagram">\n'
    for table, x in (("base", 160), ("overlay", 400)):
        yield f'    <dmndi:DMNShape id="{table}_shape" dmnElementRef="{table}">'
        yield f'<dc:Bounds height="80" width="180" x="{x}" y="100"/></dmndi:DMNShape>\n'
    yield "  </dmndi:DMNDiagram></dmndi:DMNDI>\n"
