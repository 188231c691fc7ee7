"""The commands about accounts and keys and their options. Each imports what it needs when it runs."""

from typing import Annotated

from cli.framing import Command, argument, group, option
from cli.speech import tell

user_app = group("user")
key_app = group("key")

User = Annotated[str, argument("user.user", metavar="USER")]
Prefix = Annotated[str, argument("key.prefix", metavar="PREFIX")]
Unit = Annotated[str | None, option("user.unit", "--unit", metavar="CODE", show_default=False)]
Region = Annotated[str | None, option("user.region", "--region", metavar="CODE", show_default=False)]
Json = Annotated[bool, option("policy.json", "--json")]
Account = Annotated[str | None, option("policy.as", "--as", metavar="ACCOUNT", show_default=False)]


@user_app.callback()
def user() -> None:
    """Commands about accounts."""


@user_app.command("add", cls=Command, help=tell("cli.user.add"))
def user_add(
    name: User,
    display_name: Annotated[str, option("user.name", "--name", show_default=False)] = "",
    role: Annotated[str | None, option("user.role", "--role", show_default=False)] = None,
    unit: Unit = None,
    region: Region = None,
    subject: Annotated[str | None, option("user.subject", "--subject", show_default=False)] = None,
    account: Account = None,
) -> None:
    """Add an account."""
    from cli.account.users import Place, add

    add(name, display_name, subject, role, Place(unit, region), account)


@user_app.command("list", cls=Command, help=tell("cli.user.list"))
def user_list(json: Json = False) -> None:
    """All accounts."""
    from cli.account.users import show

    show(as_json=json)


@user_app.command("disable", cls=Command, help=tell("cli.user.disable"))
def user_disable(
    name: User,
    undo: Annotated[bool, option("user.undo", "--undo")] = False,
    account: Account = None,
) -> None:
    """Let nobody in by an account."""
    from cli.account.users import disable

    disable(name, account, undo=undo)


@user_app.command("password", cls=Command, help=tell("cli.user.password"))
def user_password(
    name: User,
    drop_code: Annotated[bool, option("user.drop_code", "--drop-code")] = False,
    account: Account = None,
) -> None:
    """Give an account a password."""
    from cli.account.users import password

    password(name, account, drops_code=drop_code)


@user_app.command("grant", cls=Command, help=tell("cli.user.grant"))
def user_grant(
    name: User,
    role: Annotated[str, argument("user.role", metavar="ROLE")],
    unit: Unit = None,
    region: Region = None,
    withdraw: Annotated[bool, option("user.withdraw", "--withdraw")] = False,
    account: Account = None,
) -> None:
    """Grant a role, or take it away."""
    from cli.account.users import Place, grant

    grant(name, role, Place(unit, region), account, withdraw=withdraw)


@key_app.callback()
def key() -> None:
    """Commands about API keys."""


@key_app.command("add", cls=Command, help=tell("cli.key.add"))
def key_add(
    name: User,
    label: Annotated[str, option("key.label", "--label")],
    role: Annotated[list[str] | None, option("key.role", "--role", show_default=False)] = None,
    expires: Annotated[str | None, option("key.expires", "--expires", metavar="DAY")] = None,
    account: Account = None,
) -> None:
    """Make a key."""
    from cli.account.keys import add

    add(name, label, role or [], expires, account)


@key_app.command("list", cls=Command, help=tell("cli.key.list"))
def key_list(
    name: Annotated[str | None, argument("key.list.user", metavar="[USER]")] = None, json: Json = False
) -> None:
    """Keys without their secrets."""
    from cli.account.keys import show

    show(name, as_json=json)


@key_app.command("rotate", cls=Command, help=tell("cli.key.rotate"))
def key_rotate(
    prefix: Prefix,
    overlap: Annotated[int, option("key.overlap", "--overlap", min=0, max=90)] = 7,
    account: Account = None,
) -> None:
    """Make another key in the place of one."""
    from cli.account.keys import rotate

    rotate(prefix, overlap, account)


@key_app.command("revoke", cls=Command, help=tell("cli.key.revoke"))
def key_revoke(prefix: Prefix, account: Account = None) -> None:
    """Take a key no more."""
    from cli.account.keys import revoke

    revoke(prefix, account)
