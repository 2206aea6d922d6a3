"""What the files of data are made of, whichever part of the programme they say."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tenants.text import Text


class Part(BaseModel):
    """A piece of a file: no key may be unknown, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """Words in both languages."""

    ja: str
    en: str

    @property
    def text(self) -> Text:
        """As pages print it."""
        return Text(self.ja, self.en)
