"""`lianxi route`: complaints in, explained decisions out, line by line, without server and database."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from casework.civil import civil_day
from cli.lines import BadLine, Complaint, complaint, lineage_of, lines, region_code
from cli.output import reading, same_file, writing
from cli.progress import Bar
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.decision_document import candidates_document, matches_document
from rules.facts_document import facts_document
from rules.flaws import PackError
from rules.model import DAY_FIELD, REGION_FIELD, SECTOR_FIELD, FactValue, Policy
from rules.pack import load_pack, pack_keys
from rules.router import Router, Routing
from wording.catalogue import Language

ALLOCATIONS_A_COLLECTION = 50_000
"""What a line leaves behind has no cycles: few collections are enough."""
LINES_A_STEP = 100
"""Lines between two looks at the progress bar."""


@dataclass
class Count:
    """What became of the lines."""

    decided: int = 0
    triage: int = 0
    bad: int = 0


def route(file: str, policy: str, region: str | None, language: str, output: Path | None) -> None:
    """Route a file. Raises Stop, with FINDINGS when some lines could not be read."""
    desk = RoutingDesk(policy_of(policy), language_of(language), default_region(region))
    # The lexicon's many thousand terms stay; looking through them again and again takes a fifth of the time.
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_A_COLLECTION)
    if output is not None and same_file(file, output):
        raise Stop(Exit.USAGE, tell("file.same", name=file))
    with reading(file) as source, writing(output) as target, Bar(tell("route.progress")) as bar:
        count = route_lines(source, target, desk, bar)
    if count.bad:
        total = count.decided + count.triage + count.bad
        summary = tell(
            "route.summary", lines=total, decided=count.decided, triage=count.triage, bad=count.bad
        )
        raise Stop(Exit.FINDINGS, summary)


def policy_of(name: str) -> Policy:
    """The policy of a key or a path. Raises Stop, with all flaws of a pack that cannot be used."""
    if name not in pack_keys() and not Path(name).exists():
        known = ", ".join(pack_keys())
        raise Stop(Exit.USAGE, tell("route.unknown_policy", policy=name, known=known))
    try:
        return load_pack(name)
    except PackError as error:
        raise Stop(Exit.USAGE, "\n".join(flaw.message(LANGUAGE) for flaw in error.flaws)) from None


def language_of(name: str) -> Language:
    """The language of a name. Raises Stop."""
    if name not in set(Language):
        raise Stop(Exit.USAGE, tell("route.unknown_language", name=name))
    return Language(name)


def default_region(region: str | None) -> str | None:
    """The region of complaints that name none. Raises Stop."""
    try:
        return region_code(region)
    except BadLine:
        raise Stop(Exit.USAGE, tell("route.unknown_region", region=region)) from None


class RoutingDesk:
    """A policy at work on complaints that belong to no database."""

    def __init__(self, policy: Policy, language: Language, region: str | None) -> None:
        self.policy = policy
        self.router = Router(policy)
        self.language = language
        self.region = region
        self.today = civil_day(datetime.now(UTC))
        self.version = {"key": policy.key, "version": policy.version}

    def decide(self, asked: Complaint) -> dict[str, Any]:
        """The decision about one complaint, as it is written out."""
        routing = self.router.route_text(asked.text, context_of(asked, self.region, self.today))
        return self._document(asked, routing)

    def _document(self, asked: Complaint, routing: Routing) -> dict[str, Any]:
        decision, facts = routing.decision, routing.facts
        triage = decision.triage_reason is not None
        candidates = candidates_document(decision.candidates)
        proposed = candidates[0]["function"] if candidates else None
        return {
            "id": asked.id,
            "lead": proposed if triage else decision.lead,
            "co_units": decision.co_functions,
            "flags": decision.flags,
            "sector": facts.get(SECTOR_FIELD),
            "rule": decision.rule_id,
            "facts": facts_document(facts),
            "matches": matches_document(routing.matches),
            "explanation": self.router.explain(routing, self.language),
            "triage": triage,
            "triage_reason": decision.triage_reason,
            "candidates": candidates,
            "confidence": routing.confidence,
            "conference": decision.conference,
            "policy": self.version,
        }


def context_of(asked: Complaint, region: str | None, today: date) -> dict[str, FactValue]:
    """The facts that do not stand in the text."""
    facts: dict[str, FactValue] = {DAY_FIELD: (asked.day or today).toordinal()}
    place = asked.region or region
    if place is not None:
        facts[REGION_FIELD] = lineage_of(place)
    if asked.channel is not None:
        facts["channel"] = asked.channel
    return facts


def route_lines(source: BinaryIO, target: BinaryIO, desk: RoutingDesk, bar: Bar) -> Count:
    """Route line by line, in order; the memory it takes does not grow with the file."""
    count, total = Count(), size_of(source)
    for number, position, line in lines(source):
        try:
            found = desk.decide(complaint(line))
        except BadLine as bad:
            count.bad += 1
            print(tell("route.bad_line", number=number, problem=bad), file=sys.stderr)
            continue
        target.write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))
        if found["triage"]:
            count.triage += 1
        else:
            count.decided += 1
        if (count.decided + count.triage) % LINES_A_STEP == 0:
            bar.show(position, total)
    target.flush()
    return count


def size_of(source: BinaryIO) -> int | None:
    """The bytes of a regular file; None for a pipe or a terminal, whose end nobody knows."""
    size = os.fstat(source.fileno()).st_size
    return size or None
