"""gunicorn's worker, with an answer that people can read to an address or a header that is too long.

Such a request ends before the application hears of it, and gunicorn's own answer is two words of English. Neither the
path nor the reader's language is known at that point, so one page says it in both languages, to programs too.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

_PAGE: Final = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{ja}｜Hojo（ホジョ）</title>
</head>
<body>
<main>
<h1>{ja}</h1>
<p>{mend_ja}</p>
<p><a href="/">トップページへ</a></p>
<div lang="en">
<h2>{en}</h2>
<p>{mend_en}</p>
<p><a href="/?lang=en">Go to the front page</a></p>
</div>
</main>
</body>
</html>
"""
_ADDRESS: Final = _PAGE.format(
    ja="アドレスが長すぎて、開けませんでした",
    mend_ja="さがす言葉や条件が長いと起こります。前の画面に戻り、言葉を200文字までに短くするか、条件を減らしてください。",
    en="This address is too long",
    mend_en="Go back, and search with fewer words (up to 200 characters) or fewer filters.",
)
_HEADERS: Final = _PAGE.format(
    ja="ブラウザーから送られた情報が多すぎて、開けませんでした",
    mend_ja="このサイトのCookieを消してから、もう一度開いてください。",
    en="Your browser sent too much",
    mend_en="Delete this site's cookies, then open the page again.",
)
_MOST_READ: Final = 1_000_000  # bytes
_LONGEST_WAIT: Final = 2.0  # seconds


class Worker(ThreadWorker):  # type: ignore[misc]
    """A thread worker whose refusal of what is too long says what is wrong and how to mend it."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """gunicorn's own hook: 414 for the address, 431 for the headers; anything else as gunicorn answers it."""
        if isinstance(exc, LimitRequestLine):
            _answer(client, "414 URI Too Long", _ADDRESS)
        elif isinstance(exc, LimitRequestHeaders):
            _answer(client, "431 Request Header Fields Too Large", _HEADERS)
        else:
            super().handle_error(req, client, addr, exc)


def _answer(client: socket.socket, status: str, page: str) -> None:
    body = page.encode()
    head = (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
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
