"""How gunicorn is configured, and that the set-up helper finds what it needs."""

from __future__ import annotations

from gunicorn.config import Config

from web.demo.identity_server import options as identity_options
from web.demo.notes import begin
from web.server import options
from web.settings import Settings


def configured(given):
    config = Config()
    for name, value in given.items():
        config.set(name, value)
    return config


def test_gunicorn_takes_every_option():
    config = configured(options(Settings(host="127.0.0.1", port=8123, web_workers=3, web_threads=5)))
    assert config.address == [("127.0.0.1", 8123)]
    assert (config.workers, config.threads) == (3, 5)
    assert config.worker_class_str == "gthread"
    assert config.accesslog is None
    assert config.control_socket_disable


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
