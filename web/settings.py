"""What can be set from outside, each setting with its meaning; docs/operations.md is made from these fields."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from tenants.mail_addresses import usable
from web.oidc_providers import OidcProvider, usable_name

PROJECT: Final = Path(__file__).resolve().parent.parent
DEMO_FILE: Final = "demo.json"
MIB: Final = 1024 * 1024

Environment = Literal["production", "demo", "test"]


class MissingSettings(Exception):
    """The settings do not allow a start; the message says which and what to do."""


class Settings(BaseSettings):
    """The settings of one process, read from the environment."""

    model_config = SettingsConfigDict(
        env_prefix="HOJO_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        validate_default=True,
    )

    environment: Environment = Field(
        default="production",
        description="production, demo or test. Only the demo shows its made-up people and runs without https.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs cookies and form tokens. At least 32 characters, kept secret, the same in every process.",
    )
    data: Path = Field(
        default=PROJECT / ".hojo",
        description="Data folder: the embedded PostgreSQL, the search index, logs of the demo.",
    )
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        repr=False,
        description="PostgreSQL as the application's own role `hojo_app` (never a superuser or an owner: row-level "
        "security must hold). Unset in the demo: the embedded server in the data folder.",
    )
    database_owner_url: str = Field(
        default="",
        validation_alias="DATABASE_OWNER_URL",
        repr=False,
        description="PostgreSQL as the owner of the tables. Needed by `hojo db upgrade` only; leave it unset elsewhere.",
    )
    pool_size: int = Field(
        default=8, ge=1, le=100, description="Database connections kept per web process; one per thread is enough."
    )
    search_engine: Literal["embedded", "meilisearch"] = Field(
        default="embedded",
        description="What the search runs on: embedded, an index in a folder that all processes share, or meilisearch, "
        "a server of its own (needs `MEILISEARCH_URL`).",
    )
    search_folder: Path | None = Field(
        default=None, description="Where the embedded search index lies. Unset: `search/` in the data folder."
    )
    meilisearch_url: str = Field(
        default="",
        validation_alias="MEILISEARCH_URL",
        description="The address of the Meilisearch server, without user or password; needed with "
        "`HOJO_SEARCH_ENGINE=meilisearch`.",
    )
    meilisearch_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="MEILISEARCH_KEY",
        description="A key of the Meilisearch server that may search, and change documents, settings, indexes and tasks. "
        "Kept secret, written nowhere; required in production.",
    )
    meilisearch_index: str = Field(
        default="packages",
        pattern=r"^[A-Za-z0-9_-]{1,100}$",
        validation_alias="MEILISEARCH_INDEX",
        description="The name of the index there; a rebuild makes others whose names begin with it.",
    )
    host: str = Field(default="127.0.0.1", description="The address the web server listens on.")
    port: int = Field(
        default=8080, validation_alias="PORT", ge=1, le=65534, description="The port the web server listens on."
    )
    base_url: str = Field(
        default="",
        description="The site's address as people type it, without a final slash; required in production, where no other "
        "host name is answered. Unset in the demo: made from host and port.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies stand in front. Their X-Forwarded-For and -Proto are believed, nobody else's.",
    )
    cookie_secure: bool = Field(
        default=True, description="Send cookies over https only. The demo switches it off, for it runs on http."
    )
    files_url: str = Field(
        default="",
        description="Where attached files lie: the URL of an object store such as `s3://bucket/folder` (its keys come from "
        "the usual AWS_* variables). Unset: `files/` in the data folder.",
    )
    clamd: str = Field(
        default="",
        description="The virus scanner clamd, as `host:port` or the path of its socket. Set, no attached file can be opened "
        "before it was found clean. Unset, files are marked as not scanned.",
    )
    open_unscanned: bool | None = Field(
        default=None,
        description="Whether files that no scanner looked at may be opened all the same. Unset: in the demo yes, in "
        "production no.",
    )
    max_upload_bytes: int = Field(
        default=12 * MIB, ge=MIB, le=200 * MIB, description="The largest request accepted, in bytes (12 MiB)."
    )
    oidc_providers: dict[str, OidcProvider] = Field(
        default_factory=dict,
        description="Who people sign in with, several at once: JSON by short name, `{name: {issuer, client_id, "
        "client_secret, label: {ja, en}}}` and where needed `profile` (`standard`, `gbizid` or `mirasapo`), `scopes`, "
        "`claims`, `signing_algorithms` (`RS256`), `description: {ja, en}`, "
        "`tells_when` (false for one whose ID tokens have no `auth_time`: it cannot prove a fresh sign-in, so its "
        "answer's arrival counts). The address to register there is `{base url}/sign-in/{name}/callback`.",
    )
    kept_pages_mib: int = Field(
        default=32,
        ge=0,
        le=1024,
        description="Memory of each web process for pages that everybody sees alike, in MiB. They are rendered anew when "
        "something public changes, seen within a second. 0 keeps none.",
    )
    mail_server: str = Field(
        default="",
        description="The mail server (SMTP) that notices are handed to. Unset, mails wait and are given up after three "
        "days; the inbox on the site works all the same.",
    )
    mail_port: int = Field(default=587, ge=1, le=65535, description="The mail server's port.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the line to the mail server is secured: starttls (port 587), tls (port 465), or none, which "
        "allows no login except on this machine itself. Its certificate is checked.",
    )
    mail_user: str = Field(default="", description="Who logs in to the mail server; unset, nobody does.")
    mail_password: SecretStr = Field(default=SecretStr(""), description="The password for it.")
    mail_from: str = Field(
        default="", description="The address that mails come from; required when there is a mail server."
    )
    mail_bounces: str = Field(
        default="",
        description="The address that undeliverable mails come back to. Have what arrives there piped to "
        "`hojo mail bounce`. Unset: the address that mails come from.",
    )
    mail_timeout: float = Field(
        default=20, gt=0, le=300, description="How many seconds to wait for the mail server's answer."
    )
    web_workers: int = Field(default=2, ge=1, le=64, description="Web processes; about one per processor core.")
    web_threads: int = Field(default=8, ge=1, le=64, description="Threads in each web process.")
    access_log: bool = Field(default=False, description="Write one line per request to standard output.")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and len(key.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return key

    @field_validator("data")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("meilisearch_url")
    @classmethod
    def _a_plain_address(cls, url: str, info: ValidationInfo) -> str:
        if not url:
            if info.data.get("search_engine") == "meilisearch":
                raise ValueError("must be set with HOJO_SEARCH_ENGINE=meilisearch, such as http://127.0.0.1:7700")
            return url
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("must be an address such as http://127.0.0.1:7700; the key goes into MEILISEARCH_KEY")
        return url.rstrip("/")

    @field_validator("meilisearch_key")
    @classmethod
    def _a_key(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        needed = (info.data.get("search_engine"), info.data.get("environment")) == ("meilisearch", "production")
        if needed and not key.get_secret_value():
            raise ValueError("must be set with HOJO_SEARCH_ENGINE=meilisearch")
        return key

    @field_validator("oidc_providers")
    @classmethod
    def _names(cls, providers: dict[str, OidcProvider]) -> dict[str, OidcProvider]:
        """A provider's name stands in addresses."""
        for name in providers:
            if not usable_name(name):
                raise ValueError(f"{name!r} cannot be a provider's name: small letters, digits, - and _")
        return providers

    @field_validator("mail_user")
    @classmethod
    def _no_password_in_the_open(cls, user: str, info: ValidationInfo) -> str:
        local = info.data.get("mail_server") in ("localhost", "127.0.0.1", "::1")
        if user and info.data.get("mail_security") == "none" and not local:
            raise ValueError("logging in needs HOJO_MAIL_SECURITY=starttls or tls")
        return user

    @field_validator("mail_from", "mail_bounces")
    @classmethod
    def _mail_address(cls, address: str, info: ValidationInfo) -> str:
        if info.field_name == "mail_from" and info.data.get("mail_server") and not address:
            raise ValueError("must be set when there is a mail server (HOJO_MAIL_SERVER)")
        if address and not usable(address):
            raise ValueError("must be a mail address such as hojo@example.jp")
        return address

    @field_validator("clamd")
    @classmethod
    def _reachable(cls, address: str) -> str:
        if address and not address.startswith("/") and not re.fullmatch(r"\S+:[0-9]{1,5}", address):
            raise ValueError("must be host:port or the absolute path of a socket")
        return address

    @field_validator("base_url")
    @classmethod
    def _no_final_slash(cls, address: str) -> str:
        if address and not address.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a trial)")
        return address.rstrip("/")

    @property
    def search_index(self) -> Path:
        """Where the embedded search index lies."""
        return self.search_folder or self.data / "search"

    @property
    def opens_unscanned(self) -> bool:
        """Whether files that no scanner looked at may be opened."""
        return self.environment != "production" if self.open_unscanned is None else self.open_unscanned

    @property
    def site(self) -> str:
        """The site's address, without a final slash."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment and nothing else: a forgotten .env file must not decide how production runs."""
        return init_settings, env_settings


def load() -> Settings:
    """The settings from the environment alone; raises MissingSettings when a value is unusable."""
    return _build({})


def load_beside_demo() -> Settings:
    """For commands typed beside a demo: what the environment leaves unset comes from the demo's own notes.

    `hojo demo run` leaves demo.json in its data folder, so `hojo …` with the same HOJO_DATA means that demo. The
    servers (`hojo serve`, `hojo worker`) never read it: for them unset is production.
    """
    settings = load()
    notes = settings.data / DEMO_FILE
    if "environment" in settings.model_fields_set or not notes.is_file():
        return settings
    known: dict[str, Any] = json.loads(notes.read_text(encoding="utf-8"))["settings"]
    return _build({name: value for name, value in known.items() if name not in settings.model_fields_set})


def require_servable(settings: Settings) -> Settings:
    """The same settings when they allow serving; raises MissingSettings naming all that is missing."""
    missing = []
    if not settings.secret_key.get_secret_value():
        missing.append(
            "HOJO_SECRET_KEY is not set. Make one with"
            ' `python3 -c "import secrets; print(secrets.token_urlsafe(48))"` and keep it secret.'
        )
    if not settings.database_url:
        missing.append(
            "DATABASE_URL is not set. Give the PostgreSQL address of the application's role (hojo_app)."
        )
    if settings.environment == "production" and not settings.base_url:
        missing.append("HOJO_BASE_URL is not set. Give the site's address, such as https://hojo.example.jp.")
    if missing:
        about = "" if "environment" in settings.model_fields_set else " (HOJO_ENVIRONMENT is unset)"
        raise MissingSettings(
            f"Hojo does not start: the environment is {settings.environment}{about} and\n  - "
            + "\n  - ".join(missing)
            + "\nTo try it out with made-up data, run: make demo"
            + f"\nFor a command beside a running demo, set HOJO_DATA to the demo's folder; there is none in {settings.data}."
        )
    return settings


def _build(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [f"{_variable(str(part['loc'][0]))}: {part['msg']}" for part in error.errors(include_input=False)]
        raise MissingSettings("These settings cannot be used:\n  - " + "\n  - ".join(lines)) from None
    except SettingsError:  # the only field that holds JSON
        raise MissingSettings(
            "These settings cannot be used:\n  - HOJO_OIDC_PROVIDERS: is not valid JSON"
        ) from None


def _variable(name: str) -> str:
    """The environment variable of a field."""
    field = Settings.model_fields.get(name)
    if field is None:
        return name
    return str(field.validation_alias or f"HOJO_{name.upper()}")


def table() -> str:
    """All settings as a Markdown table, for docs/operations.md."""
    rows = ["| variable | unset means | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        rows.append(f"| `{_variable(name)}` | {_shown(default)} | {field.description} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return f"`{default.relative_to(PROJECT)}/` in the checkout"
    if default in (None, "", {}) or isinstance(default, SecretStr):
        return "-"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
