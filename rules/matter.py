"""Which of several premises is complained of: the one that the nuisance stands beside, or that is
pointed at."""

from __future__ import annotations

import re

from rules.clauses import Clauses
from rules.evidence import NOT_ENVIRONMENT, STRONG
from rules.sightings import Sighting

_BACKGROUND = 0.5  # what is left of premises in whose sentence nothing disturbs
_ASIDE = 0.75
"""... or not in their own clause, or where they are named first: many begin with a name and tell the
nuisance later"""
_COUNTED = re.compile(r"[两二三四几2-4](?:件|个)(?:事|问题)|①|一是|一、|(?<!\d)1[.、]")
_SECOND = re.compile(r"二是|[;。:,]二、|②|(?<!\d)2[.、](?!\d)|其二|第二[,:是]")
_SIGNS = (
    "是",
    "反映",
    "投诉",
    "举报",
    "唯独",
    "源头",
    "来自",
    "只反映",
    "单说",
    "只说",
    "尤其",
    "成",
    "多了",
    "来了",
    "冒出",
    "新",
    "开了",
    "办了",
    "搞了",
    "建了",
    "有",
    "特别是",
    "还要数",
)
_POINTS = re.compile(
    "(?:(?<![是可])(?:投诉|举报|反映|要告|要说|想说|问题|重点|祸首|源头|原因|主要|气人|要命|头疼|难受"
    "|严重|可恨|过分|急)的?(?:就|还)?是"
    "|(?:其实|原来|而|实际|实际上|分明|明明|正|就|全|都|应该|肯定|果然|才)是|唯独|来自|反映|投诉|举报"
    "|只反映|单说|只说|尤其是?|特别是|还要数"
    "|(?:成了?|多了|来了|冒出|新开|开了|办了|搞了|建了|新建|新来|新上)(?:一?[家个处座]|几[家个处座])?"
    "|有(?:一?[家个处座]|几[家个处座])|(?:味道?|烟|灰|尘|废气|污水|噪音|声音|响)(?:就|都|全)?是)"
    "(?:那|这|因为|由于|有|我们|附近|旁边|隔壁|对面|楼下|村|里|外|的|家|个|一|某|些|几|后面|前面|东|南|西"
    "|北|边|在){0,6}$"
)
_REACH = 16


def later_points(folded: str) -> int:
    """Where the second of several counted matters begins; the end of the text, if they are not counted."""
    if not _COUNTED.search(folded):
        return len(folded)
    second = _SECOND.search(folded)
    return second.start() if second else len(folded)


def weigh_matters(folded: str, sightings: list[Sighting], clauses: Clauses) -> None:
    """Where premises of several sectors are named, those that are mere background lose a part of their
    worth."""
    named = [each for each in sightings if each.entry.is_premises and _strong(each)]
    if not named or len({each.entry.sector for each in sightings if _strong(each)}) < 2:
        return
    disturbed = {clauses.clause(each.start) for each in sightings if each.entry.disturbs and each.factor >= 1}
    if not disturbed or _COUNTED.search(folded):
        return
    sentences = {
        clauses.sentence(each.start) for each in sightings if each.entry.disturbs and each.factor >= 1
    }
    taken = {clauses.clause(each.start) for each in named}
    several = len({each.entry.sector for each in named}) > 1
    pointing = several and any(sign in folded for sign in _SIGNS)
    for each in named:
        clause = clauses.clause(each.start)
        if not several and each is named[0]:
            continue
        if pointing and each.factor == 1 and _POINTS.search(folded, max(0, each.start - _REACH), each.start):
            each.share = 1.25
        elif clause in disturbed or (clause + 1 in disturbed and clause + 1 not in taken):
            continue
        else:
            each.share = (
                _ASIDE if clauses.sentence(each.start) in sentences or each is named[0] else _BACKGROUND
            )


def _strong(sighting: Sighting) -> bool:
    """Whether the word names a cause in the environment."""
    sector = sighting.entry.sector
    worth = sighting.factor * sighting.entry.worth
    return worth >= STRONG and sector is not None and sector != NOT_ENVIRONMENT
