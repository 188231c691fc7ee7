"""Numbers in a complaint: heads of animals, areas, how often, how many years, and times of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9, "几": 3, "数": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000}
# Bounded, so that a megabyte of digits costs no more than a megabyte of anything else.
_NUMBER = r"(?:\d{1,8}(?:\.\d{1,3})?[万千百]?|[零〇一二两三四五六七八九十百千万几数]{1,8})"


def number_of(written: str) -> float:
    """The value of Arabic or Chinese digits: `50`, `2.5万`, `两百三十`, `几十` (read as three tens)."""
    if written[0].isdigit():
        factor = {"万": 10_000, "千": 1000, "百": 100}.get(written[-1])
        return float(written[:-1]) * factor if factor else float(written)
    head, _, tail = written.rpartition("万")
    if head:
        return number_of(head) * 10_000 + (number_of(tail) if tail else 0)
    total = digit = 0
    for sign in written.replace("万", ""):
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign] if digit else _DIGITS[sign]
    return float(total + digit)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count that was found: the fact field that it fills, its value, and where it stands."""

    field: str
    value: float
    start: int
    end: int


_COUNTED = re.compile(
    rf"(?P<number>{_NUMBER})(?:多|余|来)?(?:"
    r"(?P<animals>头|只|羽|匹)|"
    r"(?P<mu>亩)|(?P<area>平方米|平米|平方|㎡|m2)|"
    r"(?P<times>次|趟|遍|[个通]电话|回(?![事合来家复头收去报应填馈迁老]))|"
    r"(?P<years>年)(?!前|级|代|[\d月]))"
)
_NEVER_ANIMALS = re.compile("只(?:能|有|要|是|会|好|得|顾|管|剩|说|为|在|想|盼|求)")
_SQUARE_METRES_OF_A_MU = 666.7


def quantities(folded: str) -> list[Quantity]:
    """Counts with a unit, in order. A calendar year (`2018年`) is not a duration."""
    found: list[Quantity] = []
    for match in _COUNTED.finditer(folded):
        start, end = match.span()
        value = number_of(match["number"])
        if match["animals"]:
            if not _NEVER_ANIMALS.match(folded, end - 1):
                found.append(Quantity("animals", value, start, end))
        elif match["mu"]:
            found.append(Quantity("area", round(value * _SQUARE_METRES_OF_A_MU), start, end))
        elif match["area"]:
            found.append(Quantity("area", value, start, end))
        elif match["times"]:
            found.append(Quantity("times", value, start, end))
        elif value < 100:
            found.append(Quantity("years", value, start, end))
    return found


class DayPart(StrEnum):
    """What a clock time says about the night (22:00 to 06:00)."""

    NIGHT = "night"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day or a span of hours, and whether it falls into the night."""

    part: DayPart
    start: int
    end: int


_MORNING = "凌晨|凌辰|拂晓|黎明|清晨|清早|早晨|早上|早|上午"
_BEFORE_NOON = ("早上", "早晨", "早", "上午", "中午")
_EVENING = "傍晚|晚黑|晚头|夜头|晚间|晚上|每晚|晚晚|当晚|昨晚|夜晚|夜里|半夜|午夜|深夜|夜间|夜|晚"
_PERIOD = f"(?:每天|第二天|次日|大)?(?:{_MORNING}|中午|下午|{_EVENING})|次日|翌日"
_HOUR = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_MINUTES = r"(?:[0-5]?\d分?|(?:零[一二三四五六七八九]|[一二三四五]?十[一二三四五六七八九]?)分?)"
_CLOCK = re.compile(
    rf"(?P<period>{_PERIOD})?(?:的|都|快|近|将近|大概|大约|差不多|到了?|\s)?"
    rf"(?P<hour>{_HOUR})(?:[点时](?!候|间|常|段|不(?!到)|都(?!快|过))钟?|[::](?P<minutes>[0-5]\d))"
    rf"(?P<half>半|一刻|三刻)?{_MINUTES}?(?:多|左右|钟)?(?P<before>不到|没到|以前|之前|前)?"
    rf"(?:(?:[^,。;!?\d\n]{{0,6}}?[到至]|\s?[~\-—-]{{1,2}})\s?(?P<to_period>{_PERIOD})?"
    rf"(?P<to_hour>{_HOUR})(?:[点时]钟?|[::][0-5]\d)(?P<to_half>半)?|(?P<after>后|以后|之后|过后|开始|起))?"
)
# A bare hour that its clause makes certain: `唱到十一点`, `十点半了还不散`, `四点多就磨豆子`.
_UNTIL = re.compile(r"(?:[闹吵唱喝玩跳打干响搞弄忙做开放吃聊嚎叫轰排烧砸拉转]|营业|施工|折腾|生产|持续)到$")
_STILL = re.compile(r"(?:了|都|也)?(?:还[在不没有吵响开干放唱]|仍|才[散收停关走歇睡完罢消结安])")
_ALREADY = re.compile(r"[^,。;!?\d\n]{0,8}?就(?!放学|下班|收|关|停|散|结束|没|不)")
_LATE_HOURS, _SMALL_HOURS, _EARLY_HOURS = range(10, 13), range(1, 4), range(3, 6)
NIGHT_BEGINS, NIGHT_ENDS, NOON = 22, 6, 12


def clock_times(folded: str) -> list[ClockTime]:
    """Times of day whose hour is certain enough to judge, in order."""
    if "点" not in folded and "时" not in folded and ":" not in folded:
        return []
    found: list[ClockTime] = []
    for match in _CLOCK.finditer(folded):
        part = _judge(match)
        if part is not None:
            found.append(ClockTime(part, *match.span()))
    return found


def _judge(match: re.Match[str]) -> DayPart | None:
    """Whether the hours of one match touch the night; None where morning and evening cannot be told."""
    period = match["period"] or ""
    clock = match["minutes"] is not None
    if not period and not clock and not match["to_hour"] and _is_night_by_its_clause(match):
        return DayPart.NIGHT
    hour = _hour_of(match["hour"], period, clock=clock)
    if hour is None:
        return None
    if match["half"]:
        hour += 0.5
    if match["before"] and hour == NIGHT_ENDS:
        hour -= 0.5
    if match["to_hour"]:
        until = _hour_of(match["to_hour"], match["to_period"] or period, clock=clock)
        if until is not None:
            until += 0.5 if match["to_half"] else 0.0
            if until < hour <= NOON and not match["to_period"] and period.endswith(_BEFORE_NOON):
                until += NOON  # from nine in the morning to five
            crosses = until < hour or until > NIGHT_BEGINS
            return DayPart.NIGHT if crosses or _is_night(hour) else DayPart.DAY
    evening_and_on = bool(match["after"]) and hour >= NOON + 6
    return DayPart.NIGHT if _is_night(hour) or evening_and_on else DayPart.DAY


def _is_night_by_its_clause(match: re.Match[str]) -> bool:
    """Whether a bare hour is one of the night for what is done until or from then."""
    hour = _first_number(match["hour"])
    before = match.string[max(0, match.start("hour") - 6) : match.start("hour")]
    if hour in _LATE_HOURS and _STILL.match(match.string, match.end()):
        return True
    if hour in _EARLY_HOURS and _ALREADY.match(match.string, match.end()):
        return True
    return (hour in _LATE_HOURS or hour in _SMALL_HOURS) and _UNTIL.search(before) is not None


def _first_number(written: str) -> float:
    """The hour; two digits in a row (`四五点`) are read as the first."""
    if len(written) == 2 and not written.isdigit() and "十" not in written:
        return number_of(written[0])
    if len(written) == 3 and written[0] == "十":
        return number_of(written[:2])
    return number_of(written)


def _hour_of(written: str, period: str, *, clock: bool) -> float | None:
    """The hour from 0 to 24 and on to 28."""
    hour = _first_number(written)
    if hour > 24:
        return None
    if period.endswith((*_EVENING.split("|"), "下午")):
        if hour <= 5 and not period.endswith("下午"):  # three o'clock at night is after midnight
            return hour
        return hour + NOON if hour <= NOON else hour
    if period.endswith("中午") and hour < NIGHT_ENDS:  # two o'clock at noon
        return hour + NOON
    if not period and not clock and NIGHT_ENDS > hour > 0:
        return None
    return hour


def _is_night(hour: float) -> bool:
    """22:00 to 06:00."""
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
