"""What does not fit the schema is told in the caller's language, with what to do, and quotes no values."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, validate
from graphql.execution.values import get_variable_values

from schema.schema import schema
from server.graphql.document import Documents, Unacceptable
from server.graphql.misfit import SENTENCES, misfit_of, of_input
from server.settings import Settings
from wording.catalogue import Language

SECRET = "张某13800138000"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DOCUMENTS = {
    "{ viewer { acount } }": "The type Viewer has no field “acount”",
    "{ disputes(frist: 1) { totalCount } }": "The field Query.disputes has no argument “frist”",
    "{ node { id } }": "The field Query.node needs the argument “id” of the type ID!",
    '{ disputes(filter: {regio: "x"}) { totalCount } }': "The input DisputeFilter has no field “regio”",
    f'{{ previewRouting(input: {{text: "{SECRET}"}}) {{ errors {{ code }} }} }}': (
        "The input PreviewRoutingInput needs the field “regionCode”"
    ),
    f'{{ disputes(filter: "{SECRET}") {{ totalCount }} }}': "A DisputeFilter is wanted here: an object",
    "{ node(id: null) { id } }": "A value of the type ID! is wanted here",
    "{ disputes(filter: {status: [TRIAG]}) { totalCount } }": "DisputeStatus has no such value",
    '{ disputes(filter: {status: ["TRIAGE"]}) { totalCount } }': "DisputeStatus has no such value",
    f'{{ disputes(first: "{SECRET}") {{ totalCount }} }}': "A value of the type Int is wanted here",
    "{ viewer }": "Say which fields of “viewer” you want",
    "{ viewer { account { name } } }": "“account” is of the type String! and has no fields",
    "{ disputes(first: $first) { totalCount } }": "The variable $first is not declared",
    "query ($first: Int) { viewer { account } }": "The variable $first is declared and never used",
    "query ($first: String) { disputes(first: $first) { totalCount } }": (
        "The variable $first is declared as String, and Int is wanted"
    ),
    "{ ... on Viewr { account } }": "There is no type “Viewr”",
    "{ ...Card }": "There is no fragment “Card”",
    "fragment Card on Dispute { id } { viewer { account } }": "The fragment “Card” is never used",
}
VARIABLES: list[tuple[str, dict[str, Any], str]] = [
    ("$n: String!", {}, "$n: A value of the type String! is wanted here"),
    ("$n: String!", {"n": None}, "$n: A value of the type String! is wanted here"),
    ("$n: [ID!]!", {"n": ["a", 1.5]}, "$n[1]: A value of the type ID is wanted here"),
    ("$i: DisputeFilter!", {"i": SECRET}, "$i: A DisputeFilter is wanted here"),
    ("$i: DisputeFilter!", {"i": {"status": [SECRET]}}, "$i.status[0]: DisputeStatus has no such value"),
    ("$i: DisputeFilter!", {"i": {"regio": SECRET}}, "$i: The input DisputeFilter has no field “regio”"),
    (
        "$i: PreviewRoutingInput!",
        {"i": {"text": SECRET}},
        "$i: The input PreviewRoutingInput needs the field",
    ),
]


def refused(document: str, language: Language) -> list[str]:
    """The messages that refuse a document."""
    with pytest.raises(Unacceptable) as caught:
        Documents(schema, Settings()).read(document)
    return [str(problem.error(language)["message"]) for problem in caught.value.problems]


@pytest.mark.parametrize(("document", "told"), DOCUMENTS.items())
def test_a_document_that_does_not_fit(document: str, told: str) -> None:
    english, chinese = (refused(document, language) for language in (Language.EN, Language.ZH))
    assert any(message.startswith(told) for message in english)
    assert all(CHINESE.search(message) for message in chinese)
    assert not any(SECRET in message for message in english + chinese)


@pytest.mark.parametrize(("declared", "given", "told"), VARIABLES)
def test_a_variable_that_does_not_fit(declared: str, given: dict[str, Any], told: str) -> None:
    (node,) = parse(f"query ({declared}) {{ __typename }}").definitions
    assert isinstance(node, OperationDefinitionNode)
    found = get_variable_values(schema._schema, node.variable_definitions or (), given)
    assert isinstance(found, list)
    english = [of_input(error.message, Language.EN) for error in found]
    chinese = [of_input(error.message, Language.ZH) for error in found]
    assert any(message.startswith(told) for message in english)
    assert all(CHINESE.search(message) for message in chinese)
    assert not any(SECRET in message for message in english + chinese)


def test_every_sentence_is_met() -> None:
    found = {
        misfit.key
        for document in DOCUMENTS
        for error in validate(schema._schema, parse(document))
        if (misfit := misfit_of(error.message))
    }
    assert found == {key for key, _ in SENTENCES}
