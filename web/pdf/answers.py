"""A letter as an answer to a browser."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.http import quote_etag

from web.pdf.typesetting import Letter


def send(letter: Letter, file_name: str, *, private: bool = True) -> Response:
    """The PDF, opened in the browser and saved under this name.

    file_name: without its ending. private: it is somebody's, so nothing keeps a copy of it by itself, not even the
    reader's browser; else it is kept, and 304 answers whoever has it already.
    """
    etag = letter.digest[:32]
    if not private and request.if_none_match.contains(etag):
        answer = Response(status=304)
    else:
        answer = Response(letter.pdf(), content_type="application/pdf")
        # Both forms: browsers that cannot read the second take the first.
        answer.headers["Content-Disposition"] = (
            f"inline; filename=\"letter.pdf\"; filename*=UTF-8''{quote(f'{file_name}.pdf', safe='')}"
        )
    if private:
        answer.headers["Cache-Control"] = "private, no-store"
    else:
        answer.headers["ETag"] = quote_etag(etag)
        answer.headers["Cache-Control"] = "no-cache"
    return answer
