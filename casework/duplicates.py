"""Duplicates: which disputes may be about the matter of a dispute, or of a text before it is submitted.

Nothing is merged here: a person is shown what is alike and why. The database hands over the newest disputes
that have a trait in common with the one that is asked about; those that share the rarest traits are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Select, bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from casework.desk import Desk
from casework.directory import CityDirectory
from casework.dispute import OPEN
from casework.errors import ErrorCode, Result, UserError
from casework.reach import Bounds, bounds_of, reaches, values_of
from casework.rights import Reach
from casework.routing import PreviewRouting, Routed, route_question
from casework.text import clean
from casework.traits import RECENT, is_to_be_found, matter_of_decision, matter_of_routing
from db.query import Query, among_values, compile_query
from db.reading import Row, Steps
from db.tables.dispute import Decision, Dispute
from db.tables.duplicates import Merger, Trait
from rules.likeness import LEAST_ALIKE, LONGEST_COMPARED, Matter, likeness, traits_of
from rules.territory import lineage

MOST_OF_TRAIT = 40
"""Disputes that are looked at for one trait in one region, the newest."""
MOST_COMPARED = 80
"""Disputes that are compared at most: half of the time of a search goes into it, and more find hardly any."""
TOWN = "town"


@dataclass(frozen=True, slots=True)
class AskSimilar:
    """Which disputes may be about the same matter as this one?"""

    dispute_id: UUID
    first: int = 5


@dataclass(frozen=True, slots=True)
class AskSimilarToText:
    """Which disputes may be about the matter of a text that nobody has submitted yet?"""

    text: str
    region_code: str
    first: int = 5


@dataclass(frozen=True, slots=True)
class Similar:
    """A dispute that may be about the same matter: how alike, from 0 to 1, and the words in common. Where one
    of the two is over, they cannot be merged: what happens again is a new matter, or repeats the other."""

    dispute_id: UUID
    score: float
    words: tuple[str, ...]
    mergeable: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """A matter in a region; `known` are the disputes that are not to be told of. One that is not `open` can
    be merged with nothing."""

    matter: Matter
    region: str
    city: str
    known: frozenset[UUID] = frozenset()
    open: bool = True


async def similar_to_dispute(desk: Desk, reach: Reach, request: AskSimilar) -> Result[list[Similar]]:
    """The disputes within reach that may be about the same matter, the most alike first, without those that
    it has been merged with."""
    query = _one(desk.database.dialect, bounds_of(reach))

    def steps() -> Steps[list[_Compared]]:
        values = {"ids": [request.dispute_id], **values_of(reach)}
        return _compared(query, (yield query, query.bind(values)))

    found = await desk.database.fetch(steps, several=False)
    if not found:
        return Result(errors=(UserError(ErrorCode.UNKNOWN_DISPUTE, ("id",)),))
    (dispute,) = found
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
    known = frozenset({dispute.id, dispute.main})
    question = _Question(dispute.matter, dispute.region, dispute.city, known, dispute.status in OPEN)
    return Result(await _find(desk, reach, directory, question, request.first))


async def similar_to_text(desk: Desk, reach: Reach, request: AskSimilarToText) -> Result[list[Similar]]:
    """The disputes within reach that may be about the matter of a text, the most alike first; nothing is
    stored."""

    def question(routed: Routed) -> tuple[CityDirectory, _Question]:
        matter = matter_of_routing(clean(request.text), routed.placement.routing)
        city = routed.directory.city_of(request.region_code)
        assert city is not None  # what has no city is not routed
        return routed.directory, _Question(matter, request.region_code, city)

    asked = await route_question(desk, PreviewRouting(request.text, request.region_code), question)
    if asked.value is None:
        return Result(errors=asked.errors)
    return Result(await _find(desk, reach, *asked.value, request.first))


async def _find(
    desk: Desk, reach: Reach, directory: CityDirectory, question: _Question, first: int
) -> list[Similar]:
    traits = traits_of(question.matter)
    if not traits:
        return []
    # A complaint from a town may have been registered for the district or the city, where the town was not
    # known; one that is itself registered there may be about any town.
    known_town = directory.tree.regions[question.region].level == TOWN
    regions = lineage(directory.tree, question.region) if known_town else ()
    values: dict[str, Any] = {f"trait_{at}": trait for at, trait in enumerate(traits)}
    values |= {f"region_{at}": region for at, region in enumerate(regions)} or {"city": question.city}
    bounds = bounds_of(reach)
    newest = _newest(len(traits), len(regions), desk.database.dialect, bounds)
    candidates = _candidates(desk.database.dialect, bounds)
    values |= values_of(reach)
    since = desk.clock() - RECENT

    def unfit(main: UUID, region: str) -> bool:
        return main in question.known or not _near(directory, question.region, region)

    def steps() -> Steps[list[_Compared]]:
        keys = _rarest(newest, (yield newest, newest.bind(values)))
        rows = yield candidates, candidates.bind({"ids": keys, "since": since, **values_of(reach)})
        return _compared(candidates, rows, unless=unfit)

    best: dict[UUID, Similar] = {}
    for other in await desk.database.fetch(steps):
        alike = likeness(question.matter, other.matter)
        known = best.get(other.main)
        if alike.score >= LEAST_ALIKE and (known is None or alike.score > known.score):
            mergeable = question.open and other.main_status in OPEN
            best[other.main] = Similar(other.main, alike.score, alike.words, mergeable)
    return nlargest(first, best.values(), key=lambda each: (each.score, each.dispute_id))


@lru_cache(maxsize=100)
def _newest(traits: int, regions: int, dialect: Dialect, bounds: Bounds = None) -> Query:
    """The newest disputes within reach with each of so many traits, in each of so many regions or (0) in a
    city. Each is a walk along an index, a short one where everything is within reach."""
    # Those out of reach must not take the places of others: it would tell that they are there.
    within = [] if bounds is None else [reaches(Trait.__table__.c.dispute_id, bounds)]
    places = [Trait.region_code == bindparam(f"region_{at}") for at in range(regions)]
    walks = [
        select(Trait.trait, Trait.dispute_id)
        .where(place, Trait.trait == bindparam(f"trait_{at}"), *within)
        .order_by(Trait.dispute_id.desc())
        .limit(MOST_OF_TRAIT)
        .subquery()
        for at in range(traits)
        for place in places or [Trait.city == bindparam("city")]
    ]
    return compile_query(union_all(*(select(walk.c.trait, walk.c.dispute_id) for walk in walks)), dialect)


def _rarest(newest: Query, rows: Sequence[Row]) -> list[UUID]:
    """The disputes to compare: those that share the traits that the fewest others have."""
    common = Counter(row[0] for row in rows)
    shared: dict[Any, float] = defaultdict(float)
    for row in rows:
        shared[row[1]] += 1 / common[row[0]]
    read = newest.python[1]
    keys = nlargest(MOST_COMPARED, shared, key=lambda each: (shared[each], each))
    return [key if read is None else read(key) for key in keys]


@lru_cache(maxsize=16)
def _one(dialect: Dialect, bounds: Bounds) -> Query:
    """What is compared of a dispute, in whatever state."""
    return compile_query(_rows(bounds), dialect)


@lru_cache(maxsize=16)
def _candidates(dialect: Dialect, bounds: Bounds) -> Query:
    """The same of those disputes that are open or recent; one that was merged is open as long as the main one
    is."""
    found = is_to_be_found(_main_status, OPEN, bindparam("since"))
    return compile_query(_rows(bounds).where(found), dialect)


_main = aliased(Dispute)
_main_status = func.coalesce(_main.status, Dispute.status, type_=Dispute.status.type)


def _rows(bounds: Bounds) -> Select[Any]:
    """What is compared of disputes: both they and those that they have been merged into are told of."""
    later = aliased(Decision)
    newest = select(func.max(later.sequence)).where(later.dispute_id == Dispute.id).scalar_subquery()
    main = func.coalesce(Merger.main_id, Dispute.id, type_=Dispute.id.type)
    own = Dispute.__table__.c.id
    within = [] if bounds is None else [reaches(own, bounds), reaches(main, bounds)]
    return (
        select(
            Dispute.id,
            main,
            Dispute.status,
            _main_status,
            Dispute.city,
            Dispute.region_code,
            func.substr(Dispute.description, 1, LONGEST_COMPARED),
            Decision.facts,
            Decision.matches,
        )
        .select_from(Dispute)
        .join(Decision, (Decision.dispute_id == Dispute.id) & (Decision.sequence == newest))
        .outerjoin(Merger, (Merger.dispute_id == Dispute.id) & Merger.split_at.is_(None))
        .outerjoin(_main, (_main.id == Merger.main_id) & (_main.city == Merger.city))
        .where(among_values(Dispute.id, "ids"), *within)
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """A dispute that is compared; `main` is the one that it has been merged into, or itself."""

    id: UUID
    main: UUID
    status: str
    main_status: str
    city: str
    region: str
    matter: Matter


def _compared(
    query: Query, rows: Sequence[Row], unless: Callable[[UUID, str], bool] = lambda main, region: False
) -> list[_Compared]:
    """What is compared of the rows; making it takes longest, and is left out where `unless` says so of the
    main dispute and the region."""
    found = []
    for row in rows:
        key, main, status, main_status, city, region, text, facts, matches = (
            value if read is None else read(value) for value, read in zip(row, query.python, strict=True)
        )
        if unless(main, region):
            continue
        matter = matter_of_decision(text, facts, matches)
        found.append(_Compared(key, main, status, main_status, city, region, matter))
    return found


def _near(directory: CityDirectory, one: str, other: str) -> bool:
    """Whether one of two regions lies within the other."""
    return one in lineage(directory.tree, other) or other in lineage(directory.tree, one)
