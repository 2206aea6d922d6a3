"""A request's JSON, read strictly: what two parsers could read differently is refused."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from werkzeug.exceptions import RequestEntityTooLarge

from web.api import faults

Body = TypeVar("Body", bound=BaseModel)


def read(model: type[Body]) -> Body:
    """The request's JSON as this model. Raises NotJson for another media type, TooLarge, and as :func:`parse`."""
    if not request.is_json:
        raise faults.not_json()
    request.max_content_length = faults.LARGEST_BODY
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise faults.too_large() from None
    return parse(model, data)


def parse(model: type[Body], data: bytes) -> Body:
    """JSON as this model.

    Raises Malformed for what is no JSON or has a key twice, BadInput with one finding for each fault of the values.
    """
    load(data)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise faults.bad_body(error.errors(include_url=False, include_input=False)) from None


def load(data: bytes) -> Any:
    """JSON as plain values. Raises Malformed for what is no JSON or has a key twice."""
    try:
        from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise faults.malformed(str(error)[:120]) from None
    # The strict parser above has bounded depth and numbers and refused lone surrogates, so this one is safe.
    return json.loads(data, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise faults.duplicate_key(key)
        found[key] = value
    return found
