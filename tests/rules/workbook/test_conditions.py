"""What a clerk may type for a condition, and what is said where it cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from rules.document import condition_document
from rules.model import Condition, FactField, FieldKind, Operator
from rules.workbook.conditions import ConditionCell
from rules.workbook.names import Names
from rules.workbook.notation import Unreadable
from wording.catalogue import Language

CHOICE = FactField("premises", FieldKind.CHOICE, "场所", "Premises")
CHOICES = FactField("pollutant", FieldKind.CHOICES, "污染类型", "Pollutant")
NUMBER = FactField("times", FieldKind.NUMBER, "次数", "Times")
FLAG = FactField("licensed", FieldKind.FLAG, "有照", "Licensed")
DAY = FactField("day", FieldKind.NUMBER, "日期", "Day")
NAMES = Names.of([("factory", "工厂"), ("restaurant", "餐饮店"), ("bar", "酒吧"), ("known", "已知")])
START = date(2026, 1, 31)


def cell(field: FactField) -> ConditionCell:
    return ConditionCell(field, NAMES, Language.ZH)


def on(field: FactField, operator: Operator, *values: Any, negated: bool = False, **ends: float) -> Condition:
    return Condition(field.name, operator, values, ends.get("low"), ends.get("high"), negated)


def between(field: FactField, low: float | None, high: float | None, *, negated: bool = False) -> Condition:
    return Condition(field.name, Operator.BETWEEN, (), low, high, negated)


@pytest.mark.parametrize(
    ("field", "typed", "conditions"),
    [
        (CHOICE, "工厂", [on(CHOICE, Operator.EQUALS, "factory")]),
        (CHOICE, " factory ", [on(CHOICE, Operator.EQUALS, "factory")]),
        (CHOICE, "工厂, 餐饮店", [on(CHOICE, Operator.IN, "factory", "restaurant")]),
        (CHOICE, "工厂、餐饮店，bar,", [on(CHOICE, Operator.IN, "factory", "restaurant", "bar")]),
        (CHOICE, "任一：工厂", [on(CHOICE, Operator.IN, "factory")]),
        (CHOICE, "任一 : 工厂", [on(CHOICE, Operator.IN, "factory")]),
        (CHOICE, '"工厂"', [on(CHOICE, Operator.EQUALS, "工厂")]),
        (CHOICE, "“a, b”", [on(CHOICE, Operator.EQUALS, "a, b")]),
        (CHOICE, '"say ""hi"""', [on(CHOICE, Operator.EQUALS, 'say "hi"')]),
        (CHOICE, '""', [on(CHOICE, Operator.EQUALS, "")]),
        (CHOICE, "50", [on(CHOICE, Operator.EQUALS, "50")]),
        (CHOICE, "非 工厂", [on(CHOICE, Operator.EQUALS, "factory", negated=True)]),
        (CHOICE, "不含：工厂、bar", [on(CHOICE, Operator.IN, "factory", "bar", negated=True)]),
        (CHOICE, "≠工厂", [on(CHOICE, Operator.EQUALS, "factory", negated=True)]),
        (CHOICE, "非法倾倒", [on(CHOICE, Operator.EQUALS, "非法倾倒")]),
        (CHOICE, "已知", [on(CHOICE, Operator.PRESENT)]),
        (CHOICE, "未知", [on(CHOICE, Operator.PRESENT, negated=True)]),
        (CHOICE, "非 未知", [on(CHOICE, Operator.PRESENT)]),
        (CHOICE, "absent", [on(CHOICE, Operator.PRESENT, negated=True)]),
        (CHOICE, '"已知"', [on(CHOICE, Operator.EQUALS, "已知")]),
        (
            CHOICE,
            "已知；非 工厂",
            [on(CHOICE, Operator.PRESENT), on(CHOICE, Operator.EQUALS, "factory", negated=True)],
        ),
        (CHOICES, "noise", [on(CHOICES, Operator.ANY_OF, "noise")]),
        (CHOICES, "任一：noise, dust", [on(CHOICES, Operator.ANY_OF, "noise", "dust")]),
        (CHOICES, "全部:noise，dust", [on(CHOICES, Operator.ALL_OF, "noise", "dust")]),
        (CHOICES, "not all: noise", [on(CHOICES, Operator.ALL_OF, "noise", negated=True)]),
        (NUMBER, "50", [on(NUMBER, Operator.EQUALS, 50)]),
        (NUMBER, "-0.5", [on(NUMBER, Operator.EQUALS, -0.5)]),
        (NUMBER, "５０", [on(NUMBER, Operator.EQUALS, 50)]),
        (NUMBER, "10、20", [on(NUMBER, Operator.IN, 10, 20)]),
        (NUMBER, "1, 500", [on(NUMBER, Operator.IN, 1, 500)]),
        (NUMBER, "≥ 50", [between(NUMBER, 50, None)]),
        (NUMBER, ">=50", [between(NUMBER, 50, None)]),
        (NUMBER, "＞＝50", [between(NUMBER, 50, None)]),
        (NUMBER, "不少于50", [between(NUMBER, 50, None)]),
        (NUMBER, "<= 5.5", [between(NUMBER, None, 5.5)]),
        (NUMBER, "10～20", [between(NUMBER, 10, 20)]),
        (NUMBER, "10 ~ 20", [between(NUMBER, 10, 20)]),
        (NUMBER, "10-20", [between(NUMBER, 10, 20)]),
        (NUMBER, "-20～-10", [between(NUMBER, -20, -10)]),
        (NUMBER, "非 10至20", [between(NUMBER, 10, 20, negated=True)]),
        (NUMBER, "≥ 10；非 15", [between(NUMBER, 10, None), on(NUMBER, Operator.EQUALS, 15, negated=True)]),
        (NUMBER, 50.0, [on(NUMBER, Operator.EQUALS, 50)]),
        (NUMBER, 0.5, [on(NUMBER, Operator.EQUALS, 0.5)]),
        (FLAG, "是", [on(FLAG, Operator.EQUALS, True)]),
        (FLAG, "No", [on(FLAG, Operator.EQUALS, False)]),
        (FLAG, True, [on(FLAG, Operator.EQUALS, True)]),
        (FLAG, "非 是", [on(FLAG, Operator.EQUALS, True, negated=True)]),
        (DAY, "≥ 2026-01-31", [between(DAY, START.toordinal(), None)]),
        (DAY, "2026/1/31～2026年2月1日", [between(DAY, START.toordinal(), START.toordinal() + 1)]),
        (DAY, START, [on(DAY, Operator.EQUALS, START.toordinal())]),
    ],
)
def test_typed(field: FactField, typed: object, conditions: list[Condition]) -> None:
    assert cell(field).read(typed) == [condition_document(condition) for condition in conditions]


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (CHOICE, '"工厂', "open_quote"),
        (CHOICE, 'a "b" c', "open_quote"),
        (CHOICE, "/工.*/", "no_patterns"),
        (CHOICE, "^工厂$", "no_patterns"),
        (CHOICE, "工*", "no_patterns"),
        (CHOICE, "re:工", "no_patterns"),
        (CHOICE, "[工餐]厂", "no_patterns"),
        (CHOICES, "全部：noise, d?st", "no_patterns"),
        (CHOICE, "全部：工厂", "all_of_one"),
        (CHOICE, "河道：上游", "no_such_sign"),
        (CHOICE, "任一：，", "no_word"),
        (CHOICE, 50.0, "number_in_text"),
        (CHOICE, True, "flag_in_text"),
        (CHOICE, datetime(2026, 1, 31), "day_in_text"),
        (NUMBER, "> 50", "inclusive_only"),
        (NUMBER, "＜50", "inclusive_only"),
        (NUMBER, "1,500", "thousands"),
        (NUMBER, "五十", "not_a_number"),
        (NUMBER, "0x10", "not_a_number"),
        (NUMBER, "007", "not_a_number"),
        (NUMBER, "NaN", "not_a_number"),
        (NUMBER, "1e999", "not_a_number"),
        (NUMBER, "9" * 400, "not_a_number"),
        (NUMBER, "10～", "not_a_number"),
        (NUMBER, "1～2～3", "not_a_number"),
        (NUMBER, START, "day_in_text"),
        (DAY, 46053.0, "number_in_text"),
        (DAY, "2026-02-30", "not_a_day"),
        (FLAG, "也许", "not_a_flag"),
    ],
)
def test_not_readable(field: FactField, typed: object, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        cell(field).read(typed)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (on(CHOICE, Operator.EQUALS, "factory"), "工厂"),
        (on(CHOICE, Operator.IN, "factory"), "任一：工厂"),
        (on(CHOICE, Operator.IN, "factory", "a b"), '工厂, "a b"'),
        (on(CHOICE, Operator.EQUALS, "工厂"), '"工厂"'),
        (on(CHOICE, Operator.EQUALS, "known"), "known"),
        (on(CHOICE, Operator.PRESENT, negated=True), "未知"),
        (on(CHOICES, Operator.ALL_OF, "noise", "dust", negated=True), "非 全部：noise, dust"),
        (between(NUMBER, 50.0, None), "≥ 50"),
        (between(NUMBER, 0.5, 2.0), "0.5～2"),
        (between(DAY, START.toordinal(), None), "≥ 2026-01-31"),
        (on(FLAG, Operator.EQUALS, False), "否"),
    ],
)
def test_shown(condition: Condition, shown: str) -> None:
    field = {field.name: field for field in (CHOICE, CHOICES, NUMBER, FLAG, DAY)}[condition.field]
    assert cell(field).show([condition_document(condition)]) == shown


@pytest.mark.parametrize(
    "condition",
    [
        on(NUMBER, Operator.EQUALS, "50"),
        on(CHOICE, Operator.EQUALS, 50),
        on(CHOICE, Operator.EQUALS),
        on(CHOICE, Operator.EQUALS, "a", "b"),
        on(CHOICE, Operator.ALL_OF, "a"),
        on(NUMBER, Operator.EQUALS, float("nan")),
        between(NUMBER, None, None),
    ],
)
def test_what_no_check_passes_is_not_written(condition: Condition) -> None:
    field = {field.name: field for field in (CHOICE, NUMBER)}[condition.field]
    with pytest.raises(Unreadable):
        cell(field).show([condition_document(condition)])
