"""Common words of English in Japanese: what they are there, as a loan word and in its own. Pure.

Beside the synonyms, which say what people mean by a word: these are words of the language, and half of a compound may
be one of them (安否check, 有休management).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from search.analyser import fold

_PLURAL: Final = re.compile("[A-Za-z]{2}[A-RT-Za-rt-z]s$", re.IGNORECASE)
_WORDS: Final = """
accident=事故 account=アカウント;口座 acquisition=獲得 address=住所;アドレス advance=前払い advertisement=広告 agency=代理店
agreement=契約;合意 agriculture=農業 alarm=警報;アラーム album=アルバム alcohol=アルコール;飲酒 alert=通知;アラート allergy=アレルギー
allowance=手当 analysis=分析 animal=動物 annual=年次 answer=回答;応答 area=エリア;地域 article=記事 asset=資産
assistant=アシスタント audio=音声 audit=監査 auto=自動;オート automatic=自動 automobile=自動車 bag=バッグ balance=残高 bank=銀行
beauty=美容 bed=ベッド beer=ビール bicycle=自転車 bid=入札 bill=請求;請求書 blog=ブログ board=ボード;掲示板 body=ボディ book=帳簿;本
box=ボックス brand=ブランド brewery=酒造;醸造 bridal=ブライダル;婚礼 brochure=パンフレット bus=バス buy=購入;購買 calculation=計算
calculator=計算 call=電話;コール cancel=キャンセル car=車;車両 care=ケア;介護 cart=カート case=案件;ケース cash=現金;キャッシュ
cat=猫 catalog=カタログ catalogue=カタログ category=分類 cemetery=墓地 center=センター certificate=証明書 change=変更 channel=チャネル
character=文字 karte=カルテ chart=図表;カルテ chat=チャット check=確認;チェック;点検 checkin=チェックイン checklist=チェックリスト;点検表
child=子ども;保育 class=教室;クラス cleaning=清掃;クリーニング client=顧客;クライアント clinical=診療 clock=打刻;時計 cloud=クラウド
code=コード collaboration=共同作業 color=カラー;色 colour=カラー;色 comment=コメント communication=連絡;コミュニケーション company=会社
complaint=クレーム;苦情 compliance=法令遵守 consulting=相談 contact=連絡先;連絡;問い合わせ content=コンテンツ control=管理;制御
cook=調理 cooking=調理 copy=複写;コピー cosmetics=化粧品 cost=原価;コスト;費用 count=計数;数え counter=カウンター;窓口 course=コース;講座
cow=牛;牛群;家畜 creation=作成 credit=与信;クレジット crm=顧客管理 cut=カット data=データ database=データベース date=日付 deadline=期限;納期;締切
debt=債務 delivery=配送;納品;配達 demand=需要 dental=歯科;デンタル deposit=入金;預り金 design=デザイン;設計 desk=デスク;窓口
detection=検知 device=機器;端末 diagnosis=診断 digital=デジタル;電子 direct=ダイレクト;直接 director=取締役 disaster=災害 display=表示
distribution=流通;配信 doc=文書 doctor=医師 document=文書;書類 dog=犬 door=ドア;扉 download=ダウンロード dress=衣装 drive=運転
driver=運転手;ドライバー driving=運転;走行 drone=ドローン drug=薬 duplicate=重複 edit=編集 education=教育 electric=電気;電子
electronic=電子 elevator=エレベーター employee=従業員;社員 employment=雇用 engine=エンジン english=英語 entrance=入場;入口 entry=入力;登録
environment=環境 equipment=設備;備品;機器 error=エラー;誤り estate=不動産 event=イベント;催事 exam=試験 exchange=交換 expiry=期限
expiration=期限 eye=目 fabric=生地 face=顔 facility=施設;設備 factory=工場 family=家族 fare=運賃 farmer=農家 fax=FAX;ファックス
feedback=ご意見 field=現場;ほ場 file=ファイル finance=財務;資金 fire=消防;火災 fish=魚 fishery=漁業 fitness=フィットネス flow=フロー flower=花
flyer=チラシ folder=フォルダ follow=フォロー food=食品;フード form=フォーム;帳票 freight=運賃;貨物 fresh=鮮度;生鮮 friend=友だち
fuel=燃料 fund=資金 gas=ガス gate=ゲート;入場 gift=ギフト;贈答 goods=商品;グッズ golf=ゴルフ grade=成績;等級 grave=墓地 greeting=挨拶
group=グループ guest=宿泊者;来客 guide=案内;ガイド gym=ジム hair=髪;ヘア handy=ハンディ health=健康 history=履歴 holiday=休日;休暇
home=ホーム;住宅 hospital=病院 hour=時間 house=住宅 housing=住宅 human=人事;人材 hygiene=衛生 image=画像 incoming=入荷;着信
income=収入 individual=個別 industrial=産業;工業 info=情報;案内 information=情報;案内 ingredient=原材料;原料 inn=旅館 input=入力
insurance=保険 interview=面接 item=品目;商品 job=求人;仕事 journal=仕訳;日誌 journey=行程 key=鍵 kitchen=厨房;キッチン laboratory=検査室
land=土地 language=言語;言葉 laser=レーザー law=法務;法律 leaflet=チラシ leave=休暇 lecture=講座;講義 letter=手紙;文書
license=免許;ライセンス limit=限度;上限 line=ライン link=リンク;連携 liquor=酒 list=一覧;名簿;リスト loan=融資;貸出 location=ロケーション;場所
lock=鍵;施錠 log=記録;履歴;ログ login=ログイン luggage=荷物 lunch=昼食;弁当 machine=機械 machinery=機械 mail=メール maker=メーカー
management=管理;経営 manager=管理;店長 manual=マニュアル;手順書 manufacture=製造 manufacturing=製造;生産 map=地図;マップ margin=粗利;利益
market=市場 matching=照合;マッチング;消込 material=材料;資材;原材料 meal=食事 measurement=測定;計測 meat=食肉 media=メディア
medical=医療;医療事務;診療 medicine=薬;医薬品 meeting=会議;ミーティング memo=メモ message=メッセージ meter=検針;メーター milk=牛乳
minutes=議事録 mobile=モバイル;スマホ model=模型 money=お金;マネー;金銭 monitor=監視;モニター monitoring=監視 month=月 monthly=月次;月間
mortgage=住宅ローン move=移動;引越 movie=動画 moving=引越 multi=多;複数 music=音楽 name=名前;氏名 navigation=案内 network=ネットワーク
news=お知らせ notice=通知;お知らせ notification=通知 number=番号;ナンバー nurse=看護;看護師 nursing=看護;介護 nutrition=栄養 office=事務所;オフィス;事務
oil=油;オイル online=オンライン;ネット operation=運用;運行;操作 order=注文;発注;受注;オーダー organic=有機 outsourcing=外注 owner=オーナー
package=梱包;荷物 page=ページ paper=紙;ペーパー parcel=荷物;小包 parent=保護者 parking=駐車場;駐車 part=部品 party=宴会;パーティー
pass=通行証 password=パスワード patrol=巡回 pay=支払い;給与;決済 pension=年金 people=人 performance=実績;評価 period=期間
permission=許可 person=人物 personal=個人 personnel=人事 pest=害虫;防除 pet=ペット pharmacist=薬剤師 photo=写真 pickup=集荷;送迎
plan=計画;プラン planning=計画;企画 plant=工場;植物 plate=ナンバー point=ポイント post=投稿;郵便 postage=送料;郵送 postcard=はがき;葉書;DM
poster=ポスター practice=診療 press=プレス prevention=予防;防止 price=価格;値段;料金 process=工程 product=商品;製品 profit=利益;採算;粗利
program=プログラム project=案件;プロジェクト promotion=販促 property=物件;不動産;資産 public=公開 publish=公開 push=プッシュ
qualification=資格 quantity=数量 question=質問 quick=即時 quotation=見積 quote=見積 radio=無線 rate=料率 reader=読取 reading=読取
recall=リコール;回収 record=記録 recording=録画;録音;記録 records=記録 refund=返金 regional=地域 register=レジ;登録 registration=登録
reminder=督促;お知らせ remote=遠隔;リモート renewal=更新 repeat=リピート;再来 repeater=リピーター replacement=交換 reply=返信;回答
request=依頼;申請 research=調査 residence=住居 resident=入居者 resource=資源 response=応答;返信 retail=小売 return=返却;返品 revenue=売上
ride=乗車 risk=リスク road=道路 route=ルート;経路 rule=規則 safe=金庫 safety=安全;安否 sake=酒 salary=給与;給料 sample=見本
satisfaction=満足度;顧客満足 save=保存 schedule=スケジュール;予定;日程 score=点数;成績 screen=画面 seat=座席;席 seed=種 select=選択
seminar=セミナー sender=送信 sending=送信;送付 serial=製造番号 setting=設定 share=共有;シェア sharing=共有 sheet=表;シート shelf=棚
shoe=靴 shop=ショップ;店舗 shopping=ショッピング;通販 sign=署名;看板 simulation=シミュレーション;試算 skill=スキル;技能 slip=伝票;明細
smart=スマート smartphone=スマホ;スマートフォン snow=雪 solar=太陽光 sound=音声 space=スペース speech=音声 sports=スポーツ
staff=スタッフ;従業員;人員 staffing=人員配置 stamp=スタンプ;印鑑 station=駅 status=状況;状態 stay=宿泊 steel=鋼材 stop=停止 storage=保管
store=店舗;ストア street=道路 student=生徒;受講生 studio=スタジオ style=スタイル subscription=定期購入;サブスク substitute=代替 supply=供給
support=支援;サポート surveillance=監視 suit=スーツ sushi=寿司 swimming=水泳 tablet=タブレット tag=タグ;荷札 target=目標
taxi=タクシー tea=茶 teacher=講師;先生 team=チーム telephone=電話 template=ひな型 terminal=端末 test=検査;試験 text=文章;文字
theater=劇場 time=時間 timer=タイマー tire=タイヤ title=題名 tool=工具;道具 tour=ツアー;旅行 tourist=観光客 towel=タオル
tracking=追跡 traffic=交通 transfer=振込;振替;転送 transport=運送;輸送;送迎 transportation=運送;交通;輸送 travel=出張;旅費;旅行 tree=樹木
trimming=トリミング trouble=障害 tuition=月謝;授業料 uniform=制服 unit=単位 update=更新 upload=アップロード usage=利用
user=利用者;ユーザー utility=水道 vacancy=空室 vaccine=ワクチン valuation=査定 vegetable=野菜 vehicle=車両 vendor=仕入先 video=動画;ビデオ
visit=訪問;来店;来院 visitor=来訪者;来客 voice=音声 volume=量 wage=賃金 wait=待ち waiting=待ち;順番待ち warning=警告 warranty=保証
watch=見守り;監視 water=水道;水 wave=波 weather=天気;天候 web=ウェブ;サイト wedding=婚礼;結婚式 week=週 weekly=週間 weight=重量;体重
welding=溶接 wholesale=卸売;卸 wine=ワイン wood=木材 word=言葉 worker=作業員;労働者 working=勤務;労働 workshop=講習 workplace=職場
writing=作文 yearly=年次 yoga=ヨガ
e-ticket=電子チケット e-mail=メール waiting_time=待ち時間 social_media=SNS working_time=勤務時間 paid_holiday=有給休暇;有休 petty_cash=小口現金
food_delivery=宅配;出前 profit_margin=粗利 bulletin=掲示板 real_estate=不動産 time_sheet=勤怠;勤務表 year_end=年末 check_in=チェックイン
"""
ENGLISH: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        fold(english.replace("_", " ")): tuple(japanese.split(";"))
        for english, _, japanese in (pair.partition("=") for pair in _WORDS.split())
    }
)
"""Folded English -> Japanese, the likeliest first."""


def singular(word: str) -> Iterator[str]:
    """What a word of English in the plural may be one of: invoices, deliveries."""
    if _PLURAL.search(word):
        yield word[:-1]
        yield re.sub("ies$", "y", word, flags=re.IGNORECASE) if word[-3:].lower() == "ies" else word[:-2]
