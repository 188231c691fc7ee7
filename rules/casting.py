"""The part that each word of a complaint plays, and what that leaves of its worth."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from ahocorasick_rs import AhoCorasick

from rules.clauses import modifies, shifted
from rules.cues import CUES, Cue, Role
from rules.sightings import GENERIC, Sighting

LANDMARK = 0.12
"""What is left of a premises word that only says where something is."""
ONLY_LANDMARK = 0.35
"""... when the text names no other premises: then it may well be the cause."""
_LEFT = {
    Role.CAUSE: 1.0,
    Role.SUSPECT: 0.5,
    Role.LANDMARK: LANDMARK,
    Role.BYSTANDER: LANDMARK,
    Role.COMPARED: 0.25,
    Role.GONE: 0.02,
    Role.DENIED: 0.0,
}
_DOES = re.compile("[^,。!?;]{0,8}[排放倒冒烧漏埋吵响臭熏飘]")
_REFERS = re.compile("[厂店场][子里家内方]?|工厂|公司|企业")
_BELONGS = re.compile(
    ".*(?:堆场|料场|货场|煤场|堆垛|仓库|库房|车间|烟囱|渗滤液|渗沥液|排气筒|排风口|排污口|吊机|行车|传送带|皮带机)"
)
"""What is a part of the premises named before it: in `煤码头堆场` the wharf is meant."""
_MODIFIER = 0.1  # what is left of a premises word that belongs to the one after it
_JOINT = re.compile("(?:、|和|跟|及|与|或者?|以及|还有)[开卖摆做搞]?")
_REACH_BACK = 16
"""Code points before a term in which a cue may begin."""


_REACH_ON = 16
"""... and code points behind it in which a sign may begin."""

_SIGNS = sorted({sign for cue in CUES for sign in cue.signs})
_BEFORE = [tuple([cue for cue in CUES if sign in cue.signs and cue.before]) for sign in _SIGNS]
_BEHIND = [tuple([cue for cue in CUES if sign in cue.signs and cue.behind]) for sign in _SIGNS]
_FIND_SIGNS = AhoCorasick(_SIGNS).find_matches_as_indexes
_Sign = tuple[int, int, int]  # which one, start, end


def cast(folded: str, seen: list[Sighting]) -> list[Sighting]:
    """Give each word its part, which is what is left of its worth (`factor`). Words that are denied go."""
    signs = _FIND_SIGNS(folded, overlapping=True)
    if signs:
        playing = [sighting for sighting in seen if sighting.entry.parts]
        roles = [_role_by(signs, folded, each.start, each.end, each.entry.parts) for each in playing]
        if any(roles):
            _assign(folded, playing, roles)
            seen = [sighting for sighting in seen if sighting.factor]
    _weigh_premises(folded, [sighting for sighting in seen if sighting.entry.is_premises])
    return seen


def _assign(folded: str, playing: list[Sighting], roles: list[Role]) -> None:
    """The parts that words of grammar tell, and who shares them. What is denied is not the cause where it
    is named again either."""
    _share_in_enumerations(folded, playing, roles)
    _let_short_words_refer(folded, playing, roles)
    _follow_owners(folded, playing, roles)
    denied: set[str] = set()
    for sighting, role in zip(playing, roles, strict=True):
        if role:
            sighting.factor = _LEFT[role]
            if role >= Role.GONE and sighting.entry.is_premises:
                denied.add(sighting.entry.word)
    for sighting in playing:
        if sighting.entry.word in denied:
            sighting.factor = min(sighting.factor, _LEFT[Role.GONE])


def _share_in_enumerations(folded: str, playing: list[Sighting], roles: list[Role]) -> None:
    """In `砖厂、木材厂和饭店都关了` what is said of one is said of all."""
    ways = range(len(playing) - 1)
    for at in (*ways, *reversed(ways)):
        if roles[at] != roles[at + 1] and _joined(folded, playing[at].end, playing[at + 1].start):
            roles[at] = roles[at + 1] = max(roles[at], roles[at + 1])


def _follow_owners(folded: str, playing: list[Sighting], roles: list[Role]) -> None:
    """What is denied of the owner is denied of what is his: in `不是饭店的油烟` the fumes, too."""
    for at in range(len(playing) - 1):
        owner, his = playing[at], playing[at + 1]
        if roles[at] not in (Role.COMPARED, Role.DENIED) or not owner.entry.is_premises:
            continue
        if folded[owner.end : his.start] in ("", "的"):
            roles[at + 1] = max(roles[at], roles[at + 1])


def _let_short_words_refer(folded: str, playing: list[Sighting], roles: list[Role]) -> None:
    """`厂里`, `厂子` mean the works that were named before: they share their part, and tell whether those are
    gone."""
    named: dict[str, int] = {}
    for at, sighting in enumerate(playing):
        sector = sighting.entry.term.sector
        if not sighting.entry.is_premises or sector is None:
            continue
        if _REFERS.fullmatch(sighting.entry.word) is None:
            named[sector] = at
        elif sector in named:
            before = named[sector]
            if roles[at] >= Role.GONE:
                roles[before] = max(roles[before], roles[at])
            elif roles[before] >= Role.BYSTANDER and not _DOES.match(folded, sighting.end):
                roles[at] = max(roles[at], roles[before])


def _weigh_premises(folded: str, premises: list[Sighting]) -> None:
    """Landmarks, former premises and modifiers of a later head noun lose most of their worth."""
    last = len(premises) - 1
    for position, sighting in enumerate(premises):
        if shifted(folded, sighting.end):
            sighting.factor = min(sighting.factor, LANDMARK)
        elif position < last and modifies(folded, sighting.end, premises[position + 1].start):
            following = premises[position + 1]
            belongs = sighting.entry.term.weight >= GENERIC and _BELONGS.fullmatch(following.entry.word)
            if belongs or following.entry.term.weight < GENERIC <= sighting.entry.term.weight:
                following.factor = _MODIFIER
            else:
                sighting.factor = min(sighting.factor, _MODIFIER)
    if all(sighting.factor < 1 for sighting in premises):
        for sighting in premises:
            if sighting.factor == LANDMARK:
                sighting.factor = ONLY_LANDMARK


def _role_by(signs: Sequence[_Sign], folded: str, start: int, end: int, parts: Set[Role]) -> Role:
    """The part that the word from `start` to `end` plays by the cues whose signs stand near it: of `parts`,
    the heaviest that fits."""
    role = Role.CAUSE
    for sign, begins, ends in signs:
        if begins >= end:
            cues = _BEHIND[sign] if begins - end <= _REACH_ON else ()
        else:
            cues = _BEFORE[sign] if start - begins <= _REACH_BACK and ends <= start else ()
        for cue in cues:
            if cue.role > role and cue.role in parts and _holds(cue, folded, start, end):
                role = cue.role
    return role


def _joined(folded: str, end: int, start: int) -> bool:
    """Whether what ends and what starts here stand in one enumeration: `砖厂、木材厂和饭店`."""
    return start - end <= 4 and _JOINT.fullmatch(folded, end, start) is not None


def _holds(cue: Cue, folded: str, start: int, end: int) -> bool:
    if cue.before is not None and cue.before.search(folded, max(0, start - _REACH_BACK), start) is None:
        return False
    if cue.unless is not None and cue.unless.search(folded, max(0, start - _REACH_BACK), start):
        return False
    return cue.behind is None or cue.behind.match(folded, end) is not None
