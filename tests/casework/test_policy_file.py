"""Files of policies come in as drafts."""

from __future__ import annotations

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from casework.policy import read_draft
from casework.policy_file import ImportPolicy, import_policy
from rules.exchange import FileFormat, write_policy
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
