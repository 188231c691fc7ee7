"""The parts of a policy as they are written into a draft: rules, terms, readings, fields."""

from __future__ import annotations

from datetime import date

import strawberry

from rules.lexicon import Reading, Scope, Term, TermKind
from rules.model import (
    Condition,
    FactField,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Rule,
    RuleKind,
    Scalar,
)
from schema.enumeration import publish
from schema.field import both, listed, optional, required

publish(
    Scope,
    ("How near to each other the words of a reading have to stand.", "读法中各词须多近。"),
    {
        Scope.CLAUSE: ("Between two commas.", "同一分句。"),
        Scope.SENTENCE: ("Between two full stops.", "同一句。"),
        Scope.TEXT: ("Anywhere in the text.", "全文。"),
    },
    name="ReadingScope",
)


def number(given: float) -> int | float:
    """A number as files have it: 5 and not 5.0, so that what is written back unchanged stays the same."""
    return int(given) if given.is_integer() else given


@strawberry.input(
    description=both(
        "One condition of a rule: words, numbers or a flag.", "规则的一个条件，值为词、数值或是否。"
    )
)
class RuleConditionInput:
    """A condition to be written."""

    field: str = required("The fact that it asks about.", "所问要素。")
    operator: Operator = required("How it asks.", "运算。")
    words: list[str] = listed("The words, for facts that hold words.", "词。")
    numbers: list[float] = listed("The numbers, for facts that hold numbers.", "数值。")
    flag: bool | None = optional("Yes or no, for flags.", "是或否。")
    low: float | None = optional("The lower end of a range, included.", "下限（含）。")
    high: float | None = optional("The upper end of a range, included.", "上限（含）。")
    negated: bool = optional("Whether it holds when it would not.", "是否取反。", False)

    def condition(self) -> Condition:
        """The same for the rules."""
        flags: list[Scalar] = [] if self.flag is None else [self.flag]
        values = (*self.words, *map(number, self.numbers), *flags)
        return Condition(self.field, self.operator, values, self.low, self.high, self.negated)


@strawberry.input(description=both("What a rule decides, by codes.", "规则的结论，用代码填写。"))
class RuleOutcomeInput:
    """An outcome to be written."""

    lead_function: str | None = optional("Code of the function that leads.", "牵头职能代码。")
    co_functions: list[str] = listed("Codes of the functions that join.", "协办职能代码。")
    conference_domain: str | None = optional("Domain of the joint conference.", "联席会议领域。")
    flags: list[str] = listed("Flags that it sets.", "所置标记。")
    legal_path: str | None = optional("The legal path that it names.", "法定途径。")
    triage: bool = optional("Whether it sends the matter to a person.", "是否转人工研判。", False)
    candidates: list[str] = listed(
        "Codes of the functions that person may choose from, best first.", "研判候选职能代码，优先者在前。"
    )

    def outcome(self) -> Outcome:
        """The same for the rules."""
        return Outcome(
            lead=self.lead_function,
            co_functions=tuple(self.co_functions),
            conference=self.conference_domain,
            flags=tuple(self.flags),
            legal_path=self.legal_path,
            triage=self.triage,
            candidates=tuple(self.candidates),
        )


@strawberry.input(description=both("A source of law.", "法律依据。"))
class LegalBasisInput:
    """A legal basis to be written."""

    title: str = required("The law or document.", "法规或文件名称。")
    article: str = optional("The article.", "条款。", "")
    url: str = optional("Where to read it.", "出处链接。", "")
    certain: bool = optional("Whether the text in force has been checked.", "是否已核对现行文本。", True)
    valid_to: date | None = optional("Its last day in force, if it is known to end.", "失效日（含）。")

    def basis(self) -> LegalBasis:
        """The same for the rules."""
        return LegalBasis(self.title, self.article, self.url, self.certain, self.valid_to)


@strawberry.input(description=both("A rule to be put into a draft.", "写入草案的规则。"))
class PolicyRuleInput:
    """A rule to be written: new, or in the place of the one with its code."""

    code: str = required("Its name within the policy.", "规则编号。")
    kind: RuleKind = optional("How it takes part.", "规则种类。", RuleKind.BASE)
    priority: int = required("Smaller is asked first.", "优先级，小者先问。")
    title: str = required("Chinese title.", "中文标题。")
    title_en: str = optional("English title.", "英文标题。", "")
    conditions: list[RuleConditionInput] = required("All have to hold.", "条件，须同时成立。")
    outcome: RuleOutcomeInput = required("What it decides.", "结论。")
    legal_basis: list[LegalBasisInput] = listed("What it stands on.", "法律依据。")
    regions: list[str] = listed(
        "Codes of the regions where it holds; empty: all.", "适用区域代码，空为全部。"
    )
    valid_from: date | None = optional("Its first day, if limited.", "生效日。")
    valid_to: date | None = optional("Its last day, if limited.", "失效日（含）。")
    before: str | None = optional(
        "Code of the rule that it goes before; without it a rule stays, and a new one goes last.",
        "置于哪条规则之前；不填则原位不动，新规则置于最后。",
    )

    def rule(self) -> Rule:
        """The same for the rules."""
        return Rule(
            id=self.code,
            kind=self.kind,
            priority=self.priority,
            title=self.title,
            title_en=self.title_en,
            conditions=tuple(condition.condition() for condition in self.conditions),
            outcome=self.outcome.outcome(),
            legal_basis=tuple(basis.basis() for basis in self.legal_basis),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            regions=tuple(self.regions),
        )


@strawberry.input(description=both("A word that a term or reading stands for.", "词条或读法所代表的要素词。"))
class TermFactInput:
    """A fact to be written."""

    field: str = required("The fact.", "要素。")
    word: str = required("The word.", "词。")


@strawberry.input(description=both("A term to be put into a draft's lexicon.", "写入草案词库的词条。"))
class LexiconTermInput:
    """A term to be written: new, or in the place of the one with its text."""

    text: str = required("The words as people write them.", "词的写法。")
    kind: TermKind = required("What sort of word it is.", "种类。")
    facts: list[TermFactInput] = listed("What it stands for.", "所代表的要素。")
    sector: str | None = optional("The sector that it votes for.", "所投的行业类别。")
    weight: float = optional("How much its vote counts.", "权重。", 1.0)
    unless: list[str] = listed("Words that take its vote and facts away.", "附近出现这些词时不计。")
    marks: list[str] = listed("What readings see of it.", "供读法识别的标记。")

    def term(self) -> Term:
        """The same for the rules."""
        return Term(
            text=self.text,
            kind=self.kind,
            facts=tuple((fact.field, fact.word) for fact in self.facts),
            sector=self.sector,
            weight=self.weight,
            unless=tuple(self.unless),
            marks=tuple(self.marks),
        )


@strawberry.input(
    description=both("A reading: what several marks mean together.", "读法：几个标记合起来的含义。")
)
class LexiconReadingInput:
    """A reading to be written: new, or in the place of the one with its code."""

    code: str = required("Its name.", "编号。")
    needs: list[list[str]] = required(
        "Groups of marks; of each group one has to be there.", "标记组，每组须有其一。"
    )
    unless: list[str] = listed("Marks that must not be there.", "不得出现的标记。")
    scope: Scope = optional("How near the words have to stand.", "远近范围。", Scope.TEXT)
    kind: TermKind = optional("As which sort of word its vote counts.", "按哪类词计票。", TermKind.ACTIVITY)
    facts: list[TermFactInput] = listed("What it stands for.", "所代表的要素。")
    sector: str | None = optional("The sector that it votes for.", "所投的行业类别。")
    weight: float = optional("How much its vote counts.", "权重。", 1.0)
    against: list[str] = listed("Sectors that lose most of their score.", "被误导、应降分的行业类别。")

    def reading(self) -> Reading:
        """The same for the rules."""
        return Reading(
            id=self.code,
            needs=tuple(tuple(group) for group in self.needs),
            unless=tuple(self.unless),
            scope=self.scope,
            kind=self.kind,
            facts=tuple((fact.field, fact.word) for fact in self.facts),
            sector=self.sector,
            weight=self.weight,
            against=tuple(self.against),
        )


@strawberry.input(description=both("A fact that rules may ask about.", "规则可以询问的要素。"))
class FactFieldInput:
    """A field to be written."""

    name: str = required("Its name in conditions.", "在条件中的名称。")
    kind: FieldKind = required("What it holds.", "类型。")
    title: str = required("Chinese title.", "中文标题。")
    title_en: str = optional("English title.", "英文标题。", "")
    values: list[str] = listed("The allowed words; empty means any.", "允许的词，空为不限。")

    def fact_field(self) -> FactField:
        """The same for the rules."""
        return FactField(self.name, self.kind, self.title, self.title_en, tuple(self.values))
