"""All checks, in the order in which one would mend what they find."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from casework.desk import Desk
from db.database import Database
from db.dialect import SQLITE, address_of
from db.faults import Fault
from server.doctor.database import database_findings
from server.doctor.finding import Finding, Verdict, finding, told
from server.doctor.settings import settings_findings
from server.doctor.sqlite_file import file_findings, is_there
from server.settings import Settings
from server.sign_in.provider import Provider, ProviderDown


async def examine(settings: Settings, environment: Mapping[str, str]) -> AsyncIterator[Finding]:
    """What is found, check by check. Changes nothing, and makes no database where there is none."""
    for each in settings_findings(settings, environment):
        yield each
    if settings.oidc_issuer:
        yield await _provider(settings)
    try:
        address = address_of(settings.database_url)
    except Fault as fault:
        yield told("database", Verdict.WRONG, fault.message)
        return
    if address.get_backend_name() == SQLITE:
        path = Path(str(address.database))
        for each in file_findings(path):
            yield each
        if not is_there(path):
            return
    desk = Desk(Database.open(settings.database_url))
    try:
        async for each in database_findings(settings, desk):
            yield each
    finally:
        await desk.close()


async def _provider(settings: Settings) -> Finding:
    try:
        keys = await Provider(settings, {}).published()
    except ProviderDown as down:
        values = {"issuer": settings.oidc_issuer, "reason": down}
        return finding("provider", Verdict.WRONG, "doctor.provider.down", **values)
    return finding("provider", Verdict.FINE, "doctor.provider", keys=len(keys.keys))
