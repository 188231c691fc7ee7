"""What tables answer, hit policy by hit policy."""

from __future__ import annotations

from datetime import date

import pytest

from rules.dmn.evaluate import evaluate_model
from rules.dmn.values import Value
from tests.rules.dmn.models import expression, input_data, model, required, table
from wording.catalogue import Language

LEVELS = 'level:string:"high","middle","low"'
OVERLAPPING = [["<= 10", '"low"'], ["[5..20]", '"high"'], [">= 10", '"middle"']]


def answer(
    hit_policy: str,
    value: Value,
    *,
    output: str = LEVELS,
    rows: list[list[str]] = OVERLAPPING,
    aggregation: str = "",
) -> tuple[Value, str | None]:
    """The result of a table over one number, and the code of what kept it from one."""
    found = evaluate_model(
        model(table(hit_policy, ["x:number"], [output], rows, aggregation=aggregation)), {"x": value}
    )["决定"]
    return found.value, found.problem.code if found.problem else None


@pytest.mark.parametrize(
    ("hit_policy", "value", "result"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 15.5, ("high", "middle")),
        ("FIRST", 3, "low"),
        ("FIRST", 7, "low"),
        ("FIRST", 25, "middle"),
        ("PRIORITY", 7, "high"),
        ("PRIORITY", 10, "high"),
        ("PRIORITY", 25, "middle"),
        ("COLLECT", 10, ("low", "high", "middle")),
        ("RULE ORDER", 10, ("low", "high", "middle")),
        ("OUTPUT ORDER", 10, ("high", "middle", "low")),
        ("OUTPUT ORDER", 7, ("high", "low")),
    ],
)
def test_hit_policies(hit_policy: str, value: int, result: Value) -> None:
    if hit_policy == "UNIQUE" and isinstance(result, tuple):
        assert answer(hit_policy, value) == (None, "dmn.not_unique")
    else:
        assert answer(hit_policy, value) == (result, None)


def test_rows_that_a_unique_table_must_not_have_are_named() -> None:
    found = evaluate_model(model(table("UNIQUE", ["x:number"], [LEVELS], OVERLAPPING)), {"x": 10})["决定"]
    assert found.problem is not None
    assert "1, 2, 3" in found.problem.message(Language.EN)
    assert found.problem.line == 8


def test_any_wants_one_answer() -> None:
    alike = [["<= 10", '"low"'], ["[5..20]", '"low"'], [">= 15", '"high"']]
    assert answer("ANY", 7, rows=alike) == ("low", None)
    assert answer("ANY", 17, rows=alike) == (None, "dmn.not_any")


@pytest.mark.parametrize(("aggregation", "result"), [("SUM", 0.6), ("MIN", 0.1), ("MAX", 0.3), ("COUNT", 3)])
def test_aggregations(aggregation: str, result: Value) -> None:
    rows = [["> 1", "0.1"], ["> 2", "0.2"], ["> 3", "0.3"], ["> 9", "100"]]
    assert answer("COLLECT", 5, output="sum:number", rows=rows, aggregation=aggregation) == (result, None)
    assert answer("COLLECT", 0, output="sum:number", rows=rows, aggregation=aggregation) == (None, None)


def test_aggregations_of_what_cannot_be_added() -> None:
    rows = [["> 1", '"a"'], ["> 2", "0.2"]]
    for aggregation in ("SUM", "MIN", "MAX"):
        assert answer("COLLECT", 5, output="sum", rows=rows, aggregation=aggregation) == (None, None)


@pytest.mark.parametrize(
    ("hit_policy", "result"),
    [
        ("UNIQUE", None),
        ("ANY", None),
        ("FIRST", None),
        ("PRIORITY", None),
        ("COLLECT", ()),
        ("RULE ORDER", ()),
        ("OUTPUT ORDER", ()),
    ],
)
def test_no_hit(hit_policy: str, result: Value) -> None:
    assert answer(hit_policy, None) == (result, None)
    assert answer(hit_policy, None, output=LEVELS + ':"low"') == ("low", None)


def test_several_outputs_are_a_structure() -> None:
    outputs = ['who:string:"a","b"', "much:number::0"]
    rows = [["true", '"b"', "2"], ["true", '"a"', "1"], ["true", '"a"', "3"]]
    for hit_policy, result in (
        ("FIRST", {"who": "b", "much": 2}),
        ("PRIORITY", {"who": "a", "much": 1}),
        ("OUTPUT ORDER", ({"who": "a", "much": 1}, {"who": "a", "much": 3}, {"who": "b", "much": 2})),
    ):
        found = model(table(hit_policy, ["x:boolean"], outputs, rows))
        assert evaluate_model(found, {"x": True})["决定"].value == result
        default: Value = {"who": None, "much": 0}
        assert evaluate_model(found, {"x": False})["决定"].value == default


def test_priority_goes_by_columns_from_the_left() -> None:
    outputs = ['one:string:"a","b"', 'two:string:"c","d"']
    rows = [["-", '"b"', '"c"'], ["-", '"a"', '"d"'], ["-", '"a"', '"c"']]
    found = evaluate_model(model(table("PRIORITY", ["x:number"], outputs, rows)), {})["决定"]
    assert (found.value, found.hits) == ({"one": "a", "two": "c"}, (2,))


@pytest.mark.parametrize(
    ("kind", "value", "hit"),
    [
        ("number", 1, True),
        ("number", "1", False),
        ("number", True, False),
        ("number", (1,), True),
        ("Any", 1, True),
        ("", 1, True),
        ("integer", 1, True),
    ],
)
def test_inputs_of_another_type_are_null(kind: str, value: Value, hit: bool) -> None:
    found = evaluate_model(model(table("UNIQUE", [f"x:{kind}"], ["y"], [["1", "true"]])), {"x": value})
    assert found["决定"].value is (True if hit else None)


def test_input_values() -> None:
    decision = table("UNIQUE", ['x:string:"a","b"'], ["y:number"], [["-", "1"]])
    for value, result in (("a", 1), ("c", None), (None, 1)):
        found = evaluate_model(model(decision), {"x": value})["决定"]
        assert found.value == result
        assert (found.problem is None) is (result == 1)


def test_days_are_compared() -> None:
    decision = table("UNIQUE", ["x:date"], ["y:number"], [['> date("2026-07-01")', "1"], ["null", "2"]])
    for value, result in ((date(2026, 7, 2), 1), (date(2026, 7, 1), None), ("2026-07-02", 2)):
        assert evaluate_model(model(decision), {"x": value})["决定"].value == result


def test_decisions_that_require_each_other() -> None:
    found = model(
        input_data("base fee", "number"),
        expression("总额", "base fee * 系数 + 附加", required("系数", "附加")),
        table(
            "FIRST",
            ["base fee:number"],
            ["k:number"],
            [["< 附加", "2"], ["-", "3"]],
            name="系数",
            requires=required("附加"),
        ),
        expression("附加", "10"),
        expression("旁", "1"),
    )
    assert [each.name for each in found.decisions] == ["附加", "旁", "系数", "总额"]
    results = evaluate_model(found, {"base fee": 9})
    assert {name: result.value for name, result in results.items()} == {
        "附加": 10,
        "旁": 1,
        "系数": 2,
        "总额": 28,
    }
    assert set(evaluate_model(found, {"base fee": 9}, "系数")) == {"附加", "系数"}
    with pytest.raises(KeyError):
        evaluate_model(found, {}, "无此决策")


def test_outputs_may_be_worked_out() -> None:
    rows = [["> 1", "x * 2 + 0.1"], ["-", "null"]]
    assert answer("FIRST", 1.1, output="y:number", rows=rows) == (2.3, None)
    assert answer("FIRST", 1, output="y:number", rows=rows) == (None, None)
