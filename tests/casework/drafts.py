"""Drafts for the tests: a small policy, two people, and the steps of a draft's life."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update

from casework.actor import Actor
from casework.desk import Desk
from casework.draft import DraftState
from casework.drafting import CreateDraft, create_draft
from casework.errors import Result
from casework.policy_text import keep_checksums, read_document
from casework.publication import PublishDraft, publish_draft
from casework.review import ApproveDraft, CheckDraft, SubmitDraft, approve_draft, check_draft, submit_draft
from db.tables.policy import PolicyDraft
from rules.checksum import checksums
from rules.lexicon import Lexicon, Reading, Term
from rules.model import Case, Expected, Policy
from tests.rules import policies

EDITOR, CHIEF = Actor.of("editor-a", "administrator"), Actor.of("chief-b", "administrator")
CITY, TOWN = "990100", "990102001"
LEXICON = Lexicon(
    (
        Term("烟囱", "premises", facts=(("pollutant", "fumes"),), sector="industry", marks=("chimney",)),
        Term("码头", "premises", sector="port"),
        Term("噪声", "pollutant", facts=(("pollutant", "noise"),)),
    ),
    (Reading("chimney-fumes", needs=(("chimney",),), sector="industry"),),
)
SMALL = replace(
    policies.policy(
        policies.base("port", policies.equals("sector", "port"), lead="port"),
        policies.base("industry", policies.equals("sector", "industry"), priority=2),
        policies.base("rest", lead=None, priority=9),
        triage_below=0.0,
    ),
    key="small",
    lexicon=LEXICON,
    cases=(Case("码头归港口", Expected(lead="port"), text="码头上噪声很大"),),
)
"""Three rules, three terms, a reading and a case that passes."""


def changed_of(result: Result[UUID]) -> UUID:
    """What a verb answered; it must not have been refused."""
    assert result.value is not None, result.errors
    return result.value


async def version_of(desk: Desk, draft_id: UUID) -> int:
    """How often a draft has changed."""
    async with desk.database.read() as connection:
        found = await connection.scalar(select(PolicyDraft.version).where(PolicyDraft.id == draft_id))
        assert found is not None
        return found


async def drafted(
    desk: Desk,
    content: Policy | None = SMALL,
    *,
    state: DraftState = DraftState.DRAFTING,
    actor: Actor = EDITOR,
    from_version: int | None = None,
) -> UUID:
    """A draft of the policy `small` in a state, reached step by step."""
    request = CreateDraft("small", TOWN, content=content, from_version=from_version)
    draft = changed_of(await create_draft(desk, actor, request))
    if state is not DraftState.DRAFTING:
        changed_of(await check_draft(desk, actor, CheckDraft(draft, 1)))
    if state in (DraftState.SUBMITTED, DraftState.APPROVED, DraftState.PUBLISHED):
        changed_of(await submit_draft(desk, actor, SubmitDraft(draft, 2)))
    if state in (DraftState.APPROVED, DraftState.PUBLISHED):
        changed_of(await approve_draft(desk, CHIEF, ApproveDraft(draft, 3)))
    if state is DraftState.PUBLISHED:
        changed_of(await publish_draft(desk, CHIEF, PublishDraft(draft, 4)))
    return draft


async def in_state(desk: Desk, draft_id: UUID, state: DraftState) -> UUID:
    """The draft as if it had come to a state, for tests of what may follow. Its version stays."""
    async with desk.database.write() as connection:
        text_id = await connection.scalar(
            update(PolicyDraft)
            .where(PolicyDraft.id == draft_id)
            .values(state=state, approved_by=CHIEF.id)
            .returning(PolicyDraft.text_id)
        )
        assert text_id is not None
        await keep_checksums(
            connection, text_id, checksums(await read_document(connection, text_id, "small", 1))
        )
    return draft_id
