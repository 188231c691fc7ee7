"""From a selection to the text of a program: which statements to run, and what to make of their rows.

The program is a generator. It yields statements and is sent their rows, level by level from the top; then it
assembles the answer from the bottom. Only names that are made here are ever part of its text: response keys
and the names of types are quoted, and everything else is a constant of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from sqlalchemy import Dialect
from strawberry.schema import Schema

from casework.reach import Bounds
from resolvers.description import (
    DESCRIPTION,
    Column,
    Computed,
    Description,
    Relation,
    Resident,
    Source,
    Via,
)
from resolvers.plan.arguments import DEFINITION, Coercion, arguments_reader
from resolvers.plan.resident import Combinations, Residents
from resolvers.plan.selection import Nodes, Selections
from resolvers.plan.shape import Constants, Level, ObjectShape, RowShape, Shape, Unplanned, serialized

MOST_CODES = 3
"""Codes of which an item is made that is worth keeping: of more, there are too many different ones."""


@dataclass(frozen=True)
class Reading:
    """What every part of a plan is compiled with. `bounds` are those of the reach of whoever asks."""

    schema: Schema
    selections: Selections
    coercion: Coercion
    dialect: Dialect
    bounds: Bounds = None


def description_of(definition: GraphQLField) -> Description:
    """How a field gets its value. Raises Unplanned for a field that does not say so."""
    own = definition.extensions.get(DESCRIPTION)
    if own is None and (declared := definition.extensions.get(DEFINITION)) is not None:
        own = declared.metadata.get(DESCRIPTION)
    if own is None:
        raise Unplanned
    found: Description = own
    return found


@dataclass
class Builder:
    """Builds the program for one root: its levels, and the lines that come before them.

    `is_constant` tells that nothing depends on the request, so that what is made can be kept for the next.
    """

    reading: Reading
    constants: Constants = field(default_factory=Constants)
    top: list[Level] = field(default_factory=list)
    prelude: list[str] = field(default_factory=list)
    uses_register: bool = False
    is_constant: bool = True
    in_resident: bool = False
    _narrowed: dict[Relation, str] = field(default_factory=dict)
    _residents: dict[str, str] = field(default_factory=dict)

    def level(self, relation: Relation | None, source: Source) -> tuple[Level, RowShape]:
        """A new level with the shape of its rows."""
        level = Level(self.constants.number(), relation, source)
        level.shape = RowShape(level, self.constants, self.reading.dialect)
        return level, level.shape

    def object(self, shape: Shape, type_: GraphQLObjectType, nodes: Nodes) -> str:
        """The item for one row or object: a dictionary of what is selected."""
        if isinstance(shape, RowShape) and self._is_of_codes(type_, nodes):
            return self._combined(shape, type_, nodes)
        return self._dictionary(shape, type_, nodes)

    def _dictionary(self, shape: Shape, type_: GraphQLObjectType, nodes: Nodes) -> str:
        parts = []
        for key, same in self.reading.selections.fields(type_, nodes).items():
            name = same[0].name.value
            if name == "__typename":
                value = repr(type_.name)
            else:
                definition = type_.fields[name]
                value = self.value(shape, description_of(definition), definition, definition.type, same)
            parts.append(f"{key!r}: {value}")
        return "{" + ", ".join(parts) + "}"

    def _is_of_codes(self, type_: GraphQLObjectType, nodes: Nodes) -> bool:
        """Whether all that is selected is told by codes of enumerations and of the register."""
        found = 0
        for same in self.reading.selections.fields(type_, nodes).values():
            if (name := same[0].name.value) == "__typename":
                continue
            definition = type_.fields[name]
            inner = definition.type.of_type if is_non_null_type(definition.type) else definition.type
            match description_of(definition):
                case Column() if isinstance(inner, GraphQLEnumType):
                    pass
                case Resident(many=False):
                    pass
                case _:
                    return False
            found += 1
        return 0 < found <= MOST_CODES

    def _combined(self, shape: RowShape, type_: GraphQLObjectType, nodes: Nodes) -> str:
        codes = Level(0, None, shape.level.source)
        inside = Builder(self.reading, self.constants, in_resident=True)
        row = RowShape(codes, self.constants, self.reading.dialect)
        item = inside._dictionary(row, type_, nodes)
        if inside.top or inside.prelude or not inside.is_constant or codes.children:
            return self._dictionary(shape, type_, nodes)
        build = self.constants.function(f"lambda {row.var}, register: {item}")
        combinations = self.constants.keep(Combinations(build), "combinations")
        items = self.constants.variable("d")
        self.uses_register = self.uses_register or inside.uses_register
        self.prelude.append(f"{items} = {combinations}.of(register)")
        return f"{items}[{''.join(f'{shape.raw(name)}, ' for name in codes.columns)}]"

    def value(
        self, shape: Shape, description: Description, definition: GraphQLField, type_: Any, nodes: Nodes
    ) -> str:
        """The expression for one field of a row or object."""
        match description:
            case Column():
                name: str = definition.extensions[DEFINITION].python_name
                if is_leaf_type(get_named_type(type_)):
                    return shape.leaf(name, type_)
                return self.objects(shape, shape.python(name), type_, nodes)
            case Computed():
                call = self._call(shape, description, definition, nodes)
                if is_leaf_type(get_named_type(type_)):
                    return serialized(call, type_, self.constants)
                return self.objects(shape, call, type_, nodes)
            case Resident():
                return self._resident(shape, description, type_, nodes)
            case Relation():
                return self._relation(shape, description, definition, type_, nodes)
            case Via():
                return self._via(shape, description, definition, type_, nodes)
        raise Unplanned

    def objects(self, shape: Shape, value: str, type_: Any, nodes: Nodes) -> str:
        """The expression for an object of Python, or a list of them. `value` binds no name."""
        inner = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner):
            var, item_type = self.constants.variable("x"), inner.of_type
            loops = f"{shape.loops} for {var} in ({value} or ())"
            named = item_type.of_type if is_non_null_type(item_type) else item_type
            item = self._item(shape, var, loops, named, nodes)
            if named is item_type:
                item = f"None if {var} is None else {item}"
            found = f"[{item} for {var} in {value}]"
            return found if inner is not type_ else f"(None if {value} is None else {found})"
        var = self.constants.variable("x")
        item = self._item(shape, var, f"{shape.loops} for {var} in one({value})", inner, nodes)
        # Bound by a loop of one, for the item may name it several times.
        if inner is type_:
            return f"[None if {var} is None else {item} for {var} in ({value},)][0]"
        return f"[{item} for {var} in (must({value}),)][0]"

    def _item(self, parent: Shape, var: str, loops: str, type_: Any, nodes: Nodes) -> str:
        if not is_object_type(type_):
            raise Unplanned
        return self.object(ObjectShape(var, loops, self.constants, parent.owner), type_, nodes)

    def _call(self, shape: Shape, computed: Computed, definition: GraphQLField, nodes: Nodes) -> str:
        given = []
        for name in computed.needs:
            if name == "context":
                self.is_constant = False
                self.uses_register = True
                given.append("context")
            elif related := computed.related.get(name):
                level, row = self.child(shape, related.relation, self.narrowed(related.relation))
                group = level.output(row.python(related.column), many=False)
                given.append(f"{group}.get({shape.key(related.relation, level)})")
            else:
                given.append(shape.python(name))
        if arguments := self.arguments(definition, nodes):
            given.append(f"**{arguments}")
        return f"{self.constants.keep(computed.function, 'compute')}({', '.join(given)})"

    def _resident(self, shape: Shape, resident: Resident, type_: Any, nodes: Nodes) -> str:
        self.uses_register = True
        inner = type_.of_type if is_non_null_type(type_) else type_
        entries = self._entries(resident, get_named_type(type_), inner is type_ and not resident.many, nodes)
        code = shape.python(resident.column)
        if entries is None:
            find = f"register.{resident.kind}"
            var = self.constants.variable("c")
            found = (
                f"[{find}({var}) for {var} in {code}]"
                if resident.many
                else f"(None if {code} is None else {find}({code}))"
            )
            return self.objects(shape, found, type_, nodes)
        if resident.many:
            var = self.constants.variable("c")
            return f"[{entries}[{var}] for {var} in {code}]"
        return f"{entries}[{code}]"

    def _entries(self, resident: Resident, type_: Any, nullable: bool, nodes: Nodes) -> str | None:
        """The entries of a selection; None where they are not the same for every request."""
        inside = Builder(self.reading, self.constants, in_resident=True)
        item = inside.object(ObjectShape("x", "", self.constants, inside.top), type_, nodes)
        if inside.top or inside.prelude or not inside.is_constant:
            return None
        build = self.constants.function(f"lambda x, register: {item}")
        name = self.constants.keep(Residents(resident.kind, nullable, build), "residents")
        if self.in_resident:
            return f"{name}.of(register)"
        entries = self.constants.variable("d")
        self.prelude.append(f"{entries} = {name}.of(register)")
        return entries

    def _relation(
        self, shape: Shape, relation: Relation, definition: GraphQLField, type_: Any, nodes: Nodes
    ) -> str:
        level, row = self.child(shape, relation, self.narrowed(relation, definition, nodes))
        item = self.object(row, _object_type(type_), nodes)
        if relation.each:
            group = level.output(item, many=False)
            var, key = self.constants.variable("c"), self.constants.variable("k")
            codes = shape.python(relation.parent_columns[-1])
            own = shape.key(relation, level, var)
            return f"[{group}[{key}] for {var} in {codes} if ({key} := {own}) in {group}]"
        group = level.output(item, many=relation.many)
        return self._grouped(group, shape.key(relation, level), type_)

    def _via(self, shape: Shape, via: Via, definition: GraphQLField, type_: Any, nodes: Nodes) -> str:
        relation = via.relation
        level, row = self.child(shape, relation, self.narrowed(relation))
        inner = type_.of_type if is_non_null_type(type_) else type_
        item = self.value(row, via.then, definition, inner.of_type if relation.many else type_, nodes)
        group = level.output(item, many=relation.many)
        return self._grouped(group, shape.key(relation, level), type_)

    @staticmethod
    def _grouped(group: str, key: str, type_: Any) -> str:
        inner = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner):
            return f"{group}.get({key}, ())"
        return f"{group}.get({key})" if inner is type_ else f"{group}[{key}]"

    def child(self, shape: Shape, relation: Relation, values: str) -> tuple[Level, RowShape]:
        """The level of the rows that a relation leads to; fields that lead to the same rows share it."""
        level = shape.children.get((relation, values))
        if level is not None and level.shape is not None:
            return level, level.shape
        level, row = self.level(relation, relation.source)
        level.values = values
        shape.children[(relation, values)] = level
        shape.owner.append(level)
        item = self.constants.variable("c") if relation.each else None
        codes = f" for {item} in ({shape.python(relation.parent_columns[-1])} or ())" if item else ""
        guard = shape.guard(relation)
        key = shape.key(relation, level, item)
        keys = f"{key} {shape.loops}{codes}{f' if {guard}' if guard else ''}"
        level.keys = f"[{keys}]" if shape.is_unique(relation) else f"list({{{keys}}})"
        for column in relation.child_columns:
            level.place(column)
        return level, row

    def arguments(self, definition: GraphQLField, nodes: Nodes) -> str | None:
        """The name that the arguments of a field have in the program; None for a field without any."""
        read = arguments_reader(self.reading.schema, self.reading.coercion, definition, nodes[0])
        if read is None:
            return None
        self.is_constant = False
        name = self.constants.variable("a")
        self.prelude.append(f"{name} = {self.constants.keep(read, 'arguments')}(variables)")
        return name

    def narrowed(self, relation: Relation, definition: GraphQLField | None = None, nodes: Nodes = ()) -> str:
        """The name that the values of a relation's parameters have in the program."""
        if relation.narrow is None:
            return "{}"
        self.is_constant = False
        arguments = self.arguments(definition, nodes) if definition is not None else None
        if arguments is None and relation in self._narrowed:
            return self._narrowed[relation]
        name = self.constants.variable("a")
        given = f", **{arguments}" if arguments else ""
        self.prelude.append(f"{name} = {self.constants.keep(relation.narrow, 'narrow')}(context{given})")
        if arguments is None:
            self._narrowed[relation] = name
        return name


def _object_type(type_: Any) -> GraphQLObjectType:
    named = get_named_type(type_)
    if not is_object_type(named):
        raise Unplanned
    return named
