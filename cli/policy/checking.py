"""`lianxi policy check`: is a policy pack fit to be published, and do its rows do what they seem to?"""

from __future__ import annotations

from pathlib import Path

from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.analysis.analyse import analyse
from rules.analysis.findings import FindingKind
from rules.flaws import PackError
from rules.model import Policy
from rules.pack import load_pack

MOST_WARNINGS = 50


def check(file: Path) -> None:
    """Read a pack, say what is in it and warn of what its rows do to each other. Raises Stop, with FINDINGS
    and every flaw for a bad one."""
    if not file.exists():
        raise Stop(Exit.FILE, tell("file.missing", name=file))
    try:
        policy = load_pack(file)
    except PackError as error:
        flaws = [flaw.message(LANGUAGE) for flaw in error.flaws]
        raise Stop(Exit.FINDINGS, "\n".join([*flaws, tell("policy.flawed", count=len(flaws))])) from None
    base, overlays, terms = len(policy.base_rules()), len(policy.overlay_rules()), len(policy.lexicon.terms)
    print(
        tell(
            "policy.sound",
            policy=policy.key,
            version=policy.version,
            base=base,
            overlays=overlays,
            terms=terms,
        )
    )
    _warn(policy)


def _warn(policy: Policy) -> None:
    """One line for each of the first warnings, and how many there are beyond."""
    findings = analyse(policy).findings
    warnings = [finding for finding in findings if finding.warns]
    for finding in warnings[:MOST_WARNINGS]:
        print(tell("policy.warning", finding=finding.say(LANGUAGE)))
    if len(warnings) > MOST_WARNINGS:
        print(tell("policy.more_warnings", count=len(warnings) - MOST_WARNINGS))
    ordered = sum(finding.kind is FindingKind.ORDER_DECIDES for finding in findings)
    if ordered:
        print(tell("policy.order_decides", count=ordered))
