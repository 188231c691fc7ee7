"""How an operation ends: with nothing left at work."""

from __future__ import annotations

from collections.abc import AsyncIterator

from strawberry.extensions import SchemaExtension

from resolvers.context import Context


class Ending(SchemaExtension):
    """Lets the request's context settle before the answer goes out."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Around the execution."""
        yield
        if isinstance(self.execution_context.context, Context):
            await self.execution_context.context.settle()
