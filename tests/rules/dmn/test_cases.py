"""Files of test cases."""

from __future__ import annotations

import pytest

from rules.dmn.cases import Structure, Written, read_cases, run_cases
from rules.dmn.table import Base
from rules.flaws import PackError
from tests.rules.dmn.models import expression, input_data, model, table

HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)
NOISE = model(
    '<itemDefinition name="tPlace"><itemComponent name="distance"><typeRef>number</typeRef></itemComponent>'
    "</itemDefinition>",
    input_data("decibel", "number"),
    input_data("place", "tPlace"),
    table(
        "COLLECT",
        ["decibel:number", "place.distance:number"],
        ["who:string", "fee:number"],
        [["> 55", "-", '"ecology"', "decibel / 3"], ["-", "< 100", '"town_government"', "null"]],
        name="分派",
    ),
    expression("超标", "decibel > 55"),
    expression("日", 'date("2026-07-01")'),
)


def cases(*inside: str) -> bytes:
    return (HEAD + "\n".join(inside) + "</testCases>").encode()


def case(inputs: str, expected: str, decision: str = "分派") -> str:
    return (
        f'<testCase id="c">{inputs}<resultNode name="{decision}" type="decision">'
        f"<expected>{expected}</expected></resultNode></testCase>"
    )


def given(name: str, inside: str) -> str:
    return f'<inputNode name="{name}">{inside}</inputNode>'


LOUD = given("decibel", "<value>60</value>") + given(
    "place", '<component name="distance"><value>200</value></component>'
)
BOTH = given("decibel", '<value xsi:type="xsd:decimal">60.0</value>') + given(
    "place", '<component name="distance"><value>20</value></component>'
)


def item(who: str, fee: str) -> str:
    parts = (("who", who), ("fee", fee))
    return "<item>" + "".join(f'<component name="{n}">{v}</component>' for n, v in parts) + "</item>"


ECOLOGY = item("<value>ecology</value>", '<value xsi:type="xsd:double">2.0E1</value>')
TOWN = item("<value>town_government</value>", '<value xsi:nil="true"/>')


@pytest.mark.parametrize(
    ("one", "passed"),
    [
        (case(LOUD, f"<list>{ECOLOGY}</list>"), True),
        (case(BOTH, f"<list>{ECOLOGY}{TOWN}</list>"), True),
        (case(BOTH, f"<list>{TOWN}{ECOLOGY}</list>"), False),
        (case("", "<list/>"), True),
        (case(LOUD, "<list/>"), False),
        (case(LOUD, "<value>ecology</value>"), False),
        (case(LOUD, item("<value>ecology</value>", "<value>20</value>")), False),
        (case(LOUD, "<value>true</value>", "超标"), True),
        (case(LOUD, '<value xsi:type="xsd:boolean">false</value>', "超标"), False),
        (case(LOUD, '<value xsi:type="xsd:string">true</value>', "超标"), False),
        (case("", "<value/>", "超标"), True),
        (case("", '<value xsi:nil="true"/>', "超标"), True),
        (case("", '<value xsi:type="xsd:string"></value>', "超标"), False),
        (case(given("decibel", "<value>loud</value>"), "<value/>", "超标"), True),
        (case("", '<value xsi:type="xsd:date">2026-07-01</value>', "日"), True),
        (case("", "<value>2026-07-02</value>", "日"), False),
    ],
)
def test_cases(one: str, passed: bool) -> None:
    (result,) = run_cases(NOISE, read_cases(cases(one), "c.xml"))
    assert (result.case, result.passed) == ("c", passed), result


def test_what_is_told_of_a_case() -> None:
    (result,) = run_cases(NOISE, read_cases(cases(case(LOUD, f"<list>{TOWN}</list>")), "c.xml"))
    assert result.expected == "[{who: town_government, fee: null}]"
    assert result.found == "[{who: ecology, fee: 20}]"


def test_decisions_that_the_model_has_not() -> None:
    (result,) = run_cases(NOISE, read_cases(cases(case("", "<value/>", "别的")), "c.xml"))
    assert not result.passed
    assert result.problem is not None
    assert result.problem.code == "dmn.unknown_decision"


def test_what_is_read() -> None:
    (one,) = read_cases(cases("<modelName>m</modelName>", case(BOTH, "<value> a </value>")), "c.xml")
    assert one.inputs == {
        "decibel": Written("60.0", Base.NUMBER),
        "place": Structure({"distance": Written("20", None)}),
    }
    assert one.expected == {"分派": Written(" a ", None)}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<testCases/>", "dmn.no_cases"),
        (b"<x>", "dmn.breaks_off"),
        (
            cases(case(given("x", '<value xsi:type="xsd:duration">P1D</value>'), "<value/>")),
            "dmn.unsupported_type",
        ),
    ],
)
def test_files_that_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(PackError) as caught:
        read_cases(data, "c.xml")
    assert [flaw.code for flaw in caught.value.flaws] == [code]
