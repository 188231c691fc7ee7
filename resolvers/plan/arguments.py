"""From the variables of a request to the arguments of fields, as Python functions take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from strawberry.schema import Schema
from strawberry.types.arguments import StrawberryArgument, convert_arguments
from strawberry.types.field import StrawberryField

Arguments = Callable[["Variables"], Mapping[str, Any]]
"""The arguments of one field, by their names in Python."""
DEFINITION = "strawberry-definition"
"""Where strawberry keeps its own view of a field."""


MOST_KEPT = 2_000
"""Sets of variables that are recognized, of all operations together: what is kept must not grow with what
clients think of."""
LONGEST_KEPT = 2_000
"""Bytes of the longest of them."""


class BadVariables(Exception):
    """Variables that the operation does not take; the executor tells what is wrong with them."""


class Variables:
    """The variables of one request. `plain` are their values, coerced where that was needed."""

    __slots__ = ("_all", "_coercion", "_inputs", "converted", "plain")

    def __init__(self, coercion: Coercion, inputs: Mapping[str, Any]) -> None:
        self._coercion = coercion
        self._inputs = inputs
        self._all: VariableValues | None = None
        self.plain: Mapping[str, Any] = inputs
        self.converted: dict[object, Mapping[str, Any]] = {}
        """Arguments that were made of them, by the place in the document."""

    @property
    def all(self) -> VariableValues:
        """All variables, coerced by the executor's own rules. Raises BadVariables."""
        if self._all is None:
            self._all = self._coercion.coerced(self._inputs)
        return self._all


class Coercion:
    """Checks the variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.definitions = operation.variable_definitions or ()
        checks = {d.variable.name.value: _check(d) for d in self.definitions}
        self._checks = {name: check for name, check in checks.items() if check is not None}
        self._is_plain = len(self._checks) == len(checks)
        self.required = frozenset(
            d.variable.name.value for d in self.definitions if isinstance(d.type, NonNullTypeNode)
        )

    def read(self, inputs: Mapping[str, Any]) -> Variables:
        """The variables of a request. Raises BadVariables."""
        for name, check in self._checks.items():
            if not check(inputs.get(name)):
                break
        else:
            if self._is_plain:
                return Variables(self, inputs)
        return self._read_again(inputs)

    def _read_again(self, inputs: Mapping[str, Any]) -> Variables:
        # Front ends send the same filters over and over, and reading them takes longer than recognizing them.
        sent = orjson.dumps(inputs, default=dict)  # a request without variables has a mapping of its own kind
        return recognized(self, sent) if len(sent) <= LONGEST_KEPT else _coerced(self, inputs)

    def coerced(self, inputs: Mapping[str, Any]) -> VariableValues:
        """The variables by the executor's own rules. Raises BadVariables."""
        found = get_variable_values(self.schema, self.definitions, dict(inputs), max_errors=1)
        if isinstance(found, list):
            raise BadVariables
        return found


@lru_cache(maxsize=MOST_KEPT)
def recognized(coercion: Coercion, sent: bytes) -> Variables:
    """The variables that were sent as this JSON. Raises BadVariables."""
    return _coerced(coercion, orjson.loads(sent))


def _coerced(coercion: Coercion, inputs: Mapping[str, Any]) -> Variables:
    variables = Variables(coercion, inputs)
    variables.plain = variables.all.coerced
    return variables


_PLAIN: Mapping[str, type] = {"ID": str, "String": str, "Boolean": bool}


def _check(definition: VariableDefinitionNode) -> Callable[[Any], bool] | None:
    """Whether a value is what coercion would leave as it is; None where that is not easily told.

    Only for variables that have to be given: left out, a variable is not the same as null.
    """
    if not isinstance(definition.type, NonNullTypeNode) or definition.default_value is not None:
        return None
    return _check_type(definition.type)


def _check_type(type_: TypeNode) -> Callable[[Any], bool] | None:
    if not isinstance(type_, NonNullTypeNode):
        return None
    inner = type_.type
    if isinstance(inner, ListTypeNode):
        item = _check_type(inner.type)
        return None if item is None else lambda value: type(value) is list and all(map(item, value))
    assert isinstance(inner, NamedTypeNode)
    name = inner.name.value
    if name == "Int":
        return lambda value: type(value) is int and -(2**31) <= value < 2**31
    if name == "_Any":
        return lambda value: type(value) is dict
    kind = _PLAIN.get(name)
    return None if kind is None else lambda value: type(value) is kind


def arguments_reader(
    schema: Schema, coercion: Coercion, field: GraphQLField, node: FieldNode
) -> Arguments | None:
    """How the arguments of a field are read; None for a field that has none. Raises GraphQLError."""
    if not field.args:
        return None
    definition: StrawberryField | None = field.extensions.get(DEFINITION)
    declared: list[StrawberryArgument] = list(definition.arguments) if definition else []

    def convert(values: dict[str, Any]) -> dict[str, Any]:
        if definition is None:
            return values
        return convert_arguments(values, declared, schema.schema_converter.scalar_registry, schema.config)

    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    if not any(map(_has_variables, given.values())):
        constant = convert(get_argument_values(field, node))
        return lambda variables: constant
    if all(_is_plain(coercion, field.args[name], value) for name, value in given.items()) and not any(
        argument.default_value is not Undefined for argument in field.args.values()
    ):
        python = {schema.config.name_converter.from_argument(one): one.python_name for one in declared}
        names = [(python.get(name, name), value.name.value) for name, value in given.items()]  # type: ignore[attr-defined]
        if all(variable in coercion.required for _, variable in names) and len(names) == 1:
            ((name, variable),) = names
            return lambda variables: {name: variables.plain[variable]}
        return lambda variables: {
            name: variables.plain[variable] for name, variable in names if variable in variables.plain
        }

    place = object()  # `read` itself would make a circle of it

    def read(variables: Variables) -> Mapping[str, Any]:
        found = variables.converted.get(place)
        if found is None:
            found = variables.converted[place] = convert(get_argument_values(field, node, variables.all))
        return found

    return read


def _is_plain(coercion: Coercion, argument: GraphQLArgument, value: ValueNode) -> bool:
    """Whether an argument is the value of a variable, without more ado."""
    if not isinstance(value, VariableNode):
        return False
    if is_non_null_type(argument.type) and value.name.value not in coercion.required:
        return False  # null would have to be refused
    return get_named_type(argument.type).name in (*_PLAIN, "Int", "_Any")


def _has_variables(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    inside = [*getattr(value, "values", ()), *(f.value for f in getattr(value, "fields", ()))]
    return any(map(_has_variables, inside))
