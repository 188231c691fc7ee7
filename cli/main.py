"""The commands, their options, and where each one's work is. A command imports what it needs when it runs."""

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli.account.commands import key_app, user_app
from cli.framing import Command, argument, group, option
from cli.policy.commands import policy_app
from cli.speech import LANGUAGE, Exit, Stop, harmless, tell
from cli.webhook.commands import webhook_app

OUTPUT_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""How writing to standard output fails. Faults of files come with a name."""


app = group("lianxi")
schema_app = group("schema")
bench_app = group("bench")
facts_app = group("facts")
app.add_typer(schema_app)
app.add_typer(policy_app)
app.add_typer(facts_app)
app.add_typer(user_app)
app.add_typer(key_app)
app.add_typer(webhook_app)
app.add_typer(bench_app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lianxi {version('lianxi')}")
        raise typer.Exit


@app.callback()
def lianxi(
    version: Annotated[
        bool, option("lianxi.version", "--version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What all commands share: nothing but `--version`."""


@app.command("serve", cls=Command, help=tell("cli.serve"))
def serve(
    host: Annotated[str | None, option("serve.host", "--host", show_default=False)] = None,
    port: Annotated[str | None, option("serve.port", "--port", show_default=False)] = None,
    demo: Annotated[bool, option("serve.demo", "--demo")] = False,
) -> None:
    """Serve the API."""
    from cli.serve import serve

    serve(host, port, demo)


@app.command("migrate", cls=Command, help=tell("cli.migrate"))
def migrate(
    down_to: Annotated[str | None, option("migrate.down_to", "--down-to", metavar="REVISION")] = None,
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
    file: Annotated[str, argument("route.file", metavar="FILE")],
    policy: Annotated[str, option("route.policy", "--policy")] = "municipal",
    region: Annotated[str | None, option("route.region", "--region", metavar="CODE")] = None,
    language: Annotated[str, option("route.language", "--language")] = LANGUAGE.value,
    output: Annotated[Path | None, option("route.output", "--output", "-o")] = None,
) -> None:
    """Route a file of complaints, without a server and without a database."""
    from cli.route import route

    route(file, policy, region, language, output)


@app.command("verify-audit", cls=Command, help=tell("cli.verify_audit"))
def verify_audit() -> None:
    """Check the audit log's chain."""
    from cli.audit import verify_audit

    verify_audit()


@app.command("doctor", cls=Command, help=tell("cli.doctor"))
def doctor(json: Annotated[bool, option("policy.json", "--json")] = False) -> None:
    """Check whether everything is in order."""
    from cli.doctor import doctor

    doctor(as_json=json)


@schema_app.callback()
def schema() -> None:
    """Commands about the GraphQL schema."""


@schema_app.command("export", cls=Command, help=tell("cli.schema.export"))
def schema_export(
    output: Annotated[Path | None, option("schema.export.output", "--output", "-o")] = None,
) -> None:
    """Print the federated schema."""
    from cli.schema import export

    export(output)


@schema_app.command("changes", cls=Command, help=tell("cli.schema.changes"))
def schema_changes(
    old: Annotated[str, argument("schema.changes.old", metavar="OLD")],
    new: Annotated[str | None, argument("schema.changes.new", metavar="[NEW]")] = None,
) -> None:
    """Tell what changed in the schema."""
    from cli.schema import changes

    changes(old, new)


@schema_app.command("reference", cls=Command, help=tell("cli.schema.reference"))
def schema_reference(
    language: Annotated[str, option("schema.reference.language", "--language")] = LANGUAGE.value,
    output: Annotated[Path | None, option("schema.reference.output", "--output", "-o")] = None,
) -> None:
    """Write the reference of the API."""
    from cli.schema import reference

    reference(language, output)


@schema_app.command("rights", cls=Command, help=tell("cli.schema.rights"))
def schema_rights(
    language: Annotated[str, option("schema.reference.language", "--language")] = LANGUAGE.value,
    output: Annotated[Path | None, option("schema.reference.output", "--output", "-o")] = None,
) -> None:
    """Write the rights by role."""
    from cli.schema import rights

    rights(language, output)


@facts_app.callback()
def facts() -> None:
    """Commands about how texts become facts."""


@facts_app.command("train", cls=Command, help=tell("cli.facts.train"))
def facts_train(
    output: Annotated[Path | None, option("facts.train.output", "--output", "-o")] = None,
    json: Annotated[bool, option("facts.train.json", "--json")] = False,
) -> None:
    """Learn the statistical vote."""
    from cli.facts import facts_train

    facts_train(output, as_json=json)


@bench_app.command("rules", cls=Command, help=tell("cli.bench.rules"))
def bench_rules(
    json: Annotated[bool, option("bench.json", "--json")] = False,
    sizes: Annotated[str, option("bench.sizes", "--sizes")] = "5,50,500,5000,50000",
    bulk: Annotated[int, option("bench.bulk", "--bulk", min=0)] = 1_000_000,
) -> None:
    """Measure one decision."""
    from cli.bench import bench

    bench("rules", [*(["--json"] if json else []), "--sizes", sizes, "--bulk", str(bulk)])


@bench_app.command("route", cls=Command, help=tell("cli.bench.route"))
def bench_route(
    json: Annotated[bool, option("bench.json", "--json")] = False,
    lines: Annotated[int, option("bench.lines", "--lines", min=100)] = 15_000,
) -> None:
    """Measure routing a file."""
    from cli.bench import bench

    bench("route", [*(["--json"] if json else []), "--lines", str(lines)])


@bench_app.command("graphql", cls=Command, help=tell("cli.bench.graphql"))
def bench_graphql(
    json: Annotated[bool, option("bench.json", "--json")] = False,
    seconds: Annotated[float, option("bench.seconds", "--seconds", min=0.5)] = 10,
    disputes: Annotated[int, option("bench.disputes", "--disputes", min=100)] = 100_000,
    only: Annotated[str | None, option("bench.only", "--only")] = None,
    write: Annotated[Path | None, option("bench.write", "--write")] = None,
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
    if isinstance(sys.stdout, TextIOWrapper):
        # Names of files need not be UTF-8, and a terminal need not know every character.
        sys.stdout.reconfigure(errors="backslashreplace")
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
        print(harmless(message), file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    sys.exit(status)


def _drop_output() -> None:
    # What could not be written stays in the buffer, and Python would complain about it on its way out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
