"""For search engines: what to read, and where everything is."""

from __future__ import annotations

from typing import Final

from flask import Response, current_app, render_template, request, url_for

from catalogue import public_lists
from catalogue.publications import count_live
from marketplace import announcement_queries
from marketplace.briefings import queries
from tenants.errors import NotFound
from tenants.text import Text
from web.guard import Open, allow
from web.public.blueprint import blueprint

PER_MAP: Final = 45_000
MOST_TOLD: Final = 2_000
STANDING: Final = (
    "public.home",
    "public.packages",
    "public.find",
    "public.needs",
    "public.vendors",
    "public.eligibility",
    "public.schedule",
    "public.announcements",
    "public.briefings",
    "public.guidelines",
    "public.faq",
    "public.glossary",
    "public.contact",
    "public.accessibility",
    "public.privacy",
)


def site() -> str:
    """This site's address, without a slash at its end."""
    return str(current_app.extensions["hojo_settings"].base_url or request.host_url.rstrip("/"))


@blueprint.get("/robots.txt")
@allow(Open.EVERYBODY)
def robots() -> Response:
    """The public pages may be read; filtered searches, comparisons and work rooms are not worth it."""
    private = ("/my", "/vendor/", "/secretariat", "/committee", "/sign-in", "/compare", "/api/", "/packages?")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in private), f"Sitemap: {site()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@allow(Open.EVERYBODY)
def sitemap() -> Response:
    """The standing pages, what was announced and every package; an index of parts when there are more than one part holds."""
    parts = -(-count_live("package") // PER_MAP)
    if parts > 1:
        addresses = [site() + url_for("public.sitemap_part", number=n) for n in range(1, parts + 1)]
        return _xml("public/sitemap_index.xml", addresses)
    return _xml("public/sitemap.xml", _standing() + _packages(1))


@blueprint.get("/sitemap-<int:number>.xml")
@allow(Open.EVERYBODY)
def sitemap_part(number: int) -> Response:
    """One part of a long site map; the first also has the standing pages."""
    addresses = (_standing() if number == 1 else []) + (_packages(number) if 1 <= number <= 10_000 else [])
    if not addresses:
        raise NotFound(Text("サイトマップ", "The site map"))
    return _xml("public/sitemap.xml", addresses)


def _standing() -> list[str]:
    told = [url_for("public.announcement", number=each.number) for each in announcement_queries.newest(MOST_TOLD)]
    coming = [url_for("public.briefing", number=each.number) for each in queries.upcoming()]
    return [site() + path for path in (*map(url_for, STANDING), *told, *coming)]


def _packages(number: int) -> list[str]:
    codes = public_lists.package_codes(page=number, per_page=PER_MAP)
    return [site() + url_for("public.package", code=code) for code in codes]


def _xml(template: str, addresses: list[str]) -> Response:
    return Response(render_template(template, addresses=addresses), mimetype="application/xml")
