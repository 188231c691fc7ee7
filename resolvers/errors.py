"""Faults of a query: raised by resolvers, published with their code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphql import GraphQLError

from casework.errors import ErrorCode, UserError
from resolvers.description import Computed
from wording.catalogue import Language, say

if TYPE_CHECKING:
    from resolvers.context import Context


class BadUserInput(GraphQLError):
    """The caller asked for something that makes no sense; `key` names the sentence that says what to do."""

    def __init__(self, key: str, language: Language, **values: object) -> None:
        super().__init__(say(key, language, **values), extensions={"code": "BAD_USER_INPUT"})


class TooComplex(GraphQLError):
    """The caller asked for more than one request may."""

    def __init__(self, key: str, language: Language, **values: object) -> None:
        super().__init__(say(key, language, **values), extensions={"code": "QUERY_TOO_COMPLEX"})


def message(context: Context, code: ErrorCode, values: Mapping[str, object]) -> str:
    """What is wrong and what to do, in the language of the request."""
    return UserError(code, values=values).message(context.language)


MESSAGE = Computed(message)
