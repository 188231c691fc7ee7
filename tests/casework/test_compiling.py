"""A version compiled from what differs from a resident one is the version as it was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest

import casework.compiling
from casework.compiling import Compiled, Lexicons, compile_version
from casework.policy import PublishedVersion, read_policy
from casework.policy_text import write_text
from db.database import Database
from db.tables.base import new_key
from rules.checksum import checksums
from rules.document import policy_document
from rules.lexicon import Lexicon, Reading, Term
from rules.model import Case, Expected, Policy, Rule
from tests.conftest import NOW
from tests.shipped import shipped_policy

CITY = "990100"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
SHIPPED = shipped_policy("municipal")
T = TypeVar("T", Rule, Term, Reading)


@pytest.fixture(autouse=True)
def three_at_a_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Batches that a few rows go beyond."""
    monkeypatch.setattr(casework.compiling, "BATCH", 3)
    casework.compiling._queries.cache_clear()
    yield
    casework.compiling._queries.cache_clear()


@pytest.fixture
def beginning() -> Policy:
    """The shipped policy with few rules and words, and a case."""
    terms = tuple(term for term in SHIPPED.lexicon.terms if term.text in FUMES)
    lexicon = Lexicon(terms, SHIPPED.lexicon.readings[:4])
    cases = (Case("油烟", Expected(triage=True), text="油烟"),)
    return replace(SHIPPED, rules=SHIPPED.rules[-12:], lexicon=lexicon, cases=cases)


def some(rows: tuple[T, ...], changed: tuple[T, ...], more: tuple[T, ...], random: Random) -> tuple[T, ...]:
    """Some rows taken away, changed and put in anywhere, and now and then all in another order."""
    found = [
        other if random.random() < 0.2 else row
        for row, other in zip(rows, changed, strict=True)
        if random.random() > 0.2
    ]
    for row in more:
        found.insert(random.randint(0, len(found)), row)
    if random.random() < 0.2:
        random.shuffle(found)
    return tuple(found)


def edited(policy: Policy, number: int, random: Random) -> Policy:
    """Another policy, with rows of every list taken away, changed, put in and moved."""
    rules, lexicon = policy.rules, policy.lexicon
    more = random.randint(0, 3)
    return replace(
        policy,
        title=f"{number}",
        rules=some(
            rules,
            tuple(replace(rule, regions=(CITY,), valid_to=NOW.date()) for rule in rules),
            tuple(replace(random.choice(SHIPPED.rules), id=f"new-{number}-{at}") for at in range(more)),
            random,
        ),
        lexicon=Lexicon(
            some(
                lexicon.terms,
                tuple(replace(term, weight=term.weight + 0.5) for term in lexicon.terms),
                tuple(Term(f"新词{number}{at}", "ignore") for at in range(more)),
                random,
            ),
            some(
                lexicon.readings,
                tuple(replace(reading, weight=0.25) for reading in lexicon.readings),
                tuple(Reading(f"new-{number}-{at}", (("works",),)) for at in range(more)),
                random,
            ),
        ),
    )


async def stored(database: Database, policy: Policy) -> PublishedVersion:
    """A version whose text is stored."""
    document = policy_document(policy)
    async with database.write() as connection:
        text_id = await write_text(connection, document, NOW)
    return PublishedVersion(new_key(), policy.key, policy.version, CITY, text_id, checksums(document).lexicon)


async def as_published(database: Database, version: PublishedVersion) -> Policy:
    async with database.read() as connection:
        return replace(await read_policy(connection, version), cases=())


@pytest.mark.parametrize("seed", range(4))
async def test_what_differs_is_enough(database: Database, beginning: Policy, seed: int) -> None:
    random = Random(seed)
    resident: Compiled | None = None
    versions, policy = [], beginning
    for number in range(5):
        versions.append(await stored(database, policy))
        policy = edited(policy, number, random)
    versions += random.sample(versions, 4)
    for version in versions:
        lexicons = Lexicons()
        alone = await compile_version(database, version, lexicons)
        resident = await compile_version(database, version, Lexicons(), resident)
        expected = await as_published(database, version)
        assert alone.router.policy == resident.router.policy == expected
        assert resident.router.route_text(FUMES, {}) == alone.router.route_text(FUMES, {})
        assert lexicons[version.lexicon_checksum] is alone.router.extractor


async def test_rows_that_stay_are_the_same_objects(database: Database, beginning: Policy) -> None:
    first = await compile_version(database, await stored(database, beginning), Lexicons())
    terms = (Term("新词", "ignore"), *beginning.lexicon.terms[1:])
    changed = replace(beginning, lexicon=replace(beginning.lexicon, terms=terms))
    second = await compile_version(database, await stored(database, changed), Lexicons(), first)
    before, after = first.router.policy, second.router.policy
    assert all(a is b for a, b in zip(before.rules, after.rules, strict=True))
    assert all(a is b for a, b in zip(before.lexicon.terms[1:], after.lexicon.terms[1:], strict=True))
    assert all(a is b for a, b in zip(before.lexicon.readings, after.lexicon.readings, strict=True))


async def test_a_known_lexicon_stays_beside_other_rules(database: Database, beginning: Policy) -> None:
    lexicons = Lexicons()
    first = await compile_version(database, await stored(database, beginning), lexicons)
    changed = replace(beginning, rules=beginning.rules[1:])
    version = await stored(database, changed)
    second = await compile_version(database, version, lexicons, first)
    assert second.router.extractor is first.router.extractor
    assert second.router.policy == await as_published(database, version)
