"""Attempts to sign in: after some failures there is a pause, which doubles with each one more.

They are counted by account, whether there is such an account or not, and by address, behind which there may
be many people. An attempt counts as failed before it is looked at, so that a hundred at once are not looked
at before the first has counted.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from sqlalchemy import delete, select, update

from casework.act import Change
from db.dialect import lock, upsert
from db.tables.account import SignInAttempts

FREE_OF_ACCOUNT = 5
FREE_OF_ADDRESS = 50
"""Failures before the first pause."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_DOUBLED = 10
FORGOTTEN_AFTER = timedelta(days=1)


class Counted(NamedTuple):
    """What attempts are counted by, and how many may fail before there is a pause."""

    who: str
    free: int


def counted(account: str, address: str) -> tuple[Counted, ...]:
    """What an attempt counts for. Of an account's name only the hash is kept: it may be a password that was
    typed into the wrong field."""
    name = sha256(account.encode(errors="replace")).hexdigest()
    return Counted(f"account:{name}", FREE_OF_ACCOUNT), Counted(
        f"address:{network_of(address)}", FREE_OF_ADDRESS
    )


async def count(change: Change, account: str, address: str) -> bool:
    """Count an attempt as failed. False, with nothing counted, while there is a pause."""
    kinds = counted(account, address)
    found = {}
    for kind in sorted(kinds):
        await lock(change.connection, f"sign_in:{kind.who}")
    rows = select(SignInAttempts).where(SignInAttempts.who.in_([kind.who for kind in kinds]))
    for row in await change.connection.execute(rows):
        found[row.who] = row
    if any(row.locked_until is not None and row.locked_until > change.now for row in found.values()):
        return False
    await change.connection.execute(
        delete(SignInAttempts).where(SignInAttempts.last_at < change.now - FORGOTTEN_AFTER)
    )
    for kind in kinds:
        before = found.get(kind.who)
        recent = before is not None and before.last_at >= change.now - FORGOTTEN_AFTER
        failures = (before.failures if before is not None and recent else 0) + 1
        await change.connection.execute(
            upsert(change.connection, SignInAttempts.__table__).values(
                who=kind.who,
                failures=failures,
                last_at=change.now,
                locked_until=change.now + pause(failures, kind.free) if failures >= kind.free else None,
            )
        )
    return True


async def succeed(change: Change, account: str, address: str) -> None:
    """An attempt was none that failed: the account starts afresh, and the address is as it was before, so
    that nobody clears it by signing in now and then."""
    by_account, by_address = counted(account, address)
    await change.connection.execute(delete(SignInAttempts).where(SignInAttempts.who == by_account.who))
    await change.connection.execute(
        update(SignInAttempts)
        .where(SignInAttempts.who == by_address.who)
        .values(failures=SignInAttempts.failures - 1, locked_until=None)
    )


def pause(failures: int, free: int) -> timedelta:
    """How long nobody is let in after so many failures, of which `free` had no pause."""
    doubled = min(max(failures - free, 0), MOST_DOUBLED)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doubled))


def network_of(address: str) -> str:
    """An address as it counts: of IPv6 the /64, of which a single machine has them all."""
    try:
        known = ip_address(address)
    except ValueError:
        return address[:60]
    return f"{known.exploded[:19]}::/64" if isinstance(known, IPv6Address) else str(known)
