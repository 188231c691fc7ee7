"""Mutations: one input, one payload with what was changed and what has to be mended."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.assignment import reassign_dispute
from casework.conference import convene_conference
from casework.intake import submit_dispute
from casework.objection import accept_objection, object_to_assignment, uphold_assignment
from casework.reply import resolve_dispute
from casework.resolution import record_resolution
from casework.rights import SIGNED_IN, may
from resolvers.conference import CHANGED_SESSION
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.dispute import CHANGED_DISPUTE
from resolvers.objection import CHANGED_OBJECTION
from resolvers.verb import Done, carry_out
from schema.access import shown_to
from schema.account_mutation import AccountMutation
from schema.assignment import ReassignDisputeInput
from schema.conference import ConferenceSession, ConveneConferenceInput, RecordConferenceResolutionInput
from schema.dispute import Dispute, SubmitDisputeInput
from schema.duplicates_mutation import DuplicatesMutation
from schema.field import both, relation
from schema.objection import AcceptObjectionInput, Objection, ObjectToAssignmentInput, UpholdAssignmentInput
from schema.payload import Payload
from schema.policy_mutation import PolicyMutation
from schema.reply import ResolveDisputeInput
from schema.webhook_mutation import WebhookMutation


def _submit_dispute(context: Context, *, input: SubmitDisputeInput) -> Awaitable[Done]:
    return carry_out(context, submit_dispute, input.request(), input.client_mutation_id)


def _reassign_dispute(context: Context, *, input: ReassignDisputeInput) -> Awaitable[Done]:
    return carry_out(context, reassign_dispute, input.request(), input.client_mutation_id)


def _convene_conference(context: Context, *, input: ConveneConferenceInput) -> Awaitable[Done]:
    return carry_out(context, convene_conference, input.request(), input.client_mutation_id)


def _record_resolution(context: Context, *, input: RecordConferenceResolutionInput) -> Awaitable[Done]:
    return carry_out(context, record_resolution, input.request(), input.client_mutation_id)


def _resolve_dispute(context: Context, *, input: ResolveDisputeInput) -> Awaitable[Done]:
    return carry_out(context, resolve_dispute, input.request(), input.client_mutation_id)


def _object_to_assignment(context: Context, *, input: ObjectToAssignmentInput) -> Awaitable[Done]:
    return carry_out(context, object_to_assignment, input.request(), input.client_mutation_id)


def _uphold_assignment(context: Context, *, input: UpholdAssignmentInput) -> Awaitable[Done]:
    return carry_out(context, uphold_assignment, input.request(), input.client_mutation_id)


def _accept_objection(context: Context, *, input: AcceptObjectionInput) -> Awaitable[Done]:
    return carry_out(context, accept_objection, input.request(), input.client_mutation_id)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `submitDispute`.", "登记的结果。"))
class SubmitDisputePayload(Payload):
    """The dispute and its decision."""

    dispute: Dispute | None = relation("The new dispute.", "新登记的事项。", CHANGED_DISPUTE)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `reassignDispute`.", "改派的结果。"))
class ReassignDisputePayload(Payload):
    """The dispute."""

    dispute: Dispute | None = relation("The dispute as it is now.", "改派后的事项。", CHANGED_DISPUTE)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `resolveDispute`.", "办结的结果。"))
class ResolveDisputePayload(Payload):
    """The dispute."""

    dispute: Dispute | None = relation("The dispute with its reply.", "已办结的事项及答复。", CHANGED_DISPUTE)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `objectToAssignment`.", "提出异议的结果。"))
class ObjectToAssignmentPayload(Payload):
    """The objection."""

    objection: Objection | None = relation("The new objection.", "新提出的异议。", CHANGED_OBJECTION)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `upholdAssignment`.", "维持分派的结果。"))
class UpholdAssignmentPayload(Payload):
    """The objection."""

    objection: Objection | None = relation("The objection, decided.", "已处理的异议。", CHANGED_OBJECTION)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `acceptObjection`.", "采纳异议的结果。"))
class AcceptObjectionPayload(Payload):
    """The objection."""

    objection: Objection | None = relation("The objection, decided.", "已处理的异议。", CHANGED_OBJECTION)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `conveneConference`.", "召集的结果。"))
class ConveneConferencePayload(Payload):
    """The session."""

    session: ConferenceSession | None = relation("The session.", "会议。", CHANGED_SESSION)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `recordConferenceResolution`.", "登记决议的结果。"))
class RecordConferenceResolutionPayload(Payload):
    """The session."""

    session: ConferenceSession | None = relation(
        "The session with its resolution.", "会议及其决议。", CHANGED_SESSION
    )


@strawberry.type(description=both("What can be done.", "可办理的操作。"))
class Mutation(PolicyMutation, DuplicatesMutation, WebhookMutation, AccountMutation):
    """The verbs."""

    submit_dispute: SubmitDisputePayload = relation(
        "Take a complaint in: store it, route it, assign it.",
        "登记一件来件，并即时分派。",
        Asked(_submit_dispute, acts=True),
        roles=may("submit_dispute"),
        input=("The complaint.", "来件。"),
    )
    reassign_dispute: ReassignDisputePayload = relation(
        "Give a dispute another lead by hand, with a reason.",
        "人工改派，须附理由。",
        Asked(_reassign_dispute, acts=True),
        roles=may("reassign_dispute"),
        input=("To whom, and why.", "改派对象与理由。"),
    )
    resolve_dispute: ResolveDisputePayload = relation(
        "Resolve a dispute with one reply to all who complained of the matter.",
        "办结事项，并答复就此反映的所有信访人。",
        Asked(_resolve_dispute, acts=True),
        roles=may("resolve_dispute"),
        input=("Which, and the reply.", "事项与答复。"),
    )
    object_to_assignment: ObjectToAssignmentPayload = relation(
        "Object, as the lead unit, to having been assigned a dispute.",
        "牵头单位对分派提出异议。",
        Asked(_object_to_assignment, acts=True),
        roles=may("object_to_assignment"),
        input=("Who objects, and why.", "提出单位与理由。"),
    )
    uphold_assignment: UpholdAssignmentPayload = relation(
        "Do not agree to an objection: the assignment stands.",
        "异议不成立，维持原分派。",
        Asked(_uphold_assignment, acts=True),
        roles=may("uphold_assignment"),
        input=("Which objection, and why.", "异议与理由。"),
    )
    accept_objection: AcceptObjectionPayload = relation(
        "Agree to an objection: another unit leads.",
        "异议成立，改由其他单位牵头。",
        Asked(_accept_objection, acts=True),
        roles=may("accept_objection"),
        input=("Who leads now, and why.", "新牵头单位与理由。"),
    )
    convene_conference: ConveneConferencePayload = relation(
        "Call a joint conference about a dispute.",
        "就一件事项召集联席会议。",
        Asked(_convene_conference, acts=True),
        roles=may("convene_conference"),
        input=("Which, and whom to invite.", "召集事项与参会单位。"),
    )
    record_conference_resolution: RecordConferenceResolutionPayload = relation(
        "Record what a session resolved.",
        "登记会议决议。",
        Asked(_record_resolution, acts=True),
        roles=may("record_resolution"),
        input=("The resolution.", "决议。"),
    )
