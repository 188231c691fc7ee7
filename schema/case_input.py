"""The cases of a policy as they are written into a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from rules.model import Case, Expected, FactValue
from schema.field import both, listed, optional, required
from schema.policy_input import number


@strawberry.input(
    description=both(
        "A fact that a case gives: one of word, words, number and flag.", "用例给定的要素，四种值取一。"
    )
)
class CaseFactInput:
    """A fact to be written."""

    field: str = required("The fact.", "要素。")
    word: str | None = optional("Its word, of a fact that holds one.", "词（单选）。")
    words: list[str] | None = optional("Its words, of a fact that holds several.", "词（多选）。")
    number: float | None = optional("Its number.", "数值。")
    flag: bool | None = optional("Yes or no.", "是或否。")

    def value(self) -> FactValue | None:
        """The value; None, which casework refuses, where there is not exactly one."""
        words = None if self.words is None else frozenset(self.words)
        whole = None if self.number is None else number(self.number)
        given = [value for value in (self.word, words, whole, self.flag) if value is not None]
        return given[0] if len(given) == 1 else None


@strawberry.input(
    description=both(
        "What must come of a case: a lead or triage; nothing is asked of what is left out.",
        "用例的预期：牵头职能或转人工研判，二者取一；其余不填即不作要求。",
    )
)
class CaseExpectationInput:
    """An expectation to be written."""

    lead_function: str | None = optional("Code of the function that leads.", "牵头职能代码。")
    triage: bool = optional("Whether a person has to decide.", "是否应转人工研判。", False)
    co_functions: list[str] | None = optional("Codes of all functions that join.", "全部协办职能代码。")
    flags: list[str] | None = optional("All flags.", "全部标记。")
    conference_domain: str | None = optional(
        "Domain of the joint conference; an empty text for none.", "联席会议领域，空字符串表示不应召集。"
    )
    rule_code: str | None = optional("The rule that decides.", "应由哪条规则决定。")

    def expected(self) -> Expected:
        """The same for the rules."""
        return Expected(
            lead=self.lead_function,
            triage=self.triage,
            co_functions=None if self.co_functions is None else tuple(self.co_functions),
            flags=None if self.flags is None else tuple(self.flags),
            conference=self.conference_domain,
            rule=self.rule_code,
        )


@strawberry.input(description=both("A case to be kept with a draft.", "随草案保存的用例。"))
class PolicyCaseInput:
    """A case to be written: new, or in the place of the one with its name."""

    name: str = required("Its name within the policy.", "用例名称。")
    expected: CaseExpectationInput = required("What must come of it.", "预期结果。")
    text: str | None = optional("The words of a complaint.", "投诉文字。")
    facts: list[CaseFactInput] = listed("Facts that are given.", "给定的要素。")
    region_code: str | None = optional("Where it is.", "区域代码。")
    on: date | None = optional(
        "The day of the decision; by default that of the run.", "决定日期，默认运行当日。"
    )

    def case(self) -> Case:
        """The same for the rules."""
        given: dict[str, Any] = {}
        for fact in self.facts:
            given[fact.field] = None if fact.field in given else fact.value()
        return Case(self.name, self.expected.expected(), self.text, given, self.region_code, self.on)
