"""The rights by role, as the schema says them: a page of tables in one language, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, is_introspection_type

from casework.actor import Role
from casework.rights import Roles
from resolvers.description import ROLES
from schema.access import said_of
from wording.catalogue import Language, say

MAY = "✓"


def rights(schema: GraphQLSchema, language: Language) -> str:
    """The whole page."""
    return "\n".join(_page(schema, language)) + "\n"


def _page(schema: GraphQLSchema, language: Language) -> Iterator[str]:
    yield f"# {say('rights.title', language)}\n\n{say('rights.about', language)}\n"
    yield f"| {say('rights.role', language)} | {say('rights.meaning', language)} |\n| --- | --- |"
    for role in Role:
        yield f"| `{role.value}` | {say(f'rights.role.{role.value}', language)} |"
    roots = {
        "queries": schema.query_type,
        "mutations": schema.mutation_type,
        "subscriptions": schema.subscription_type,
    }
    for chapter, root in roots.items():
        assert root is not None
        yield from _head(f"rights.{chapter}", language)
        for name, field in root.fields.items():
            if not name.startswith("_"):
                yield _row(name, field.extensions[ROLES])
    yield from _head("rights.types", language)
    for type_ in sorted(schema.type_map.values(), key=lambda each: each.name):
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type_):
            if (usual := said_of(type_)) is None:
                continue
            yield _row(type_.name, usual)
            for name, field in type_.fields.items():
                if field.extensions[ROLES] != usual:
                    yield _row(f"{type_.name}.{name}", field.extensions[ROLES])


def _head(key: str, language: Language) -> Iterator[str]:
    """A heading, what stands below it, and the head of a table."""
    yield f"\n## {say(key, language)}\n"
    yield f"| | {' | '.join(f'`{role.value}`' for role in Role)} |"
    yield f"| --- |{' :-: |' * len(Role)}"


def _row(name: str, roles: Roles) -> str:
    return f"| `{name}` | {' | '.join(MAY if role in roles else ' ' for role in Role)} |"
