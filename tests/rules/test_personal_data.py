"""Personal data in a text: what is found, what is left alone, and what others see of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.personal_data import (
    DataKind,
    Found,
    is_card_number,
    is_identity_number,
    masked_text,
    personal_data,
)
from tests.rules.scoring import cases, sample

FOUND = [
    (DataKind.PHONE, "电话13800138000", "电话***********"),
    (DataKind.PHONE, "请打138 0013 8000找我", "请打*** **** ****找我"),
    (DataKind.PHONE, "138-0013-8000", "***-****-****"),
    (DataKind.PHONE, "138.0013.8000", "***.****.****"),
    (DataKind.PHONE, "1 3 8 0 0 1 3 8 0 0 0", "* * * * * * * * * * *"),
    (DataKind.PHONE, "138\u200b0013\u200b8000", "***\u200b****\u200b****"),
    (DataKind.PHONE, "+86 13800138000", "+** ***********"),
    (DataKind.PHONE, "8613800138000", "*************"),
    (DataKind.PHONE, "１３８００１３８０００", "***********"),
    (DataKind.PHONE, "一三八零零一三八零零零", "***********"),
    (DataKind.PHONE, "幺三八〇〇幺三八〇〇〇", "***********"),
    (DataKind.PHONE, "0512-87654321", "****-********"),
    (DataKind.PHONE, "（0512）87654321", "（****）********"),
    (DataKind.PHONE, "051287654321", "************"),
    (DataKind.PHONE, "010 6543 2109", "*** **** ****"),
    (DataKind.PHONE, "0512-87654321-801", "****-********-***"),
    (DataKind.PHONE, "座机65432109", "座机********"),
    (DataKind.PHONE, "电话：6543210", "电话：*******"),
    (DataKind.PHONE, "来电号码是6543 2109", "来电号码是**** ****"),
    (DataKind.PHONE, "我13800138000他13900139000", "我***********他***********"),
    (DataKind.IDENTITY_NUMBER, "11010519491231002X", "******************"),
    (DataKind.IDENTITY_NUMBER, "11010519491231002x，是我", "******************，是我"),
    (DataKind.IDENTITY_NUMBER, "440524188001010014", "******************"),
    (DataKind.IDENTITY_NUMBER, "110105 19491231 002X", "****** ******** ****"),
    (DataKind.IDENTITY_NUMBER, "旧证号110105491231002", "旧证号***************"),
    (DataKind.IDENTITY_NUMBER, "身份证：320682199001011234", "身份证：******************"),
    (DataKind.PLATE, "苏A12345乱停", "苏A*****乱停"),
    (DataKind.PLATE, "苏E·8H2K9", "苏E·*****"),
    (DataKind.PLATE, "浙a8888h", "浙a*****"),
    (DataKind.PLATE, "粤BD12345", "粤B******"),
    (DataKind.PLATE, "苏A12345D", "苏A******"),
    (DataKind.PLATE, "苏A1234警", "苏A*****"),
    (DataKind.PLATE, "沪A1234学", "沪A*****"),
    (DataKind.PLATE, "粤Z1234港", "粤Z*****"),
    (DataKind.PLATE, "粤Z123F澳", "粤Z*****"),
    (DataKind.PLATE, "车牌号A12345的货车", "车牌号A*****的货车"),
    (DataKind.EMAIL, "写信到a.b-c@example.com", "写信到*.*-*@*******.***"),
    (DataKind.EMAIL, "邮箱zhang＠example.com.cn。", "邮箱*****＠*******.***.**。"),
    (DataKind.BANK_CARD, "4111 1111 1111 1111", "**** **** **** ****"),
    (DataKind.BANK_CARD, "卡4111111111111111", "卡****************"),
    (DataKind.BANK_CARD, "6222 0212 3456 7894 128", "**** **** **** **** ***"),
    (DataKind.BANK_CARD, "卡号6222020000000000", "卡号****************"),
    (DataKind.BANK_CARD, "账号：320501 0000 00001234", "账号：****** **** ********"),
    (DataKind.ACCOUNT, "微信zhang_san88", "微信***********"),
    (DataKind.ACCOUNT, "微信号：abc12345", "微信号：********"),
    (DataKind.ACCOUNT, "VX：a1b2c3d", "VX：*******"),
    (DataKind.ACCOUNT, "vx 87654321", "vx ********"),
    (DataKind.ACCOUNT, "QQ：123456789", "QQ：*********"),
    (DataKind.ACCOUNT, "扣扣号87654321", "扣扣号********"),
    (DataKind.NAME, "我叫张伟民，住在附近", "我叫张**，住在附近"),
    (DataKind.NAME, "本人陈春生，电话", "本人陈**，电话"),
    (DataKind.NAME, "姓名：张家明", "姓名：张**"),
    (DataKind.NAME, "投诉人：李民", "投诉人：李*"),
    (DataKind.NAME, "我叫张三", "我叫张*"),
    (DataKind.NAME, "我叫王小明，住在附近", "我叫王**，住在附近"),
    (DataKind.NAME, "我叫李四的邻居", "我叫李*的邻居"),
    (DataKind.NAME, "我叫张三丰反映油烟", "我叫张**反映油烟"),
    (DataKind.NAME, "我叫欧阳娜", "我叫欧**"),
    (DataKind.NAME, "我是陈建国，住这里", "我是陈**，住这里"),
    (DataKind.NAME, "本人刘晓燕，电话未留", "本人刘**，电话未留"),
    (DataKind.NAME, "本人王芳举报", "本人王*举报"),
    (DataKind.NAME, "联系人：赵六", "联系人：赵*"),
    (DataKind.NAME, "联系人赵六，下午在家", "联系人赵*，下午在家"),
    (DataKind.NAME, "姓名 周伟", "姓名 周*"),
    (DataKind.NAME, "投诉人：孙悦", "投诉人：孙*"),
    (DataKind.NAME, "举报人是钱进", "举报人是钱*"),
    (DataKind.NAME, "投诉人周伟，住附近", "投诉人周*，住附近"),
    (DataKind.NAME, "名叫阿依古丽·买买提", "名叫阿*******"),
    (DataKind.DOOR, "家在3栋2单元501室", "家在*栋*单元***室"),
    (DataKind.DOOR, "5号楼101室", "*号楼***室"),
    (DataKind.DOOR, "12幢1201漏水", "**幢****漏水"),
    (DataKind.DOOR, "三栋二单元五零一室", "*栋*单元***室"),
    (DataKind.DOOR, "A座1203", "*座****"),
    (DataKind.DOOR, "88号502室", "**号***室"),
    (DataKind.DOOR, "6#楼2单元302", "*#楼*单元***"),
    (DataKind.DOOR, "10号楼3单元6楼602", "**号楼*单元*楼***"),
    (DataKind.DOOR, "123弄45号", "***弄**号"),
    (DataKind.DOOR, "123弄45号601室", "***弄**号***室"),
    (DataKind.DOOR, "王庄村3组15号", "王庄村*组**号"),
    (DataKind.DOOR, "八组二十一号", "*组***号"),
    (DataKind.DOOR, "住3-2-501", "住*-*-***"),
    (DataKind.DOOR, "某小区6-1201漏水", "某小区*-****漏水"),
    (DataKind.DOOR, "501室楼上", "***室楼上"),
]


@pytest.mark.parametrize(("kind", "text", "shown"), FOUND, ids=[text for _, text, _ in FOUND])
def test_found_and_hidden(kind: DataKind, text: str, shown: str) -> None:
    assert kind in {each.kind for each in personal_data(text)}
    assert masked_text(text) == shown


LEFT_ALONE = {
    "roads": (
        "104国道 G15高速 312国道旁 S336省道 X205县道 苏S336省道 新G3012高速 京G1线 京A级景区 K1路 "
        "501路公交 302医院 3号线地铁"
    ),
    "hotlines": "拨打12345 12345热线 打了12369 110来了 12319 010-12345 0512-12345 微信12345 400-820-8820",
    "days and times": (
        "2024年11月12日 2024-05-01 2024.5.1 晚上23:00-05:00 每天6点到22点 12号晚上8点 5月3号2点 3-4天 "
        "二〇二四年五月 一三五七天"
    ),
    "amounts": (
        "面积300平方米 罚款20000元 5000万元 养了3000头猪 噪声65分贝 1380元 PM2.5超标 0.5公里 "
        "邮编226500 东经120.123456"
    ),
    "payments and numbers": (
        "微信支付300元 微信转账50000元 微信50000元 微信公众号 加微信群反映 QQ飞车 138001380001234 "
        "订单号20240512345678901 批复[2019]123号"
    ),
    "buildings and households": (
        "28户居民 3号楼28户居民 3栋28户居民联名 2单元12户居民 3栋2单元居民 3号楼和5号楼 8号楼下 "
        "10栋楼 2单元 三楼油烟 B座楼下 苏州A座"
    ),
    "works": (
        "5号门 2号码头 1号泵房 一组二号机组 5座桥 三座烟囱 两座高炉2000立方米 2座500千伏变电站 "
        "3组80户 五队30亩 第3组5号 第3小组"
    ),
    "houses and rooms": "人民路88号 解放路128号烧烤店 办公室 会议室 地下室 实验室2个",
    "what people are": (
        "我是周边居民 我是王庄村村民 我是业主 我是高三学生 我是马路对面的住户 我是江苏人 我是房东，他 "
        "我是黄河路的 我是水电工 我是白领 我是高中生， 我是周边村民， 我是马医生，"
    ),
    "what people do": (
        "我叫了城管来 我叫他停 本人于去年买房 本人严重失眠 本人曾多次投诉 本人家住附近 本人和邻居， "
        "本人全家 本人常年失眠 本人万分感谢"
    ),
    "who speaks": (
        "联系人是谁 联系人：物业经理 投诉人反映油烟大 举报人要求查处 反映人：周边居民 姓名不详 "
        "姓名：张某 我叫王村民， 联系人：周家村 联系人：张家港市民 我是张女士 联系人王先生 张某某反映"
    ),
    "firms": "公司名叫江海化工 名叫金石集团 店名叫老李烧烤 名称：张家港化工厂",
    "much alike": (
        "投诉人金额不详 来电人何时能得到答复 开发区2023-2024年 示范区10-200亩 车牌号看不清 牌号不明的A类车"
    ),
}
PLAIN = [text for texts in LEFT_ALONE.values() for text in texts.split()]


@pytest.mark.parametrize("text", PLAIN)
def test_left_alone(text: str) -> None:
    assert personal_data(text) == ()
    assert masked_text(text) is text


def test_complaints_without_personal_data_stay_as_they_are() -> None:
    """What has been published has been anonymised before."""
    texts = [case.text for case in (*sample(), *cases("written"), *cases("public"), *cases("held_out"))]
    assert [text for text in texts if personal_data(text)] == []


def test_stretches_of_several_kinds_come_in_order() -> None:
    text = "我叫王小明，13800138000，苏A12345"
    assert personal_data(text) == (
        Found(2, 5, DataKind.NAME),
        Found(6, 17, DataKind.PHONE),
        Found(20, 25, DataKind.PLATE),
    )


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),  # the example of GB 11643-1999, annex A
        ("440524188001010014", True),  # its other one
        ("110105194912310029", False),
        ("11010519491231003X", False),
        ("110105491231002", True),
    ],
)
def test_identity_numbers(number: str, right: bool) -> None:
    assert is_identity_number(number) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("79927398713", True),  # the example of ISO/IEC 7812-1
        ("79927398710", False),
    ],
)
def test_card_numbers(number: str, right: bool) -> None:
    assert is_card_number(number) is right


@pytest.mark.parametrize(
    "number",
    ["110105194912310029", "4111111111111112", "11010519491331002X", "990105491231002"],
    ids=["check digit", "check digit of a card", "month 13", "no province"],
)
def test_a_number_of_another_kind_is_left_alone(number: str) -> None:
    assert personal_data(f"单号{number}。") == ()


PIECES = [text for _, text, _ in FOUND] + PLAIN + ["，", "。", " ", "\n", "1", "一", "-", "*", "\ud800", "号"]
mixed = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)


@given(mixed)
def test_laws_of_masking(text: str) -> None:
    """Every position stays, a masked text stays, only what was found is hidden."""
    shown = masked_text(text)
    assert len(shown) == len(text)
    assert masked_text(shown) == shown
    assert personal_data(shown) == ()
    assert all(now in (before, "*") for before, now in zip(text, shown, strict=True))


@given(mixed, mixed)
def test_no_digits_of_what_was_found_survive(before: str, after: str) -> None:
    for number in ("13800138000", "11010519491231002X", "4111111111111111", "zhang_san88@example.com"):
        shown = masked_text(f"{before}，{number}，{after}")
        at = len(before) + 1
        assert not re.search(r"\w", shown[at : at + len(number)])


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1-",
        "a",
        "a@",
        "a.",
        "@",
        "3栋",
        "3栋 ",
        "3-",
        "苏A",
        "一",
        "一、",
        "我叫王",
        "本人王",
        "微信a",
        "12组",
        "0512-",
    ],
)
def test_long_texts_cost_what_their_length_does(piece: str) -> None:
    """Each form is bounded, so that none is tried from every place to the end of the text."""
    text = (piece * 100_000)[:100_000]
    assert len(masked_text(text)) == len(text)
