"""A stretch of a numbered list: the events of a dispute, the rules of a version, the findings of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, bindparam

from resolvers.context import Context
from resolvers.description import Relation, Source, Values
from resolvers.errors import BadUserInput

LONGEST_SPAN = 100
LAST_NUMBER = 2**31 - 1

MOST = "at_most"

T = TypeVar("T")


def span(
    source: Source, on: tuple[tuple[str, str], ...], number: ColumnElement[int], *, default: int
) -> Relation:
    """The rows numbered above `after`, at most `first` of them.

    Numbers have no gaps, so a stretch is a range of them and needs no window function.
    """
    after, last = (bindparam(name, type_=Integer()) for name in ("after_number", "last_number"))
    return Relation(
        source,
        on,
        many=True,
        where=(number > after, number <= last),
        order=(number,),
        narrow=_bounds(default),
    )


def _bounds(default: int) -> Callable[..., Values]:
    def bounds(context: Context, *, after: int = 0, first: int = default) -> Values:
        """The stretch that a query asks for. Raises BadUserInput when it is too long or makes no sense."""
        check_stretch(context, after, first)
        return {"after_number": min(after, LAST_NUMBER), "last_number": min(after + first, LAST_NUMBER)}

    return bounds


def stretch(context: Context, items: Sequence[T], after: int, first: int) -> Sequence[T]:
    """The same of a list that is at hand: `first` items after the first `after`. Raises BadUserInput."""
    check_stretch(context, after, first)
    return items[after : after + first]


def check_stretch(context: Context, after: int, first: int) -> None:
    """Raises BadUserInput for a stretch that is too long or makes no sense."""
    check_size(context, first)
    if after < 0:
        raise BadUserInput("input.after_negative", context.language)


def newest(context: Context, *, first: int = 20) -> Values:
    """At most `first` of them. Raises BadUserInput for a size out of range."""
    check_size(context, first)
    return {MOST: first}


def check_size(context: Context, first: Any) -> None:
    """Raises BadUserInput for a size out of range."""
    if not 1 <= first <= LONGEST_SPAN:
        raise BadUserInput("input.page_size", context.language, argument="first", most=LONGEST_SPAN)
