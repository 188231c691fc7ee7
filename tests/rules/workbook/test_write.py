"""What a workbook holds besides its content: nothing that calculates, and what helps a clerk."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.flaws import PackError
from rules.lexicon import Lexicon, Term, TermKind
from rules.model import Condition, FactField, FieldKind, LegalBasis, Operator, Policy
from rules.workbook.cells import LONGEST, guarded, unguarded
from rules.workbook.read import read_workbook
from rules.workbook.write import write_workbook
from tests.rules.policies import base, equals, overlay, policy
from tests.rules.workbook.grids import grid_of, small, unpacked
from wording.catalogue import Language

EVIL = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "'=1",
    "=HYPERLINK(1)",
)


def evil(text: str) -> Policy:
    """A policy with this text wherever a text may stand."""
    field = FactField("x", FieldKind.CHOICE, text, text, (text,))
    rule = replace(
        base(text, equals("x", text)),
        title=text,
        title_en=text,
        regions=(text,),
        legal_basis=(LegalBasis(text, text, text),),
    )
    rule = replace(rule, outcome=replace(rule.outcome, flags=(text,), legal_path=text))
    made = policy(rule, fields=(*policy().fields, field))
    return replace(made, key=text, title=text, lexicon=Lexicon((Term(text, TermKind.PLACE),)))


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula_or_becomes_one_in_a_csv(text: str) -> None:
    data = write_workbook(evil(text))
    for _, part in unpacked(data):
        assert not re.search(rb"<f>|<f |<hyperlink|<externalLink", part)
    for rows in grid_of(data).values():
        cells = [cell for row in rows for cell in row if isinstance(cell, str) and cell]
        assert not [cell for cell in cells if cell[0] in "=+-@＝＋－＠\t\r\n "]
    assert read_workbook(data, "a.xlsx") == evil(text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1))
def test_a_guarded_text_is_the_text_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_lists_to_pick_from() -> None:
    sheet = dict(unpacked(write_workbook(small())))["xl/worksheets/sheet2.xml"].decode()
    lists = dict(re.findall(r'sqref="([A-Z]+)2:[A-Z]+100001"[^>]*><formula1>([^<]+)<', sheet))
    titles = grid_of(write_workbook(small()))["规则"][0]
    offered = {title: lists.get(chr(65 + at)) for at, title in enumerate(titles[:26])}
    assert offered["种类"] == '"基本,叠加"'
    assert offered["转人工研判"] == '"是,否"'
    assert offered["有照"] == '"是,否,已知,未知"'
    assert offered["类别"] == "'代码'!$E$23:$E$26"
    assert offered["牵头"] == "'代码'!$E$2:$E$14"
    assert offered["渠道"] is None
    assert "<pane " in sheet
    assert "<autoFilter " in sheet


def test_names_stand_for_codes() -> None:
    row = dict(zip(*grid_of(write_workbook(small()))["规则"][:2], strict=True))
    assert (row["种类"], row["类别"], row["牵头"]) == ("基本", "码头港口", "港口管理部门")
    assert row["法律依据"] == "噪声污染防治法｜第八十条｜待核"


@pytest.mark.parametrize("language", Language)
def test_the_guide_is_true(language: Language) -> None:
    """Each example of a condition in the guide is read."""
    assert all(row[0] for row in next(iter(grid_of(write_workbook(small(), language)).values())))


def flaws(written: Policy) -> list[tuple[str, str, str]]:
    with pytest.raises(PackError) as caught:
        write_workbook(written)
    return [(flaw.code, flaw.path, flaw.values.get("row", "")) for flaw in caught.value.flaws]


def test_a_cell_holds_so_much_and_the_rule_is_named() -> None:
    fits = replace(base("fits"), title="字" * LONGEST)
    wide = replace(base("wide"), title="😀" * (LONGEST // 2 + 1))
    long = overlay("long", equals("channel", "字" * (LONGEST + 1)))
    assert read_workbook(write_workbook(policy(fits)), "a.xlsx") == policy(fits)
    assert flaws(policy(fits, wide, long)) == [
        ("workbook.cannot_write", "rules.1.title", "wide"),
        ("workbook.cannot_write", "rules.2.field:channel", "long"),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        Condition("severity", Operator.EQUALS, ("5",)),
        Condition("severity", Operator.BETWEEN),
        Condition("nothing", Operator.EQUALS, ("a",)),
        equals("channel", "\ud800"),
        equals("channel", "\uffff"),
    ],
)
def test_what_cannot_come_back_is_not_written(condition: Condition) -> None:
    assert [(code, row) for code, _, row in flaws(policy(base("odd", condition)))] == [
        ("workbook.cannot_write", "odd")
    ]


def test_too_many_fields() -> None:
    fields = tuple(FactField(f"f{at}", FieldKind.FLAG, f"f{at}", "") for at in range(901))
    assert [code for code, _, _ in flaws(policy(fields=fields))] == ["workbook.too_many_rows"]
