"""What the guide to policies shows can be typed and is understood, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from typer.main import get_command

from cli.main import app
from rules.dmn.columns import Part, part_of
from rules.dmn.table import Base, HitPolicy, Type
from rules.dmn.unary import read_cell
from rules.dmn.words import Names as Variables
from rules.exchange import read_policy_file
from rules.model import FactField, FieldKind
from rules.workbook.conditions import ConditionCell
from rules.workbook.names import Names
from rules.workbook.sheets import SHEETS
from wording.catalogue import Language, say

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {Language.EN: "policies.md", Language.ZH: "policies.zh-CN.md"}
CELL = re.compile(r"`([^`]+)`")


def text(language: Language) -> str:
    """The page in a language."""
    return (DOCS / PAGES[language]).read_text(encoding="utf-8")


def blocks(language: Language, kind: str) -> list[str]:
    """The code blocks of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", text(language), re.DOTALL)


def tables(language: Language) -> list[list[list[str]]]:
    """The rows of each table without its heading, cell by cell."""
    found = re.findall(r"(?:^\|.*\n)+", text(language), re.MULTILINE)
    return [[[c.strip() for c in row.strip("|").split("|")] for row in t.splitlines()[2:]] for t in found]


def table_of(language: Language, first: str) -> list[list[str]]:
    """The table whose first row begins with this cell."""
    (found,) = (each for each in tables(language) if each[0][0] == first)
    return found


def plain(cell: str) -> str:
    """A cell without blanks and with the marks of one width."""
    return "".join(normalize("NFKC", cell).split())


@pytest.mark.parametrize("language", Language)
def test_both_examples_are_the_same_policy(language: Language) -> None:
    (model,), (document,) = blocks(language, "xml"), blocks(language, "json")
    drawn = read_policy_file(model.encode(), "split.dmn")
    assert drawn == read_policy_file(document.encode(), "split.json")
    assert [rule.id for rule in drawn.rules] == ["wharf", "rest"]


@pytest.mark.parametrize("language", Language)
def test_every_condition_cell_is_understood(language: Language) -> None:
    kinds = {say(f"workbook.field_kind.{kind}", language).lower(): kind for kind in FieldKind}
    rows = table_of(language, say("workbook.field_kind.choice", language).lower())
    assert len(rows) == 14
    for kind, cell, _ in rows:
        field = FactField("f", kinds[kind], "", "")
        reader = ConditionCell(field, Names(), language)
        written = cell.strip("`")
        assert plain(reader.show(reader.read(written))) == plain(written)


@pytest.mark.parametrize("language", Language)
def test_every_cell_of_a_model_is_understood(language: Language) -> None:
    rows = table_of(language, "`-`")
    assert len(rows) == 11
    for cell, _ in rows:
        written = cell.strip("`")
        assert read_cell(written, "f", Type(Base.ANY), Variables(["f"])).alternatives


@pytest.mark.parametrize("language", Language)
def test_columns_and_hit_policies_are_all_there(language: Language) -> None:
    rows = table_of(language, "`rule`")
    assert [part_of(name.strip("`"), "") for name, _, _ in rows] == list(Part)
    assert [part_of("", label) for _, label, _ in rows] == list(Part)
    named = [name for row in table_of(language, "`FIRST`") for name in CELL.findall(row[0])]
    assert sorted(named) == sorted(HitPolicy)


@pytest.mark.parametrize("language", Language)
def test_the_sheets_are_all_there(language: Language) -> None:
    rows = table_of(language, f"`{say('workbook.rules', language)}`")
    named = {name for row in rows for name in CELL.findall(row[0])}
    assert named == {say(f"workbook.{key}", language) for key in SHEETS}


@pytest.mark.parametrize("language", Language)
def test_every_command_and_option_exists(language: Language) -> None:
    root: Any = get_command(app)
    commands = root.commands["policy"].commands
    shown = re.findall(r"lianxi policy (\w+)([^`\n]*)", text(language))
    assert len(shown) > 15
    for name, rest in shown:
        known = {word for parameter in commands[name].params for word in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known
