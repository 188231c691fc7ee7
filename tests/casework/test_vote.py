"""Learning the vote: which decisions are confirmed, and that what is learnt changes no decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from casework.assignment import ReassignDispute, reassign_dispute
from casework.confirmed import Confirmation, Confirmed, confirmed_decisions
from casework.demo import DEMO_ACTOR
from casework.desk import Desk
from casework.intake import submit_dispute
from casework.objection import UpholdAssignment, object_to_assignment, uphold_assignment
from casework.replay import replay_all
from casework.reply import ResolveDispute, resolve_dispute
from casework.vote import is_held_back, train
from db.tables.base import new_key
from db.tables.dispute import Assignment, Decision
from rules.vote import marks
from rules.vote_document import vote_document
from tests.casework.confirmed import give_by_hand
from tests.casework.people import LEAD
from tests.casework.test_assignment import CLERK, FARM, submitted
from tests.casework.test_objection import done, later, objecting
from tests.rules.votes import DAY, labelled, vote_for

AFTERWARDS = {"days": 30}
WATER = "990100-water"


def kinds(confirmed: Confirmed) -> dict[Confirmation, int]:
    return dict(confirmed.counts())


async def farm(desk: Desk, said: str) -> UUID:
    return await submitted(desk, replace(FARM, description=f"{FARM.description}{said}"))


async def test_each_way_in_which_a_decision_is_confirmed(desk: Desk) -> None:
    await farm(desk, "无人过问")
    person = await farm(desk, "改由水务负责")
    done(await reassign_dispute(desk, CLERK, ReassignDispute(person, WATER, "属水体问题")))
    heard = await farm(desk, "单位有异议")
    objection = done(await object_to_assignment(desk, LEAD, objecting(heard)))
    done(await uphold_assignment(desk, CLERK, UpholdAssignment(objection, "属本单位职责")))
    answered = await farm(desk, "已经答复")
    done(await resolve_dispute(desk, CLERK, ResolveDispute(answered, "已责令整改。")))
    contested = await farm(desk, "异议未决")
    done(await object_to_assignment(desk, LEAD, objecting(contested)))
    now = await confirmed_decisions(desk)
    assert kinds(now) == {Confirmation.PERSON: 1, Confirmation.HEARD: 1, Confirmation.ANSWERED: 1}
    assert (now.open, now.repeated, now.untold) == (2, 0, 0)
    afterwards = await confirmed_decisions(later(desk, **AFTERWARDS))
    assert kinds(afterwards) == {**kinds(now), Confirmation.ACCEPTED: 1}
    assert afterwards.open == 1
    found = {each.dispute_id: each for each in afterwards.decisions}
    assert (found[person].lesson.function, found[person].by_rules) == ("water", "agriculture")
    assert (found[heard].lesson.function, found[heard].by_rules) == ("agriculture", "agriculture")
    assert found[answered].lesson.marks == marks(f"{FARM.description}已经答复")


async def test_the_last_day_to_object_is_not_over(desk: Desk) -> None:
    await submitted(desk)  # on a Saturday: five working days end on Friday
    assert kinds(await confirmed_decisions(later(desk, days=6))) == {}
    assert kinds(await confirmed_decisions(later(desk, days=7))) == {Confirmation.ACCEPTED: 1}


async def test_what_only_the_demo_did_confirms_nothing(desk: Desk) -> None:
    dispute = (await submit_dispute(desk, DEMO_ACTOR, FARM)).value
    assert dispute is not None
    done(await resolve_dispute(desk, CLERK, ResolveDispute(dispute, "已责令整改。")))
    assert (await confirmed_decisions(later(desk, **AFTERWARDS))).open == 1


async def test_a_text_is_learnt_once_as_it_was_decided_last(desk: Desk) -> None:
    await give_by_hand(desk, [("楼下油烟很大!", "ecology"), ("楼下油煙很大", "urban_management")])
    confirmed = await confirmed_decisions(desk)
    assert [each.lesson.function for each in confirmed.decisions] == ["urban_management"]
    assert confirmed.repeated == 1


async def test_of_several_functions_the_one_that_was_named_counts(desk: Desk) -> None:
    dispute = await submitted(desk)
    several = await unit_of_several(desk)
    async with desk.database.write() as connection:
        await connection.execute(
            update(Assignment).where(Assignment.role == "lead").values(unit_code=several, origin="manual")
        )
    assert (await confirmed_decisions(desk)).untold == 1
    async with desk.database.write() as connection:
        own = sorted((await desk.directory.current(connection)).tree.units[several].functions, key=str)
        named = own[0].function
        await connection.execute(
            update(Decision).where(Decision.dispute_id == dispute).values(lead_function=named)
        )
    (found,) = (await confirmed_decisions(desk)).decisions
    assert found.lesson.function == named


async def unit_of_several(desk: Desk) -> str:
    """A unit of the demo city that carries several functions, agriculture not among them."""
    async with desk.database.read() as connection:
        units = (await desk.directory.current(connection)).tree.units
    return min(
        code
        for code, unit in units.items()
        if len({span.function for span in unit.functions}) > 1
        and "agriculture" not in {span.function for span in unit.functions}
    )


async def test_many_batches_come_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(f"{each.text}", each.lead) for each in labelled()[:30]]
    await give_by_hand(desk, told)
    whole = await confirmed_decisions(desk)
    monkeypatch.setattr("casework.confirmed.BATCH", 7)
    assert await confirmed_decisions(desk) == whole
    assert len(whole.decisions) + whole.repeated + whole.untold == 30
    monkeypatch.setattr("casework.confirmed.MOST_LEARNT", 10)
    assert (await confirmed_decisions(desk)).decisions == whole.decisions[:10]


async def test_training_is_the_same_in_any_order_and_measures_a_fifth(desk: Desk) -> None:
    await give_by_hand(desk, [(each.text, each.lead) for each in labelled()])
    decisions = (await confirmed_decisions(desk)).decisions
    trained, again = train(decisions, DAY), train(decisions[::-1], DAY)
    assert vote_document(trained.vote) == vote_document(again.vote)
    assert trained.figures == again.figures
    assert sum(trained.vote.decisions) == len(decisions)
    assert trained.figures.all.asked == sum(is_held_back(each.dispute_id) for each in decisions)
    assert trained.figures.all.vote > trained.figures.all.asked / 2
    assert trained.figures.all.rules == 0  # nothing was routed


def test_about_a_fifth_is_held_back() -> None:
    assert 120 < sum(is_held_back(new_key()) for _ in range(1_000)) < 280


async def test_a_decision_is_the_same_with_a_vote_and_without(desk: Desk) -> None:
    voting = replace(desk, vote=vote_for(FARM.description, "ecology", "agriculture"))
    made = [await stored(each, await submitted(each)) for each in (desk, voting)]
    assert made[0] == made[1]
    assert (await replay_all(voting)).different == ()


async def stored(desk: Desk, dispute: UUID) -> dict[str, Any]:
    """All that is stored of a dispute's decision, but for whose it is; the dispute is taken away again."""
    async with desk.database.write() as connection:
        rows = await connection.execute(select(Decision.__table__).where(Decision.dispute_id == dispute))
        decision = {**rows.one()._mapping}
        await connection.execute(delete(Assignment).where(Assignment.dispute_id == dispute))
    return {name: value for name, value in decision.items() if name not in ("id", "dispute_id")}
