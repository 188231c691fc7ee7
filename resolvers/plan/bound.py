"""A root of an operation, bound to the arguments of one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import GraphQLError

from resolvers.plan.program import Program


class Bound(NamedTuple):
    """A program with what it is given, before anything has been read.

    `statements` is how many it may take, `slow` whether they may take long; with `register` the register has
    to be known to be current. `errors` are those of single items.
    """

    program: Program
    given: Any
    statements: int
    slow: bool = False
    register: bool = False
    errors: Sequence[GraphQLError] = ()
