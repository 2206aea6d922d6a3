"""What the vendor types for the business, read kindly."""

import pytest

from marketplace.applications.document import prepared_from
from tenants.errors import BadInput

TYPED = {
    "representative_name": "見本 花子",
    "address": "東京都千代田区1-1",
    "phone": "03-1234-5678",
    "purpose": "会計を楽にする。",
    "expected_effect": "月10時間減る。",
    "introduction_planned_on": "2026-12-01",
}


@pytest.mark.parametrize(
    "written",
    ["03-1234-5678", "０３－１２３４－５６７８", "03ー1234ー5678", "０３−１２３４‐５６７８", "　03-1234-5678 "],
)
def test_a_telephone_number_may_be_written_in_full_width(written):
    assert prepared_from(TYPED | {"phone": written}).phone == "03-1234-5678"


@pytest.mark.parametrize("written", ["電話なし", "03", "٠٣١٢٣٤٥٦"])
def test_what_is_no_telephone_number_is_named(written):
    with pytest.raises(BadInput) as caught:
        prepared_from(TYPED | {"phone": written})
    assert [found.field for found in caught.value.findings] == ["phone"]
