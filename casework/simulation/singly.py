"""Disputes that a draft is asked about one by one: what SQL cannot answer, and texts that are read again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect

from casework.simulation.statement import STORED, Stored, decided
from db.dialect import json_of
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.dispute import Decision, Dispute
from db.values import light
from rules.facts_document import facts_from_document
from rules.model import DAY_FIELD, REGION_FIELD
from rules.router import Router, Routing

CONTEXT = (REGION_FIELD, DAY_FIELD, "severity", "channel")
"""Facts that do not stand in the text."""


@dataclass(frozen=True, slots=True)
class Single:
    """One dispute with its newest decision, and all that its decision can be made again from. `dispute` is
    the key as text."""

    dispute: str
    region: str
    number: str
    title: str
    text: str
    facts: Mapping[str, Any]
    confidence: float | None
    explanation: Mapping[str, Sequence[str]]
    stored: Stored

    def routing(self, router: Router, *, reread: bool) -> Routing:
        """What a policy makes of the stored facts, or of those that it reads out of the text itself."""
        if not reread:
            return router.replay(self.facts, self.confidence)
        context = {name: self.facts[name] for name in CONTEXT if name in self.facts}
        return router.route_text(self.text, facts_from_document(context))


_COLUMNS = (
    light(Dispute.__table__.c.id).label("dispute"),
    Dispute.__table__.c.region_code,
    Dispute.__table__.c.number,
    Dispute.__table__.c.title,
    Dispute.__table__.c.description,
    Decision.__table__.c.facts,
    Decision.__table__.c.confidence,
    Decision.__table__.c.explanation,
)


def single_query(names: Collection[str], dialect: Dialect) -> Query:
    """The statement for a filter with parameters of these names."""
    return compile_query(decided([*_COLUMNS, *STORED], names), dialect)


def singles(query: Query, values: Mapping[str, Any], after: UUID, last: UUID) -> Steps[Sequence[Row]]:
    """The steps of a read of one stretch: rows for `single`."""
    rows = yield query, query.bind({**values, "after": after, "last": last})
    return rows


def single(row: Row) -> Single:
    """One row of the statement's."""
    dispute, region, number, title, text, facts, confidence, said, *stored = row
    decision = Stored(*stored)
    return Single(dispute, region, number, title, text, json_of(facts), confidence, json_of(said), decision)
