"""What is learnt from corrections: the record of each rule, and the row that is proposed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from casework.assignment import ReassignDispute, reassign_dispute
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.errors import ErrorCode
from casework.learning import (
    AskRuleRecords,
    DraftProposal,
    RuleOrder,
    RuleProposal,
    RuleRecord,
    draft_proposal,
    propose_rule,
    rule_records,
)
from casework.objection import (
    AcceptObjection,
    UpholdAssignment,
    accept_objection,
    object_to_assignment,
    uphold_assignment,
)
from casework.policy import read_draft, read_policy
from db import revision
from db.tables.audit import AuditRecord
from db.tables.policy import PolicyDraft
from db.tables.unit import Unit
from rules.model import Condition, Operator
from rules.track_record import TrackRecord
from tests.casework.people import EDITOR, LEAD
from tests.casework.test_assignment import CLERK, FARM, submitted
from tests.casework.test_objection import done, objecting, resolved
from tests.casework.test_watch import statements
from tests.rules.policies import with_row

RIVER = "养猪场把粪水排进河里。"
YARD = "村里养鸡场臭气熏天。"
FUMES = "楼下饭店油烟很大。"
WATER = "990100-water"


async def farm(desk: Desk, text: str, moved_to: str | None = None) -> UUID:
    dispute = await submitted(desk, replace(FARM, description=text))
    if moved_to:
        done(await reassign_dispute(desk, CLERK, ReassignDispute(dispute, moved_to, "改派")))
    return dispute


async def records(desk: Desk, **asked: object) -> list[RuleRecord]:
    request = replace(AskRuleRecords("municipal"), **asked)  # type: ignore[arg-type]
    result = await rule_records(desk, request)
    assert result.value is not None, result.errors
    return result.value


async def proposal(desk: Desk, rule: str = "livestock") -> RuleProposal | None:
    result = await propose_rule(desk, "municipal", rule)
    assert result.errors == ()
    return result.value


async def test_each_way_in_which_a_decision_can_fare_is_counted(desk: Desk) -> None:
    await farm(desk, YARD)
    upheld = done(await object_to_assignment(desk, LEAD, objecting(await farm(desk, YARD))))
    done(await uphold_assignment(desk, CLERK, UpholdAssignment(upheld, "属本单位职责")))
    accepted = done(await object_to_assignment(desk, LEAD, objecting(await farm(desk, RIVER))))
    done(await accept_objection(desk, CLERK, AcceptObjection(accepted, WATER, "异议成立")))
    done(await object_to_assignment(desk, LEAD, objecting(await farm(desk, YARD))))
    await farm(desk, RIVER, moved_to=WATER)
    await resolved(desk, await farm(desk, YARD), WATER)
    await resolved(desk, await farm(desk, YARD), "990121-agriculture")
    await farm(desk, "🐷🐷", moved_to=WATER)  # no rule gave it to anybody
    (found,) = await records(desk)
    assert found.rule_id == "livestock"
    assert found.record == TrackRecord(decided=7, objected=3, reassigned=3, upheld=1)


async def test_who_comes_back_was_right_after_all(desk: Desk) -> None:
    dispute = await farm(desk, YARD, moved_to=WATER)
    done(await reassign_dispute(desk, CLERK, ReassignDispute(dispute, "990121-agriculture", "退回")))
    (found,) = await records(desk)
    assert found.record == TrackRecord(decided=1, objected=0, reassigned=0, upheld=0)


async def test_rules_are_ordered_and_limited(desk: Desk) -> None:
    for _ in range(3):
        await farm(desk, YARD)
    await farm(desk, RIVER, moved_to=WATER)
    await farm(desk, FUMES, moved_to=WATER)
    worst, best = await records(desk)
    assert (worst.record.upheld_rate, best.record.upheld_rate) == (0.0, 0.75)
    assert [each.rule_id for each in await records(desk, order=RuleOrder.BEST_FIRST)] == [
        best.rule_id,
        worst.rule_id,
    ]
    assert await records(desk, first=1) == [worst]
    assert await records(desk, least_decided=2) == [best]
    assert await records(desk, version=1) == [worst, best]


async def test_what_is_not_known_is_refused(desk: Desk) -> None:
    for request, code, path in (
        (AskRuleRecords("nothing\x00"), ErrorCode.UNKNOWN_POLICY, "policyKey"),
        (AskRuleRecords("municipal", version=7), ErrorCode.UNKNOWN_VERSION, "version"),
    ):
        (error,) = (await rule_records(desk, request)).errors
        assert (error.code, error.path) == (code, (path,))
    for key, rule, code, path in (
        ("nothing", "livestock", ErrorCode.UNKNOWN_POLICY, "policyKey"),
        ("municipal", "nothing\x00", ErrorCode.UNKNOWN_RULE, "ruleId"),
    ):
        (error,) = (await propose_rule(desk, key, rule)).errors
        assert (error.code, error.path) == (code, (path,))


async def test_the_row_that_would_have_been_right_is_proposed(desk: Desk) -> None:
    moved = [await farm(desk, RIVER, moved_to=WATER) for _ in range(3)]
    stood = [await farm(desk, YARD) for _ in range(3)]
    # Nobody knows yet what is right here.
    done(await object_to_assignment(desk, LEAD, objecting(await farm(desk, RIVER))))
    found = await proposal(desk)
    assert found is not None
    assert (found.version.number, found.rule.id) == (1, "livestock")
    row = found.proposal.row
    assert row.outcome.lead == "water"
    assert row.conditions == (
        *found.rule.conditions,
        Condition("place", Operator.ANY_OF, ("river",)),
    )
    assert sorted(found.proposal.supporting) == sorted(moved)
    assert not set(found.proposal.opposing) & set(stood)


async def test_a_proposal_reads_no_word_of_the_lexicon(desk: Desk) -> None:
    said = statements(desk)
    assert await proposal(desk) is None
    assert any("policy_rule" in each for each in said)
    assert not [each for each in said if "lexicon_term" in each or "policy_case" in each]


@pytest.mark.parametrize("rule", ["livestock", "campaign"])
async def test_nothing_is_proposed_where_nothing_can_be_learnt(desk: Desk, rule: str) -> None:
    await farm(desk, RIVER, moved_to=WATER)
    await farm(desk, YARD)
    assert await proposal(desk) is None


async def test_a_unit_without_functions_teaches_nothing(desk: Desk) -> None:
    async with desk.database.write() as connection:
        unit = {"code": "990100-hall", "region_code": "990100", "name": "大厅", "name_en": "Hall"}
        await connection.execute(insert(Unit).values(**unit))
        await revision.bump(connection, DIRECTORY)
    for _ in range(4):
        await farm(desk, RIVER, moved_to="990100-hall")
    assert await proposal(desk) is None
    (found,) = await records(desk)
    assert found.record.reassigned == 4


async def test_the_proposed_row_becomes_a_draft(desk: Desk) -> None:
    for text, lead in ((RIVER, WATER), (YARD, None)) * 3:
        await farm(desk, text, moved_to=lead)
    found = await proposal(desk)
    assert found is not None
    request = DraftProposal("municipal", "livestock")
    draft = done(await draft_proposal(desk, EDITOR, request, key="k"))
    async with desk.database.read() as connection:
        before = await read_policy(connection, found.version)
        after = await read_draft(connection, draft)
        head = (await connection.execute(select(PolicyDraft.__table__))).one()
        told = list(await connection.scalars(select(AuditRecord.action).order_by(AuditRecord.sequence)))
    assert after == replace(with_row(before, found.proposal.row, "livestock"), version=2)
    assert (head.state, head.version, head.base_number, head.authors) == ("drafting", 1, 1, ["editor-a"])
    assert head.note.startswith("由规则 livestock 的改派结果拟订：3 件")
    assert told[-2:] == ["create_draft", "draft_proposal"]
    # What is learnt meanwhile makes no second draft of a retried call.
    await farm(desk, RIVER, moved_to=WATER)
    assert done(await draft_proposal(desk, EDITOR, request, key="k")) == draft


@pytest.mark.parametrize(
    ("key", "rule", "code"),
    [
        ("municipal", "livestock", ErrorCode.NOTHING_LEARNT),
        ("municipal", "nothing", ErrorCode.UNKNOWN_RULE),
        ("nothing", "livestock", ErrorCode.UNKNOWN_POLICY),
    ],
)
async def test_where_nothing_is_proposed_nothing_is_drafted(
    desk: Desk, key: str, rule: str, code: ErrorCode
) -> None:
    result = await draft_proposal(desk, EDITOR, DraftProposal(key, rule))
    assert [error.code for error in result.errors] == [code]
    async with desk.database.read() as connection:
        assert (await connection.execute(select(PolicyDraft.id))).all() == []
