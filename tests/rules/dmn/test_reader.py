"""What is read of a decision model, and what is wrong with one: by decision, row, column and line."""

from __future__ import annotations

import pytest

from rules.dmn import flaw_list, reader
from rules.dmn.expression import Literal
from rules.dmn.reader import NAMESPACES, read_model
from rules.dmn.table import Base, DecisionTable, HitPolicy
from rules.flaws import PackError
from tests.rules.dmn.models import definitions, expression, input_data, model, required, table
from wording.catalogue import Language


def flaws(body: str, attributes: str = "") -> list[tuple[str, str, int | None]]:
    with pytest.raises(PackError) as caught:
        read_model(definitions(body, attributes=attributes).encode(), "m.dmn")
    for flaw in caught.value.flaws:
        assert flaw.message(Language.ZH)
        assert flaw.message(Language.EN).startswith("m.dmn")
    return [(flaw.code.removeprefix("dmn."), flaw.path, flaw.line) for flaw in caught.value.flaws]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_versions(namespace: str) -> None:
    text = definitions(table("FIRST", ["x:number"], ["y:string"], [["> 1", '"a"']]), namespace)
    for whole in (
        text,
        text.replace("<", "<p:").replace("<p:/", "</p:").replace("<p:?", "<?").replace("xmlns=", "xmlns:p="),
    ):
        (decision,) = read_model(whole.encode(), "x").decisions
        assert isinstance(decision.logic, DecisionTable)
        assert decision.logic.hit_policy is HitPolicy.FIRST
        assert [column.type.base for column in decision.logic.inputs] == [Base.NUMBER]


def test_a_table_is_unique_unless_it_says_otherwise() -> None:
    text = definitions(table("UNIQUE", ["x"], ["y"], [])).replace(' hitPolicy="UNIQUE"', "")
    logic = read_model(text.encode(), "x").decisions[0].logic
    assert isinstance(logic, DecisionTable)
    assert logic.hit_policy is HitPolicy.UNIQUE


def test_what_other_tools_add_is_left_out() -> None:
    body = table("FIRST", ["x:number"], ["y"], [["1", "2"]])
    body = body.replace(
        "<decisionTable", '<extensionElements><o:x xmlns:o="urn:o"/></extensionElements><decisionTable'
    )
    body = body.replace("<rule ", '<annotation name="备注"/><rule ')
    body = body.replace("</rule>", "<annotationEntry><text>说明</text></annotationEntry></rule>")
    logic = model(body, '<textAnnotation id="t"><text>旁注</text></textAnnotation>').decisions[0].logic
    assert isinstance(logic, DecisionTable)
    assert logic.rules[0].description == "说明"


def test_item_definitions() -> None:
    types = (
        '<itemDefinition name="tWord"><typeRef>string</typeRef>'
        '<allowedValues><text>"b","a"</text></allowedValues></itemDefinition>'
        '<itemDefinition name="tWords" isCollection="true"><typeRef>tWord</typeRef></itemDefinition>'
        '<itemDefinition name="tPart"><itemComponent name="w"><typeRef>tWords</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    found = model(
        types, input_data("x", "tns:tPart"), table("PRIORITY", ["x.w:tWords"], ["y:tWord"], [["-", '"a"']])
    )
    logic = found.decisions[0].logic
    assert isinstance(logic, DecisionTable)
    assert logic.outputs[0].values == ("b", "a")
    assert logic.inputs[0].type.is_list
    assert found.inputs[0].type.members is not None
    assert found.inputs[0].type.members["w"].allowed == ("b", "a")


def test_an_empty_answer_is_null() -> None:
    logic = model(table("FIRST", ["x"], ["y:number"], [["1", ""], ["2", "-"]])).decisions[0].logic
    assert isinstance(logic, DecisionTable)
    assert [rule.outputs for rule in logic.rules] == [(Literal(None),)] * 2


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", [("no_decision", "", 2)]),
        (table("LAST", ["x"], ["y"], []), [("hit_policy", "决定", 5)]),
        (table("COLLECT", ["x"], ["y"], [], aggregation="MEAN"), [("unknown_aggregation", "决定", 5)]),
        (table("FIRST", ["x"], ["y"], [], aggregation="SUM"), [("aggregation", "决定", 5)]),
        (table("COLLECT", ["x"], ["y", "z"], [], aggregation="SUM"), [("aggregation", "决定", 5)]),
        (table("PRIORITY", ["x"], ["y"], []), [("no_output_values", "决定", 5)]),
        (table("OUTPUT ORDER", ["x"], ["y:number:[1..3]"], []), [("no_output_values", "决定", 5)]),
        (table("FIRST", ["x"], [], []), [("no_output", "决定", 5)]),
        (table("FIRST", [""], ["y"], []), [("no_expression", "决定", 6)]),
        (table("FIRST", ["upper(x)"], ["y"], []), [("function", "决定 upper(x)", 6)]),
        (table("FIRST", ["x:time"], ["y"], []), [("unsupported_type", "决定 x", 6)]),
        (table("FIRST", ["x:tNone"], ["y"], []), [("unknown_type", "决定 x", 6)]),
        (table("FIRST", ["x:number"], ["y"], [["> 1", "1"], ['"a"', "1"]]), [("wrong_type", "决定 #2 x", 9)]),
        (table("FIRST", ["x"], ["y:number"], [["-", '"a"']]), [("wrong_type", "决定 #1 y", 8)]),
        (table("FIRST", ["x"], ['y:string:"a"'], [["-", '"b"']]), [("not_an_output", "决定 #1 y", 8)]),
        (table("FIRST", ["x"], ["y:number::a"], []), [("unknown_name", "决定 y", 7)]),
        (table("FIRST", ["x:string"], ["y"], [["Winter", "1"]]), [("unknown_name", "决定 #1 x", 8)]),
        (table("FIRST", ["x"], ["y"], [["-", "now()"]]), [("function", "决定 #1 y", 8)]),
        (
            table("FIRST", ["x"], ["y"], [["-"], ["-", "1", "2"]]),
            [("cell_count", "决定 #1", 8), ("cell_count", "决定 #2", 9)],
        ),
        (expression("a", "1 +"), [("incomplete", "a", 3)]),
        (expression("a", "b") + expression("b", "1"), [("unknown_name", "a", 3)]),
        (
            expression("a", "b", required("b")) + expression("b", "a", required("a")),
            [("circle", "a", 3), ("circle", "b", 3)],
        ),
        (expression("a", "1", required("b")), [("unknown_reference", "a", 3)]),
        (expression("a", "1") + "\n" + input_data("a", "number"), [("repeated_name", "a", 3)]),
        ('<decision id="a" name="a"/>', [("unsupported_logic", "a", 3)]),
        ('<decision id="a" name="a">\n<context/></decision>', [("unsupported_logic", "a", 3)]),
        (
            '<decision id="a"><literalExpression><text>1</text></literalExpression></decision>',
            [("no_name", "", 3)],
        ),
        ('<import name="i"/>' + expression("a", "1"), [("unsupported_element", "i", 3)]),
        ('<businessKnowledgeModel name="f"/>' + expression("a", "1"), [("unsupported_element", "f", 3)]),
        (
            table("FIRST", ["x"], ["y"], [["-", "1"]]) + '\n<inputData id="决定_1" name="z"/>',
            [("repeated_id", "", 10)],
        ),
        (
            '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>' + expression("a", "1"),
            [("circle", "t", 3)],
        ),
        (
            '<itemDefinition name="t"><typeRef>number</typeRef><allowedValues><text>"a"</text>'
            "</allowedValues></itemDefinition>" + expression("a", "1"),
            [("wrong_type", "t", 3)],
        ),
    ],
)
def test_flaws(body: str, found: list[tuple[str, str, int | None]]) -> None:
    assert flaws(body) == found


@pytest.mark.parametrize(
    "language", ["feel", "FEEL", "S-FEEL", "https://www.omg.org/spec/DMN/20191111/FEEL/"]
)
def test_languages(language: str) -> None:
    good = definitions(expression("a", "1"), attributes=f'expressionLanguage="{language}"')
    assert read_model(good.encode(), "x").decisions
    assert flaws(expression("a", "1"), 'expressionLanguage="juel"') == [("language", "", 2)]
    body = table("FIRST", ["x"], ["y"], [["-", "1"]]).replace(
        "<inputEntry>", '<inputEntry expressionLanguage="js">'
    )
    assert flaws(body) == [("language", "决定 #1 x", 8)]


def test_all_flaws_are_told_and_nothing_is_read() -> None:
    rows = [["> 1", '"a"'], ["now()", "1"], ["[1..", '"a" +'], ["-", "1"]]
    assert flaws(table("LAST", ["x:number"], ["y:number"], rows)) == [
        ("hit_policy", "决定", 5),
        ("wrong_type", "决定 #1 y", 8),
        ("function", "决定 #2 x", 9),
        ("incomplete", "决定 #3 x", 10),
        ("incomplete", "决定 #3 y", 10),
    ]


def test_flaws_without_end_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flaw_list, "MOST_FLAWS", 3)
    found = flaws(table("FIRST", ["x:number"], ["y"], [['"a"', "1"]] * 5).replace('id="决定_', 'a="'))
    assert [code for code, _, _ in found] == ["wrong_type"] * 3 + ["more_flaws"]


def test_types_that_contain_themselves_are_told_once() -> None:
    parts = "".join(f'<itemComponent name="p{n}"><typeRef>t</typeRef></itemComponent>' for n in range(40))
    found = flaws(f'<itemDefinition name="t">{parts}</itemDefinition>' + expression("a", "1"))
    assert set(found) == {("circle", "t", 3)}


def test_more_decisions_than_anybody_draws() -> None:
    body = "\n".join(expression(f"n{n}", "1") for n in range(501))
    assert flaws(body) == [("too_many", "", 503)]


def test_what_flaws_say_is_short() -> None:
    with pytest.raises(PackError) as caught:
        model(table("FIRST", ["x:t" + "x" * 10_000], ["y"], []))
    assert len(caught.value.flaws[0].message()) < 1_000


def test_more_rows_than_a_policy_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_RULES", 2)
    assert flaws(table("FIRST", ["x"], ["y"], [["1", "1"]] * 3)) == [("too_many", "", 10)]


@pytest.mark.parametrize("root", ["<x/>", '<definitions xmlns="urn:other"/>', "<definitions/>"])
def test_other_xml(root: str) -> None:
    with pytest.raises(PackError) as caught:
        read_model(root.encode(), "x")
    assert [flaw.code for flaw in caught.value.flaws] == ["dmn.not_dmn"]
