"""The statement that asks a policy about a stretch of stored disputes, and the rows that it gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Dialect,
    Double,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    select,
    true,
)

from casework.reach import PARAMETERS, reaches
from casework.simulation.compile import Questions
from casework.simulation.conditions import AskedField, FactColumns, asked_fields, fact_columns
from db.documents import joined, members, quoted, whole
from db.query import Query, among_values, compile_query
from db.reading import Row, Steps
from db.tables.base import Instant
from db.tables.dispute import Decision, Dispute
from db.values import light
from rules.model import FLAGS_FIELD, SECTOR_FIELD

_dispute, _decision = Dispute.__table__, Decision.__table__


@dataclass(frozen=True, slots=True)
class SimulationFilter:
    """Which disputes are asked about; what is None is not asked. A region stands for all below it; without
    any, those regions are meant that the policy decides for. `received_to` is not included; `rule_ids` are
    the rules that decided."""

    region_codes: tuple[str, ...] | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    channels: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    rule_ids: tuple[str, ...] | None = None


EVERYTHING = SimulationFilter()


def bounds(scope: SimulationFilter, regions: Sequence[str] | None) -> dict[str, Any]:
    """The parameters of a filter by their names: of those that are not given there is none. `regions` are
    the codes that the filter's regions stand for."""
    values = {
        "regions": regions,
        "channels": scope.channels,
        "statuses": scope.statuses,
        "rules": scope.rule_ids,
        "received_from": scope.received_from,
        "received_to": scope.received_to,
    }
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None
    }


def _condition(name: str) -> ColumnElement[bool]:
    match name:
        case "regions":
            return among_values(_dispute.c.region_code, name)
        case "channels":
            return among_values(_dispute.c.channel, name)
        case "statuses":
            return among_values(_dispute.c.status, name)
        case "disputes":
            return among_values(_dispute.c.id, name)
        case "rules":
            return among_values(_decision.c.rule_id, name)
        case "received_from":
            return _dispute.c.received_at >= bindparam(name, type_=Instant())
        case _:
            return _dispute.c.received_at < bindparam(name, type_=Instant())


def decided(columns: Sequence[ColumnElement[Any]], names: Collection[str]) -> Select[Any]:
    """These columns of the disputes of a stretch (its ends are `after`, not included, and `last`) and of
    their newest decisions, for a filter with parameters of these names; those of a reach among them."""
    newer = _decision.alias("newer")
    within = tuple(name for name in PARAMETERS if name in names)
    after, last = bindparam("after", type_=Uuid()), bindparam("last", type_=Uuid())
    return (
        select(*columns)
        .select_from(_dispute)
        .join(_decision, and_(_decision.c.dispute_id == _dispute.c.id, _decision.c.city == _dispute.c.city))
        .where(
            *(each > after for each in (_dispute.c.id, _decision.c.dispute_id)),
            *(each <= last for each in (_dispute.c.id, _decision.c.dispute_id)),
            ~exists().where(
                newer.c.dispute_id == _decision.c.dispute_id,
                newer.c.city == _decision.c.city,
                newer.c.sequence > _decision.c.sequence,
            ),
            *map(_condition, (name for name in names if name not in PARAMETERS)),
            *([reaches(_dispute.c.id, within)] if within else ()),
        )
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """What is compared of a stored decision. Lists are the JSON texts that they are stored as."""

    version: str
    rule: str | None
    lead: str | None
    triage_reason: str | None
    conference: str | None
    legal_path: str | None
    co_functions: str
    flags: str


STORED: tuple[ColumnElement[Any], ...] = (
    light(_decision.c.policy_version_id).label("version"),
    _decision.c.rule_id,
    _decision.c.lead_function,
    _decision.c.triage_reason,
    _decision.c.conference_domain,
    _decision.c.legal_path,
    cast(_decision.c.co_functions, Text).label("co_functions"),
    cast(_decision.c.flags, Text).label("decided_flags"),
)
"""The columns of `Stored`."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the policy says of alike facts: the base row for each class of counts of units, the overlay rows
    as masks, and what else makes the decision. `doubt` is 1 where the stored confidence is too low and 2
    where nothing was recognised. Where they are `odd`, nothing of it counts."""

    flags: str
    doubt: int
    odd: bool
    base: tuple[int, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Alike disputes of one region: their keys are texts with commas between."""

    region: str
    stored: Stored
    verdicts: Verdicts
    disputes: str


class Statement:
    """One policy's questions as a statement. Made once for a policy; several tasks may share it."""

    def __init__(self, questions: Questions, triage_below: float, dialect: Dialect) -> None:
        self._questions = questions
        self._below = triage_below
        self._dialect = dialect
        found = asked_fields(questions.conditions)
        for name in (SECTOR_FIELD, FLAGS_FIELD):
            found.setdefault(name, AskedField(name))
        self._fields = tuple(found.values())
        self._classes = len(questions.base_classes)
        self._queries: dict[tuple[str, ...], Query] = {}

    def query(self, names: Iterable[str]) -> Query:
        """The statement for a filter with parameters of these names. It takes seconds to make one for many
        thousands of rules."""
        key = tuple(names)
        if key not in self._queries:
            self._queries[key] = compile_query(self._grouped(key), self._dialect)
        return self._queries[key]

    def groups(
        self, query: Query, values: Mapping[str, Any], after: UUID, last: UUID
    ) -> Steps[Sequence[Row]]:
        """The steps of a read of one stretch: rows for `group`."""
        rows = yield query, query.bind({**values, "after": after, "last": last, "below": self._below})
        return rows

    def group(self, row: Row) -> Group:
        """One row of the statement's."""
        region, *values = row
        stored, (flags, doubt, odd, *numbers, keys) = values[: len(STORED)], values[len(STORED) :]
        base, masks = numbers[: self._classes], numbers[self._classes :]
        verdicts = Verdicts(flags, doubt, bool(odd), tuple(base), tuple(masks))
        return Group(region, Stored(*stored), verdicts, keys)

    def _grouped(self, names: Sequence[str]) -> Select[Any]:
        answers = self._answers(names)
        alike = [column for column in answers.c if column.name != "dispute"]
        return select(*alike, joined(answers.c.dispute)).group_by(*alike)

    def _answers(self, names: Sequence[str]) -> CTE:
        read = self._read(names)
        columns = FactColumns(read, self._fields)
        kept = [read.c[name] for name in ("dispute", "region_code", *(each.name for each in STORED))]
        base = self._questions.base(columns)
        masks = self._questions.masks(columns)
        return select(
            *kept,
            columns.text(FLAGS_FIELD).label("flags"),
            _doubt(read, columns).label("doubt"),
            columns.odd().label("odd"),
            *(column.label(f"base_{at}") for at, column in enumerate(base)),
            *(column.label(f"mask_{at}") for at, column in enumerate(masks)),
        ).cte("answers")

    def _read(self, names: Sequence[str]) -> CTE:
        texts, opened = members(_decision.c.facts, [each.name for each in self._fields], self._dialect)
        statement = decided(
            [
                light(_dispute.c.id).label("dispute"),
                _dispute.c.region_code,
                *STORED,
                _decision.c.confidence,
                *fact_columns(self._fields, texts),
            ],
            names,
        )
        if opened is not None:
            statement = statement.join_from(_decision, opened, true())
        # Both databases would else take the document apart anew wherever a fact is named.
        return statement.cte("read").prefix_with("MATERIALIZED")


def _doubt(read: CTE, columns: FactColumns) -> ColumnElement[int]:
    return case(
        (read.c.confidence.is_(None), whole(0)),
        (columns.text(SECTOR_FIELD) == quoted(""), whole(2)),
        (read.c.confidence < bindparam("below", type_=Double()), whole(1)),
        else_=whole(0),
    )
