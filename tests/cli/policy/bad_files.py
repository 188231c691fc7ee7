"""Files of no use, each with the place that the refusal has to name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.exchange import FileFormat, write_policy
from rules.workbook.write import write_workbook
from tests.cli.policy.drawn import drawn
from tests.rules.policies import equals
from tests.rules.workbook.grids import Grid, cell, changed, grid_of, packed, put, small, unpacked

RULES = "规则"
MANY = 200_000


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file, and what is said of it."""

    about: str
    name: str
    content: bytes
    place: str
    said: str = ""


def bad_files() -> Iterator[BadFile]:
    """One for each way in which a file can be of no use."""
    yield from _models()
    yield from _workbooks()
    yield from _documents()


def _models() -> Iterator[BadFile]:
    def model(about: str, text: str, begins: str, place: str = "", said: str = "") -> BadFile:
        line = text[: text.index(begins)].count("\n") + 1
        return BadFile(about, "t.dmn", text.encode(), f"t.dmn:{line} {place}".strip(), said)

    plain = drawn()
    root, first = "<definitions", '<inputEntry id="UnaryTests_10">'
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
    laughs = "".join(f'<!ENTITY l{at} "&l{at - 1};&l{at - 1};">' for at in range(1, 30))
    yield model("words instead of a model", "rules, rules", "rules")
    yield model("no XML", plain.replace("<decision ", "<decision <"), "<decision <")
    yield model("breaks off", plain[: plain.index('name="lead"')], '<output id="Output_1"')
    yield model("XXE", plain.replace(root, entity + root), "<!DOCTYPE")
    yield model("billion laughs", plain.replace(root, f"<!DOCTYPE a [{laughs}]>\n{root}"), "<!DOCTYPE")
    yield model("hit policy", drawn("SECOND"), "<decisionTable", "牵头部门", "SECOND")
    column = "牵头部门 #1 类别"
    for name in ("matches", "starts with", "date and time"):
        yield model(name, drawn(sector=f'{name}(?, "p.*")'), first, column, name)
    row = '<rule id="DecisionRule_1">'
    yield model("unknown unit", drawn(lead='"magic"'), row, "牵头部门 #1 lead", "magic")
    text = plain.replace("</decisionTable>", "<rule/>\n" * MANY + "</decisionTable>")
    line = text[: text.index("<rule/>")].count("\n") + 100_000 - 3 + 1
    yield BadFile("rows of a model", "t.dmn", text.encode(), f"t.dmn:{line}", "100000")


def _workbooks() -> Iterator[BadFile]:
    def without_lead(grid: Grid) -> None:
        at = grid[RULES][0].index("牵头")
        for row in grid[RULES]:
            del row[at]

    def with_cell(about: str, heading: str, value: str, said: str = "") -> BadFile:
        return BadFile(about, "t.xlsx", changed(put(RULES, heading, value)), cell(RULES, heading), said)

    yield BadFile("merged", "t.xlsx", changed(lambda _: None, [(RULES, "A5:C6")]), f"{RULES}!A5:C6")
    yield BadFile("missing column", "t.xlsx", changed(without_lead), f"{RULES}!A1", "牵头")
    yield with_cell("unknown unit in a cell", "牵头", "魔法局", "魔法局")
    yield with_cell("formula", "牵头", "=1+1")
    yield with_cell("regex in a cell", "类别", "/^po.*$/", "/^po.*$/")
    parts = dict(unpacked(write_workbook(small())))
    place = f"{RULES}!A{MANY + 1}"
    last = f'<row r="{MANY + 1}"><c r="A{MANY + 1}"><v>1</v></c></row></sheetData>'.encode()
    sheet = f"xl/worksheets/sheet{list(grid_of(write_workbook(small()))).index(RULES) + 1}.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", last)
    yield BadFile("rows of a workbook", "t.xlsx", packed(parts), place, "100000")


def _documents() -> Iterator[BadFile]:
    def document(about: str, value: str, old: str, new: str, place: str, said: str) -> BadFile:
        policy = small()
        rule = replace(policy.rules[0], conditions=(equals("channel", value),))
        written = write_policy(replace(policy, rules=(rule, *policy.rules[1:])), FileFormat.JSON).decode()
        assert old in written
        return BadFile(about, "t.json", written.replace(old, new, 1).encode(), place, said)

    place = "t.json rules.0.conditions.0"
    yield document("regex", "web", '"equals"', '"matches"', f"{place}.operator", "matches")
    yield document("pattern", "^we.*$", "{", "{", place, "^we.*$")
    yield document("language", "порт", "{", "{", place, "порт")
    yield document("unit", "web", '"lead": "port"', '"lead": "magic"', "t.json rules.0.outcome.lead", "magic")
    many = b'{"rules": [' + b"{}, " * MANY + b"{}]}"
    yield BadFile("rows of a document", "t.json", many, "t.json rules", "100000")
    yield BadFile("tags", "t.yaml", b"key: !!python/name:os.system x\n", "t.yaml:1 key")
