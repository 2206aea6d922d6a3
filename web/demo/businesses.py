"""Made-up GビズID accounts for the demo: prime ones, whose business is vouched for, and an entry one.

None of them has registered yet, so that a first visit can be tried. Their corporate numbers lie in a range that is
not given out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tenants.text import Text

PROVIDER: Final = "gbizid"


@dataclass(frozen=True, slots=True)
class BusinessAccount:
    """An account of the demo's GビズID. claims: what its userinfo says, under GビズID's names."""

    subject: str
    name: str
    kind: Text
    business: str
    description: Text
    claims: Mapping[str, str]


def _account(
    subject: str, names: tuple[str, str], kind: str, business: str, description: Text, **claims: str
) -> BusinessAccount:
    last, first = names
    told = {"user_last_name": last, "user_first_name": first, "email": f"{subject}@business.example"}
    return BusinessAccount(subject, f"{last} {first}", _KINDS[kind], business, description, {**told, **claims})


_KINDS: Final = {
    "2": Text("GビズIDプライム", "gBizID Prime"),
    "1": Text("GビズIDエントリー", "gBizID Entry"),
}

ACCOUNTS: Final = (
    _account(
        "prime-corporation",
        ("若葉", "恵"),
        "2",
        "株式会社わかば製菓",
        Text(
            "法人のプライムアカウント。法人番号・会社名・住所が入力なしで入り、変更できません。",
            "A corporation's prime account: number, name and address are filled in and locked.",
        ),
        account_type="2",
        corp_type="1",
        corporate_number="4999900200109",
        name="株式会社わかば製菓",
        name_kana="カブシキガイシャワカバセイカ",
        prefecture_name="京都府",
        address1="京都市中京区",
        address2="見本町1-2",
    ),
    _account(
        "prime-proprietor",
        ("川辺", "進"),
        "2",
        "川辺理容室",
        Text(
            "個人事業主のプライムアカウント。法人番号なしで登録できます。",
            "A sole proprietor's prime account: registers without a corporate number.",
        ),
        account_type="2",
        corp_type="2",
        name="川辺理容室",
        name_kana="カワベリヨウシツ",
        prefecture_name="高知県",
        address1="高知市見本町3-4",
    ),
    _account(
        "entry",
        ("野原", "つぐみ"),
        "1",
        "のはら雑貨店",
        Text(
            "エントリーアカウント。さがす・比べるところまで使え、申請にはプライムが必要だと案内されます。",
            "An entry account: may search and compare, and is told how to get a prime one to apply.",
        ),
        account_type="1",
        corp_type="2",
        name="のはら雑貨店",
        prefecture_name="長野県",
        address1="松本市見本町5-6",
    ),
)
