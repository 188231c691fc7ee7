"""Everything that can be said about a policy before it is published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from rules.analysis.analyse import BUDGET, Budget, base_findings
from rules.analysis.findings import Analysis, in_order
from rules.analysis.overlays import overlay_findings
from rules.analysis.staffing import staffing_findings
from rules.analysis.validity import validity_findings
from rules.analysis.vocabulary import vocabulary_findings
from rules.model import Policy
from rules.territory import Directory, lineage


def examine(
    policy: Policy,
    *,
    on: date,
    directory: Directory | None = None,
    regions: Collection[str] = (),
    budget: Budget = BUDGET,
) -> Analysis:
    """The findings of a policy that `check` passes, as of a day. Pure; the same arguments give the same
    findings in the same order.

    With a `directory` the places are known: witnesses name real ones, and each function that rows name has to
    have a unit. `regions` are the codes of all places that the policy decides for; none stands for all of
    the directory.
    """
    codes = regions or (directory.regions if directory else ())
    lineages = [frozenset(lineage(directory, code)) for code in codes] if directory else []
    lineages = [places for places in lineages if places]
    return in_order(
        [
            *base_findings(policy, lineages, budget),
            *overlay_findings(policy, lineages, budget),
            *vocabulary_findings(policy),
            *validity_findings(policy, on),
            *(staffing_findings(policy, directory, codes, on) if directory else ()),
        ]
    )
