"""The farm register of the bureau of agriculture: Strawberry.

uvicorn farms:app --port 4003
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any

import strawberry
from strawberry.asgi import GraphQL


@strawberry.enum
class Kind(Enum):
    """What a farm keeps."""

    PIGS = "PIGS"
    POULTRY = "POULTRY"
    FISH = "FISH"


@strawberry.federation.type(keys=["code"])
class Farm:
    """A farm of the register."""

    code: strawberry.ID
    name: str
    kind: Kind
    heads: int = strawberry.federation.field(description="Animals, as they were counted last.")
    region: Region
    licence: str = strawberry.federation.field(
        inaccessible=True, tags=["internal"], description="For the bureau; no gateway shows it."
    )

    @classmethod
    def resolve_reference(cls, code: strawberry.ID) -> Farm | None:
        """The farm that a gateway names by its key."""
        return FARMS.get(code)


def _farms_there(root: Region) -> list[Farm]:
    return [farm for farm in FARMS.values() if farm.region.code == root.code]


@strawberry.federation.type(keys=["code"])
class Region:
    """Regions are the hub's; here they have farms."""

    code: str
    farms: list[Farm] | None = strawberry.federation.field(
        resolver=_farms_there, description="The farms there, of every kind."
    )

    @classmethod
    def resolve_reference(cls, code: str) -> Region:
        """The hub vouches for the code."""
        return cls(code=code)


@strawberry.federation.type
class Fact:
    """What the hub's decision saw. All of it is the hub's: only `@requires` asks for it."""

    field: str = strawberry.federation.field(external=True)
    words: list[str] = strawberry.federation.field(external=True)


def _farms_near(root: Dispute) -> list[Farm]:
    sectors = {word for fact in root.facts if fact.field == "sector" for word in fact.words}
    return _farms_there(root.region) if "agriculture" in sectors else []


@strawberry.federation.type(keys=["id"])
class Dispute:
    """Disputes are the hub's; here they lead to farms."""

    id: strawberry.ID
    region: Region = strawberry.federation.field(external=True)
    facts: list[Fact] = strawberry.federation.field(external=True)
    farms: list[Farm] | None = strawberry.federation.field(
        resolver=_farms_near,
        requires=["region { code } facts { field words }"],
        description="The farms of its town, where the facts speak of farming; else none.",
    )

    @classmethod
    def resolve_reference(cls, id: strawberry.ID, **required: Any) -> Dispute:
        """Made of what the gateway sends: the key and, when `farms` is asked for, what that requires."""
        region = Region(code=required.get("region", {}).get("code", ""))
        return cls(id=id, region=region, facts=[Fact(**fact) for fact in required.get("facts", [])])


@strawberry.type
class Query:
    """What the register can be asked."""

    @strawberry.field
    def farm(self, code: strawberry.ID) -> Farm | None:
        """The farm with a code; null where there is none."""
        return FARMS.get(code)


def _farm(row: dict[str, Any]) -> Farm:
    return Farm(**{**row, "kind": Kind(row["kind"]), "region": Region(code=row["region"])})


FARMS = {
    row["code"]: _farm(row)
    for row in json.loads(Path(__file__).with_name("data.json").read_text(encoding="utf-8"))
}

schema = strawberry.federation.Schema(query=Query, types=[Dispute], federation_version="2.9")
"""`types`: no query leads to disputes. Version 2.9 is the last that every composer accepts."""
app = GraphQL(schema, graphql_ide=None)
