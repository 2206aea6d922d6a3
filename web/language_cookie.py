"""The cookie that keeps a reader's language, by its name alone: also for the demo's identity provider, a program apart."""

from __future__ import annotations

from typing import Final

NAME: Final = "language"
