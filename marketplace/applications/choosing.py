"""Whether a business may choose a package today, and what it would be granted for it."""

from __future__ import annotations

from typing import Any

from marketplace import pricing
from marketplace.applicants import EligibleApplicant
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.scheme import Scheme
from tenants.errors import BadInput, Finding
from tenants.text import Text


def choice(content: dict[str, Any], applicant: EligibleApplicant) -> Estimate:
    """What this applicant would get today, by the scheme of today, for a package as it is published or quoted.

    Raises BadInput when nobody may file in the applicant's place, the package may not be sold to its industry, or
    the subsidy is below the floor.
    """
    scheme = pricing.scheme()
    if scheme.filing.who != "proxy":
        raise BadInput(_files_itself(scheme))
    if content.get("restricted") and applicant.industry not in content["industries"]:
        raise BadInput(_other_industry(applicant.industry_label))
    estimate = pricing.estimate_package(content, scheme, applicant)
    if not estimate.fundable:
        raise _not_fundable(estimate.findings)
    return estimate


def _files_itself(scheme: Scheme) -> Finding:
    return Finding(
        "applicant_files_itself",
        Text(
            f"「{scheme.name.ja}」では、申請者本人が申請します。このサイトからの代理申請はできません。",
            f"Under {scheme.name.en} the applicant files itself; no vendor may file in its place here.",
        ),
        Text(
            f"申請のしかたは、公募要領（{scheme.filing.clause}）をご確認ください。",
            f"See the guidelines ({scheme.filing.clause}) for how to apply.",
        ),
    )


def _other_industry(label: Text) -> Finding:
    return Finding(
        "industry_not_covered",
        Text(
            f"このITツールは、決められた業種だけを対象にしています（あなたの業種：{label.ja}）。",
            f"This package may be sold to certain industries only (yours: {label.en}).",
        ),
        Text("あなたの業種で使えるITツールを選んでください。", "Choose a package for your industry."),
    )


def _not_fundable(findings: tuple[Finding, ...]) -> BadInput:
    return BadInput(
        *findings,
        Finding(
            "not_fundable",
            Text("このITツールでは補助金を申請できません。", "No grant can be applied for with this package."),
            Text("ほかのITツールを選んでください。", "Please choose another package."),
        ),
    )
