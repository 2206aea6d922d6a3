"""The demo business's shortlist, enquiries of several shops, and quotes in each state, made through the real services."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from catalogue.models import Publication
from catalogue.publications import Published, live_packages
from marketplace.enquiries import services as enquiries
from marketplace.quotes import queries, services
from marketplace.quotes.rules import Terms, Wanted
from marketplace.shortlists import services as shortlists
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from web.demo.actors import actor_for, vendor_staff
from web.demo.applications import owner_of, packages_for
from web.demo.once import is_made, note_made
from web.demo.people import GENERATED_VENDOR, WORKSHOP

_MADE: Final = "demo_trade_made"
_NOTES: Final = ("社長は価格が気になるとのこと。", "在庫の数え方を聞いてから決める。", "")
_QUESTION: Final = (
    "工場2か所で使いたいと考えています。いま表計算で付けている在庫を移せますか。"
    "導入までの日数と、見積もりをお願いします。"
)
_ANSWER: Final = (
    "お問い合わせありがとうございます。在庫は表計算のファイルから取り込めます。"
    "設定と説明を含めて4週間ほどです。見積書をお送りします。"
)


def make_trade() -> None:
    """The workshop's shortlist, an enquiry with its answer, and quotes on offer, accepted, declined, replaced and in
    draft; for the vendor one may sign in as, an enquiry that waits for its answer and one with a quote on offer.

    Nothing when they were made, or when too few packages are for it.
    """
    if is_made(_MADE):
        return
    with act_as(SYSTEM):
        packages = _packages()
    if not packages:
        return
    shop = actor_for(WORKSHOP)
    with act_as(shop):
        for package, note in zip(packages, _NOTES, strict=False):
            shortlists.add(package.code, note)
    vendor = vendor_staff(packages[0].organisation_id)
    _quotes(shop, vendor, packages[0])
    with act_as(shop):
        enquiries.ask(packages[-1].code, "無料で試せる期間はありますか。", release=["industry", "prefecture"])
    _at_the_demo_vendor()
    note_made(_MADE, "trade")


def _packages() -> list[Published]:
    """Three published packages for makers, the demo vendor's first."""
    codes = db.session.scalars(
        select(Publication.code)
        .where(
            Publication.kind == "package",
            Publication.content["industries"].contains(["manufacturing"]),
            Publication.content["total_yen"].as_integer() >= 500_000,
        )
        .order_by(Publication.vendor_number != GENERATED_VENDOR.corporate_number, Publication.code)
        .limit(3)
    ).all()
    live = live_packages(codes)
    return [live[code] for code in codes if code in live]


def _listed(form: queries.Form) -> tuple[Wanted, ...]:
    """Every line at its standard price."""
    return tuple(Wanted(each.code, each.standard_yen, each.quantity) for each in form.offered)


def _at_the_demo_vendor() -> None:
    code = packages_for("restaurants")[0]
    with act_as(owner_of("食堂 まつかぜ")):
        enquiries.ask(
            code, "閉店後に設定に来てもらえますか。定休日は水曜です。", release=["industry", "prefecture"]
        )
    with act_as(owner_of("居酒屋 たぬき")):
        asked = enquiries.ask(
            code,
            "席が32席、注文用の端末を4台使う予定です。見積もりをお願いします。",
            release=["name", "industry", "size"],
        )
    with act_as(actor_for(GENERATED_VENDOR)):
        enquiries.write(asked, "お問い合わせありがとうございます。端末4台分の見積書をお送りします。")
        form = queries.form(code)
        until = clock.today() + timedelta(days=30)
        terms = Terms(form.cloud_months, until, "店内4台での導入", "設定と操作説明を含みます。")
        services.send(services.draft(asked, code, _listed(form), terms), read_version=1)


def _quotes(shop: Actor, vendor: Actor, package: Published) -> None:
    with act_as(shop):
        enquiry = enquiries.ask(package.code, _QUESTION, release=["name", "industry", "size", "prefecture"])
    with act_as(vendor):
        form = queries.form(package.code)
        enquiries.write(enquiry, _ANSWER)
    listed = _listed(form)
    reduced = tuple(
        Wanted(each.code, max(each.minimum_yen, each.standard_yen * 95 // 100), each.quantity)
        for each in form.offered
    )

    def terms(subject: str, days: int = 30) -> Terms:
        until = clock.today() + timedelta(days=days)
        return Terms(form.cloud_months, until, subject, "設定と操作説明を含みます。出張費は別途ご相談ください。")

    with act_as(vendor):
        first = services.draft(enquiry, package.code, listed, terms("工場2か所への導入"))
        services.send(first, read_version=1)
        second = services.revise(first)
        services.change(second, reduced, terms("工場2か所への導入（価格の見直し）"), read_version=1)
        services.send(second, read_version=queries.quote(second).version)
        declined = services.draft(enquiry, package.code, listed, terms("工場1か所への導入"))
        services.send(declined, read_version=1)
        accepted = services.draft(enquiry, package.code, reduced, terms("工場1か所への導入（先行）"))
        services.send(accepted, read_version=1)
        services.draft(enquiry, package.code, listed, terms("追加の説明会つき"))
    with act_as(shop):
        services.decline(
            declined, reason="2か所まとめての価格で検討します。", read_version=queries.quote(declined).version
        )
        services.accept(accepted, read_version=queries.quote(accepted).version)
