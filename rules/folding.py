"""One writing for the many ways to write the same: full-width, upper case, traditional characters, and
characters that are often mistaken for each other.

Every fold keeps the length, so that positions in the folded text are positions in the text as written.
"""

from __future__ import annotations

# Traditional characters that occur in complaints, each followed by its simplified form.
_TRADITIONAL = """
廠厂 場场 廣广 聲声 煙烟 塵尘 氣气 廢废 汙污 髒脏 養养 豬猪 雞鸡 鴨鸭 鵝鹅 魚鱼 蝦虾 飯饭 館馆 燒烧
攤摊 樓楼 業业 開开 關关 門门 間间 點点 時时 鐘钟 處处 個个 們们 這这 說说 話话 請请 讓让 設设 備备
環环 護护 園园 車车 輛辆 運运 輸输 鐵铁 橋桥 溝沟 灣湾 碼码 頭头 礦矿 採采 壓压 機机 電电 發发 響响
鳴鸣 號号 國国 縣县 鄉乡 鎮镇 區区 實实 際际 無无 沒没 證证 執执 舉举 報报 訴诉 應应 幾几 還还 來来
過过 給给 對对 東东 邊边 後后 裡里 裏里 內内 學学 醫医 兒儿 孫孙 媽妈 爺爷 暈晕 惡恶 噁恶 癥症 體体
藥药 農农 藝艺 莊庄 穀谷 糞粪 異异 濃浓 嗆呛 難难 聞闻 聽听 見见 覺觉 嚴严 擾扰 鬧闹 樂乐 買买 賣卖
貨货 費费 廚厨 傢家 殺杀 製制 煉炼 鋼钢 鋁铝 銅铜 鋅锌 鍍镀 鑄铸 鍛锻 噴喷 塗涂 膠胶 紙纸 漿浆 織织
紡纺 磚砖 窯窑 爐炉 鍋锅 滲渗 網网 隱隐 槍枪 監监 測测 數数 據据 虛虚 偽伪 標标 準准 達达 審审 許许
辦办 復复 總总 統统 歷历 領领 導导 組组 陽阳 陰阴 爾尔 壞坏 塊块 壩坝 墊垫 墻墙 牆墙 奪夺 寬宽 寶宝
層层 屬属 嶺岭 島岛 幹干 庫库 彎弯 從从 態态 憂忧 戶户 掃扫 損损 換换 擊击 擋挡 擴扩 擺摆 攔拦 攪搅
斷断 於于 暢畅 條条 楊杨 極极 構构 樣样 樹树 櫃柜 歡欢 歲岁 殘残 殼壳 毀毁 決决 況况 淚泪 淨净 淺浅
減减 溫温 滅灭 滾滚 滿满 漲涨 潔洁 潑泼 澆浇 濕湿 灑洒 災灾 煩烦 熱热 爛烂 犧牺 狀状 獨独 獲获 現现
瑪玛 瓊琼 產产 畝亩 畢毕 畫画 當当 疊叠 癢痒 盜盗 盤盘 眾众 睏困 礎础 禍祸 禦御 種种 稱称 積积 穩稳
窩窝 競竞 筆笔 節节 築筑 簡简 糧粮 紅红 級级 紛纷 細细 終终 結结 絕绝 絲丝 經经 維维 線线 緊紧 縫缝
縮缩 績绩 繼继 續续 罵骂 罰罚 職职 聯联 肅肃 腳脚 腫肿 腸肠 膚肤 臨临 舊旧 艦舰 蒼苍 蓋盖 葉叶 虧亏
蟲虫 蠅蝇 衛卫 衝冲 規规 視视 親亲 觀观 計计 訊讯 記记 訪访 診诊 詢询 試试 該该 詳详 認认 誰谁 課课
調调 談谈 論论 識识 議议 讀读 變变 豐丰 負负 財财 責责 貼贴 貿贸 資资 賠赔 質质 躍跃 軌轨 軟软 軸轴
載载 轉转 轟轰 邏逻 遊游 違违 遠远 適适 遲迟 選选 遺遗 郵邮 鄰邻 醬酱 釀酿 釋释 鈴铃 銷销 鋪铺 錄录
錢钱 錯错 鍵键 鎖锁 鏈链 鏟铲 鑽钻 鑿凿 長长 閉闭 閒闲 閘闸 隊队 階阶 隨随 險险 離离 雙双 雜杂 霧雾
靈灵 靜静 韓韩 頂顶 項项 順顺 須须 預预 頓顿 頻频 題题 願愿 類类 顧顾 顯显 風风 飄飘 飛飞 飲饮 馬马
駐驻 駛驶 駕驾 騎骑 驗验 驚惊 鬆松 鹼碱 麵面 齊齐 龍龙 龜龟 廟庙 麼么 嗎吗 嘔呕 撈捞 澱淀 瀝沥 竈灶
滷卤 鹵卤 灘滩 濱滨 蘆芦 蝕蚀 貯贮 賭赌 啓启 啟启 佔占 併并 倉仓 側侧 偵侦 傳传 傷伤 僅仅 價价 億亿
儲储 兩两 凍冻 劃划 剛刚 創创 勞劳 動动 務务 勝胜 匯汇 協协 參参 員员 問问 單单 嚇吓 圍围 圖图 團团
堅坚 墳坟 奮奋
"""

_SAME_WORD = {"砂": "沙"}  # written either way in sand, sand pits and sand dredgers
_MISTAKEN = "躁噪 燥噪 杨扬 垃拉 圾级 剌刺 蓄畜 橱厨 汽气 碳炭 振震 伴拌 碴渣 迪笛 辰晨"
"""Characters mistaken for each other: 躁音, 杨尘, 拉圾, 剌鼻, 搅伴站 ... Both are written as one, in the
lexicon too, so that nothing is lost. Pairs of which one is a word of its own (烟, 咽) are left out."""
_OFTEN_MISTAKEN = {pair[0]: pair[1] for pair in _MISTAKEN.split()}
_PAIRS = {pair[0]: _OFTEN_MISTAKEN.get(pair[1], pair[1]) for pair in _TRADITIONAL.split()}
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_UPPER = {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_FULL_WIDTH_UPPER = {chr(code + 0xFEE0): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_FOLD = str.maketrans(
    {**_PAIRS, **_SAME_WORD, **_OFTEN_MISTAKEN, **_FULL_WIDTH, **_UPPER, **_FULL_WIDTH_UPPER}
)


def fold(text: str) -> str:
    """The text in simplified characters, half-width and lower case; as long as the text itself.

    Half of a surrogate pair, which no encoding of the outside world may hold, becomes U+FFFD.
    """
    folded = text.translate(_FOLD)
    if folded == text:
        folded = text  # most words of a lexicon: they are kept once
    if folded.isascii():
        return folded
    try:
        folded.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in folded)
    return folded
