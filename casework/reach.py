"""Reach as conditions in SQL: what cannot be reached is not there, for reading and for changing alike.

A unit reaches the disputes that it leads, joins or owns now, those that it objects to, and those merged into
one that it has. What it had once it reaches no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    bindparam,
    exists,
    false,
    or_,
    select,
    union_all,
)

from casework.rights import Reach
from db.query import among_values
from db.tables.dispute import Assignment, Dispute
from db.tables.duplicates import Merger
from db.tables.objection import Objection
from db.tables.region import Region

UNITS, REGIONS = "reached_units", "reached_regions"
"""The names of the parameters."""
ACCOUNT = "reached_account"
"""The name of the one that all have, whatever their bounds; without a limit its value is None."""
Bounds = tuple[str, ...] | None
"""Which parameters a reach has: the shape of its condition. None is everything, no parameter is nothing."""

# Under names of their own, so that they are not taken for the tables of the statement that they stand in.
_own = Dispute.__table__.alias("reached")
_held, _owned = Assignment.__table__.alias("held"), Dispute.__table__.alias("owned")
_merged, _objected = Merger.__table__.alias("merged"), Objection.__table__.alias("objected")
_region, _top = Region.__table__.alias("below"), Region.__table__.alias("top")


def bounds_of(reach: Reach) -> Bounds:
    """The shape of the condition for a reach."""
    if reach.everything:
        return None
    return (*((UNITS,) if reach.units else ()), *((REGIONS,) if reach.regions else ()))


def values_of(reach: Reach) -> Mapping[str, Any]:
    """The values of its parameters."""
    return {UNITS: reach.units, REGIONS: reach.regions, ACCOUNT: reach.account}


def own(account: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether something is reached that an account keeps for itself."""
    asking = bindparam(ACCOUNT, type_=String())
    return or_(asking.is_(None), account == asking)


def reaches(dispute_id: ColumnElement[Any], bounds: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether the dispute with this key is reached: looked up dispute by dispute, for rows that are at
    hand."""
    kinds = {
        UNITS: or_(
            among_values(_own.c.territorial_owner_code, UNITS),
            *(exists().where(column == _own.c.id, *conditions) for column, conditions in _of_units()),
        ),
        REGIONS: _own.c.region_code.in_(_regions()),
    }
    if not bounds:
        return false()
    return exists().where(_own.c.id == dispute_id, or_(*(kinds[name] for name in bounds)))


def reached(dispute: FromClause, bounds: tuple[str, ...]) -> ColumnElement[bool]:
    """The same of rows of the table of disputes: looked up unit by unit and region by region, for lists."""
    found = [select(column).where(*conditions) for column, conditions in _of_units()]
    owned = select(_owned.c.id).where(among_values(_owned.c.territorial_owner_code, UNITS))
    kinds = {
        UNITS: dispute.c.id.in_(union_all(*found, owned)),
        REGIONS: dispute.c.region_code.in_(_regions()),
    }
    return or_(false(), *(kinds[name] for name in bounds))


def _of_units() -> list[tuple[ColumnElement[Any], tuple[ColumnElement[bool], ...]]]:
    """Where the disputes of units are told: the column with their keys, and under which conditions."""
    assigned = (among_values(_held.c.unit_code, UNITS), _held.c.ended_at.is_(None))
    objecting = (among_values(_objected.c.unit_code, UNITS), _objected.c.state == "open")
    merged = (_merged.c.split_at.is_(None), _merged.c.main_id == _held.c.dispute_id, *assigned)
    return [
        (_held.c.dispute_id, assigned),
        (_objected.c.dispute_id, objecting),
        (_merged.c.dispute_id, merged),
    ]


def _regions() -> Select[Any]:
    """The codes of the regions, and of all below them."""
    below = or_(_region.c.code == _top.c.code, _region.c.path.like(_top.c.path + "/%"))
    return select(_region.c.code).join(_top, below).where(among_values(_top.c.code, REGIONS))
