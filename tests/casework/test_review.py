"""The review of drafts: checked with a report, submitted, approved by another person, or returned."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.desk import Desk
from casework.draft import DraftState
from casework.editing import EditDraft, edit_draft
from casework.errors import ErrorCode, Result
from casework.publication import PublishDraft, publish_draft
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
from db import audit
from db.tables.audit import AuditRecord
from db.tables.event import Outbox
from db.tables.policy import PolicyDraft, PolicyText
from rules.examination import failing, findings_of, flaws_of
from rules.model import Case, Expected
from tests.casework.drafts import (
    CHIEF,
    EDITOR,
    LEXICON,
    SMALL,
    changed_of,
    drafted,
    in_state,
    version_of,
)
from tests.conftest import NOW
from tests.rules.policies import base, equals


async def row_of(desk: Desk, draft: UUID) -> Any:
    """All that is stored of a draft."""
    async with desk.database.read() as connection:
        return (await connection.execute(select(PolicyDraft.__table__).where(PolicyDraft.id == draft))).one()


def codes(result: Result[UUID]) -> list[ErrorCode]:
    """The codes of what was refused."""
    return [error.code for error in result.errors]


async def test_a_draft_goes_all_the_way_and_leaves_its_record(desk: Desk) -> None:
    draft = await drafted(desk, state=DraftState.PUBLISHED)
    row = await row_of(desk, draft)
    assert (row.state, row.version, row.authors) == ("published", 5, [EDITOR.id])
    assert (row.submitted_by, row.approved_by) == (EDITOR.id, CHIEF.id)
    assert (row.submitted_at, row.approved_at) == (NOW, NOW)
    async with desk.database.read() as connection:
        steps = await connection.execute(
            select(AuditRecord.action, AuditRecord.actor)
            .where(AuditRecord.subject.like("small%"))
            .order_by(AuditRecord.sequence)
        )
        assert [tuple(step) for step in steps] == [
            ("create_draft", EDITOR.id),
            ("check_draft", EDITOR.id),
            ("submit_draft", EDITOR.id),
            ("approve_draft", CHIEF.id),
            ("publish_draft", CHIEF.id),
        ]
        told = await connection.scalars(
            select(Outbox.type).where(Outbox.subject.like("small%")).order_by(Outbox.id)
        )
        assert list(told) == [f"lianxi.policy.{step}.v1" for step in ("submitted", "approved", "published")]
        assert (await audit.verify(connection)).valid


async def test_a_sound_draft_is_checked_and_its_report_kept(desk: Desk) -> None:
    draft = await drafted(desk, state=DraftState.CHECKED)
    row = await row_of(desk, draft)
    assert (row.state, row.version, row.authors) == ("checked", 2, [EDITOR.id])
    assert row.report["complete"]
    assert row.report["counts"]["passed"] == 1
    assert findings_of(row.report)[0].kind == "gap_default"


async def test_an_unsound_draft_stays_in_drafting(desk: Desk) -> None:
    wrong = replace(
        SMALL,
        rules=(base("away", equals("sector", "port"), lead="astrology"),),
        lexicon=replace(LEXICON, terms=(replace(LEXICON.terms[0], sector="stars"),), readings=()),
    )
    draft = await drafted(desk, wrong)
    changed_of(await check_draft(desk, EDITOR, CheckDraft(draft, 1)))
    row = await row_of(desk, draft)
    assert row.state == "drafting"
    assert [(flaw.code, flaw.path) for flaw in flaws_of(row.report)] == [
        ("check.unknown_function", "rules.0.outcome.lead"),
        ("pack.unknown_sector", "terms.0.sector"),
    ]
    assert codes(await submit_draft(desk, EDITOR, SubmitDraft(draft, 2))) == [ErrorCode.WRONG_STATE]


async def test_an_edit_takes_the_check_back(desk: Desk) -> None:
    draft = await in_state(desk, await drafted(desk), DraftState.CHECKED)
    changed_of(await edit_draft(desk, EDITOR, EditDraft(draft, 1, remove_rules=("port",))))
    row = await row_of(desk, draft)
    assert (row.state, row.report) == ("drafting", None)
    async with desk.database.read() as connection:
        sums = select(PolicyText.checksum, PolicyText.lexicon_checksum).where(PolicyText.id == row.text_id)
        assert tuple((await connection.execute(sums)).one()) == (None, None)


async def test_a_draft_with_failing_cases_cannot_be_submitted(desk: Desk) -> None:
    wishes = tuple(
        Case(f"愿望{number}", Expected(lead="ecology"), text="码头上噪声很大") for number in range(7)
    )
    draft = await drafted(desk, replace(SMALL, cases=(*SMALL.cases, *wishes)), state=DraftState.CHECKED)
    assert failing((await row_of(desk, draft)).report) == tuple(case.name for case in wishes)
    result = await submit_draft(desk, EDITOR, SubmitDraft(draft, 2))
    assert codes(result) == [ErrorCode.CASES_FAIL]
    assert result.errors[0].values == {"count": 7, "names": "愿望0, 愿望1, 愿望2, 愿望3, 愿望4"}
    assert (await row_of(desk, draft)).state == "checked"


async def test_nobody_approves_what_they_wrote_or_submitted(desk: Desk) -> None:
    draft = await drafted(desk)
    changed_of(await edit_draft(desk, CHIEF, EditDraft(draft, 1, title="新名")))
    await in_state(desk, draft, DraftState.SUBMITTED)
    for person in (EDITOR, CHIEF):
        assert codes(await approve_draft(desk, person, ApproveDraft(draft, 2))) == [ErrorCode.SAME_PERSON]
    changed_of(await approve_draft(desk, replace(CHIEF, id="chief-c"), ApproveDraft(draft, 2)))


@pytest.mark.parametrize("state", [DraftState.SUBMITTED, DraftState.APPROVED])
async def test_a_draft_is_returned_with_a_reason(desk: Desk, state: DraftState) -> None:
    draft = await in_state(desk, await drafted(desk), state)
    for reason, code in (("", ErrorCode.REASON_REQUIRED), ("长" * 2_001, ErrorCode.TEXT_TOO_LONG)):
        assert codes(await return_draft(desk, CHIEF, ReturnDraft(draft, 1, reason))) == [code]
    changed_of(await return_draft(desk, CHIEF, ReturnDraft(draft, 1, "码头一行有误")))
    row = await row_of(desk, draft)
    assert (row.state, row.returned_reason, row.approved_by) == ("drafting", "码头一行有误", None)
    changed_of(await edit_draft(desk, EDITOR, EditDraft(draft, 2, remove_rules=("port",))))


STEPS = {
    "check": (CheckDraft, check_draft, {DraftState.DRAFTING, DraftState.CHECKED}),
    "submit": (SubmitDraft, submit_draft, {DraftState.CHECKED}),
    "approve": (ApproveDraft, approve_draft, {DraftState.SUBMITTED}),
    "publish": (PublishDraft, publish_draft, {DraftState.APPROVED}),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_is_taken_from_its_own_state_only(desk: Desk, step: str) -> None:
    request, verb, states = STEPS[step]
    draft = await drafted(desk)
    for state in set(DraftState) - states:
        await in_state(desk, draft, state)
        assert codes(await verb(desk, CHIEF, request(draft, 1))) == [ErrorCode.WRONG_STATE]  # type: ignore[operator]
    for state in states:
        await in_state(desk, draft, state)
        assert codes(await verb(desk, CHIEF, request(draft, 9))) == [ErrorCode.CONFLICT]  # type: ignore[operator]
    assert await version_of(desk, draft) == 1


async def test_of_two_checks_at_once_one_counts(desk: Desk) -> None:
    draft = await drafted(desk)
    results = await asyncio.gather(
        *(check_draft(desk, EDITOR, CheckDraft(draft, 1), key=f"check-{number}") for number in range(2))
    )
    assert sorted(codes(result) for result in results) == [[], [ErrorCode.CONFLICT]]
    assert await version_of(desk, draft) == 2


async def test_a_check_that_is_asked_for_twice_gets_its_first_answer(desk: Desk) -> None:
    draft = await drafted(desk)
    for _ in range(2):
        assert changed_of(await check_draft(desk, EDITOR, CheckDraft(draft, 1), key="check")) == draft
    assert await version_of(desk, draft) == 2


async def test_an_edit_meanwhile_outdates_the_check(desk: Desk) -> None:
    draft = await drafted(desk)
    checking = asyncio.ensure_future(check_draft(desk, EDITOR, CheckDraft(draft, 1)))
    changed_of(await edit_draft(desk, EDITOR, EditDraft(draft, 1, remove_rules=("port",))))
    assert codes(await checking) == [ErrorCode.CONFLICT]
    row = await row_of(desk, draft)
    assert (row.state, row.version, row.report) == ("drafting", 2, None)
