"""Custom scalars: moments with their offset, and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from schema.field import both
from wording.catalogue import Language, say


def read_moment(value: object) -> datetime:
    """The moment of an ISO 8601 text with offset, in UTC. Raises GraphQLError for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            # Fails for the first and last hours that a calendar can name, which no database keeps either.
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    # Of any other error the executor would tell the client no more than that there was one.
    raise GraphQLError(_both("input.moment"))


def read_day(value: object) -> date:
    """The day of an ISO 8601 text. Raises GraphQLError for anything else."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError(_both("input.day"))


def _both(key: str) -> str:
    # A scalar does not know who asks, so it says it in both languages.
    return f"{say(key, Language.EN)} {say(key, Language.ZH)}"


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=both(
            "A moment in ISO 8601 with its offset, such as 2026-03-01T09:30:00+08:00.", "带时区的时间。"
        ),
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=lambda moment: moment.isoformat(),
        parse_value=read_moment,
    ),
    date: strawberry.scalar(
        name="Date",
        description=both("A day in ISO 8601, such as 2026-03-01.", "日期。"),
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=lambda day: day.isoformat(),
        parse_value=read_day,
    ),
}
"""How Python's types are published."""
