"""What the API takes in: pydantic models, and their faults as findings in the caller's language."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import BadRequest

from marketplace.subsidy.eligibility import Applicant
from tenants.errors import BadInput, Finding
from tenants.text import Text

Body = TypeVar("Body", bound=BaseModel)
Yen = Annotated[int, Field(ge=0, le=10**12, description="Whole yen, consumption tax excluded.")]
Percent = Annotated[int, Field(ge=0, le=100, description="Whole percent.")]
ApplicantKind = Literal[
    "company", "sole_proprietor", "union", "medical_corporation", "social_welfare_corporation", "npo"
]


class Strict(BaseModel):
    """No unknown keys, no strings for numbers, nothing rounded."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ApplicantBody(Strict):
    """Who asks. Nothing of it is stored."""

    kind: ApplicantKind
    jsic: str | None = Field(default=None, max_length=10, description="Japan Standard Industrial Classification, e.g. M76.")
    capital_yen: Yen | None = None
    employees: int = Field(ge=0, le=1_000_000, description="Regular employees, without officers and the proprietor.")
    domestic: bool = True
    largest_large_firm_share: Percent = 0
    large_firms_share: Percent = 0
    large_firm_officers_share: Percent = 0
    already_applied: bool = False

    def applicant(self) -> Applicant:
        """The domain's applicant."""
        return Applicant(**self.model_dump())


class LineBody(Strict):
    """One line of a price."""

    kind: str = Field(min_length=1, max_length=40, description="A cost kind of the scheme, e.g. software, cloud, hardware.")
    amount_yen: Yen
    months: int | None = Field(
        default=None, ge=1, le=120, description="How many months amount_yen covers; null when it is not a period's fee."
    )
    label: str = Field(default="", max_length=120)


class EstimateBody(Strict):
    """Either a published package's code, or lines with the functions they cover."""

    scheme: str = Field(default="2017", max_length=40)
    applicant: ApplicantBody | None = None
    package: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,40}$")
    functions: list[str] | None = Field(default=None, max_length=100)
    processes: int | None = Field(default=None, ge=0, le=1000)
    lines: list[LineBody] | None = Field(default=None, min_length=1, max_length=500)
    granted_yen: Yen | None = Field(
        default=None, description="The amount granted: makes the answer a confirmation of actual cost."
    )


class EligibilityBody(Strict):
    """Who asks, for which scheme."""

    scheme: str = Field(default="2017", max_length=40)
    applicant: ApplicantBody


_REMEDIES: Final[dict[str, Text]] = {
    "missing": Text("この項目を追加してください。", "Add this field."),
    "extra_forbidden": Text("この項目は使えません。取り除いてください。", "This field is not known; remove it."),
    "int_type": Text("整数（引用符や小数点なし）で指定してください。", "Give a whole number, without quotes or decimals."),
    "string_type": Text("文字列で指定してください。", "Give a string."),
    "bool_type": Text("true か false で指定してください。", "Give true or false."),
    "list_type": Text("配列で指定してください。", "Give an array."),
    "literal_error": Text("使える値のどれかにしてください。", "Use one of the allowed values."),
}


def _finding(error: Any) -> Finding:
    place = ".".join(str(part) for part in error["loc"]) or "body"
    allowed = error.get("ctx", {}).get("expected")
    remedy = _REMEDIES.get(error["type"], Text("値の範囲と形式をご確認ください。", "Check the value's range and form."))
    hint = f" ({allowed})" if allowed else ""
    return Finding(
        error["type"],
        Text(f"{place} の値が正しくありません。", f"{place}: {error['msg']}"),
        Text(f"{remedy.ja}{hint}", f"{remedy.en}{hint}"),
        place,
    )


def read(model: type[Body]) -> Body:
    """The request's JSON as this model; BadInput with one finding for each fault."""
    try:
        return model.model_validate_json(_json())
    except ValidationError as error:
        raise BadInput(*(_finding(each) for each in error.errors(include_url=False))) from None


def _json() -> bytes:
    data = request.get_data(cache=False)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest from None
    return data
