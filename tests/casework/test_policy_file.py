"""Files of policies come in as drafts."""

from __future__ import annotations

import pytest

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from casework.policy import read_draft
from casework.policy_file import ImportPolicy, import_policy
from rules.exchange import FileFormat, write_policy
from tests.casework.test_watch import statements
from tests.shipped import shipped_policy


async def test_a_drawn_table_keeps_the_lexicon_of_the_policy_that_it_names(desk: Desk) -> None:
    pack = shipped_policy("rugao-2014")
    request = ImportPolicy(write_policy(pack, FileFormat.DMN), "split.dmn", region_code="990100")
    imported = await import_policy(desk, DEMO_ADMINISTRATOR, request)
    assert imported.value is not None
    async with desk.database.read() as connection:
        draft = await read_draft(connection, imported.value)
    assert (draft.key, draft.rules, draft.cases) == (pack.key, pack.rules, pack.cases)
    assert draft.lexicon == pack.lexicon


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"rules: []", b"\x00"], ids=["none", "json", "yaml", "noise"]
)
async def test_a_file_that_has_room_for_all_of_a_policy_is_not_completed(desk: Desk, content: bytes) -> None:
    said = statements(desk)
    request = ImportPolicy(content, "", policy_key="municipal", region_code="990100")
    imported = await import_policy(desk, DEMO_ADMINISTRATOR, request)
    assert {error.path[0] for error in imported.errors} == {"content"}
    assert not [each for each in said if "lexicon_term" in each]
