"""The products subgraph that Apollo's suite asks for, in the Strawberry that the hub is written in.

uvicorn products:app --port 4001

The suite knows federation up to 2.3. Types, fields and data are what it expects to find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.asgi import GraphQL
from strawberry.extensions.tracing.apollo_federation import ApolloFederationTracingExtension
from strawberry.federation.schema_directive import Location, schema_directive

Row = TypeVar("Row")
EMAIL = strawberry.ID("support@apollographql.com")


@schema_directive(
    locations=[Location.OBJECT],
    name="custom",
    compose=True,
    import_url="https://myspecs.dev/myCustomDirective/v1.0",
)
class Custom:
    """A directive of our own, which composers are to keep."""


@strawberry.federation.type(shareable=True)
class ProductDimension:
    """How big and heavy a product is."""

    size: str | None
    weight: float | None
    unit: str | None = strawberry.federation.field(inaccessible=True)


@strawberry.type
class ProductVariation:
    """One of a product's kinds."""

    id: strawberry.ID


@strawberry.type
class CaseStudy:
    """A study of a product."""

    case_number: strawberry.ID
    description: str | None


@strawberry.federation.type(keys=["study { caseNumber }"])
class ProductResearch:
    """What a study found."""

    study: CaseStudy
    outcome: str | None

    @classmethod
    def resolve_reference(cls, study: dict[str, Any], **_: Any) -> ProductResearch | None:
        """By the number of the study."""
        return _first(RESEARCH, lambda found: found.study.case_number == study["caseNumber"])


def _average(root: User) -> int | None:
    if root.total_products_created is None or not root.years_of_employment:
        return None
    return round(root.total_products_created / root.years_of_employment)


@strawberry.federation.type(keys=["email"], extend=True)
class User:
    """Whoever created products."""

    email: strawberry.ID = strawberry.federation.field(external=True)
    name: str | None = strawberry.federation.field(override="users", default="Jane Smith")
    total_products_created: int | None = strawberry.federation.field(external=True, default=1337)
    years_of_employment: int = strawberry.federation.field(external=True, default=10)
    average_products_created_per_year: int | None = strawberry.federation.field(
        resolver=_average, requires=["totalProductsCreated yearsOfEmployment"]
    )

    @classmethod
    def resolve_reference(
        cls,
        email: strawberry.ID,
        totalProductsCreated: int | None = None,  # noqa: N803 (gateways send names as GraphQL has them)
        yearsOfEmployment: int = 0,  # noqa: N803
    ) -> User | None:
        """By address, with what `@requires` names where it was needed."""
        if email != EMAIL:
            return None
        return cls(
            email=email, total_products_created=totalProductsCreated, years_of_employment=yearsOfEmployment
        )


@strawberry.federation.type(keys=["sku package"])
class DeprecatedProduct:
    """A product that was sold once."""

    sku: str
    package: str
    reason: str | None
    created_by: User | None

    @classmethod
    def resolve_reference(cls, sku: str, package: str) -> DeprecatedProduct | None:
        """By number and package."""
        return _first(DEPRECATED, lambda found: (found.sku, found.package) == (sku, package))


@strawberry.federation.type(keys=["id", "sku package", "sku variation { id }"], directives=[Custom()])
class Product:
    """A product that is sold."""

    id: strawberry.ID
    sku: str | None
    package: str | None
    variation: ProductVariation | None
    dimensions: ProductDimension | None
    created_by: User | None = strawberry.federation.field(provides=["totalProductsCreated"])
    notes: str | None = strawberry.federation.field(tags=["internal"])
    research: list[ProductResearch]

    @classmethod
    def resolve_reference(cls, **key: Any) -> Product | None:
        """By whichever of its keys was sent."""
        if "id" in key:
            return _first(PRODUCTS, lambda found: found.id == key["id"])
        of_sku = [product for product in PRODUCTS if product.sku == key.get("sku")]
        if "package" in key:
            return _first(of_sku, lambda found: found.package == key["package"])
        variation = key.get("variation", {}).get("id")
        return _first(of_sku, lambda found: found.variation is not None and found.variation.id == variation)


@strawberry.federation.interface_object(keys=["id"])
class Inventory:
    """The inventory is another subgraph's interface; here it has deprecated products."""

    id: strawberry.ID
    deprecated_products: list[DeprecatedProduct]

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> Inventory:
        """Every inventory has the same ones."""
        return cls(id=id, deprecated_products=DEPRECATED)


def _product(id: strawberry.ID) -> Product | None:
    return Product.resolve_reference(id=id)


def _deprecated_product(sku: str, package: str) -> DeprecatedProduct | None:
    return DeprecatedProduct.resolve_reference(sku, package)


@strawberry.federation.type(extend=True)
class Query:
    """What can be asked."""

    product: Product | None = strawberry.field(resolver=_product)
    deprecated_product: DeprecatedProduct | None = strawberry.field(
        resolver=_deprecated_product, deprecation_reason="Use product query instead"
    )


def _first(rows: Sequence[Row], fits: Callable[[Row], bool]) -> Row | None:
    return next(filter(fits, rows), None)


def _made(id: str, package: str, variation: str, research: ProductResearch) -> Product:
    return Product(
        id=strawberry.ID(id),
        sku=id.removeprefix("apollo-"),
        package=package,
        variation=ProductVariation(id=strawberry.ID(variation)),
        dimensions=ProductDimension(size="small", weight=1, unit="kg"),
        created_by=User(email=EMAIL),
        notes=None,
        research=[research],
    )


RESEARCH = [
    ProductResearch(study=CaseStudy(case_number=strawberry.ID(number), description=text), outcome=None)
    for number, text in (("1234", "Federation Study"), ("1235", "Studio Study"))
]
PRODUCTS = [
    _made("apollo-federation", "@apollo/federation", "OSS", RESEARCH[0]),
    _made("apollo-studio", "", "platform", RESEARCH[1]),
]
DEPRECATED = [
    DeprecatedProduct(
        sku="apollo-federation-v1",
        package="@apollo/federation-v1",
        reason="Migrate to Federation V2",
        created_by=User(email=EMAIL),
    )
]

schema = strawberry.federation.Schema(
    query=Query,
    types=[Inventory],
    extensions=[ApolloFederationTracingExtension],
    federation_version="2.3",
)
app = GraphQL(schema, graphql_ide=None)
