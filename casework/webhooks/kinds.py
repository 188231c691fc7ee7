"""The types of messages, and how a webhook asks for some of them."""

from __future__ import annotations

from collections.abc import Sequence

TEST = "lianxi.webhook.test.v1"
"""What is sent to one webhook, to try it."""

DISPUTES = "lianxi.dispute."
"""How the types of messages about disputes begin."""
DISPUTE_EVENTS = (
    "submitted",
    "routed",
    "co_unit_missing",
    "assigned",
    "reassigned",
    "objection_raised",
    "objection_upheld",
    "objection_accepted",
    "objection_deadline_near",
    "conference_proposed",
    "conference_missing",
    "conference_convened",
    "conference_resolved",
    "disputes_merged",
    "merged",
    "dispute_split",
    "split",
    "main_went_on",
    "repeat_confirmed",
    "repeat_withdrawn",
    "resolved",
)
POLICY_EVENTS = ("submitted", "approved", "returned", "scheduled", "published", "rolled_back", "assigned")
TYPES = (
    *(f"lianxi.dispute.{event}.v1" for event in DISPUTE_EVENTS),
    *(f"lianxi.policy.{event}.v1" for event in POLICY_EVENTS),
    TEST,
)
"""All types that there are."""
PUBLIC = frozenset(f"lianxi.policy.{event}.v1" for event in ("published", "scheduled", "rolled_back"))
"""Those that everybody may know, since a policy in force is public."""
REST = "*"
"""Ends a beginning of types: `lianxi.dispute.*`."""


def is_known(wanted: str) -> bool:
    """Whether a type, or a beginning of types, is that of any message."""
    if not wanted.endswith(f".{REST}"):
        return wanted in TYPES
    return any(type_.startswith(wanted.removesuffix(REST)) for type_ in TYPES)


def is_wanted(type_: str, wanted: Sequence[str]) -> bool:
    """Whether a type is among those wanted; an empty list wants all."""
    return not wanted or any(
        type_.startswith(each.removesuffix(REST)) if each.endswith(REST) else type_ == each for each in wanted
    )
