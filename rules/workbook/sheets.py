"""The sheets of a workbook and their columns, each the place of one entry of a policy document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.lexicon import Scope, TermKind
from rules.model import FactField, FieldKind, RuleKind
from rules.workbook.cells import (
    TEXT,
    AskedCodeCell,
    CodeCell,
    CodesCell,
    DayCell,
    FlagCell,
    GroupsCell,
    Kind,
    NumberCell,
    PairsCell,
    SortCell,
)
from rules.workbook.conditions import ConditionCell
from rules.workbook.facts_cell import FactsCell
from rules.workbook.legal_cell import BasisCell
from rules.workbook.names import Names
from wording.catalogue import Language, say

FIELD = "field:"
"""Begins the path of a rule's conditions on one field."""
ORDER = "order"
"""Path of the fields of a rule's conditions in their order, where that is not the order of the columns."""
SHEETS = {
    "rules": 100_000,
    "cases": 10_000,
    "fields": 900,
    "codes": 100_000,
    "terms": 200_000,
    "readings": 20_000,
    "policy": 1,
}
"""The sheets of a workbook, and how many rows one policy may have in each."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the entry of the row's document that it holds (`outcome.lead`), how, and its heading."""

    path: str
    kind: Kind
    heading: str
    also: str
    """The heading in the other language, which is read as well."""
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one heading and one row an entry of the document's list `key`."""

    key: str
    columns: tuple[Column, ...]

    @property
    def most(self) -> int:
        """How many rows one policy may have there."""
        return SHEETS[self.key]

    def title(self, language: Language) -> str:
        """What the sheet is called."""
        return say(f"workbook.{self.key}", language)


class CodeUse(StrEnum):
    """What a row of the sheet of codes names."""

    FUNCTION = "function"
    CONFERENCE = "conference"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of functions, of conference domains and of each field's words, and the fields' headings."""

    functions: Names
    conferences: Names
    words: Mapping[str, Names]
    headings: Mapping[str, str]

    @classmethod
    def of(cls, codes: Iterable[Mapping[str, str]], headings: Mapping[str, str]) -> Vocabulary:
        """The names of the rows of the sheet of codes."""
        sets: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in codes:
            key = (row["use"], row.get("field", ""))
            sets.setdefault(key, []).append((row["code"], row.get("name", "")))
        words = {name: Names.of(sets.get((CodeUse.WORD, name), ())) for name in headings}
        functions = Names.of(sets.get((CodeUse.FUNCTION, ""), ()))
        return cls(functions, Names.of(sets.get((CodeUse.CONFERENCE, ""), ())), words, headings)


_WORDS = CodesCell(Names())
_NUMBER = NumberCell()


def policy_sheet(language: Language) -> Sheet:
    """One row about the policy itself."""
    return _sheet(
        "policy",
        [
            ("format", _NUMBER, 8),
            ("key", TEXT, 20),
            ("version", _NUMBER, 8),
            ("title", TEXT, 30),
            ("title_en", TEXT, 30),
            ("triage_below", _NUMBER, 14),
        ],
        language,
    )


def fields_sheet(language: Language) -> Sheet:
    """The fact fields, each with the heading of its column among the rules."""
    return _sheet(
        "fields",
        [
            ("name", TEXT, 18),
            ("kind", SortCell("field_kind", FieldKind, language), 10),
            ("title", TEXT, 20),
            ("title_en", TEXT, 24),
            ("heading", TEXT, 20),
            ("values", _WORDS, 80),
        ],
        language,
    )


def codes_sheet(language: Language) -> Sheet:
    """What codes are called in the other sheets."""
    columns = [("use", TEXT, 12), ("field", TEXT, 18), ("code", TEXT, 26), ("name", TEXT, 26)]
    return _sheet("codes", columns, language)


def rules_sheet(fields: Sequence[FactField], names: Vocabulary, language: Language) -> Sheet:
    """The decision table."""
    front = _columns(
        "rules",
        [
            ("id", TEXT, 22),
            ("kind", SortCell("rule_kind", RuleKind, language), 10),
            ("priority", _NUMBER, 8),
            ("title", TEXT, 32),
            ("title_en", TEXT, 32),
        ],
        language,
    )
    conditions = [_condition_column(field, names, language) for field in fields]
    back = _columns(
        "rules",
        [
            ("outcome.lead", CodeCell(names.functions), 18),
            ("outcome.co_functions", CodesCell(names.functions), 24),
            ("outcome.conference", CodeCell(names.conferences), 16),
            ("outcome.flags", _WORDS, 18),
            ("outcome.legal_path", TEXT, 14),
            ("outcome.triage", FlagCell(language, silent=False), 10),
            ("outcome.candidates", CodesCell(names.functions), 30),
            ("legal_basis", BasisCell(language), 44),
            ("regions", _WORDS, 20),
            ("valid_from", DayCell(), 12),
            ("valid_to", DayCell(), 12),
            (ORDER, _WORDS, 24),
        ],
        language,
    )
    return Sheet("rules", (*front, *conditions, *back))


def cases_sheet(fields: Sequence[FactField], names: Vocabulary, language: Language) -> Sheet:
    """The cases that the policy must pass."""
    facts = FactsCell(
        {field.name: field for field in fields}, Names.of(names.headings.items()), names.words, language
    )
    return _sheet(
        "cases",
        [
            ("name", TEXT, 30),
            ("text", TEXT, 60),
            ("facts", facts, 44),
            ("region", TEXT, 14),
            ("on", DayCell(), 12),
            ("expected.lead", CodeCell(names.functions), 18),
            ("expected.triage", FlagCell(language, silent=False), 12),
            ("expected.co_functions", CodesCell(names.functions, language), 24),
            ("expected.flags", CodesCell(Names(), language), 18),
            ("expected.conference", AskedCodeCell(names.conferences, language), 16),
            ("expected.rule", TEXT, 22),
        ],
        language,
    )


def lexicon_sheets(language: Language) -> tuple[Sheet, Sheet]:
    """The terms and the readings."""
    term_kind = SortCell("term_kind", TermKind, language)
    terms = _sheet(
        "terms",
        [
            ("text", TEXT, 20),
            ("kind", term_kind, 12),
            ("sector", TEXT, 18),
            ("weight", _NUMBER, 8),
            ("facts", PairsCell(), 34),
            ("marks", _WORDS, 24),
            ("unless", _WORDS, 24),
        ],
        language,
    )
    readings = _sheet(
        "readings",
        [
            ("id", TEXT, 26),
            ("needs", GroupsCell(), 44),
            ("unless", _WORDS, 24),
            ("scope", SortCell("scope", Scope, language), 10),
            ("kind", term_kind, 12),
            ("facts", PairsCell(), 34),
            ("sector", TEXT, 18),
            ("weight", _NUMBER, 8),
            ("against", _WORDS, 24),
        ],
        language,
    )
    return terms, readings


def fixed_headings() -> set[str]:
    """The headings among the rules that no field can have, in both languages."""
    columns = rules_sheet((), Vocabulary.of((), {}), Language.ZH).columns
    return {heading for column in columns for heading in (column.heading, column.also)}


def headings(fields: Sequence[FactField]) -> dict[str, str]:
    """The heading of each field among the rules: its title, made different where that is needed."""
    taken = fixed_headings()
    found: dict[str, str] = {}
    for field in fields:
        heading = title = " ".join(field.title.split()) or field.name
        number = 1
        while heading in taken:
            heading = f"{title}（{field.name}）" if number == 1 else f"{title}（{field.name} {number}）"
            number += 1
        taken.add(heading)
        found[field.name] = heading
    return found


def entry(document: Mapping[str, Any], path: str) -> Any:
    """The entry of a document at a path; None where there is none."""
    found: Any = document
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set the entry of a document at a path."""
    *above, last = path.split(".")
    for key in above:
        document = document.setdefault(key, {})
    document[last] = value


def _sheet(key: str, columns: Iterable[tuple[str, Kind, int]], language: Language) -> Sheet:
    return Sheet(key, tuple(_columns(key, columns, language)))


def _columns(sheet: str, columns: Iterable[tuple[str, Kind, int]], language: Language) -> list[Column]:
    other = Language.EN if language is Language.ZH else Language.ZH
    return [
        Column(path, kind, say(key, language), say(key, other), width)
        for path, kind, width in columns
        for key in [f"workbook.{sheet}.{path}"]
    ]


def _condition_column(field: FactField, names: Vocabulary, language: Language) -> Column:
    heading = names.headings[field.name]
    kind = ConditionCell(field, names.words[field.name], language)
    return Column(f"{FIELD}{field.name}", kind, heading, heading, 18)
