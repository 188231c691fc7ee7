"""Who acts, and in which parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class Role(StrEnum):
    """A part that an account plays."""

    CLERK = "clerk"  # takes complaints in and assigns them
    UNIT_LEAD = "unit_lead"  # answers for what a unit has been assigned
    CONFERENCE_OFFICE = "conference_office"  # convenes conferences and settles objections
    RULE_EDITOR = "rule_editor"
    RULE_APPROVER = "rule_approver"
    SUPERVISOR = "supervisor"  # sees all of a region and urges
    AUDITOR = "auditor"  # sees everything, the audit log too, and changes nothing
    PARTNER_SYSTEM = "partner_system"  # another department's programs
    EXPORTER = "exporter"  # reads in bulk
    PUBLIC = "public"  # nobody that is known
    ADMINISTRATOR = "administrator"  # keeps accounts, and may do all of the others' work


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and where it holds: for what concerns one unit, for a region with all below it, or, with
    neither, everywhere."""

    role: Role
    unit: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine that asks for something. `id` goes into events and the audit log, so it is an
    account, never a name. Of several grants the first is the one that the account is known by."""

    id: str
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, id: str, role: str, *, unit: str | None = None, region: str | None = None) -> Actor:
        """An actor with one grant. Raises ValueError for a role that there is not."""
        return cls(id, (Grant(Role(role), unit, region),))

    @property
    def role(self) -> Role:
        """The role that the account is known by."""
        return self.grants[0].role if self.grants else Role.PUBLIC

    def plays(self, *roles: Role) -> bool:
        """Whether one of its grants is of one of these roles, wherever that holds."""
        return any(grant.role in roles for grant in self.grants)


DEMO_ADMINISTRATOR = Actor.of("demo-administrator", Role.ADMINISTRATOR)
"""Everybody who does not say otherwise, where nobody signs in; the server then listens on loopback
only."""


def administrator(account: str) -> Actor | None:
    """An administrator by account; None for what no account is called: it has 1 to 64 letters, digits and
    `. _ @ -`, and begins with a letter or digit."""
    return Actor.of(account, Role.ADMINISTRATOR) if is_account(account) else None


def is_account(name: str) -> bool:
    """Whether an account can have this name."""
    return _ACCOUNT.fullmatch(name) is not None


NOBODY = Actor.of("public", Role.PUBLIC)
"""Whoever asks without signing in, where people sign in. No account has this name."""
