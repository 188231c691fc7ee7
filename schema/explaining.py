"""Why one rule does or does not decide about a question."""

from __future__ import annotations

import strawberry

from casework.rights import SIGNED_IN
from resolvers import explaining as answers
from rules.why import RuleVerdict
from schema.access import shown_to
from schema.enumeration import publish
from schema.errors import UserError
from schema.field import both, column, relation
from schema.language import Language  # noqa: F401 - published before `sentences` takes one
from schema.policy import PolicyRule

IN_LANGUAGE = ("In this language; by default that of the request.", "语言，默认同请求语言。")

publish(
    RuleVerdict,
    ("What becomes of a rule when the policy decides.", "规则在分派中的结果。"),
    {
        RuleVerdict.LEADS: (
            "It is the first base rule that holds, and decides.",
            "首个成立的基本规则，由它决定。",
        ),
        RuleVerdict.ADDS: ("It is an overlay rule that holds, and adds.", "叠加规则成立，予以增补。"),
        RuleVerdict.PRECEDED: (
            "It holds, but a base rule that is asked before it has decided.",
            "成立，但在它之前的基本规则已作决定。",
        ),
        RuleVerdict.FAILS: ("A condition of it does not hold.", "有条件不成立。"),
    },
)


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both("A condition of a rule, and the fact that it met.", "规则的一个条件与所遇要素的对照。")
)
class ConditionCheck:
    """Made of `resolvers.explaining.ConditionCheckEntry`."""

    field: str = column("The fact that it asks about.", "所问要素。")
    title: str = relation("What that fact is called.", "要素标题。", answers.TITLE, language=IN_LANGUAGE)
    requirement: str = relation(
        "What is asked for, in words.", "所要求的内容（文字）。", answers.REQUIREMENT, language=IN_LANGUAGE
    )
    found: str = relation(
        "What is known of the fact, in words.",
        "要素的实际情况（文字）。",
        answers.FOUND,
        language=IN_LANGUAGE,
    )
    holds: bool = column("Whether it holds.", "是否成立。")


@shown_to(SIGNED_IN)
@strawberry.type(description=both("Why a rule does or does not decide.", "某条规则为何起作用或不起作用。"))
class RuleExplanation:
    """Made of `resolvers.explaining.RuleExplanationRow`."""

    rule: PolicyRule = relation("The rule.", "规则。", answers.EXPLAINED_RULE)
    outcome: RuleVerdict = column("What becomes of it.", "结果。")
    conditions: list[ConditionCheck] = column(
        "Every condition: the rule's own in their order, then its regions and its validity.",
        "全部条件：先为规则自身条件（按次序），后为适用区域和有效期。",
    )
    failed: ConditionCheck | None = column(
        "The first condition that does not hold; empty where all hold.",
        "首个不成立的条件，全部成立则为空。",
    )
    decided_by: PolicyRule | None = relation(
        "The earlier rule that decided, where this one holds too; else empty.",
        "本规则也成立但已先行决定的规则，否则为空。",
        answers.DECIDED_BY,
    )
    sentences: list[str] = relation(
        "All of it in sentences, most important first.",
        "逐句说明，重要者在前。",
        answers.SENTENCES,
        language=IN_LANGUAGE,
    )


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `explainRouting`.", "规则解释的结果。"))
class ExplainRoutingPayload:
    """Made of `resolvers.explaining.Explained`."""

    explanation: RuleExplanation | None = column(
        "What became of the rule; empty with errors.", "对该规则的解释，有错误时为空。"
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")
