"""What each role may do. Typed and closed: a permission that is not written here does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from tenants.text import Text


class Permission(StrEnum):
    """One thing a role may do inside its own organisation (the secretariat: for all)."""

    VIEW_LISTINGS = "view_listings"
    EDIT_LISTINGS = "edit_listings"
    SUBMIT_LISTINGS = "submit_listings"
    VIEW_VENDOR_APPLICATIONS = "view_vendor_applications"
    HANDLE_VENDOR_APPLICATIONS = "handle_vendor_applications"
    VIEW_OWN_APPLICATIONS = "view_own_applications"
    EDIT_PROFILE = "edit_profile"
    START_APPLICATION = "start_application"
    CONFIRM_APPLICATION = "confirm_application"
    VIEW_SECRETARIAT = "view_secretariat"
    IMPORT_CATALOGUE = "import_catalogue"
    REVIEW_LISTINGS = "review_listings"
    PUBLISH_LISTINGS = "publish_listings"
    EDIT_MASTERS = "edit_masters"
    VIEW_AUDIT = "view_audit"
    VIEW_COMMITTEE = "view_committee"
    SCORE_REGISTRATIONS = "score_registrations"
    MANAGE_MEMBERS = "manage_members"
    EDIT_ORGANISATION = "edit_organisation"
    VIEW_OWN_AUDIT = "view_own_audit"
    VIEW_REGISTRATION = "view_registration"
    EDIT_REGISTRATION = "edit_registration"
    CHECK_REGISTRATIONS = "check_registrations"
    DECIDE_REGISTRATIONS = "decide_registrations"
    SUSPEND_VENDORS = "suspend_vendors"
    MANAGE_BRIEFINGS = "manage_briefings"
    VIEW_ATTENDEES = "view_attendees"
    EDIT_ANNOUNCEMENTS = "edit_announcements"
    PUBLISH_ANNOUNCEMENTS = "publish_announcements"
    USE_SUPPORT_VIEW = "use_support_view"
    VIEW_PEOPLE = "view_people"
    FORGET_PEOPLE = "forget_people"
    SETTLE_DUPLICATES = "settle_duplicates"
    USE_SHORTLIST = "use_shortlist"
    SAVE_SEARCHES = "save_searches"
    ASK_VENDORS = "ask_vendors"
    ANSWER_QUOTES = "answer_quotes"
    DECIDE_GRANTS = "decide_grants"
    PAY_OUT = "pay_out"


P = Permission

# Publishing, deciding, giving roles, paying out: what cannot be taken back. Whoever changes something by one of these has
# proved just now who they are; the guard sees to it for every route, whatever it declares beside it.
ALWAYS_FRESH: Final = frozenset(
    {
        P.PUBLISH_LISTINGS,
        P.PUBLISH_ANNOUNCEMENTS,
        P.DECIDE_REGISTRATIONS,
        P.SUSPEND_VENDORS,
        P.DECIDE_GRANTS,
        P.PAY_OUT,
        P.MANAGE_MEMBERS,
        P.FORGET_PEOPLE,
        P.SETTLE_DUPLICATES,
    }
)

# What is the same in every organisation; all other permissions belong to one audience.
COMMON: Final = frozenset({P.MANAGE_MEMBERS, P.EDIT_ORGANISATION, P.VIEW_OWN_AUDIT})
_VENDOR_VIEW: Final = frozenset({P.VIEW_LISTINGS, P.VIEW_VENDOR_APPLICATIONS, P.VIEW_REGISTRATION})
_VENDOR_EDIT: Final = _VENDOR_VIEW | {P.EDIT_LISTINGS, P.SUBMIT_LISTINGS}
_VENDOR_APPLY: Final = _VENDOR_VIEW | {P.HANDLE_VENDOR_APPLICATIONS}
# What all people of a business do together; what binds it is for its owner.
_SME_CHOOSE: Final = frozenset({P.VIEW_OWN_APPLICATIONS, P.USE_SHORTLIST, P.SAVE_SEARCHES, P.ASK_VENDORS})

ROLES: Final[Mapping[str, frozenset[Permission]]] = {
    "vendor_owner": COMMON | _VENDOR_EDIT | _VENDOR_APPLY | {P.EDIT_REGISTRATION},
    "vendor_editor": _VENDOR_EDIT,
    "vendor_applications": _VENDOR_APPLY,
    "vendor_viewer": _VENDOR_VIEW,
    "sme_owner": COMMON
    | _SME_CHOOSE
    | {P.EDIT_PROFILE, P.START_APPLICATION, P.CONFIRM_APPLICATION, P.ANSWER_QUOTES},
    "sme_member": _SME_CHOOSE,
    "secretariat_administrator": frozenset(
        {
            P.VIEW_SECRETARIAT,
            P.IMPORT_CATALOGUE,
            P.REVIEW_LISTINGS,
            P.PUBLISH_LISTINGS,
            P.EDIT_MASTERS,
            P.VIEW_AUDIT,
            P.MANAGE_MEMBERS,
            P.CHECK_REGISTRATIONS,
            P.DECIDE_REGISTRATIONS,
            P.SUSPEND_VENDORS,
            P.DECIDE_GRANTS,
            P.MANAGE_BRIEFINGS,
            P.VIEW_ATTENDEES,
            P.EDIT_ANNOUNCEMENTS,
            P.PUBLISH_ANNOUNCEMENTS,
            P.USE_SUPPORT_VIEW,
            P.VIEW_PEOPLE,
            P.FORGET_PEOPLE,
            P.SETTLE_DUPLICATES,
        }
    ),
    "secretariat_reviewer": frozenset(
        {
            P.VIEW_SECRETARIAT,
            P.IMPORT_CATALOGUE,
            P.REVIEW_LISTINGS,
            P.CHECK_REGISTRATIONS,
            P.MANAGE_BRIEFINGS,
            P.VIEW_ATTENDEES,
            P.USE_SUPPORT_VIEW,
        }
    ),
    "secretariat_publisher": frozenset(
        {P.VIEW_SECRETARIAT, P.PUBLISH_LISTINGS, P.EDIT_ANNOUNCEMENTS, P.PUBLISH_ANNOUNCEMENTS}
    ),
    "secretariat_payments": frozenset({P.VIEW_SECRETARIAT, P.PAY_OUT}),
    # Reads all that the secretariat reads, and changes nothing.
    "secretariat_auditor": frozenset({P.VIEW_SECRETARIAT, P.VIEW_AUDIT, P.VIEW_PEOPLE, P.VIEW_ATTENDEES}),
    "committee_member": frozenset({P.VIEW_COMMITTEE, P.SCORE_REGISTRATIONS}),
}

ROLE_NAMES: Final[Mapping[str, Text]] = {
    "vendor_owner": Text("責任者", "Owner"),
    "vendor_editor": Text("登録担当", "Listings editor"),
    "vendor_applications": Text("申請担当", "Applications"),
    "vendor_viewer": Text("閲覧のみ", "Viewer"),
    "sme_owner": Text("代表者", "Owner"),
    "sme_member": Text("メンバー", "Member"),
    "secretariat_administrator": Text("管理者", "Administrator"),
    "secretariat_reviewer": Text("審査担当", "Reviewer"),
    "secretariat_publisher": Text("公開担当", "Publisher"),
    "secretariat_payments": Text("支払担当", "Payments"),
    "secretariat_auditor": Text("監査担当", "Auditor"),
    "committee_member": Text("審査委員", "Committee member"),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles allow together; an unknown role allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
