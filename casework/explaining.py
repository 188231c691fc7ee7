"""Why one rule does or does not decide about a question. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import PublishedVersion
from casework.routing import PreviewRouting, Routed, route_question
from rules.why import Why, WhyInWords
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class ExplainRouting:
    """A question, and a rule by its code. With a `text_id` the rule of the versions with that text is
    meant."""

    question: PreviewRouting
    rule: str
    text_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """How the rule fared in the version that decides, and the same in words."""

    version: PublishedVersion
    why: Why
    words: Mapping[Language, WhyInWords]


async def explain_routing(desk: Desk, request: ExplainRouting) -> Result[RuleExplanation]:
    """Route the question and look at one rule of the version that decides about it."""
    return await route_question(desk, request.question, partial(_explanation, request))


def _explanation(request: ExplainRouting, routed: Routed) -> RuleExplanation:
    version, router, placement = routed.version, routed.router, routed.placement
    named = {"policy": version.policy_key, "version": version.number}
    if request.text_id not in (None, version.text_id):
        raise Refused(UserError(ErrorCode.RULE_OF_OTHER_VERSION, ("ruleId",), named))
    why = router.why(placement.routing, request.rule)
    if why is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_RULE, ("ruleId",), {**named, "rule": request.rule}))
    words = {language: router.explain_rule(why, placement.triage_reason, language) for language in Language}
    return RuleExplanation(version, why, words)
