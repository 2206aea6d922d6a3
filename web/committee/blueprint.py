"""The committee's part of the site, and the menu beside its pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from web.words import t

blueprint = Blueprint("committee", __name__, url_prefix="/committee")


@blueprint.context_processor
def side_menu() -> dict[str, Any]:
    """A member's own reviews and relations."""
    links = [
        ("committee.home", t("自分の審査", "My reviews")),
        ("committee.relations", t("関係先の届け出", "My relations")),
    ]
    return {
        "area": t("審査委員会", "Review committee"),
        "side_navigation": [
            {
                "label": t("審査", "Reviews"),
                "links": [
                    {"href": url_for(endpoint), "label": label, "current": request.endpoint == endpoint}
                    for endpoint, label in links
                ],
            }
        ],
    }
