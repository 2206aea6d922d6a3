"""Vendors: who they are and all they offer."""

from __future__ import annotations

from flask import render_template, request, url_for

from catalogue import public_lists
from marketplace.applicants import readers_profile
from search.name_order import vendor_key
from tenants import public_vendors
from tenants.errors import BadInput, Finding
from tenants.paging import Page
from tenants.text import Text
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards
from web.public.blueprint import blueprint, todays

PER_PAGE = 20
VENDORS_PER_PAGE = 50
MOST_PAGES = 100_000


def page_wanted() -> int:
    """?page= from 1; BadInput naming it when it is no number in range."""
    written = request.args.get("page", "1")
    if not (
        written.isascii() and written.isdigit() and 1 <= len(written) <= 6 and 1 <= int(written) <= MOST_PAGES
    ):
        raise BadInput(
            Finding(
                "bad_page",
                Text(
                    f"ページ番号「{written[:20]}」が正しくありません。", f"page={written[:20]!r} cannot be used."
                ),
                Text(
                    f"1から{MOST_PAGES:,}までの整数にしてください。",
                    f"Use a whole number from 1 to {MOST_PAGES:,}.",
                ),
                "page",
            )
        )
    return int(written)


@blueprint.get("/vendors")
@allow(Open.EVERYBODY)
@kept
def vendors() -> str:
    """All vendors with something published."""
    number = page_wanted()
    every = sorted(public_lists.vendors(), key=lambda each: (vendor_key(each.name, each.name_kana), each.number))
    shown = every[(number - 1) * VENDORS_PER_PAGE : number * VENDORS_PER_PAGE]
    return render_template(
        "public/vendors.html",
        page=Page(tuple(shown), len(every), number, VENDORS_PER_PAGE),
        page_href=lambda page: url_for("public.vendors", page=page),
    )


@blueprint.get("/vendors/<number>")
@allow(Open.EVERYBODY)
@kept
def vendor(number: str) -> str | tuple[str, int]:
    """One vendor with all its packages and products."""
    wanted = page_wanted()
    found = public_vendors.by_number(number)
    if found.standing != "adopted":
        return render_template("public/vendor_gone.html", vendor=found, standing=found.standing), 410
    packages, total = public_lists.of_organisation(found.id, kind="package", page=wanted, per_page=PER_PAGE)
    products, products_total = public_lists.of_organisation(found.id, kind="product", per_page=100)
    now, facts = todays(), readers_profile()
    return render_template(
        "public/vendor.html",
        vendor=found,
        page=Page(tuple(cards.from_publication(each, now, facts) for each in packages), total, wanted, PER_PAGE),
        products=[
            {
                "name": each.content["name"],
                "href": url_for("public.product", number=number, code=each.code),
                "functions": cards.functions(each.content["functions"], now.words),
            }
            for each in products
        ],
        products_total=products_total,
        page_href=lambda page: url_for("public.vendor", number=number, page=page),
    )
