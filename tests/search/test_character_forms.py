"""Old forms of characters find today's."""

from __future__ import annotations

import pytest

from search.analyser import fold, fold_with_places, reading_of

# Words as signs, deeds and labels have them, and as people type them.
OLD_AND_NEW = """
增田→増田 麵類→麺類 學歷→学歴 歷史→歴史 狀態→状態 請求狀→請求状 徵收→徴収 特徵→特徴 揭示→掲示 脫毛→脱毛 寬永→寛永 情緖→情緒 瀨戶物→瀬戸物
閱覽→閲覧 悅樂→悦楽 新銳→新鋭 精鍊→精錬 卽日→即日 旣存→既存 槪要→概要 戾入→戻入 干涉→干渉 虛僞→虚偽 鳥巢→鳥巣 西曆→西暦 瘦身→痩身 晚御飯→晩御飯
醬油→醤油 麴室→麹室 刺繡→刺繍 剝離→剥離 稻穗→稲穂 攻擊→攻撃 硏修→研修 合倂→合併 過半數→過半数 娛樂→娯楽 年歲→年歳 絕緣→絶縁 餠屋→餅屋 奴隸→奴隷
高尙→高尚 卻下→却下 補塡→補填 頰紅→頬紅 籠手→篭手 襃美→褒美 詔敕→詔勅 鬭病→闘病 彥根→彦根 波濤→波涛 檜山→桧山 俸祿→俸禄 簞笥→箪笥 噓字→嘘字
森鷗外→森鴎外 體軀→体躯 攪拌→撹拌 石鹼→石鹸 嚙合→噛合 屛風→屏風 濾過→沪過 蘆屋→芦屋 蠟燭→蝋燭 焰色→焔色 顚末→顛末 醱酵→醗酵 車輛→車輌 連繫→連繋
冒瀆→冒涜 蠅取→蝿取 蟬時雨→蝉時雨 背囊→背嚢 俠客→侠客 摑取→掴取 吞口→呑口 壷焼→壺焼 鯵→鰺 竈門→竃門 贋作→贗作 舘林→館林 冨山→富山 舩井→船井
渕上→淵上 穐山→秋山 𠮷野→吉野 髙島→高島 渡邉→渡辺 渡邊→渡辺 鐡道→鉄道 桝席→枡席 峯岸→峰岸 薗田→園田 姬路→姫路 囘覽→回覧 兵粮→兵糧 秘密裡→秘密裏
禰宜→祢宜 祈禱→祈祷 讚歌→讃歌 凉風→涼風 近隣→近鄰 侵略→侵畧 廚房→厨房 〆切→締切 神社→神社 福祉→福祉 逸品→逸品 塚本→塚本
"""


@pytest.mark.parametrize("pair", OLD_AND_NEW.split())
def test_a_word_in_old_characters_is_the_same_in_todays(pair):
    one, other = pair.split("→")
    assert fold(one) == fold(other)
    assert len(fold_with_places(one).text) == len(one)


@pytest.mark.parametrize(
    ("one", "other"), [("針灸", "鍼灸"), ("溌剌", "溌刺"), ("斎藤", "斉藤"), ("庄内", "荘内"), ("芸術", "技術")]
)
def test_characters_that_are_two_words_stay_two(one, other):
    assert fold(one) != fold(other)


def test_the_dictionary_reads_words_in_forms_of_names_too():
    assert reading_of("濾過") == "ろか"
    assert reading_of("麵類") == "めんるい"
