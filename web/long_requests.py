"""gunicorn's worker, with an answer that people can read to an address or a header that is too long, or is no address.

Japanese that was not escaped, as programs send it, is an address all the same. Any other such request ends before the
application hears of it, and gunicorn's own answer is two words of English. The reader's language is not known at that
point, so one page says it in both, and names the site's style sheets without their hash; programs that ask the API,
which is seen from the first bytes of the request, get its problem (RFC 9457).
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import InvalidHTTPVersion, InvalidRequestLine, LimitRequestHeaders, LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from search.port import MAX_QUERY_CHARACTERS

_PAGE: Final = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{ja}｜Hojo（ホジョ）</title>
<link rel="icon" href="/static/img/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/vendor/tokens.css">
<link rel="stylesheet" href="/static/css/base.css">
<link rel="stylesheet" href="/static/css/layout.css">
<link rel="stylesheet" href="/static/css/components.css">
</head>
<body class="narrow">
<header class="site-header"><div class="site-header__bar"><a class="brand" href="/"><img src="/static/img/mark.svg" alt="" width="32" height="32"><span class="brand__words"><span class="brand__name">Hojo（ホジョ）</span><span class="brand__line">補助金で導入できるITツールをさがす</span></span></a></div></header>
<main id="main" class="page">
<div class="page-head"><div class="page-head__words">
<h1>{ja}</h1>
<p class="lead">{mend_ja}</p>
</div></div>
<p><a href="/">トップページへ</a></p>
<div class="section" lang="en">
<h2>{en}</h2>
<p>{mend_en}</p>
<p><a href="/?lang=en">Go to the front page</a></p>
</div>
</main>
</body>
</html>
"""
_ADDRESS: Final = {
    "ja": "アドレスが長すぎて、開けませんでした",
    "mend_ja": "さがす言葉や条件が長いと起こります。前の画面に戻り、"
    f"言葉を{MAX_QUERY_CHARACTERS}文字までに短くするか、条件を減らしてください。",
    "en": "This address is too long",
    "mend_en": f"Go back, and search with fewer words (up to {MAX_QUERY_CHARACTERS} characters) or fewer filters.",
}
_HEADERS: Final = {
    "ja": "ブラウザーから送られた情報が多すぎて、開けませんでした",
    "mend_ja": "このサイトのCookieを消してから、もう一度開いてください。",
    "en": "Your browser sent too much",
    "mend_en": "Delete this site's cookies, then open the page again.",
}
_NO_ADDRESS: Final = {
    "ja": "アドレスを読み取れませんでした",
    "mend_ja": "アドレスに空白や使えない文字が入っています。前の画面に戻るか、トップページからお入りください。",
    "en": "This address cannot be read",
    "mend_en": "It holds a blank or a character that no address may hold. Go back, or start from the front page.",
}
# What the API says of the same, in both languages: code, message, remedy.
_TOO_LONG: Final = (
    "address_too_long",
    "アドレスが長すぎます。 The address is too long.",
    "言葉や条件を減らしてください。 Send fewer words or filters.",
)
_TOO_MUCH: Final = (
    "headers_too_large",
    "ヘッダーが多すぎるか、長すぎます。 There are too many headers, or one is too long.",
    "APIにCookieは要りません。ヘッダーを減らしてください。 The API needs no cookies: send fewer and shorter headers.",
)
_UNREADABLE: Final = (
    "address_unreadable",
    "アドレスに空白や使えない文字が入っています。 The address holds a blank or a character that it may not hold.",
    "値をURLエンコードして送ってください（空白は %20）。 Escape the values (a blank is %20).",
)
LONGEST_ADDRESS: Final = 100_000
"""Bytes of a request's first line: a query of ten thousand Japanese characters, escaped, has 90,000. Of more than the search
reads the page says so; gunicorn's own measure ends at 8,190, before the application hears of it."""
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_OF_THE_API: Final = re.compile(rb"[A-Z]+ (?:https?://[^/ ]+)?(/api/[^ ?#]*)")
_BEGINNING: Final = 300  # bytes
_MOST_READ: Final = 1_000_000  # bytes
_LONGEST_WAIT: Final = 2.0  # seconds


class NotedRequest(Request):  # type: ignore[misc]
    """A request whose beginning is still known when it is refused for its length."""

    _beginning = b""

    def read_into(self, unreader: Any, buf: Any, stop: bool = False) -> Any:  # noqa: FBT001, FBT002  (as gunicorn has it)
        """gunicorn's own reading, noting the first bytes."""
        read = super().read_into(unreader, buf, stop=stop)
        self._beginning = self._beginning if len(self._beginning) >= _BEGINNING else bytes(buf[:_BEGINNING])
        return read

    def parse(self, unreader: Any) -> Any:
        """gunicorn's own parsing, of longer addresses than it would take; what is too long says of which address it was."""
        self.limit_request_line = self._fast_limit_request_line = LONGEST_ADDRESS
        try:
            return super().parse(unreader)
        except (LimitRequestLine, LimitRequestHeaders, InvalidRequestLine, InvalidHTTPVersion) as error:
            asked = _OF_THE_API.match(self._beginning)
            error.of_the_api = asked[1].decode("ascii", "replace") if asked else ""
            raise

    def parse_request_line(self, line_bytes: bytes) -> None:
        """gunicorn's own, which knows escaped characters only: as a browser would, the others are escaped before."""
        super().parse_request_line(_BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line_bytes))


RequestParser.mesg_class = NotedRequest


class Worker(ThreadWorker):  # type: ignore[misc]
    """A thread worker whose refusal of what is too long says what is wrong and how to mend it."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """gunicorn's own hook: 414 for the address, 431 for the headers, 400 for what is no address; anything else as gunicorn answers it."""
        if isinstance(exc, LimitRequestLine):
            _refuse(client, "414 URI Too Long", exc, _ADDRESS, _TOO_LONG)
        elif isinstance(exc, LimitRequestHeaders):
            _refuse(client, "431 Request Header Fields Too Large", exc, _HEADERS, _TOO_MUCH)
        elif isinstance(exc, InvalidRequestLine | InvalidHTTPVersion):
            _refuse(client, "400 Bad Request", exc, _NO_ADDRESS, _UNREADABLE)
        else:
            super().handle_error(req, client, addr, exc)


_Words = tuple[str, str, str]


def _refuse(client: socket.socket, status: str, why: BaseException, page: dict[str, str], words: _Words) -> None:
    address = getattr(why, "of_the_api", "")
    if address:
        title = f"{page['ja']} {page['en']}"
        _answer(client, status, "application/problem+json", json.dumps(_problem(status, title, address, words)))
    else:
        _answer(client, status, "text/html; charset=utf-8", _PAGE.format(**page))


def _problem(status: str, title: str, address: str, words: _Words) -> dict[str, Any]:
    code, message, remedy = words
    finding = {"column": None, "code": code, "message": message, "remedy": remedy}
    return {
        # From the root: the host stands in a header, and none was read.
        "type": f"/api/docs#{code}",
        "title": title,
        "status": int(status[:3]),
        "instance": address,
        "errors": [finding],
        "detail": message,
        "code": code,
    }


def _answer(client: socket.socket, status: str, media_type: str, text: str) -> None:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {media_type}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    # Whoever has gone meanwhile needs no answer.
    with contextlib.suppress(OSError):
        util.write_nonblock(client, head.encode() + body)
        client.shutdown(socket.SHUT_WR)
        _take_in_the_rest(client)


def _take_in_the_rest(client: socket.socket) -> None:
    """Closed with something unread, the line would drop the answer too; gunicorn reads less than an address may be."""
    until, left = time.monotonic() + _LONGEST_WAIT, _MOST_READ
    while left > 0 and (wait := until - time.monotonic()) > 0:
        client.settimeout(wait)
        got = client.recv(65_536)
        if not got:
            return
        left -= len(got)
