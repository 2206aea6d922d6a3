"""Identity providers on a port of their own: any WSGI application served from a thread, and one that lies on demand."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT = "hojo-test"
# What GビズID says of somebody with a prime account.
GBIZID_PRIME = {
    "sub": "g-1",
    "account_type": "2",
    "corp_type": "1",
    "corporate_number": "7000012050002",
    "name": "株式会社ひまわり",
    "name_kana": "カブシキガイシャヒマワリ",
    "prefecture_name": "東京都",
    "address1": "千代田区",
    "address2": "霞が関1-1",
    "address3": None,
    "user_last_name": "山田",
    "user_first_name": "花子",
    "email": "hanako@example.jp",
}
SECRET = "a-client-secret-of-this-test-that-is-long"


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The address at which this application answers inside the block."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def segment(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    """What is told of a PKCE verifier beforehand (RFC 7636, S256)."""
    return segment(hashlib.sha256(verifier.encode()).digest())


@dataclass
class Lie:
    """How one answer differs from an honest one; each takes what would be sent and gives what is."""

    claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
    token: Callable[[dict[str, Any], HostileProvider], Any] = lambda answer, _: answer
    sign: Callable[[dict[str, Any], HostileProvider], Any] | None = None
    userinfo: Callable[[dict[str, Any]], Any] = dict
    metadata: Callable[[dict[str, Any]], Any] = dict
    keys: Callable[[dict[str, Any]], Any] = dict


@dataclass
class HostileProvider:
    """A provider that is right in everything but the lie of the moment."""

    issuer: str = ""
    lie: Lie = field(default_factory=Lie)
    nonce: str = ""
    challenge: str = ""
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "known", "use": "sig", "alg": "RS256"})
    )
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "known", "use": "sig"}))
    used: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    asked_with: list[str] = field(default_factory=list)

    def application(self) -> Flask:
        """The provider as a WSGI application."""
        app = Flask("hostile")
        app.add_url_rule("/.well-known/openid-configuration", "metadata", self._metadata)
        app.add_url_rule("/jwks", "jwks", self._jwks)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        app.add_url_rule("/userinfo", "userinfo", self._userinfo)
        return app

    def _metadata(self) -> Response:
        return _told(
            self.lie.metadata(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/jwks",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        )

    def _jwks(self) -> Response:
        return _told(self.lie.keys({"keys": [self.key.as_dict(private=False)]}))

    def honest(self) -> dict[str, Any]:
        """The claims of an honest id_token."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "somebody",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
        }

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """A token of these claims."""
        header = {"alg": "RS256", "kid": "known"} | header
        header = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(header, claims, key or self.key, algorithms=[header["alg"]])

    def _token(self) -> Response | tuple[Response, int]:
        code = request.form["code"]
        self.asked_with.append(code)
        basic = request.authorization
        if (
            challenge_of(request.form["code_verifier"]) != self.challenge
            or code in self.used
            or basic is None
            or (basic.username, basic.password) != (CLIENT, SECRET)
        ):
            return jsonify(error="invalid_grant"), 400
        self.used.add(code)
        claims = self.lie.claims(self.honest())
        token = self.lie.sign(claims, self) if self.lie.sign else self.signed(claims)
        self.sent.append(token)
        return _told(
            self.lie.token(
                {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token}, self
            )
        )

    def _userinfo(self) -> Response:
        return _told(self.lie.userinfo({"sub": "somebody", "name": "山田 花子", "email": "hanako@example.jp"}))


def _told(answer: Any) -> Response:
    return answer if isinstance(answer, Response) else jsonify(answer)


def trickling() -> Response:
    """An answer that never ends, a little at a time."""

    def drops() -> Iterator[bytes]:
        yield b"{"
        for _ in range(200):
            time.sleep(0.05)
            yield b" "

    return Response(drops(), mimetype="application/json")


def endless() -> Response:
    """An answer larger than any answer is."""
    return Response((b" " * 65_536 for _ in range(64)), mimetype="application/json")


def unsigned(claims: dict[str, Any], provider: HostileProvider) -> str:
    """alg none."""
    import json  # noqa: PLC0415

    header = segment(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    return f"{header}.{segment(json.dumps(claims).encode())}."


def hmac_with(secret: bytes) -> Callable[[dict[str, Any], HostileProvider], str]:
    """HS256 with something that an attacker may know."""
    return lambda claims, _: jwt.encode(
        {"alg": "HS256", "kid": "known"}, claims, OctKey.import_key(secret), algorithms=["HS256"]
    )


def secret_key(secret: bytes) -> dict[str, Any]:
    """A secret as if it were one of the public keys."""
    return {**OctKey.import_key(secret).as_dict(private=True), "kid": "known", "use": "sig"}


def named(key: RSAKey, kid: str) -> RSAKey:
    """The same key under another name."""
    return RSAKey.import_key({**key.as_dict(private=True), "kid": kid})


def any_algorithm(key: RSAKey) -> RSAKey:
    """The same key, not bound to an algorithm."""
    return RSAKey.import_key({name: value for name, value in key.as_dict(private=True).items() if name != "alg"})
