"""The roots of an operation: how the fields of a query or mutation begin, each with programs of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_object_type,
    located_error,
)

from db.reading import Steps
from resolvers.context import Context
from resolvers.description import Asked, Connection, Found, Ref, Relation, Source, lookup
from resolvers.plan.arguments import Arguments, Variables, arguments_reader
from resolvers.plan.bound import Bound
from resolvers.plan.builder import Builder, Reading, description_of
from resolvers.plan.pages import PageRoot
from resolvers.plan.program import Program, Writer
from resolvers.plan.selection import Nodes
from resolvers.plan.shape import ObjectShape, Unplanned, asked_key_reader, serialized


class Root(Protocol):
    """One field of a query."""

    def bind(self, context: Context, variables: Variables) -> Bound:
        """What the arguments ask for. Raises GraphQLError."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A program for the rows of a source that have some keys, answered by key. `key` reads that of a Ref."""

    program: Program
    key: Callable[[Any], Any]
    statements: int


@dataclass(frozen=True, slots=True)
class Objects:
    """A program for what Python made: an object, or a list of them."""

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
    key = row.own_key(relation.child_columns)
    writer.read(level, "given")
    writer.assemble(level.children)
    program = writer.program(f"{{{key}: {item} {row.loops}}}")
    read = asked_key_reader(relation.source, relation.child_columns, reading.dialect)
    return Rows(program, read, writer.statements)


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

    def bind(self, context: Context, variables: Variables) -> Bound:
        """See Root."""
        refs = self.description.function(context, **(self.arguments(variables) if self.arguments else {}))
        if not isinstance(refs, list):
            return self._bind_one(refs)
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for at, ref in enumerate(refs):
            if isinstance(ref, Ref):
                groups.setdefault((ref[0], ref[1]), []).append(at)
        programs = {kind: self._program(*kind) for kind in groups}

        def steps(context: Context, variables: Variables, errors: list[GraphQLError]) -> Steps[Any]:
            for at, ref in enumerate(refs):
                if isinstance(ref, Exception):
                    errors.append(located_error(ref, self.nodes, [self.key, at]))
            values: list[Any] = [None] * len(refs)
            for kind, places in groups.items():
                yield from self._fill(values, refs, kind, places, context, variables)
            return values

        return Bound(
            steps,
            sum(program.statements for program in programs.values()),
            register=any(isinstance(program, Objects) for program in programs.values()),
        )

    def _bind_one(self, ref: Ref | None) -> Bound:
        if ref is None:
            return Bound(self._nothing, 0)
        program = self._program(ref.type, ref.columns)

        def steps(context: Context, variables: Variables, errors: list[GraphQLError]) -> Steps[Any]:
            if isinstance(program, Rows):
                key = program.key(ref.values)
                found = yield from program.program(context, context.register, variables, (key,))
                return found.get(key)
            entry = context.register.find(str(self.description.kinds[ref.type]), ref.values[0])
            entries = [] if entry is None else [entry]
            made = yield from program.program(context, context.register, variables, entries)
            return made[0] if made else None

        return Bound(steps, program.statements, register=isinstance(program, Objects))

    @staticmethod
    def _nothing(context: Context, variables: Variables, errors: list[GraphQLError]) -> Steps[Any]:
        yield from ()

    def _fill(
        self,
        values: list[Any],
        refs: list[Any],
        kind: tuple[str, tuple[str, ...]],
        places: list[int],
        context: Context,
        variables: Variables,
    ) -> Steps[None]:
        program = self._program(*kind)
        if isinstance(program, Rows):
            keys = [program.key(refs[at][2]) for at in places]
            found = yield from program.program(context, context.register, variables, keys)
            for at, key in zip(places, keys, strict=True):
                values[at] = found.get(key)
            return
        register = str(self.description.kinds[kind[0]])
        entries = {at: context.register.find(register, refs[at].values[0]) for at in places}
        there = {at: entry for at, entry in entries.items() if entry is not None}
        made = yield from program.program(context, context.register, variables, list(there.values()))
        for at, item in zip(there, made, strict=True):
            values[at] = item

    def _program(self, type_name: str, columns: tuple[str, ...]) -> Rows | Objects:
        program = self._programs.get((type_name, columns))
        if program is None:
            type_ = self.reading.selections.schema.type_map[type_name]
            kind = self.description.kinds[type_name]
            assert is_object_type(type_)
            if isinstance(kind, Source):
                program = rows_program(self.reading, lookup(kind, columns), type_, self.nodes)
            else:
                entries = GraphQLList(GraphQLNonNull(type_))
                program = objects_program(self.reading, entries, self.nodes)
            self._programs[(type_name, columns)] = program
        return program


@dataclass(frozen=True)
class ListRoot:
    """The rows of a relation that leads from nowhere."""

    program: Program
    statements: int

    def bind(self, context: Context, variables: Variables) -> Bound:
        """See Root."""
        return Bound(self._steps, self.statements)

    def _steps(self, context: Context, variables: Variables, errors: list[GraphQLError]) -> Steps[Any]:
        return self.program(context, context.register, variables, None)


@dataclass(frozen=True)
class AskedRoot:
    """What Python makes: asked before anything is read, then gone through by a program."""

    description: Asked
    arguments: Arguments | None
    objects: Objects

    async def ask(self, context: Context, variables: Variables) -> Bound:
        """What Python says."""
        arguments: Mapping[str, Any] = self.arguments(variables) if self.arguments else {}
        made = self.description.function(context, **arguments)
        return self.bind_to(await made if inspect.isawaitable(made) else made)

    def bind_to(self, made: Any) -> Bound:
        """The root with what Python made."""

        def steps(context: Context, variables: Variables, errors: list[GraphQLError]) -> Steps[Any]:
            return self.objects.program(context, context.register, variables, made)

        return Bound(steps, self.objects.statements, made=made)


def list_root(reading: Reading, relation: Relation, definition: GraphQLField, nodes: Nodes) -> ListRoot:
    """The root of a list."""
    builder = Builder(reading)
    level, row = builder.level(relation, relation.source)
    level.values = builder.narrowed(relation, definition, nodes)
    type_ = get_named_type(definition.type)
    assert is_object_type(type_)
    item = builder.object(row, type_, nodes)
    writer = Writer(builder)
    writer.read(level, "()")
    writer.assemble(level.children)
    return ListRoot(writer.program(f"[{item} {row.loops}]"), writer.statements)


def root_of(reading: Reading, definition: GraphQLField, nodes: Nodes, key: str) -> Root | AskedRoot:
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
