"""The roots of an operation: how the fields of a query or mutation begin, each with programs of its own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
    located_error,
)

from db.reading import Steps
from resolvers.context import Context
from resolvers.description import Asked, Connection, Found, Ref, Relation, Source, lookup
from resolvers.plan.arguments import Arguments, Variables, arguments_reader
from resolvers.plan.builder import Builder, Reading, description_of
from resolvers.plan.pages import PageRoot
from resolvers.plan.program import Program, Writer
from resolvers.plan.selection import Nodes
from resolvers.plan.shape import ObjectShape, Unplanned, serialized


class Root(Protocol):
    """One field of a query or mutation."""

    def bind(self, context: Context, variables: Variables) -> Any:
        """What the arguments ask for. Nothing has been read yet. Raises GraphQLError."""

    def needs_register(self, bound: Any) -> bool:
        """Whether the register has to be known to be current before anything is read."""

    def statements(self, bound: Any) -> int:
        """How many statements it may take."""

    def is_slow(self, bound: Any) -> bool:
        """Whether its statements may take long."""

    def steps(
        self, context: Context, variables: Variables, bound: Any, errors: list[GraphQLError]
    ) -> Steps[Any]:
        """The value of the field."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A program for the rows of a source that have some keys: `statements` of them, answered by key."""

    program: Program
    raw_key: Any
    statements: int


@dataclass(frozen=True, slots=True)
class Objects:
    """A program for one object of Python, or a list of them."""

    program: Program
    statements: int


def rows_program(reading: Reading, relation: Relation, type_: GraphQLObjectType, nodes: Nodes) -> Rows:
    """The program for objects of a type, by the columns that a relation leads to."""
    builder = Builder(reading)
    level, row = builder.level(relation, relation.source)
    for column in relation.child_columns:
        level.place(column)
    item = builder.object(row, type_, nodes)
    writer = Writer(builder)
    query = writer.read(level, "given")
    writer.assemble(level.children)
    key = row.own_key(relation.child_columns)
    program = writer.program(f"{{{key}: {item} {row.loops}}}")
    return Rows(program, query.raw_key, writer.statements)


def objects_program(reading: Reading, type_: Any, nodes: Nodes) -> Objects:
    """The program for what Python made: `given` is the object or the list."""
    builder = Builder(reading)
    shape = ObjectShape("given", "for _ in (None,)", builder.constants, builder.top)
    if is_leaf_type(get_named_type(type_)):
        item = serialized("given", type_, builder.constants)
    else:
        item = builder.objects(shape, "given", type_, nodes)
    writer = Writer(builder)
    writer.below(builder.top)
    writer.assemble(builder.top)
    return Objects(writer.program(item), writer.statements)


@dataclass
class FoundRoot:
    """Objects that the arguments name, of one type or of several."""

    reading: Reading
    description: Found
    definition: GraphQLField
    nodes: Nodes
    key: str
    arguments: Arguments | None
    _programs: dict[tuple[str, tuple[str, ...]], Rows | Objects] = field(default_factory=dict)

    def bind(self, context: Context, variables: Variables) -> Any:
        """See Root."""
        return self.description.function(context, **(self.arguments(variables) if self.arguments else {}))

    def needs_register(self, bound: Any) -> bool:
        """See Root."""
        return any(not isinstance(self.description.kinds[type_], Source) for type_, _ in self._kinds(bound))

    def statements(self, bound: Any) -> int:
        """See Root."""
        return sum(self._program(*kind).statements for kind in self._kinds(bound))

    def is_slow(self, bound: Any) -> bool:
        """See Root."""
        return False

    def _kinds(self, bound: Any) -> set[tuple[str, tuple[str, ...]]]:
        refs = bound if isinstance(bound, list) else [bound]
        return {(ref.type, ref.columns) for ref in refs if isinstance(ref, Ref)}

    def _program(self, type_name: str, columns: tuple[str, ...]) -> Rows | Objects:
        program = self._programs.get((type_name, columns))
        if program is None:
            type_ = self.reading.selections.schema.type_map[type_name]
            kind = self.description.kinds[type_name]
            assert is_object_type(type_)
            if isinstance(kind, Source):
                program = rows_program(self.reading, lookup(kind, columns), type_, self.nodes)
            else:
                program = objects_program(self.reading, type_, self.nodes)
            self._programs[(type_name, columns)] = program
        return program

    def steps(
        self, context: Context, variables: Variables, bound: Any, errors: list[GraphQLError]
    ) -> Steps[Any]:
        """See Root."""
        if not isinstance(bound, list):
            (value,) = yield from self._values(context, variables, [bound])
            if value is None and is_non_null_type(self.definition.type):
                raise Unplanned
            return value
        for at, ref in enumerate(bound):
            if isinstance(ref, Exception):
                errors.append(located_error(ref, self.nodes, [self.key, at]))
        return (yield from self._values(context, variables, bound))

    def _values(self, context: Context, variables: Variables, refs: list[Any]) -> Steps[list[Any]]:
        values: list[Any] = [None] * len(refs)
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for at, ref in enumerate(refs):
            if isinstance(ref, Ref):
                groups.setdefault((ref.type, ref.columns), []).append(at)
        for (type_name, columns), places in groups.items():
            program = self._program(type_name, columns)
            if isinstance(program, Rows):
                keys = [program.raw_key(*refs[at].values) for at in places]
                found = yield from program.program(
                    context, context.register, variables, list(dict.fromkeys(keys))
                )
                for at, key in zip(places, keys, strict=True):
                    values[at] = found.get(key)
            else:
                kind = str(self.description.kinds[type_name])
                for at in places:
                    entry = context.register.find(kind, refs[at].values[0])
                    values[at] = yield from program.program(context, context.register, variables, entry)
        return values


@dataclass(frozen=True)
class ListRoot:
    """The rows of a relation that leads from nowhere."""

    program: Program
    count: int

    def bind(self, context: Context, variables: Variables) -> Any:
        """See Root."""
        return None

    def needs_register(self, bound: Any) -> bool:
        """See Root."""
        return False

    def statements(self, bound: Any) -> int:
        """See Root."""
        return self.count

    def is_slow(self, bound: Any) -> bool:
        """See Root."""
        return False

    def steps(
        self, context: Context, variables: Variables, bound: Any, errors: list[GraphQLError]
    ) -> Steps[Any]:
        """See Root."""
        return self.program(context, context.register, variables, None)


@dataclass(frozen=True)
class AskedRoot:
    """What Python makes: asked before anything is read, then gone through by a program."""

    description: Asked
    arguments: Arguments | None
    objects: Objects

    async def ask(self, context: Context, variables: Variables) -> Any:
        """What Python says."""
        arguments: Mapping[str, Any] = self.arguments(variables) if self.arguments else {}
        made = self.description.function(context, **arguments)
        return await made if inspect.isawaitable(made) else made

    def bind(self, context: Context, variables: Variables) -> Any:
        """See Root: what was asked is handed over by the plan."""
        return None

    def needs_register(self, bound: Any) -> bool:
        """See Root."""
        return True

    def statements(self, bound: Any) -> int:
        """See Root."""
        return self.objects.statements

    def is_slow(self, bound: Any) -> bool:
        """See Root."""
        return False

    def steps(
        self, context: Context, variables: Variables, bound: Any, errors: list[GraphQLError]
    ) -> Steps[Any]:
        """See Root."""
        return self.objects.program(context, context.register, variables, bound)


def list_root(reading: Reading, relation: Relation, definition: GraphQLField, nodes: Nodes) -> ListRoot:
    """The root of a list."""
    builder = Builder(reading)
    level, row = builder.level(relation, relation.source)
    level.values = builder.narrowed(relation, definition, nodes)
    type_ = get_named_type(definition.type)
    assert is_object_type(type_)
    item = builder.object(row, type_, nodes)
    writer = Writer(builder)
    writer.read(level, "")
    writer.assemble(level.children)
    return ListRoot(writer.program(f"[{item} {row.loops}]"), writer.statements)


def root_of(reading: Reading, definition: GraphQLField, nodes: Nodes, key: str) -> Root:
    """The root for a field. Raises Unplanned."""
    description = description_of(definition)
    arguments = arguments_reader(reading.schema, reading.coercion, definition, nodes[0])
    match description:
        case Found():
            return FoundRoot(reading, description, definition, nodes, key, arguments)
        case Relation():
            return list_root(reading, description, definition, nodes)
        case Asked():
            return AskedRoot(description, arguments, objects_program(reading, definition.type, nodes))
        case Connection():
            return PageRoot.of(reading, description, definition, nodes, arguments)
    raise Unplanned
