"""Read one sheet as a list of entries, noting the cell of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineSheet

from rules.flaws import Flaw
from rules.workbook.cells import TEXT, Kind, unguarded
from rules.workbook.notation import Unreadable, shortened
from rules.workbook.package import MOST_NAMED, SheetSurvey, letters
from rules.workbook.sheets import FIELD, Column, Sheet, put


@dataclass(slots=True)
class Table:
    """A sheet as it was read: `entries` are the documents of its rows, `rows` the row of each, and `columns`
    the letters of the column that holds an entry's part."""

    title: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def cell(self, at: int, path: str) -> str:
        """The cell of a part of an entry; the first cell of its row where the part has none of its own."""
        while path and path not in self.columns:
            path = path.rpartition(".")[0]
        return f"{self.title}!{self.columns.get(path, 'A')}{self.rows[at]}"


class Flaws:
    """The flaws of one file, no more than anybody reads."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Flaw] = []

    def note(self, code: str, cell: str, **values: str) -> None:
        """Remember what is wrong with a cell."""
        if len(self.found) < MOST_NAMED:
            self.found.append(Flaw(f"workbook.{code}", cell, values, self.file))


def read_table(sheet: Sheet, title: str, cells: CalamineSheet, survey: SheetSurvey, flaws: Flaws) -> Table:
    """The entries of a sheet."""
    for code, places in (("formula", survey.formulas), ("error", survey.errors), ("merged", survey.merged)):
        for place in places:
            flaws.note(code, f"{title}!{place}")
    table = Table(title)
    start = cells.start
    rows = cells.iter_rows()
    if start is None or start[0] > 0:
        flaws.note("no_heading", f"{title}!A1")
        return table
    columns = _columns(sheet, title, next(rows), start[1], flaws)
    table.columns = {column.path: letters(at + start[1] + 1) for at, column in columns}
    ill = {*survey.formulas, *survey.errors}
    # Most cells say what another of their column has said before, and values are never written to.
    readers = [(at, column.path, column.kind, dict[str, Any]()) for at, column in columns]
    for number, row in enumerate(rows, 2):
        entry = dict(_entry(table, readers, number, row, ill, flaws))
        if entry or any(str(cell).strip() for cell in row):
            document: dict[str, Any] = {}
            for path, value in entry.items():
                if path.startswith(FIELD):
                    document[path] = value
                else:
                    put(document, path, value)
            table.entries.append(document)
            table.rows.append(number)
    return table


def _columns(
    sheet: Sheet, title: str, heading: Sequence[object], start: int, flaws: Flaws
) -> list[tuple[int, Column]]:
    """The columns of the sheet with their places in a row; missing, unknown and repeated ones are noted."""
    known = {said: column for column in sheet.columns for said in (column.also, column.heading)}
    found: dict[str, tuple[int, Column]] = {}
    for at, cell in enumerate(heading):
        said = " ".join(unguarded(str(cell)).split())
        place = f"{title}!{letters(at + start + 1)}1"
        column = known.get(said)
        if column is None and said:
            flaws.note("unknown_column", place, column=shortened(said))
        elif column is not None and column.path in found:
            flaws.note("repeated_column", place, column=said)
        elif column is not None:
            found[column.path] = (at, column)
    for column in sheet.columns:
        if column.path not in found:
            flaws.note("missing_column", f"{title}!A1", column=column.heading)
    return [found[column.path] for column in sheet.columns if column.path in found]


def _entry(
    table: Table,
    readers: Sequence[tuple[int, str, Kind, dict[str, Any]]],
    number: int,
    row: Sequence[object],
    ill: set[str],
    flaws: Flaws,
) -> Iterator[tuple[str, Any]]:
    for at, path, kind, read in readers:
        cell = row[at]
        if cell == "":
            continue
        if isinstance(cell, str):
            if cell in read:
                yield path, read[cell]
                continue
            text: object = unguarded(cell)
            if text == "":
                continue
        else:
            text = cell
        place = f"{table.columns[path]}{number}"
        try:
            value = kind.read(text)
        except Unreadable as refusal:
            if place not in ill:
                flaws.note(refusal.code, f"{table.title}!{place}", **refusal.values)
            continue
        if isinstance(cell, str) and kind is not TEXT:
            read[cell] = value
        yield path, value
