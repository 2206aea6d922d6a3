"""Who asks, where a sentence opens with it: 歯科の受付ですが says who looks for something, and not what. Pure.

Only a trade, a place of work or a role, in the words people introduce themselves with; what a sentence is about stays
(予約ですが, 在庫が合わない店).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from search.analyser import Word, words
from search.phrases import is_sentence

_LONGEST: Final = 24  # characters of what stands before the verb
_SELF: Final = (
    r"(?:(?:うち|私|わたし|僕|俺|当店|当社|当院|当方|弊社|こちら)(?:とこ|ら|のところ)?(?:は|も|が|って)?、?\s*)?"
)
_BUT: Final = r"(?:が|けれども?|けど|けども|から|ので|し)?"
_AM: Final = (
    rf"(?:なん|やっとるん|やってるん)?(?:です|でございます|だ|や){_BUT}(?:ねん)?(?:けど)?"
    r"|でして|と申します(?:が)?"
)
_RUN: Final = (
    r"(?:を|で)?(?:やって|営んで|経営して|運営して|して|開いて|働いて|勤めて)"
    rf"(?:い|お)?(?:ます|る|ります|りまして|て|まして|り)?(?:の|ん)?(?:です|や)?{_BUT}"
    rf"|(?:を)?やっと(?:る|ります)(?:ん)?(?:です|や)?{_BUT}"
    rf"|に(?:勤めて|いて)(?:い|お)?(?:ます|る|ります){_BUT}"
)
_OPENING: Final = re.compile(
    rf"\s*(?P<self>{_SELF})(?P<who>[^、。,.!?\s]{{1,{_LONGEST}}}?)(?:(?:{_AM}|{_RUN})(?:[、。,.!?\s]+|(?<=[がどして]))"
    r"|(?P<in>で)[、,]|(?P<bare>[、。,.!?]))"
)
# What trades, places of work and roles end with, and what ends so and is none.
_ENDS: Final = """
屋 店 院 館 園 業 会社 商社 葬儀社 神社 作所 工所 業所 療所 務所 育所 工場 牧場 道場 劇場 市場 鶏場 豚場 師 士 医 医者 農家 作家 塾 寺 工房 宿
薬局 組合 堂 教室 容室 クリニック サロン スクール ホテル ペンション 農園 カフェ バー スナック レストラン ジム スタジオ ショップ メーカー デイサービス
ホーム 仲買 卸 問屋 大工 左官 歯科 内科 外科 小児科 眼科 皮膚科 耳鼻科 婦人科 整体 整骨 鍼灸 エステ ネイル 学校 住職 大家 経営者 事業者 担当者
責任者 管理者 業者 社員 店員 職員 務員 店長 社長 所長 園長 院長 塾長 校長 会長 場長 課長 部長 店主 業主 荷主 女将 ママ マスター 板前 受付 事務 経理
総務 担当 車係 付係 パート バイト スタッフ オーナー ドライバー 職人 酪農 建設 運送 清掃 警備 介護 福祉 印刷 不動産 飲食 食堂 美容 理容 板金 塗装
造園 酒蔵 酒造 民泊 派遣 設計 工務 通販 小売 企業 法人 団体 施設 タクシー 商会 鉄工 製造 加工 葬儀
"""
_NO_ENDS: Final = """
部屋 小屋 棚卸 残業 作業 授業 休業 操業 創業 終業 始業 就業 来店 開店 閉店 出店 返店 入院 通院 退院 来院 休館 来館 開館 入園 登園 降園 同士
"""
_TRADES: Final = tuple(_ENDS.split())
_NO_TRADES: Final = tuple(_NO_ENDS.split())


@lru_cache(maxsize=2_000)
def opening_of(text: str) -> int:
    """Where what is asked begins: behind the words a sentence introduces its asker with; 0 where it has none."""
    composed = unicodedata.normalize("NFKC", text)
    found = _OPENING.match(composed) if len(composed) == len(text) else None
    rest = composed[found.end() :] if found else ""
    if found is None or not rest.strip():
        return 0
    if found["in"] and not found["self"]:
        return 0  # 倉庫で、 is where, うちは工務店で、 who
    if found["bare"] and not is_sentence(rest):
        return 0  # 印刷、面付 are two things
    return found.end() if _is_trade(found["who"]) else 0


def _is_trade(who: str) -> bool:
    """Nouns alone, or one's of another or of a place (町の定食屋, 三重でみかん農家), that end as trades and roles do."""
    said = words(who)
    return bool(said) and who.endswith(_TRADES) and not who.endswith(_NO_TRADES) and all(map(_names, said))


def _names(word: Word) -> bool:
    return word.kind in ("noun", "affix") or word.surface in ("の", "で")
