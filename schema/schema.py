"""The schema that is served."""

from __future__ import annotations

from strawberry.schema.config import StrawberryConfig

from schema.ending import Ending
from schema.entities import FederatedSchema
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

schema = FederatedSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[Ending],
    config=StrawberryConfig(scalar_map=SCALARS),
    federation_version="2.9",
)
"""Federation 2.9 is the last version that every composer accepts."""
