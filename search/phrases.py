"""What a sentence is about: its phrases by how much they say. Pure.

月末の給与計算が大変 is about 給与計算; 月末 and 大変 stand in many a sentence and say little; の and が say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from search.analyser import Word, fold, words
from search.spellings import plain

_NOUN: Final = 1.0
_OTHER: Final = 0.3  # verbs and adjectives: what is done matters less than to what
SAYS_LITTLE: Final = 0.12
_DOING: Final = ("する", "し", "さ", "すれ")  # 記録する is done to something, as writing is
_COMMON_WORDS: Final = """
大変 面倒 手間 時間 苦手 不安 心配 簡単 便利 楽 必要 大切 重要 無理 駄目 だめ 毎日 毎月 毎回 毎朝
毎晩 毎週 毎年 月末 月初 年末 年度末 今 昔 最近 以前 将来 今後 いつ いつも 自分 自社 当社 弊社 我が社
人 方 者 物 もの こと 事 とき 時 ところ 所 ため よう 様 場合 方法 やり方 仕方 仕組み 何
なに どこ だれ 誰 どれ どう なぜ 何度 何回 何日 一つ 二つ 一度 一日 二日 一時間 全部 全て すべて 一部
半分 困る 困り 困っ 悩み 悩む 問題 課題 相談 希望 検討 おすすめ お勧め 探し 探す 欲しい ほしい 教え 教えて 知り
知る 思う 思っ 使う 使い 使っ 作る 作り 減らす 減らし 増やす 増やし やめる できる 出来る 仕事 作業 業務 会社 店
お店 うち 私 わたし 社長 経営 店長 担当 導入 利用 対応 機能 ソフト ソフトウェア システム ツール サービス 製品 商品名 もっと
とても すぐ よく 多い 少ない 早い 遅い 良い いい 悪い 高い 安い 結構 本当 普段 普通 一番 少し ちょっと たくさん
いろいろ 色々 やつ 奴 子 名前 えーと ええと なんか 代わり かわり 手 気 目 間 中 上 下 前 後 他 ほか 以上 以下
分から 分かる 分かり わから わかる わかり みんな いっぱい 紙 変 話 相手 商品 品物 ばらばら 夜 朝 昼 夜中 今日 明日 昨日 来月 今月 入れ 出す 出し
確認 把握 迷惑 手数 正しく 正しい いくつ いくら 従業員 社員 スタッフ 職員 どのくらい どれくらい
半日 一日中 時期 急 急に たび 最後 最初 聞く 聞か 聞い 言う 言わ 言い 言っ 来る 行く 行か 行っ 持つ 持っ 取る 取ら つぶれる
なく なくす なくし 無くす 無くし なくなる 無くなる みたい お客 客 数 多 少な 見る 見 見れる すぎ 過ぎ
"""
_MEANS_WORDS: Final = "スマホ スマートフォン パソコン PC ネット インターネット オンライン ウェブ Web アプリ"
MEANS: Final = frozenset(map(fold, _MEANS_WORDS.split()))
"""By what something is done: half the catalogue has them."""
_KINDS_WORDS: Final = "ソフト ソフトウェア システム アプリ アプリケーション ツール サービス software soft system systems app apps tool tools"
KINDS: Final = frozenset(map(fold, _KINDS_WORDS.split()))
"""What everything in the catalogue is."""
_DONE_WORDS: Final = "管理 作成 記録 計算 受付 処理 業務 支援 発行 集計 表示 案内 登録 入力 保存 連絡 電子化 自動化 management kanri"
DONE: Final = frozenset(map(fold, _DONE_WORDS.split()))
"""What is done to things of any kind."""
_WISHES_WORDS: Final = "製品 機能 対応 対応済 対応済み 対応可 対応可能 導入 利用 application service"
_SAYS_NOTHING: Final = KINDS | frozenset(map(fold, _WISHES_WORDS.split()))
_POLITE: Final = frozenset(map(fold, ("お", "ご", "御")))
# Other words for the same in sentences about work: politer, in writing, or another's.
_SAME_WORDS: Final = """
順序=順番 誤=間違 発送=送 送付=送 作成=作 記入=書 紛失=失 配送=配達 顧客=客 お客様=客 お客=客 従業員=社員 スタッフ=社員
職員=社員 店員=社員 バイト=アルバイト 印鑑=ハンコ 判子=ハンコ 領収証=領収書 携帯=スマホ 携帯電話=スマホ 書面=書類 値段=価格 売上高=売上
重複=重な 遅延=遅 把握=分か 存=知 不足=足 催促=督促 返答=返事 回答=返事 返信=返事 連絡=知
"""
_SAME: Final = {fold(one): fold(other) for one, _, other in (pair.partition("=") for pair in _SAME_WORDS.split())}
JOINS: Final = frozenset(("の", "と", "や", "か", "および", "及び", "または"))
"""What joins names: 予約と決済, 花屋の予約."""
_HIRAGANA_END: Final = re.compile("[ぁ-ゖ]+$")
COMMON: Final = frozenset(map(fold, _COMMON_WORDS.split())) | MEANS
"""Words of everyday sentences that name no function, no trade and no place."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that belong together. text: as typed. words: its content words as typed. weight: above 0, at most 1."""

    text: str
    words: tuple[str, ...]
    weight: float


@lru_cache(maxsize=2_000)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The phrases of a text in order, without repeats: neighbouring nouns as one, verbs and adjectives alone."""
    found: dict[str, Phrase] = {}
    for run in _runs(text):
        phrase = _phrase(text, run)
        if phrase is not None:
            found.setdefault(fold(phrase.text), phrase)
    return tuple(found.values())


def telling_words(typed: Sequence[str]) -> tuple[str, ...]:
    """The words of a query that must be there: without 対応 and ソフト that stand alone, but where nothing else does."""
    found = tuple(word for word in typed if fold(word) not in _SAYS_NOTHING)
    return found or tuple(typed)


def is_sentence(text: str) -> bool:
    """Whether a text is more than one name: it has a particle or an ending between or after words."""
    found = words(text)
    return any(word.kind == "" for word in found) and any(word.content for word in found)


def says_something(text: str) -> bool:
    """Whether a text is a sentence and not only names that are joined (花屋の予約, 予約と決済)."""
    return is_sentence(text) and any(
        not word.content and word.kind != "affix" and word.surface not in JOINS for word in words(text)
    )


def term_of(word: Word, text: str) -> str:
    """What of a word in a text is compared: nothing of grammar; 書い and 書く are 書, もうかっ and もうかる もうか.

    As compounds are spelt, and of words for the same one: 売り上げ is 売上, 順序 順番.
    """
    if not word.content:
        return ""
    stem = _HIRAGANA_END.sub("", text[word.start : word.end])
    if stem:
        term = plain(stem)
        return _SAME.get(term, term)
    return word.surface[:3] if len(word.surface) > 2 else ""  # in hiragana alone: not する, ある, こと


def terms_in(text: str) -> dict[str, tuple[int, int]]:
    """The terms of a text, each with where it first stands."""
    found: dict[str, tuple[int, int]] = {}
    for word in words(text):
        if term := term_of(word, text):
            found.setdefault(term, (word.start, word.end))
    return found


@cache
def everyday_terms() -> frozenset[str]:
    """The terms of everyday words."""
    return COMMON.union(*(terms_in(word) for word in COMMON))


def doing_terms(texts: Iterable[str]) -> frozenset[str]:
    """The terms of verbs and adjectives in these texts."""
    found: set[str] = set()
    for text in texts:
        found.update(
            term_of(word, text) for word in words(text) if word.content and word.kind not in ("noun", "affix")
        )
    return frozenset(found)


def telling_terms(text: str) -> frozenset[str]:
    """The terms of a sentence without everyday words; with them where fewer than two are left."""
    found = {term: text[start:end] for term, (start, end) in terms_in(text).items()}
    telling = frozenset(term for term, typed in found.items() if not {term, fold(typed)} & COMMON)
    return telling if len(telling) > 1 else frozenset(found)


def _runs(text: str) -> list[list[Word]]:
    runs: list[list[Word]] = []
    end = -1
    for word in words(text):
        if word.start == end and word.surface in _DOING and len(runs[-1]) == 1:
            runs[-1] = [replace(runs[-1][0], kind="verb")]
        if word.kind in ("noun", "affix"):
            if word.start == end:
                runs[-1].append(word)
            else:
                runs.append([word])
            end = word.end
        else:
            if word.content:
                runs.append([word])
            end = -1
    return runs


def _without_politeness(run: list[Word]) -> list[Word]:
    """予約 of ご予約, as a listing has it; 客 of お客 is too short to say anything."""
    polite = run[0].kind == "affix" and run[0].surface in _POLITE
    return run[1:] if polite and sum(word.end - word.start for word in run if word.content) > 1 else run


def _phrase(text: str, run: list[Word]) -> Phrase | None:
    """None for what says nothing: affixes alone, single kana."""
    run = _without_politeness(run)
    content = [word for word in run if word.content]
    written = text[run[0].start : run[-1].end]
    if not content or (len(fold(written)) < 2 and not "\u4e00" <= written <= "\u9fff"):
        return None
    if fold(written) in COMMON or all(word.surface in COMMON for word in content):
        weight = SAYS_LITTLE
    else:
        # その場, 家 and 束 say little.
        weight = _NOUN if content[0].kind == "noun" and len(fold(written)) > 1 else _OTHER
    return Phrase(written, tuple(text[word.start : word.end] for word in content), weight)
