"""The roots of an operation: how the fields of a query or mutation begin, each with programs of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
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
from resolvers.description import Asked, Connection, Found, Ref, Refs, Relation, Source, lookup
from resolvers.plan.arguments import Arguments, Variables, arguments_reader
from resolvers.plan.bound import Bound
from resolvers.plan.builder import Builder, Reading, description_of
from resolvers.plan.pages import PageRoot
from resolvers.plan.program import Program, Writer
from resolvers.plan.selection import Nodes
from resolvers.plan.shape import ObjectShape, Unplanned, asked_key_reader, serialized
from resolvers.register import Register


class Root(Protocol):
    """One field of a query."""

    def bind(self, context: Context, variables: Variables) -> Bound:
        """What the arguments ask for. Raises GraphQLError."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Two programs for the rows of a source that have some keys: `program` answers by key, `one` is given one
    key and answers with its item. `key` reads that of a Ref."""

    program: Program
    one: Program
    key: Callable[[Any], Any]
    statements: int

    def keys(self, values: list[str]) -> list[Any]:
        """The keys of many Refs with one column."""
        return [self.key((value,)) for value in values]


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
    one = writer.program(f"[{item} {row.loops}][0] if l{level.number} else None")
    read = asked_key_reader(relation.source, relation.child_columns, reading.dialect)
    return Rows(program, one, read, writer.statements)


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
        if isinstance(refs, Refs):
            return self._bind_alike(refs)
        if not isinstance(refs, list):
            return self._bind_one(refs)
        return self._bind_many(refs)

    def _bind_many(self, refs: list[Any]) -> Bound:
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for at, ref in enumerate(refs):
            if isinstance(ref, Ref):
                groups.setdefault((ref[0], ref[1]), []).append(at)
        programs = {kind: self._program(*kind) for kind in groups}

        def program(
            context: Context, register: Register, variables: Variables, given: list[Any]
        ) -> Steps[list[Any]]:
            values: list[Any] = [None] * len(given)
            for kind, places in groups.items():
                yield from self._fill(values, given, kind, places, (context, register, variables))
            return values

        return Bound(
            program,
            refs,
            sum(each.statements for each in programs.values()),
            register=any(isinstance(each, Objects) for each in programs.values()),
            errors=[
                located_error(ref, self.nodes, [self.key, at])
                for at, ref in enumerate(refs)
                if isinstance(ref, Exception)
            ],
        )

    def _bind_one(self, ref: Ref | None) -> Bound:
        if ref is None:
            return Bound(_nothing, None, 0)
        program = self._program(ref.type, ref.columns)
        if isinstance(program, Rows):
            return Bound(program.one, (program.key(ref.values),), program.statements)
        kind, code = str(self.description.kinds[ref.type]), ref.values[0]

        def objects(context: Context, register: Register, variables: Variables, given: Any) -> Steps[Any]:
            entry = register.find(kind, code)
            made = yield from program.program(context, register, variables, [] if entry is None else [entry])
            return made[0] if made else None

        return Bound(objects, None, program.statements, register=True)

    def _bind_alike(self, refs: Refs) -> Bound:
        rows = self._program(refs.type, refs.columns)
        if not isinstance(rows, Rows):
            return self._bind_many([Ref(refs.type, refs.columns, (value,)) for value in refs.values])
        keys = rows.keys(refs.values)

        def program(*around: Any) -> Steps[list[Any]]:
            found = yield from rows.program(*around)
            return list(map(found.get, keys))

        return Bound(program, keys, rows.statements)

    def _fill(
        self,
        values: list[Any],
        refs: list[Any],
        kind: tuple[str, tuple[str, ...]],
        places: list[int],
        around: tuple[Context, Register, Variables],
    ) -> Steps[None]:
        program = self._program(*kind)
        if isinstance(program, Rows):
            read = program.key
            keys = [read(refs[at][2]) for at in places]
            found = yield from program.program(*around, keys)
            for at, key in zip(places, keys, strict=True):
                values[at] = found.get(key)
            return
        register = str(self.description.kinds[kind[0]])
        entries = {at: around[1].find(register, refs[at].values[0]) for at in places}
        there = {at: entry for at, entry in entries.items() if entry is not None}
        for at, item in zip(there, (yield from program.program(*around, list(there.values()))), strict=True):
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


def _nothing(context: Context, register: Register, variables: Variables, given: Any) -> Steps[Any]:
    yield from ()


@dataclass(frozen=True)
class ListRoot:
    """The rows of a relation that leads from nowhere."""

    program: Program
    statements: int

    def bind(self, context: Context, variables: Variables) -> Bound:
        """See Root."""
        return Bound(self.program, None, self.statements)


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
        return Bound(self.objects.program, made, self.objects.statements)


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
