"""What the programme goes by is changed: words that are searched, schemes, problems, lists with newer files."""

from __future__ import annotations

import uuid

import newer_files
import pytest
from pages import PageClient
from walking import Walk, filled

from catalogue.masters import EDITION, newest
from marketplace import scheme_drafts
from marketplace.programme import LISTS
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

OTHER = {
    "synonyms": {"texts": "会計"},
    "problems": {"examples": "ほかの言い方"},
    "rounds": {"name": {"ja": "ほかの名前", "en": "Another name"}},
}


def go(walk: Walk, administrator: PageClient) -> None:
    """The secretariat changes words, schemes and problems, and takes newer files in."""
    a_synonym_comes_and_goes(walk, administrator)
    a_scheme_gets_a_new_version(walk, administrator)
    another_scheme_comes_in_use(walk, administrator)
    a_problem_comes_and_goes(walk, administrator)


def a_synonym_comes_and_goes(walk: Walk, administrator: PageClient) -> None:
    page = "/secretariat/synonyms/edit"
    entry = {"word": "おこづかい帳", "texts": "会計", "direction": "one_way", "kind": "word", "source": "電話"}
    action, form = filled(administrator, page, "/synonyms/preview", **entry)
    walk.post(administrator, action, form)
    walk.post(administrator, "/secretariat/synonyms", form)
    action, form = filled(administrator, f"{page}?word=おこづかい帳", "/synonyms/preview", remove="1")
    walk.post(administrator, "/secretariat/synonyms/remove", form)


def a_scheme_gets_a_new_version(walk: Walk, administrator: PageClient) -> None:
    walk.send(administrator, "/secretariat/schemes/2018/form", "/2018/form", **{"limits.caps.0.yen": "400,000"})
    page = "/secretariat/schemes/2018/edit"
    made = walk.send(administrator, page, "/preview").location
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.UUID(made.rpartition("/")[2]))
    walk.send(administrator, made, "/use")


def another_scheme_comes_in_use(walk: Walk, administrator: PageClient) -> None:
    page, day = "/secretariat/schemes", clock.today().isoformat()
    for scheme, step in (("2019-a", "/delete"), ("2018", "/use")):
        made = walk.send(administrator, page, "/schemes", scheme=scheme, effective_from=day).location
        with act_as(SYSTEM):
            scheme_drafts.compare(uuid.UUID(made.rpartition("/")[2]))
        walk.send(administrator, made, step)


def a_problem_comes_and_goes(walk: Walk, administrator: PageClient) -> None:
    page = "/secretariat/problems/edit"
    entry = {
        "code": "stamps",
        "sentence": "切手を数えている",
        "functions": "B5",
        "words": "切手",
        "examples": "切手代が合わない",
    }
    action, form = filled(administrator, page, "/problems/preview", **entry)
    walk.post(administrator, action, form)
    walk.post(administrator, "/secretariat/problems", form)
    action, form = filled(administrator, f"{page}?code=stamps", "/problems/preview", remove="1")
    walk.post(administrator, "/secretariat/problems/remove", form)
    newer_files_are_taken_in(walk, administrator)


def newer_files_are_taken_in(walk: Walk, administrator: PageClient) -> None:
    """Of lists that were changed before, each once."""
    for kind, other in OTHER.items():
        with act_as(SYSTEM):
            first, *rest = newest(kind, EDITION).content[LISTS[kind]]
        with pytest.MonkeyPatch.context() as release:
            newer_files.bring(release, kind, lambda _, now=(first | other, *rest): list(now))
            walk.send(administrator, f"/secretariat/{kind}/newer", f"/{kind}/newer")
