"""The commands about webhooks and their options. Each imports what it needs when it runs."""

from typing import Annotated

from cli.framing import Command, argument, group, option
from cli.speech import tell

webhook_app = group("webhook")

Json = Annotated[bool, option("policy.json", "--json")]
Account = Annotated[str | None, option("policy.as", "--as", metavar="ACCOUNT", show_default=False)]


@webhook_app.callback()
def webhook() -> None:
    """Commands about webhooks."""


@webhook_app.command("list", cls=Command, help=tell("cli.webhook.list"))
def webhook_list(json: Json = False) -> None:
    """All webhooks."""
    from cli.webhook.webhooks import show

    show(as_json=json)


@webhook_app.command("dead", cls=Command, help=tell("cli.webhook.dead"))
def webhook_dead(
    most: Annotated[int, option("webhook.most", "--most", min=1)] = 100, json: Json = False
) -> None:
    """Deliveries that were given up."""
    from cli.webhook.webhooks import show_dead

    show_dead(most, as_json=json)


@webhook_app.command("replay", cls=Command, help=tell("cli.webhook.replay"))
def webhook_replay(
    delivery: Annotated[str | None, argument("webhook.delivery", metavar="[DELIVERY]")] = None,
    of: Annotated[
        str | None, option("webhook.of", "--webhook", metavar="WEBHOOK", show_default=False)
    ] = None,
    account: Account = None,
) -> None:
    """Try dead deliveries again."""
    from cli.webhook.webhooks import replay

    replay(delivery, of, account)


@webhook_app.command("skip", cls=Command, help=tell("cli.webhook.skip"))
def webhook_skip(
    delivery: Annotated[str, argument("webhook.delivery", metavar="DELIVERY")], account: Account = None
) -> None:
    """Pass over a dead delivery."""
    from cli.webhook.webhooks import skip

    skip(delivery, account)
