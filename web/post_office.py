"""How mails leave, as the settings say."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from tenants.mail_addresses import usable
from tenants.notices.message import PostOffice
from web.settings import Settings


def of_settings(settings: Settings) -> PostOffice:
    """The post office of these settings; its host is empty where none is set."""
    sender = settings.mail_from or _own_address(settings)
    return PostOffice(
        site=settings.site,
        sender=sender,
        bounces=settings.mail_bounces or sender,
        host=settings.mail_server,
        port=settings.mail_port,
        security=settings.mail_security,
        user=settings.mail_user,
        password=settings.mail_password.get_secret_value(),
        timeout=settings.mail_timeout,
    )


def of_app(app: Flask) -> PostOffice:
    """The post office of this application."""
    return of_settings(app.extensions["hojo_settings"])


def _own_address(settings: Settings) -> str:
    """An address at the site's own name, for what is only ever written down."""
    address = f"no-reply@{urlsplit(settings.site).hostname}"
    return address if usable(address) else "no-reply@localhost"
