"""Load reference data: functions, regions, units and standing conferences."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

REFERENCE = Path(__file__).parent / "reference"
"""The data files that ship with the product: the functions and a demo city."""


async def load_reference(connection: AsyncConnection, folder: Path) -> None:
    """Load the data files of `folder`."""
