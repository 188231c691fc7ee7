"""The ordinary resolvers: they follow a field's description for one object at a time.

They answer what no plan covers, and everything when plans are turned off.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid

from resolvers.connection import read_page
from resolvers.context import Context, Info
from resolvers.description import (
    Asked,
    Column,
    Computed,
    Connection,
    Description,
    Found,
    Ref,
    Refs,
    Related,
    Relation,
    Resident,
    Source,
    Via,
    arguments_of,
    function_with_arguments,
    lookup,
)
from resolvers.register import Register


def resolver_of(description: Description) -> Callable[..., Any]:
    """The resolver that strawberry calls; its arguments are those of the description."""

    def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        if isinstance(description, Asked) and description.acts and info.path.key in info.context.done:
            return _done(info.context.done.pop(info.path.key))
        return answer(description, root, info.context, arguments)

    reserved = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    declared: Any = resolve
    declared.__signature__ = inspect.Signature([*reserved, *arguments_of(description)])
    if function := function_with_arguments(description):
        declared.__module__ = function.__module__  # where the names in its annotations mean something
    return resolve


def _done(done: Any) -> Any:
    if isinstance(done, Exception):
        raise done
    return done


def answer(description: Description, root: Any, context: Context, arguments: Mapping[str, Any]) -> Any:
    """The value of a field, or what will be it."""
    match description:
        case Computed(related=related) if related:
            return _compute_with_related(description, root, context, arguments)
        case Computed() if arguments:
            return _compute_with_arguments(description, root, context, arguments)
        case Computed():
            return _compute(description, root, context, arguments, {})
        case Resident():
            return _resident(description, root, context.register)
        case Relation():
            return _follow(description, root, context, arguments)
        case Via():
            return _via(description, root, context, arguments)
        case Found(function=function):
            return _found(description, function(context, **arguments), context)
        case Asked(function=function):
            return _ask(function, context, arguments)
        case Connection(page=page):
            return read_page(description, context, page(context, **arguments))
        case Column():
            raise AssertionError("a column is read by strawberry itself")


def _compute(
    description: Computed,
    root: Any,
    context: Context,
    arguments: Mapping[str, Any],
    related: Mapping[str, Any],
) -> Any:
    values = [
        context if name == "context" else related[name] if name in related else getattr(root, name)
        for name in description.needs
    ]
    return description.function(*values, **arguments)


async def _compute_with_arguments(
    description: Computed, root: Any, context: Context, arguments: Mapping[str, Any]
) -> Any:
    # Arguments may be refused; awaited, that does not leave fields beside this one without anybody to wait.
    return _compute(description, root, context, arguments, {})


async def _compute_with_related(
    description: Computed, root: Any, context: Context, arguments: Mapping[str, Any]
) -> Any:
    related = {name: await _related(one, root, context) for name, one in description.related.items()}
    return _compute(description, root, context, arguments, related)


async def _related(related: Related, root: Any, context: Context) -> Any:
    row = await _follow(related.relation, root, context, {})
    return None if row is None else getattr(row, related.column)


def _resident(description: Resident, root: Any, register: Register) -> Any:
    find = getattr(register, description.kind)
    code = getattr(root, description.column)
    if description.many:
        return [find(one) for one in code]
    return None if code is None else find(code)


async def _follow(relation: Relation, root: Any, context: Context, arguments: Mapping[str, Any]) -> Any:
    values = relation.narrow(context, **arguments) if relation.narrow else {}
    key = tuple(getattr(root, name) for name in relation.parent_columns)
    if relation.each:
        *same, items = key
        found = await asyncio.gather(*(context.load(relation, values, (*same, item)) for item in items))
        return [row for row in found if row is not None]
    if None in key:
        return [] if relation.many else None
    return await context.load(relation, values, key)


async def _via(description: Via, root: Any, context: Context, arguments: Mapping[str, Any]) -> Any:
    relation, then = description.relation, description.then
    hop = await _follow(relation, root, context, {})
    if relation.many:
        asked = (_settled(answer(then, row, context, arguments)) for row in hop)
        return list(await asyncio.gather(*asked))  # together, so that a loader fetches for all of them
    if hop is None:
        return [] if description.many else None
    return await _settled(answer(then, hop, context, arguments))


def _found(description: Found, refs: Any, context: Context) -> Any:
    if isinstance(refs, Refs):
        refs = [Ref(refs.type, refs.columns, (value,)) for value in refs.values]
    if isinstance(refs, list):
        return [_one(description, ref, context) for ref in refs]
    return _one(description, refs, context)


def _one(description: Found, ref: Ref | Exception | None, context: Context) -> Any:
    if not isinstance(ref, Ref):
        return ref
    kind = description.kinds[ref.type]
    if isinstance(kind, Source):
        values = zip(ref.columns, ref.values, strict=True)
        key = tuple(UUID(v) if isinstance(kind.columns[name].type, Uuid) else v for name, v in values)
        return context.load(lookup(kind, ref.columns), {}, key)
    return _find(kind, ref.values[0], context)


async def _find(kind: str, code: str, context: Context) -> Any:
    return (await context.open_register()).find(kind, code)


async def _ask(function: Callable[..., Any], context: Context, arguments: Mapping[str, Any]) -> Any:
    await context.open_register()
    return await _settled(function(context, **arguments))


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
