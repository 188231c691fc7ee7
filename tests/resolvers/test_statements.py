"""How many statements an operation needs: a matter of its shape, never of how many rows it meets."""

from __future__ import annotations

import pytest

from casework.actor import DEMO_ADMINISTRATOR
from resolvers.context import Context
from schema.schema import schema
from tests.resolvers.city import Api
from wording.catalogue import Language

DEEP = """
query ($first: Int!) {
  disputes(first: $first) {
    edges { cursor node {
      id title status severity receivedAt
      leadDepartment { code name }
      coDepartments { code name }
      conferences { id topic participants { role department { code name } } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
EVERYTHING = """
query ($first: Int!) {
  disputes(first: $first) { totalCount nodes {
    region { parent { name } policy { key currentVersion { number } } }
    facts { field title words number flag }
    territorialOwner { region { name } functions { code } aliases successor { code } active }
    decision {
      rule { code legalBasis { title } } overlays { code } explanation
      policyVersion { number policy { title } } candidates { score department { name } rule { code } }
    }
    decisions { sequence }
    assignments { role origin department { name } }
    conferences {
      conference { name lead { name } members { name } sessions(first: 3) { topic } }
      rule { code } dispute { number } resolution { text leadDepartment { name } }
    }
    parties { name phone }
    events(first: 3) { type details { name value } }
  } }
}
"""
OPERATIONS = {
    "{ __typename _service { sdl } }": 0,
    "{ departments { name region { name children { departments { code } } } } functions { code } }": 0,
    "{ regions { name parent { name } departments { name } } }": 0,
    '{ region(code: "990102") { policy { key } } }': 1,
    "{ jointConferences { name lead { name } members { name } } }": 2,
    "{ routingPolicies { key versions { number } currentVersion { rules { code } } rules { code } } }": 3,
    "{ viewer { account } }": 0,
}


@pytest.mark.parametrize(("query", "expected"), [(DEEP, 4), (EVERYTHING, 16)], ids=["deep", "everything"])
async def test_statements_do_not_depend_on_the_page(settled: Api, query: str, expected: int) -> None:
    await settled.ask(query, first=1)  # reads the register
    for first in (5, 20, 45):
        await settled.ask(query, first=first)
        # One of them asks whether the register is still the newest.
        assert len(settled.statements) == expected + 1, settled.statements


@pytest.mark.parametrize(("query", "expected"), OPERATIONS.items())
async def test_statements_of_small_operations(settled: Api, query: str, expected: int) -> None:
    await settled.ask("{ functions { code } }")
    await settled.ask(query)
    revisions = [statement for statement in settled.statements if "FROM revision" in statement]
    assert len(revisions) <= 1
    assert len(settled.statements) - len(revisions) == expected, settled.statements


async def test_nothing_is_left_at_work_when_an_operation_fails_early(settled: Api) -> None:
    failing = "{ disputes { nodes { decision { explanation } parties { id } no: events(first: 0) { id } } } }"
    for _ in range(5):
        await settled.execute(failing)
        engine = settled.desk.database._engines.readers.sync_engine
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_context_serves_one_operation_after_another(settled: Api) -> None:
    context = Context(settled.desk, DEMO_ADMINISTRATOR, Language.ZH)
    for _ in range(2):
        query = "{ disputes(first: 2) { nodes { parties { name } } } }"
        answer = await schema.execute(query, context_value=context)
        assert answer.errors is None
