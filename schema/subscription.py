"""The root of all subscriptions: what is told when it happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from casework.rights import ANYBODY, DISPUTE_READERS, Roles
from resolvers import subscription as answers
from resolvers.context import Context
from resolvers.criteria import DisputeCriteria
from resolvers.description import DESCRIPTION, ROLES
from resolvers.subscription import (
    HAPPENING,
    Wanted,
    assignments_to,
    deadlines_of,
    dispute_changes,
    publications,
)
from schema.access import directives, shown_to
from schema.assignment import Assignment
from schema.department import Department
from schema.dispute import Dispute
from schema.field import Words, both, column, relation
from schema.page import DisputeFilter
from schema.policy import PolicyVersion

AFTER = (
    "Go on after the event with this number; without it, from now on.",
    "从此编号的事件之后续传，不填则从现在起。",
)


def _number() -> Any:
    return column(
        "Its number in the feed, which counts the events of the whole hub; go on `after` it.",
        "事件流编号，全平台统一计数，供 after 续传。",
    )


def _type() -> Any:
    return column(
        "What happened, such as `lianxi.dispute.assigned.v1`; webhooks call it the same.",
        "事件类型，如 lianxi.dispute.assigned.v1，与 webhook 相同。",
    )


def _occurred_at() -> Any:
    return column("When.", "发生时间。")


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("Something happened to a dispute.", "信访事项的一次变动。"))
class DisputeChange:
    """Made of messages of the feed."""

    number: int = _number()
    type: str = _type()
    occurred_at: datetime = _occurred_at()
    dispute: Dispute = relation("The dispute as it is now.", "信访事项的现状。", answers.DISPUTE_OF_HAPPENING)


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A department was assigned a dispute.", "单位收到一件分派。"))
class InboxItem:
    """Made of messages of the feed."""

    number: int = _number()
    type: str = _type()
    occurred_at: datetime = _occurred_at()
    dispute: Dispute = relation("The dispute as it is now.", "信访事项的现状。", answers.DISPUTE_OF_HAPPENING)
    department: Department = relation("The department.", "承办单位。", answers.DEPARTMENT_OF_HAPPENING)
    assignment: Assignment | None = relation(
        "The department's assignment in force; empty if it has ended since.",
        "该单位现行的分派，其间已终止的为空。",
        answers.ASSIGNMENT_OF_HAPPENING,
    )


@shown_to(ANYBODY)
@strawberry.type(
    description=both(
        "A version of a policy was published, scheduled, or brought back.", "规则集版本的发布、预定或回退。"
    )
)
class PolicyPublication:
    """Made of messages of the feed."""

    number: int = _number()
    type: str = _type()
    occurred_at: datetime = _occurred_at()
    version: PolicyVersion = relation("The version.", "版本。", answers.VERSION_OF_HAPPENING)


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A term of a department is about to run out.", "单位的一项时限即将届满。"))
class DeadlineNotice:
    """Made of messages of the feed."""

    number: int = _number()
    type: str = column(
        "Which term: `lianxi.dispute.objection_deadline_near.v1`.",
        "何种时限：lianxi.dispute.objection_deadline_near.v1。",
    )
    occurred_at: datetime = _occurred_at()
    due: datetime = column("When it has run out.", "届满时间。")
    dispute: Dispute = relation("The dispute as it is now.", "信访事项的现状。", answers.DISPUTE_OF_HAPPENING)
    department: Department = relation("The department.", "承办单位。", answers.DEPARTMENT_OF_HAPPENING)


def _dispute_changed(
    context: Context, *, filter: DisputeFilter | None = None, after: int | None = None
) -> Wanted:
    return dispute_changes(context, filter.criteria() if filter else DisputeCriteria(), after)


def _assignment_inbox(context: Context, *, department: str, after: int | None = None) -> Wanted:
    return assignments_to(context, department, after)


def _policy_published(context: Context, *, policy_key: str | None = None, after: int | None = None) -> Wanted:
    return publications(context, policy_key, after)


def _deadline_warning(context: Context, *, department: str, after: int | None = None) -> Wanted:
    return deadlines_of(context, department, after)


def _subscription(english: str, chinese: str, wanted: Any, *, roles: Roles, **arguments: Words) -> Any:
    """A field of a subscription, with its arguments explained and who may select it."""
    field: Any = strawberry.subscription(
        description=both(english, chinese),
        resolver=answers.listening(wanted),
        metadata={DESCRIPTION: HAPPENING, ROLES: roles},
        directives=directives(roles),
    )
    for argument in field.arguments:
        argument.description = both(*arguments[argument.python_name])
    return field


@strawberry.type(description=both("What is told when it happens.", "可订阅的内容。"))
class Subscription:
    """The fields of every subscription."""

    dispute_changed: DisputeChange = _subscription(
        "All that happens to disputes that meet the filter at that time.",
        "符合筛选条件的信访事项的各项变动。",
        _dispute_changed,
        roles=DISPUTE_READERS,
        filter=("Which disputes.", "筛选条件。"),
        after=AFTER,
    )
    assignment_inbox: InboxItem = _subscription(
        "Disputes that a department is assigned, to lead or to join.",
        "分派给某单位牵头或协办的信访事项。",
        _assignment_inbox,
        roles=DISPUTE_READERS,
        department=("Code of the department.", "单位代码。"),
        after=AFTER,
    )
    policy_published: PolicyPublication = _subscription(
        "Versions of policies that are published, scheduled, or brought back.",
        "规则集版本的发布、预定与回退。",
        _policy_published,
        roles=ANYBODY,
        policy_key=("Of this policy; by default of any.", "规则集代号，默认不限。"),
        after=AFTER,
    )
    deadline_warning: DeadlineNotice = _subscription(
        "Terms of a department that are about to run out.",
        "某单位即将届满的时限。",
        _deadline_warning,
        roles=DISPUTE_READERS,
        department=("Code of the department.", "单位代码。"),
        after=AFTER,
    )
