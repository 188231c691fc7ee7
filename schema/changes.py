"""What differs between two versions of the schema, for those who made their front ends with the older one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    print_ast,
)
from graphql.utilities import BreakingChange, DangerousChange, find_schema_changes

from wording.catalogue import Language, say

PART: Final = r"(?P<part>\S+)"
SENTENCES: Final = (
    ("required", rf"A required (?:field|argument) {PART} was added\."),
    ("optional", rf"An optional (?:field|argument) {PART} was added\."),
    ("another_value", rf"Enum value {PART} was added\."),
    ("left_union", rf"{PART} was removed from union type (?P<union>\w+)\."),
    ("joined_union", rf"{PART} was added to union type (?P<union>\w+)\."),
    ("left_interface", rf"{PART} no longer implements interface (?P<interface>\w+)\."),
    ("joined_interface", rf"(?P<interface>\w+) added to interfaces implemented by {PART}\."),
    ("once", r"Repeatable flag was removed from (?P<part>@\w+)\."),
    ("left_place", r"(?P<place>\w+) was removed from (?P<part>@\w+)\."),
    ("no_default", rf"{PART} defaultValue was removed\."),
    ("other_default", rf"{PART} has changed defaultValue from (?P<before>.+) to (?P<after>.+)\."),
    ("other_kind", rf"{PART} changed from an? (?P<before>\w+) type to an? (?P<after>\w+) type\."),
    ("other_type", rf"\w+ {PART} (?:has )?changed type from (?P<before>.+) to (?P<after>.+)\."),
    ("removed", rf"(?:(?:Standard scalar|Enum value|\w+) )?{PART} was removed\b.*"),
)
"""What graphql-core says of a change, in English alone, and the kind of our own sentence about it."""


class Weight(StrEnum):
    """What a change means for clients: it breaks some; it may surprise some; it is new; it will go."""

    BREAKING = "BREAKING"
    DANGEROUS = "DANGEROUS"
    ADDED = "ADDED"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a `part` of the schema, such as `Type.field(argument:)`. `kind` names the sentence that
    tells it, and `values` are what else stands in that."""

    weight: Weight
    kind: str
    part: str
    values: tuple[tuple[str, str], ...] = ()

    def message(self, language: Language) -> str:
        """The change in a sentence."""
        return say(f"schema.change.{self.kind}", language, part=self.part, **dict(self.values))


class NoSchema(Exception):
    """A text that is not a schema's SDL. `line` and `column` count from 1; 0 where there is no place."""

    def __init__(self, line: int = 0, column: int = 0) -> None:
        super().__init__(f"{line}:{column}")
        self.line = line
        self.column = column


def read_schema(sdl: str) -> GraphQLSchema:
    """The schema of a subgraph's SDL, which need not define the federation's directives. Raises NoSchema."""
    try:
        return build_schema(sdl, assume_valid=True, assume_valid_sdl=True)
    except GraphQLSyntaxError as error:
        places = error.locations or ()
        raise NoSchema(*(places[0] if places else ())) from None
    except (TypeError, KeyError, RecursionError):
        raise NoSchema from None


def changes(old: GraphQLSchema, new: GraphQLSchema) -> list[Change]:
    """All that a client or a gateway can notice, the gravest first."""
    found = find_schema_changes(old, new)
    breaking = [_read(each, Weight.BREAKING) for each in found if isinstance(each, BreakingChange)]
    dangerous = [_read(each, Weight.DANGEROUS) for each in found if isinstance(each, DangerousChange)]
    old_keys, new_keys = set(_keys(old)), set(_keys(new))
    unlinked = [Change(Weight.BREAKING, "removed", key) for key in sorted(old_keys - new_keys)]
    old_parts, new_parts = dict(_parts(old)), dict(_parts(new))
    deprecated = [
        Change(Weight.DEPRECATED, "deprecated", part, (("reason", reason),))
        for part, reason in sorted(new_parts.items())
        if reason and not old_parts.get(part)
    ]
    added = [*_outermost(new_parts.keys() - old_parts.keys()), *sorted(new_keys - old_keys)]
    return [
        *(*breaking, *unlinked, *dangerous, *deprecated),
        *(Change(Weight.ADDED, "added", part) for part in added),
    ]


def _read(change: BreakingChange | DangerousChange, weight: Weight) -> Change:
    for kind, sentence in SENTENCES:
        if found := re.fullmatch(sentence, change.description, re.DOTALL):
            values = found.groupdict()
            return Change(weight, kind, values.pop("part"), tuple(values.items()))
    raise ValueError(change)  # a sentence that another version of the library has


def _parts(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """The coordinates of everything that can be asked for, with the reason where it is deprecated."""
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, None
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", each.deprecation_reason) for value, each in type_.values.items())
        elif isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", each.deprecation_reason) for field, each in type_.fields.items())
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, each in type_.fields.items():
                yield f"{name}.{field}", each.deprecation_reason
                for argument, given in each.args.items():
                    yield f"{name}.{field}({argument}:)", given.deprecation_reason


def _outermost(parts: set[str]) -> list[str]:
    """Without what is inside of something that is named anyway."""
    return sorted(part for part in parts if not {part.partition(mark)[0] for mark in ".("} & (parts - {part}))


def _keys(schema: GraphQLSchema) -> Iterator[str]:
    """The keys by which gateways find entities."""
    for name, type_ in schema.type_map.items():
        for directive in (type_.ast_node and type_.ast_node.directives) or ():
            if directive.name.value == "key":
                fields = [each.value for each in directive.arguments or () if each.name.value == "fields"]
                yield f"{name} @key(fields: {''.join(map(print_ast, fields))})"
