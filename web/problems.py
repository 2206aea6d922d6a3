"""Errors as people and programs read them: a page with the next step, or an RFC 9457 problem document."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from tenants.db import db
from tenants.errors import DomainError, Finding
from tenants.text import Text
from web import typed_text
from web.words import language, t

_TITLES: dict[int, Text] = {
    400: Text("送られた内容を読み取れませんでした", "The request could not be read"),
    401: Text("ログインが必要です", "Please sign in"),
    403: Text("このページを見る権限がありません", "You may not see this page"),
    404: Text("ページが見つかりません", "Page not found"),
    405: Text("この操作はできません", "That is not possible here"),
    409: Text("いまの状態ではできません", "Not possible as things stand"),
    410: Text("公開を終了しました", "No longer published"),
    413: Text("ファイルが大きすぎます", "The file is too large"),
    415: Text("この形式は受け付けていません", "Unsupported format"),
    422: Text("入力を確認してください", "Please check what was entered"),
    429: Text("少し時間をおいてください", "Please wait a moment"),
    500: Text("申し訳ありません。こちらの不具合です", "Sorry, something broke on our side"),
    503: Text("ただいま利用できません", "Not available at the moment"),
}

MIB: Final = 1024 * 1024

# Those with a page of their own; the others share one.
_PAGES: Final = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})


def title(status: int) -> Text:
    """The heading for a status."""
    return _TITLES.get(status, _TITLES[400 if status < 500 else 500])


def wants_json() -> bool:
    """The API speaks problem documents, pages speak HTML."""
    return request.path.startswith("/api/v1/") or request.path in ("/api/v1", "/healthz", "/readyz")


def problem(status: int, findings: tuple[Finding, ...] = (), **more: Any) -> Response:
    """An RFC 9457 problem document."""
    body = {
        "type": f"{request.host_url}api/docs#{findings[0].code}" if findings else "about:blank",
        "title": title(status).in_language(language()),
        "status": status,
        "instance": request.path,
        "errors": [finding.as_json(language()) for finding in findings],
        **more,
    }
    if findings:
        body["detail"] = findings[0].message.in_language(language())
        body["code"] = findings[0].code
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def page(status: int, findings: tuple[Finding, ...] = (), **more: Any) -> tuple[str, int]:
    """An error page in plain words."""
    known = status if status in _PAGES else "other"
    return (
        render_template(
            f"errors/{known}.html",
            status=status,
            error_title=title(status),
            findings=findings,
            typed=typed_text.given_back(),
            request_id=request.environ.get("hojo.request_id", ""),
            **more,
        ),
        status,
    )


def _domain(error: DomainError) -> Any:
    db.session.rollback()
    more = {"yours": error.yours, "current": error.current} if hasattr(error, "yours") else {}
    answer = problem if wants_json() else page
    return _with_its_hour(current_app.make_response(answer(error.status, error.findings, **more)), error)


def refused(form: str, error: DomainError) -> AnyResponse:
    """The page of a form that was not taken, with what was typed still in it."""
    return _with_its_hour(current_app.make_response((form, error.status)), error)


def _with_its_hour(said: Response, error: DomainError) -> Response:
    """An answer that says from when on it may be tried again, where that is known (tenants/daily.py)."""
    if hasattr(error, "retry_after"):
        said.headers["Retry-After"] = str(error.retry_after)
    return said


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    if status == 401 and not wants_json() and request.method != "POST":
        return redirect(url_for("sign_in.start"))
    answer = current_app.make_response(problem(status) if wants_json() else page(status, **_more(status)))
    # Allow (405) and Retry-After (429, 503) belong to the status, however it is written.
    answer.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return answer


def _more(status: int) -> dict[str, Any]:
    """What a page of this status tells besides (docs/design.md)."""
    if status == 401:
        return {"send_again": "after_sign_in"}
    if status == 405:
        return {"page_above": _page_above(request.path)}
    return {"limit_mb": current_app.config["MAX_CONTENT_LENGTH"] // MIB} if status == 413 else {}


def _page_above(path: str) -> str | None:
    """The nearest page above an address that only takes what is sent: there the form stood that was reloaded."""
    addresses = current_app.create_url_adapter(request)
    while (path := path.rpartition("/")[0]) and addresses:
        if "GET" in addresses.allowed_methods(path):
            return path
    return None


def _another_name(_: SecurityError) -> Response:
    """The site was called by a name that is not its own: no page, for its links could not be made."""
    if wants_json():
        return problem(400)
    said = t("このサイトの住所は、こちらです。", "The address of this site is:")
    return Response(f"{said}\n{current_app.extensions['hojo_settings'].site}\n", 400, mimetype="text/plain")


def _csrf(_: CSRFError) -> Any:
    typed = typed_text.given_back()
    again = typed is not None and typed.fields
    remedy = (
        Text("下の内容を確かめて、もう一度送ってください。", "Check what is below and send it again.")
        if again
        else Text(
            "前の画面に戻って再読み込みし、もう一度送信してください。",
            "Go back, reload the page and send it again.",
        )
    )
    finding = Finding(
        "form_expired",
        Text(
            "画面を開いてから時間がたったか、ログインし直したため、送信できませんでした。",
            "The form was open for too long, or you have signed in anew since.",
        ),
        remedy,
    )
    return page(400, (finding,), send_again="now")


def _cannot_be_kept(error: DataError) -> Any:
    """A value that PostgreSQL has no place for, such as a NUL in a word: bad input that no rule caught before."""
    db.session.rollback()
    current_app.logger.warning("refused by the database: %s", error.orig)
    finding = Finding(
        "unusable_value",
        Text("使えない文字か値が含まれています。", "A character or a value in it cannot be used."),
        Text("制御文字や極端に大きな数を取り除いてください。", "Remove control characters and extreme numbers."),
    )
    return problem(400, (finding,)) if wants_json() else page(400, (finding,))


def _unexpected(_: InternalServerError) -> AnyResponse | tuple[str, int]:
    db.session.rollback()
    g.signed_in = g.get("signed_in")
    return problem(500) if wants_json() else page(500)


def install(app: Flask) -> None:
    """Answer every error in the reader's language."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(SecurityError, _another_name)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DataError, _cannot_be_kept)
    app.register_error_handler(InternalServerError, _unexpected)
    app.register_error_handler(HTTPException, _http)
