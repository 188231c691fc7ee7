"""How commands are declared: their help, options and arguments in the user's language."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.speech import Exit, Stop, tell


class Speaking:
    """A help page in the user's language."""

    def format_help(self, *page: Any) -> None:
        """Write the help page."""
        from cli.helping import translate_frame

        translate_frame()
        super().format_help(*page)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        """The option `--help`."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = tell("help.help")
        return option


class Command(Speaking, TyperCommand):
    """A command."""


class Group(Speaking, TyperGroup):
    """A group of commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names. Raises Stop for one that does not exist."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            known = ", ".join(self.commands)
            raise Stop(Exit.USAGE, tell("usage.no_such_command", name=args[0][:80], known=known))
        return super().resolve_command(ctx, args)


def group(name: str) -> typer.Typer:
    """A group of commands with the help `cli.<name>`."""
    return typer.Typer(
        name=name, cls=Group, help=tell(f"cli.{name}"), no_args_is_help=True, add_completion=False
    )


def option(key: str, *names: str, **more: Any) -> Any:
    """An option with the help `cli.<key>`."""
    return typer.Option(*names, help=tell(f"cli.{key}"), **more)


def argument(key: str, **more: Any) -> Any:
    """An argument with the help `cli.<key>`."""
    return typer.Argument(help=tell(f"cli.{key}"), show_default=False, **more)
