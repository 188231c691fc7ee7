"""Read a policy from a workbook, naming the sheet and the cell of everything that is wrong.

Cells become a policy document, and the document is read and checked as any other; what is found then is led
back to the cell that it came from.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from rules.document import check_policy, policy_document, policy_from_document
from rules.flaws import Flaw, PackError
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import FactField, FieldKind, Policy
from rules.workbook.layout import rule_of_row
from rules.workbook.package import open_package
from rules.workbook.sheets import (
    FIELD,
    SHEETS,
    CodeUse,
    Sheet,
    Vocabulary,
    cases_sheet,
    codes_sheet,
    fields_sheet,
    fixed_headings,
    headings,
    lexicon_sheets,
    policy_sheet,
    rules_sheet,
)
from rules.workbook.table import Flaws, Table, read_table
from wording.catalogue import Language, say


def read_workbook(
    data: bytes,
    file: str,
    keep: Policy | None = None,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a workbook. What it has no sheet for is taken from `keep`, except the rules. Raises
    PackError with everything that is wrong; the path of a flaw is its cell, such as `规则!C7`."""
    reader = _Reader(data, file, keep)
    policy = reader.policy()
    found = check_policy(policy, functions, conference_domains)
    if found:
        raise PackError([reader.placed(flaw) for flaw in found])
    return policy


class _Reader:
    """Reads sheet after sheet, collecting flaws."""

    def __init__(self, data: bytes, file: str, keep: Policy | None) -> None:
        self._flaws = Flaws(file)
        self._kept = keep
        most_rows = {
            say(f"workbook.{key}", language): most + 1
            for key, most in SHEETS.items()
            for language in Language
        }
        package = open_package(data, file, most_rows)
        self._surveys = package.sheets
        try:
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.data))
        except CalamineError:
            raise PackError([Flaw("workbook.damaged", "", {}, file)]) from None
        self._tables: dict[str, Table] = {}
        for key in SHEETS if keep is None else ("rules",):
            if self._title(key) is None:
                self._flaws.note("no_sheet", say(f"workbook.{key}"), sheet=say(f"workbook.{key}"))
        if self._flaws.found:
            raise PackError(self._flaws.found)

    def policy(self) -> Policy:
        """The policy, of the right shape. Raises PackError."""
        try:
            document = self._document()
        except CalamineError:
            raise PackError([Flaw("workbook.damaged", "", {}, self._flaws.file)]) from None
        if self._flaws.found:
            raise PackError(self._flaws.found)
        try:
            return policy_from_document(document)
        except PackError as error:
            raise PackError([self.placed(flaw) for flaw in error.flaws]) from None

    def placed(self, flaw: Flaw) -> Flaw:
        """The flaw with the file and the cell that it is about."""
        key, _, rest = flaw.path.partition(".")
        number, _, part = rest.partition(".")
        path = flaw.path
        table = self._tables.get(key)
        if table and number.isdigit() and int(number) < len(table.rows):
            at = int(number)
            path = table.cell(at, _column(table.entries[at], part, flaw.values.get("field")))
        elif (top := self._tables.get("policy")) and top.rows:
            path = top.cell(0, key)
        return replace(flaw, path=path, file=self._flaws.file)

    def _document(self) -> dict[str, Any]:
        language = Language.ZH
        document: dict[str, Any] = policy_document(self._kept) if self._kept else {}
        if top := self._table(policy_sheet(language)):
            if len(top.entries) != 1:
                self._flaws.note("one_row", f"{top.title}!A2")
            document.update(*top.entries[:1])
        fields, columns = self._fields(document)
        codes = self._table(codes_sheet(language))
        names = Vocabulary.of(_uses(codes.entries if codes else ()), columns)
        for sheet in (cases_sheet(fields, names, language), *lexicon_sheets(language)):
            if table := self._table(sheet):
                document[sheet.key] = table.entries
        if rules := self._table(rules_sheet(fields, names, language)):
            document["rules"] = rules.entries = [rule_of_row(row) for row in rules.entries]
        return document

    def _fields(self, document: dict[str, Any]) -> tuple[tuple[FactField, ...], dict[str, str]]:
        """The fact fields, and the headings of their columns among the rules."""
        listed = self._table(fields_sheet(Language.ZH))
        if listed is None:
            kept = self._kept.fields if self._kept else ()
            return kept, headings(kept)
        columns: dict[str, str] = {}
        taken = fixed_headings()
        for at, entry in enumerate(listed.entries):
            name = str(entry.get("name", ""))
            heading = str(entry.pop("heading", entry.get("title", "")))
            if name in columns:
                self._flaws.note("repeated_field", listed.cell(at, "name"), field=name)
            if heading in taken:
                self._flaws.note("repeated_heading", listed.cell(at, "heading"), column=heading)
            columns.setdefault(name, heading)
            taken.add(heading)
        document["fields"] = listed.entries
        fields = [
            FactField(
                entry["name"],
                FieldKind(entry["kind"]),
                columns[entry["name"]],
                "",
                tuple(entry.get("values", ())),
            )
            for entry in listed.entries
            if "name" in entry and "kind" in entry
        ]
        return tuple(fields), columns

    def _title(self, key: str) -> str | None:
        """What a sheet is called in this workbook, if it is there."""
        titles = (say(f"workbook.{key}", language) for language in Language)
        return next((title for title in titles if title in self._surveys), None)

    def _table(self, sheet: Sheet) -> Table | None:
        """One sheet; None where it is not there."""
        title = self._title(sheet.key)
        if title is None:
            return None
        cells = self._workbook.get_sheet_by_name(title)
        table = read_table(sheet, title, cells, self._surveys[title], self._flaws)
        self._tables[sheet.key] = table
        return table


def _uses(codes: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """The rows of the sheet of codes with what they name as the product calls it."""
    said = {say(f"workbook.use.{use}", language): use for use in CodeUse for language in Language}
    for row in codes:
        if row.get("use") in said and "code" in row:
            yield {**row, "use": said[row["use"]]}


def _column(entry: Mapping[str, Any], part: str, field: str | None) -> str:
    """The path of the column that a part of an entry came from: a condition stands under its field, which the
    part leads to or the flaw names."""
    section, _, rest = part.partition(".")
    number = rest.partition(".")[0]
    if section == "conditions" and number.isdigit():
        field = entry["conditions"][int(number)]["field"]
    return f"{FIELD}{field}" if section == "conditions" and field else part
