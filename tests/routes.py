"""Every address of the site, who may ask for it, and what each gets. A route that is not here fails the tests.

Requests that change something are sent without their fields, so that they stop at the first field that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VENDOR = frozenset({"vendor_owner", "vendor_editor", "vendor_applications", "vendor_viewer"})
EDITORS = frozenset({"vendor_owner", "vendor_editor"})
APPLIERS = frozenset({"vendor_owner", "vendor_applications"})
SME = frozenset({"sme_owner", "sme_member"})
OWNER = frozenset({"sme_owner"})
OFFICE = frozenset(
    {
        "secretariat_administrator",
        "secretariat_reviewer",
        "secretariat_publisher",
        "secretariat_payments",
        "secretariat_auditor",
    }
)
REVIEWERS = frozenset({"secretariat_administrator", "secretariat_reviewer"})
PUBLISHERS = frozenset({"secretariat_administrator", "secretariat_publisher"})
ADMINISTRATORS = frozenset({"secretariat_administrator"})
AUDITORS = frozenset({"secretariat_administrator", "secretariat_auditor"})
COMMITTEE = frozenset({"committee_member"})
MANAGERS = frozenset({"vendor_owner", "sme_owner", "secretariat_administrator"})
OWNERS = frozenset({"vendor_owner", "sme_owner"})
EVERYBODY = frozenset({"everybody"})
SIGNED_IN = frozenset({"signed in"})
# Somebody who is signed in and belongs to no organisation yet.
NEWCOMER = "newcomer"
VENDOR_OWNERS = frozenset({"vendor_owner"})
# Answers that are no page: what each is, and the name under which a browser saves it (its end, where a day or a number is
# in it). What people handed in is only ever saved, never shown inside this site.
FILES = {
    "public.briefing_calendar": ("text/calendar", ".ics"),
    "public.compare_pdf": ("application/pdf", "ITツールの比較.pdf"),
    "sme.my_enquiry_file": ("application/pdf", "図面.pdf"),
    "sme.my_quote_paper": ("application/pdf", "_第1版.pdf"),
    "vendor.enquiry_file": ("application/pdf", "図面.pdf"),
    "vendor.quote_paper": ("application/pdf", "_第1版.pdf"),
    "vendor.registration_paper": ("application/pdf", "書類.pdf"),
    "vendor.refused_rows": ("text/csv", "refused-products.csv"),
    "vendor.example_of": ("text/csv", "example-products.csv"),
    "secretariat.registration_paper": ("application/pdf", "書類.pdf"),
    "secretariat.refused_rows": ("text/csv", "refused-products.csv"),
    "secretariat.example_of": ("text/csv", "example-products.csv"),
    "secretariat.attendance_file": ("text/csv", ".csv"),
    "secretariat.scheme_file": ("application/yaml", "2017.yaml"),
    "secretariat.scheme_differences": ("text/csv", "scheme-2018-v5.csv"),
    "secretariat.export_audit": ("text/csv", ".csv"),
    "organisation_audit.export_own_trail": ("text/csv", ".csv"),
}
HANDED_IN = {
    "sme.my_enquiry_file",
    "vendor.enquiry_file",
    "vendor.registration_paper",
    "secretariat.registration_paper",
}
# Whoever asks for these is somebody else afterwards.
ENDS_SESSION = frozenset({"sign_in.leave_site", "sign_in.switch"})
# Mail programs post to it for their readers, who may not be signed in: its address is signed instead.
WITHOUT_FORM_TOKEN = frozenset({"public.stop_mail"})

# What cannot be taken back is for those only who proved just now who they are.
FRESH = frozenset(
    {
        "organisation.change_roles",
        "organisation.invite",
        "organisation.remove",
        "organisation.resend",
        "organisation.revoke",
        "secretariat.announce_briefing",
        "secretariat.change_round",
        "secretariat.change_standing",
        "secretariat.decide_registration",
        "secretariat.dismiss_appeal",
        "secretariat.forget_person",
        "secretariat.invite_first_owner",
        "secretariat.load_programme",
        "secretariat.preview_publication",
        "secretariat.publish",
        "secretariat.publish_adoptions",
        "secretariat.publish_announcement",
        "secretariat.remove_problem",
        "secretariat.remove_synonym",
        "secretariat.retry_set_aside",
        "secretariat.reopen_duplicate",
        "secretariat.save_problem",
        "secretariat.save_synonym",
        "secretariat.settle_duplicate",
        "secretariat.take_in_problems",
        "secretariat.take_in_rounds",
        "secretariat.take_in_synonyms",
        "secretariat.use_scheme_draft",
        "secretariat.withdraw",
        "sign_in.link_identity",
        "sign_in.unlink_identity",
    }
)

# An auditor reads all of the secretariat's pages but these, which are nothing but a form for somebody who may change
# something; what they change is read on the page named beside each. An upload is its uploader's own for an hour:
# what became of it is in the trail.
FORMS_ONLY = {
    "secretariat.ask_withdraw": "secretariat.live",
    "secretariat.ask_support_view": "secretariat.support_views",
    "secretariat.new_announcement": "secretariat.announcements",
    "secretariat.edit_announcement": "secretariat.announcement",
    "secretariat.new_briefing": "secretariat.briefings",
    "secretariat.edit_briefing": "secretariat.briefing",
    "secretariat.cancel_briefing_page": "secretariat.briefing",
    "secretariat.new_registration": "secretariat.registrations",
    "secretariat.registration_section": "secretariat.registration",
    "secretariat.edit_scheme": "secretariat.scheme_file",
    "secretariat.scheme_form": "secretariat.scheme_file",
    "secretariat.edit_synonym": "secretariat.synonyms",
    "secretariat.edit_problem": "secretariat.problems",
    "secretariat.newer_synonyms": "secretariat.synonyms",
    "secretariat.newer_problems": "secretariat.problems",
    "secretariat.newer_rounds": "secretariat.rounds",
    "secretariat.import_page": "secretariat.import_guide",
    "secretariat.preview_import": "secretariat.audit_trail",
    "secretariat.import_result": "secretariat.audit_trail",
    "secretariat.refused_rows": "secretariat.audit_trail",
}


@dataclass(frozen=True)
class Route:
    """One method of one endpoint.

    who: roles that may. own: the answer for those of the organisation whose things it names. other: for the same
    roles of another organisation; 404 means that for them it does not exist (409 for an upload: as if its hour were
    over). only: the one role whose person may (an upload is its uploader's); others of the same organisation get
    what strangers get. but: the roles that are answered otherwise, on pages for everybody who is signed in.
    """

    endpoint: str
    method: str
    path: str
    who: frozenset[str]
    own: int = 200
    other: int | None = None
    only: str | None = None
    but: Mapping[str, int] = field(default_factory=dict)

    def expected(self, role: str, *, own: bool) -> int:
        """The one status that is right for somebody signed in with this role, in the own organisation or another."""
        if role in self.but:
            return self.but[role]
        if self.who not in (EVERYBODY, SIGNED_IN) and role not in self.who:
            return 403
        mine = own and self.only in (None, role)
        return self.own if mine or self.other is None else self.other


def page(endpoint: str, path: str, own: int = 200) -> Route:
    return Route(endpoint, "GET", path, EVERYBODY, own)


def view(
    endpoint: str, path: str, who: frozenset[str], own: int = 200, other: int | None = None, **more: Any
) -> Route:
    return Route(endpoint, "GET", path, who, own, other, **more)


def change(
    endpoint: str, path: str, who: frozenset[str], own: int = 422, other: int | None = None, **more: Any
) -> Route:
    return Route(endpoint, "POST", path, who, own, other, **more)


def imports(place: str, who: frozenset[str], looks: frozenset[str], only: str) -> list[Route]:
    upload = f"/{place}/import/{{{place}_upload}}"
    return [
        view(f"{place}.import_page", f"/{place}/import", who),
        change(f"{place}.upload_files", f"/{place}/import", who),
        view(f"{place}.preview_import", upload, who, 200, 409, only=only),
        change(f"{place}.load_import", f"{upload}/load", who, 302, 409, only=only),
        view(f"{place}.import_result", f"/{place}/import/{{{place}_loaded}}/result", who, 200, 409, only=only),
        view(f"{place}.refused_rows", f"{upload}/refused-products.csv", who, 200, 409, only=only),
        change(f"{place}.discard_import", f"{upload}/discard", who, 302, 302, only=only),
        view(f"{place}.example_of", f"/{place}/import/example-products.csv", looks),
        view(f"{place}.import_guide", f"/{place}/import/guide", looks),
    ]


# Pages of a business: who belongs nowhere yet is led to its registration, others have no business here.
BUSINESS = {**dict.fromkeys(VENDOR | OFFICE | COMMITTEE, 403), NEWCOMER: 302}
BUSINESS_OWNER = BUSINESS | {"sme_member": 403}
# Pages of whatever organisation one acts for.
SOMEWHERE = {NEWCOMER: 302}

LISTING = "/vendor/products/D-1"
INVITATION = "/organisation/invitations/{invitation}"
COLLEAGUE = "/organisation/people/{colleague}"
SUPPORT_VIEW = "/secretariat/organisations/{shop}/support-view"
APPLICATION = "/vendor/applications/{application}"
MINE = "/my/applications/{application}"
REVIEW = "/secretariat/review/product/{product}"
ENTRY = "/my/shortlist/{entry}"
SAVED = "/my/searches/{saved_search}"
MY_ENQUIRY = "/my/enquiries/{enquiry}"
MY_QUOTE = "/my/quotes/{quote}"
ENQUIRY = "/vendor/enquiries/{enquiry}"
QUOTE = "/vendor/quotes/{quote}"
ANNOUNCEMENT = "/secretariat/announcements/{draft_announcement}"
SCHEME_DRAFT = "/secretariat/schemes/drafts/{scheme_draft}"
BRIEFING = "/secretariat/briefings/{briefing}"

SECTION = "/vendor/registration/sections/company"
ON_PAPER = "/secretariat/registrations/{office_registration}"

ASSIGNMENT = "/committee/assignments/{assignment}"
COMMITTEE_REVIEW = "/secretariat/registrations/{reviewed}/review"
STANDING = "/secretariat/vendors/{reviewed_vendor}/standing"

ROUTES = [
    page("static", "/static/css/base.css"),
    page("health.alive", "/healthz"),
    page("health.ready", "/readyz"),
    # the public site
    page("public.home", "/"),
    page("public.accessibility", "/accessibility"),
    page("public.announcements", "/announcements"),
    page("public.announcement", "/announcements/{announcement}"),
    page("public.announcement", "/announcements/{draft_announcement}", 404),
    page("public.former_announcement", "/announcements/{announcement}/editions/1"),
    page("public.feed", "/announcements.atom"),
    page("public.briefings", "/briefings"),
    page("public.briefing", "/briefings/{briefing}"),
    page("public.briefing", "/briefings/{draft_briefing}", 404),
    page("public.briefing_calendar", "/briefings/{briefing}.ics"),
    change("public.book_briefing", "/briefings/{briefing}/book", SIGNED_IN),
    view("public.my_briefings", "/my/briefings", SIGNED_IN),
    view("public.my_briefing_calendar", "/my/briefings/{someone_s_booking}.ics", SIGNED_IN, 404),
    change("public.cancel_booking", "/my/briefings/{someone_s_booking}/cancel", SIGNED_IN, 404),
    page("public.compare", "/compare?codes={code}"),
    page("public.compare_pdf", "/compare.pdf?codes={code}"),
    page("public.contact", "/contact"),
    page("public.eligibility", "/eligibility"),
    page("public.faq", "/faq"),
    page("public.find", "/find"),
    page("public.needs", "/needs?function=B1"),
    page("public.glossary", "/glossary"),
    page("public.guidelines", "/guidelines"),
    page("public.packages", "/packages"),
    page("public.stop_mail_page", "/stop-mail/no-token", 404),
    change("public.stop_mail", "/stop-mail/no-token", EVERYBODY, 404),
    page("public.package", "/packages/{code}"),
    page("public.package", "/packages/DP-1", 404),
    page("public.privacy", "/privacy"),
    page("public.robots", "/robots.txt"),
    page("public.schedule", "/schedule"),
    page("public.sitemap", "/sitemap.xml"),
    page("public.sitemap_part", "/sitemap-1.xml"),
    page("public.vendors", "/vendors"),
    page("public.vendor", "/vendors/{number}"),
    page("public.product", "/vendors/{number}/products/D-1", 404),
    # the API
    page("api.docs", "/api/docs"),
    page("api.openapi", "/api/v1/openapi.json"),
    page("api.packages", "/api/v1/packages"),
    page("api.package", "/api/v1/packages/{code}"),
    page("api.package", "/api/v1/packages/DP-1", 404),
    page("api.compare", "/api/v1/compare?codes={code}"),
    page("api.suggestions", "/api/v1/suggestions?q=会計"),
    page("api.schemes", "/api/v1/schemes"),
    Route("api.needs", "POST", "/api/v1/needs", EVERYBODY, 415),
    Route("api.find", "POST", "/api/v1/find", EVERYBODY, 415),
    page("api.problems", "/api/v1/problems"),
    page("api.announcements", "/api/v1/announcements"),
    page("api.briefings", "/api/v1/briefings"),
    Route("api.estimates", "POST", "/api/v1/estimates", EVERYBODY, 415),
    Route("api.prices", "POST", "/api/v1/prices", EVERYBODY, 415),
    Route("api.eligibility", "POST", "/api/v1/eligibility", EVERYBODY, 415),
    # signing in
    Route("sign_in.start", "GET", "/sign-in", EVERYBODY, 302),
    Route("sign_in.leave", "POST", "/sign-in/nobody", EVERYBODY, 404),
    Route("sign_in.come_back", "GET", "/sign-in/nobody/callback", EVERYBODY, 404),
    view("sign_in.arrive", "/sign-in/arrive", SIGNED_IN, 302),
    change("sign_in.switch", "/sign-in/organisation", SIGNED_IN, 404),
    change("sign_in.leave_site", "/sign-out", SIGNED_IN, 302),
    view("sign_in.again_page", "/sign-in/again", SIGNED_IN),
    change("sign_in.go_again", "/sign-in/again", SIGNED_IN),
    view("sign_in.again_done", "/sign-in/again/done", SIGNED_IN),
    view("sign_in.sessions_page", "/account/sessions", SIGNED_IN),
    change("sign_in.end_session", "/account/sessions/00000000-0000-0000-0000-000000000000/end", SIGNED_IN, 404),
    change("sign_in.end_other_sessions", "/account/sessions/end-others", SIGNED_IN, 302),
    view("sign_in.identities_page", "/account/identities", SIGNED_IN),
    change("sign_in.link_identity", "/account/identities/nobody/link", SIGNED_IN, 404),
    change("sign_in.unlink_identity", "/account/identities/nobody/unlink", SIGNED_IN, 404),
    # what people are told
    view("inbox.notices", "/inbox", SIGNED_IN),
    change("inbox.open_notice", "/inbox/00000000-0000-0000-0000-000000000000/open", SIGNED_IN, 404),
    change("inbox.read", "/inbox/00000000-0000-0000-0000-000000000000/read", SIGNED_IN, 302),
    change("inbox.read_all", "/inbox/read", SIGNED_IN, 302),
    view("inbox.preferences_page", "/account/notices", SIGNED_IN),
    change("inbox.save_preferences", "/account/notices", SIGNED_IN, 302),
    change("inbox.address_works", "/account/notices/address-works", SIGNED_IN, 302),
    # a business
    view("sme.home", "/my", SIGNED_IN, but=BUSINESS),
    view("sme.register", "/my/register", SIGNED_IN),
    change("sme.register_now", "/my/register", SIGNED_IN),
    view("sme.profile_page", "/my/profile", SIGNED_IN, but=BUSINESS),
    change("sme.save", "/my/profile", OWNER),
    view("sme.applications", "/my/applications", SME),
    view("sme.start_page", "/my/applications/start/{code}", SIGNED_IN, but=BUSINESS_OWNER),
    change("sme.start", "/my/applications/start/{code}", OWNER),
    view("sme.application", MINE, SME, 200, 404),
    change("sme.confirm", f"{MINE}/confirm", OWNER, 422, 404),
    change("sme.ask_correction", f"{MINE}/correction", OWNER, 422, 404),
    change("sme.withdraw", f"{MINE}/withdraw", OWNER, 422, 404),
    view("sme.saved_searches", "/my/searches", SME),
    view("sme.save_search_page", "/my/searches/save?q=x", SIGNED_IN, but=BUSINESS),
    change("sme.save_search", "/my/searches/save?q=x", SME, 422, 302),
    change("sme.rename_search", f"{SAVED}/name", SME, 422, 404),
    change("sme.switch_search", f"{SAVED}/mail", SME, 422, 404),
    change("sme.remove_search", f"{SAVED}/remove", SME, 422, 404),
    view("sme.shortlist", "/my/shortlist", SME),
    view("sme.shortlist_page", "/my/shortlist/add/{code}", SIGNED_IN, but=BUSINESS),
    change("sme.shortlist_add", "/my/shortlist/add/{code}", SME, 302),
    change("sme.shortlist_note", f"{ENTRY}/note", SME, 422, 404),
    change("sme.shortlist_move", f"{ENTRY}/move", SME, 422),
    change("sme.shortlist_remove", f"{ENTRY}/remove", SME, 422, 404),
    change("sme.shortlist_seen", f"{ENTRY}/seen", SME, 302, 404),
    view("sme.my_enquiries", "/my/enquiries", SME),
    view("sme.ask_page", "/my/enquiries/new/{code}", SIGNED_IN, but=BUSINESS),
    change("sme.ask", "/my/enquiries/new/{code}", SME),
    view("sme.my_enquiry", MY_ENQUIRY, SME, 200, 404),
    change("sme.ask_again", f"{MY_ENQUIRY}/messages", SME, 422, 404),
    change("sme.end_enquiry", f"{MY_ENQUIRY}/close", SME, 422, 404),
    view("sme.my_enquiry_file", f"{MY_ENQUIRY}/files/{{attachment}}", SME, 200, 404),
    view("sme.my_quotes", "/my/quotes", SME),
    view("sme.compare_quotes", "/my/quotes/compare?quotes={quote}", SME),
    view("sme.my_quote", MY_QUOTE, SME, 200, 404),
    view("sme.my_quote_paper", f"{MY_QUOTE}.pdf", SME, 200, 404),
    change("sme.accept_quote", f"{MY_QUOTE}/accept", OWNER, 422, 404),
    change("sme.decline_quote", f"{MY_QUOTE}/decline", OWNER, 422, 404),
    view("sme.start_quote_page", f"{MY_QUOTE}/start", OWNER, 409, 404),
    change("sme.start_from_quote", f"{MY_QUOTE}/start", OWNER, 409, 404),
    # what is the same in every organisation
    view("organisation.overview", "/organisation/", SIGNED_IN, but=SOMEWHERE),
    view("organisation.details_page", "/organisation/details", OWNERS),
    change("organisation.save_details", "/organisation/details", OWNERS),
    view("organisation.people", "/organisation/people", SIGNED_IN, but=SOMEWHERE),
    change("organisation.invite", "/organisation/people/invite", MANAGERS),
    change("organisation.resend", f"{INVITATION}/resend", MANAGERS, 302, 404, only="vendor_owner"),
    change("organisation.revoke", f"{INVITATION}/revoke", MANAGERS, 302, 404, only="vendor_owner"),
    view("organisation.person", COLLEAGUE, MANAGERS, 200, 404, only="vendor_owner"),
    change("organisation.change_roles", f"{COLLEAGUE}/roles", MANAGERS, 422, 404, only="vendor_owner"),
    change("organisation.remove", f"{COLLEAGUE}/remove", MANAGERS, 302, 404, only="vendor_owner"),
    view("organisation.leave_page", "/organisation/leave", SIGNED_IN, but=SOMEWHERE),
    change("organisation.leave", "/organisation/leave", SIGNED_IN),
    page("organisation.invitation", "/organisation/invitation"),
    Route("organisation.hold_invitation", "POST", "/organisation/invitation", EVERYBODY, 422),
    change("organisation.accept", "/organisation/invitation/accept", SIGNED_IN, 302),
    change("organisation.close_support_view", "/organisation/support-view/close", SIGNED_IN, 302),
    # a vendor
    view("vendor.home", "/vendor/", VENDOR),
    view("vendor.products", "/vendor/products", VENDOR),
    view("vendor.packages", "/vendor/packages", VENDOR),
    view("vendor.listing", LISTING, VENDOR, 200, 404),
    view("vendor.listing", "/vendor/packages/DP-1", VENDOR, 200, 404),
    view("vendor.edit_listing", f"{LISTING}/edit", EDITORS, 200, 404),
    change("vendor.change_listing", f"{LISTING}/edit", EDITORS, 422, 404),
    change("vendor.submit_one", f"{LISTING}/submit", EDITORS, 422, 404),
    change("vendor.take_back", f"{LISTING}/take-back", EDITORS, 422, 404),
    change("vendor.submit_chosen", "/vendor/products/submit", EDITORS),
    view("vendor.new_listing", "/vendor/new-product", EDITORS),
    change("vendor.create_listing", "/vendor/new-product", EDITORS),
    *imports("vendor", EDITORS, EDITORS, "vendor_owner"),
    view("vendor.applications", "/vendor/applications", VENDOR),
    view("vendor.application", APPLICATION, VENDOR, 200, 404),
    change("vendor.accept", f"{APPLICATION}/accept", APPLIERS, 422, 404),
    change("vendor.decline", f"{APPLICATION}/decline", APPLIERS, 422, 404),
    view("vendor.prepare_application_page", f"{APPLICATION}/prepare", APPLIERS, 409, 404),
    change("vendor.prepare_application", f"{APPLICATION}/prepare", APPLIERS, 422, 404),
    change("vendor.submit", f"{APPLICATION}/submit", APPLIERS, 422, 404),
    view("vendor.enquiries", "/vendor/enquiries", VENDOR),
    view("vendor.enquiry", ENQUIRY, VENDOR, 200, 404),
    change("vendor.answer_enquiry", f"{ENQUIRY}/messages", APPLIERS, 422, 404),
    change("vendor.finish_enquiry", f"{ENQUIRY}/close", APPLIERS, 422, 404),
    view("vendor.enquiry_file", f"{ENQUIRY}/files/{{attachment}}", VENDOR, 200, 404),
    view("vendor.quotes", "/vendor/quotes", VENDOR),
    view("vendor.new_quote", f"{ENQUIRY}/quote", APPLIERS, 200, 404),
    change("vendor.draft_quote", f"{ENQUIRY}/quote", APPLIERS, 422, 404),
    view("vendor.quote", QUOTE, VENDOR, 200, 404),
    view("vendor.quote_paper", f"{QUOTE}.pdf", VENDOR, 200, 404),
    view("vendor.edit_quote", "/vendor/quotes/{draft_quote}/edit", APPLIERS, 200, 404),
    change("vendor.change_quote", "/vendor/quotes/{draft_quote}/edit", APPLIERS, 422, 404),
    change("vendor.send_quote", "/vendor/quotes/{draft_quote}/send", APPLIERS, 422, 404),
    change("vendor.discard_quote", "/vendor/quotes/{draft_quote}/discard", APPLIERS, 422, 404),
    change("vendor.revise_quote", f"{QUOTE}/revise", APPLIERS, 302, 404),
    change("vendor.withdraw_quote", f"{QUOTE}/withdraw", APPLIERS, 422, 404),
    view("vendor.apply", "/vendor/apply", SIGNED_IN),
    change("vendor.apply_now", "/vendor/apply", SIGNED_IN),
    view("vendor.registration", "/vendor/registration", VENDOR),
    change("vendor.start_registration", "/vendor/registration/start", VENDOR_OWNERS, 302, 409),
    view("vendor.registration_section", SECTION, VENDOR_OWNERS, 200, 404),
    change("vendor.save_registration_section", SECTION, VENDOR_OWNERS, 422, 404),
    change("vendor.confirm_registration_section", f"{SECTION}/confirm", VENDOR_OWNERS, 409, 404),
    view("vendor.registration_papers", "/vendor/registration/papers", VENDOR, 200, 404),
    view("vendor.registration_paper", "/vendor/registration/papers/{paper}", VENDOR, 200, 404),
    change("vendor.attach_registration_paper", "/vendor/registration/papers/tax/attach", VENDOR_OWNERS, 422, 404),
    change(
        "vendor.remove_registration_paper",
        "/vendor/registration/papers/{removable}/remove",
        VENDOR_OWNERS,
        302,
        404,
    ),
    view("vendor.check_registration", "/vendor/registration/check", VENDOR, 200, 404),
    view("vendor.appeal_page", "/vendor/registration/appeal", VENDOR, 404),
    change("vendor.appeal", "/vendor/registration/appeal", VENDOR_OWNERS, 404),
    view("vendor.renewal_page", "/vendor/renewal", VENDOR),
    change("vendor.start_renewal", "/vendor/renewal", VENDOR_OWNERS, 302, 409),
    change("vendor.submit_registration", "/vendor/registration/submit", VENDOR_OWNERS, 422, 404),
    change("vendor.withdraw_registration", "/vendor/registration/withdraw", VENDOR_OWNERS, 422, 404),
    # the secretariat, which sees everybody's
    view("secretariat.home", "/secretariat/", OFFICE),
    view("secretariat.queue", "/secretariat/queue", OFFICE),
    change("secretariat.approve_chosen", "/secretariat/queue/approve", REVIEWERS),
    view("secretariat.review", REVIEW, OFFICE),
    change("secretariat.approve_one", f"{REVIEW}/approve", REVIEWERS),
    change("secretariat.send_back", f"{REVIEW}/return", REVIEWERS),
    view("secretariat.ask_withdraw", f"{REVIEW}/withdraw", PUBLISHERS, 404),
    change("secretariat.withdraw", f"{REVIEW}/withdraw", PUBLISHERS, 404),
    view("secretariat.publications", "/secretariat/publications", OFFICE),
    change("secretariat.preview_publication", "/secretariat/publications/preview", PUBLISHERS),
    change("secretariat.publish", "/secretariat/publications", PUBLISHERS),
    view("secretariat.published", "/secretariat/publications/published", OFFICE),
    view("secretariat.live", "/secretariat/live", OFFICE),
    view("secretariat.vendors", "/secretariat/vendors", OFFICE),
    view("secretariat.organisations", "/secretariat/organisations", OFFICE),
    view("secretariat.suspected_duplicates", "/secretariat/duplicates", OFFICE),
    view("secretariat.suspected_duplicates", "/secretariat/duplicates?by=across", OFFICE),
    view("secretariat.suspected_duplicates", "/secretariat/duplicates?by=settled", OFFICE),
    view("secretariat.duplicate_pair", "/secretariat/duplicates/{shop}/{vendor_id}", OFFICE),
    view("secretariat.duplicate_pair", "/secretariat/duplicates/{twin}/{shop}", OFFICE),
    change("secretariat.settle_duplicate", "/secretariat/duplicates/{twin}/{shop}", ADMINISTRATORS),
    change("secretariat.reopen_duplicate", "/secretariat/duplicates/{twin}/{shop}/reopen", ADMINISTRATORS),
    view("secretariat.people", "/secretariat/people", AUDITORS),
    view("secretariat.held_of_person", "/secretariat/people/{gone}", AUDITORS),
    change("secretariat.forget_person", "/secretariat/people/{gone}/forget", ADMINISTRATORS),
    view("secretariat.support_views", "/secretariat/support-views", OFFICE),
    view("secretariat.ask_support_view", SUPPORT_VIEW, REVIEWERS),
    change("secretariat.open_support_view", SUPPORT_VIEW, REVIEWERS),
    view("secretariat.announcements", "/secretariat/announcements", OFFICE),
    view("secretariat.announcement", ANNOUNCEMENT, OFFICE),
    view("secretariat.new_announcement", "/secretariat/announcements/new", PUBLISHERS),
    change("secretariat.draft_announcement", "/secretariat/announcements/new", PUBLISHERS),
    view("secretariat.edit_announcement", f"{ANNOUNCEMENT}/edit", PUBLISHERS),
    change("secretariat.change_announcement", f"{ANNOUNCEMENT}/edit", PUBLISHERS),
    change("secretariat.publish_announcement", f"{ANNOUNCEMENT}/publish", PUBLISHERS),
    change("secretariat.take_back_announcement", f"{ANNOUNCEMENT}/take-back", PUBLISHERS),
    view("secretariat.briefings", "/secretariat/briefings", OFFICE),
    view("secretariat.briefing", BRIEFING, OFFICE),
    view("secretariat.new_briefing", "/secretariat/briefings/new", REVIEWERS),
    change("secretariat.draft_briefing", "/secretariat/briefings/new", REVIEWERS),
    view("secretariat.edit_briefing", f"{BRIEFING}/edit", REVIEWERS),
    change("secretariat.change_briefing", f"{BRIEFING}/edit", REVIEWERS),
    change("secretariat.announce_briefing", f"{BRIEFING}/announce", REVIEWERS),
    view("secretariat.cancel_briefing_page", f"{BRIEFING}/cancel", REVIEWERS),
    change("secretariat.cancel_briefing", f"{BRIEFING}/cancel", REVIEWERS),
    change("secretariat.mark_attendance", f"{BRIEFING}/attendance", REVIEWERS),
    view("secretariat.attendance_file", f"{BRIEFING}/attendance.csv", REVIEWERS | AUDITORS),
    view("secretariat.applications", "/secretariat/applications", OFFICE),
    view("secretariat.application", "/secretariat/applications/{application}", OFFICE),
    view("secretariat.masters", "/secretariat/masters", OFFICE),
    view("secretariat.master", "/secretariat/masters/scheme/2017", OFFICE),
    change("secretariat.load_programme", "/secretariat/masters/load", ADMINISTRATORS, 302),
    view("secretariat.registrations", "/secretariat/registrations", OFFICE),
    view("secretariat.registration", "/secretariat/registrations/{registration}", OFFICE),
    view("secretariat.registration_paper", "/secretariat/registrations/{registration}/papers/{paper}", OFFICE),
    change("secretariat.return_registration", "/secretariat/registrations/{registration}/return", REVIEWERS),
    change("secretariat.pass_registration", "/secretariat/registrations/{registration}/pass", REVIEWERS),
    change("secretariat.extend_registration", "/secretariat/registrations/{registration}/deadline", REVIEWERS),
    view("secretariat.registration_review", COMMITTEE_REVIEW, OFFICE),
    change("secretariat.assign_members", f"{COMMITTEE_REVIEW}/assign", REVIEWERS),
    change("secretariat.release_member", f"{COMMITTEE_REVIEW}/release/{{assignment}}", REVIEWERS),
    change("secretariat.review_remark", f"{COMMITTEE_REVIEW}/remarks", REVIEWERS),
    change("secretariat.decide_registration", f"{COMMITTEE_REVIEW}/decide", ADMINISTRATORS),
    change("secretariat.dismiss_appeal", f"{COMMITTEE_REVIEW}/dismiss", ADMINISTRATORS),
    view("secretariat.adoptions", "/secretariat/adoptions", OFFICE),
    change("secretariat.publish_adoptions", "/secretariat/adoptions", PUBLISHERS),
    view("secretariat.vendor_standing", STANDING, OFFICE),
    change("secretariat.change_standing", f"{STANDING}/suspend", ADMINISTRATORS),
    view("secretariat.new_registration", "/secretariat/registrations/new", REVIEWERS),
    change("secretariat.enter_registration", "/secretariat/registrations/new", REVIEWERS),
    view("secretariat.registration_section", f"{ON_PAPER}/sections/company", REVIEWERS),
    change("secretariat.save_registration_section", f"{ON_PAPER}/sections/company", REVIEWERS),
    view("secretariat.registration_papers", f"{ON_PAPER}/papers", OFFICE),
    change("secretariat.attach_registration_paper", f"{ON_PAPER}/papers/scan/attach", REVIEWERS),
    change("secretariat.remove_registration_paper", f"{ON_PAPER}/papers/{{removable}}/remove", REVIEWERS, 404),
    change("secretariat.invite_first_owner", f"{ON_PAPER}/invite-owner", REVIEWERS),
    change("secretariat.receive_registration", f"{ON_PAPER}/receive", REVIEWERS),
    change("secretariat.withdraw_registration", f"{ON_PAPER}/withdraw", REVIEWERS),
    view("secretariat.edit_scheme", "/secretariat/schemes/2017/edit", ADMINISTRATORS),
    view("secretariat.scheme_form", "/secretariat/schemes/2017/form", ADMINISTRATORS),
    change("secretariat.preview_scheme_form", "/secretariat/schemes/2017/form", ADMINISTRATORS),
    view("secretariat.scheme_file", "/secretariat/schemes/2017/file", OFFICE),
    change("secretariat.preview_scheme", "/secretariat/schemes/2017/preview", ADMINISTRATORS),
    view("secretariat.scheme_draft", SCHEME_DRAFT, OFFICE),
    view("secretariat.scheme_differences", f"{SCHEME_DRAFT}/differences.csv", OFFICE),
    change("secretariat.use_scheme_draft", f"{SCHEME_DRAFT}/use", ADMINISTRATORS),
    view("secretariat.schemes", "/secretariat/schemes", OFFICE),
    change("secretariat.propose_scheme", "/secretariat/schemes", ADMINISTRATORS),
    change("secretariat.delete_scheme_draft", f"{SCHEME_DRAFT}/delete", ADMINISTRATORS),
    view("secretariat.synonyms", "/secretariat/synonyms", OFFICE),
    view("secretariat.edit_synonym", "/secretariat/synonyms/edit", ADMINISTRATORS),
    change("secretariat.preview_synonym", "/secretariat/synonyms/preview", ADMINISTRATORS),
    change("secretariat.save_synonym", "/secretariat/synonyms", ADMINISTRATORS),
    change("secretariat.remove_synonym", "/secretariat/synonyms/remove", ADMINISTRATORS),
    view("secretariat.newer_synonyms", "/secretariat/synonyms/newer", ADMINISTRATORS, 404),
    change("secretariat.take_in_synonyms", "/secretariat/synonyms/newer", ADMINISTRATORS, 404),
    view("secretariat.problems", "/secretariat/problems", OFFICE),
    view("secretariat.edit_problem", "/secretariat/problems/edit", ADMINISTRATORS),
    change("secretariat.preview_problem", "/secretariat/problems/preview", ADMINISTRATORS),
    change("secretariat.save_problem", "/secretariat/problems", ADMINISTRATORS),
    change("secretariat.remove_problem", "/secretariat/problems/remove", ADMINISTRATORS),
    view("secretariat.newer_problems", "/secretariat/problems/newer", ADMINISTRATORS, 404),
    change("secretariat.take_in_problems", "/secretariat/problems/newer", ADMINISTRATORS, 404),
    view("secretariat.rounds", "/secretariat/rounds", OFFICE),
    view("secretariat.newer_rounds", "/secretariat/rounds/newer", ADMINISTRATORS, 404),
    change("secretariat.take_in_rounds", "/secretariat/rounds/newer", ADMINISTRATORS, 404),
    view("secretariat.edit_round", "/secretariat/rounds/application-2", OFFICE),
    change("secretariat.change_round", "/secretariat/rounds/application-2", ADMINISTRATORS),
    view("secretariat.search_index", "/secretariat/search-index", OFFICE),
    change("secretariat.retry_set_aside", "/secretariat/search-index/retry", PUBLISHERS, 302),
    view("secretariat.mail", "/secretariat/mail", OFFICE),
    change("secretariat.retry_mails", "/secretariat/mail/retry", REVIEWERS, 302),
    change(
        "secretariat.retry_mail", "/secretariat/mail/00000000-0000-0000-0000-000000000000/retry", REVIEWERS, 404
    ),
    view("secretariat.audit_trail", "/secretariat/audit", AUDITORS),
    view("secretariat.verify_audit", "/secretariat/audit/verify", AUDITORS),
    view("secretariat.export_audit", "/secretariat/audit.csv", AUDITORS),
    *imports("secretariat", REVIEWERS, OFFICE, "secretariat_reviewer"),
    # an organisation's own part of the trail
    view("organisation_audit.own_trail", "/organisation/audit", OWNERS),
    view("organisation_audit.export_own_trail", "/organisation/audit.csv", OWNERS),
    view("committee.home", "/committee/", COMMITTEE),
    view("committee.relations", "/committee/relations", COMMITTEE),
    change("committee.add_relation", "/committee/relations", COMMITTEE),
    change("committee.remove_relation", "/committee/relations/{relation}/remove", COMMITTEE, 302),
    view("committee.assignment", ASSIGNMENT, COMMITTEE),
    view("committee.paper", f"{ASSIGNMENT}/papers/{{assignment}}", COMMITTEE, 404),
    change("committee.declare", f"{ASSIGNMENT}/declare", COMMITTEE),
    change("committee.save_scores", f"{ASSIGNMENT}/scores", COMMITTEE),
    change("committee.remark", f"{ASSIGNMENT}/remarks", COMMITTEE),
    change("committee.revise", f"{ASSIGNMENT}/revise", COMMITTEE, 404),
]

PAGES = [route for route in ROUTES if route.method == "GET"]
FORMS = [route for route in ROUTES if route.method == "POST" and not route.endpoint.startswith("api.")]
