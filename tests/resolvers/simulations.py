"""Simulations of the city's newest draft: one that was cancelled, and one that is finished."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from casework.desk import Desk
from casework.simulation.job import CancelSimulation, StartSimulation, cancel_simulation, start_simulation
from casework.simulation.scope import Scope
from db.tables.policy import PolicyDraft
from tests.resolvers.city import CITY, done
from tests.resolvers.drafts import AUTHOR, CHIEF

SCOPE = Scope(
    (CITY,),
    date(2026, 1, 1),
    date(2026, 12, 31),
    ("hotline", "letter", "web", "wechat", "visit"),
    ("assigned", "triage", "in_conference"),
    ("industry", "services", "farms", "rest"),
)


async def simulate(desk: Desk) -> None:
    """Try the newest draft on all disputes of the city."""
    async with desk.database.read() as connection:
        drafts = select(PolicyDraft.id).order_by(PolicyDraft.id.desc()).limit(1)
        newest = (await connection.execute(drafts)).scalar_one()
    async with desk.simulations.turn:
        cancelled = done(await start_simulation(desk, AUTHOR, StartSimulation(newest, reread=True)))
        done(await cancel_simulation(desk, CHIEF, CancelSimulation(cancelled)))
    done(await start_simulation(desk, AUTHOR, StartSimulation(newest, SCOPE)))
    await desk.simulations.settled()
