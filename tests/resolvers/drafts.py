"""A second policy of the city, with versions of every status and drafts in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from casework.actor import DEMO_ADMINISTRATOR, Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.draft import DraftState
from casework.drafting import CreateDraft, DiscardDraft, create_draft, discard_draft
from casework.publication import PublishDraft, RollbackPolicy, publish_draft, publish_policy, rollback_policy
from casework.review import (
    ApproveDraft,
    CheckDraft,
    ReturnDraft,
    SubmitDraft,
    approve_draft,
    check_draft,
    return_draft,
    submit_draft,
)
from rules.lexicon import Lexicon, Reading, Term
from rules.model import Case, Condition, Expected, Operator, Outcome, Policy, Rule, RuleKind
from tests.casework.drafts import in_state
from tests.resolvers.city import CITY, POLICY, RESTAURANT, TOWNS, done

AUTHOR = DEMO_ADMINISTRATOR
CHIEF = Actor.of("chief-b", "administrator")
KEY = "spare"
SPARE = replace(
    POLICY,
    key=KEY,
    title="备用分工",
    title_en="A spare split",
    lexicon=Lexicon(
        (*POLICY.lexicon.terms, Term("扰民", "history", marks=("bother",), unless=("不扰民",), weight=0.5)),
        (Reading("bothering", needs=(("bother",),), sector="tertiary_services"),),
    ),
    cases=(Case("饭店归城管", Expected(lead="urban_management"), text=RESTAURANT),),
)


def _rule(code: str, *conditions: Condition, outcome: Outcome) -> Rule:
    kind = RuleKind.BASE if outcome.lead or outcome.triage else RuleKind.OVERLAY
    day = date(2026, 1, 1)
    return Rule(code, kind, 20, code, f"The {code} row", conditions, outcome, (), day, None, ("990102",))


_SERVICES = Condition("sector", Operator.IN, ("tertiary_services",))
_GRAVE = Condition("severity", Operator.BETWEEN, low=4.0, negated=True)
WRONG = replace(SPARE, rules=(*SPARE.rules, _rule("stars", _SERVICES, outcome=Outcome("astrology"))))
"""A function that there is not: the check finds an error."""
ODD = replace(
    SPARE,
    triage_below=0.25,
    rules=(
        *SPARE.rules,
        _rule("later", _SERVICES, _GRAVE, outcome=Outcome("ecology", co_functions=("water",))),
        _rule("flags", Condition("severity", Operator.IN, (2, 3)), outcome=Outcome(flags=("grave",))),
    ),
    cases=(
        *SPARE.cases,
        Case(
            "饭店归生态",
            Expected("ecology", False, ("water",), ("grave",), "environment", "later"),
            RESTAURANT,
            {"severity": 2, "signs": frozenset({"secret_pipe"}), "sector": "agriculture"},
            TOWNS[0],
            date(2026, 3, 1),
        ),
        Case("不知所云", Expected(triage=True, conference=""), facts={"severity": 1}),
    ),
)
"""A rule that never decides, and a case that fails."""


async def draft(desk: Desk) -> None:
    """Four versions: superseded, rolled back, in force, scheduled; and a draft in each state, the newest of
    which is checked, with findings."""
    changed = replace(SPARE, rules=SPARE.rules[:4])
    for policy in (SPARE, changed):
        assert (await publish_policy(desk, AUTHOR, policy, CITY)).new
    done(await rollback_policy(desk, AUTHOR, RollbackPolicy(KEY, 1, 2, "发布有误")))
    scheduled = await in_state(desk, await _drafted(desk, changed), DraftState.APPROVED)
    later = civil_day(desk.clock()) + timedelta(days=30)
    approved = await _checked(desk, SPARE)
    done(await submit_draft(desk, AUTHOR, SubmitDraft(approved, 2, "请审核")))
    await in_state(desk, await _drafted(desk, SPARE), DraftState.SUBMITTED)
    returned = await in_state(desk, await _drafted(desk, SPARE), DraftState.SUBMITTED)
    done(await approve_draft(desk, CHIEF, ApproveDraft(approved, 3)))
    done(await publish_draft(desk, CHIEF, PublishDraft(scheduled, 1, later)))
    done(await return_draft(desk, CHIEF, ReturnDraft(returned, 1, "缺少法律依据")))
    discarded = await _drafted(desk, None)
    done(await discard_draft(desk, AUTHOR, DiscardDraft(discarded, 1)))
    await _checked(desk, WRONG)
    await _checked(desk, ODD)


async def _drafted(desk: Desk, content: Policy | None) -> UUID:
    title = None if content else "空白"
    request = CreateDraft(KEY, TOWNS[0], title, content=content, note="为了试验")
    found: UUID = done(await create_draft(desk, AUTHOR, request))
    return found


async def _checked(desk: Desk, content: Policy) -> UUID:
    found = await _drafted(desk, content)
    done(await check_draft(desk, AUTHOR, CheckDraft(found, 1)))
    return found
