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
    r"(?P<ordinal_times>次)|(?P<years>年)(?!前|级|代|[\d月]))"
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
        elif match["ordinal_times"]:
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


_PERIOD = (
    "每天凌晨|凌晨|清晨|清早|早晨|大早上|早上|早|上午|中午|下午|"
    "傍晚|每天晚上|晚上|每晚|当晚|夜晚|夜里|半夜|深夜|夜间|夜|晚"
)
_HOUR = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_CLOCK = re.compile(
    rf"(?P<period>{_PERIOD})?(?P<hour>{_HOUR})(?:[点时](?!候|间|常|段|不(?!到)|都)钟?|[::](?P<minutes>[0-5]\d))(?P<half>半|一刻|三刻)?(?:多|左右|钟)?(?P<before>不到|没到|以前|之前|前)?"
    rf"(?:(?:[^,。;!?\d\n]{{0,6}}?[到至]|\s?[~\-—-]{{1,2}})\s?(?P<to_period>第二天凌晨|次日凌晨|第二天早上|次日|{_PERIOD})?"
    rf"(?P<to_hour>{_HOUR})(?:[点时]钟?|[::][0-5]\d)(?P<to_half>半)?|(?P<after>后|以后|之后|过后|开始|起))?"
)
_EVENING = ("傍晚", "晚上", "每晚", "当晚", "夜晚", "夜里", "半夜", "深夜", "夜间", "夜", "晚", "下午")
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
    period = (match["period"] or "").removeprefix("每天")
    written = match["hour"]
    hour = _hour_of(written, period, clock=match["minutes"] is not None)
    if hour is None:
        return None
    if match["half"]:
        hour += 0.5
    if match["before"] and hour == NIGHT_ENDS:
        hour -= 0.5
    if match["to_hour"]:
        to_period = (match["to_period"] or "").removeprefix("每天")
        until = _hour_of(match["to_hour"], to_period or period, clock=match["minutes"] is not None)
        if until is not None:
            until += 0.5 if match["to_half"] else 0.0
            crosses = until < hour or until > NIGHT_BEGINS
            return DayPart.NIGHT if crosses or _is_night(hour) else DayPart.DAY
    evening_and_on = bool(match["after"]) and hour >= NOON + 6
    return DayPart.NIGHT if _is_night(hour) or evening_and_on else DayPart.DAY


def _hour_of(written: str, period: str, *, clock: bool) -> float | None:
    """The hour from 0 to 24 and on to 28; two digits in a row (`四五点`) are read as the first."""
    hour = number_of(written)
    if len(written) == 2 and not written.isdigit() and "十" not in written:
        hour = number_of(written[0])
    elif len(written) == 3 and written[0] == "十":
        hour = number_of(written[:2])
    if hour > 24:
        return None
    if period.endswith(_EVENING):
        if hour <= 5 and period != "下午":  # three o'clock at night is after midnight
            return hour
        return hour + NOON if hour <= NOON else hour
    if not period and not clock and NIGHT_ENDS > hour > 0:
        return None
    return hour


def _is_night(hour: float) -> bool:
    """22:00 to 06:00."""
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
