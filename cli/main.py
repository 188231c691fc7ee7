"""The commands, their options, and where each one's work is. A command imports what it needs when it runs."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from cli.speech import LANGUAGE, Exit, Stop, tell

OUTPUT_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""How writing to standard output fails. Faults of files come with a name."""


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


def _group(name: str) -> typer.Typer:
    return typer.Typer(
        name=name, cls=Group, help=tell(f"cli.{name}"), no_args_is_help=True, add_completion=False
    )


app = _group("lianxi")
schema_app = _group("schema")
policy_app = _group("policy")
bench_app = _group("bench")
app.add_typer(schema_app)
app.add_typer(policy_app)
app.add_typer(bench_app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lianxi {version('lianxi')}")
        raise typer.Exit


def _option(key: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=tell(f"cli.{key}"), **more)


def _argument(key: str, **more: Any) -> Any:
    return typer.Argument(help=tell(f"cli.{key}"), show_default=False, **more)


@app.callback()
def lianxi(
    version: Annotated[
        bool, _option("lianxi.version", "--version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What all commands share: nothing but `--version`."""


@app.command("serve", cls=Command, help=tell("cli.serve"))
def serve(
    host: Annotated[str | None, _option("serve.host", "--host", show_default=False)] = None,
    port: Annotated[str | None, _option("serve.port", "--port", show_default=False)] = None,
    demo: Annotated[bool, _option("serve.demo", "--demo")] = False,
) -> None:
    """Serve the API."""
    from cli.serve import serve

    serve(host, port, demo)


@app.command("migrate", cls=Command, help=tell("cli.migrate"))
def migrate(
    down_to: Annotated[str | None, _option("migrate.down_to", "--down-to", metavar="REVISION")] = None,
) -> None:
    """Bring the database to this version, or back to an earlier one."""
    from cli.migrate import migrate

    migrate(down_to)


@app.command("demo", cls=Command, help=tell("cli.demo"))
def demo() -> None:
    """Load the demo city."""
    from cli.demo import demo

    demo()


@app.command("route", cls=Command, help=tell("cli.route"))
def route(
    file: Annotated[str, _argument("route.file", metavar="FILE")],
    policy: Annotated[str, _option("route.policy", "--policy")] = "municipal",
    region: Annotated[str | None, _option("route.region", "--region", metavar="CODE")] = None,
    language: Annotated[str, _option("route.language", "--language")] = LANGUAGE.value,
    output: Annotated[Path | None, _option("route.output", "--output", "-o")] = None,
) -> None:
    """Route a file of complaints, without a server and without a database."""
    from cli.route import route

    route(file, policy, region, language, output)


@app.command("verify-audit", cls=Command, help=tell("cli.verify_audit"))
def verify_audit() -> None:
    """Check the audit log's chain."""
    from cli.audit import verify_audit

    verify_audit()


@schema_app.callback()
def schema() -> None:
    """Commands about the GraphQL schema."""


@schema_app.command("export", cls=Command, help=tell("cli.schema.export"))
def schema_export(
    output: Annotated[Path | None, _option("schema.export.output", "--output", "-o")] = None,
) -> None:
    """Print the federated schema."""
    from cli.schema import export

    export(output)


@policy_app.callback()
def policy() -> None:
    """Commands about routing policies."""


@policy_app.command("check", cls=Command, help=tell("cli.policy.check"))
def policy_check(file: Annotated[Path, _argument("policy.check.file", metavar="FILE")]) -> None:
    """Check a policy pack."""
    from cli.policy.checking import check

    check(file)


@bench_app.command("rules", cls=Command, help=tell("cli.bench.rules"))
def bench_rules(
    json: Annotated[bool, _option("bench.json", "--json")] = False,
    sizes: Annotated[str, _option("bench.sizes", "--sizes")] = "5,50,500,5000,50000",
    bulk: Annotated[int, _option("bench.bulk", "--bulk", min=0)] = 1_000_000,
) -> None:
    """Measure one decision."""
    from cli.bench import bench

    bench("rules", [*(["--json"] if json else []), "--sizes", sizes, "--bulk", str(bulk)])


@bench_app.command("route", cls=Command, help=tell("cli.bench.route"))
def bench_route(
    json: Annotated[bool, _option("bench.json", "--json")] = False,
    lines: Annotated[int, _option("bench.lines", "--lines", min=100)] = 15_000,
) -> None:
    """Measure routing a file."""
    from cli.bench import bench

    bench("route", [*(["--json"] if json else []), "--lines", str(lines)])


@bench_app.command("graphql", cls=Command, help=tell("cli.bench.graphql"))
def bench_graphql(
    json: Annotated[bool, _option("bench.json", "--json")] = False,
    seconds: Annotated[float, _option("bench.seconds", "--seconds", min=0.5)] = 10,
    disputes: Annotated[int, _option("bench.disputes", "--disputes", min=100)] = 100_000,
    only: Annotated[str | None, _option("bench.only", "--only")] = None,
    write: Annotated[Path | None, _option("bench.write", "--write")] = None,
) -> None:
    """Measure the API beside its peers."""
    from cli.bench import bench

    chosen = ["--seconds", str(seconds), "--disputes", str(disputes)]
    chosen += ["--only", only] if only else []
    chosen += ["--write", str(write)] if write else []
    bench("graphql", [*(["--json"] if json else []), *chosen])


def main() -> None:
    """Run the command line and leave with its exit status; every fault is one line on standard error."""
    _open_missing_streams()
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except Stop as stop:
        _leave(stop.status, str(stop))
    except TyperException as error:
        from cli.helping import usage_message

        _leave(Exit.USAGE, usage_message(error))
    except (KeyboardInterrupt, typer.Abort):
        _leave(130, "")
    except BrokenPipeError:
        _leave(Exit.OK, "")
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None and error.errno in OUTPUT_FAULTS:
            _leave(Exit.FILE, tell("file.cannot_write", name="-", reason=error.strerror))
        if os.environ.get("LIANXI_LOG_LEVEL", "").lower() == "debug":
            raise
        _leave(Exit.INTERNAL, tell("fault.unexpected", detail=f"{type(error).__name__}: {error}"[:300]))
    else:
        sys.exit(status if isinstance(status, int) else Exit.OK)


def _open_missing_streams() -> None:
    # Whoever starts us may have closed some. Open again, the wrong way round, they fail where they are used;
    # and no database or socket gets their numbers.
    ways = {"stdin": os.O_WRONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for name, way in ways.items():
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode, encoding="utf-8"))


def _leave(status: int, message: str) -> None:
    if message:
        print(message, file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    sys.exit(status)


def _drop_output() -> None:
    # What could not be written stays in the buffer, and Python would complain about it on its way out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
