"""A root of an operation, bound to the arguments of one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from db.reading import Steps
from resolvers.context import Context
from resolvers.plan.arguments import Variables


@dataclass(slots=True)
class Bound:
    """A root with its arguments, before anything has been read. `statements` is how many it may take, `slow`
    whether they may take long; with `register` the register has to be known to be current."""

    steps: Callable[[Context, Variables, list[GraphQLError]], Steps[Any]]
    statements: int
    slow: bool = False
    register: bool = False
    made: Any = None
    """What Python made for it, where it did."""
