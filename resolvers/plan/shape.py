"""Where the values of a selection come from: rows of a statement, or objects that Python made.

A shape answers with the text of expressions of the plan's program: `var` is the name of one row or object
there, `loops` the for-clauses that go through all of them.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections import defaultdict
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLLeafType, is_list_type, is_non_null_type
from sqlalchemy import Boolean, Date, Dialect, Float, Integer, String, Uuid

from db.dialect import POSTGRESQL
from db.tables.base import Instant
from db.values import python_value, shown_value
from resolvers.description import Relation, Source
from resolvers.identity import global_id, global_uuid


class Unplanned(Exception):
    """The executor has to answer this: something has no plan, or is not as a plan may take for granted."""


class Constants:
    """The objects that a plan's program refers to, by the names that they have there."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"must": must, "one": one, "defaultdict": defaultdict}
        self._levels = 0
        self._kept: dict[int, str] = {}

    def keep(self, value: Any, hint: str) -> str:
        """The name of an object."""
        name = self._kept.get(id(value))
        if name is None:
            name = self._kept[id(value)] = f"{hint}_{len(self.names)}"
            self.names[name] = value
        return name

    def function(self, text: str) -> Callable[..., Any]:
        """The function of an expression. It has the names of now for itself, so that an object that is kept
        later can have it without a circle: what a forgotten plan is made of goes at once."""
        made: Callable[..., Any] = eval(text, {**self.names})  # noqa: S307 - the text is ours
        return made

    def serializer(self, type_: GraphQLLeafType) -> str:
        """The name of what serializes the values of a leaf type."""
        name = f"leaf_{type_.name}"
        self.names[name] = type_.serialize
        return name

    def number(self) -> int:
        """The number of the next level."""
        self._levels += 1
        return self._levels

    def variable(self, hint: str) -> str:
        """A name that nothing else has."""
        name = f"{hint}{len(self.names)}"
        self.names[name] = None
        return name


def must(value: Any) -> Any:
    """A value that has to be there."""
    if value is None:
        raise Unplanned
    return value


def one(value: Any) -> tuple[Any, ...]:
    """The object, if there is one, as what can be gone through."""
    return () if value is None else (value,)


class Level:
    """The rows of one statement: which columns they have, what is made of them, what hangs on them."""

    def __init__(self, number: int, relation: Relation | None, source: Source) -> None:
        self.number = number
        self.relation = relation
        self.source = source
        self.columns: list[str] = []
        self.children: list[Level] = []
        self.keys = ""
        self.values = "{}"
        self.shape: RowShape | None = None
        self.outputs: list[tuple[str, bool, str]] = []
        """What is made of the rows: the name of a mapping, whether it has many rows a key, and the item."""

    def place(self, column: str) -> int:
        """Where a row has a column."""
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def selected(self) -> tuple[str, ...]:
        """The columns of its statement; it has to have one, even where nobody asks for any."""
        if not self.columns:
            self.place(self.source.identity[0])
        return tuple(self.columns)

    def output(self, item: str, *, many: bool) -> str:
        """The name of the mapping from keys to items."""
        name = f"g{self.number}_{len(self.outputs)}"
        self.outputs.append((name, many, item))
        return name


class RowShape:
    """Rows of a level's statement. `owner` lists the levels that hang on them."""

    def __init__(self, level: Level, constants: Constants, dialect: Dialect) -> None:
        self.level = level
        self.constants = constants
        self.dialect = dialect
        self.var = f"r{level.number}"
        self.loops = f"for {self.var} in l{level.number}"
        self.owner = level.children
        self.children: dict[tuple[Relation, str], Level] = {}

    def raw(self, name: str) -> str:
        """A column as the driver gave it: only good as a key."""
        return f"{self.var}[{self.level.place(name)}]"

    def python(self, name: str) -> str:
        """A column as a Python value."""
        convert = python_value(self.level.source.light[name].type, self.dialect)
        return self._masked(name, self._converted(name, convert, "python"))

    def leaf(self, name: str, type_: Any) -> str:
        """A column as JSON has it."""
        source = self.level.source
        if name == "id" and "id" not in source.columns:
            return self._global_id()
        column = source.columns[name]
        inner = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner) or name in source.masks:
            return serialized(self.python(name), type_, self.constants)
        if isinstance(inner, GraphQLEnumType):
            values = self.constants.keep(_names_of(inner, nullable=inner is type_), "names")
            return f"{values}[{self.raw(name)}]"
        if not isinstance(column.type, _AS_SHOWN.get(inner.name, ())):
            return serialized(self.python(name), type_, self.constants)
        shown = self._converted(name, shown_value(column.type, self.dialect), "shown")
        return f"must({shown})" if inner is not type_ and self.is_nullable(name) else shown

    def key(self, relation: Relation, level: Level, item: str | None = None) -> str:
        """The key that leads from a row along a relation to a level, with `item` for its last column."""
        return together([*map(self.raw, _parents(relation, item)), *_items(item)])

    def is_unique(self, relation: Relation) -> bool:
        """Whether no two rows lead to the same others."""
        return relation.parent_columns == ("key",)

    def own_key(self, columns: tuple[str, ...]) -> str:
        """The key of the row itself."""
        return together(list(map(self.raw, columns)))

    def guard(self, relation: Relation) -> str:
        """The condition under which a row leads anywhere."""
        parents = relation.parent_columns[: -1 if relation.each else None]
        nullable = [name for name in parents if self.is_nullable(name)]
        return " and ".join(f"{self.raw(name)} is not None" for name in nullable)

    def is_nullable(self, name: str) -> bool:
        """Whether a row may have no value there."""
        return bool(getattr(self.level.source.columns[name], "nullable", True))

    def _converted(self, name: str, convert: Callable[[Any], Any] | None, hint: str) -> str:
        raw = self.raw(name)
        return raw if convert is None else f"{self.constants.keep(convert, hint)}({raw})"

    def _masked(self, name: str, value: str) -> str:
        mask = self.level.source.masks.get(name)
        return value if mask is None else f"{self.constants.keep(mask, 'mask')}({value})"

    def _global_id(self) -> str:
        source = self.level.source
        (first, *others) = source.identity
        if not others and isinstance(source.columns[first].type, Uuid):
            return self._uuid_id(self.raw(first))
        key = ":".join(f"{{{self.python(name)}}}" for name in source.identity)
        return f"{self.constants.keep(global_id, 'global_id')}({source.name!r}, f'{key}')"

    def _uuid_id(self, raw: str) -> str:
        """What `global_uuid` writes of a UUID as the driver gave it."""
        prefix = f"{self.level.source.name}:"
        if self.dialect.name == POSTGRESQL:
            length = len(global_uuid(prefix, UUID(int=0)))
            # With the padding cut off, and without a call: what is written most often of all.
            base64 = self.constants.keep(b2a_base64, "base64")
            return f"{base64}(f'{prefix}{{{raw}}}'.encode(), newline=False)[:{length}].decode()"
        shown = shown_value(Uuid(), self.dialect) or str
        write = self.constants.keep(lambda key: global_uuid(prefix, shown(key)), "id")
        return f"{write}({raw})"


class ObjectShape:
    """Objects of Python, with attributes for columns."""

    def __init__(self, var: str, loops: str, constants: Constants, owner: list[Level]) -> None:
        self.var = var
        self.loops = loops
        self.constants = constants
        self.owner = owner
        self.children: dict[tuple[Relation, str], Level] = {}

    def python(self, name: str) -> str:
        """An attribute."""
        return f"{self.var}.{name}"

    def leaf(self, name: str, type_: Any) -> str:
        """An attribute as JSON has it."""
        return serialized(self.python(name), type_, self.constants)

    def key(self, relation: Relation, level: Level, item: str | None = None) -> str:
        """The key that leads from an object along a relation, as a driver would have handed it over."""
        parts = [*map(self.python, _parents(relation, item)), *_items(item)]
        return f"raw{level.number}({', '.join(parts)})"

    def is_unique(self, relation: Relation) -> bool:
        """Whether no two objects lead to the same rows: nobody knows."""
        return False

    def guard(self, relation: Relation) -> str:
        """The condition under which an object leads anywhere."""
        parents = relation.parent_columns[: -1 if relation.each else None]
        return " and ".join(f"{self.python(name)} is not None" for name in parents)


def _parents(relation: Relation, item: str | None) -> tuple[str, ...]:
    return relation.parent_columns if item is None else relation.parent_columns[:-1]


def _items(item: str | None) -> list[str]:
    return [] if item is None else [item]


def together(parts: list[str]) -> str:
    """The expression for a key of these parts."""
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


Shape = RowShape | ObjectShape


def asked_key_reader(source: Source, columns: tuple[str, ...], dialect: Dialect) -> Callable[[Any], Any]:
    """From the values of a Ref to a key that the database takes, and that the rows have."""
    plain = [
        dialect.name == POSTGRESQL or not isinstance(source.columns[name].type, Uuid) for name in columns
    ]
    if len(columns) == 1:
        return itemgetter(0) if plain[0] else lambda values: values[0].replace("-", "")
    return lambda values: tuple(
        value if as_it_is else value.replace("-", "") for value, as_it_is in zip(values, plain, strict=True)
    )


_AS_SHOWN: Mapping[str, tuple[type, ...]] = {
    "ID": (String,),
    "String": (String,),
    "Int": (Integer,),
    "Float": (Float,),
    "Boolean": (Boolean,),
    "DateTime": (Instant,),
    "Date": (Date,),
}
"""Types of columns whose shown values are just what a scalar would be serialized to."""


def serialized(value: str, type_: Any, constants: Constants) -> str:
    """The expression for a leaf, or a list of leaves, of a Python value."""
    if is_non_null_type(type_):
        return _serialized_value(f"must({value})", type_.of_type, constants)
    name = constants.variable("v")
    return f"(None if ({name} := {value}) is None else {_serialized_value(name, type_, constants)})"


def _serialized_value(value: str, type_: Any, constants: Constants) -> str:
    if is_list_type(type_):
        item = constants.variable("i")
        return f"[{serialized(item, type_.of_type, constants)} for {item} in {value}]"
    return f"{constants.serializer(type_)}({value})"


def _names_of(type_: GraphQLEnumType, *, nullable: bool) -> Mapping[str | None, str | None]:
    names: dict[str | None, str | None] = {value.value: name for name, value in type_.values.items()}
    return {**names, None: None} if nullable else names
