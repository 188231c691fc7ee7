"""`lianxi policy list` and `show`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.civil import civil_day
from casework.content import is_policy_key
from casework.desk import Desk
from casework.policy_list import DraftHead, VersionHead, list_drafts, list_versions
from cli.desk import at_desk
from cli.policy.naming import label_of, named, title_of
from cli.policy.printing import print_json, print_table
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.document import policy_document, rule_document
from rules.in_words import conditions_in_words, outcome_in_words
from rules.model import Policy, Rule
from rules.phrase import Phrases

VERSION_COLUMNS = ("name", "title", "status", "effective_from", "rules", "published_by", "approved_by")
DRAFT_COLUMNS = ("name", "title", "status", "base", "rules", "authors", "approved_by")
RULE_COLUMNS = ("rule", "priority", "title", "conditions", "outcome")


def list_policies(key: str | None, *, as_json: bool) -> None:
    """All versions and the drafts that are not over. Raises Stop for a policy that has neither."""

    async def work(desk: Desk) -> tuple[list[VersionHead], list[DraftHead]]:
        async with desk.database.read() as connection:
            versions = await list_versions(connection, civil_day(desk.clock()), key)
            return versions, await list_drafts(connection, key)

    if key is not None and not is_policy_key(key):
        raise Stop(Exit.USAGE, tell("policy.nothing_named", name=key[:80]))
    versions, drafts = at_desk(work)
    if as_json:
        print_json({"versions": versions, "drafts": drafts})
        return
    print_table(VERSION_COLUMNS, (_version_row(version) for version in versions))
    if drafts:
        print_table(DRAFT_COLUMNS, (_draft_row(draft) for draft in drafts))


def show(name: str, rule_id: str | None, *, as_json: bool) -> None:
    """One policy with its rules, or one rule of it whole."""
    policy = named(name).policy
    rules = policy.rules
    if rule_id is not None:
        rules = tuple(rule for rule in rules if rule.id == rule_id)
        if not rules:
            raise Stop(Exit.USAGE, tell("policy.no_such_rule", rule=rule_id[:80], name=name))
    if as_json:
        print_json(rule_document(rules[0]) if rule_id is not None else policy_document(policy))
        return
    print(
        tell(
            "policy.content",
            policy=policy.key,
            title=policy.title,
            base=len(policy.base_rules()),
            overlays=len(policy.overlay_rules()),
            terms=len(policy.lexicon.terms),
            cases=len(policy.cases),
        )
    )
    phrases = Phrases(policy, LANGUAGE)
    print_table(RULE_COLUMNS, (_rule_row(rule, phrases) for rule in _as_asked(policy, rules)))


def _version_row(version: VersionHead) -> Sequence[object]:
    return (
        f"{version.policy_key}@{version.number}",
        title_of(version),
        tell(f"policy.status.{version.status}"),
        version.effective_from,
        version.rules,
        version.published_by,
        version.approved_by,
    )


def _draft_row(draft: DraftHead) -> Sequence[object]:
    return (
        label_of(draft),
        title_of(draft),
        tell(f"policy.state.{draft.state}"),
        draft.base_number or None,
        draft.rules,
        ", ".join(draft.authors),
        draft.approved_by,
    )


def _as_asked(policy: Policy, rules: Iterable[Rule]) -> list[Rule]:
    """Base rules in the order in which they are asked, then the overlay rules."""
    chosen = {rule.id for rule in rules}
    return [rule for rule in (*policy.base_rules(), *policy.overlay_rules()) if rule.id in chosen]


def _rule_row(rule: Rule, phrases: Phrases) -> Sequence[object]:
    return (
        rule.id,
        rule.priority,
        phrases.title(rule),
        conditions_in_words(rule, phrases),
        outcome_in_words(rule.outcome, phrases),
    )
