"""Personal data in a complaint: what identifies or reaches somebody (个人信息保护法, articles 4 and 28).

Found by form alone, so that nothing has to be known of anybody. A road, a hotline, a date, an amount or the
house number of a shop is none: the case is worked by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rules.surnames import COMPOUND_SURNAMES, SURNAMES

HIDDEN = "*"
"""What stands for a character that others may not see."""


class DataKind(StrEnum):
    """What was found."""

    PHONE = "phone"
    IDENTITY_NUMBER = "identity_number"
    PLATE = "plate"
    EMAIL = "email"
    BANK_CARD = "bank_card"
    ACCOUNT = "account"  # of WeChat or QQ
    NAME = "name"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data from `start` to before `end`, counted in code points."""

    start: int
    end: int
    kind: DataKind


def personal_data(text: str) -> tuple[Found, ...]:
    """All that is found, in the order of the text. Stretches of different kinds may overlap."""
    if _WORTH_READING.search(text) is None:
        return ()
    # Forms are written in ASCII; the other way of writing the same has as many characters.
    narrow = text.translate(_NARROW) if _WIDE.search(text) else text
    return tuple(sorted(_all(narrow), key=lambda found: (found.start, found.end, found.kind)))


def masked_text(text: str) -> str:
    """The text with stars for personal data, of the same length: positions in it stay right.

    Of a name the first character is kept, of a plate the place where it was given out, of an address the
    words between the numbers. A masked text stays as it is.
    """
    while found := personal_data(text):
        characters = list(text)
        for each in found:
            for at in range(each.start, each.end):
                if _is_hidden(each, at, characters[at]):
                    characters[at] = HIDDEN
        text = "".join(characters)
    return text


_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _is_hidden(found: Found, at: int, character: str) -> bool:
    match found.kind:
        case DataKind.NAME:
            return at > found.start
        case DataKind.DOOR:
            return _NUMERAL.match(character) is not None
    return character.isalnum() or character == "_"


def _all(text: str) -> Iterator[Found]:
    if _SEVERAL_DIGITS.search(text):
        yield from _numbers(text)
    if "@" in text:
        yield from _each(_EMAIL, text, DataKind.EMAIL)
    yield from _each(_SPOKEN_MOBILE, text, DataKind.PHONE)
    yield from _each(_PLATE, text, DataKind.PLATE)
    yield from _each(_ACCOUNT, text, DataKind.ACCOUNT)
    for name in _NAMES:
        yield from _each(name, text, DataKind.NAME)
    if _DOOR_WORD.search(text):
        for door in _DOORS:
            yield from _each(door, text, DataKind.DOOR)


def _numbers(text: str) -> Iterator[Found]:
    for phone in _PHONES:
        yield from _each(phone, text, DataKind.PHONE)
    yield from _each(_SAID_IDENTITY, text, DataKind.IDENTITY_NUMBER)
    yield from _each(_SAID_CARD, text, DataKind.BANK_CARD)
    yield from _each(_GROUPED_CARD, text, DataKind.BANK_CARD)
    for number in _IDENTITY.finditer(text):
        if is_identity_number(_bare(number[0])):
            yield Found(number.start(), number.end(), DataKind.IDENTITY_NUMBER)
    for number in _CARD.finditer(text):
        if is_card_number(_bare(number[0])):
            yield Found(number.start(), number.end(), DataKind.BANK_CARD)


def _each(form: re.Pattern[str], text: str, kind: DataKind) -> Iterator[Found]:
    """What a form matches: its group `it` where it has one, else all of it."""
    for found in form.finditer(text):
        group = "it" if "it" in form.groupindex else 0
        yield Found(*found.span(group), kind)


def _bare(number: str) -> str:
    """Digits, and the X of an identity number, without what stands between them."""
    return "".join(
        str(int(each)) if each.isdecimal() else "X" for each in number if each.isdecimal() or each in "Xx"
    )


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity_number(number: str) -> bool:
    """Whether digits are a resident's identity number: 18 with the check digit of GB 11643-1999 (ISO 7064,
    MOD 11-2), or 15 of the old form, which has none. Province and day of birth have been
    looked at."""
    if len(number) == 15:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[17] == _CHECKS[total % 11]


def is_card_number(number: str) -> bool:
    """Whether the last digit is the check digit of a card number (ISO/IEC 7812-1, annex B: Luhn)."""
    total = 0
    for at, digit in enumerate(map(int, reversed(number))):
        total += digit if at % 2 == 0 else digit * 2 - 9 * (digit > 4)
    return total % 10 == 0


_GAP = r"[ \t\u00a0\u200b-\u200d\u2060\ufeff\-‐-—]"
_BEFORE, _AFTER = r"(?<![\dA-Za-z])", r"(?!\d)"
_SEVERAL_DIGITS = re.compile(rf"(?:\d[{_GAP[1:-1]}().·]{{0,2}}){{6}}")
_PHONES = (
    re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP}?)?1{_GAP}?[3-9](?:{_GAP}?\d){{9}}{_AFTER}"),
    re.compile(rf"(?<!\d)1[3-9]\d[.·]\d{{4}}[.·]\d{{4}}{_AFTER}"),
    # A trunk code and a number of seven or eight digits; hotlines behind a trunk code have five.
    re.compile(
        rf"(?<!\d)0\d{{2,3}}(?:\)|{_GAP}){{0,2}}[2-8]\d{{2,3}}{_GAP}?\d{{4}}(?:(?:转|-)\d{{1,5}})?{_AFTER}"
    ),
    re.compile(
        rf"(?:电话|座机|固话|手机|小灵通|联系方式|来电|回电)(?:号码|号)?[是为:\s]{{0,3}}"
        rf"(?P<it>[2-8]\d{{2,3}}{_GAP}?\d{{4}}{_AFTER})"
    ),
)
_SPOKEN = "〇零一幺二两三四五六七八九"
_SPOKEN_MOBILE = re.compile(
    rf"[一幺](?<![{_SPOKEN}].)[、,\s]?[三四五六七八九](?:[、,\s]?[{_SPOKEN}]){{9}}(?![{_SPOKEN}])"
)
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"  # GB/T 2260
_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(
    rf"{_BEFORE}{_PROVINCE}\d{{4}}{_GAP}?(?:(?:18|19|20)\d{{2}}{_BIRTH}{_GAP}?\d{{3}}[\dXx]|\d{{2}}{_BIRTH}\d{{3}})"
    r"(?![\dA-Za-z])"
)
_SAID_IDENTITY = re.compile(
    r"身份证(?:号码|号|件号)?[是为:\s]{0,3}(?P<it>\d{14}(?:\d{3})?[\dXx])(?![\dA-Za-z])"
)
_CARD = re.compile(rf"{_BEFORE}[3-69](?:{_GAP}?\d){{15,18}}{_AFTER}")
_GROUPED_CARD = re.compile(
    rf"{_BEFORE}[3-69]\d{{3}}(?:(?P<gap>{_GAP})\d{{4}})(?:(?P=gap)\d{{4}}){{2}}(?:(?P=gap)\d{{1,3}})?{_AFTER}"
)
_SAID_CARD = re.compile(
    rf"(?:卡号|账号|帐号|账户|帐户|存折号?)[是为:\s]{{0,3}}(?P<it>\d(?:{_GAP}?\d){{11,20}}){_AFTER}"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}"
)
# GA 36-2018: province, letter, five places or, for new energy, six; no I and no O.
_LETTER = "A-HJ-NP-Za-hj-np-z"
_SERIAL = (
    rf"(?P<it>(?=[A-Za-z]{{0,2}}\d|\d[A-Za-z])(?:[A-Ka-k][{_LETTER}\d]\d{{4}}|\d{{5}}[A-Ka-k]"
    rf"|[{_LETTER}\d]{{4}}[{_LETTER}\d学警港澳领挂试])(?![A-Za-z\d]))"
)
_PLATE = re.compile(
    rf"(?:[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]|[牌车]号[是为:\s]{{0,3}})"
    rf"[{_LETTER}][ ·•.\-]?{_SERIAL}"
)
_MEASURE = "元块万千百人个条次张件户天日年月吨米平"
# Five digits behind 123 are a public hotline; what is followed by a measure is an amount.
_ACCOUNT = re.compile(
    r"[微薇威扣VvWwQq](?<![A-Za-z].)"
    r"(?:(?<=[微薇威])信|(?<=[Vv])[Xx]|(?<=[Ww])(?:ei[Xx]in|e[Cc]hat|ECHAT)|(?<=[Qq])[Qq]|(?<=扣)扣)"
    r"(?:群|号码|号|账号|帐号){0,2}[是为:\s]{0,3}"
    rf"(?P<it>(?!123\d\d(?!\d))[1-9]\d{{4,11}}(?![\d.]|\s?[{_MEASURE}])|[A-Za-z_][A-Za-z0-9_\-]{{5,19}})"
)

_FAMILY = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_HAN = r"\u4e00-\u9fff"
# With these a place, a crowd or an office goes on where a given name would stand: 王庄, 李家村, 周边居民.
_NO_GIVEN = (
    "村镇乡县市区街路庄巷弄里组队屯社场厂店院校园楼栋幢座号室居民户业主家庭人员工师生客司站所局"
    "的了在不这那有被从来住边围某"
)
_GIVEN = rf"[^\W\da-zA-Z_{_NO_GIVEN}]"
# Yet many are called so: 王建民, 陈春生, 张家明. Then no crowd and no place may go on there.
_CALLED = rf"(?:[民生家](?:{_GIVEN}|[民生])|(?:(?![居村市农渔牧学医先师]){_GIVEN})?[民生])"
_TITLE = "(?:先生|女士|小姐|老师|师傅|同志|阿姨|大爷|大妈|经理|老板|总|主任|医生|局长|书记|科长|队长|老汉)"
# Words that begin as names do.
_NO_NAME = (
    "(?!方便|方圆|严重|严格|安排|江苏|江西|江北|江南|江边|甘肃|宁夏|宁波|黄河|黄山|黄石|黄昏|温州|郑州|徐州"
    "|苏州|唐山|武汉|金华|金属|金融|金额|石材|石料|石化|高[中一二三新速铁层龄]|万[分般一]|白[天领血]|马[路上]"
    "|周[末一二三四五六日]|任[何意]|毛病|牛羊|路过|谢谢|许[多久]|程序|曾[经多在于向]|顾客|关[于心注]|史上"
    "|何[时必况]|左[右邻]|梅雨|段时|管[理道]|游[客泳]|宁[愿可]|余下|尤其|温馨|田[地间])"
)
_PERSON = f"{_NO_NAME}{_FAMILY}(?!{_TITLE})"
_SPEAKER = "(?:联系|投诉|举报|反映|信访|来访|来电|当事|申请)人"
_FIRM = f"[{_HAN}]{{0,8}}(?:公司|集团|[厂店馆])"
_THEN = (
    r"(?=$|[^\w]|\d|电话|手机|联系|身份|现?住|家[住在]|[系是的男女想要因]|[今现]年|来自|反映|举报|投诉|实名)"
)
_NAMES = (
    # Here a name has to follow: where nothing ends it, two characters are taken for the given one.
    re.compile(
        rf"(?:我叫|名字[叫是]|名叫(?<![司厂店社院场园业区队楼]..)(?!{_FIRM})|姓名|{_SPEAKER}(?=[:\s是为])|署名)"
        rf"[是为叫:\s]{{0,3}}(?P<it>{_PERSON}(?:{_GIVEN}{{1,3}}?{_THEN}|{_CALLED}{_THEN}|{_GIVEN}{{2}})"
        rf"|[{_HAN}]{{2,6}}[·•][{_HAN}]{{2,6}})"
    ),
    # Here hardly ever: 我是周边居民, 本人严重失眠.
    re.compile(rf"(?:我是|本人是?|{_SPEAKER})[:\s]?(?P<it>{_PERSON}(?:{_GIVEN}{{1,2}}?|{_CALLED})){_THEN}"),
)

_COUNT = r"[\d一二三四五六七八九十百〇零]"
_NO = rf"(?:[A-Za-z]?{_COUNT}{{1,5}}[A-Za-z]?|[A-Za-z甲乙丙丁])"
_NUMERAL = re.compile(rf"{_COUNT}|[A-Za-zＡ-Ｚａ-ｚ甲乙丙丁]")
# Three or four digits that count nothing.
_ROOM = rf"(?:[A-Za-z]?\d{{3,4}}[A-Za-z]?(?!\d|\s?[{_MEASURE}家名头只亩分点层台辆多余]))"
_DOOR = rf"(?:{_NO}\s?(?:室|号房|房间)|{_ROOM}室?)"
_BUILDING = rf"{_NO}\s?(?:栋|幢|座|号楼|#楼?|号院|单元|门洞)"
_DOORS = (
    re.compile(rf"(?:{_BUILDING}[\s,\-]?){{1,3}}(?:{_NO}[层楼门梯]\s?)?{_DOOR}"),
    re.compile(rf"{_NO}\s?单元\s?{_NO}\s?(?:室|号)"),
    re.compile(rf"{_NO}\s?号\s?{_NO}\s?室"),
    re.compile(rf"{_NO}\s?弄\s?{_NO}\s?号(?:\s?{_DOOR})?"),
    re.compile(
        rf"(?<![第{_COUNT[1:-1]}]){_NO}\s?[组队社]\s?{_NO}\s?号(?![机炉线楼井泵门厂窑烟塔罐锅库仓棚])"
    ),
    re.compile(r"(?<![\d\-])\d{1,3}-\d{1,2}-\d{3,4}室?(?![\d\-])"),
    re.compile(rf"(?<=[区园苑寓村城府庭邸湾])\d{{1,3}}-{_ROOM}(?![\d\-])"),
    re.compile(r"(?<![\dA-Za-z])\d{3,4}室"),
)
_DOOR_WORD = re.compile(r"[栋幢座室弄组队社#]|单元|号[楼院房]|门洞|\d-\d")
# What is read most often has none of this. It begins with a set of characters, which is sought quickly.
_WORTH_READING = re.compile(
    rf"[\d@＠我本名系诉报映访电事请人信扣A-Za-zＡ-Ｚａ-ｚ栋幢座室弄组{_SPOKEN}]"
    r"(?:(?<=[\d@＠栋幢座室弄])|(?<=我)[叫是]|(?<=[本系诉报映访电事请])人|(?<=名)[字叫:：\s是为]|(?<=[姓署]名)"
    r"|(?<=[微薇威]信)|(?<=扣)扣|(?<=[A-Za-zＡ-Ｚａ-ｚ])[A-Za-zＡ-Ｚａ-ｚ]"
    rf"|(?<=[{_SPOKEN}])(?:[、，,\s]?[{_SPOKEN}、，,\s]{{4}}|单元|号[楼院]|[组队社]))"
)
