"""What owners call their trades finds the right group: names written before the table of words was."""

import pytest

from marketplace.subsidy.classes import choice_of, find_industries
from marketplace.subsidy.eligibility import Applicant, check, rules_for
from marketplace.subsidy.scheme import shipped_schemes

RULES = rules_for(shipped_schemes().get("2017"))

# the group of two or three digits: the names that must find it, first or second
NAMES = {
    "642": "質屋",
    "765": "焼鳥屋",
    "729": "探偵",
    "06": "工務店 土建屋",
    "066": "リフォーム屋",
    "071": "大工",
    "072": "とび職",
    "073": "鉄筋屋",
    "074": "石工",
    "075": "左官 左官屋",
    "076": "板金屋",
    "077": "塗装屋 ペンキ屋",
    "078": "内装屋",
    "079": "解体屋 サッシ屋",
    "081": "電気工事 電気工事店",
    "083": "水道屋 配管工 空調設備",
    "09": "豆腐屋 みそ蔵 製麺所 かまぼこ屋",
    "102": "酒蔵 造り酒屋 ワイナリー クラフトビール",
    "103": "製茶 コーヒー焙煎",
    "116": "縫製工場",
    "121": "製材所",
    "131": "家具職人",
    "151": "印刷屋 印刷会社",
    "153": "製本屋",
    "18": "プラスチック工場",
    "19": "ゴム工場",
    "214": "窯元 焼き物",
    "218": "石材加工",
    "24": "町工場 めっき工場",
    "245": "プレス加工",
    "269": "金型屋",
    "328": "畳屋 畳",
    "325": "おもちゃ工場",
    "391": "ソフトウェア開発 システム開発 アプリ開発",
    "392": "データ入力",
    "401": "ウェブ制作 レンタルサーバー",
    "411": "映像制作",
    "414": "出版社",
    "432": "タクシー タクシー会社",
    "433": "観光バス",
    "441": "運送屋 運送会社 引越し屋",
    "47": "倉庫業",
    "52": "青果卸 魚の仲買",
    "573": "子供服",
    "571": "呉服屋",
    "574": "靴屋",
    "582": "八百屋 果物屋",
    "583": "肉屋 精肉店",
    "584": "魚屋 鮮魚店",
    "585": "酒屋",
    "586": "パン屋 ケーキ屋 和菓子屋 せんべい屋 パティスリー",
    "563": "コンビニ",
    "589": "米屋 お茶屋",
    "591": "中古車屋 バイク屋",
    "592": "自転車屋",
    "593": "電気屋 パソコンショップ",
    "601": "家具屋 仏壇屋",
    "602": "金物屋",
    "603": "薬局 ドラッグストア",
    "604": "農機具屋",
    "605": "ガソリンスタンド",
    "606": "本屋 文房具屋",
    "607": "おもちゃ屋 楽器店",
    "608": "眼鏡屋 時計屋 カメラ屋",
    "609": "はんこ屋 花屋 ペットショップ リサイクルショップ 古着屋",
    "611": "ネットショップ 通販 通信販売業 つうはん",
    "674": "保険代理店 保険屋",
    "682": "不動産屋",
    "691": "貸しビル",
    "692": "大家 アパート経営",
    "693": "駐車場",
    "704": "レンタカー",
    "721": "弁護士",
    "722": "司法書士",
    "723": "行政書士",
    "724": "税理士 会計事務所 税理士事務所",
    "725": "社労士",
    "726": "デザイナー デザイン事務所",
    "728": "経営コンサルタント",
    "731": "広告代理店",
    "741": "動物病院 獣医",
    "742": "設計事務所 測量",
    "746": "写真館 写真屋",
    "751": "旅館 ホテル 民宿",
    "752": "民泊 ゲストハウス",
    "76": "ラーメン屋 居酒屋 焼肉屋 寿司屋 らーめんや そば屋 食堂 うどん屋",
    "766": "バー スナック",
    "767": "喫茶店 カフェ タピオカ屋",
    "771": "弁当屋",
    "772": "ケータリング",
    "781": "クリーニング屋",
    "782": "床屋 理髪店 とこや",
    "783": "美容院 美容室",
    "784": "銭湯 銭湯業 せんとう",
    "785": "スーパー銭湯",
    "789": "ネイルサロン エステサロン コインランドリー",
    "791": "旅行会社 旅行代理店",
    "796": "葬儀屋 葬儀店 結婚式場",
    "804": "ジム ゴルフ練習場",
    "806": "パチンコ屋 雀荘 ゲームセンター",
    "809": "カラオケ店",
    "811": "幼稚園",
    "823": "塾 学習塾 じゅく",
    "824": "ピアノ教室 英会話教室 料理教室 習い事 ヨガ教室",
    "832": "クリニック 診療所 医院",
    "833": "歯医者 歯科医院",
    "835": "整骨院 接骨院 鍼灸院 マッサージ",
    "853": "保育園 学童保育",
    "854": "ケアマネ デイサービス 老人ホーム 訪問介護",
    "881": "し尿処理",
    "882": "産廃業者",
    "891": "修理工場 自動車整備 板金塗装",
    "901": "機械修理",
    "909": "靴修理 時計修理",
    "912": "人材派遣",
    "922": "ビルメンテナンス 清掃業 掃除屋",
    "923": "警備会社",
    "942": "お寺",
    "01": "農家 いちご農家 酪農",
    "03": "漁師",
}


@pytest.mark.parametrize("group", NAMES)
def test_what_an_owner_calls_his_trade_finds_its_group(group):
    for name in NAMES[group].split():
        found = [choice.jsic[1:] for choice in find_industries(name)[:2]]
        assert any(code.startswith(group) for code in found), (name, found)


def test_every_group_has_the_size_class_of_the_act():
    """By the clauses as published, special rows first; amusement is the service row with its own small-business limit."""
    for code in sorted(
        {choice.jsic[1:] for choice in map(choice_of, (f"jsic_{n:03}" for n in range(11, 1000))) if choice}
    ):
        found = check(Applicant("company", 1, code, 1), RULES).size_class
        assert found == _expected(code), code


def _expected(code):
    major = int(code[:2])
    special = {"191": "general", "791": "general", "693": "service", "759": "service"}
    if code in special:
        return special[code]
    rows = {
        19: "rubber",
        38: "service",
        39: "software",
        75: "inns_and_hotels",
        76: "retail",
        77: "retail",
        80: "amusement",
    }
    if major in rows:
        return rows[major]
    if 50 <= major <= 61:
        return "wholesale" if major <= 55 else "retail"
    if code in {"411", "412", "415", "416"} or 70 <= major <= 96:
        return "service"
    return "general"
