"""What providers say, read by profile: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oidc import GBIZID_PRIME as PRIME

from tenants.identity_profiles import CLAIMS, SCOPES, BusinessFacts, Unusable, mirasapo_id, one_line, read
from tenants.numbers import is_corporate_number


def test_a_prime_account_tells_the_person_and_the_business():
    said = read("gbizid", PRIME)
    assert (said.name, said.email) == ("山田 花子", "hanako@example.jp")
    assert said.business == BusinessFacts(
        "prime",
        "corporation",
        "7000012050002",
        "株式会社ひまわり",
        "カブシキガイシャヒマワリ",
        "東京都",
        "千代田区霞が関1-1",
    )


@pytest.mark.parametrize(("code", "kind"), [("1", "entry"), ("2", "prime"), ("3", "member"), (2, "prime")])
def test_the_kinds_of_account(code, kind):
    assert read("gbizid", PRIME | {"account_type": code}).business.account_type == kind


@pytest.mark.parametrize("code", [None, "", "0", "4", "prime", 2.0, True, ["2"], {"2": "2"}])
def test_an_account_of_no_known_kind_is_refused(code):
    with pytest.raises(Unusable):
        read("gbizid", PRIME | {"account_type": code})


@pytest.mark.parametrize("number", ["8000012050002", "700001205000", "T7000012050002", "", None, 7000012050002])
def test_a_corporation_has_a_number_that_holds(number):
    with pytest.raises(Unusable):
        read("gbizid", PRIME | {"corporate_number": number})


def test_a_sole_proprietor_has_no_corporate_number_whatever_stands_there():
    said = read("gbizid", PRIME | {"corp_type": "2", "corporate_number": "K000012345678"})
    assert (said.business.corp_type, said.business.corporate_number) == ("sole_proprietor", None)


def test_an_entry_account_may_leave_the_business_open_but_not_say_a_wrong_number():
    bare = {"sub": "g-1", "account_type": "1"}
    assert read("gbizid", bare).business.corp_type is None
    with pytest.raises(Unusable):
        read("gbizid", PRIME | {"account_type": "1", "corporate_number": "8000012050002"})


@pytest.mark.parametrize("corp_type", [None, "", "0", "3"])
def test_a_prime_account_is_a_corporation_s_or_a_sole_proprietor_s(corp_type):
    with pytest.raises(Unusable):
        read("gbizid", PRIME | {"corp_type": corp_type})


def test_what_the_business_is_called_is_not_what_the_person_is_called():
    said = read("gbizid", {name: value for name, value in PRIME.items() if not name.startswith("user_")})
    assert said.name == ""


def test_settings_may_name_other_claims():
    other = {name: value for name, value in PRIME.items() if name != "prefecture_name"} | {"pref": "大阪府"}
    assert read("gbizid", other, {"prefecture": "pref"}).business.prefecture == "大阪府"


def test_a_standard_provider_vouches_for_nothing():
    said = read("standard", PRIME | {"name": "山田 花子"})
    assert (said.name, said.business, said.mirasapo_id) == ("山田 花子", None, None)


def test_mirasapo_tells_its_id():
    said = read("mirasapo", {"sub": "m-1", "name": "山田 花子", "mirasapo_id": "hanako.2017"})
    assert said.mirasapo_id == "hanako.2017"
    with pytest.raises(Unusable):
        read("mirasapo", {"sub": "m-1", "name": "山田 花子"})


@pytest.mark.parametrize(
    ("written", "kept"),
    [("hanako", "hanako"), (" ｈａｎａｋｏ＿１ ", "hanako_1"), ("hanako@example.jp", "hanako@example.jp")],
)
def test_a_mirasapo_id_is_kept_in_half_width(written, kept):
    assert mirasapo_id(written) == kept


@pytest.mark.parametrize("written", ["", "abc", "はなこ", "a b c d", "<script>", "x" * 65, ".abcd", "abcd\x00"])
def test_what_is_no_mirasapo_id(written):
    with pytest.raises(Unusable):
        mirasapo_id(written)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*PRIME, "mirasapo_id"]), anything), st.sampled_from(list(CLAIMS)))
def test_whatever_is_said_is_read_or_refused(said, profile):
    try:
        found = read(profile, {**PRIME, **said})
    except Unusable:
        return
    assert found.name.isprintable()
    assert len(found.name) <= 200
    if found.business and found.business.corporate_number:
        assert is_corporate_number(found.business.corporate_number)


@given(anything)
def test_a_line_is_a_line(said):
    assert one_line(said).isprintable()


def test_what_is_asked_for_is_named():
    assert all("openid" in scopes for scopes in SCOPES.values())
