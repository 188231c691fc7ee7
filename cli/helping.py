"""The frame of help pages and usage errors, which typer knows in English only."""

from __future__ import annotations

from typing import Any

from typer import rich_utils
from typer.exceptions import TyperException

from cli.speech import tell


def translate_frame() -> None:
    """Put the user's language into the frame of help pages."""
    rich_utils.ARGUMENTS_PANEL_TITLE = tell("help.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = tell("help.options")
    rich_utils.COMMANDS_PANEL_TITLE = tell("help.commands")
    rich_utils.DEFAULT_STRING = tell("help.default")
    rich_utils.REQUIRED_LONG_STRING = tell("help.required")


def usage_message(error: TyperException) -> str:
    """One line about a command line that cannot be understood."""
    named: Any = error
    match type(error).__name__:
        case "NoSuchOption":
            return tell("usage.no_such_option", name=named.option_name)
        case "MissingParameter":
            return tell("usage.missing", name=_name(named.param))
        case "BadParameter":
            return tell("usage.bad_value", name=_name(named.param), detail=error.message)
        case "NoArgsIsHelpError":
            return ""  # the help page has been shown
        case _:
            return tell("usage.other", detail=error.format_message())


def _name(parameter: Any) -> str:
    """An option as it is typed (`--port`), an argument as the help page calls it (`FILE`)."""
    return (
        str(parameter.opts[0])
        if parameter.opts[0].startswith("-")
        else str(parameter.metavar or parameter.name)
    )
