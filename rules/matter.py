"""Which of several premises is complained of: the one that the nuisance stands beside, or that is
pointed at; and where a second matter begins."""

from __future__ import annotations

import re

from rules.clauses import Clauses
from rules.evidence import NO_NUISANCE, NOT_ENVIRONMENT, STRONG, Ranking
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
_SAME = "[^,。!?;\\n]"
_ELSEWHERE = (
    "(?:马路|街|路|河|小区|院子?|学校|村)?(?:斜?对[面过岸门]|隔壁|旁边|边上|附近|周边|不远处?|楼[上下顶]"
    "|岸[边上]|后[面头院墙]|前[面头]|门[口前]|路[口旁边]|[东西南北上下左右][边头面侧]|另一[头边侧]|那[头边]"
    "|村[东西南北口头里]|[上下]游|坡[上下]|桥[头下]|底商|一楼|街角|巷[子口]|胡同|空地"
    "|[外里]头|外面|山[上下脚]|(?:[国省县乡村]道|公路|马路|大街|街|岸)[上边])"
)
_SUFFERS = (
    "(?:跟着|一样|[都全]?是[灰土泥油水味烟]|[飞落沾积蒙盖铺漂]满|落灰|落了|闻|受|遭|被|没法|没人敢|无法|不敢|不能|不得"
    "|睡|死|漂死|漂着死|[发变]黑|[发变]臭|[发变]绿|[发变]黄|蒙|盖了|开不|没生意|头[晕疼痛]|咳|叫苦|有意见|抱怨|反映|投诉"
    "|不结|减产|枯|坏了|裂|震|晃|要上课|[看听找]不|没看|没有|[听看]得|是[他她我你政村物]|有学校|有小区|有居民|有人家|有幼儿园|有医院|有水源)"
)
_ALSO = re.compile(
    f"[,。!?;\n](?:而且|再说|同时|更|另|连|再加上|加上)?"
    f"(?:(?:{_ELSEWHERE}){_SAME}{{0,12}}?[还也另](?!(?:天天|每天|每晚|整天|老|总)?{_SUFFERS})"
    f"|还有{_SAME}{{0,6}}?(?:家|处|户|座|伙|群|人))"
)
"""A clause about another place where something goes on as well."""
_TOGETHER = re.compile(
    "[两二三几](?:样|件|桩|处|个)(?:事情?|问题|地方|毛病)?[都一全请得]"
    "|一并(?:处理|查处|解决|反映|整治|管|治|查)|(?:一起|一块儿?|一道)(?:管管|治治|查查|解决|整治)"
    "|一个是[^。]*一个是"
)
"""Words that say of the whole that two matters are told."""


def later_points(folded: str) -> int:
    """Where the second of several counted matters begins; the end of the text, if they are not counted."""
    if not _COUNTED.search(folded):
        return len(folded)
    second = _SECOND.search(folded)
    return second.start() if second else len(folded)


def also_begins(folded: str, sightings: list[Sighting], clauses: Clauses) -> int:
    """Where a clause tells of another place that disturbs as well; the end of the text, if none does."""
    if "还" not in folded and "也" not in folded:
        return len(folded)
    for match in _ALSO.finditer(folded):
        start = match.start() + 1
        clause = clauses.clause(start)
        told = [clauses.clause(each.start) for each in sightings if _tells(each)]
        if clause in told and told[0] < clause:
            return start
    return len(folded)


def tells_several(folded: str) -> bool:
    """Whether it is said that several matters are told: `两样都管管`."""
    return _TOGETHER.search(folded) is not None


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


def part_matters(sightings: list[Sighting], clauses: Clauses, second: int) -> None:
    """A later sentence that names the premises of another sector begins a second matter; so does the
    second of several counted points."""
    main: Sighting | None = None
    best = max((each.share for each in sightings if _may_be_main(each)), default=1.0)
    besides = False
    for sighting in sightings:
        if not besides and _may_be_main(sighting):
            if main is None:
                main = sighting if sighting.share == best else None
            elif sighting.entry.sector != main.entry.sector:
                besides = clauses.sentence(sighting.start) != clauses.sentence(main.start)
        sighting.later = besides or sighting.told_apart or sighting.start > second


def _may_be_main(sighting: Sighting) -> bool:
    return sighting.entry.is_premises and sighting.factor == 1.0 and sighting.entry.worth >= STRONG


def runner_up(ranking: Ranking, sightings: list[Sighting], clauses: Clauses) -> str | None:
    """The second of several sectors, where a clause of its own names a cause."""
    main, other = ranking.scores[0][0], ranking.scores[1][0]
    if other in NO_NUISANCE:
        return None

    def clauses_of(sector: str) -> set[int]:
        named = [each.start for each in sightings if each.entry.sector == sector and each.factor >= 1]
        return {clauses.clause(start) for start in named}

    return other if clauses_of(other) - clauses_of(main) else None


def _tells(sighting: Sighting) -> bool:
    """Whether the word tells of a nuisance or its cause."""
    return (sighting.entry.disturbs and sighting.factor >= 1) or _strong(sighting)


def _strong(sighting: Sighting) -> bool:
    """Whether the word names a cause in the environment."""
    sector = sighting.entry.sector
    worth = sighting.factor * sighting.entry.worth
    return worth >= STRONG and sector is not None and sector != NOT_ENVIRONMENT
