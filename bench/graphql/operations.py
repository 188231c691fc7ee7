"""What is asked: three operations, each with the variables that are sent in turn, in two wordings.

PostGraphile makes its schema from the tables, so it has names of its own and no `_entities`; it is asked for
the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench.graphql.city import dispute_key
from resolvers.identity import global_id

IDS = 1_000
"""Disputes that are asked for one by one."""
SETS = 100
SET = 100
"""Sets of entities, and disputes in each."""
PAGE = 50

ONE = """query One($id: ID!) {
  dispute(id: $id) { id number title status severity receivedAt leadDepartment { code name } }
}"""
PAGE_OF = """query Page($filter: DisputeFilter, $first: Int) {
  disputes(filter: $filter, first: $first) {
    edges {
      cursor
      node {
        id number title status severity receivedAt
        leadDepartment { code name }
        coDepartments { code name }
        conferences { id topic participants { role department { code name } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
ENTITIES = """query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Dispute { id number title status severity receivedAt description leadDepartment { code name } }
  }
}"""

ONE_OF_TABLES = """query One($id: UUID!) {
  disputeByRowIdAndCity(rowId: $id, city: "990100") {
    rowId number title status severity receivedAt unitByLeadUnitCode { code name }
  }
}"""
PAGE_OF_TABLES = """query Page($status: String, $first: Int) {
  allDisputes(condition: {status: $status}, first: $first, orderBy: [RECEIVED_AT_DESC, ROW_ID_DESC]) {
    edges {
      cursor
      node {
        rowId number title status severity receivedAt
        unitByLeadUnitCode { code name }
        assignmentsByDisputeIdAndCity(
          condition: {role: "co", endedAt: null}, orderBy: [ASSIGNED_AT_ASC, ROW_ID_ASC]
        ) { nodes { unitByUnitCode { code name } } }
        conferenceSessionsByDisputeIdAndCity(orderBy: [CREATED_AT_ASC, ROW_ID_ASC]) {
          nodes {
            rowId topic
            participantsBySessionIdAndCity(orderBy: [POSITION_ASC]) {
              nodes { role unitByUnitCode { code name } }
            }
          }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
ENTITIES_OF_TABLES = """query Entities($ids: [UUID!]!) {
  disputesByIds(ids: $ids) {
    nodes { rowId number title status severity receivedAt description unitByLeadUnitCode { code name } }
  }
}"""

TELLING = ("number", "code", "topic")
"""Fields with the same name and value in both wordings."""
OPAQUE = ("cursor", "endCursor")

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `label` is how it is called in reports, `name` its name in the document."""

    label: str
    title: str
    name: str
    document: str
    variables: Sequence[Variables]

    def bodies(self) -> list[bytes]:
        """The requests' bodies, one for each set of variables."""
        return [
            orjson.dumps({"query": self.document, "operationName": self.name, "variables": each})
            for each in self.variables
        ]


def operations(disputes: int, *, of_tables: bool = False) -> list[Operation]:
    """The operations on a register of so many disputes, in our wording or, `of_tables`, in PostGraphile's."""
    keys = [str(dispute_key(at * 97 % disputes, disputes)) for at in range(IDS)]
    sets = [
        [str(dispute_key((at * SET + place) * 31 % disputes, disputes)) for place in range(SET)]
        for at in range(SETS)
    ]
    if of_tables:
        one, page, entities = ONE_OF_TABLES, PAGE_OF_TABLES, ENTITIES_OF_TABLES
        variables: list[list[Variables]] = [
            [{"id": key} for key in keys],
            [{"status": "in_conference", "first": PAGE}],
            [{"ids": each} for each in sets],
        ]
    else:
        one, page, entities = ONE, PAGE_OF, ENTITIES
        variables = [
            [{"id": global_id("Dispute", key)} for key in keys],
            [{"filter": {"status": ["IN_CONFERENCE"]}, "first": PAGE}],
            [{"representations": [_representation(key) for key in each]} for each in sets],
        ]
    return [
        Operation("Q1", "one dispute by id, with its lead unit", "One", one, variables[0]),
        Operation("Q2", f"a page of {PAGE} with units, sessions, participants", "Page", page, variables[1]),
        Operation("Q3", f"_entities for {SET} disputes", "Entities", entities, variables[2]),
    ]


def _representation(key: str) -> Variables:
    return {"__typename": "Dispute", "id": global_id("Dispute", key)}


def content(answer: bytes, *, of_tables: bool) -> object:
    """What has to be equal in the answers of all servers: everything but cursors, which are each one's own;
    `of_tables`, the values of the fields that both wordings have. None for an answer with errors."""
    read = orjson.loads(answer)
    if "errors" in read or not read.get("data"):
        return None
    return sorted(telling(read["data"])) if of_tables else _without_cursors(read["data"])


def telling(value: object) -> Iterator[str]:
    """The values of telling fields, wherever they are."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if name in TELLING:
                yield f"{name} {inside}"
            else:
                yield from telling(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from telling(inside)


def _without_cursors(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: isinstance(inside, str) and inside != "" if name in OPAQUE else _without_cursors(inside)
            for name, inside in value.items()
        }
    if isinstance(value, list):
        return [_without_cursors(inside) for inside in value]
    return value
