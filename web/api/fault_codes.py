"""What the API refuses: one table of codes for answers, their documentation and the docs page's anchors."""

from __future__ import annotations

from typing import Final

from tenants.text import Text

# Every code a problem of the API can carry: its status, and when it occurs.
CODES: Final[dict[str, tuple[int, Text]]] = {
    "malformed_json": (400, Text("本文がJSONとして読み取れません。", "The body is not JSON.")),
    "duplicate_key": (
        400,
        Text("JSONの同じ項目が2回書かれています。", "A key stands twice in one JSON object."),
    ),
    "bad_query": (
        400,
        Text("クエリの値がないか、範囲の外です。", "A query parameter has an unknown value or is out of range."),
    ),
    "unknown_parameter": (
        400,
        Text("その名前のクエリはありません。", "There is no query parameter of that name."),
    ),
    "unusable_value": (
        400,
        Text("使えない文字（NULなど）が含まれています。", "A character that cannot be used, such as NUL."),
    ),
    "address_unreadable": (
        400,
        Text(
            "アドレスに空白や使えない文字が、エンコードされずに入っています。",
            "The address holds a blank or a character that was not escaped.",
        ),
    ),
    "codes_out_of_range": (
        400,
        Text("比較するITツールの数が範囲の外です。", "Too few or too many packages to compare."),
    ),
    "scheme_not_usable": (
        400,
        Text(
            "その制度の版がないか、まだ有効でないか、ITツールの費目を含んでいません。",
            "There is no such version of a scheme, it does not count yet, or it lacks the packages' kinds of cost.",
        ),
    ),
    "not_found": (
        404,
        Text(
            "ITツール・補助制度・お知らせ・説明会がありません。",
            "There is no such package, scheme, announcement or briefing.",
        ),
    ),
    "gone": (
        410,
        Text(
            "ITツールの公開が終了しました。日付と理由が書かれています。",
            "The package was withdrawn; the message says when and why.",
        ),
    ),
    "body_too_large": (413, Text("本文が大きすぎます。", "The body is too large.")),
    "address_too_long": (414, Text("アドレスが長すぎます。", "The address is too long.")),
    "not_json": (
        415,
        Text("本文がJSONとして送られていません。", "The body was not sent as JSON."),
    ),
    "unknown_industry": (422, Text("その業種はありません。", "There is no such industry.")),
    "unknown_problem": (422, Text("その困りごとはありません。", "There is no such problem.")),
    "nothing_said": (
        422,
        Text("text・problems・functions のどれもありません。", "None of text, problems and functions was given."),
    ),
    "industry_not_said": (
        422,
        Text("own_industry には industry が必要です。", "own_industry needs an industry."),
    ),
    "needed_and_had": (
        422,
        Text("必要な機能とすでにある機能が重なっています。", "A function is both needed and there already."),
    ),
    "missing": (422, Text("必要な項目がありません。", "A required field is missing.")),
    "unknown_field": (422, Text("知らない項目があります。", "There is a field that is not known.")),
    "wrong_type": (
        422,
        Text(
            "値の型が違います（数値を引用符で囲んだなど）。", "A value has another type, such as a quoted number."
        ),
    ),
    "not_in_range": (
        422,
        Text("数や長さが範囲の外です。", "A number or a length is out of range."),
    ),
    "not_allowed": (422, Text("決められた値のどれでもありません。", "A value is none of the allowed ones.")),
    "wrong_form": (422, Text("値の書き方が違います。", "A value is not written as required.")),
    "not_of_the_package": (
        422,
        Text("そのITツールに含まれていない製品です。", "The package has no such product."),
    ),
    "quantities_without_package": (
        422,
        Text("数量が、ITツールのコードなしに指定されています。", "Quantities were given without a package."),
    ),
    "quantity_out_of_range": (
        422,
        Text("その製品の数量にできない数です。", "The product cannot have that quantity."),
    ),
    "total_too_large": (422, Text("合計の金額が大きすぎます。", "The total is too large.")),
    "package_or_lines": (
        422,
        Text(
            "package と lines のどちらか一方だけを指定します。",
            "Exactly one of package and lines must be given.",
        ),
    ),
    "subsidy_or_range": (
        422,
        Text(
            "subsidy_yen と from_yen のどちらか一方だけを指定します。",
            "Exactly one of subsidy_yen and from_yen must be given.",
        ),
    ),
    "subsidy_out_of_reach": (
        422,
        Text("その補助額には、いくらにしても届きません。", "No price brings so much subsidy."),
    ),
    "applicant_or_size": (
        422,
        Text("applicant と size の両方は指定できません。", "applicant and size exclude each other."),
    ),
    "unknown_function": (
        422,
        Text("コア機能のコードがありません。", "There is no such core function."),
    ),
    "unknown_cost_kind": (
        422,
        Text("その補助制度にない費目です。", "The scheme has no such cost kind."),
    ),
    "bad_applicant": (
        422,
        Text("申請者の内容では判定できません。", "The applicant cannot be judged by what was given."),
    ),
    "unknown_jsic": (
        422,
        Text(
            "日本標準産業分類の番号ではありません。", "Not a code of the Japan Standard Industrial Classification."
        ),
    ),
    "headers_too_large": (
        431,
        Text("ヘッダーが多すぎるか、長すぎます。", "There are too many headers, or one is too long."),
    ),
}
