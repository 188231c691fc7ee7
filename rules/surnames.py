"""Family names, as far as a name can be told by them: those of some 99 in 100 people.

Left out are family names that begin more ordinary words than names: 于, 和, 向, 常, 成, 全, 时, 应, 单, 车
and the like.
"""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤尚施牛樊葛邢季路岳殷梅柳庄辛管祝符齐穆左温芦柴焦鲍华涂詹"
    "兰耿蓝游纪聂关岑欧翁阮桂舒冉翟裴霍鲁喻靳甘项裘尤俞柯庞倪屈柏凌骆宁霍娄卞冼蒲邬蔺佟荆阚晏巫"
)
COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "尉迟",
    "皇甫",
    "司徒",
    "令狐",
    "慕容",
    "夏侯",
    "公孙",
    "端木",
    "东方",
    "独孤",
    "南宫",
    "西门",
    "呼延",
    "轩辕",
)
