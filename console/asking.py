"""Asking the API: the operations of the pages, and what becomes of faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.turned import Turned
from console.visit import Visit
from wording.catalogue import say

FOLDER = Path(__file__).parent / "operations"
OUTCOME = "...Outcome"
STATUS = {
    "BAD_USER_INPUT": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 503,
    "RATE_LIMITED": 429,
}
"""The page's HTTP status for a fault's code; 500 for all others."""


def _read(name: str) -> str:
    text = (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")
    # What was decided looks the same in a preview and in a stored decision, so they share a fragment.
    return text + (FOLDER / "outcome.graphql").read_text(encoding="utf-8") if OUTCOME in text else text


OPERATIONS = {
    name: _read(name)
    for name in (
        "viewer",
        "form",
        "preview",
        "submit",
        "dispute",
        "disputes",
        "alike",
        "units",
        "assign",
        "object",
        "accept",
        "uphold",
        "merge",
    )
}
"""The documents by the name of their page."""


async def ask(visit: Visit, name: str, **variables: object) -> dict[str, Any]:
    """The data of an operation. Raises Turned for a fault, with the API's own words."""
    answer = await visit.host.execute(visit.request.scope, OPERATIONS[name], variables, visit.language)
    for error in answer.get("errors", ()):
        raise Turned(STATUS.get(error["extensions"]["code"], 500), error["message"])
    data: dict[str, Any] = answer["data"]
    return data


def told(visit: Visit, error: Mapping[str, Any]) -> str:
    """What a person is told of a mistake. Nobody at a page knows of keys: one that was used for something
    else is that of a form that was sent, gone back to, and changed."""
    if error["path"][:1] == ["clientMutationId"]:
        return say("console.sent_before", visit.language)
    message: str = error["message"]
    return message
