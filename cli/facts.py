"""`lianxi facts train`: learn the statistical vote from the confirmed decisions of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casework.civil import civil_day
from casework.confirmed import Confirmation, Confirmed, confirmed_decisions
from casework.desk import utc_now
from casework.vote import LEAST_CONFIRMED, Trained, train
from cli.desk import at_desk
from cli.output import writing
from cli.policy.printing import print_json, print_table
from cli.speech import LANGUAGE, Exit, Stop, tell
from rules.vote import DISAGREES_FROM
from rules.vote_document import vote_document
from rules.vote_measure import Right
from wording.catalogue import messages


def facts_train(output: Path | None, *, as_json: bool) -> None:
    """Learn, say how good it is, and write the file if one is named. Raises Stop, with FINDINGS where too
    little is confirmed."""
    confirmed = at_desk(confirmed_decisions)
    if len(confirmed.decisions) < LEAST_CONFIRMED:
        raise Stop(Exit.FINDINGS, tell("facts.too_few", least=LEAST_CONFIRMED, **_counts(confirmed)))
    trained = train(confirmed.decisions, civil_day(utc_now()))
    if output is not None:
        with writing(output) as file:
            file.write(vote_document(trained.vote))
    if as_json:
        print_json(_document(confirmed, trained, output))
    else:
        _tell(confirmed, trained)
        print(tell("facts.measured") if output is None else tell("facts.written", path=output))


def _counts(confirmed: Confirmed) -> dict[str, int]:
    counts = confirmed.counts()
    return {
        "confirmed": len(confirmed.decisions),
        **{kind.value: counts.get(kind, 0) for kind in Confirmation},
        "repeated": confirmed.repeated,
        "open": confirmed.open,
        "untold": confirmed.untold,
    }


def _document(confirmed: Confirmed, trained: Trained, output: Path | None) -> dict[str, Any]:
    figures = trained.figures
    return {
        "confirmed": _counts(confirmed),
        "functions": dict(zip(trained.vote.functions, trained.vote.decisions, strict=True)),
        "marks": len(trained.vote.weights),
        "held_back": figures.all,
        "kinds": dict(figures.kinds),
        "differing": figures.differing,
        "warned": figures.warned,
        "differences": figures.differences,
        "output": None if output is None else str(output),
    }


def _tell(confirmed: Confirmed, trained: Trained) -> None:
    figures = trained.figures
    print(tell("facts.confirmed", **_counts(confirmed)))
    rows = [(tell("facts.figure.all"), figures.all)]
    rows += [(tell(f"facts.figure.{kind}"), right) for kind, right in figures.kinds]
    rows += [
        (tell("facts.figure.differing"), figures.differing),
        (tell("facts.figure.warned", share=f"{DISAGREES_FROM:.0%}"), figures.warned),
    ]
    print(tell("facts.held_back", count=figures.all.asked))
    print_table(("figure", "count", "vote_right", "rules_right"), ((name, *_shares(r)) for name, r in rows))
    if not figures.differences:
        return
    print(tell("facts.differences"))
    print_table(
        ("by_vote", "by_rules", "count", "vote_right", "rules_right"),
        (
            (_function(each.by_vote), _function(each.by_rules), *_shares(each.right))
            for each in figures.differences
        ),
    )


def _shares(right: Right) -> tuple[str, ...]:
    return (str(right.asked), *(_share(count, right.asked) for count in (right.vote, right.rules)))


def _share(count: int, asked: int) -> str:
    return f"{count / asked:.3f}" if asked else ""


def _function(code: str | None) -> str:
    return tell("policy.to_a_person") if code is None else messages(LANGUAGE).get(f"function.{code}", code)
