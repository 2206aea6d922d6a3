"""How gunicorn is configured, and that the set-up helper finds what it needs."""

from __future__ import annotations

import gc
import re
import socket
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import TConn
from pages import check

from web.api.answers import Problem
from web.api.fault_codes import CODES
from web.demo.identity_server import options as identity_options
from web.demo.notes import begin
from web.long_requests import LONGEST_ADDRESS, Worker
from web.server import collect_seldom, options
from web.settings import Settings

TOO_MANY = LONGEST_ADDRESS + 1_000
STATIC = Path(__file__).parents[2] / "web/static"


def configured(given):
    config = Config()
    for name, value in given.items():
        config.set(name, value)
    return config


def test_gunicorn_takes_every_option():
    config = configured(options(Settings(host="127.0.0.1", port=8123, web_workers=3, web_threads=5)))
    assert config.address == [("127.0.0.1", 8123)]
    assert (config.workers, config.threads) == (3, 5)
    assert config.worker_class is Worker
    assert config.accesslog is None
    assert config.control_socket_disable


def test_garbage_is_looked_for_seldom_and_not_in_what_stands_from_the_start():
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        collect_seldom()
        assert gc.get_threshold() > before
        assert gc.get_freeze_count() > frozen
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


def test_the_access_log_goes_to_standard_output_when_asked_for():
    assert configured(options(Settings(access_log=True))).accesslog == "-"


def test_nobody_can_say_they_came_over_https_without_a_trusted_proxy():
    config = configured(options(Settings()))
    assert config.forwarded_allow_ips == []
    assert config.secure_scheme_headers == {}
    assert config.forwarder_headers == []


def test_the_demos_identity_provider_is_one_process_on_this_machine_only(tmp_path):
    config = configured(identity_options(begin(tmp_path, "127.0.0.1", 8123, 8124, 8125)))
    assert config.address == [("127.0.0.1", 8124)]
    assert config.workers == 1


# --- what is too long for the server to read ---


def hello(environ, start_response):
    said = environ["QUERY_STRING"].encode() + b" ok"
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]


@pytest.fixture
def ask():
    """Send bytes to the server's own worker over a real line; its whole answer."""
    config = configured(options(Settings()))
    worker = Worker(0, 0, [], None, 30, config, Logger(config))
    worker.wsgi = hello

    def send(request: bytes) -> bytes:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            browser = socket.create_connection(listener.getsockname())
            near, address = listener.accept()
        connection = TConn(config, near, address, ("127.0.0.1", 80))

        def serve() -> None:
            worker.handle(connection)
            connection.close(graceful=True)

        serving = threading.Thread(target=serve)
        serving.start()
        with browser:
            browser.sendall(request)
            browser.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: browser.recv(65_536), b""))
        serving.join()
        return answer

    yield send
    worker.tmp.close()


def request(address: str, headers: str = "") -> bytes:
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n".encode()


@pytest.mark.parametrize("characters", [12_000, 50_000, 100_000])
def test_an_address_that_is_too_long_gets_a_page_that_says_how_to_mend_it(ask, characters):
    head, page = ask(request(f"/search?q={quote('あ' * characters)}")).decode().split("\r\n\r\n")
    assert head.startswith("HTTP/1.1 414 ")
    assert f"Content-Length: {len(page.encode())}" in head
    assert "text/html; charset=utf-8" in head
    assert "100文字まで" in page
    assert "fewer words" in page
    check(page)
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert named
    assert all((STATIC / each).is_file() for each in named)


def test_too_many_or_too_long_headers_get_one_too(ask):
    for headers in ("X: 1\r\n" * 70, f"Cookie: {'a' * 9000}\r\n", f"Cookie: {'a' * 900_000}\r\n"):
        head, page = ask(request("/", headers)).decode().split("\r\n\r\n")
        assert head.startswith("HTTP/1.1 431 ")
        assert "Cookieを消して" in page
        check(page)


@pytest.mark.parametrize(
    ("sent", "status", "code", "address"),
    [
        (request("/api/v1/packages?q=" + "a" * TOO_MANY), 414, "address_too_long", "/api/v1/packages"),
        (request("/api/" + "a" * TOO_MANY), 414, "address_too_long", None),
        (request("http://localhost/api/v1/schemes?" + "a" * TOO_MANY), 414, "address_too_long", "/api/v1/schemes"),
        (request("/api/v1/packages?q=a b"), 400, "address_unreadable", "/api/v1/packages"),
        (request("/api/v1/packages?q=\x01"), 400, "address_unreadable", "/api/v1/packages"),
        (request("/api/v1/packages?q=x", "X: 1\r\n" * 70), 431, "headers_too_large", "/api/v1/packages"),
        (request("/api/v1/packages", f"Cookie: {'a' * 9000}\r\n"), 431, "headers_too_large", "/api/v1/packages"),
    ],
)
def test_a_program_is_told_in_the_api_s_own_shape(ask, sent, status, code, address):
    head, body = ask(sent).decode().split("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in head
    told = Problem.model_validate_json(body)
    assert (told.status, told.code) == (status, code)
    assert address is None or told.instance == address
    [fault] = told.errors
    assert fault.code == code
    assert told.type == f"/api/docs#{code}"
    assert CODES[code][0] == status, "explained where the type leads"
    assert told.title.startswith("アドレス" if status != 431 else "ブラウザー")


def test_a_page_whose_address_only_names_the_api_is_a_page(ask):
    for address in ("/search?next=/api/v1/packages&q=" + "a" * TOO_MANY, "/apis/" + "a" * TOO_MANY):
        assert b"text/html" in ask(request(address)).split(b"\r\n\r\n")[0]


def test_what_is_short_enough_is_served_and_nonsense_refused_as_ever(ask):
    for characters in (800, 10_000):
        assert ask(request(f"/search?q={quote('あ' * characters)}")).endswith(b"ok")
    for nonsense in (b"nonsense\r\n\r\n", request("/packages?q=a b"), request("/packages?q=\x7f")):
        head, page = ask(nonsense).decode().split("\r\n\r\n")
        assert head.startswith("HTTP/1.1 400 ")
        assert "アドレスを読み取れませんでした" in page
        check(page)
    with socket.socket() as gone:
        Worker.handle_error(None, None, gone, ("", 0), LimitRequestLine(TOO_MANY, LONGEST_ADDRESS))


def test_japanese_in_an_address_need_not_be_escaped(ask):
    assert ask(request("/api/v1/packages?q=会計")).endswith(f"q={quote('会計')} ok".encode())
    assert ask(request("/packages?q=会計").replace("会計".encode(), b"\x89\xef")).endswith(b"q=%89%EF ok")
