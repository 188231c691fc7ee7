"""Workbooks as people send them: those of the product with cells changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from rules.lexicon import Lexicon, Term, TermKind
from rules.model import Case, Expected, LegalBasis, Policy
from rules.workbook.write import write_workbook
from tests.rules.policies import any_of, base, equals, overlay, policy

Grid = dict[str, list[list[Any]]]
"""Cells by the title of their sheet; a text that begins with `=` becomes a formula."""


def small() -> Policy:
    """Two rules, one term, one case."""
    ruled = replace(
        base("a", equals("sector", "port"), any_of("pollutant", "dust"), lead="port"),
        legal_basis=(LegalBasis("噪声污染防治法", "第八十条", certain=False),),
    )
    return replace(
        policy(ruled, overlay("b", equals("licensed", False))),
        key="small",
        lexicon=Lexicon((Term("码头", TermKind.PREMISES, (("pollutant", "dust"),), "port"),)),
        cases=(Case("一", Expected("port"), "码头扬尘"),),
    )


def grid_of(data: bytes) -> Grid:
    """The cells of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in book.sheet_names
    }


def changed(change: Callable[[Grid], None], merged: Iterable[tuple[str, str]] = ()) -> bytes:
    """The workbook of the small policy after a change."""
    grid = grid_of(write_workbook(small()))
    change(grid)
    return workbook(grid, merged)


def workbook(grid: Grid, merged: Iterable[tuple[str, str]] = ()) -> bytes:
    """The workbook of such cells."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in grid.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(row, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("=#"):
                        sheet.write_formula(row, column, "=A1", None, cell[1:])
                    elif isinstance(cell, str) and not cell.startswith("="):
                        sheet.write_string(row, column, cell)
                    elif cell != "":
                        sheet.write(row, column, cell)
            for where, cells_merged in merged:
                if where == title:
                    sheet.merge_range(cells_merged, "merged")
    return target.getvalue()


def put(title: str, heading: str, value: Any, row: int = 1) -> Callable[[Grid], None]:
    """Write a cell below a heading; `row` counts the rows of content from 1."""

    def change(grid: Grid) -> None:
        sheet = grid[title]
        column = sheet[0].index(heading)
        while len(sheet) <= row:
            sheet.append([""] * len(sheet[0]))
        sheet[row][column] = value

    return change


def cell(title: str, heading: str, row: int = 1) -> str:
    """The address of such a cell in the workbook of the small policy."""
    sheet = grid_of(write_workbook(small()))[title]
    number = sheet[0].index(heading)
    letters = chr(65 + number) if number < 26 else chr(64 + number // 26) + chr(65 + number % 26)
    return f"{title}!{letters}{row + 1}"


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def packed(parts: dict[str, bytes]) -> bytes:
    """The workbook of such parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()
