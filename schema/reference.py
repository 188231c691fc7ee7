"""The reference of the API: every part of the schema with its description, in one language, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_specified_scalar_type,
)

from wording.catalogue import Language, say

HAN = re.compile("[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[.!?]\s+")
CHAPTERS: Mapping[str, type[GraphQLNamedType]] = {
    "objects": GraphQLObjectType,
    "interfaces": GraphQLInterfaceType,
    "unions": GraphQLUnionType,
    "inputs": GraphQLInputObjectType,
    "enums": GraphQLEnumType,
    "scalars": GraphQLScalarType,
}


def half(description: str | None, language: Language) -> str:
    """What a description says in a language: the English half comes first, the Chinese one begins with the
    first sentence that has a Chinese character."""
    text = " ".join((description or "").split())
    first = HAN.search(text)
    if first is None:
        return text
    starts = [0, *(end.end() for end in SENTENCE.finditer(text, 0, first.start()))]
    # A half that ends without a full stop ends before the word that has the character.
    cut = starts[-1] or text.rfind(" ", 0, first.start()) + 1
    return text[:cut].strip() if language is Language.EN else text[cut:]


def reference(schema: GraphQLSchema, language: Language) -> str:
    """The whole page."""
    return "\n".join(_page(schema, language)) + "\n"


def _page(schema: GraphQLSchema, language: Language) -> Iterator[str]:
    yield f"# {say('reference.title', language)}\n\n{say('reference.about', language)}"
    roots = {
        "queries": schema.query_type,
        "mutations": schema.mutation_type,
        "subscriptions": schema.subscription_type,
    }
    for chapter, root in roots.items():
        if root is not None:
            yield f"\n## {say(f'reference.{chapter}', language)}\n\n{half(root.description, language)}"
            for name, field in sorted(root.fields.items()):
                if not name.startswith("_"):
                    yield from _operation(f"{root.name}.{name}", field, language)
    told = [type_ for _, type_ in sorted(schema.type_map.items()) if _is_told(type_, roots.values())]
    for chapter, kind in CHAPTERS.items():
        types = [type_ for type_ in told if isinstance(type_, kind)]
        if types:
            yield f"\n## {say(f'reference.{chapter}', language)}"
        for type_ in types:
            yield f"\n### {type_.name}\n\n{half(type_.description, language)}"
            yield from _inside(type_, language)


def _is_told(type_: GraphQLNamedType, roots: Iterable[GraphQLNamedType | None]) -> bool:
    """Not what belongs to GraphQL or the federation itself, nor what has a chapter of its own."""
    return not (
        "__" in type_.name or type_.name.startswith("_") or is_specified_scalar_type(type_) or type_ in roots
    )


def _operation(name: str, field: GraphQLField, language: Language) -> Iterator[str]:
    yield f"\n### {name}\n\n{_words(field, language)} → {_type(field)}"
    if field.args:
        rows = [(f"`{given}`", _type(each), _words(each, language)) for given, each in field.args.items()]
        yield from _table(("argument", "type", "meaning"), rows, language)


def _inside(type_: GraphQLNamedType, language: Language) -> Iterator[str]:
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        if type_.interfaces:
            names = ", ".join(_link(each) for each in type_.interfaces)
            yield f"\n{say('reference.implements', language, names=names)}"
        rows = []
        for name, field in type_.fields.items():
            rows.append((f"`{name}`", _type(field), _words(field, language)))
            rows += [
                (f"`{name}({argument}:)`", _type(given), _words(given, language))
                for argument, given in field.args.items()
            ]
        yield from _table(("field", "type", "meaning"), rows, language)
    elif isinstance(type_, GraphQLInputObjectType):
        rows = [(f"`{name}`", _type(each), _words(each, language)) for name, each in type_.fields.items()]
        yield from _table(("field", "type", "meaning"), rows, language)
    elif isinstance(type_, GraphQLEnumType):
        values = [(f"`{name}`", _words(each, language)) for name, each in type_.values.items()]
        yield from _table(("value", "meaning"), values, language)
    elif isinstance(type_, GraphQLUnionType):
        yield f"\n{' | '.join(_link(each) for each in type_.types)}"
    elif isinstance(type_, GraphQLScalarType) and type_.specified_by_url:
        yield f"\n<{type_.specified_by_url}>"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]], language: Language) -> Iterator[str]:
    titles = [say(f"reference.{head}", language) for head in heads]
    yield f"\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"


def _words(part: object, language: Language) -> str:
    words = half(getattr(part, "description", None), language)
    reason = getattr(part, "deprecation_reason", None)
    return f"{words} {say('reference.deprecated', language, reason=reason)}" if reason else words


def _type(part: GraphQLField | GraphQLArgument | GraphQLInputField) -> str:
    """A type as it is written, linked to where it is told."""
    type_ = get_named_type(part.type)
    return str(part.type).replace(type_.name, _link(type_))


def _link(type_: GraphQLNamedType) -> str:
    if is_specified_scalar_type(type_) or type_.name.startswith("_"):
        return type_.name
    return f"[{type_.name}](#{type_.name.lower()})"
