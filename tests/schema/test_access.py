"""Who may select what: everything says so, and what is published is what holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
)

from casework.actor import Role
from casework.rights import ADMINISTRATORS, ANYBODY, SIGNED_IN, VERBS, Roles, roles
from resolvers.description import ROLES, Source
from resolvers.node import KINDS
from schema.access import directives, said_of, said_of_field
from schema.rights import rights
from schema.schema import schema
from wording.catalogue import Language

DOCS = Path(__file__).parents[2] / "docs"
TYPES = schema._schema.type_map
ROOTS = {"Query", "Mutation", "Subscription"}


def fields() -> Iterator[tuple[GraphQLNamedType, str, GraphQLField]]:
    """Every field of the schema."""
    for type_ in TYPES.values():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type_):
            for name, field in type_.fields.items():
                yield type_, name, field


def of(type_: str, field: str) -> Roles:
    """Who may select a field."""
    found = TYPES[type_]
    assert isinstance(found, GraphQLObjectType | GraphQLInterfaceType)
    said: Roles = found.fields[field].extensions[ROLES]
    return said


def test_everything_says_who_may_select_it() -> None:
    silent = [
        f"{type_.name}.{name}"
        for type_, name, field in fields()
        if said_of(type_) is None and said_of_field(field) is None and name != "_entities"
    ]
    assert silent == []
    assert [name for name in ROOTS if said_of(TYPES[name]) is not None] == []


def test_administrators_may_select_everything() -> None:
    assert [
        f"{type_.name}.{name}"
        for type_, name, field in fields()
        if not field.extensions[ROLES] >= ADMINISTRATORS
    ] == []


def test_no_field_is_for_more_than_its_type() -> None:
    """Gateways ask for what the type says and what the field says."""
    wider = [
        f"{type_.name}.{name}"
        for type_, name, field in fields()
        if type_.name not in ROOTS and not field.extensions[ROLES] <= (said_of(type_) or frozenset())
    ]
    assert wider == []


def test_an_interface_opens_nothing_that_its_types_close() -> None:
    """But for Node: what is not for the one who asks, `node` does not find."""
    opened = [
        f"{interface.name}.{name}: {type_.name}"
        for interface in TYPES.values()
        if isinstance(interface, GraphQLInterfaceType) and interface.name != "Node"
        for type_ in schema._schema.get_possible_types(interface)
        for name in interface.fields
        if not of(interface.name, name) <= of(type_.name, name)
    ]
    assert opened == []


def test_node_finds_what_may_be_told() -> None:
    for name, kind in KINDS.items():
        rows = kind.roles if isinstance(kind, Source) else ANYBODY
        # Rows of disputes are for those who reach them, and nobody reaches them who may not select them.
        if not (isinstance(kind, Source) and kind.reach and rows == ANYBODY):
            assert rows == of(name, "id"), name


@pytest.mark.parametrize(
    ("those", "expected"),
    [
        (ANYBODY, ""),
        (SIGNED_IN, "@authenticated"),
        (
            roles(Role.CLERK),
            '@authenticated @requiresScopes(scopes: [["role:clerk"], ["role:administrator"]])',
        ),
        (ADMINISTRATORS, '@authenticated @requiresScopes(scopes: [["role:administrator"]])'),
    ],
)
def test_what_is_published(those: Roles, expected: str) -> None:
    assert " ".join(map(_shown, directives(those))) == expected


def _shown(directive: object) -> str:
    scopes = getattr(directive, "scopes", None)
    if scopes is None:
        return "@authenticated"
    listed = ", ".join(f'["{scope}"]' for (scope,) in scopes)
    return f"@requiresScopes(scopes: [{listed}])"


def test_the_sdl_says_what_holds() -> None:
    sdl = schema.as_str()
    for name, type_ in TYPES.items():
        if not isinstance(type_, GraphQLObjectType) or (said := said_of(type_)) is None:
            continue
        (head,) = re.findall(rf"^type {name}\b[^{{]*", sdl, re.MULTILINE)
        told = set(re.findall(r'"role:(\w+)"', head))
        assert ("@authenticated" in head) is (Role.PUBLIC not in said), name
        assert told == (set() if said in (ANYBODY, SIGNED_IN) else {role.value for role in said}), name


@pytest.mark.parametrize(("language", "ending"), [(Language.EN, ".md"), (Language.ZH, ".zh-CN.md")])
def test_the_committed_page_of_rights_is_what_the_schema_says(language: Language, ending: str) -> None:
    told = f"docs/rights{ending} is stale: lianxi schema rights --language {language} -o docs/rights{ending}"
    assert (DOCS / f"rights{ending}").read_text(encoding="utf-8") == rights(schema._schema, language), told


def test_verbs_are_selected_by_those_who_may_do_them() -> None:
    """A field of a mutation takes its roles from the table that the verb itself looks at."""
    mutation = TYPES["Mutation"]
    assert isinstance(mutation, GraphQLObjectType)
    known = {*VERBS.values(), ADMINISTRATORS, SIGNED_IN}
    assert {name for name, field in mutation.fields.items() if field.extensions[ROLES] not in known} == set()
