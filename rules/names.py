"""Names of streets, estates, villages and firms in a complaint: what makes it this one and no other.

A name ends with a word for a kind of place and begins where the sentence no longer belongs to it. No list of
names is kept: what the lexicon knows is a kind (化工厂), what stands before it makes it a name (金龙化工厂).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MOST_NAMES = 6
LONGEST_NAME = 12
LONGEST_OWN = 5
"""Characters before the word for the kind."""

_STREETS = frozenset(("大道", "大街", "路", "街", "巷", "弄", "胡同"))
_VILLAGES = frozenset("村屯庄")
_OTHERS = """
有限公司 公司 集团 加工厂 厂 作坊 公路 高速 小区 花园 家园 花苑 公寓 新村 新城 家属院 苑 社区
酒店 饭店 宾馆 餐厅 餐馆 饭馆 菜馆 面馆 烧烤店 烧烤 火锅店 火锅 酒吧 ktv 网吧 超市 商场 市场 菜场
广场 大厦 店 馆 幼儿园 小学 中学 大学 学院 医院 公园 车站 水库 大桥 桥 河 湖 江 渠 码头 港
养殖场 养猪场 养鸡场 猪场 鸡场 搅拌站 中转站 砖厂 矿 工地 项目部
"""
_KINDS = sorted((*_STREETS, *_VILLAGES, *_OTHERS.split()), key=lambda kind: (-len(kind), kind))
_KIND = re.compile("|".join(_KINDS))
# What a name does not go on beyond, to the left.
_BEFORE = re.compile(
    r"[^0-9a-z\u4e00-\u9fff]|[流摆倒掉排炸满跑扫的在于是跟与从往把被让给住们我你他她它这那某没个条座间处旁边离距及了着叫属沿每请]|附近|"
    "隔壁|楼下|楼上|对面|门口|后面|前面|门前|背后|投诉|反映|举报|因为|由于|发现|看到|关于|新开|新建|紧邻|临近|靠近|路口|交叉口|"
    "[东西南北][头边侧面]|[一二两三四五六七八九十几]家|[省市县镇乡号]|开发区|高新区|另外|紧挨"
)
_SOFT = re.compile("[和上到去来家区对有向村建进开修通]")
"""What names begin with too (和平路): a name goes on to it where hardly anything is left behind it."""
_KINDLESS = frozenset(
    "马公道铁小大老新旧一半电线全本农乡工商饭整各两三几多该附外进出通邻同俺十字正和上到去来家有村"
)
_STREET_KINDS = """
步行 商业 美食 小吃 机耕 进村 出村 环村 主干 人行 河堤 水泥 沥青 柏油 盘山 乡间 快速 临街 沿街 沿河
"""
_NAMELESS_STREETS = frozenset(_STREET_KINDS.split())


def names_in(folded: str, known: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The names in a folded text, each once, in order, at most six. `known` are the stretches, from start to
    end, that the lexicon has words for."""
    found: dict[str, None] = {}
    last = 0
    for first, kind in _ends(folded):
        start = _start(folded, max(last, kind.end() - LONGEST_NAME), first)
        last = kind.end()
        of_kind = min((at for at, to in known if at < last <= to), default=kind.start())
        if _is_name(folded[start : kind.start()], folded[start:of_kind], kind.group()):
            found[folded[start:last]] = None
    return tuple(found)[:MOST_NAMES]


def _ends(folded: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The words for kinds; of those that follow each other (长江路) the last, with where the first begins."""
    before: re.Match[str] | None = None
    first = 0
    for kind in _KIND.finditer(folded):
        if before is None or before.end() != kind.start():
            if before is not None:
                yield first, before
            first = kind.start()
        before = kind
    if before is not None:
        yield first, before


def _start(folded: str, earliest: int, end: int) -> int:
    """Where a name begins that ends with a kind of place at `end`."""
    start = max((word.end() for word in _BEFORE.finditer(folded, earliest, end)), default=earliest)
    softly = max((word.end() for word in _SOFT.finditer(folded, start, end)), default=start)
    return softly if end - softly > 1 else start


def _is_name(before: str, own: str, kind: str) -> bool:
    """Whether there is more than a kind: two characters that are not of its word in the lexicon, or one
    before a village. Streets are in the lexicon whatever they are called; what is long is half a sentence."""
    if kind in _STREETS:
        return 1 < len(before) <= LONGEST_OWN and before not in _NAMELESS_STREETS and _tells(before)
    return (kind in _VILLAGES if len(own) == 1 else 1 < len(own) <= LONGEST_OWN) and _tells(own)


def _tells(own: str) -> bool:
    return not _KINDLESS.issuperset(own)
