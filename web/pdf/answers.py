"""A letter as an answer to a browser."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.http import quote_etag

from web.pdf.typesetting import Letter


def send(letter: Letter, file_name: str, *, private: bool = True) -> Response:
    """The PDF, opened in the browser and saved under this name; 304 for whoever has it already.

    file_name: without its ending. private: whether others than the reader may not keep it on the way.
    """
    etag = letter.digest[:32]
    if request.if_none_match.contains(etag):
        answer = Response(status=304)
    else:
        answer = Response(letter.pdf(), content_type="application/pdf")
        # Both forms: browsers that cannot read the second take the first.
        answer.headers["Content-Disposition"] = (
            f"inline; filename=\"letter.pdf\"; filename*=UTF-8''{quote(f'{file_name}.pdf', safe='')}"
        )
    answer.headers["ETag"] = quote_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache" if private else "no-cache"
    return answer
