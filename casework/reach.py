"""Reach as conditions in SQL: what cannot be reached is not there, for reading and for changing alike.

A unit reaches the disputes that it leads, joins or owns now, those that it objects to, and those merged into
one that it has. What it had once it reaches no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, bindparam, exists, false, or_, select

from casework.rights import Reach
from db.query import among_values
from db.tables.dispute import Dispute
from db.tables.holder import Holder
from db.tables.region import Region

UNIT, UNITS, REGIONS = "reached_unit", "reached_units", "reached_regions"
"""The names of the parameters. One unit alone is the usual case, and has a name of its own: an index leads
through its disputes in the order of their lists."""
PARAMETERS = (UNIT, UNITS, REGIONS)
ACCOUNT = "reached_account"
"""The name of the one that all have, whatever their bounds; without a limit its value is None."""
Bounds = tuple[str, ...] | None
"""Which parameters a reach has: the shape of its condition. None is everything, no parameter is nothing."""

HOLDER = Holder.__table__
# Under names of their own, so that they are not taken for the tables of the statement that they stand in.
_own, _held = Dispute.__table__.alias("reached"), HOLDER.alias("held")
_region, _top = Region.__table__.alias("below"), Region.__table__.alias("top")


def bounds_of(reach: Reach) -> Bounds:
    """The shape of the condition for a reach."""
    if reach.everything:
        return None
    if len(reach.units) == 1 and not reach.regions:
        return (UNIT,)
    return (*((UNITS,) if reach.units else ()), *((REGIONS,) if reach.regions else ()))


def values_of(reach: Reach) -> Mapping[str, Any]:
    """The values of its parameters."""
    return {
        UNIT: reach.units[0] if reach.units else None,
        UNITS: reach.units,
        REGIONS: reach.regions,
        ACCOUNT: reach.account,
    }


def reaches(dispute_id: ColumnElement[Any], bounds: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether the dispute with this key is reached: looked up dispute by dispute, for rows that are at
    hand."""
    kinds = {
        **{name: exists().where(_held.c.dispute_id == dispute_id, holds(_held, name)) for name in _UNITS},
        REGIONS: exists().where(_own.c.id == dispute_id, _own.c.region_code.in_(_regions())),
    }
    return or_(false(), *(kinds[name] for name in bounds))


def reached(dispute: FromClause, bounds: tuple[str, ...]) -> ColumnElement[bool]:
    """The same of rows of the table of disputes: looked up unit by unit and region by region, for lists."""
    kinds = {
        **{name: dispute.c.id.in_(select(_held.c.dispute_id).where(holds(_held, name))) for name in _UNITS},
        REGIONS: dispute.c.region_code.in_(_regions()),
    }
    return or_(false(), *(kinds[name] for name in bounds))


def own(account: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether something is reached that an account keeps for itself."""
    asking = bindparam(ACCOUNT, type_=String())
    return or_(asking.is_(None), account == asking)


def holds(holder: FromClause, name: str) -> ColumnElement[bool]:
    """Whether a row tells of the unit, or of one of the units, of the parameter with this name."""
    if name == UNIT:
        column = holder.c.unit_code
        return column == bindparam(UNIT, type_=column.type)
    return among_values(holder.c.unit_code, UNITS)


_UNITS = (UNIT, UNITS)


def _regions() -> Select[Any]:
    """The codes of the regions, and of all below them."""
    below = or_(_region.c.code == _top.c.code, _region.c.path.like(_top.c.path + "/%"))
    return select(_region.c.code).join(_top, below).where(among_values(_top.c.code, REGIONS))
