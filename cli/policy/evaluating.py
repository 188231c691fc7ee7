"""`lianxi policy evaluate`: how well a policy routes complaints whose right answers are known."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casework.civil import civil_day
from cli.lines import BadLine, lines
from cli.output import reading
from cli.policy.labels import labelled
from cli.policy.naming import named
from cli.policy.printing import print_json, print_table
from cli.progress import Bar
from cli.route import LINES_A_STEP, context_of, size_of
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.evaluation import Agreement, Evaluating, Evaluation, Share
from rules.evaluation_document import SHARES, evaluation_document
from rules.labelled import Answered, answered
from rules.model import Policy
from rules.pack import load_pack
from rules.personal_data import masked_text
from rules.phrase import Phrases
from rules.router import Router

SHIPPED = "municipal"
"""The pack that is measured where no policy is named."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer whose lead is none of the acceptable ones, with the number of its line."""

    line: int
    answer: Answered
    explanation: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The error as JSON."""
        answer = self.answer
        return {
            "line": self.line,
            "id": answer.case.id,
            "text": masked_text(answer.case.text),
            "lead": answer.lead,
            "acceptable": sorted(answer.case.acceptable),
            "triage": not answer.decided,
            "confidence": answer.confidence,
            "explanation": self.explanation,
        }


def evaluate(file: str, name: str | None, errors: int, *, as_json: bool) -> None:
    """Route a file of labelled complaints and say how well. Raises Stop, with FINDINGS when some lines could
    not be read."""
    policy = load_pack(SHIPPED) if name is None else named(name).policy
    found, wrong, bad = _answer(file, policy, errors)
    if as_json:
        document = evaluation_document(found)
        errors_document = [each.document() for each in wrong]
        version = {"key": policy.key, "version": policy.version}
        print_json({"policy": version, **document, "bad_lines": bad, "errors": errors_document})
    elif found.cases:
        _tell(policy, found, wrong)
    if bad or not found.cases:
        key = "policy.bad_lines" if found.cases else "policy.nothing_labelled"
        raise Stop(Exit.FINDINGS, tell(key, count=bad))


def _answer(file: str, policy: Policy, errors: int) -> tuple[Evaluation, list[Wrong], int]:
    """The figures, the first wrong answers, and how many lines could not be read."""
    router, evaluating = Router(policy), Evaluating(policy.triage_below)
    wrong: list[Wrong] = []
    bad = 0
    today = civil_day(datetime.now(UTC))
    with reading(file) as source, Bar(tell("policy.evaluating")) as bar:
        total = size_of(source)
        for number, position, line in lines(source):
            try:
                told, case = labelled(line)
            except BadLine as problem:
                bad += 1
                print(tell("route.bad_line", number=number, problem=problem), file=sys.stderr)
                continue
            routing = router.route_text(told.text, context_of(told, None, today))
            answer = answered(case, routing)
            evaluating.add(answer)
            if not answer.right and len(wrong) < errors:
                wrong.append(Wrong(number, answer, router.explain(routing, LANGUAGE)))
            if number % LINES_A_STEP == 0:
                bar.show(position, total)
    return evaluating.result(), wrong, bad


def _tell(policy: Policy, found: Evaluation, wrong: Sequence[Wrong]) -> None:
    phrases = Phrases(policy, LANGUAGE)
    print(tell("policy.evaluated", policy=policy.key, version=policy.version, cases=found.cases))
    shares = ((tell(f"policy.figure.{name}"), *_share(getattr(found, name))) for name in SHARES)
    print_table(("figure", "share", "count"), shares)
    _head("words")
    words = [(tell("policy.figure.co_units"), found.co_units), (tell("policy.figure.flags"), found.flags)]
    words += [(phrases.word(flag), each) for flag, each in found.each_flag.items()]
    columns = ("figure", "precision", "recall", "f1", "hits", "given", "asked")
    print_table(columns, ((title, *_agreement(each)) for title, each in words))
    _head("confusion")
    print_table(
        ("asked", "given", "count"),
        ((phrases.function(each.asked), _lead(phrases, each.given), each.count) for each in found.confusion),
    )
    _tell_confidence(found)
    count = found.acceptable.of - found.acceptable.count
    print(tell("policy.errors", count=count, shown=len(wrong)))
    for each in wrong:
        _tell_error(phrases, each)


def _tell_confidence(found: Evaluation) -> None:
    calibration = found.calibration
    _head("calibration")
    print_table(
        ("confidence", "mean", "right", "count"),
        (
            (f"{each.low:.1f}-{each.high:.1f}", f"{each.confidence:.3f}", *_share(each.right))
            for each in calibration.tenths
        ),
    )
    errors = {"error": f"{calibration.expected_error:.3f}", "brier": f"{calibration.brier:.3f}"}
    print(tell("policy.calibration", **errors))
    _head("curve")
    own = tell("policy.own_threshold")
    print_table(
        ("threshold", "decided", "right", "count", "note"),
        (
            (
                f"{each.threshold:.4g}",
                f"{each.decided.value:.3f}",
                *_share(each.right),
                own if each.threshold == found.triage_below else "",
            )
            for each in found.curve
        ),
    )


def _tell_error(phrases: Phrases, wrong: Wrong) -> None:
    answer = wrong.answer
    print(
        tell(
            "policy.error" if answer.decided else "policy.error_in_triage",
            line=wrong.line,
            id="" if answer.case.id is None else answer.case.id,
            given=_lead(phrases, answer.lead),
            asked=phrases.functions(sorted(answer.case.acceptable)),
        )
    )
    print(tell("policy.error_said", said=masked_text(answer.case.text)))
    print(tell("policy.error_said", said=" ".join(wrong.explanation)))


def _head(title: str) -> None:
    print(f"\n{tell(f'policy.heading.{title}')}")


def _lead(phrases: Phrases, lead: str | None) -> str:
    return tell("policy.to_a_person") if lead is None else phrases.function(lead)


def _share(share: Share) -> tuple[str, str]:
    return (f"{share.value:.3f}" if share.of else "", f"{share.count}/{share.of}")


def _agreement(found: Agreement) -> tuple[object, ...]:
    shares = (f"{each:.3f}" for each in (found.precision, found.recall, found.f1))
    return (*shares, found.hits, found.given, found.asked)
