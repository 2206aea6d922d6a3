"""What is set of a provider that people sign in with: one entry of `HOJO_OIDC_PROVIDERS` (:mod:`web.settings`)."""

from __future__ import annotations

import re
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from tenants.identity_profiles import CLAIMS, SCOPES, Profile
from tenants.text import Text

# With a public key on our side only; never none, never a secret that somebody else knows too.
SigningAlgorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
# What stands after /sign-in/ and is no provider's name.
_TAKEN: Final = frozenset({"again", "arrive", "organisation"})


def usable_name(name: str) -> bool:
    """Whether a provider may be called so: its name stands in addresses."""
    return name not in _TAKEN and re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name) is not None


class OidcProvider(BaseModel):
    """One OpenID Connect provider that people may sign in with.

    profile: how its words are read (tenants/identity_profiles.py). scopes: unset, those of the profile. claims: where
    it calls a fact otherwise than its profile, `{fact: claim}`. signing_algorithms: what it may sign with; of these,
    only what its own metadata names is accepted. description: whom it is for, in plain words; unset, the profile's.
    tells_when: whether its ID tokens say when it saw the person (auth_time), as OpenID Connect has it when that is asked
    for. Where one cannot, the arrival of its answer counts for a fresh sign-in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    client_secret: SecretStr
    profile: Profile = "standard"
    scopes: tuple[str, ...] = ()
    claims: dict[str, str] = Field(default_factory=dict)
    signing_algorithms: tuple[SigningAlgorithm, ...] = ("RS256",)
    label: Text
    description: Text | None = None
    tells_when: bool = True

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, issuer: str) -> str:
        if not issuer.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return issuer

    @field_validator("scopes")
    @classmethod
    def _named(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if scopes and "openid" not in scopes:
            raise ValueError("must contain openid")
        return scopes

    @model_validator(mode="after")
    def _known_claims(self) -> Self:
        unknown = sorted(set(self.claims) - set(CLAIMS[self.profile]))
        if unknown:
            raise ValueError(f"claims: the profile {self.profile} has no {', '.join(unknown)}")
        return self

    @property
    def asked_scopes(self) -> tuple[str, ...]:
        """What is asked for by name: some providers read an empty scope as "everything"."""
        return self.scopes or SCOPES[self.profile]
