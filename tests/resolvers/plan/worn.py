"""Asking in a city whose rows are changed behind casework's back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from graphql import parse, validate

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from schema.schema import schema
from tests.resolvers.agreement import Operation
from tests.resolvers.city import PIPE, TOWNS, done


def operation(desk: Desk, text: str) -> Operation:
    """The one operation of a valid document."""
    document = parse(text)
    assert validate(schema._schema, document) == []
    return Operation(desk, document)


async def new_dispute(desk: Desk) -> UUID:
    """The key of a dispute of one's own."""
    key: UUID = done(await submit_dispute(desk, DEMO_ADMINISTRATOR, SubmitDispute(PIPE, TOWNS[0], "hotline")))
    return key


async def write(desk: Desk, *statements: Any) -> None:
    """Change rows."""
    async with desk.database.write() as connection:
        for statement in statements:
            await connection.execute(statement)
