"""`lianxi schema export`: the federated schema, for gateways and code generators."""

from __future__ import annotations

from pathlib import Path

from cli.output import write_text


def export(output: Path | None) -> None:
    """Write the schema's SDL to a file, or to standard output. Raises Stop."""
    from schema.schema import schema

    write_text(schema.as_str() + "\n", output)
