"""A workbook that cannot be read: each flaw names its cell, and all of them are found."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from rules.flaws import PackError
from rules.model import Policy
from rules.workbook import package
from rules.workbook.read import read_workbook
from rules.workbook.write import write_workbook
from tests.rules.workbook.grids import Grid, cell, changed, packed, put, small, unpacked, workbook
from wording.catalogue import Language

RULES = "规则"


def flaws(data: bytes, keep: Policy | None = None) -> list[tuple[str, str]]:
    """Codes and places of what is wrong; every message can be said."""
    with pytest.raises(PackError) as caught:
        read_workbook(data, "a.xlsx", keep)
    for flaw in caught.value.flaws:
        assert flaw.file == "a.xlsx"
        assert all(flaw.message(language) for language in Language)
    return [(flaw.code, flaw.path) for flaw in caught.value.flaws]


CELLS: list[tuple[str, str, Any, str]] = [
    (RULES, "牵头", "=1+1", "workbook.formula"),
    (RULES, "标题", '=HYPERLINK("http://example.org","x")', "workbook.formula"),
    (RULES, "英文标题", "=#REF!", "workbook.formula"),
    (RULES, "牵头", "魔法局", "check.unknown_function"),
    (RULES, "协办", "港口管理部门, 魔法局", "check.unknown_function"),
    (RULES, "联席会议", "魔法", "check.unknown_conference"),
    (RULES, "牵头", "港口管理部门, 水利水务部门", "workbook.one_word"),
    (RULES, "类别", "魔法", "check.value_not_allowed"),
    (RULES, "类别", "/港.*/", "workbook.no_patterns"),
    (RULES, "类别", 5, "workbook.number_in_text"),
    (RULES, "类别", '"port', "workbook.open_quote"),
    (RULES, "严重程度", "20～10", "check.range_reversed"),
    (RULES, "严重程度", "很重", "workbook.not_a_number"),
    (RULES, "有照", "也许", "workbook.not_a_flag"),
    (RULES, "渠道", "a；非 a", "check.contradiction"),
    (RULES, "种类", "特别", "workbook.no_such_sort"),
    (RULES, "种类", "", "pack.missing"),
    (RULES, "优先级", "", "pack.missing"),
    (RULES, "优先级", 1.5, "pack.not_a_whole_number"),
    (RULES, "优先级", "第一", "workbook.not_a_number"),
    (RULES, "编号", "", "pack.missing"),
    (RULES, "编号", 7, "workbook.number_in_text"),
    (RULES, "标题", True, "workbook.flag_in_text"),
    (RULES, "标题", datetime(2026, 1, 31), "workbook.day_in_text"),
    (RULES, "生效日", 46053, "workbook.day_serial"),
    (RULES, "生效日", "明天", "workbook.not_a_day"),
    (RULES, "生效日", "2026-02-30", "workbook.not_a_day"),
    (RULES, "生效日", datetime(2026, 1, 31, 5), "workbook.not_a_day"),
    (RULES, "适用地区", 320682, "workbook.number_in_text"),
    (RULES, "法律依据", "甲法｜一｜二", "workbook.said_twice"),
    (RULES, "转人工研判", "是的吧", "workbook.not_a_flag"),
    ("用例", "要素", "类别港口", "workbook.no_colon"),
    ("用例", "要素", "魔法：港口", "workbook.no_such_field"),
    ("用例", "要素", "类别：port；类别：port", "workbook.said_twice"),
    ("用例", "要素", "{", "workbook.not_facts"),
    ("用例", "要素", '{"a": {"b": 1}}', "pack.not_a_fact"),
    ("用例", "应由谁牵头", "", "pack.case_lead_or_triage"),
    ("要素", "种类", "集合", "workbook.no_such_sort"),
    ("词库", "种类", "咒语", "workbook.no_such_sort"),
    ("词库", "要素", "pollutant：magic", "pack.unknown_fact"),
    ("词库", "权重", "重", "workbook.not_a_number"),
    ("规则集", "版本号", "新", "workbook.not_a_number"),
    ("规则集", "格式", 99, "pack.wrong_format"),
    ("规则集", "低于此把握转人工（0 至 1）", 2, "check.triage_below"),
]


@pytest.mark.parametrize(("sheet", "heading", "value", "code"), CELLS)
def test_one_cell(sheet: str, heading: str, value: object, code: str) -> None:
    assert (code, cell(sheet, heading)) in flaws(changed(put(sheet, heading, value)))


def test_everything_is_found_at_once() -> None:
    def change(grid: Grid) -> None:
        put(RULES, "牵头", "=1", 1)(grid)
        put(RULES, "优先级", "x", 2)(grid)
        put(RULES, "类别", "a*", 2)(grid)
        put("词库", "种类", "x")(grid)
        put("用例", "要素", "x")(grid)

    found = flaws(changed(change))
    assert {code for code, _ in found} == {
        "workbook.formula",
        "workbook.not_a_number",
        "workbook.no_patterns",
        "workbook.no_such_sort",
        "workbook.no_colon",
    }


def test_a_repeated_rule() -> None:
    assert flaws(changed(put(RULES, "编号", "a", 2))) == [("check.repeated_rule", f"{RULES}!A3")]


def test_fields_and_headings_that_are_there_twice() -> None:
    found = flaws(changed(put("要素", "代码", "sector", 2)))
    assert found[0] == ("workbook.repeated_field", cell("要素", "代码", 2))
    for heading in ("类别", "标题", "Title"):
        found = flaws(changed(put("要素", "规则表列名", heading, 2)))
        assert found[0] == ("workbook.repeated_heading", cell("要素", "规则表列名", 2))


def test_an_error_value() -> None:
    """What a formula has left behind after its result was pasted."""
    data = changed(put(RULES, "标题", "=#REF!"))
    parts = dict(unpacked(data))
    sheet = next(name for name in parts if b"<f>" in parts[name])
    parts[sheet] = parts[sheet].replace(b"<f>A1</f>", b"")
    assert ("workbook.error", cell(RULES, "标题")) in flaws(packed(parts))


def test_merged_cells() -> None:
    data = changed(lambda _grid: None, [(RULES, "B2:B3")])
    assert ("workbook.merged", f"{RULES}!B2:B3") in flaws(data)


def without(heading: str) -> Callable[[Grid], None]:
    def change(grid: Grid) -> None:
        at = grid[RULES][0].index(heading)
        for row in grid[RULES]:
            del row[at]

    return change


def twice(heading: str) -> Callable[[Grid], None]:
    def change(grid: Grid) -> None:
        at = grid[RULES][0].index(heading)
        for row in grid[RULES]:
            row.append(row[at])

    return change


def renamed(heading: str, name: str) -> Callable[[Grid], None]:
    def change(grid: Grid) -> None:
        grid[RULES][0][grid[RULES][0].index(heading)] = name

    return change


def test_columns() -> None:
    assert flaws(changed(without("牵头"))) == [("workbook.missing_column", f"{RULES}!A1")]
    assert flaws(changed(twice("牵头"))) == [("workbook.repeated_column", f"{RULES}!AA1")]
    assert flaws(changed(renamed("牵头", "主办"))) == [
        ("workbook.unknown_column", cell(RULES, "牵头", 0)),
        ("workbook.missing_column", f"{RULES}!A1"),
    ]


def test_columns_may_stand_in_any_order_and_rows_may_be_blank() -> None:
    def change(grid: Grid) -> None:
        for row in grid[RULES]:
            row.reverse()
        grid[RULES].insert(2, [""] * len(grid[RULES][0]))
        grid[RULES].append(["  "] + [""] * (len(grid[RULES][0]) - 1))

    assert read_workbook(changed(change), "a.xlsx") == small()


def test_a_cell_is_named_behind_blank_rows() -> None:
    def change(grid: Grid) -> None:
        grid[RULES].insert(1, [""] * len(grid[RULES][0]))
        put(RULES, "牵头", "x", 2)(grid)

    assert flaws(changed(change)) == [("check.unknown_function", cell(RULES, "牵头", 2))]


def test_a_heading_that_is_not_in_the_first_row() -> None:
    def change(grid: Grid) -> None:
        grid[RULES].insert(0, [])

    assert flaws(changed(change)) == [("workbook.no_heading", f"{RULES}!A1")]


def test_sheets_that_are_left_out_are_kept() -> None:
    def change(grid: Grid) -> None:
        for title in ("用例", "要素", "词库", "读法", "规则集", "说明"):
            del grid[title]
        put(RULES, "标题", "新")(grid)

    data = changed(change)
    kept = small()
    rules = (replace(kept.rules[0], title="新"), kept.rules[1])
    assert read_workbook(data, "a.xlsx", kept) == replace(kept, rules=rules)
    assert [code for code, _ in flaws(data)] == ["workbook.no_sheet"] * 5
    assert flaws(workbook({"用例": [["名称"]]}), kept) == [("workbook.no_sheet", RULES)]


def test_headings_of_the_other_language() -> None:
    policy = small()
    assert read_workbook(write_workbook(policy, Language.EN), "a.xlsx") == policy


def altered(part: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = dict(unpacked(write_workbook(small())))
    parts[part] = change(parts[part])
    return packed(parts)


def with_doctype(xml: bytes) -> bytes:
    return xml.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>', 1)


SHEET = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_workbook"),
        (b"id,kind\n1,2\n", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted_or_old"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (write_workbook(small())[:-200], "damaged"),
        (
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
            "not_xlsx",
        ),
        (altered(SHEET, with_doctype), "doctype"),
        (altered("xl/workbook.xml", with_doctype), "doctype"),
        (altered("xl/styles.xml", with_doctype), "doctype"),
        (altered(SHEET, lambda xml: xml[:-20]), "damaged"),
        (altered(SHEET, lambda xml: xml.decode().encode("utf-16")), "damaged"),
        (altered(SHEET, lambda xml: xml.replace(b'r="A1"', b'r="A0"')), "damaged"),
        (altered(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="x"')), "damaged"),
        (altered("xl/workbook.xml", lambda _: b"<workbook/>"), "no_sheet"),
        (altered("xl/_rels/workbook.xml.rels", lambda _: b"<Relationships/>"), "damaged"),
        (altered(SHEET, lambda xml: xml.replace(b'r="A1"', b'r="A1048576"')), "too_many_rows"),
        (altered(SHEET, lambda xml: xml.replace(b'r="A3"', b'r="XFD99999"')), "too_large_sheet"),
        (altered(SHEET, lambda xml: xml + b" " * 50_000_000), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_workbook(data: bytes, code: str) -> None:
    assert flaws(data)[0][0] == f"workbook.{code}"


def test_an_encoding_that_nobody_knows() -> None:
    data = altered(SHEET, lambda xml: xml.replace(b'encoding="UTF-8"', b'encoding="U7F-8"'))
    assert read_workbook(data, "a.xlsx") == small()


def test_an_encrypted_part() -> None:
    data = bytearray(write_workbook(small()))
    for at in range(len(data) - 10):
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    assert flaws(bytes(data)) == [("workbook.damaged", "")]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_part_packed_as_no_workbook_is(method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, part in unpacked(write_workbook(small())):
            archive.writestr(name, part)
    data = bytearray(target.getvalue())
    assert flaws(bytes(data)) == [("workbook.damaged", "")]
    data[200:260] = bytes(60)
    assert flaws(bytes(data)) == [("workbook.damaged", "")]


WRITTEN = write_workbook(small())


@given(at=st.integers(0, 10**6), garbage=st.binary(min_size=1, max_size=12))
def test_bytes_that_changed_on_the_way(at: int, garbage: bytes) -> None:
    data = bytearray(WRITTEN)
    at %= len(data)
    data[at : at + len(garbage)] = garbage
    with suppress(PackError):
        read_workbook(bytes(data), "a.xlsx")


def test_a_part_that_is_there_twice() -> None:
    target = io.BytesIO(write_workbook(small()))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    assert flaws(target.getvalue()) == [("workbook.damaged", "")]


def test_more_rows_than_a_policy_may_have() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(RULES)
        for row in range(100_100):
            sheet.write_string(row, 0, "a")
    assert flaws(target.getvalue()) == [("workbook.too_many_rows", f"{RULES}!A100002")]


def test_as_many_flaws_as_anybody_reads() -> None:
    grid = {RULES: [["标题"], *(["=1"] for _ in range(3_000))]}
    assert len(flaws(workbook(grid), small())) == package.MOST_NAMED
