"""What the groups of an identity provider may do here: a JSON file, read once, when the server starts.

{"ecology-leads": [{"role": "unit_lead", "unit": "990102-ecology"}], "clerks": [{"role": "clerk"}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from casework.actor import Grant, Role
from server.settings import Settings
from wording.catalogue import Language, say

MEMBERS = {"role", "unit", "region"}

GroupGrants = Mapping[str, tuple[Grant, ...]]
"""The grants of each group."""


class BadGrants(Exception):
    """A file of no use: which, and what is wrong with it."""

    def __init__(self, file: str, key: str, **values: object) -> None:
        super().__init__(key)
        self.file = file
        self.key = key
        self.values = values

    def message(self, language: Language) -> str:
        """What to do, in one line."""
        return f"{self.file}: {say(self.key, language, **self.values)}"


def group_grants(settings: Settings) -> GroupGrants:
    """The grants of all groups; none where the settings name no file. Raises BadGrants."""
    file = settings.oidc_grants
    if not file:
        return {}
    try:
        document = orjson.loads(Path(file).read_bytes())
    except OSError as error:
        raise BadGrants(file, "grants.unreadable", reason=error.strerror) from None
    except ValueError:
        raise BadGrants(file, "grants.not_json") from None
    if not isinstance(document, dict):
        raise BadGrants(file, "grants.not_json")
    return {group: _grants(file, group, listed) for group, listed in document.items()}


def _grants(file: str, group: str, listed: Any) -> tuple[Grant, ...]:
    if not isinstance(listed, list):
        raise BadGrants(file, "grants.not_grants", group=group[:80])
    return tuple(_grant(file, group, each) for each in listed)


def _grant(file: str, group: str, entry: Any) -> Grant:
    sound = isinstance(entry, dict) and "role" in entry and set(entry) <= MEMBERS
    if not sound or not all(isinstance(value, str) for value in entry.values()):
        raise BadGrants(file, "grants.not_grants", group=group[:80])
    if entry["role"] not in set(Role):
        known = ", ".join(role.value for role in Role)
        raise BadGrants(file, "grants.no_such_role", group=group[:80], role=entry["role"][:40], known=known)
    return Grant(Role(entry["role"]), entry.get("unit"), entry.get("region"))
