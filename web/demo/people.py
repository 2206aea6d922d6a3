"""The people of the demo: who may be chosen at its sign-in, and for which organisation each acts.

All are made up; their corporate numbers lie in a range that is not given out. The demo's data makes their
memberships and the shops' profiles from here; the demo's identity provider lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tenants.text import Text

PROVIDER: Final = "demo"


@dataclass(frozen=True, slots=True)
class DemoBusiness:
    """What a shop says of itself. kind and industry as in the eligibility check; capital_yen: None if it has none."""

    kind: str
    industry: str
    capital_yen: int | None
    employees: int


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation of the demo. corporate_number: None for the secretariat and the committee. standing: a vendor's.

    telephone: the same of a vendor and a shop, for the secretariat to find.
    """

    kind: Literal["vendor", "sme", "secretariat", "committee"]
    name: str
    corporate_number: str | None = None
    name_kana: str = ""
    prefecture: str = ""
    business: DemoBusiness | None = None
    standing: str = "adopted"
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. subject: how the identity provider knows them; roles: keys of permissions.ROLES."""

    subject: str
    name: str
    email: str
    organisation: DemoOrganisation
    roles: tuple[str, ...]
    description: Text


SECRETARIAT: Final = DemoOrganisation("secretariat", "IT導入補助金事務局（デモ）")
COMMITTEE: Final = DemoOrganisation("committee", "審査委員会（デモ）")
GENERATED_VENDOR: Final = DemoOrganisation("vendor", "合同会社ひなたソフト", "7999900100000", prefecture="北海道")
ASAHI: Final = DemoOrganisation(
    "vendor", "株式会社あさひ業務ソフト", "7999900000101", "アサヒギョウムソフト", "東京都", telephone="0300000001"
)
MINATO: Final = DemoOrganisation(
    "vendor", "みなと情報サービス株式会社", "6999900000102", "ミナトジョウホウサービス", "神奈川県"
)
APPLICANT: Final = DemoOrganisation(
    "vendor",
    "株式会社かえで業務システム",
    "1999900000107",
    "カエデギョウムシステム",
    "埼玉県",
    standing="applicant",
)
RAMEN_SHOP: Final = DemoOrganisation(
    "sme",
    "麺処こはる",
    "4999900200001",
    "メンドコロコハル",
    "福岡県",
    DemoBusiness("company", "restaurant", 3_000_000, 6),
)
WORKSHOP: Final = DemoOrganisation(
    "sme",
    "有限会社つばき製作所",
    "3999900200002",
    "ツバキセイサクショ",
    "新潟県",
    DemoBusiness("company", "metal_maker", 20_000_000, 34),
    telephone="0300000001",
)
LARGE_RETAILER: Final = DemoOrganisation(
    "sme",
    "株式会社おおぞら百貨",
    "2999900200003",
    "オオゾラヒャッカ",
    "大阪府",
    DemoBusiness("company", "supermarket", 900_000_000, 850),
)

PEOPLE: Final = (
    DemoPerson(
        "ramen-owner",
        "小春 あかり",
        "akari@koharu.example",
        RAMEN_SHOP,
        ("sme_owner",),
        Text(
            "従業員6人のラーメン店の店主。ITツールを選び、補助金の申請を始めて、内容を確認します。",
            "Runs a ramen shop with six employees: chooses a tool, starts an application, confirms it.",
        ),
    ),
    DemoPerson(
        "workshop-owner",
        "椿 誠一",
        "seiichi@tsubaki.example",
        WORKSHOP,
        ("sme_owner",),
        Text(
            "従業員34人の金属加工会社の代表。製造業としての補助額を見比べます。",
            "Heads a metal workshop with 34 employees: compares estimates for manufacturing.",
        ),
    ),
    DemoPerson(
        "large-retailer-owner",
        "大空 翔",
        "sho@oozora.example",
        LARGE_RETAILER,
        ("sme_owner",),
        Text(
            "資本金9億円・従業員850人の小売業。規模が大きく、対象外になる理由が表示されます。",
            "A retailer with 850 employees: too large to be eligible, and told why.",
        ),
    ),
    DemoPerson(
        "vendor-owner",
        "朝倉 由美",
        "yumi@demo-vendor.example",
        GENERATED_VENDOR,
        ("vendor_owner",),
        Text(
            "公開中のパッケージを持つITベンダーの責任者。登録内容を直して提出し、申請依頼に対応します。",
            "Owner at a vendor with published packages: edits and submits listings, answers requests.",
        ),
    ),
    DemoPerson(
        "vendor-viewer",
        "野口 健",
        "ken@demo-vendor.example",
        GENERATED_VENDOR,
        ("vendor_viewer",),
        Text(
            "同じITベンダーの閲覧担当。見るだけで、変更はできません。", "At the same vendor: may look, not change."
        ),
    ),
    DemoPerson(
        "asahi-owner",
        "旭 直人",
        "naoto@asahi-gyomu.example",
        ASAHI,
        ("vendor_owner",),
        Text(
            "まだ登録のないITベンダーの責任者。CSVやExcelのファイルを取り込んで試せます。",
            "Owner at a vendor without listings yet: try uploading a CSV or Excel file.",
        ),
    ),
    DemoPerson(
        "minato-owner",
        "港 さやか",
        "sayaka@minato-joho.example",
        MINATO,
        ("vendor_owner",),
        Text(
            "もう一つのITベンダーの責任者。差し戻された更新の申請を直して、もう一度提出できます。",
            "Owner at another vendor, whose yearly renewal came back: correct it and hand it in again.",
        ),
    ),
    DemoPerson(
        "applicant-owner",
        "楓 りん",
        "rin@kaede-gyomu.example",
        APPLICANT,
        ("vendor_owner",),
        Text(
            "IT導入支援事業者の登録を申請している会社の責任者。書きかけの申請の続きを入力して提出します。",
            "Owner of a company that applies to be a vendor: goes on with its registration and hands it in.",
        ),
    ),
    DemoPerson(
        "secretariat-administrator",
        "事務局 花子",
        "hanako@secretariat.example",
        SECRETARIAT,
        ("secretariat_administrator",),
        Text(
            "事務局の管理者。取り込み、審査、公開、公募回の日程、監査の記録まで、すべてできます。",
            "Administrator: imports, reviews, publishes, sets the rounds and reads the audit trail.",
        ),
    ),
    DemoPerson(
        "secretariat-reviewer",
        "審査 太郎",
        "taro@secretariat.example",
        SECRETARIAT,
        ("secretariat_reviewer",),
        Text(
            "事務局の審査担当。前回の承認から変わったところを見て、承認するか理由を付けて戻します。",
            "Reviewer: sees what changed, approves it or returns it with a reason.",
        ),
    ),
    DemoPerson(
        "secretariat-publisher",
        "広報 みどり",
        "midori@secretariat.example",
        SECRETARIAT,
        ("secretariat_publisher",),
        Text(
            "事務局の公開担当。承認されたものをまとめて公開します。",
            "Publisher: publishes what has been approved.",
        ),
    ),
    DemoPerson(
        "secretariat-auditor",
        "監査 守",
        "mamoru@secretariat.example",
        SECRETARIAT,
        ("secretariat_auditor",),
        Text(
            "事務局の監査担当。だれが何をいつ変えたかを確かめます。", "Auditor: checks who changed what, and when."
        ),
    ),
    DemoPerson(
        "committee-member",
        "委員 文子",
        "fumiko@committee.example",
        COMMITTEE,
        ("committee_member",),
        Text("審査委員。割り当てられた案件だけを見ます。", "Committee member: sees assigned cases only."),
    ),
    DemoPerson(
        "committee-member-2",
        "委員 良介",
        "ryosuke@committee.example",
        COMMITTEE,
        ("committee_member",),
        Text(
            "もう一人の審査委員。採点がそろうまで、ほかの委員の評点は見えません。",
            "Another member: sees nobody's marks before all are in.",
        ),
    ),
    DemoPerson(
        "committee-member-3",
        "委員 さとみ",
        "satomi@committee.example",
        COMMITTEE,
        ("committee_member",),
        Text(
            "三人目の審査委員。関係先を届け出ているため、担当できない案件があります。",
            "A third member, who declared a relation and so cannot take every case.",
        ),
    ),
)


def by_subject(subject: str) -> DemoPerson | None:
    """The demo person whom the identity provider calls this."""
    return next((person for person in PEOPLE if person.subject == subject), None)
