"""Rebasing: what a draft changed is put onto the newest version."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.desk import Desk
from casework.draft import DraftState
from casework.editing import EditDraft, edit_draft
from casework.errors import ErrorCode
from casework.policy import read_draft
from casework.publication import PublishDraft, publish_draft
from casework.rebase import RebaseDraft, rebase_draft
from db.tables.policy import PolicyDraft
from rules.model import Policy
from tests.casework.drafts import CHIEF, EDITOR, LEXICON, SMALL, changed_of, drafted, in_state
from tests.rules.policies import base, equals

NEW = base("new", equals("sector", "transport"), lead="transport")


async def published(desk: Desk, content: Policy) -> None:
    """A next version of `small`."""
    draft = await in_state(desk, await drafted(desk, content), DraftState.APPROVED)
    changed_of(await publish_draft(desk, CHIEF, PublishDraft(draft, 1)))


async def said(desk: Desk, draft: UUID) -> Policy:
    """What a draft says."""
    async with desk.database.read() as connection:
        return await read_draft(connection, draft)


@pytest.mark.parametrize("state", [DraftState.DRAFTING, DraftState.CHECKED, DraftState.APPROVED])
async def test_both_sides_changes_come_together(desk: Desk, state: DraftState) -> None:
    await published(desk, SMALL)
    draft = await drafted(desk, None, from_version=1)
    changed_of(
        await edit_draft(desk, EDITOR, EditDraft(draft, 1, put_rules=((NEW, "industry"),), title="新名"))
    )
    port = replace(SMALL.rules[0], title="港口")
    newer = replace(SMALL, rules=(port, *SMALL.rules[1:]), lexicon=replace(LEXICON, readings=()))
    await published(desk, newer)
    await in_state(desk, draft, state)
    changed_of(await rebase_draft(desk, CHIEF, RebaseDraft(draft, 2)))
    assert await said(desk, draft) == replace(
        newer, version=3, title="新名", rules=(port, NEW, *SMALL.rules[1:])
    )
    async with desk.database.read() as connection:
        row = (await connection.execute(select(PolicyDraft.__table__).where(PolicyDraft.id == draft))).one()
    assert (row.state, row.version, row.base_number, row.approved_by) == ("drafting", 3, 2, None)
    assert row.authors == [EDITOR.id, CHIEF.id]
    await in_state(desk, draft, DraftState.APPROVED)
    changed_of(await publish_draft(desk, CHIEF, PublishDraft(draft, 3)))


async def test_what_both_have_changed_is_named(desk: Desk) -> None:
    await published(desk, SMALL)
    draft = await drafted(desk, None, from_version=1)
    port, rest = SMALL.rules[0], SMALL.rules[2]
    edit = EditDraft(
        draft,
        1,
        put_rules=((replace(port, title="甲"), None),),
        remove_rules=("rest",),
        title="甲",
        remove_terms=("码头",),
    )
    changed_of(await edit_draft(desk, EDITOR, edit))
    mine = await said(desk, draft)
    terms = (LEXICON.terms[0], replace(LEXICON.terms[1], weight=3.0), LEXICON.terms[2])
    rules = (replace(port, title="乙"), SMALL.rules[1], replace(rest, priority=8))
    await published(desk, replace(SMALL, title="乙", rules=rules, lexicon=replace(LEXICON, terms=terms)))
    result = await rebase_draft(desk, EDITOR, RebaseDraft(draft, 2))
    assert {error.code for error in result.errors} == {ErrorCode.REBASE_CONFLICT}
    assert {error.path for error in result.errors} == {("id",)}
    named = {error.values["name"] for error in result.errors}
    assert named == {"rules.port", "rules.rest", "terms.码头", "title"}
    assert {error.values["version"] for error in result.errors} == {2}
    assert await said(desk, draft) == mine


async def test_with_nothing_newer_there_is_nothing_to_do(desk: Desk) -> None:
    draft = await drafted(desk)
    assert changed_of(await rebase_draft(desk, EDITOR, RebaseDraft(draft, 1))) == draft
    assert await said(desk, draft) == SMALL
    async with desk.database.read() as connection:
        assert await connection.scalar(select(PolicyDraft.version)) == 1


async def test_two_drafts_of_a_new_policy(desk: Desk) -> None:
    draft = await drafted(desk, replace(SMALL, rules=(*SMALL.rules, NEW)))
    await published(desk, SMALL)
    changed_of(await rebase_draft(desk, EDITOR, RebaseDraft(draft, 1)))
    assert await said(desk, draft) == replace(SMALL, version=2, rules=(*SMALL.rules, NEW))


@pytest.mark.parametrize("state", [DraftState.PUBLISHED, DraftState.DISCARDED])
async def test_what_is_over_is_not_rebased(desk: Desk, state: DraftState) -> None:
    draft = await in_state(desk, await drafted(desk), state)
    result = await rebase_draft(desk, EDITOR, RebaseDraft(draft, 1))
    assert [error.code for error in result.errors] == [ErrorCode.WRONG_STATE]
