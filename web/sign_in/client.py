"""The client side of OpenID Connect: Authlib's, with nothing believed that was not checked.

What a provider's metadata says is kept only where it is needed and right, so it can neither switch PKCE off nor name
another client; what it signs with is fixed by the settings; and it is not waited for longer than patience allows.
"""

from __future__ import annotations

import time
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, current_app
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.oidc_providers import OidcProvider

CLIENTS: Final = "sign_in_clients"
LEEWAY_SECONDS: Final = 5
PATIENCE_SECONDS: Final = 10
LARGEST_ANSWER: Final = 512 * 1024
# What a provider can do wrong: refuse, be away, sign wrongly, or answer something that is no answer at all.
NONSENSE: Final = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")

__all__ = ["NONSENSE", "MismatchingStateError", "StrictClient", "client_of", "install"]


class PatientSession(OAuth2Session):  # type: ignore[misc]
    """A session that reads each answer whole, up to a size and for a time, however slowly it trickles in."""

    def send(self, asked: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The answer to one request; redirects are followed by nobody, for no endpoint of a provider needs one."""
        kwargs |= {"stream": True, "allow_redirects": False, "timeout": PATIENCE_SECONDS}
        until = time.monotonic() + PATIENCE_SECONDS
        answer: requests.Response = super().send(asked, **kwargs)
        body = b""
        for piece in answer.iter_content(16 * 1024):
            body += piece
            if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                answer.close()
                raise requests.Timeout("the provider's answer is too long or too slow")
        answer._content = body  # noqa: SLF001  (what requests itself would have kept)
        return answer


class StrictClient(FlaskOAuth2App):  # type: ignore[misc]
    """One provider of the settings."""

    client_cls = PatientSession
    provider: OidcProvider
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says of itself, checked, then kept; ValueError when it is not what the settings say."""
        if "_loaded_at" not in self.server_metadata:
            self.server_metadata = {
                **self._checked(self._fetched(self._server_metadata_url)),
                "_loaded_at": time.time(),
            }
        return self.server_metadata

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  (Authlib's own)
        """The provider's keys, kept when they can be read; asked for anew when a key is not among them."""
        metadata = self.load_server_metadata()
        if force or "jwks" not in metadata:
            found = self._fetched(metadata["jwks_uri"])
            KeySet.import_key_set(found)  # type: ignore[arg-type]  # it looks for itself
            self.server_metadata["jwks"] = found
        kept: dict[str, Any] = self.server_metadata["jwks"]
        return kept

    def parse_id_token(self, token: dict[str, Any], nonce: str, **kwargs: Any) -> Any:
        """The claims of the ID token, checked. Where there are several keys, it must say which signed it.

        OpenID Connect Core 1.0, 10.1.
        """
        named = jws.extract_compact(token["id_token"].encode()).headers().get("kid")
        if not named and len(self.fetch_jwk_set()["keys"]) != 1:
            raise ValueError("the ID token does not say which key signed it")
        return super().parse_id_token(token, nonce, **kwargs)

    def verify_issuer(self, said: str | None) -> None:
        """RFC 9207: the answer names its issuer, where it says so at all or the metadata promises it.

        Raises ValueError for another issuer's answer, or one that does not say.
        """
        promised = self.load_server_metadata()["authorization_response_iss_parameter_supported"]
        if said != self.provider.issuer and (promised or said is not None):
            raise ValueError("the answer is another issuer's")

    def _fetched(self, address: str) -> dict[str, Any]:
        with self._get_session() as session:
            answer = session.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
        if answer.status_code != requests.codes.ok or not isinstance(found, dict):
            raise ValueError("an object was expected")
        return found

    def _checked(self, said: dict[str, Any]) -> dict[str, Any]:
        issuer = self.provider.issuer
        if said.get("issuer") != issuer:
            raise ValueError("the metadata are another issuer's")
        scheme = issuer.partition(":")[0]
        for name in _ENDPOINTS:
            if not str(said.get(name)).startswith(("https://", f"{scheme}://")):
                raise ValueError(f"{name} is no address")
        allowed = self.provider.signing_algorithms
        supported = said.get("id_token_signing_alg_values_supported", allowed)
        algorithms = [name for name in allowed if name in supported]
        if not algorithms:
            raise ValueError("it signs with nothing that the settings allow")
        return {
            "issuer": issuer,
            **{name: said[name] for name in _ENDPOINTS},
            "id_token_signing_alg_values_supported": algorithms,
            "authorization_response_iss_parameter_supported": (
                said.get("authorization_response_iss_parameter_supported") is True
            ),
        }


def install(app: Flask) -> None:
    """Register each provider of the settings, for this application alone."""
    oauth = app.extensions[CLIENTS] = OAuth(app)
    for name, provider in app.extensions["hojo_settings"].oidc_providers.items():
        client = oauth.register(
            name,
            overwrite=True,
            client_cls=StrictClient,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=provider.client_id,
            client_secret=provider.client_secret.get_secret_value(),
            client_kwargs={
                "scope": " ".join(provider.asked_scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
            },
        )
        client.provider = provider


def client_of(provider: str) -> StrictClient:
    """The client of a provider that is in the settings."""
    found: StrictClient = current_app.extensions[CLIENTS].create_client(provider)
    return found
