"""What a demo remembers in its data folder: its secrets, ports and address, so that commands beside it fit in."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from web.demo import businesses
from web.demo.people import PROVIDER
from web.settings import DEMO_FILE

CLIENT_ID: Final = "hojo-demo"


@dataclass(frozen=True, slots=True)
class Client:
    """The one client of the identity provider. redirects: the exact addresses it may be sent back to."""

    identifier: str
    secret: str
    redirects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """One demo. secret_key and client_secret stay the same from start to start, so people stay signed in."""

    data: Path
    host: str
    port: int
    identity_port: int
    mail_port: int
    secret_key: str
    client_secret: str
    process: int

    @property
    def site(self) -> str:
        """The address to open."""
        return f"http://{self.host}:{self.port}"

    @property
    def issuer(self) -> str:
        """The identity provider's address."""
        return f"http://127.0.0.1:{self.identity_port}"

    @property
    def business_issuer(self) -> str:
        """The address of the provider that plays GビズID: the same port under another name."""
        return f"http://localhost:{self.identity_port}"

    @property
    def client(self) -> Client:
        """This demo as its identity provider knows it; the site may be opened under either of two names."""
        return self._client_of(PROVIDER)

    @property
    def business_client(self) -> Client:
        """This demo as the provider that plays GビズID knows it."""
        return self._client_of(businesses.PROVIDER)

    def _client_of(self, provider: str) -> Client:
        hosts = (self.host, "localhost") if self.host == "127.0.0.1" else (self.host,)
        return Client(
            CLIENT_ID,
            self.client_secret,
            tuple(f"http://{host}:{self.port}/sign-in/{provider}/callback" for host in hosts),
        )

    def settings(self) -> dict[str, Any]:
        """The settings that make a process part of this demo, by field name."""
        return {
            "environment": "demo",
            "secret_key": self.secret_key,
            "host": self.host,
            "port": self.port,
            "base_url": self.site,
            "cookie_secure": False,
            "mail_server": "127.0.0.1",
            "mail_port": self.mail_port,
            "mail_security": "none",
            "mail_from": "no-reply@hojo.example",
            "oidc_providers": {
                PROVIDER: {
                    "issuer": self.issuer,
                    "client_id": CLIENT_ID,
                    "client_secret": self.client_secret,
                    "label": {"ja": "デモの人物を選ぶ", "en": "Choose a demo person"},
                    "tells_when": False,
                    "description": {
                        "ja": "お店・ベンダー・事務局など、すでに登録のある架空の人物です。",
                        "en": "Made-up people of shops, vendors and the secretariat who are registered already.",
                    },
                },
                businesses.PROVIDER: {
                    "issuer": self.business_issuer,
                    "client_id": CLIENT_ID,
                    "client_secret": self.client_secret,
                    "profile": "gbizid",
                    "label": {"ja": "GビズID（デモ）", "en": "gBizID (demo)"},
                    "tells_when": False,
                },
            },
        }

    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        named = {"port": "PORT"}
        values = {
            named.get(name, f"HOJO_{name.upper()}"): (
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
            for name, value in self.settings().items()
        }
        return {**values, "HOJO_DATA": str(self.data)}

    def write(self) -> None:
        """Leave them in the data folder, readable by nobody else, never half-written."""
        content = {
            "settings": self.settings(),
            "identity_port": self.identity_port,
            "client_secret": self.client_secret,
            "process": self.process,
        }
        unfinished = self.data / f"{DEMO_FILE}.unfinished"
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
        unfinished.replace(self.data / DEMO_FILE)


def read(data: Path) -> Notes | None:
    """What the last demo on this data folder left; None when there was none."""
    try:
        known = json.loads((data / DEMO_FILE).read_text(encoding="utf-8"))
        settings = known["settings"]
        return Notes(
            data,
            settings["host"],
            settings["port"],
            known["identity_port"],
            settings["mail_port"],
            settings["secret_key"],
            known["client_secret"],
            known["process"],
        )
    except (OSError, ValueError, KeyError):
        return None


def begin(data: Path, host: str, port: int, identity_port: int, mail_port: int) -> Notes:
    """Notes for a demo that starts now, with the secrets of an earlier one if there was one."""
    earlier = read(data)
    return Notes(
        data,
        host,
        port,
        identity_port,
        mail_port,
        earlier.secret_key if earlier else secrets.token_urlsafe(48),
        earlier.client_secret if earlier else secrets.token_urlsafe(32),
        os.getpid(),
    )
