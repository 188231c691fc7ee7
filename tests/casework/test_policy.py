"""Policies: published once checked, in force by region and day, seen by every process."""

from __future__ import annotations

from dataclasses import replace

import orjson
from sqlalchemy import insert, select, update

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.errors import ErrorCode
from casework.intake import SubmitDispute, submit_dispute
from casework.policy import read_policy, version_in_force
from casework.policy_text import read_document, read_json
from casework.publication import publish_policy
from casework.routing import PreviewRouting, preview_routing
from db import revision
from db.database import Database
from db.tables.dispute import Decision
from db.tables.policy import PolicyVersion
from db.tables.region import Region
from db.tables.unit import Function
from rules.document import policy_document
from rules.model import Condition, Operator, Policy, TriageReason
from tests.casework.people import CLERK
from tests.conftest import NOW
from tests.shipped import shipped_policy

EDITOR = Actor.of("editor-a", "rule_editor")
CITY, TOWN = "990100", "990102001"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"


def moved(policy: Policy, lead: str) -> Policy:
    """The policy with every base row that leads to urban management leading elsewhere."""
    rules = tuple(
        replace(rule, outcome=replace(rule.outcome, lead=lead))
        if rule.outcome.lead == "urban_management"
        else rule
        for rule in policy.rules
    )
    return replace(policy, rules=rules)


async def lead_of(desk: Desk, region: str = TOWN, policy_key: str | None = None) -> str | None:
    """Who would lead a complaint about fumes."""
    result = await preview_routing(desk, PreviewRouting(FUMES, region, policy_key=policy_key))
    assert result.value is not None, result.errors
    return result.value.placement.routing.decision.lead


async def test_a_published_policy_comes_back_as_it_was(desk: Desk) -> None:
    async with desk.database.read() as connection:
        version = await version_in_force(connection, "municipal", civil_day(NOW))
        assert version is not None
        stored = await read_policy(connection, version)
        document = await read_document(connection, version.text_id, version.policy_key, version.number)
        text = await read_json(connection, version.text_id, version.policy_key, version.number)
    assert orjson.loads(text) == document
    assert policy_document(stored) == policy_document(replace(shipped_policy("municipal"), version=1))


async def test_the_same_policy_is_published_once(desk: Desk) -> None:
    again = await publish_policy(desk, EDITOR, shipped_policy("municipal"), CITY)
    assert (again.new, again.version and again.version.number) == (False, 1)


async def test_a_new_version_decides_at_once_in_every_process(desk: Desk, city_url: str) -> None:
    other = Desk(Database.open(city_url), clock=lambda: NOW)
    assert await lead_of(desk) == await lead_of(other) == "urban_management"
    published = await publish_policy(desk, EDITOR, moved(shipped_policy("municipal"), "ecology"), CITY)
    assert (published.new, published.version and published.version.number) == (True, 2)
    assert await lead_of(desk) == await lead_of(other) == "ecology"
    await other.close()


async def test_an_unsound_policy_is_not_published(desk: Desk) -> None:
    policy = shipped_policy("municipal")
    first = policy.rules[0]
    nowhere = replace(first, outcome=replace(first.outcome, lead="astrology"))
    never = replace(first, conditions=(Condition("sector", Operator.IN, ()),))
    for rule in (nowhere, never):
        publication = await publish_policy(
            desk, EDITOR, replace(policy, rules=(rule, *policy.rules[1:])), CITY
        )
        assert publication.version is None
        assert publication.findings
    async with desk.database.read() as connection:
        numbers = list(await connection.scalars(select(PolicyVersion.number)))
    assert sorted(numbers) == [1, 1]  # municipal and rugao-2014


async def test_a_city_may_have_functions_of_its_own(desk: Desk) -> None:
    async with desk.database.write() as connection:
        tourism = {"code": "tourism", "name": "文化旅游", "name_en": "Culture and tourism", "position": 14}
        await connection.execute(insert(Function).values(tourism))
    published = await publish_policy(desk, EDITOR, moved(shipped_policy("municipal"), "tourism"), CITY)
    assert published.version is not None, published.findings
    result = await preview_routing(desk, PreviewRouting(FUMES, TOWN))
    assert result.value is not None
    assert result.value.placement.routing.decision.lead == "tourism"
    assert result.value.placement.triage_reason is TriageReason.NO_UNIT


async def test_regions_carry_or_inherit_their_policy(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(
            update(Region).where(Region.code == "990121").values(policy_key="rugao-2014")
        )
        await revision.bump(connection, DIRECTORY)
    for region, policy in ((TOWN, "municipal"), ("990121101", "rugao-2014"), (CITY, "municipal")):
        result = await preview_routing(desk, PreviewRouting(FUMES, region))
        assert result.value is not None
        assert result.value.version.policy_key == policy


async def test_a_policy_may_be_asked_by_name(desk: Desk) -> None:
    assert await lead_of(desk, policy_key="rugao-2014") == "urban_management"
    for request, code in (
        (PreviewRouting(FUMES, TOWN, policy_key="atlantis"), ErrorCode.UNKNOWN_POLICY),
        (PreviewRouting(FUMES, TOWN, policy_key="\x00"), ErrorCode.UNKNOWN_POLICY),
        (PreviewRouting(FUMES, "000000"), ErrorCode.UNKNOWN_REGION),
        (PreviewRouting("", TOWN), ErrorCode.TEXT_EMPTY),
    ):
        result = await preview_routing(desk, request)
        assert [error.code for error in result.errors] == [code]


async def test_without_a_policy_nothing_is_guessed(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(Region).values(policy_key=None))
        await revision.bump(connection, DIRECTORY)
    result = await submit_dispute(desk, CLERK, SubmitDispute(FUMES, TOWN, "web"))
    assert [error.code for error in result.errors] == [ErrorCode.NO_POLICY]
    async with desk.database.read() as connection:
        assert (await connection.execute(select(Decision.id))).all() == []
