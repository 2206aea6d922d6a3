"""From a publication to the document people find it by. Only what is published goes in."""

from __future__ import annotations

from catalogue.publications import Published
from catalogue.snapshots import traits_of
from catalogue.traits import AREA, CERTIFICATION, DEPLOYMENT, LANGUAGE, SUPPORT, areas, deployments
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from marketplace.pricing import figures_of_package
from marketplace.subsidy.scheme import Scheme
from search.bands import OWN_COST_BANDS, SECOND_YEAR_BANDS, band_of
from search.documents import Amounts, SearchDocument


def amounts_of(code: str, number: int, total_yen: int, subsidy_yen: int) -> Amounts:
    """What a scheme changes of a package's document. number: its publication's; total: of its first year, whole yen."""
    own_cost = total_yen - subsidy_yen
    return Amounts(
        id=code,
        version=number,
        subsidy_yen=subsidy_yen,
        own_cost_yen=own_cost,
        fundable=subsidy_yen > 0,
        own_cost_band=band_of(own_cost, OWN_COST_BANDS).code,
    )


def document_of(published: Published, masters: Masters, scheme: Scheme) -> SearchDocument:
    """The search document of a published package, with its figures under this scheme."""
    content = published.content
    figures = figures_of_package(content, scheme)
    functions = masters.functions_of(content["functions"])
    industries = [
        row
        for row in masters.industries
        if row.code != ALL_INDUSTRIES
        and (row.code in content["industries"] or ALL_INDUSTRIES in content["industries"])
    ]
    traits = traits_of(content)
    named = [masters.industry(code) for code in content["industries"]]
    return SearchDocument(
        id=published.code,
        version=published.number,
        name=content["name"],
        vendor_name=content["vendor"]["name"],
        vendor_number=content["vendor"]["number"],
        published_at=published.published_at,
        description=content["description"],
        products=tuple(item["name"] for item in content["items"] if item["functions"]),
        product_kana=tuple(item["name_kana"] for item in content["items"] if item["functions"]),
        functions=tuple(row.code for row in functions),
        function_words=tuple(word for row in functions for word in (row.name.ja, row.name.en, *row.words)),
        categories=masters.categories_of(content["functions"]),
        industries=tuple(row.code for row in industries),
        industry_names=tuple(word for row in named if row for word in row.known_as),
        prefecture=content["vendor"]["prefecture"],
        price_yen=figures.total_yen,
        subsidy_yen=figures.subsidy_yen,
        own_cost_yen=figures.own_cost_yen,
        second_year_yen=content["second_year_yen"],
        fundable=figures.fundable,
        price_band=band_of(figures.total_yen).code,
        own_cost_band=band_of(figures.own_cost_yen, OWN_COST_BANDS).code,
        second_year_band=band_of(content["second_year_yen"], SECOND_YEAR_BANDS).code,
        deployments=deployments(
            traits.get(DEPLOYMENT, ()), [item["cost_kind"] for item in content["items"] if item["functions"]]
        ),
        languages=traits.get(LANGUAGE, ()),
        certifications=traits.get(CERTIFICATION, ()),
        support=traits.get(SUPPORT, ()),
        areas=areas(traits.get(AREA, ()), content["vendor"]["prefecture"]),
    )
