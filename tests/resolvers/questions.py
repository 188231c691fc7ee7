"""Questions that the API may be asked: generated operations over the schema, with variables.

hypothesis-graphql makes documents of literals, one field deep below each other; these have what it leaves
out: variables with and without defaults, fragments of both kinds, directives, aliases, fields that merge,
and ids, numbers and cursors of the city among those of nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from tests.resolvers.values import WRONG, Absent, Values

MOST_OBJECTS = 40
"""About how many objects one selection may be made for: a question should be answered in milliseconds."""
ROOTS = {
    "_service": 1,
    "__type": 1,
    "viewer": 2,
    "functions": 2,
    "previewRouting": 2,
    "policyDifference": 2,
    "exportPolicy": 2,
    "changedCases": 2,
    "disputes": 14,
}
"""How often a field is asked for at the root; 6 where it is not said."""


@dataclass(frozen=True)
class Question:
    """A document with one operation, and the variables of several requests for it."""

    text: str
    requests: tuple[Mapping[str, Any], ...]


@dataclass
class Asking:
    """Makes one question. What is kept here is shared by its whole document."""

    schema: GraphQLSchema
    values: Values
    random: Random
    variables: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    _arguments: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: int = 0

    def question(self) -> Question:
        """The question."""
        assert self.schema.query_type is not None
        roots = self.schema.query_type.fields
        names = [*roots, "__type"]
        chosen = self.random.choices(
            names, [ROOTS.get(name, 6) for name in names], k=self.random.choice((1, 1, 1, 1, 2, 3))
        )
        parts = [self._root(roots, name) for name in dict.fromkeys(chosen)]
        if self._chance(0.1):
            parts.append("__typename")
        body = self._wrapped(self.schema.query_type, parts)
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.variables.items())
        head = f"query Asked({declared})" if declared else self.random.choice(("query Asked", "", "query"))
        text = " ".join((f"{head} {{ {body} }}", *self.fragments.values()))
        return Question(text, tuple(self.request(number) for number in range(3 if declared else 1)))

    def change(self, name: str) -> str:
        """The document of a mutation; its variable `input` has to be given."""
        assert self.schema.mutation_type is not None
        payload = get_named_type(self.schema.mutation_type.fields[name].type)
        fields = f"{name}(input: $input) {{ errors {{ code path }} {self._selection(payload, 4, 1)} }}"
        declared = "".join(f", ${key}: {kind}" for key, (kind, _) in self.variables.items())
        head = f"mutation ($input: {name[0].upper()}{name[1:]}Input!{declared})"
        return " ".join((f"{head} {{ {fields} }}", *self.fragments.values()))

    def request(self, number: int) -> dict[str, Any]:
        """The variables of one request."""
        given = {name: values[number % len(values)] for name, (_, values) in self.variables.items()}
        return {name: value for name, value in given.items() if value is not Absent}

    def _root(self, roots: Mapping[str, GraphQLField], name: str) -> str:
        if name == "__type":
            return '__type(name: "Dispute") { name kind }'
        assert self.schema.query_type is not None
        return self._field(self.schema.query_type, name, roots[name], depth=4, objects=1)

    def _chance(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    def _name(self, hint: str) -> str:
        self._names += 1
        return f"{hint}{self._names}"

    # Selections

    def _selection(self, type_: Any, depth: int, objects: int) -> str:
        if is_abstract_type(type_):
            return self._abstract(type_, depth, objects)
        return self._wrapped(type_, self._parts(type_, depth, objects))

    def _parts(self, type_: Any, depth: int, objects: int) -> list[str]:
        leaves = [name for name, each in type_.fields.items() if is_leaf_type(get_named_type(each.type))]
        inner = [name for name in type_.fields if name not in leaves]
        if depth <= 0 or objects > MOST_OBJECTS:
            inner = []
        chosen = self._some(leaves, 3) + self._some(inner, 2)
        parts = [self._field(type_, name, type_.fields[name], depth, objects) for name in chosen]
        if not parts or self._chance(0.12):
            parts.append(self.random.choice(("__typename", f"{self._name('kind')}: __typename")))
        return parts

    def _some(self, names: list[str], most: int) -> list[str]:
        return self.random.sample(names, min(len(names), self.random.randint(0, most)))

    def _abstract(self, type_: Any, depth: int, objects: int) -> str:
        parts = self._parts(type_, depth, objects) if hasattr(type_, "fields") else ["__typename"]
        possible = list(self.schema.get_possible_types(type_))
        for each in self.random.sample(possible, min(len(possible), self.random.randint(1, 4))):
            parts.append(f"... on {each.name} {{ {self._selection(each, depth - 1, objects)} }}")
        return self._wrapped(type_, parts)

    def _wrapped(self, type_: Any, parts: list[str]) -> str:
        """Some of the parts in fragments, some of them twice, in any order."""
        if self._chance(0.3):
            parts.append(self._fragment(type_, self.random.choice(parts)))
        if len(parts) > 1 and self._chance(0.35):
            parts.append(self._fragment(type_, parts.pop(self.random.randrange(len(parts)))))
        self.random.shuffle(parts)
        return " ".join(parts)

    def _fragment(self, type_: Any, part: str) -> str:
        condition = self.random.choice(self._conditions(type_, part))
        directive = self._directive() if self._chance(0.2) else ""
        if self._chance(0.5):
            return f"... {self.random.choice(('', f'on {condition}'))} {directive} {{ {part} }}"
        name = self._name("Part")
        self.fragments[name] = f"fragment {name} on {condition} {{ {part} }}"
        return f"...{name} {directive} " * self.random.choice((1, 1, 2))

    def _conditions(self, type_: Any, part: str) -> list[str]:
        wider = [each.name for each in getattr(type_, "interfaces", ()) if part in each.fields]
        return [type_.name, *wider]

    def _field(self, parent: Any, name: str, definition: GraphQLField, depth: int, objects: int) -> str:
        alias = f"{self._name('other')}: " if self._chance(0.15) else ""
        arguments = self._arguments_of(parent, name, definition, fresh=bool(alias))
        directive = self._directive() if self._chance(0.08) else ""
        head = f"{alias}{name}{arguments} {directive}"
        type_ = get_named_type(definition.type)
        if is_leaf_type(type_):
            return head
        inside = objects * self._size(definition)
        body = f"{head} {{ {self._selection(type_, depth - 1, inside)} }}"
        if self._chance(0.12):
            body += f" {head} {{ {self._selection(type_, depth - 2, inside)} }}"
        return body

    @staticmethod
    def _size(definition: GraphQLField) -> int:
        inner = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        return 4 if is_list_type(inner) else 1

    def _directive(self) -> str:
        name = self.random.choice(("include", "skip"))
        expected = name == "include"
        if self._chance(0.5):
            return f"@{name}(if: {json.dumps(expected if self._chance(0.7) else not expected)})"
        kind = self.random.choice(("Boolean!", "Boolean!", f"Boolean! = {json.dumps(expected)}"))
        choices: list[Any] = [expected, not expected]
        self.random.shuffle(choices)
        if "=" in kind and self._chance(0.5):
            choices[0] = Absent
        elif self._chance(0.03):
            choices[0] = self.random.choice(WRONG)
        return f"@{name}(if: ${self._variable(kind, choices)})"

    # Arguments

    def _arguments_of(self, parent: Any, name: str, definition: GraphQLField, *, fresh: bool) -> str:
        if not definition.args:
            return ""
        # Without an alias a field may be met again where it has to be the same to be merged.
        if not fresh and (parent.name, name) in self._arguments:
            return self._arguments[parent.name, name]
        given = [
            f"{key}: {self._value(f'{name}.{key}', argument)}"
            for key, argument in definition.args.items()
            if is_required_argument(argument) or self._chance(self.values.likelihood(name, key))
        ]
        text = f"({', '.join(given)})" if given else ""
        if not fresh:
            self._arguments[parent.name, name] = text
        return text

    def _value(self, place: str, given: GraphQLArgument | GraphQLInputField) -> str:
        type_ = given.type
        if self._chance(0.45):
            has_default = is_non_null_type(type_) and given.default_value is not Undefined
            return f"${self._variable_for(place, type_, has_default=has_default)}"
        named = get_named_type(type_)
        inner = type_.of_type if is_non_null_type(type_) else type_
        if isinstance(named, GraphQLInputObjectType) and inner is named:
            fields = {
                key: self._value(f"{place}.{key}", each)
                for key, each in named.fields.items()
                if is_required_input_field(each) or self._chance(self.values.likelihood(place, key))
            }
            return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"
        return literal(self.values.value(self.random, place, type_, bad=False), named)

    def _variable_for(self, place: str, type_: Any, *, has_default: bool) -> str:
        requests = [self.values.value(self.random, place, type_, bad=True) for _ in range(3)]
        kind = str(type_)
        if has_default and self._chance(0.4):
            requests[0] = self.random.choice((None, Absent))
            return self._variable(kind.rstrip("!"), requests)
        if kind.endswith("!") and self._chance(0.25):
            default = self.values.value(self.random, place, type_, bad=False)
            requests[0] = Absent if self._chance(0.5) else requests[0]
            return self._variable(f"{kind[:-1]} = {literal(default, get_named_type(type_))}", requests)
        if not kind.endswith("!"):
            if self._chance(0.2):
                kind += "!"
            elif self._chance(0.3):
                requests[0] = self.random.choice((None, Absent))
        return self._variable(kind, requests)

    def _variable(self, kind: str, requests: list[Any]) -> str:
        name = self._name("v")
        self.variables[name] = (kind, requests)
        return name


def literal(value: Any, type_: Any) -> str:
    """A value as a document has it; `type_` is the type of its leaves."""
    if isinstance(value, list):
        return f"[{', '.join(literal(each, type_) for each in value)}]"
    if isinstance(value, dict):
        fields = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        inside = {key: get_named_type(fields[key].type) if key in fields else None for key in value}
        return "{" + ", ".join(f"{key}: {literal(value[key], inside[key])}" for key in value) + "}"
    if isinstance(type_, GraphQLEnumType) and isinstance(value, str):
        return value
    return json.dumps(value)


def question(schema: GraphQLSchema, values: Values, seed: int) -> Question:
    """The question of a seed."""
    return Asking(schema, values, Random(seed)).question()


def change(schema: GraphQLSchema, values: Values, seed: int, name: str) -> Question:
    """The mutation of a seed: `input` is still to be given."""
    asking = Asking(schema, values, Random(seed))
    text = asking.change(name)
    return Question(text, (asking.request(0),))
