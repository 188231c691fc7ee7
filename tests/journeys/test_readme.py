"""The README's first query gives the README's answer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from resolvers.context import Context
from schema.schema import schema
from wording.catalogue import Language

ROOT = Path(__file__).parents[2]


def blocks(page: str) -> list[str]:
    """The code blocks of a page."""
    return re.findall(r"```\w*\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
async def test_first_query(desk: Desk, page: str) -> None:
    query = next(block for block in blocks(page) if block.startswith("curl"))
    answer = next(block for block in blocks(page) if block.startswith("{"))
    request: dict[str, Any] = json.loads(query.partition("-d '")[2].rpartition("'")[0])
    result = await schema.execute(
        request["query"],
        variable_values=request["variables"],
        context_value=Context(desk, DEMO_ADMINISTRATOR, Language.ZH),
    )
    assert result.errors is None
    assert {"data": result.data} == json.loads(answer)
