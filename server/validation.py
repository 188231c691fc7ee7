"""The rules a document has to keep, in one pass over it.

The rules are those of the specification. What is our own is how they are called: only at the nodes that they
look at, which saves a third of the time that a query takes when it is seen for the first time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from graphql import (
    BREAK,
    SKIP,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OverlappingFieldsCanBeMergedRule,
    specified_rules,
    validate,
)
from graphql.language.visitor import EnterLeaveVisitor
from graphql.validation import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    StreamDirectiveOnListField,
    ValidationContext,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from server.introspection import INTROSPECTION

DESCRIPTIONS = INTROSPECTION | {"_service"}
"""Root fields that describe the schema."""
MOST_ERRORS = 20
MOST_COMPARISONS = 10_000
"""Units of work (a microsecond or two each) for finding out whether fields of one name agree. A page made of
20 fragments with 15 fields each takes 9,000."""
OF_OTHER_DIRECTIVES = {
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    StreamDirectiveOnListField,
}
"""Rules about @defer and @stream, which the schema does not have: they are refused as unknown directives."""


def mistakes(schema: GraphQLSchema, document: DocumentNode, *, introspection: bool) -> list[GraphQLError]:
    """What is wrong with a document, at most MOST_ERRORS; empty for a valid one."""
    rules = [Described] if introspection else [Undescribed]
    return validate(schema, document, rules, MOST_ERRORS, hide_suggestions=True)


def was_too_much(mistake: GraphQLError) -> bool:
    """Whether validation was given up: too much to compare, or fragments nested too deeply to follow."""
    # A third reason to stop is a long list of mistakes, which are told.
    return isinstance(mistake, ValidationAbortedError) and not mistake.message.startswith("Too many")


class FieldsCanBeMerged(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification with bounded work: its own bound lets a document take half a second."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MOST_COMPARISONS


class NoDescription(ASTValidationRule):
    """Refuses to describe the schema, to people (`__schema`, `__type`) and to gateways (`_service`)."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Report a field that describes the schema."""
        if node.name.value in DESCRIPTIONS:
            self.report_error(GraphQLError(f"'{node.name.value}' is switched off on this server.", node))


class Described(ASTValidationRule):
    """All rules as one, for a server that describes its schema."""

    rules: tuple[type[ASTValidationRule], ...] = (
        *(
            FieldsCanBeMerged if rule is OverlappingFieldsCanBeMergedRule else rule
            for rule in specified_rules
            if rule not in OF_OTHER_DIRECTIVES
        ),
        MaybeNullValidationRule,
        OneOfInputValidationRule,
    )

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._rules = [rule(context) for rule in self.rules]
        self._skipping: list[object] = [None] * len(self.rules)

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        """What to call at nodes of a kind."""
        if kind not in self.enter_leave_map:
            self.enter_leave_map[kind] = self._merged(kind)
        return self.enter_leave_map[kind]

    def _merged(self, kind: str) -> EnterLeaveVisitor:
        at = [
            (
                place,
                getattr(self._rules[place], enter) if enter else None,
                getattr(self._rules[place], leave) if leave else None,
            )
            for place, enter, leave in _methods(self.rules, kind)
        ]
        entering = tuple((place, enter) for place, enter, _ in at if enter)
        leaving = tuple((place, leave) for place, _, leave in at)
        skipping = self._skipping

        def enter(node: Node, *args: Any) -> None:
            for place, method in entering:
                if skipping[place] is None:
                    result = method(node, *args)
                    if result is SKIP or result is False:
                        skipping[place] = node
                    elif result is BREAK or result is True:
                        skipping[place] = BREAK

        def leave(node: Node, *args: Any) -> None:
            for place, method in leaving:
                if skipping[place] is None:
                    if method is not None and method(node, *args) in (BREAK, True):
                        skipping[place] = BREAK
                elif skipping[place] is node:
                    skipping[place] = None

        return EnterLeaveVisitor(enter if entering else None, leave if leaving else None)


class Undescribed(Described):
    """All rules as one, for a server that keeps its schema to itself."""

    rules = (*Described.rules, NoDescription)


@cache
def _methods(
    rules: tuple[type[ASTValidationRule], ...], kind: str
) -> tuple[tuple[int, str | None, str | None], ...]:
    """The rules that look at nodes of a kind, by place, with the names of their methods."""

    def named(rule: type[ASTValidationRule], verb: str) -> str | None:
        return next((name for name in (f"{verb}_{kind}", verb) if hasattr(rule, name)), None)

    found = ((place, named(rule, "enter"), named(rule, "leave")) for place, rule in enumerate(rules))
    return tuple(each for each in found if each[1] or each[2])
