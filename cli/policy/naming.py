"""What a word on the command line stands for: a file, a published version, or a draft."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from casework.civil import civil_day
from casework.desk import Desk
from casework.policy import (
    PublishedVersion,
    newest_version,
    read_draft,
    read_policy,
    version_in_force,
    version_numbered,
)
from casework.policy_list import DraftHead, VersionHead, list_drafts
from cli.desk import at_desk
from cli.output import reading
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.exchange import LARGEST_FILE, key_of_model, read_policy_file
from rules.flaws import PackError
from rules.model import Policy
from rules.pack import load_pack
from wording.catalogue import Language

STANDARD_INPUT = "-"
_MOST_FLAWS = 100
_PACK_FILES = (".yaml", ".yml")
_NUMBERED = re.compile(r"(.+)@(\d{1,9})")
_DRAFT = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True, slots=True)
class Named:
    """A policy, what to call it, and where it comes from: with neither version nor draft, from a file."""

    label: str
    policy: Policy
    version: PublishedVersion | None = None
    draft: DraftHead | None = None


def is_file(word: str) -> bool:
    """Whether the word is a path, there or not, or standard input, which need no database."""
    try:
        return word == STANDARD_INPUT or "/" in word or os.sep in word or Path(word).exists()
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file that should hold a policy, read once: a pipe gives what it has but once. A pack, whose policy
    file leads to others, has no content here."""

    word: str
    content: bytes | None

    def policy(self, keep: Policy | None = None) -> Policy:
        """What it says; what the format has no room for comes from `keep`. Raises Stop with the flaws."""
        try:
            if self.content is None:
                return load_pack(Path(self.word))
            return read_policy_file(self.content, Path(self.word).name, keep)
        except PackError as error:
            raise refused(error) from None

    def key(self) -> str | None:
        """The policy that a file without room for all of it belongs to, if it says so."""
        return None if self.content is None else key_of_model(self.content)


def file_named(word: str) -> PolicyFile:
    """The file of a path, or what comes in on standard input. Raises Stop."""
    try:
        if _is_pack(word):
            return PolicyFile(word, None)
        with reading(word) as file:
            return PolicyFile(word, file.read(LARGEST_FILE + 1))
    except OSError as error:
        raise Stop(Exit.FILE, tell("file.cannot_read", name=word, reason=error.strerror)) from None


def _is_pack(word: str) -> bool:
    """Whether the word is the folder or the policy file of a pack. Raises Stop where nothing is there."""
    path = Path(word)
    if word == STANDARD_INPUT or path.is_file():
        return path.suffix in _PACK_FILES
    missing = path / "policy.yaml" if path.is_dir() else path
    if not missing.exists():
        raise Stop(Exit.FILE, tell("file.missing", name=missing))
    return path.is_dir()


def policy_of_file(word: str, keep: Policy | None = None) -> Policy:
    """The policy of a file or a pack; see `PolicyFile`. Raises Stop with the flaws."""
    return file_named(word).policy(keep)


def refused(error: PackError) -> Stop:
    """The end of a command that was given a file of no use: the flaws, each with its place."""
    flaws = [flaw.message(LANGUAGE) for flaw in error.flaws[:_MOST_FLAWS]]
    if len(error.flaws) > _MOST_FLAWS:
        flaws.append(tell("policy.more_flaws", count=len(error.flaws) - _MOST_FLAWS))
    return Stop(Exit.FINDINGS, "\n".join([*flaws, tell("policy.flawed", count=len(error.flaws))]))


def named(word: str, keep: Policy | None = None) -> Named:
    """The policy of a word, with the database only where the word is no file. What a file has no room for
    comes from `keep`. Raises Stop."""
    if is_file(word):
        return Named(word, policy_of_file(word, keep))
    return at_desk(lambda desk: policy_named(desk, word))


async def policy_named(desk: Desk, word: str) -> Named:
    """The policy of a path, of `KEY@NUMBER`, of `KEY` (the version in force, else the newest), or of the last
    digits of a draft's key. Raises Stop."""
    if is_file(word):
        return Named(word, policy_of_file(word))
    if not is_text(word):
        raise Stop(Exit.USAGE, tell("policy.nothing_named", name=word[:80]))
    async with desk.database.read() as connection:
        numbered = _NUMBERED.fullmatch(word)
        if numbered:
            version = await version_numbered(connection, numbered[1], int(numbered[2]))
        else:
            version = await version_in_force(connection, word, civil_day(desk.clock()))
            version = version or await newest_version(connection, word)
        if version is not None:
            label = f"{version.policy_key}@{version.number}"
            return Named(label, await read_policy(connection, version), version=version)
    draft = await draft_named(desk, word)
    async with desk.database.read() as connection:
        return Named(label_of(draft), await read_draft(connection, draft.id), draft=draft)


def is_text(word: str) -> bool:
    """Whether a database can be asked for a word: one that is not UTF-8 comes in as halves of characters."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


async def draft_named(desk: Desk, word: str) -> DraftHead:
    """The draft whose key ends with these digits, which may stand behind the policy's key as they are shown.
    Raises Stop unless there is exactly one."""
    digits = word.rpartition(":")[2].lower().replace("-", "")
    found: list[DraftHead] = []
    if _DRAFT.fullmatch(digits):
        async with desk.database.read() as connection:
            found = await list_drafts(connection, ending=digits)
    if not found:
        raise Stop(Exit.USAGE, tell("policy.nothing_named", name=word[:80]))
    if len(found) > 1:
        raise Stop(Exit.USAGE, tell("policy.several_named", name=word[:80]))
    return found[0]


def title_of(head: VersionHead | DraftHead) -> str:
    """What a policy is called in the command's language."""
    return head.title if LANGUAGE is Language.ZH else head.title_en or head.title


def label_of(draft: DraftHead) -> str:
    """How people call a draft: its policy and the last digits of its key."""
    return f"{draft.policy_key}:{draft.id.hex[-8:]}"
