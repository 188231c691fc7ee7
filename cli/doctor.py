"""`lianxi doctor`: is everything in order where the hub runs?"""

from __future__ import annotations

import asyncio
import os
from collections import Counter

from cli.policy.printing import print_json
from cli.speech import LANGUAGE, Exit, Stop, harmless, tell
from server.doctor.examination import examine
from server.doctor.finding import Finding, Verdict, told
from server.logs import set_up_logs
from server.settings import BadSettings, Settings, read_settings


def doctor(*, as_json: bool) -> None:
    """Tell what is fine, doubtful and wrong, a line each. Raises Stop where something is wrong."""
    try:
        settings = read_settings()
    except BadSettings as bad:
        findings = [_bad(message) for message in bad.messages(LANGUAGE)]
    else:
        set_up_logs(settings)
        findings = asyncio.run(_examined(settings))
    counts = Counter(each.verdict for each in findings)
    if as_json:
        checks = [
            {"check": each.check, "verdict": each.verdict, "message": each.said[LANGUAGE]}
            for each in findings
        ]
        print_json({"checks": checks, **{each.value: counts[each] for each in Verdict}})
    else:
        for each in findings:
            print(tell(f"doctor.{each.verdict}", check=each.check, message=harmless(each.said[LANGUAGE])))
        print(tell("doctor.all", **{each.value: counts[each] for each in Verdict}))
    if counts[Verdict.WRONG]:
        raise Stop(Exit.FINDINGS, "")


def _bad(message: str) -> Finding:
    return told("settings", Verdict.WRONG, lambda _: message)


async def _examined(settings: Settings) -> list[Finding]:
    return [each async for each in examine(settings, os.environ)]
