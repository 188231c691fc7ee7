"""Rights of the pages: whoever may see a page may ask all that it asks for."""

from __future__ import annotations

import pytest

from casework.actor import Role
from casework.rights import ANYBODY, DISPUTE_READERS, SIGNED_IN, Roles, may
from console.asking import OPERATIONS
from schema.schema import schema
from server.graphql.document import Documents
from server.settings import Settings

PAGES: dict[str, Roles] = {
    "viewer": ANYBODY,
    "form": ANYBODY,
    "preview": SIGNED_IN,
    "submit": may("submit_dispute"),
    "disputes": DISPUTE_READERS,
    "dispute": DISPUTE_READERS,
    "alike": DISPUTE_READERS,
    "units": ANYBODY,
    "assign": may("reassign_dispute"),
    "object": may("object_to_assignment"),
    "accept": may("accept_objection"),
    "uphold": may("uphold_assignment"),
    "merge": may("merge_disputes"),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_page_asks_for_no_more_than_its_reader_may_see(name: str) -> None:
    (operation,) = Documents(schema, Settings()).read(OPERATIONS[name]).operations
    assert operation.roles == PAGES.get(name, ANYBODY), name
    assert Role.ADMINISTRATOR in operation.roles
