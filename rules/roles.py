"""What part a word plays in its clause: it causes, says where, suffers or speaks, is denied, or was there once.

The cues are words of grammar, looked for around a term of the lexicon and nowhere else: what stands right
before the term, what right behind it. A text without any of a cue's signs is not searched for it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """The part of a word, from the one that counts fully to the one that counts nothing."""

    CAUSE = 0
    SUSPECT = 1  # somebody asks or guesses whether it is the cause
    LANDMARK = 2  # says where something is; may be the cause, if nothing else is named
    BYSTANDER = 3  # suffers or speaks
    COMPARED = 4  # is what something is like, or goes by the name of
    GONE = 5  # was there once, is not yet at work, or does nothing
    DENIED = 6


_JOINT = re.compile("(?:、|和|跟|及|与|或者?|以及|还有)[开卖摆做搞]?")
_REACH_BACK = 16
"""Code points before a term in which a cue may begin."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A way to give a word a role; of `before` and `behind` all that is given has to match."""

    role: Role
    signs: tuple[str, ...]
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None


def _cue(role: Role, signs: str, before: str = "", behind: str = "") -> Cue:
    return Cue(
        role,
        tuple(signs.split()),
        re.compile(f"(?:{before})$") if before else None,
        re.compile(behind) if behind else None,
    )


_PART = r"[^,。!?;:\n]"
_NEAR_BY = "对面|隔壁|外面|外头|里面|附近|旁边|周围|周边|田里|地里|楼下|楼上|村里|村"
_WHICH = (
    f"(?:什么|任何|[一那这哪某][家个些座]|谁家|某|正规|普通|人家|{_NEAR_BY}|在|开|因为|由于|[我你他]们|咱们?|啥|的|是|有)"
    "{0,3}"
)
_DEVICE = f"(?![^,。]{{0,2}}(?:处理|净化|收集|治理|防护|防治|防尘|设施|设备|检测|监测|控制|管控|许可|手续|执照|标志|资质|证))(?!{_PART}{{0,6}}(?:就是|吗))"
_SPEAKER = (
    "(?:我|俺|咱|本人|父亲|母亲|老公|爱人|儿子|女儿|媳妇|丈夫|亲戚|表弟|侄子)"
    "(?:们|家|也|这里|这边|这儿|这|那儿|村|镇|都|就|原来|以前|一直|年轻时|本来|自己|全家|这些|几个|几户|两边|沿线)*"
)
_SPEAKS = f"(?:(?!投诉|举报|反映|发现|告|说|讲|问|听|见|看|闻|被|让|这|那|天天|每天){_PART})"
_NOT_YET = "(?:早就|(?![不没未无要该请求能何说承诺答应为须希需令拒才将会想让把被来查])" + f"{_PART})"
_FOR_GOOD = (
    r"(?!.{0,12}(?:又|仍|依旧|照样|照常|偷偷|偷着|复[工产开]|继续))"
    rf"(?!{_PART}{{0,10}}(?:期间|[几两三]天|一阵|晚上|夜里|夜间|半夜|凌晨))"
    r"(?!.{0,3}后?还在[^,]{0,4}[产排做干])"
)

_CUES = (
    # 不是饭店, 没有工厂, 也不是谁家装修
    _cue(
        Role.DENIED,
        "不 没 无 非 排除",
        "(?<![是可莫要无还就])"
        "(?:不是|并非|而非|不属于|不像是?|不在|排除|没有?|无|非)"
        f"(?:反对|[修建盖办搞养拆])?{_WHICH}",
        _DEVICE,
    ),
    # 我不是告工厂, 不投诉油烟
    _cue(Role.COMPARED, "不 并非", f"(?:不|不是|并非|不是要|不想)(?:投诉|反映|举报|告|针对|说){_WHICH}"),
    # 不加工, 没见拆解
    _cue(Role.DENIED, "不 没 未", "(?:(?<![要能可])不|没见|没人|没再|未|从不|并不|不再|不会)(?:在|做|搞|进行)?", "(?!吗|的时候)"),
    # 没见周围有啥厂子, 一个厂都没有
    _cue(Role.DENIED, "没 未见", f"(?:没见|没听说|没看[到见]|没发现|未见|没得){_PART}{{0,6}}(?:有|啥|什么)+"),
    _cue(Role.DENIED, "都没 也没", behind="(?:都|也)(?:没有|没得|没一家|没一个)(?=[,。;!]|$)"),
    # 不怪饭店, 不关工厂的事
    _cue(
        Role.DENIED,
        "怪 怨 关 冤",
        f"(?:(?:不能?|别|莫|休)(?:怪|怨|关)|怪不得|怨不得|冤枉了?|错怪了?){_WHICH}",
    ),
    # 跟饭店没关系, 和工厂无关
    _cue(
        Role.DENIED,
        "关 相干",
        f"(?:跟|和|与|同){_WHICH}",
        f"{_PART}{{0,4}}(?:没|无|不)(?:有|啥|什么)?(?:相?关|相干|干系)",
    ),
    # 我以为是饭店, 当成工厂处理, 误认为工地
    _cue(
        Role.DENIED,
        "以为 认为 当成 当作 说成 听成 写成",
        f"(?:以为|误认为|当成了?|当作|说成|听成|写成)(?:管)?{_PART}{{0,8}}",
    ),
    # 饭店没问题, 工地倒还规矩, 矿离这儿远
    _cue(
        Role.DENIED,
        "没 不 倒 闻不 听不 是好的 干净 离 远 规矩",
        behind=f"{_PART}{{0,7}}?(?:没(?:有|啥|什么)?(?:问题|毛病|味|臭|响|吵|灰|烟|噪|动静|声音)"
        "|倒(?:是|还|也)*(?:没|不|行|规矩|干净|好|可以|自觉|安静|算)|是(?:好|干净|合格|达标|规矩|正规)的"
        "|(?:自己|自身|本身)(?:不|没)|挺(?:好|规矩|干净|自觉)|不脏|不臭(?!才)|不吵(?!才)|不响(?!才)|不冒烟|(?:根本|都|也)?(?:闻不到)|是没有的|离(?:这|我|村|得)[^,]{0,3}(?:远|里))",
    ),
    # 厂早就搬走了, 饭店上个月都关门了, 改成了公园
    _cue(
        Role.GONE,
        "搬 迁 关 拆 停 倒闭 破产 歇业 没了 工 交 不在 不养 不干 不开 退 取缔 下班 封 改 成 转给 租给",
        behind=f"{_NOT_YET}{{0,8}}?(?:搬(?:走|迁|到|去|离|了|出|掉|空)|迁走|外迁|关(?:了|门|停|掉|闭|张|着门)|拆(?:了|除|光|掉|完|走|迁|平)"
        "|停了?(?:产|业|工|办|用|烧)|停了(?=[,。;!]|$)|倒闭|破产|歇业|没了|不在了|完工|竣工|交房|交付|收工了|停了[^,]{0,3}[年月]|不[养干开做办]了|退城|退出|取缔|下班了|封(?:了?门|了?顶|场|存)|[改修盖]成|改(?:建|做|为|制)|变成了?)"
        f"{_FOR_GOOD}",
    ),
    # 厂房还没投产, 变电站没通电
    _cue(
        Role.GONE,
        "没 未",
        behind=f"{_PART}{{0,5}}?(?:没有?|未|没正式)(?:正式)?(?:投产|投入|通电|开业|营业(?!执照)|开工|开机|生产|建成|完工|运行|启用|开)",
    ),
    # 以前的化工厂, 当年厂里
    _cue(
        Role.GONE,
        "前 早 当年 过去 小时候 曾经 原先",
        f"(?:以前|从前|早先|早年|早些年|当年|过去|先前|前些年|前几年|小时候|原先|曾经|上世纪){_PART}{{0,8}}",
    ),
    _cue(Role.GONE, "在的时候 那时 那会", behind="(?:还|没[搬拆关])?在(?:的时候|那会|那时)"),
    # 我在厂里上班, 我们是开饭店的, 作为物业
    _cue(
        Role.BYSTANDER,
        "我 俺 咱 本人 父 母 老公 爱人 儿 媳 丈夫 亲戚 弟 侄",
        f"{_SPEAKER}(?:是|在|开|办|住|干|做|去|从|经营|承包|当|靠|种|养){_SPEAKS}{{0,8}}",
    ),
    _cue(Role.BYSTANDER, "作为 身为", f"(?:作为|身为){_PART}{{0,5}}"),
    # 厂里上班的人, 饭店生意
    _cue(
        Role.BYSTANDER,
        "上班 打工 做工 干活 上学 读书 谋生 退休 女工 老工人 老职工 生意 教职工 干了",
        behind="(?:里|里面|的)*(?:上班|打工|做工|干活|上学|读书|谋生|退休|女工|老工人|老职工|教职工|干了|(?:的)?生意)",
    ),
    # 店里的客人都捂着鼻子, 给全省门店供货
    _cue(
        Role.BYSTANDER,
        "客人 顾客 师生 学生 病人 住户 食客 旅客 的人 员工",
        behind="(?:里|里面)?(?:的)?(?:人|客人|顾客|师生|学生|病人|住户|食客|旅客|员工)(?:们)?(?:都|全|被|也|闻|捂|受不了|睡|吃不|没法|受害|遭)",
    ),
    _cue(
        Role.BYSTANDER,
        "供货 送货 配送 供应 加工 拉货 盖",
        f"(?:给|向|为|帮|供应?)(?:(?!我们?){_PART}){{0,4}}",
        "(?:供货|送货|配送|供应|供[^,]|加工|拉货|盖)",
    ),
    # 饭店的事先不说, 别拿工厂说事, 修理铺的账另算
    _cue(
        Role.BYSTANDER,
        "说 算 忍 在乎 计较 认了",
        behind=f"{_PART}{{0,4}}?(?:先不[说提管谈]|另[说算]|不说了|暂且|说事|都能忍|能忍|忍了|不在乎|不计较|就算了|也认了|不追究)",
    ),
    _cue(Role.BYSTANDER, "先不 且不 别拿 别再拿 暂不", "(?:先不|且不|暂不|别再?拿|不要再?拿)(?:说|提|管|谈)?(?:那|这|家|个)*"),
    # 蟹苗死了, 果园绝收
    _cue(
        Role.BYSTANDER,
        "死 绝收 绝产 减产 枯 发黄 落果 遭殃 受损 绝了 翻塘 落满 蒙",
        behind="(?:都|全|也|里|的|鱼|虾|苗|叶|树|大片|成片|一夜){0,3}(?:死(?!猪|鸡|鸭|羊|牛|鱼|禽|畜)|绝收|绝产|减产|枯|发黄|落果|遭殃|受损|绝了|翻塘|毒死|落满|蒙了?[一灰])"
        f"(?!{_PART}{{0,6}}[扔丢抛埋卖])",
    ),
    # 我家鱼塘, 把我家果园
    _cue(
        Role.BYSTANDER,
        "我 俺 咱 自家 自己 把 将",
        "(?:我家|我们家|俺家|咱家|自家|自己家|我们?的|我们?承包的|承包的)(?:的|那|这|承包|[几0-9一二两三四五六七八九十百]+[亩口个])*"
        f"|[把将](?:我|俺|咱|村|人家|整|旁|下|附|周|对)(?:(?!的){_PART}){{0,4}}",
    ),
    # 影响学校, 害得鱼塘, 离水源
    _cue(
        Role.BYSTANDER,
        "影响 耽误 害 呛 熏 吵 殃及 威胁 祸害 糊 波及",
        "(?:影响|耽误|害得|害了|呛得|熏得|吵得|殃及|波及|威胁|祸害)(?:了|到|着|及)?(?:我们|附近|周边|周围|旁边|隔壁|对面|整个|本|我|的)*",
    ),
    # 排到鱼塘里, 往果园飘
    _cue(
        Role.LANDMARK,
        "到 进 入 往 向 在 满",
        f"[排流倒吹灌漫淌落飘漏渗溢冲洒泼卸埋填刮传钻扑](?:到|进|入|向|往|在|满)了?(?:(?:我们?|俺们?|咱们?|人家|别人|村|里|附近|旁边|隔壁|对面|下面|下游|家)*的)?(?:(?!的){_PART}){{0,6}}|[往向朝](?:我们|我|村|隔壁|附近|对面|旁边|的|里)*",
    ),
    # 比工厂还吵, 像垃圾场一样
    _cue(Role.COMPARED, "比", f"(?:比|不如){_PART}{{0,6}}", f"{_PART}{{0,6}}(?:还|都|更|要)"),
    _cue(
        Role.COMPARED,
        "像 跟 和 如同 成了 似的",
        f"(?:像|如同|好比|成了|跟|和){_PART}{{0,5}}",
        f"{_PART}{{0,5}}(?:一样|似的|一般|那样|差不多)",
    ),
    _cue(Role.COMPARED, "像 如同 好比", "(?:像|如同|好比)(?:个|是|一个|在|住在|进了|住进)*"),
    _cue(Role.COMPARED, "对外 号称 挂着 冒充", f"(?:对外(?:说|称|叫)?是?|号称|挂着|冒充){_PART}{{0,3}}"),
    # 开饭店的都说, 店门都不敢开, 老板都讲
    _cue(
        Role.BYSTANDER,
        "都 也 没法 不敢 无法 做不 开不",
        behind="(?:的|老板娘?|师傅|店主|店员|小伙子|大姐|的人|门|窗|老百姓){0,3}(?:都|也)(?:说|讲|抱怨|受不了|遭|开不|没生意|没法|不敢|无法|做不|干不|跟着|反映|怕|嫌|没人|挡不)",
    ),
    _cue(
        Role.BYSTANDER,
        "都 也 换 改 走 搬 退租",
        "[开摆卖办搞]",
        "的[^,。]{0,5}(?:都|也|换了|改|走了|搬|退租)",
    ),
    _cue(Role.BYSTANDER, "改卖 改行 退租 走光 搬走", behind="(?:的|老板|师傅)?(?:都|也|已经)?(?:改卖|改行|退租|走光|搬走)"),
    # 从哪个工地来, 正在盖的厂房, 给药厂建厂房
    _cue(Role.BYSTANDER, "从哪 在拆 在盖 在建 在翻 在装修 在改", "从哪[个家些]|在(?:拆|盖|建|翻建|翻修|装修|改造)(?:除|的|着)?(?:老|旧|新|原来的)*"),
    # 卖给加工厂, 拉到搅拌站, 开往焚烧厂
    _cue(
        Role.BYSTANDER,
        "转给 推给 转到 推到 卖给 卖到 送到 送往 送去 运到 运往 运去 拉到 拉去 开往 开到 通往 去往",
        f"(?:转给|推给|转到|推到|卖给|卖到|送到|送往|送去|运到|运往|运去|拉到|拉去|开往|开到|通往|去往){_PART}{{0,3}}",
    ),
    _cue(Role.BYSTANDER, "管", "[管找](?:的)?", "的(?:部门|单位|科室|来|人|办结|,|$)"),
    # 问是不是化工厂, 有人怀疑是饭店
    _cue(
        Role.SUSPECT,
        "问 怀疑 猜 有人说 有的说 都说 听说 传",
        f"(?:问|怀疑|猜测?|有人说|有的说|都说|听说|传)(?:我们?|说|道)?(?:是不是|有没有|是|有|可能){_PART}{{0,4}}",
    ),
    # 原化肥厂, 离水厂三百米, 隔着饭店
    _cue(
        Role.LANDMARK,
        "原 废弃 搬迁 停产 关停 关闭 倒闭 拆除 旧 离 距 邻 靠 挨 隔 正对 背对 对着 路过 途经 经过",
        "(?<![平草高还])原(?![料因油木煤子生始址地处])(?:来)?(?:的|是)?"
        f"(?:(?!料|因|油|木){_PART}){{0,5}}"
        "|(?:废弃|搬迁后|停产|关停|关闭|倒闭|拆除)的?|旧|离|距离?|紧邻|毗邻|靠近?|背靠|紧?挨着?|隔着?|正对着?|背对着?|对着|路过|途经|经过",
    ),
)


_BY_SIGN: dict[str, list[Cue]] = {}
for _each in _CUES:
    for _first in {sign[0] for sign in _each.signs}:
        _BY_SIGN.setdefault(_first, []).append(_each)


def cues_in(folded: str) -> tuple[Cue, ...]:
    """The cues that this text has a sign of; most texts have few."""
    possible = {id(cue): cue for sign in _BY_SIGN.keys() & set(folded) for cue in _BY_SIGN[sign]}
    return tuple([cue for cue in possible.values() if any(sign in folded for sign in cue.signs)])


def role_by(cues: tuple[Cue, ...], folded: str, start: int, end: int, parts: Set[Role]) -> Role:
    """The part that the word from `start` to `end` plays by these cues: of `parts`, the heaviest that fits."""
    role = Role.CAUSE
    for cue in cues:
        if cue.role > role and cue.role in parts and _holds(cue, folded, start, end):
            role = cue.role
    return role


def joined(folded: str, end: int, start: int) -> bool:
    """Whether what ends and what starts here stand in one enumeration: `砖厂、木材厂和饭店`."""
    return start - end <= 4 and _JOINT.fullmatch(folded, end, start) is not None


def _holds(cue: Cue, folded: str, start: int, end: int) -> bool:
    if cue.before is not None and cue.before.search(folded, max(0, start - _REACH_BACK), start) is None:
        return False
    return cue.behind is None or cue.behind.match(folded, end) is not None
