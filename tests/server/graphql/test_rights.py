"""Who may ask an operation: through fragments, interfaces and unions, and what whoever may not is told."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, parse, validate

from casework.actor import NOBODY, Actor, Grant, Role
from casework.rights import ADMINISTRATORS, ANYBODY, CONTACTS, DISPUTE_READERS, POLICY_READERS, Roles, may
from schema.schema import schema
from server.graphql.rights import Demands, refusal
from wording.catalogue import Language

PARTIES = 'dispute(number: "1") { number parties { name } }'
CASES = [
    ("{ departments { name } }", ANYBODY),
    ("{ __typename departments { __typename } }", ANYBODY),
    ('{ dispute(number: "1") { number } }', DISPUTE_READERS),
    (f"{{ {PARTIES} }}", CONTACTS),
    (f"query ($no: Boolean!) {{ {PARTIES.replace('parties', 'parties @include(if: $no)')} }}", CONTACTS),
    (
        """{ dispute(number: "1") { ...a } } fragment a on Dispute { ...b }
        fragment b on Dispute { parties { id } }""",
        CONTACTS,
    ),
    ('{ node(id: "x") { id } }', ANYBODY),
    ('{ node(id: "x") { ... on Department { name } } }', ANYBODY),
    ('{ node(id: "x") { ... on Party { name } } }', CONTACTS),
    ('{ node(id: "x") { ... on Node { ... on PolicyDraft { title } } } }', POLICY_READERS),
    ('{ node(id: "x") { ... on RoutingOutcome { explanation } } }', DISPUTE_READERS),
    ("{ _entities(representations: []) { ... on Region { name } } }", ANYBODY),
    ("{ _entities(representations: []) { ... on Dispute { parties { id } } } }", CONTACTS),
    (f"{{ policyDrafts {{ title }} {PARTIES} }}", POLICY_READERS & CONTACTS),
    (
        "mutation ($i: ReassignDisputeInput!) { reassignDispute(input: $i) { clientMutationId } }",
        may("reassign_dispute"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_who_may_ask(text: str, expected: Roles) -> None:
    document = parse(text)
    assert validate(schema._schema, document) == []
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    found = Demands(schema._schema, document).of(operation)
    assert found == expected
    assert found >= ADMINISTRATORS


CLERK = Actor.of("clerk-a", "clerk")
TOLD = [
    (NOBODY, '{ departments { name } dispute(number: "1") { id } }', "UNAUTHENTICATED", ["dispute"]),
    (Actor("x", ()), '{ dispute(number: "1") { id } }', "UNAUTHENTICATED", ["dispute"]),
    (CLERK, '{ a: dispute(number: "1") { id } policyDrafts { id } }', "FORBIDDEN", ["policyDrafts"]),
    (
        Actor.of("x", "partner_system"),
        '{ a: dispute(number: "1") { ...f } } fragment f on Dispute { id all: parties { id } }',
        "FORBIDDEN",
        ["a", "all"],
    ),
    (
        Actor("x", (Grant(Role.CLERK, region="990102"), Grant(Role.RULE_EDITOR))),
        f"{{ policyDrafts {{ title }} {PARTIES} }}",
        "FORBIDDEN",
        None,
    ),
]


@pytest.mark.parametrize(("actor", "text", "code", "path"), TOLD)
@pytest.mark.parametrize("language", Language)
def test_what_is_told(actor: Actor, text: str, code: str, path: list[str] | None, language: Language) -> None:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    error = refusal(schema._schema, document, operation, actor).error(language)
    assert error["extensions"] == {"code": code}
    assert error.get("path") == path
    assert path is None or ".".join(path) in str(error["message"])
