"""What is kept of a document: when it is forgotten, all of it goes at once. A circle would stay until the
collector looks through everything that is old, which a server lets it do rarely."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import FieldNode, Location, Token

from db.database import Database
from resolvers.plan.arguments import Coercion, recognized
from resolvers.plan.planner import Plans
from resolvers.plan.resident import Combinations, Residents
from schema.schema import schema
from server.graphql.document import Document, Documents
from server.settings import Settings

KINDS = {FieldNode, Location, Token, Coercion, Residents, Combinations, Document, Plans}
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("{ departments { code name region { name parent { name } } } }", {}),
    (
        "query ($filter: DisputeFilter) { disputes(filter: $filter, first: 5) {"
        " edges { node { number leadDepartment { name } region { name } coDepartments { name } } } } }",
        {"filter": {"status": ["TRIAGE"]}},
    ),
    (
        "query ($id: ID!, $all: Boolean = false) { dispute(id: $id) { number ...More @include(if: $all) } }"
        " fragment More on Dispute { events(first: 2) { sequence } region { code } }",
        {"id": "RGlzcHV0ZTox", "all": True},
    ),
    (
        "mutation ($input: SubmitDisputeInput!) { submitDispute(input: $input) {"
        " dispute { id leadDepartment { code } } errors { code path } } }",
        {"input": {"description": "烧烤店油烟大", "regionCode": "990102001", "channel": "HOTLINE"}},
    ),
]


def known(text: str, inputs: dict[str, Any], database: Database) -> object:
    """A document with a plan, and with variables that were read."""
    document = Documents(schema, Settings()).read(text)
    plans = Plans(schema, document.node, document.operations[0].node, database.dialect)
    plan = plans.plan(inputs)
    assert plan is not None
    plan.coercion.read(inputs)
    return document, plans, plan


@contextmanager
def without_collector() -> Iterator[None]:
    """Nothing goes but what nobody refers to."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def count() -> int:
    """How many things there are of what documents are made of."""
    return sum(type(each) in KINDS for each in gc.get_objects())


@pytest.mark.parametrize(("text", "inputs"), ASKED, ids=["units", "disputes", "dispute", "submission"])
async def test_what_is_forgotten_is_gone(text: str, inputs: dict[str, Any], sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    known(text, inputs, database)
    recognized.cache_clear()
    gc.collect()
    before = count()
    kept = [known(text, inputs, database)]
    with without_collector():
        recognized.cache_clear()  # those go when others come
        assert count() > before + 10
        kept.clear()
        assert count() == before
    await database.close()


def test_variables_are_recognized_up_to_a_number_in_all() -> None:
    text = "query ($filter: DisputeFilter) { disputes(filter: $filter) { totalCount } }"
    documents = Documents(schema, Settings())
    recognized.cache_clear()
    for number in range(3):
        operation = documents.read(f"{text} # {number}").operations[0].node
        coercion = Coercion(schema._schema, operation)
        for flag in range(1_000):
            assert coercion.read({"filter": {"flags": [f"{flag}"]}}).plain
    assert recognized.cache_info().currsize == recognized.cache_info().maxsize == 2_000
