"""How a complaint is built: sentences and clauses, what is denied, what is only named as a landmark."""

from __future__ import annotations

import re
from bisect import bisect_right

_CLAUSE_END = re.compile(r"[,。!?;\n\r\u2028…]")


class Clauses:
    """Which clause and which sentence a position of the folded text belongs to, both counted from 0."""

    __slots__ = ("_clause_ends", "_sentence_ends")

    def __init__(self, folded: str) -> None:
        self._clause_ends = [match.start() for match in _CLAUSE_END.finditer(folded)]
        self._sentence_ends = [end for end in self._clause_ends if folded[end] != ","]

    def clause(self, position: int) -> int:
        """The number of the clause."""
        return bisect_right(self._clause_ends, position)

    def sentence(self, position: int) -> int:
        """The number of the sentence."""
        return bisect_right(self._sentence_ends, position)


_SIDE = "(?:[东南西北]{1,2}|左|右|前|后|外|旁|侧|上|下)"
_ITS_THINGS = (
    "的?[那这]?(?:[一二两三几]?[台个排套只])?(?:大|小|电子|高音|中央|排风|抽)?"
    "(?:空调|外机|压缩机|冷却塔|风机|发电机|油烟|排烟|烟囱|烟道|音箱|音响|喇叭|大屏|招牌|霓虹灯|迎宾"
    "|隔油池|卸货|装货|送货|锅炉|冷库)"
)
_LANDMARK = re.compile(
    rf"(?:的)?[老旧原]?(?:大门|正门|后门|院|楼|区|厂区|场区|宿舍区?|宿舍楼|家属[院楼区]|生活区|小区)?(?:的)?"
    rf"(?:旁边?|边(?![角缘境])|跟前|近旁|底下|附近|对面|对过|对门|斜对面|门口|门前|[大院]?门外|围挡[外边]|隔壁|楼下|楼上|边上"
    rf"|后面|后头|后边|前面|前边|周边|周围|四周|外面|外围|背后|"
    rf"{_SIDE}(?:侧|边|面|门|头|方)|宿舍|家属[院楼区]|生活区|站台|小区|社区|以[东南西北]|[东南西北](?!方)"
    rf"|不远|[围院外]墙(?:外|以外|边|根|旁)|墙[外根角]|村(?![民里委口头边])|镇(?![上里民政])|之乡"
    rf"|[上下]风[口向]?|[上下]游|一墙之隔|地块|片区|公交站|街(?![上面边头道])|路(?![过上面边])|那一片"
    rf"|交界|交汇|一带|路段|站前|之间|留下的?|遗留|旧址|原址|遗址|路口|出口|入口)"
    rf"(?!{_ITS_THINGS})"
)


def shifted(folded: str, end: int) -> bool:
    """Whether the premises word that ends at `end` only says where something is: `化工厂旁边`."""
    return _LANDMARK.match(folded, end) is not None


_JOINT = re.compile(
    r"(?:的|之|里|内|中|里面|内部|院内|院里|厂区|场区|内的|里的|里面的|自办|自建|自备|自己的|私自|私人"
    r"|职工|员工|附属|下属|配套|露天|小|大|新|[a-z0-9号])*"
)
_LONGEST_JOINT = 8


def modifies(folded: str, end: int, next_start: int) -> bool:
    """Whether the premises word ending at `end` belongs to the next: in `化工厂的码头` the wharf is meant."""
    if next_start - end > _LONGEST_JOINT:
        return False
    return _JOINT.fullmatch(folded, end, next_start) is not None
