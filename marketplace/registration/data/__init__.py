"""The versions of the registration form, each in a file."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Final

import yaml

from marketplace.registration.form import Form

CURRENT: Final = "2017.1"


@functools.cache
def forms() -> dict[str, Form]:
    """Every version of the form by its name; ValueError for a file that is no form."""
    files = sorted(each.name for each in resources.files(__name__).iterdir() if each.name.startswith("form-"))
    found = [
        Form.model_validate(yaml.safe_load(resources.files(__name__).joinpath(name).read_text(encoding="utf-8")))
        for name in files
    ]
    return {form.version: form for form in found}


def form(version: str = CURRENT) -> Form:
    """One version of the form; the newest when none is named."""
    return forms()[version]
