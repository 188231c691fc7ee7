"""`lianxi policy import` and `export`: a file becomes a draft, a policy becomes a file."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select

from casework.content import is_policy_key
from casework.desk import Desk
from casework.drafting import CreateDraft, ReplaceDraft, create_draft, replace_draft
from casework.policy import newest_version, read_policy
from casework.policy_list import DraftHead
from cli.desk import at_desk
from cli.output import writing
from cli.policy.naming import (
    draft_named,
    file_named,
    label_of,
    named,
    policy_named,
    policy_of_file,
    refused,
)
from cli.policy.printing import print_json
from cli.policy.steps import actor_named, head_of, value_of
from cli.speech import LANGUAGE, Exit, Stop, tell
from db.tables.region import Region
from rules.exchange import FileFormat, write_policy
from rules.flaws import PackError
from rules.model import Policy

STANDARD_OUTPUT = "-"


def import_policy(
    file: str,
    key: str | None,
    region: str | None,
    draft: str | None,
    note: str,
    account: str | None,
    *,
    as_json: bool,
) -> None:
    """Make a draft of a file, or put the file into a draft. Nothing is stored of a file that has a flaw.
    Raises Stop."""
    actor = actor_named(account)
    if draft is not None and (key or region or note):
        raise Stop(Exit.USAGE, tell("policy.draft_alone"))

    async def work(desk: Desk) -> DraftHead:
        if draft is not None:
            into = await draft_named(desk, draft)
            kept = (await policy_named(desk, into.id.hex)).policy
            replace = ReplaceDraft(into.id, into.version, policy_of_file(file, kept))
            return await head_of(desk, value_of(await replace_draft(desk, actor, replace)))
        source = file_named(file)
        policy = source.policy(await _newest(desk, key or source.key()))
        if not is_policy_key(key or policy.key):
            raise Stop(Exit.USAGE, tell("policy.no_key", policy=(key or policy.key)[:80]))
        city = region or await _only_city(desk)
        create = CreateDraft(key or policy.key, city, content=policy, note=note)
        return await head_of(desk, value_of(await create_draft(desk, actor, create)))

    head = at_desk(work)
    if as_json:
        print_json(asdict(head))
        return
    state = tell(f"policy.state.{head.state}")
    print(tell("policy.step", draft=label_of(head), version=head.version, state=state))


async def _newest(desk: Desk, key: str | None) -> Policy | None:
    """What the version says that the draft will follow, if there is one: formats without room for a lexicon
    and cases keep those."""
    if key is None or not is_policy_key(key):
        return None
    async with desk.database.read() as connection:
        version = await newest_version(connection, key)
        return await read_policy(connection, version) if version else None


async def _only_city(desk: Desk) -> str:
    async with desk.database.read() as connection:
        cities = list(await connection.scalars(select(Region.code).where(Region.level == "city").limit(2)))
    if len(cities) != 1:
        raise Stop(Exit.USAGE, tell("policy.several_cities" if cities else "policy.no_city"))
    return cities[0]


def export_policy(name: str, output: Path, format: str | None, *, as_json: bool) -> None:
    """Write a policy to a file (`-`: to standard output, and nothing else), in the format that is named or
    that the file's ending says. Raises Stop."""
    chosen = (format or output.suffix.removeprefix(".")).lower()
    if chosen not in set(FileFormat):
        known = ", ".join(FileFormat)
        raise Stop(Exit.USAGE, tell("policy.unknown_format", format=chosen[:40], known=known))
    policy = named(name).policy
    try:
        content = write_policy(policy, FileFormat(chosen), LANGUAGE)
    except PackError as error:
        raise refused(error) from None
    with writing(None if str(output) == STANDARD_OUTPUT else output) as file:
        file.write(content)
    if str(output) == STANDARD_OUTPUT:
        return
    if as_json:
        written = os.fsencode(output).decode(errors="replace")
        print_json({"file": written, "format": chosen, "rules": len(policy.rules)})
    else:
        print(tell("policy.exported", file=output, rules=len(policy.rules)))
