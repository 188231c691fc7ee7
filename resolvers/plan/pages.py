"""A page of a connection as the root of an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_object_type

from db.values import shown_value
from resolvers.connection import count_statement, ends, page_statement
from resolvers.context import Context
from resolvers.cursor import cursor_writer
from resolvers.description import Connection
from resolvers.plan.arguments import Arguments, Variables
from resolvers.plan.bound import Bound
from resolvers.plan.builder import Builder, Reading
from resolvers.plan.program import REVISION, Program, Writer
from resolvers.plan.selection import Nodes
from resolvers.plan.shape import Level, RowShape, Unplanned


@dataclass(frozen=True)
class PageRoot:
    """One page, with its edges, its nodes, where it stands, and the length of the whole list."""

    description: Connection
    arguments: Arguments | None
    program: Program
    statements: int
    counts_all: bool

    @classmethod
    def of(
        cls,
        reading: Reading,
        connection: Connection,
        definition: GraphQLField,
        nodes: Nodes,
        arguments: Arguments | None,
    ) -> PageRoot:
        """Compile the root."""
        return _Compiling(reading, connection).root(definition, nodes, arguments)

    def bind(self, context: Context, variables: Variables) -> Bound:
        """See Root."""
        query = self.description.page(context, **(self.arguments(variables) if self.arguments else {}))
        return Bound(self.program, query, self.statements, slow=query.slow or self.counts_all)


class _Compiling:
    """The parts of a connection's selection, as they are met."""

    def __init__(self, reading: Reading, connection: Connection) -> None:
        self.connection = connection
        self.builder = Builder(reading)
        self.level: Level
        self.row: RowShape
        self.level, self.row = self.builder.level(None, connection.source)
        self.counts_all = False
        self.reads_rows = False
        self.writes_cursors = False

    def root(self, definition: GraphQLField, nodes: Nodes, arguments: Arguments | None) -> PageRoot:
        answer = self._object(definition.type, nodes, self._connection_field)
        writer = Writer(self.builder)
        if self.reads_rows:
            self._read(writer)
        if self.counts_all:
            writer.statements += 1
            writer.lines.append("counted = count(given.shape)")
            writer.lines.append("total = int((yield counted, counted.bind(given.values))[0][0])")
        writer.assemble(self.level.children)
        return PageRoot(
            self.connection, arguments, writer.program(answer), writer.statements, self.counts_all
        )

    def _read(self, writer: Writer) -> None:
        if self.writes_cursors:
            # Both columns by which a page may be ordered; which one it is, the arguments say.
            writer.names["places"] = {name: self.level.place(name) for name in self.connection.sorts}
            writer.names["write"] = {name: self._writer(name) for name in self.connection.sorts}
            writer.lines.append("place, cursor = places[given.sort], write[given.sort](given.seal)")
            self.level.place("key")
        columns = self.level.selected()
        connection, dialect = self.connection, self.builder.reading.dialect
        beside = (REVISION,) if self.builder.uses_register else ()
        writer.names |= {
            "ends": ends,
            "page": lambda shape: page_statement(connection, shape, columns, dialect, *beside),
        }
        writer.statements += 1
        rows = f"l{self.level.number}"
        writer.lines += [
            "paged = page(given.shape)",
            f"{rows} = yield paged, paged.bind(given.values)",
            f"has_next, has_previous = ends(given, len({rows}))",
            f"{rows} = {rows}[:given.size]",
            f"if given.backward: {rows}.reverse()",
        ]
        if beside:
            writer.check(self.level)
        writer.below(self.level.children)

    def _object(self, type_: Any, nodes: Nodes, value: Callable[[str, GraphQLField, Nodes], str]) -> str:
        named = get_named_type(type_)
        assert is_object_type(named)
        parts = []
        for key, same in self.builder.reading.selections.fields(named, nodes).items():
            name = same[0].name.value
            said = repr(named.name) if name == "__typename" else value(name, named.fields[name], same)
            parts.append(f"{key!r}: {said}")
        return "{" + ", ".join(parts) + "}"

    def _connection_field(self, name: str, definition: GraphQLField, nodes: Nodes) -> str:
        if name == "totalCount":
            self.counts_all = True
            dialect, connection = self.builder.reading.dialect, self.connection
            self.builder.constants.names["count"] = lambda shape: count_statement(connection, shape, dialect)
            return "total"
        self.reads_rows = True
        if name == "pageInfo":
            return self._object(definition.type, nodes, self._page_info_field)
        if name == "nodes":
            return f"[{self._node(definition.type, nodes)} {self.row.loops}]"
        if name == "edges":
            return f"[{self._object(definition.type, nodes, self._edge_field)} {self.row.loops}]"
        raise Unplanned

    def _edge_field(self, name: str, definition: GraphQLField, nodes: Nodes) -> str:
        if name == "cursor":
            return self._cursor(self.row.var)
        if name == "node":
            return self._node(definition.type, nodes)
        raise Unplanned

    def _page_info_field(self, name: str, definition: GraphQLField, nodes: Nodes) -> str:
        rows = f"l{self.level.number}"
        match name:
            case "hasNextPage":
                return "has_next"
            case "hasPreviousPage":
                return "has_previous"
            case "startCursor":
                return f"({self._cursor(f'{rows}[0]')} if {rows} else None)"
            case "endCursor":
                return f"({self._cursor(f'{rows}[-1]')} if {rows} else None)"
        raise Unplanned

    def _cursor(self, row: str) -> str:
        self.writes_cursors = True
        return f"cursor({row}[place], {row}[{self.level.place('key')}])"

    def _node(self, type_: Any, nodes: Nodes) -> str:
        named = get_named_type(type_)
        assert isinstance(named, GraphQLObjectType)
        return self.builder.object(self.row, named, nodes)

    def _writer(self, name: str) -> Callable[[str], Callable[[Any, Any], str]]:
        convert = shown_value(self.connection.source.columns[name].type, self.builder.reading.dialect)
        if convert is None:
            return cursor_writer

        def converting(seal: str) -> Callable[[Any, Any], str]:
            write = cursor_writer(seal)
            return lambda position, key: write(convert(position), key)

        return converting
