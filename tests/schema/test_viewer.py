"""What is told to somebody of their rights is what the rights are."""

from __future__ import annotations

import pytest

from casework.actor import Actor, Grant, Role
from resolvers.description import ROLES
from schema.query import may_ask
from schema.schema import schema

ROOTS = (schema._schema.query_type, schema._schema.mutation_type, schema._schema.subscription_type)
BEGINNINGS = {name: field for root in ROOTS if root for name, field in root.fields.items() if name[0] != "_"}


@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_ask_for(role: Role) -> None:
    told = may_ask(Actor.of("a", role))
    assert told == [name for name, field in BEGINNINGS.items() if role in field.extensions[ROLES]]
    assert "viewer" in told


def test_several_parts_are_told_together() -> None:
    clerk, editor = Grant(Role.CLERK, region="990121"), Grant(Role.RULE_EDITOR)
    told = set(may_ask(Actor("a", (clerk, editor))))
    assert told == {*may_ask(Actor("a", (clerk,))), *may_ask(Actor("a", (editor,)))}


def test_an_administrator_of_a_part_is_told_what_is_left() -> None:
    told = may_ask(Actor.of("a", "administrator", region="990121"))
    assert "mergeDisputes" in told
    assert "addAccount" not in told
    assert "addAccount" in may_ask(Actor.of("a", "administrator"))
