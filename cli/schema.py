"""`lianxi schema`: the federated schema for gateways and code generators, its reference, what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import reading, write_text
from cli.speech import LANGUAGE, Exit, Stop, harmless, tell

if TYPE_CHECKING:
    from graphql import GraphQLSchema


def export(output: Path | None) -> None:
    """Write the schema's SDL to a file, or to standard output. Raises Stop."""
    from schema.schema import schema

    write_text(schema.as_str() + "\n", output)


def reference(language: str, output: Path | None) -> None:
    """Write the reference in a language to a file, or to standard output. Raises Stop."""
    from cli.route import language_of
    from schema.reference import reference as reference_of
    from schema.schema import schema

    write_text(reference_of(schema._schema, language_of(language)), output)


def rights(language: str, output: Path | None) -> None:
    """Write the rights by role in a language to a file, or to standard output. Raises Stop."""
    from cli.route import language_of
    from schema.rights import rights as rights_of
    from schema.schema import schema

    write_text(rights_of(schema._schema, language_of(language)), output)


def changes(old: str, new: str | None) -> None:
    """Print what differs between two files of SDL, or a file and this version's schema. Raises Stop, with
    FINDINGS where something breaks clients."""
    from schema.changes import Weight
    from schema.changes import changes as changes_between

    found = changes_between(_read(old), _read(new))
    write_text("".join(f"{each.weight:<10}  {harmless(each.message(LANGUAGE))}\n" for each in found), None)
    counts = {weight.lower(): sum(each.weight is weight for each in found) for weight in Weight}
    summary = tell("schema.changes.count", **counts)
    if counts["breaking"]:
        raise Stop(Exit.FINDINGS, summary)
    write_text(summary + "\n", None)


def _read(name: str | None) -> GraphQLSchema:
    from schema.changes import NoSchema, read_schema

    if name is None:
        from schema.schema import schema

        return read_schema(schema.as_str())
    with reading(name) as file:
        content = file.read()
    try:
        return read_schema(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise Stop(Exit.FILE, tell("schema.changes.not_utf8", name=name)) from None
    except NoSchema as bad:
        raise Stop(
            Exit.FILE, tell("schema.changes.no_schema", name=name, line=bad.line, column=bad.column)
        ) from None
