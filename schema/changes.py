"""What differs between two versions of the schema, for those who made their front ends with the older one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    print_ast,
)


class Weight(StrEnum):
    """What a change means for clients: it breaks some; it may surprise some; it is new; it will go."""

    BREAKING = "BREAKING"
    DANGEROUS = "DANGEROUS"
    ADDED = "ADDED"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change. `kind` is a code such as FIELD_REMOVED; `what` names the part of the schema."""

    weight: Weight
    kind: str
    what: str


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
    breaking = [
        Change(Weight.BREAKING, each.type.name, each.description) for each in find_breaking_changes(old, new)
    ]
    dangerous = [
        Change(Weight.DANGEROUS, each.type.name, each.description)
        for each in find_dangerous_changes(old, new)
    ]
    old_keys, new_keys = set(_keys(old)), set(_keys(new))
    unlinked = [Change(Weight.BREAKING, "KEY_REMOVED", key) for key in sorted(old_keys - new_keys)]
    old_parts, new_parts = dict(_parts(old)), dict(_parts(new))
    added = [Change(Weight.ADDED, "ADDED", what) for what in _outermost(new_parts.keys() - old_parts.keys())]
    added += [Change(Weight.ADDED, "KEY_ADDED", key) for key in sorted(new_keys - old_keys)]
    deprecated = [
        Change(Weight.DEPRECATED, "DEPRECATED", f"{what}: {reason}")
        for what, reason in sorted(new_parts.items())
        if reason and not old_parts.get(what)
    ]
    return [*breaking, *unlinked, *dangerous, *deprecated, *added]


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
