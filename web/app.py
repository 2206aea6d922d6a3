"""The application, put together."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from search import engines
from tenants.db import db
from tenants.organisations import REGIONS
from web import (
    assets,
    drawn,
    edge,
    file_store,
    guard,
    health,
    kept_pages,
    navigation,
    problems,
    result_cards,
    ticks,
    typed_text,
    words,
)
from web.api.routes import blueprint as api
from web.committee.routes import blueprint as committee
from web.demo import mailbox_pages
from web.inbox import frame as inbox_frame
from web.inbox.routes import blueprint as inbox
from web.organisation.routes import blueprint as organisation
from web.organisation_audit.routes import blueprint as organisation_audit
from web.plain_request import PlainRequest
from web.public import stop_mail
from web.public.routes import blueprint as public
from web.secretariat.routes import blueprint as secretariat
from web.settings import MIB, Settings
from web.sign_in import routes as sign_in
from web.sme.routes import blueprint as sme
from web.templating import CompiledTemplates, PlainEnvironment, StrictEnvironment
from web.vendor.routes import blueprint as vendor

csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """A Flask application for these settings; raises RuntimeError when a route declares no permission."""
    app = Flask(__name__)
    app.request_class = PlainRequest
    app.jinja_environment = PlainEnvironment if settings.environment == "production" else StrictEnvironment
    app.extensions["hojo_settings"] = settings
    app.extensions["content_policy"] = edge.content_policy(settings)
    app.config.update(_config(settings))
    app.url_map.strict_slashes = False  # /my/ and /my are the same page to people
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.data.is_dir():
        app.jinja_env.bytecode_cache = CompiledTemplates(settings.data / "templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = edge.Arrival(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        # Not of X-Forwarded-Host and -Port: proxies pass Host, and not each takes out what a reader sent besides.
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]

    db.init_app(app)
    _choose_search(settings)
    file_store.install(settings)
    app.before_request(edge.recognise)
    app.before_request(guard.admit)
    csrf.init_app(app)
    inbox_frame.install(app)
    app.before_request(kept_pages.find)
    kept_pages.install(app, most_bytes=settings.kept_pages_mib * MIB, look_every=1.0)
    edge.compress.init_app(app)
    assets.install(app)
    drawn.install(app)
    result_cards.install(app)
    words.install(app)
    ticks.install(app)
    problems.install(app)
    app.after_request(edge.protect)
    app.jinja_env.globals.update(csrf_token=generate_csrf, elsewhere=navigation.elsewhere, regions=lambda: REGIONS)
    app.context_processor(lambda: _page_facts(settings))

    csrf.exempt(api)
    # A mail program posts here for its reader, without a page, a session or a form's token (RFC 8058); all that the
    # address's signature allows is to stop mails.
    csrf.exempt(stop_mail.stop_mail)
    for blueprint in (
        public,
        sign_in.blueprint,
        sme,
        vendor,
        secretariat,
        committee,
        organisation,
        organisation_audit,
        inbox,
        api,
        health.blueprint,
    ):
        app.register_blueprint(blueprint)
    if settings.environment == "demo":
        app.register_blueprint(mailbox_pages.blueprint)
    sign_in.install(app)
    guard.check_declarations(app)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "DEBUG": False,  # whatever FLASK_DEBUG says: settings come from ours alone
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SQLALCHEMY_DATABASE_URI": make_url(settings.database_url).set(drivername="postgresql+psycopg"),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.pool_size,
            "pool_pre_ping": True,
            "hide_parameters": True,  # what people wrote is not told to the log when a statement fails
        },
        # A name that browsers let nobody else set: no neighbour under the same domain, nobody on an http line.
        "SESSION_COOKIE_NAME": "__Host-hojo" if settings.cookie_secure else "hojo",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        # Addresses are made from the Host header; in production only our own name is believed.
        "TRUSTED_HOSTS": _own_names(settings),
        "COMPRESS_REGISTER": False,
        "COMPRESS_LEVEL": 3,  # of gzip: half the time of 4 for 7 in a hundred more bytes
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": True,
    }


def _choose_search(settings: Settings) -> None:
    if settings.search_engine == "meilisearch":
        engines.use_server(settings.meilisearch_url, settings.meilisearch_key, index=settings.meilisearch_index)
    else:
        engines.use_folder(settings.search_index)


def _own_names(settings: Settings) -> list[str] | None:
    """The site's own host name; None (any) in a demo, which people open by whatever name their machine has."""
    name = urlsplit(settings.base_url).hostname
    return [name] if name and settings.environment == "production" else None


def _page_facts(settings: Settings) -> dict[str, object]:
    """What every page's frame shows."""
    return {
        "language": words.language(),
        "signed_in": g.get("signed_in"),
        "person": navigation.person(),
        "writer": typed_text.writer(),
        "support": g.get("support"),
        "demo": settings.environment == "demo",
        "navigation": navigation.main(),
    }
