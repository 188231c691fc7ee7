"""Mutations of disputes about one matter: merging, splitting, and what repeats what."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.merging import merge_disputes, split_dispute
from casework.repeats import confirm_repeat, withdraw_repeat
from casework.rights import SIGNED_IN, may
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.dispute import CHANGED_DISPUTE
from resolvers.verb import Done, carry_out
from schema.access import shown_to
from schema.dispute import Dispute
from schema.duplicates import ConfirmRepeatInput, MergeDisputesInput, SplitDisputeInput, WithdrawRepeatInput
from schema.field import both, relation
from schema.payload import Payload


def _merge_disputes(context: Context, *, input: MergeDisputesInput) -> Awaitable[Done]:
    return carry_out(context, merge_disputes, input.request(), input.client_mutation_id)


def _split_dispute(context: Context, *, input: SplitDisputeInput) -> Awaitable[Done]:
    return carry_out(context, split_dispute, input.request(), input.client_mutation_id)


def _confirm_repeat(context: Context, *, input: ConfirmRepeatInput) -> Awaitable[Done]:
    return carry_out(context, confirm_repeat, input.request(), input.client_mutation_id)


def _withdraw_repeat(context: Context, *, input: WithdrawRepeatInput) -> Awaitable[Done]:
    return carry_out(context, withdraw_repeat, input.request(), input.client_mutation_id)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `mergeDisputes`.", "并单的结果。"))
class MergeDisputesPayload(Payload):
    """The main dispute."""

    dispute: Dispute | None = relation("The main dispute.", "主件。", CHANGED_DISPUTE)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `splitDispute`.", "拆分的结果。"))
class SplitDisputePayload(Payload):
    """The dispute that was split off."""

    dispute: Dispute | None = relation("The dispute that was split off.", "拆分出的事项。", CHANGED_DISPUTE)


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both("The answer of `confirmRepeat` and `withdrawRepeat`.", "认定或撤销重复的结果。")
)
class RepeatPayload(Payload):
    """The dispute."""

    dispute: Dispute | None = relation("The dispute with its repeats.", "事项及其重复情形。", CHANGED_DISPUTE)


@strawberry.type
class DuplicatesMutation:
    """The verbs."""

    merge_disputes: MergeDisputesPayload = relation(
        "Merge disputes about one matter into one of them.",
        "把同一事项的多件并为一件办理。",
        Asked(_merge_disputes, acts=True),
        roles=may("merge_disputes"),
        input=("Which, and why.", "主件、并入的事项与理由。"),
    )
    split_dispute: SplitDisputePayload = relation(
        "Split a dispute from the one that it was merged into.",
        "把已并单的事项拆分出来。",
        Asked(_split_dispute, acts=True),
        roles=may("split_dispute"),
        input=("Which, and why.", "事项与理由。"),
    )
    confirm_repeat: RepeatPayload = relation(
        "Confirm that a dispute repeats an earlier one.",
        "认定一件事项与在先事项重复。",
        Asked(_confirm_repeat, acts=True),
        roles=may("confirm_repeat"),
        input=("Which repeats which.", "重复的两件事项。"),
    )
    withdraw_repeat: RepeatPayload = relation(
        "Take back that a dispute repeats an earlier one.",
        "撤销对重复的认定。",
        Asked(_withdraw_repeat, acts=True),
        roles=may("withdraw_repeat"),
        input=("Which, and why.", "两件事项与理由。"),
    )
