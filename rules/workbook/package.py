"""Look into a workbook file before anything reads it: is it one, is it of a bearable size, and which cells
hold what a policy has no use for.

An .xlsx file is a zip of XML parts (ECMA-376 part 2). Only the parts that cells come from are taken, and they
are packed anew, so that what is read later is what was looked at here.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.parsers import expat  # entities are never expanded: a DOCTYPE is refused

from rules.flaws import Flaw, PackError

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 200
"""How many times larger than its packed form a part may be, beyond the first megabyte."""
MOST_CELLS = 12_000_000
"""Rows times columns of one sheet: what the reader lays out in memory."""
MOST_NAMED = 1_000
"""So many cells are named at most; a hundred thousand messages help nobody."""

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED = ("xl/sharedstrings.xml", "xl/styles.xml", "[content_types].xml", "_rels/.rels")
_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # ECMA-376 part 2, annex C allows no other
_SECRET = 0x1  # flag of an encrypted part
_ROW = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)


@dataclass(slots=True)
class SheetSurvey:
    """How many rows and columns of a sheet have something in them, and the cells of three sorts."""

    rows: int = 0
    columns: int = 0
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Package:
    """The parts that cells come from, packed anew, and the survey of each sheet by its title."""

    data: bytes
    sheets: Mapping[str, SheetSurvey]


def open_package(data: bytes, file: str, most_rows: Mapping[str, int]) -> Package:
    """Look into the file. `most_rows` says how many rows a sheet of a title may have, its heading among them;
    sheets of other titles are left out. Raises PackError."""
    if not data.startswith(_ZIP):
        raise _refused("encrypted_or_old" if data.startswith(_COMPOUND) else "not_a_workbook", file)
    if len(data) > MOST_BYTES:
        raise _refused("too_large", file, limit=f"{MOST_BYTES // 1024 // 1024} MB")
    with _damage_refused(file):
        archive = zipfile.ZipFile(io.BytesIO(data))
    with archive:
        return _look(archive, file, most_rows)


@contextmanager
def _damage_refused(file: str) -> Iterator[None]:
    """What the library makes of an archive that is broken or not as the file says: names in no encoding and
    places outside the file are a ValueError, versions that it does not know NotImplementedError."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise _refused("damaged", file) from None


def _look(archive: zipfile.ZipFile, file: str, most_rows: Mapping[str, int]) -> Package:
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.lower()
        if name in parts:
            raise _refused("damaged", file)
        parts[name] = info
    if _WORKBOOK not in parts or _RELATIONS not in parts:
        raise _refused("not_xlsx", file)
    reader = _Reader(archive, parts, file)
    titles = _sheet_parts(reader.part(_WORKBOOK), reader.part(_RELATIONS), file)
    for name in _SHARED:
        if name in parts:
            _parse(reader.part(name), {}, file)
    surveys: dict[str, SheetSurvey] = {}
    for title, part in titles.items():
        if title in most_rows:
            surveys[title] = _survey(reader.part(part), title, most_rows[title], file)
    return Package(reader.packed(), surveys)


class _Reader:
    """Takes parts out of the archive, no more than is bearable."""

    def __init__(self, archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], file: str) -> None:
        self._archive, self._parts, self._file = archive, parts, file
        self._taken: dict[str, bytes] = {}
        self._size = 0

    def part(self, name: str) -> bytes:
        if name not in self._parts:
            raise _refused("damaged", self._file)
        info = self._parts[name]
        if info.filename not in self._taken:
            self._size += info.file_size
            packed = max(info.compress_size, 1)
            if self._size > MOST_UNPACKED or info.file_size > 1024 * 1024 + packed * MOST_RATIO:
                raise _refused("too_large", self._file, limit=f"{MOST_UNPACKED // 1024 // 1024} MB")
            if info.compress_type not in _PACKED_AS or info.flag_bits & _SECRET:
                raise _refused("damaged", self._file)
            with _damage_refused(self._file):
                self._taken[info.filename] = self._archive.read(info)
        return self._taken[info.filename]

    def packed(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self._taken.items():
                archive.writestr(name, data)
        return target.getvalue()


def _sheet_parts(workbook: bytes, relations: bytes, file: str) -> dict[str, str]:
    """The part of each sheet by its title."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(attributes: dict[str, str]) -> None:
        relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        sheets.append((attributes.get("name", ""), relation))

    def relationship(attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "").lower()
        targets[attributes.get("Id", "")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"

    _parse(workbook, {"sheet": sheet}, file)
    _parse(relations, {"Relationship": relationship}, file)
    return {title: targets.get(relation, "") for title, relation in sheets}


def _survey(data: bytes, title: str, most: int, file: str) -> SheetSurvey:
    """Go through one sheet, stopping where it is larger than a policy may be."""
    found = SheetSurvey()
    row = column = 0
    cell = ""

    def row_starts(attributes: dict[str, str]) -> None:
        nonlocal row, column
        number = attributes.get("r", str(row + 1))
        if not _ROW.fullmatch(number):
            raise _refused("damaged", file)
        row, column = int(number), 0

    def cell_starts(attributes: dict[str, str]) -> None:
        nonlocal row, column, cell
        place = _CELL.fullmatch(attributes["r"]) if "r" in attributes else None
        if place:
            column, row = _number(place[1]), int(place[2])
        elif "r" in attributes:
            raise _refused("damaged", file)
        else:
            column += 1
        cell = f"{letters(column)}{row}"
        if attributes.get("t") == "e" and len(found.errors) < MOST_NAMED:
            found.errors.append(cell)

    def something(_attributes: dict[str, str]) -> None:
        found.rows, found.columns = max(found.rows, row), max(found.columns, column)
        if row > most:
            raise _refused("too_many_rows", file, f"{title}!A{row}", limit=str(most - 1))
        if found.rows * found.columns > MOST_CELLS:
            raise _refused("too_large_sheet", file, f"{title}!{cell}")

    def formula(attributes: dict[str, str]) -> None:
        something(attributes)
        if len(found.formulas) < MOST_NAMED:
            found.formulas.append(cell)

    def merged(attributes: dict[str, str]) -> None:
        if len(found.merged) < MOST_NAMED:
            found.merged.append(attributes.get("ref", ""))

    wanted = {"row": row_starts, "c": cell_starts, "v": something, "is": something, "f": formula}
    _parse(data, {**wanted, "mergeCell": merged}, file)
    return found


def _parse(data: bytes, wanted: Mapping[str, Callable[[dict[str, str]], None]], file: str) -> None:
    """Parse one part, calling what is wanted with the attributes of each such element."""
    # Whatever the part claims: what reads the cells afterwards takes every part for UTF-8.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("damaged", file)
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        call = wanted.get(name) or (wanted.get(name.rpartition(":")[2]) if ":" in name else None)
        if call is not None:
            call(attributes)

    def doctype(*_: object) -> None:
        raise _refused("doctype", file)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise _refused("damaged", file) from None


def letters(column: int) -> str:
    """The letters of a column, counted from 1."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _refused(code: str, file: str, path: str = "", **values: str) -> PackError:
    return PackError([Flaw(f"workbook.{code}", path, values, file)])
