"""Every operation of the API: its address, what it takes, what it answers, how it may fail. One table, two readers:
the OpenAPI description and the docs page are made from it, and a test holds it against the routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from catalogue.vocabulary import Masters
from marketplace.announcement_queries import CATEGORIES
from marketplace.comparison import MOST
from tenants.text import Text
from web.api import answers, bodies, examples, scheme_answers, told_answers
from web.api.guided import GuidedAnswer, KnownProblems
from web.api.needs import NeedsAnswer
from web.api.paged import MOST_PAGES, MOST_PER_PAGE, PER_PAGE
from web.api.parameters import CODE, CODES, PINNED, SCHEME_VERSION, Parameter, integer, one_of, search_parameters


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. refused: statuses of its problems, besides those every operation has."""

    id: str
    method: Literal["get", "post"]
    path: str
    summary: Text
    about: Text
    answer: type[BaseModel]
    example: Callable[[], BaseModel]
    parameters: Sequence[Parameter] = ()
    body: type[BaseModel] | None = None
    body_examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: Sequence[int] = ()
    unavailable: type[BaseModel] | None = None
    tag: str = "packages"


def operations(masters: Masters) -> list[Operation]:
    """All operations. masters: for the parameters' possible values."""
    return [*_packages(masters), *_money(), *_guided(), *_programme(), *_for_operators()]


def _packages(masters: Masters) -> list[Operation]:
    return [
        Operation(
            "searchPackages",
            "get",
            "/api/v1/packages",
            Text("ITツールを探す", "Search packages"),
            Text(
                "公開中のITツールを、言葉と条件で探します。条件ごとの件数（facets）も返します。"
                "知らない値や範囲の外の値は400です。",
                "Searches published packages by words and filters, with counts for every filter value. Unknown "
                "values and values out of range are refused with 400.",
            ),
            answers.SearchPage,
            examples.search_answer,
            parameters=search_parameters(masters),
            refused=(400,),
        ),
        Operation(
            "suggest",
            "get",
            "/api/v1/suggestions",
            Text("入力中の候補", "Suggestions while typing"),
            Text(
                "入力中の言葉から、機能・困りごと・ITツール・ITベンダーの候補を8件まで返します。言葉がなければ空です。",
                "Functions, problems, packages and vendors that the typed characters may become, at most eight; "
                "none for no characters.",
            ),
            answers.Suggestions,
            examples.suggestions_answer,
            parameters=(
                Parameter("q", Text("入力中の言葉", "What is typed so far"), {"type": "string"}, "給与"),
                Parameter(
                    "kind",
                    Text("ITベンダーだけを返すとき vendor", "vendor for vendors alone"),
                    one_of(("vendor",)),
                ),
            ),
            refused=(400,),
        ),
        Operation(
            "getPackage",
            "get",
            "/api/v1/packages/{code}",
            Text("ITツールを1件読む", "Read one package"),
            Text(
                "公開された内容と、いまの制度での見積り（中小企業者の場合）です。公開を終えたものは410です。",
                "The published content with its estimate under the current scheme for an sme. 410 once it was "
                "withdrawn.",
            ),
            answers.PackageAnswer,
            examples.package_answer,
            parameters=(CODE,),
            refused=(400, 404, 410),
        ),
        Operation(
            "comparePackages",
            "get",
            "/api/v1/compare",
            Text("ITツールを比べる", "Compare packages"),
            Text(
                f"{MOST}件まで、指定した順に並べます。コードはカンマで区切るか、codes をくり返します。"
                "公開されていないコードは unknown に入り、1件も公開されていなければ404か410です。"
                "scheme を渡すと、その版で計算します。計算できない版は400で、ほかの制度で代わりに計算することはありません。",
                f"Up to {MOST} packages in the order given; separate codes by commas, or repeat codes. "
                "Codes that are not published are listed as unknown; when none is, the answer is 404 or 410. With scheme, "
                "that version is reckoned by; one that cannot be is refused with 400, never replaced by another.",
            ),
            answers.Comparison,
            examples.comparison_answer,
            parameters=(CODES, PINNED, SCHEME_VERSION),
            refused=(400, 404, 410),
        ),
    ]


def _money() -> list[Operation]:
    return [
        Operation(
            "estimate",
            "post",
            "/api/v1/estimates",
            Text("補助額を見積もる", "Estimate the subsidy"),
            Text(
                "公開中のITツール（package）か明細（lines と functions）の補助額を、行ごとの理由と根拠つきで返します。"
                "applicant を渡すと、規模（sme・small）をそこから決め、申請できるかを eligibility に書きます。"
                "申請できない場合も金額は返します。何も保存しません。",
                "The subsidy for a published package, or for lines with the functions they cover, with reason and "
                "clause for each line. An applicant decides the size of business (sme or small), and eligibility "
                "says whether it may apply; the figures are answered even if it may not. Nothing is stored.",
            ),
            answers.EstimateForApplicant,
            examples.estimate_answer,
            body=bodies.EstimateBody,
            body_examples={"lines": examples.ESTIMATE, "package": examples.ESTIMATE_OF_PACKAGE},
            refused=(400, 404, 410, 413, 415, 422),
            tag="subsidy",
        ),
        Operation(
            "findPrice",
            "post",
            "/api/v1/prices",
            Text("金額を逆算する", "Find a price"),
            Text(
                "見積りの逆です。subsidy_yen を渡すと、その補助額になるいちばん小さい金額を返します。from_yen を渡すと、"
                "そこから上で自己負担がいちばん少なくなる金額を返します（下限額に届くと、金額を増やしたほうが自己負担が"
                "減ることがあります）。",
                "An estimate the other way round. With subsidy_yen: the smallest price that brings it. With from_yen: "
                "the price from there up at which the own cost is least (where the floor is reached, paying more can "
                "cost less).",
            ),
            answers.PriceAnswer,
            examples.price_answer,
            body=bodies.PriceBody,
            body_examples={"least own cost": examples.PRICE, "for a subsidy": examples.PRICE_FOR},
            refused=(400, 404, 413, 415, 422),
            tag="subsidy",
        ),
        Operation(
            "checkEligibility",
            "post",
            "/api/v1/eligibility",
            Text("申請できるかを調べる", "Check eligibility"),
            Text(
                "申請できるかを、規則ごとの理由と根拠つきで返します。何も保存しません。",
                "Whether a business may apply, with reason and clause for each rule. Nothing is stored.",
            ),
            answers.EligibilityAnswer,
            examples.eligibility_answer,
            body=bodies.EligibilityBody,
            body_examples={"company": examples.ELIGIBILITY},
            refused=(400, 404, 413, 415, 422),
            tag="subsidy",
        ),
    ]


def _guided() -> list[Operation]:
    return [
        Operation(
            "findSets",
            "post",
            "/api/v1/needs",
            Text("必要な機能をいちばん安くそろえる", "Packages for my needs"),
            Text(
                "必要な機能をまかなうITツールの組み合わせを、自己負担が低い順に3つまで返します。申請は1事業者1件なので、"
                "組み合わせのうち1つだけを補助し、ほかは全額を払うものとします。予算で足りないときは、まかなえる機能が多い順、"
                "次に自己負担が低い順です。これより良いものがないことを確かめられたかを proven に書きます。",
                "The sets of packages that cover what is needed, the least own cost first, at most three. One business "
                "files one application, so one package of a set is subsidised and the others are paid in full. Where "
                "the budget does not reach: who covers most, then who costs least. proven says whether nothing better "
                "can exist.",
            ),
            NeedsAnswer,
            examples.needs_answer,
            body=bodies.NeedsBody,
            body_examples={"restaurant": examples.NEEDS},
            refused=(400, 413, 415, 422),
            tag="packages",
        ),
        Operation(
            "findFromProblem",
            "post",
            "/api/v1/find",
            Text("困りごとからITツールを探す", "From a problem to packages"),
            Text(
                "困りごとの文（text）を読み取り、または選ばれた困りごと（problems）・機能（functions）から、役立つITツールを、"
                "解決する困りごとが多い順、まかなう機能が多い順、自己負担が低い順に10件まで返します。何を読み取ったかを understood に、"
                "どのITツールでも解決できない困りごとと理由を unsolved に書きます。何も読み取れないときは、困りごとも結果も空です。何も保存しません。",
                "Reads what a text speaks of, or takes the problems and functions that were chosen, and ranks single "
                "packages: those that solve most, then those with more of the functions, then the cheapest, at most "
                "ten. understood says what was read, unsolved what none of them solves and why. A text that says "
                "nothing known is answered without troubles and packages. Nothing is stored.",
            ),
            GuidedAnswer,
            examples.guided_example,
            body=bodies.FindBody,
            body_examples={"text": examples.FIND, "problems": examples.FIND_CHOSEN},
            refused=(400, 413, 415, 422),
            tag="packages",
        ),
        Operation(
            "listProblems",
            "get",
            "/api/v1/problems",
            Text("困りごとの一覧", "List problems"),
            Text(
                "文から読み取れる困りごとです。解決する機能と、手がかりになる言葉も返します。",
                "The problems that a text is understood as, with the functions that solve each and the words that "
                "point to it.",
            ),
            KnownProblems,
            examples.problems_answer,
        ),
    ]


def _programme() -> list[Operation]:
    pages = (
        Parameter("page", Text("ページ", "Page"), integer(1, MOST_PAGES, 1), 1),
        Parameter("per_page", Text("1ページの件数", "Per page"), integer(1, MOST_PER_PAGE, PER_PAGE), 20),
    )
    return [
        Operation(
            "listSchemes",
            "get",
            "/api/v1/schemes",
            Text("補助制度の一覧", "List schemes"),
            Text(
                "読み込まれている補助制度の、今日の版です。費目と、出典で確認できていない点も返します。",
                "The schemes that are loaded, each in the version that counts today, with cost kinds and what no "
                "source confirms.",
            ),
            scheme_answers.Schemes,
            examples.schemes_answer,
            tag="subsidy",
        ),
        Operation(
            "listAnnouncements",
            "get",
            "/api/v1/announcements",
            Text("お知らせの一覧", "List announcements"),
            Text(
                "公開中のお知らせを、新しい順に返します。訂正されたものは、いまの内容と、何を直したかが分かります。",
                "What the secretariat has announced, newest first; corrected ones as they read now, with what was"
                " corrected.",
            ),
            told_answers.AnnouncementPage,
            examples.announcements_answer,
            parameters=(
                Parameter("category", Text("分類", "Category"), one_of(tuple(CATEGORIES)), "important"),
                *pages,
            ),
            refused=(400,),
            tag="programme",
        ),
        Operation(
            "listBriefings",
            "get",
            "/api/v1/briefings",
            Text("説明会の一覧", "List briefings"),
            Text(
                "これから開かれる説明会を近い順に、show=over のときは終わったものを新しい順に返します。空席の数も分かります。"
                "予約はサイトで行います。",
                "Briefings to come, the next first; with show=over those that were. Seats that are left are told;"
                " booking is done on the site.",
            ),
            told_answers.BriefingPage,
            examples.briefings_answer,
            parameters=(
                Parameter(
                    "show",
                    Text("これから（upcoming）か、終わったもの（over）か", "To come (upcoming), or over"),
                    {"type": "string", "enum": ["upcoming", "over"], "default": "upcoming"},
                    "upcoming",
                ),
                *pages,
            ),
            refused=(400,),
            tag="programme",
        ),
    ]


def _for_operators() -> list[Operation]:
    return [
        Operation(
            "alive",
            "get",
            "/healthz",
            Text("動いているか", "Is it alive"),
            Text("プロセスが応答します。", "The process answers."),
            answers.Alive,
            lambda: answers.Alive(status="ok"),
            tag="operations",
        ),
        Operation(
            "ready",
            "get",
            "/readyz",
            Text("要求に応えられるか", "Is it ready"),
            Text(
                "データベースが応答しないときは503です。検索の索引がなくても、簡単な検索で応えます。",
                "503 while the database does not answer. Without the search index requests are still served.",
            ),
            answers.Readiness,
            lambda: answers.Readiness(
                status="ok", database="ok", search="ok", search_waiting=0, search_set_aside=0
            ),
            unavailable=answers.Readiness,
            tag="operations",
        ),
    ]
