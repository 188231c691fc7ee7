"""How an operation ends: with nothing left at work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext

from strawberry.extensions import SchemaExtension

from resolvers.context import Context


class Ending(SchemaExtension):
    """Lets loaders come to an end before the answer goes out."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Around the execution."""
        context = self.execution_context.context
        async with context.operation() if isinstance(context, Context) else nullcontext():
            yield
