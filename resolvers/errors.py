"""Faults of a query: raised by resolvers, published with their code."""

from __future__ import annotations

from graphql import GraphQLError

from wording.catalogue import Language, say


class BadUserInput(GraphQLError):
    """The caller asked for something that makes no sense; `key` names the sentence that says what to do."""

    def __init__(self, key: str, language: Language, **values: object) -> None:
        super().__init__(say(key, language, **values), extensions={"code": "BAD_USER_INPUT"})


class TooComplex(GraphQLError):
    """The caller asked for more than one request may."""

    def __init__(self, key: str, language: Language, **values: object) -> None:
        super().__init__(say(key, language, **values), extensions={"code": "QUERY_TOO_COMPLEX"})
