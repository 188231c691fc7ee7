"""How well a policy routes complaints whose right answers are known. Pure: answers in, figures out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.labelled import Answered

TENTHS = 10
"""The confidence is judged in this many steps of equal width."""
THRESHOLDS = tuple(step / 20 for step in range(21))
"""Where the curve is drawn: from 0, at which nothing is too doubtful, to 1."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 1 where there is nothing that could have been missed."""
        return self.count / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Words that were given beside words that were asked for: `hits` were both."""

    hits: int
    given: int
    asked: int

    @property
    def precision(self) -> float:
        """How much of what was given was asked for."""
        return Share(self.hits, self.given).value

    @property
    def recall(self) -> float:
        """How much of what was asked for was given."""
        return Share(self.hits, self.asked).value

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return Share(2 * self.hits, self.given + self.asked).value


@dataclass(frozen=True, slots=True)
class Confused:
    """How many complaints of one lead were given another. Any acceptable lead stands for itself."""

    asked: str
    given: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Tenth:
    """Answers of about the same confidence, and how many of them are right. Well calibrated means that
    `confidence`, their mean, is the share of the right ones."""

    low: float
    high: float
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether the confidence can be believed, over the answers by rule.

    `expected_error` is the mean distance of confidence and share of right answers, tenth by tenth (Naeini,
    Cooper and Hauskrecht, AAAI 2015); `brier` the mean squared distance of the confidence from 1 where the
    answer is right and from 0 where it is wrong (Brier 1950). Both are 0 at best.
    """

    tenths: tuple[Tenth, ...]
    expected_error: float
    brier: float


@dataclass(frozen=True, slots=True)
class Point:
    """What would be decided without a person, and how much of it rightly, if confidence had to reach
    `threshold`."""

    threshold: float
    decided: Share
    right: Share


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out. `exact` asks for the best lead, `acceptable` for one of those that are right; triage
    counts by its first candidate. `curve` runs over `THRESHOLDS` and the policy's own, `triage_below`."""

    cases: int
    exact: Share
    acceptable: Share
    exact_unambiguous: Share
    acceptable_unambiguous: Share
    sector: Share
    decided: Share
    decided_right: Share
    co_units: Agreement
    flags: Agreement
    each_flag: Mapping[str, Agreement]
    confusion: tuple[Confused, ...]
    calibration: Calibration
    curve: tuple[Point, ...]
    triage_below: float


@dataclass(slots=True)
class Evaluating:
    """Counts answers as they come; what it keeps does not grow with their number."""

    triage_below: float
    _counts: Counter[str] = field(default_factory=Counter)
    _confusion: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    _trusted: Counter[tuple[float, bool]] = field(default_factory=Counter)
    _co_units: Counter[str] = field(default_factory=Counter)
    _flags: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, answer: Answered) -> None:
        """Count one answer."""
        case = answer.case
        exact = answer.lead == case.lead
        self._counts.update(
            cases=1,
            exact=exact,
            acceptable=answer.right,
            unambiguous=not case.ambiguous,
            exact_unambiguous=exact and not case.ambiguous,
            acceptable_unambiguous=answer.right and not case.ambiguous,
            sectors=case.sector is not None,
            sector=case.sector is not None and case.sector == answer.sector,
            decided=answer.decided,
            decided_right=answer.decided and answer.right,
        )
        asked = answer.lead if answer.lead is not None and answer.right else case.lead
        self._confusion[asked, answer.lead] += 1
        if answer.ruled is not None:
            self._trusted[answer.confidence, answer.ruled in case.acceptable] += 1
        if case.co_units is not None:
            _agree(self._co_units, answer.co_units - (case.co_optional - case.co_units), case.co_units)
        if case.flags is not None:
            for flag in answer.flags | case.flags:
                counts = self._flags.setdefault(flag, Counter())
                _agree(counts, answer.flags & {flag}, case.flags & {flag})

    def result(self) -> Evaluation:
        """What has been counted."""
        counts = self._counts
        cases, unambiguous = counts["cases"], counts["unambiguous"]
        return Evaluation(
            cases=cases,
            exact=Share(counts["exact"], cases),
            acceptable=Share(counts["acceptable"], cases),
            exact_unambiguous=Share(counts["exact_unambiguous"], unambiguous),
            acceptable_unambiguous=Share(counts["acceptable_unambiguous"], unambiguous),
            sector=Share(counts["sector"], counts["sectors"]),
            decided=Share(counts["decided"], cases),
            decided_right=Share(counts["decided_right"], counts["decided"]),
            co_units=_agreement(self._co_units),
            flags=_agreement(sum(self._flags.values(), Counter())),
            each_flag={flag: _agreement(self._flags[flag]) for flag in sorted(self._flags)},
            confusion=tuple(
                Confused(asked, given, count)
                for (asked, given), count in sorted(self._confusion.items(), key=_by_lead)
            ),
            calibration=_calibration(self._trusted),
            curve=_curve(self._trusted, cases, self.triage_below),
            triage_below=self.triage_below,
        )


def evaluation(answers: Iterable[Answered], triage_below: float) -> Evaluation:
    """The figures of these answers by a policy with this threshold."""
    evaluating = Evaluating(triage_below)
    for answer in answers:
        evaluating.add(answer)
    return evaluating.result()


def _agree(counts: Counter[str], given: frozenset[str], asked: frozenset[str]) -> None:
    counts.update(hits=len(given & asked), given=len(given), asked=len(asked))


def _agreement(counts: Counter[str]) -> Agreement:
    return Agreement(counts["hits"], counts["given"], counts["asked"])


def _by_lead(entry: tuple[tuple[str, str | None], int]) -> tuple[str, bool, int, str]:
    (asked, given), count = entry
    return asked, asked != given, -count, given or ""


def _calibration(trusted: Mapping[tuple[float, bool], int]) -> Calibration:
    answers: Counter[int] = Counter()
    right: Counter[int] = Counter()
    squares = 0.0
    sums: dict[int, float] = dict.fromkeys(range(TENTHS), 0.0)
    # In order, so that the sums do not depend on which answer came first.
    for (confidence, is_right), count in sorted(trusted.items()):
        tenth = min(int(confidence * TENTHS), TENTHS - 1)
        answers[tenth] += count
        right[tenth] += count * is_right
        sums[tenth] += confidence * count
        squares += (confidence - is_right) ** 2 * count
    total = answers.total()
    tenths = tuple(
        Tenth(
            at / TENTHS,
            (at + 1) / TENTHS,
            round(sums[at] / answers[at], 4),
            Share(right[at], answers[at]),
        )
        for at in sorted(answers)
    )
    distance = sum(abs(sums[at] - right[at]) for at in answers)
    return Calibration(
        tenths,
        round(distance / total, 4) if total else 0.0,
        round(squares / total, 4) if total else 0.0,
    )


def _curve(trusted: Mapping[tuple[float, bool], int], cases: int, triage_below: float) -> tuple[Point, ...]:
    points: list[Point] = []
    for threshold in sorted({*THRESHOLDS, triage_below}):
        reached = [
            (is_right, count) for (confidence, is_right), count in trusted.items() if confidence >= threshold
        ]
        decided = sum(count for _, count in reached)
        right = sum(count for is_right, count in reached if is_right)
        points.append(Point(threshold, Share(decided, cases), Share(right, decided)))
    return tuple(points)
