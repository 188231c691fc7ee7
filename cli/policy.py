"""`lianxi policy check`: is a policy pack fit to be published?"""

from __future__ import annotations

from pathlib import Path

from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.flaws import PackError
from rules.pack import load_pack


def check(file: Path) -> None:
    """Read a pack and say what is in it. Raises Stop, with FINDINGS and every flaw for a bad one."""
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
