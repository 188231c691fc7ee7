"""Merging (并单): disputes about one matter are worked on as one, and all who complained get the one reply.

A dispute that was merged keeps its number, its text and its complainant. It has no units of its own, and
whatever decides the course of the main dispute is told under its number too (`casework.record`), so that the
reply to each complainant can be traced. It can be split off again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import assign, current_co_units, current_lead, reason_errors
from casework.civil import civil_day
from casework.conference import has_open_session
from casework.desk import Desk
from casework.dispute import (
    MERGED,
    DisputeRow,
    changed,
    check_version,
    disputes_of,
    not_open_error,
)
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import record
from casework.repeats import forget_repeats, keep_repeats, repeats_of
from casework.settlement import open_objection
from casework.text import clean
from db.tables.base import new_key
from db.tables.duplicates import Merger

MOST_MERGED = 50
"""Disputes that are merged at once."""
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeDisputes:
    """These disputes are about the matter of the main one. `something_new`: they tell of a new situation."""

    main_id: UUID
    duplicate_ids: tuple[UUID, ...]
    reason: str
    something_new: bool = False
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class SplitDispute:
    """A dispute that was merged is a matter of its own after all."""

    dispute_id: UUID
    reason: str
    expected_version: int | None = None


async def merge_disputes(
    desk: Desk, actor: Actor, request: MergeDisputes, key: str | None = None
) -> Result[UUID]:
    """Merge disputes of one city into the main one, all of them or none. Answers with the main one's key."""
    reason = clean(request.reason)
    duplicates = tuple(dict.fromkeys(request.duplicate_ids))
    errors = [*reason_errors(reason)]
    if not duplicates:
        errors.append(UserError(ErrorCode.NO_DUPLICATES, ("duplicateIds",)))
    if len(duplicates) > MOST_MERGED:
        values = {"most": MOST_MERGED}
        errors.append(UserError(ErrorCode.TOO_MANY_DISPUTES, ("duplicateIds",), values))
    if errors:
        return Result(errors=tuple(errors))

    async def work(change: Change) -> UUID:
        found = await disputes_of(change, [request.main_id, *duplicates])
        main = await _main(change, found, request)
        merged = await _duplicates(change, found, main, request.duplicate_ids)
        await changed(change, main)
        await record(
            change,
            city=main.city,
            dispute_id=main.id,
            number=main.number,
            action="merge_disputes",
            happenings=[("disputes_merged", {"duplicates": [each.number for each in merged]})],
            reason=reason,
        )
        for dispute in merged:
            await _merge(change, dispute, main, reason, something_new=request.something_new)
        return main.id

    return await act(desk, actor, "merge_disputes", key, asdict(request), work)


async def split_dispute(
    desk: Desk, actor: Actor, request: SplitDispute, key: str | None = None
) -> Result[UUID]:
    """Split a dispute from the one that it was merged into. It goes back to the units that had it; where its
    lead unit is no more, a person has to decide. Answers with the dispute's key."""
    reason = clean(request.reason)
    if errors := reason_errors(reason):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute, main, merger = await _standing(change, request)
        await change.connection.execute(
            update(Merger)
            .where(Merger.id == merger.id)
            .values(split_at=change.now, split_by=change.actor.id, split_reason=reason)
        )
        await forget_repeats(change, dispute, main, reason)
        directory = await change.desk.directory.current(change.connection)
        today = civil_day(change.now)
        lead = merger.lead_unit_code
        if lead is not None and not directory.is_open(lead, today):
            lead = None
        co_units = [unit for unit in merger.co_unit_codes if directory.is_open(unit, today)]
        assigned = await assign(
            change, dispute, lead=lead, co_units=co_units if lead else (), origin="split", reason=reason
        )
        await changed(change, dispute, status="assigned" if lead else "triage", lead_unit_code=lead)
        await changed(change, main)
        for each, happenings in (
            (main, [("dispute_split", {"duplicate": dispute.number})]),
            (dispute, [("split", {"main": main.number}), *assigned]),
        ):
            await record(
                change,
                city=each.city,
                dispute_id=each.id,
                number=each.number,
                action="split_dispute",
                happenings=happenings,
                reason=reason,
            )
        return dispute.id

    return await act(desk, actor, "split_dispute", key, asdict(request), work)


async def _main(change: Change, found: Mapping[UUID, DisputeRow], request: MergeDisputes) -> DisputeRow:
    """The dispute that the others are merged into; refuses one that is not worked on itself."""
    main = found.get(request.main_id)
    if main is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DISPUTE, ("id",)))
    check_version(main, request.expected_version)
    if error := await not_open_error(change, main, ("id",)):
        raise Refused(error)
    return main


async def _duplicates(
    change: Change, found: Mapping[UUID, DisputeRow], main: DisputeRow, ids: tuple[UUID, ...]
) -> list[DisputeRow]:
    """The disputes to merge, each once; refuses with what is wrong with each of them."""
    errors = []
    merged: dict[UUID, DisputeRow] = {}
    for at, dispute_id in enumerate(ids):
        path = ("duplicateIds", str(at))
        dispute = found.get(dispute_id)
        if dispute is None:
            errors.append(UserError(ErrorCode.UNKNOWN_DISPUTE, path))
        elif error := await _unfit(change, dispute, main, path):
            errors.append(error)
        else:
            merged[dispute.id] = dispute
    if errors:
        raise Refused(*errors)
    return list(merged.values())


async def _unfit(change: Change, dispute: DisputeRow, main: DisputeRow, path: Path) -> UserError | None:
    """Why a dispute cannot be merged into the main one, if so. No chains or circles come about: neither of
    the two has been merged, and nothing has been merged into the one that is."""
    if dispute.id == main.id:
        return UserError(ErrorCode.SAME_DISPUTE, path)
    values = {"number": dispute.number}
    if dispute.city != main.city:
        return UserError(ErrorCode.OTHER_CITY, path, values)
    if error := await not_open_error(change, dispute, path):
        return error
    inside = select(func.count()).where(Merger.main_id == dispute.id, Merger.split_at.is_(None))
    if await change.connection.scalar(inside):
        return UserError(ErrorCode.HAS_MERGED, path, values)
    lead = await current_lead(change, dispute)
    if lead is not None and lead.designated:
        return UserError(ErrorCode.DESIGNATED, path)
    if await open_objection(change, dispute) is not None:
        return UserError(ErrorCode.OBJECTION_OPEN, path)
    if await has_open_session(change, dispute):
        return UserError(ErrorCode.SESSION_OPEN, path)
    return None


async def _merge(
    change: Change, dispute: DisputeRow, main: DisputeRow, reason: str, *, something_new: bool
) -> None:
    """Take a dispute from its units and point it to the main one. It repeats that one in the senses that hold
    for whichever of the two came later."""
    lead, co_units = await current_lead(change, dispute), await current_co_units(change, dispute)
    await change.connection.execute(
        insert(Merger).values(
            id=new_key(),
            city=dispute.city,
            dispute_id=dispute.id,
            main_id=main.id,
            reason=reason,
            merged_at=change.now,
            merged_by=change.actor.id,
            lead_unit_code=lead.unit_code if lead else None,
            co_unit_codes=co_units,
        )
    )
    await assign(change, dispute, lead=None, co_units=(), origin="merger", reason=reason)
    found = await repeats_of(change, dispute, main, something_new=something_new)
    await forget_repeats(change, dispute, main)
    await keep_repeats(change, dispute, main, found)
    await changed(change, dispute, status=MERGED, lead_unit_code=None)
    await record(
        change,
        city=dispute.city,
        dispute_id=dispute.id,
        number=dispute.number,
        action="merge_disputes",
        happenings=[("merged", {"main": main.number, "repeats": sorted(found)})],
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """A merger that has not been undone, and the units that had the dispute before it."""

    id: UUID
    main_id: UUID
    lead_unit_code: str | None
    co_unit_codes: list[str]


async def _standing(change: Change, request: SplitDispute) -> tuple[DisputeRow, DisputeRow, _Standing]:
    """The dispute, the one that it was merged into, and the merger. Both are locked: what happens to the main
    one is told under the number of the other."""
    seen = await _merger_of(change, request.dispute_id)
    keys = [request.dispute_id] if seen is None else [request.dispute_id, seen.main_id]
    found = await disputes_of(change, keys)
    dispute = found.get(request.dispute_id)
    if dispute is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DISPUTE, ("id",)))
    check_version(dispute, request.expected_version)
    # Read again behind the locks: somebody may have been quicker.
    merger = await _merger_of(change, request.dispute_id)
    if merger is None:
        raise Refused(UserError(ErrorCode.NOT_MERGED, ("id",), {"number": dispute.number}))
    if merger.main_id not in found:
        raise Refused(UserError(ErrorCode.CONFLICT, ("id",), {"version": dispute.version}))
    return dispute, found[merger.main_id], merger


async def _merger_of(change: Change, dispute_id: UUID) -> _Standing | None:
    found = (
        await change.connection.execute(
            select(Merger.id, Merger.main_id, Merger.lead_unit_code, Merger.co_unit_codes).where(
                Merger.dispute_id == dispute_id, Merger.split_at.is_(None)
            )
        )
    ).first()
    return _Standing(*found) if found else None
