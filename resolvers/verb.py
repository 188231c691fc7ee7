"""Mutations: hand the request to a verb of casework and tell what it changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from casework.actor import Actor
from casework.desk import Desk
from casework.errors import Result, UserError
from resolvers.context import Context

T = TypeVar("T")

Verb = Callable[[Desk, Actor, T, str | None], Awaitable[Result[UUID] | Result[str]]]
"""A verb of casework: the request, the idempotency key, and the key or code of what was changed."""


@dataclass(frozen=True, slots=True)
class Done:
    """The key or code of what a mutation changed, or what has to be mended first. The key of the client is
    echoed."""

    changed: UUID | str | None
    errors: tuple[UserError, ...]
    client_mutation_id: str | None


async def carry_out(context: Context, verb: Verb[T], request: T, key: str | None) -> Done:
    """Carry out a verb for the one who asks."""
    result = await verb(context.desk, context.actor, request, key)
    context.forget()
    return Done(result.value, result.errors, key)
