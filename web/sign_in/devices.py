"""A browser in a few words, so that somebody knows it again in the list of their sessions. Pure."""

from __future__ import annotations

import ipaddress
from typing import Final

# The first that matches names it: most browsers say of themselves that they are the others too.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium", "Chromium"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Chrome / Windows; empty when nothing known is said. What else a browser tells of itself is not kept."""
    found = (next((name for sign, name in known if sign in user_agent), "") for known in (_BROWSERS, _SYSTEMS))
    return " / ".join(name for name in found if name)


def network_words(address: str | None) -> str:
    """The first parts of an address (203.0.113.x, 2001:db8:1:x), which tell networks apart and not people."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv4Address):
        return f"{str(found).rpartition('.')[0]}.x"
    return f"{':'.join(part.lstrip('0') or '0' for part in found.exploded.split(':')[:3])}:x"
