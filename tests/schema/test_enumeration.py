"""Enums of the API and of the product are the same."""

from __future__ import annotations

from enum import StrEnum

import pytest
from graphql import GraphQLEnumType

from casework.errors import ErrorCode
from casework.intake import Channel
from rules.model import FieldKind, Operator, RuleKind, TriageReason
from schema.enumeration import publish
from schema.schema import schema
from wording.catalogue import Language


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("Channel", Channel),
        ("FactKind", FieldKind),
        ("Language", Language),
        ("Operator", Operator),
        ("RuleKind", RuleKind),
        ("TriageReason", TriageReason),
        ("UserErrorCode", ErrorCode),
    ],
)
def test_every_value_is_published(name: str, enum: type[StrEnum]) -> None:
    published = schema._schema.type_map[name]
    assert isinstance(published, GraphQLEnumType)
    assert {value: found.value for value, found in published.values.items()} == {
        member.name: member.value for member in enum
    }


def test_a_value_without_words_is_not_published() -> None:
    class Weather(StrEnum):
        SUN = "sun"
        RAIN = "rain"

    with pytest.raises(KeyError):
        publish(Weather, ("The weather.", "天气。"), {Weather.SUN: ("Sun.", "晴。")})
