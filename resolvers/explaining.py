"""Asking why one rule does or does not decide, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import strawberry

from casework.errors import UserError
from casework.explaining import ExplainRouting, RuleExplanation, explain_routing
from casework.routing import PreviewRouting
from resolvers.context import Context
from resolvers.description import Computed, Relation
from resolvers.identity import UUID_TEXT, key_of
from resolvers.policy import RULE
from rules.why import RuleVerdict
from wording.catalogue import Language

Said = Mapping[Language, str]
"""A title or a sentence in every language."""


@dataclass(frozen=True, slots=True)
class ConditionCheckEntry:
    """A condition of the rule, and the fact that it met."""

    field: str
    title: Said
    requirement: Said
    found: Said
    holds: bool


@dataclass(frozen=True, slots=True)
class RuleExplanationRow:
    """What became of a rule. It and the rule that decided before it are of the same version."""

    policy_text_id: UUID
    rule_id: str
    decided_by_id: str | None
    outcome: RuleVerdict
    conditions: Sequence[ConditionCheckEntry]
    failed: ConditionCheckEntry | None
    sentences: Mapping[Language, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation, or what has to be mended in the question."""

    explanation: RuleExplanationRow | None
    errors: tuple[UserError, ...]


async def explain(context: Context, question: PreviewRouting, rule_id: strawberry.ID) -> Explained:
    """Why a rule decides about a question, or why not."""
    result = await explain_routing(context.desk, _request(question, rule_id))
    if result.value is None:
        return Explained(None, result.errors)
    return Explained(_row(result.value), ())


def _request(question: PreviewRouting, rule_id: str) -> ExplainRouting:
    text, _, code = (key_of(rule_id, "PolicyRule") or "").partition(":")
    if code and UUID_TEXT(text):
        return ExplainRouting(question, code, UUID(text))
    return ExplainRouting(question, rule_id)


def _row(found: RuleExplanation) -> RuleExplanationRow:
    why, words = found.why, found.words
    conditions = [
        ConditionCheckEntry(
            field=check.condition.field,
            title={language: said.conditions[at].title for language, said in words.items()},
            requirement={language: said.conditions[at].requirement for language, said in words.items()},
            found={language: said.conditions[at].found for language, said in words.items()},
            holds=check.holds,
        )
        for at, check in enumerate(why.checks)
    ]
    return RuleExplanationRow(
        policy_text_id=found.version.text_id,
        rule_id=why.rule.id,
        decided_by_id=why.decided_by.id if why.decided_by else None,
        outcome=why.verdict,
        conditions=conditions,
        failed=None if why.failed is None else conditions[why.failed],
        sentences={language: said.sentences for language, said in words.items()},
    )


def title(context: Context, title: Said, *, language: Language | None = None) -> str:
    """What the field is called."""
    return title[language or context.language]


def requirement(context: Context, requirement: Said, *, language: Language | None = None) -> str:
    """What the condition asks for."""
    return requirement[language or context.language]


def found(context: Context, found: Said, *, language: Language | None = None) -> str:
    """What is known of the fact."""
    return found[language or context.language]


def sentences(
    context: Context, sentences: Mapping[Language, Sequence[str]], *, language: Language | None = None
) -> Sequence[str]:
    """All of it, most important first."""
    return sentences[language or context.language]


EXPLAINED_RULE = Relation(RULE, on=(("policy_text_id", "text_id"), ("rule_id", "rule_id")))
DECIDED_BY = Relation(RULE, on=(("policy_text_id", "text_id"), ("decided_by_id", "rule_id")))
TITLE = Computed(title)
REQUIREMENT = Computed(requirement)
FOUND = Computed(found)
SENTENCES = Computed(sentences)
