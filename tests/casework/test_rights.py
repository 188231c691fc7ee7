"""Rights: who may do what, how far grants reach, and what a verb does for whoever may not."""

from __future__ import annotations

from uuid import UUID

import pytest

from casework.actor import NOBODY, Actor, Grant, Role
from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import ConveneConference, convene_conference
from casework.desk import Desk
from casework.drafting import CreateDraft, DiscardDraft, create_draft, discard_draft
from casework.editing import EditDraft, edit_draft
from casework.errors import ErrorCode, Result
from casework.intake import SubmitDispute, submit_dispute
from casework.merging import MergeDisputes, merge_disputes
from casework.objection import ObjectToAssignment, UpholdAssignment, object_to_assignment, uphold_assignment
from casework.publication import RollbackPolicy, rollback_policy
from casework.region import SetRegionPolicy, set_region_policy
from casework.reply import ResolveDispute, resolve_dispute
from casework.resolution import RecordResolution, record_resolution
from casework.rights import (
    ADMINISTRATORS,
    ANYBODY,
    EVERYWHERE,
    NOWHERE,
    SIGNED_IN,
    VERBS,
    WEBHOOK_KEEPERS,
    Reach,
    Roles,
    may,
    plays,
    reach_of,
    roles,
)
from db.tables.base import new_key
from tests.casework.people import CLERK, LEAD, OFFICE
from tests.casework.test_assignment import FARM, submitted

CLERKS = roles(Role.CLERK)
REACHES = [
    ((), SIGNED_IN, NOWHERE),
    ((Grant(Role.PUBLIC),), ANYBODY, NOWHERE),
    ((Grant(Role.CLERK),), SIGNED_IN, EVERYWHERE),
    ((Grant(Role.CLERK),), roles(Role.UNIT_LEAD), NOWHERE),
    ((Grant(Role.CLERK, region="990102"),), CLERKS, Reach(regions=("990102",))),
    ((Grant(Role.CLERK, unit="a", region="990102"),), CLERKS, Reach(units=("a",))),
    (
        (Grant(Role.UNIT_LEAD, unit="b"), Grant(Role.CLERK, region="r"), Grant(Role.CLERK, unit="a")),
        SIGNED_IN,
        Reach(units=("a", "b"), regions=("r",)),
    ),
    # As editor one sees cases from everywhere, as clerk the parties of one's own district; never both.
    ((Grant(Role.RULE_EDITOR), Grant(Role.CLERK, region="r")), CLERKS, Reach(regions=("r",))),
    ((Grant(Role.RULE_EDITOR), Grant(Role.CLERK, region="r")), SIGNED_IN, EVERYWHERE),
]


@pytest.mark.parametrize(("grants", "those", "expected"), REACHES)
def test_how_far_grants_reach(grants: tuple[Grant, ...], those: Roles, expected: Reach) -> None:
    found = reach_of(Actor("somebody", grants), those)
    assert (found.everything, found.units, found.regions) == (
        expected.everything,
        expected.units,
        expected.regions,
    )


@pytest.mark.parametrize(
    ("grants", "those", "account"),
    [
        ((), SIGNED_IN, "somebody"),
        ((Grant(Role.PARTNER_SYSTEM),), WEBHOOK_KEEPERS, "somebody"),
        ((Grant(Role.ADMINISTRATOR, region="990102"),), WEBHOOK_KEEPERS, "somebody"),
        ((Grant(Role.PARTNER_SYSTEM), Grant(Role.ADMINISTRATOR)), WEBHOOK_KEEPERS, None),
        # As clerk an administrator is a clerk.
        ((Grant(Role.CLERK), Grant(Role.ADMINISTRATOR)), frozenset({Role.CLERK}), "somebody"),
    ],
)
def test_whose_own_things_are_reached(grants: tuple[Grant, ...], those: Roles, account: str | None) -> None:
    assert reach_of(Actor("somebody", grants), those).account == account
    assert NOWHERE.account is not None


@pytest.mark.parametrize(
    ("grants", "those", "expected"),
    [
        ((), ANYBODY, False),
        (NOBODY.grants, ANYBODY, True),
        (NOBODY.grants, SIGNED_IN, False),
        ((Grant(Role.CLERK, unit="a"),), CLERKS, True),
        ((Grant(Role.ADMINISTRATOR, unit="a"),), CLERKS, True),
        ((Grant(Role.ADMINISTRATOR, unit="a"),), ADMINISTRATORS, False),
        ((Grant(Role.ADMINISTRATOR),), ADMINISTRATORS, True),
    ],
)
def test_who_plays_a_part(grants: tuple[Grant, ...], those: Roles, expected: bool) -> None:
    assert plays(Actor("somebody", grants), those) is expected


@pytest.mark.parametrize(
    ("reach", "unit", "lineage", "expected"),
    [
        (NOWHERE, "a", ("r",), False),
        (EVERYWHERE, None, (), True),
        (Reach(units=("a",)), "a", (), True),
        (Reach(units=("a",)), "b", ("a",), False),
        (Reach(regions=("city",)), "b", ("town", "city"), True),
        (Reach(regions=("town",)), "b", ("city",), False),
    ],
)
def test_what_a_reach_covers(
    reach: Reach, unit: str | None, lineage: tuple[str, ...], expected: bool
) -> None:
    assert reach.covers(unit, lineage) is expected


def test_the_table_of_verbs() -> None:
    assert may("nothing that there is") == frozenset()
    assert all(those >= ADMINISTRATORS and Role.PUBLIC not in those for those in VERBS.values())
    watching = {Role.AUDITOR, Role.SUPERVISOR, Role.EXPORTER}
    assert [verb for verb, those in VERBS.items() if those & watching] == []
    assert not VERBS["approve_draft"] & {Role.RULE_EDITOR}
    assert not VERBS["edit_draft"] & {Role.RULE_APPROVER}


def codes(result: Result[UUID] | Result[str]) -> list[str]:
    """What a verb refused for."""
    return [error.code for error in result.errors]


def elsewhere(role: Role) -> list[Actor]:
    """People with a role who do not reach the farm: of another unit and of another region."""
    return [Actor.of("x", role, unit="990103-ecology"), Actor.of("y", role, region="990103")]


async def test_who_does_not_reach_a_dispute_is_told_what_an_unknown_one_is(desk: Desk) -> None:
    dispute, other = await submitted(desk), await submitted(desk)
    for actor in elsewhere(Role.CLERK):
        answers = [
            [
                await reassign_dispute(desk, actor, ReassignDispute(each, "990100-water", "改派")),
                await resolve_dispute(desk, actor, ResolveDispute(each, "已整改。")),
                await merge_disputes(desk, actor, MergeDisputes(each, (other,), "同一件事")),
            ]
            for each in (dispute, new_key())
        ]
        assert answers[0] == answers[1]
        assert {code for answer in answers[0] for code in codes(answer)} == {ErrorCode.UNKNOWN_DISPUTE}
    merging = MergeDisputes(dispute, (other,), "同一件事")
    assert not (await merge_disputes(desk, CLERK, merging)).errors


async def test_who_does_not_reach_an_objection_or_session_is_told_the_same(desk: Desk) -> None:
    dispute = await submitted(desk)
    raised = ObjectToAssignment(dispute, "990121-agriculture", "不属本单位职责")
    objection = (await object_to_assignment(desk, LEAD, raised)).value
    session = (await convene_conference(desk, OFFICE, ConveneConference(dispute, "environment"))).value
    assert objection is not None
    assert session is not None
    for actor in elsewhere(Role.CONFERENCE_OFFICE):
        for known, unknown in ((objection, new_key()),):
            upheld = [
                await uphold_assignment(desk, actor, UpholdAssignment(each, "维持"))
                for each in (known, unknown)
            ]
            assert upheld[0] == upheld[1]
            assert codes(upheld[0]) == [ErrorCode.UNKNOWN_OBJECTION]
        recorded = [
            await record_resolution(desk, actor, RecordResolution(each, "990100-water", "由市水务局牵头"))
            for each in (session, new_key())
        ]
        assert recorded[0] == recorded[1]
        assert codes(recorded[0]) == [ErrorCode.UNKNOWN_SESSION]


async def test_a_unit_objects_for_itself(desk: Desk) -> None:
    dispute = await submitted(desk)
    raised = ObjectToAssignment(dispute, "990121-agriculture", "不属本单位职责")
    moved = ReassignDispute(dispute, "990121-agriculture", "增加协办", ("990100-water",))
    assert not (await reassign_dispute(desk, CLERK, moved)).errors
    joining = Actor.of("w", Role.UNIT_LEAD, unit="990100-water")
    assert codes(await object_to_assignment(desk, joining, raised)) == [ErrorCode.NOT_YOUR_UNIT]
    assert codes(await object_to_assignment(desk, CLERK, raised)) == [ErrorCode.NOT_ALLOWED]
    leading = Actor.of("l", Role.UNIT_LEAD, unit="990121-agriculture")
    assert not (await object_to_assignment(desk, leading, raised)).errors


@pytest.mark.parametrize(
    ("region", "expected"),
    [("990121", []), ("990100", []), ("990102", [ErrorCode.NOT_YOUR_REGION])],
)
async def test_complaints_are_taken_in_for_ones_own_region(
    desk: Desk, region: str, expected: list[str]
) -> None:
    clerk = Actor.of("c", Role.CLERK, region=region)
    asked = SubmitDispute(FARM.description, FARM.region_code, "hotline")
    assert codes(await submit_dispute(desk, clerk, asked)) == expected


PARTS: tuple[dict[str, str], ...] = ({"unit": "990102-ecology"}, {"region": "990102"}, {"region": "991000"})


async def test_a_policy_of_a_city_is_for_those_of_all_of_it(desk: Desk) -> None:
    """Nobody decides for a whole city by a role for a unit, a district or another city."""
    begun = CreateDraft("spare", "990100", title="规则")
    draft = (await create_draft(desk, Actor.of("e", Role.RULE_EDITOR, region="990100"), begun)).value
    assert draft is not None
    for role in (Role.RULE_EDITOR, Role.RULE_APPROVER, Role.ADMINISTRATOR):
        for place in PARTS:
            actor = Actor.of("x", role, **place)
            tried = [
                codes(await create_draft(desk, actor, begun)),
                codes(await edit_draft(desk, actor, EditDraft(draft, 1, remove_rules=("x",)))),
                codes(await discard_draft(desk, actor, DiscardDraft(draft, 1))),
                codes(await rollback_policy(desk, actor, RollbackPolicy("municipal", 1, 1, "撤回"))),
                [
                    e.code
                    for e in (await set_region_policy(desk, actor, SetRegionPolicy("990100", None))).errors
                ],
            ]
            assert tried == [[ErrorCode.NOT_ALLOWED]] * 5
    own = Actor.of("x", Role.RULE_APPROVER, region="990102")
    assert not (await set_region_policy(desk, own, SetRegionPolicy("990102", "municipal"))).errors


async def test_what_is_taken_from_a_unit_is_out_of_its_reach(desk: Desk) -> None:
    dispute = await submitted(desk)
    lead = Actor.of("l", Role.UNIT_LEAD, unit="990121-agriculture")
    moved = ReassignDispute(dispute, "990100-water", "改派", ())
    assert not (await reassign_dispute(desk, CLERK, moved)).errors
    resolving = ResolveDispute(dispute, "已整改。")
    assert codes(await resolve_dispute(desk, lead, resolving)) == [ErrorCode.UNKNOWN_DISPUTE]
    now = Actor.of("w", Role.UNIT_LEAD, unit="990100-water")
    assert not (await resolve_dispute(desk, now, resolving)).errors
