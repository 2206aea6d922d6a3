"""From what the services give to what the API answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from catalogue.publications import Published
from marketplace.announcement_queries import AnnouncementView
from marketplace.briefings.queries import BriefingView
from marketplace.comparison import Comparison
from marketplace.subsidy.eligibility import Eligibility
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.files import Sourced
from marketplace.subsidy.scheme import Scheme
from search.queries import PackageHit, SearchPage, SearchQuery
from search.readings import Reading
from search.suggestions import Suggestion
from tenants.paging import Page
from web.api import answers, scheme_answers, told_answers
from web.words import language, say


def search_page(page: SearchPage, query: SearchQuery, reading: Reading) -> answers.SearchPage:
    """A page of results with its facets. query: as it was asked; reading: what was read of its words."""
    return answers.SearchPage(
        items=[
            answers.FoundPackage.model_validate({**dict(package_hit(hit)), "matched_in": list(hit.highlights)})
            for hit in page.items
        ],
        total=page.total,
        page=page.page,
        per_page=query.per_page,
        pages=page.pages,
        sort=query.sort,
        read_as=say(reading.told(query)),
        stage=page.stage.value,
        widened=[answers.WidenedWord(word=each.word, texts=list(each.texts)) for each in page.widened],
        nowhere=list(page.nowhere),
        did_you_mean=page.did_you_mean,
        degraded=page.degraded,
        facets=answers.Facets(
            **{
                name: [
                    answers.FacetValue(value=each.value, label=say(each.label), count=each.count)
                    for each in values
                ]
                for name, values in page.facets.items()
            }
        ),
        vendors_total=len(page.vendor_counts),
    )


def suggestions(found: Sequence[Suggestion], address: Callable[[Suggestion], str]) -> answers.Suggestions:
    """Suggestions with where each leads."""
    return answers.Suggestions(
        suggestions=[
            answers.Suggestion(kind=each.kind, label=say(each.label), code=each.code, href=address(each))
            for each in found
        ]
    )


def package_hit(hit: PackageHit) -> answers.PackageHit:
    """A package in a list, with its figures."""
    return answers.PackageHit(
        code=hit.code,
        name=hit.name,
        description=hit.description,
        vendor=answers.Vendor(number=hit.vendor_number, name=hit.vendor_name, prefecture=hit.prefecture),
        functions=list(hit.functions),
        categories=list(hit.categories),
        industries=list(hit.industries),
        total_yen=hit.total_yen,
        subsidy_yen=hit.subsidy_yen,
        own_cost_yen=hit.own_cost_yen,
        second_year_yen=hit.second_year_yen,
        second_year_incomplete=hit.second_year_incomplete,
        fundable=hit.fundable,
        published_at=hit.published_at,
    )


def package(found: Published, result: Estimate) -> answers.PackageAnswer:
    """The publication's content, its number, hash and time, and the estimate."""
    return answers.PackageAnswer.model_validate(
        {
            **found.content,
            "publication": {
                "number": found.number,
                "hash": found.content_hash,
                "published_at": found.published_at,
            },
            "estimate": result.as_json(language()),
        }
    )


def comparison(result: Comparison) -> answers.Comparison:
    """Packages side by side, fact by fact."""
    return answers.Comparison.model_validate(result.as_json(language()))


def eligibility(result: Eligibility) -> answers.EligibilityAnswer:
    """Whether a business may apply, rule by rule."""
    return answers.EligibilityAnswer.model_validate(result.as_json(language()))


def estimate(result: Estimate, checked: Eligibility | None) -> answers.EstimateForApplicant:
    """The estimate, with the eligibility when an applicant was given."""
    return answers.EstimateForApplicant.model_validate(
        {**result.as_json(language()), "eligibility": checked.as_json(language()) if checked else None}
    )


def schemes(loaded: Sequence[Scheme], id_in_use: str) -> scheme_answers.Schemes:
    """All schemes, each as an integrator needs it; its whole file is its own documentation."""
    return scheme_answers.Schemes(items=[_scheme(each, in_use=each.id == id_in_use) for each in loaded])


def _scheme(each: Scheme, *, in_use: bool) -> scheme_answers.SchemeAnswer:
    return scheme_answers.SchemeAnswer(
        id=each.id,
        version=each.version,
        name=say(each.name),
        in_use=in_use,
        effective_from=each.effective.since,
        effective_to=each.effective.until,
        filed_by=each.filing.who,
        counts=each.counts,
        cost_kinds=[
            scheme_answers.CostKindAnswer(
                kind=kind,
                label=say(entry.label),
                eligible=entry.eligible,
                months=entry.months,
                **_source(entry),
            )
            for kind, entry in sorted(each.cost_kinds.items(), key=lambda pair: (not pair[1].eligible, pair[0]))
        ],
        conditions=[
            scheme_answers.SchemeCondition(
                code=code, question=say(condition.question), required=condition.required, **_source(condition)
            )
            for code, condition in each.conditions.items()
        ],
        evidence=[
            scheme_answers.EvidenceAnswer(
                code=paper.id, label=say(paper.label), stage=paper.stage, **_source(paper)
            )
            for paper in each.evidence
        ],
        unconfirmed=[scheme_answers.OpenPoint(path=point.path, note=point.note) for point in each.open_points],
    )


def _source(value: Sourced) -> dict[str, Any]:
    return {"clause": value.clause, "unconfirmed": value.note if value.unconfirmed else None}


def announcement_page(
    page: Page[AnnouncementView], address: Callable[[int], str]
) -> told_answers.AnnouncementPage:
    """A page of announcements; address: of one, by its number."""
    return told_answers.AnnouncementPage(
        items=[announcement(each, address(each.number)) for each in page.items],
        total=page.total,
        page=page.number,
        per_page=page.per_page,
        pages=page.pages,
    )


def announcement(each: AnnouncementView, href: str) -> told_answers.AnnouncementAnswer:
    """One that is published."""
    if each.published_at is None:
        raise ValueError("a draft is nobody's to read")
    return told_answers.AnnouncementAnswer(
        number=each.number,
        category=each.category,
        category_label=say(each.category_label),
        title=say(each.title),
        body=say(each.body),
        published_at=each.published_at,
        edition=each.edition,
        corrected_at=each.corrected_at,
        correction=say(each.correction) if each.correction else None,
        href=href,
    )


def briefing_page(
    page: Page[BriefingView], address: Callable[[int], tuple[str, str]]
) -> told_answers.BriefingPage:
    """A page of briefings; address: of one and of its calendar file, by its number."""
    return told_answers.BriefingPage(
        items=[briefing(each, *address(each.number)) for each in page.items],
        total=page.total,
        page=page.number,
        per_page=page.per_page,
        pages=page.pages,
    )


def briefing(each: BriefingView, href: str, calendar_href: str) -> told_answers.BriefingAnswer:
    """One that was announced."""
    return told_answers.BriefingAnswer.model_validate(
        {
            "number": each.number,
            "title": say(each.title),
            "description": say(each.description),
            "audience": each.audience,
            "audience_label": say(each.audience_label),
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "booking_closes_at": each.booking_closes_at,
            "place": each.place,
            "online": each.online,
            "seats": each.seats,
            "free": each.free,
            "waiting": each.waiting,
            "state": each.standing,
            "state_label": say(each.label),
            "cancelled_reason": each.cancelled_reason,
            "href": href,
            "calendar_href": calendar_href,
        }
    )
