"""The rules a document has to keep, in one pass over it.

The rules are those of the specification. What is our own is how they are called: only at the nodes that they
look at, which saves a third of the time that a query takes when it is seen for the first time.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, cast

from graphql import (
    BREAK,
    SKIP,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    VariablesInAllowedPositionRule,
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

from server.graphql.introspection import INTROSPECTION

DESCRIPTIONS = INTROSPECTION | {"_service"}
"""Root fields that describe the schema."""
MOST_ERRORS = 20
MOST_COMPARISONS = 5_000
"""Units of work (a microsecond or two each) for finding out whether fields of one name agree. 25 fragments on
one type that have four fields in common take 4,300."""
OF_OTHER_DIRECTIVES = {
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    StreamDirectiveOnListField,
}
"""Rules about @defer and @stream, which the schema does not have: they are refused as unknown directives."""

OF_VARIABLES = {NoUndefinedVariablesRule, NoUnusedVariablesRule, VariablesInAllowedPositionRule}
"""Rules that collect the variables of every operation first: half of the work, even where there are none."""


def mistakes(schema: GraphQLSchema, document: DocumentNode, *, introspection: bool) -> list[GraphQLError]:
    """What is wrong with a document, at most MOST_ERRORS; empty for a valid one."""
    rules = _rules(introspection, _has_variables(document))
    together = cast(type[ASTValidationRule], partial(Together, rules=rules))
    return validate(schema, document, [together], MOST_ERRORS, hide_suggestions=True)


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


class Together(ASTValidationRule):
    """Several rules as one."""

    def __init__(self, context: ValidationContext, rules: tuple[type[ASTValidationRule], ...]) -> None:
        super().__init__(context)
        self._kinds = rules
        self._rules = [rule(context) for rule in rules]
        self._skipping: list[object] = [None] * len(rules)

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
            for place, enter, leave in _methods(self._kinds, kind)
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


@cache
def _rules(introspection: bool, variables: bool) -> tuple[type[ASTValidationRule], ...]:
    left_out = OF_OTHER_DIRECTIVES if variables else OF_OTHER_DIRECTIVES | OF_VARIABLES
    chosen = [
        *(rule for rule in specified_rules if rule not in left_out),
        MaybeNullValidationRule,
        OneOfInputValidationRule,
        *(() if introspection else (NoDescription,)),
    ]
    chosen[chosen.index(OverlappingFieldsCanBeMergedRule)] = FieldsCanBeMerged
    return tuple(chosen)


def _has_variables(document: DocumentNode) -> bool:
    return document.loc is None or "$" in document.loc.source.body


@cache
def _methods(
    rules: tuple[type[ASTValidationRule], ...], kind: str
) -> tuple[tuple[int, str | None, str | None], ...]:
    """The rules that look at nodes of a kind, by place, with the names of their methods."""

    def named(rule: type[ASTValidationRule], verb: str) -> str | None:
        return next((name for name in (f"{verb}_{kind}", verb) if hasattr(rule, name)), None)

    found = ((place, named(rule, "enter"), named(rule, "leave")) for place, rule in enumerate(rules))
    return tuple(each for each in found if each[1] or each[2])
