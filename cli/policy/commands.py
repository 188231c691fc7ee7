"""The commands about policies and their options. Each imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

from cli.framing import Command, argument, group, option
from cli.speech import tell

policy_app = group("policy")

Name = Annotated[str, argument("policy.name", metavar="NAME")]
DraftName = Annotated[str, argument("policy.draft", metavar="DRAFT")]
Json = Annotated[bool, option("policy.json", "--json")]
Account = Annotated[str | None, option("policy.as", "--as", metavar="ACCOUNT", show_default=False)]
Expected = Annotated[int | None, option("policy.expected", "--expected-version", show_default=False)]


@policy_app.callback()
def policy() -> None:
    """Commands about routing policies."""


@policy_app.command("list", cls=Command, help=tell("cli.policy.list"))
def policy_list(
    key: Annotated[str | None, argument("policy.list.key", metavar="[KEY]")] = None, json: Json = False
) -> None:
    """Versions and drafts."""
    from cli.policy.listing import list_policies

    list_policies(key, as_json=json)


@policy_app.command("show", cls=Command, help=tell("cli.policy.show"))
def policy_show(
    name: Name,
    rule: Annotated[str | None, option("policy.show.rule", "--rule", metavar="ID")] = None,
    json: Json = False,
) -> None:
    """A policy's rules."""
    from cli.policy.listing import show

    show(name, rule, as_json=json)


@policy_app.command("diff", cls=Command, help=tell("cli.policy.diff"))
def policy_diff(
    old: Annotated[str, argument("policy.diff.old", metavar="OLD")],
    new: Annotated[str, argument("policy.diff.new", metavar="NEW")],
    json: Json = False,
) -> None:
    """What differs between two policies."""
    from cli.policy.difference import diff

    diff(old, new, as_json=json)


@policy_app.command("check", cls=Command, help=tell("cli.policy.check"))
def policy_check(
    name: Name,
    account: Account = None,
    json: Json = False,
) -> None:
    """Check a policy."""
    from cli.policy.checking import check

    check(name, account, as_json=json)


@policy_app.command("test", cls=Command, help=tell("cli.policy.test"))
def policy_test(
    name: Name,
    cases: Annotated[Path | None, argument("policy.test.cases", metavar="[CASES]")] = None,
    json: Json = False,
) -> None:
    """Run the cases kept with a policy, or those of a file."""
    from cli.policy.testing import test

    test(name, cases, as_json=json)


@policy_app.command("simulate", cls=Command, help=tell("cli.policy.simulate"))
def policy_simulate(
    name: Name,
    against: Annotated[str | None, option("policy.simulate.against", "--against", metavar="NAME")] = None,
    file: Annotated[str | None, option("policy.simulate.file", "--file", metavar="FILE")] = None,
    region: Annotated[list[str] | None, option("policy.simulate.region", "--region", metavar="CODE")] = None,
    since: Annotated[str | None, option("policy.simulate.since", "--since", metavar="DAY")] = None,
    until: Annotated[str | None, option("policy.simulate.until", "--until", metavar="DAY")] = None,
    reread: Annotated[bool, option("policy.simulate.reread", "--reread")] = False,
    moved: Annotated[int, option("policy.simulate.moved", "--moved", min=0)] = 20,
    json: Json = False,
) -> None:
    """What a policy would change."""
    from cli.policy.simulating import Asked, simulate

    asked = Asked(name, against, file, tuple(region or ()), since, until, reread, moved)
    simulate(asked, as_json=json)


@policy_app.command("evaluate", cls=Command, help=tell("cli.policy.evaluate"))
def policy_evaluate(
    file: Annotated[str, argument("policy.evaluate.file", metavar="FILE")],
    policy: Annotated[str | None, option("policy.evaluate.policy", "--policy", metavar="NAME")] = None,
    errors: Annotated[int, option("policy.evaluate.errors", "--errors", min=0)] = 20,
    json: Json = False,
) -> None:
    """How well a policy routes labelled complaints."""
    from cli.policy.evaluating import evaluate

    evaluate(file, policy, errors, as_json=json)


@policy_app.command("import", cls=Command, help=tell("cli.policy.import"))
def policy_import(
    file: Annotated[str, argument("policy.import.file", metavar="FILE")],
    key: Annotated[str | None, option("policy.import.key", "--key", show_default=False)] = None,
    region: Annotated[str | None, option("policy.import.region", "--region", metavar="CODE")] = None,
    draft: Annotated[str | None, option("policy.import.draft", "--draft", metavar="DRAFT")] = None,
    note: Annotated[str, option("policy.note", "--note")] = "",
    account: Account = None,
    json: Json = False,
) -> None:
    """A file becomes a draft."""
    from cli.policy.exchange import import_policy

    import_policy(file, key, region, draft, note, account, as_json=json)


@policy_app.command("export", cls=Command, help=tell("cli.policy.export"))
def policy_export(
    name: Name,
    output: Annotated[Path, option("policy.export.output", "--output", "-o")],
    format: Annotated[str | None, option("policy.export.format", "--format", show_default=False)] = None,
    json: Json = False,
) -> None:
    """A policy becomes a file."""
    from cli.policy.exchange import export_policy

    export_policy(name, output, format, as_json=json)


@policy_app.command("submit", cls=Command, help=tell("cli.policy.submit"))
def policy_submit(
    draft: DraftName,
    note: Annotated[str, option("policy.note", "--note")] = "",
    account: Account = None,
    expected_version: Expected = None,
    json: Json = False,
) -> None:
    """Hand a draft to another person."""
    from cli.policy.steps import submit

    submit(draft, note, account, expected_version, as_json=json)


@policy_app.command("approve", cls=Command, help=tell("cli.policy.approve"))
def policy_approve(
    draft: DraftName, account: Account = None, expected_version: Expected = None, json: Json = False
) -> None:
    """Agree to a draft of somebody else."""
    from cli.policy.steps import approve

    approve(draft, account, expected_version, as_json=json)


@policy_app.command("return", cls=Command, help=tell("cli.policy.return"))
def policy_return(
    draft: DraftName,
    reason: Annotated[str, option("policy.reason", "--reason")],
    account: Account = None,
    expected_version: Expected = None,
    json: Json = False,
) -> None:
    """Hand a draft back."""
    from cli.policy.steps import give_back

    give_back(draft, reason, account, expected_version, as_json=json)


@policy_app.command("rebase", cls=Command, help=tell("cli.policy.rebase"))
def policy_rebase(
    draft: DraftName, account: Account = None, expected_version: Expected = None, json: Json = False
) -> None:
    """Put a draft's changes onto the newest version."""
    from cli.policy.steps import rebase

    rebase(draft, account, expected_version, as_json=json)


@policy_app.command("discard", cls=Command, help=tell("cli.policy.discard"))
def policy_discard(
    draft: DraftName, account: Account = None, expected_version: Expected = None, json: Json = False
) -> None:
    """Give a draft up."""
    from cli.policy.steps import discard

    discard(draft, account, expected_version, as_json=json)


@policy_app.command("publish", cls=Command, help=tell("cli.policy.publish"))
def policy_publish(
    draft: DraftName,
    effective: Annotated[str | None, option("policy.publish.from", "--from", metavar="DAY")] = None,
    account: Account = None,
    expected_version: Expected = None,
    json: Json = False,
) -> None:
    """Make an approved draft the next version."""
    from cli.policy.steps import publish

    publish(draft, effective, account, expected_version, as_json=json)


@policy_app.command("rollback", cls=Command, help=tell("cli.policy.rollback"))
def policy_rollback(
    key: Annotated[str, argument("policy.rollback.key", metavar="KEY")],
    number: Annotated[int, argument("policy.rollback.number", metavar="NUMBER", min=1)],
    reason: Annotated[str, option("policy.reason", "--reason")],
    account: Account = None,
    expected_newest: Annotated[
        int | None, option("policy.rollback.expected", "--expected-newest", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Put an earlier version in force again."""
    from cli.policy.steps import rollback

    rollback(key, number, reason, account, expected_newest, as_json=json)
