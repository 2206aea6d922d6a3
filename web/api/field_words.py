"""What the fields of bodies mean, in Japanese; the English stands with the models. A test holds the two together."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from tenants.text import Text

_FACTS: Final[dict[str, str]] = {
    "scheme": "補助制度のid（GET /schemes の一覧にあるもの）。なければ、いま使っている制度。",
    "applicant": "申請者。制度によっては補助率を決める規模（sme・small）を、ここから判定します。"
    "申請できない場合も金額を返し、見積りでは eligibility にそのことを書きます。",
    "size": "申請者を渡さないときの規模。どちらもなければ sme です。",
    "functions": "明細が備えるコア機能のコード。例：F1、M3、B5。",
    "processes": "業務プロセスの数（プロセス数で決まる制度のとき）。なければ functions の数。",
    "conditions": "制度の条件（GET /schemes の conditions）への申請者の答え。コードごとに true か false。",
}
_JAPANESE: Final[dict[str, dict[str, str]]] = {
    "EstimateBody": _FACTS
    | {
        "package": "公開中のITツールのコード。lines・functions とは同時に指定できません。",
        "quantities": "package と一緒に：変えたい数量。製品のコードごとの個数。書かない製品は公開されている数のまま。"
        "機能のないサービスは 0 で外せます。",
        "lines": "価格の明細。",
        "granted_yen": "交付決定額（円）。指定すると実績の確定額になります：min（実績の対象費用×補助率、交付決定額）。",
    },
    "PriceBody": _FACTS
    | {
        "kind": "金額を求める費目。",
        "months": "その金額が何か月分か。",
        "accounts": "取引先などと共同で使うツールのとき。",
        "lines": "一緒に導入する、金額のわかっている明細。",
        "subsidy_yen": "この額以上の補助額になる、いちばん小さい金額を求めます。",
        "from_yen": "この金額以上で、自己負担がいちばん少なくなる金額を求めます。",
        "to_yen": "from_yen と一緒に：調べる金額の上限。",
    },
    "LineBody": {
        "kind": "制度の費目。例：software、cloud、hardware。",
        "amount_yen": "明細全体の金額（円、税抜）。",
        "months": "amount_yen が何か月分か。期間の料金でなければ null。",
        "label": "名前。答えの明細にそのまま付きます。",
        "accounts": "取引先などと共同で使うツールのアカウント数（その割合だけを数える制度のとき）。",
    },
    "AccountsBody": {
        "ours": "中小企業が使うアカウントの数。",
        "every": "全体のアカウントの数。",
    },
    "ApplicantBody": {
        "kind": "法人格などの種類。",
        "jsic": "日本標準産業分類の番号（大分類か2けた以上）。例：M、M76、391。4けたは、はじめの3けたを確かめ、その小分類として扱います（規則が名指しする細分類を除く）。会社と個人事業主では必須です。",
        "capital_yen": "資本金（円）。ないとき、わからないときは null。",
        "employees": "常時使用する従業員の数。役員と事業主は含みません。",
        "domestic": "本社と事業所が日本国内にあるか。",
        "largest_large_firm_share": "最も多く出資する大企業1社の出資割合（%、小数点以下切り上げ）。",
        "large_firms_share": "大企業全体の出資割合（%、小数点以下切り上げ）。",
        "large_firm_officers_share": "大企業の役職員が役員に占める割合（%、小数点以下切り上げ）。",
        "already_applied": "この制度にすでに申請しているか。",
    },
    "NeedsBody": {
        "functions": "必要なコア機能のコード。",
        "have": "すでにある機能のコード。必要な機能と重ならないもの。",
        "industry": "対象業種のコード。例：restaurants。なければ、業種が決められたITツールは比べません。",
        "employees": "常時使用する従業員の数。事業者の規模を決めます。",
        "budget_yen": "組み合わせ全体の、補助金を引いた1年目の自己負担の上限（円）。",
        "can_apply": "すでに申請した事業者は false。すべて全額を払うものとして計算します。",
        "own_industry": "ITベンダーがこの業種（または全業種）を対象とするITツールだけで計算するか。industry が必要です。",
    },
    "FindBody": {
        "text": "困っていること。ふだんの日本語の文で書きます。金額（30万円まで）は、budget_yen がなければ予算として読みます。「」で囲むと言葉のままです。",
        "problems": "困りごとのコード（GET /problems の一覧にあるもの）。文から読み取る代わりに選びます。",
        "functions": "コア機能のコード。文から読み取る代わりに選びます。",
        "industry": "対象業種のコード。その業種向け（または全業種向け）のITツールだけを並べます。なければ、業種が決められたITツールは並べません。",
        "employees": "常時使用する従業員の数。事業者の規模を決めます。",
        "budget_yen": "ITツール1つの、補助金を引いた自己負担の上限（円）。",
    },
    "EligibilityBody": {
        "scheme": "補助制度のid（GET /schemes の一覧にあるもの）。なければ、いま使っている制度。",
        "applicant": "申請者。何も保存しません。",
        "conditions": "制度の条件（GET /schemes の conditions）への申請者の答え。コードごとに true か false。"
        "必要な条件に答えがなければ、結果は needs_papers になります。",
    },
}


def about(model: type[BaseModel], field: str, english: str) -> Text:
    """A field's meaning in both languages."""
    return Text(_JAPANESE[model.__name__][field], english)


def put_japanese(schemas: dict[str, Any]) -> None:
    """Give the bodies' schemas their Japanese descriptions."""
    for name, words in _JAPANESE.items():
        for field, japanese in words.items():
            schemas[name]["properties"][field]["description"] = japanese
