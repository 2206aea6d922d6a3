"""Vendors: who they are and all they offer."""

from __future__ import annotations

from flask import render_template, request, url_for

from catalogue import public_lists
from marketplace.applicants import readers_profile
from search.name_order import vendor_key
from tenants import public_vendors
from tenants.errors import BadInput, Finding
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


def pages_of(total: int, per_page: int) -> int:
    """How many pages a list has; an empty list has one."""
    return max(1, -(-total // per_page))


@blueprint.get("/vendors")
@allow(Open.EVERYBODY)
@kept
def vendors() -> str:
    """All vendors with something published."""
    page = page_wanted()
    every = sorted(public_lists.vendors(), key=lambda each: (vendor_key(each.name, each.name_kana), each.number))
    total, first = len(every), (page - 1) * VENDORS_PER_PAGE
    return render_template(
        "public/vendors.html",
        rows=every[first : first + VENDORS_PER_PAGE],
        total=total,
        page=page,
        pages=pages_of(total, VENDORS_PER_PAGE),
        first=first + 1,
        last=min(page * VENDORS_PER_PAGE, total),
        page_href=lambda number: url_for("public.vendors", page=number),
    )


@blueprint.get("/vendors/<number>")
@allow(Open.EVERYBODY)
@kept
def vendor(number: str) -> str | tuple[str, int]:
    """One vendor with all its packages and products."""
    page = page_wanted()
    found = public_vendors.by_number(number)
    if found.standing != "adopted":
        return render_template("public/vendor_gone.html", vendor=found, standing=found.standing), 410
    packages, total = public_lists.of_organisation(found.id, kind="package", page=page, per_page=PER_PAGE)
    products, products_total = public_lists.of_organisation(found.id, kind="product", per_page=100)
    now, facts = todays(), readers_profile()
    return render_template(
        "public/vendor.html",
        vendor=found,
        packages=[cards.from_publication(each, now, facts) for each in packages],
        products=[
            {
                "name": each.content["name"],
                "href": url_for("public.product", number=number, code=each.code),
                "functions": cards.functions(each.content["functions"], now.words),
            }
            for each in products
        ],
        products_total=products_total,
        total=total,
        page=page,
        pages=pages_of(total, PER_PAGE),
        first=(page - 1) * PER_PAGE + 1,
        last=min(page * PER_PAGE, total),
        page_href=lambda wanted: url_for("public.vendor", number=number, page=wanted),
    )
