"""Where attached files lie and who scans them, as the settings say."""

from __future__ import annotations

from obstore.store import LocalStore, ObjectStore, from_url

from tenants import files
from tenants.files import Filing
from tenants.scanning import Clamd
from web.settings import Settings


def install(settings: Settings) -> None:
    """This process keeps files where these settings say, from now on."""
    scanner = Clamd(settings.clamd) if settings.clamd else None
    files.use(Filing(_store(settings), scanner, open_unscanned=settings.opens_unscanned))


def _store(settings: Settings) -> ObjectStore:
    if settings.files_url:
        return from_url(settings.files_url)
    folder = settings.data / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)
