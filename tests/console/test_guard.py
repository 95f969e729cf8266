"""Who may ask the desk at all."""

import pytest
from starlette.datastructures import Headers

from services.console.guard import HEADERS, LOCAL_HOSTS, refusal


def asked(method="GET", **headers):
    told = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return refusal(told, method, LOCAL_HOSTS)


@pytest.mark.parametrize("host", ["127.0.0.1:8722", "localhost", "[::1]:8722"])
def test_this_computer_is_answered(host):
    assert asked(host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.evil.example:8722",
        "evil@elsewhere",
        "[::1",
        "a:b:c",
    ],
)
def test_a_name_that_somebody_gave_this_address_is_not_answered(host):
    assert asked(host=host) is not None


def test_a_page_of_another_site_cannot_send_forms():
    here = {"host": "127.0.0.1:8722"}

    assert asked("POST", **here, origin="https://evil.example") is not None
    assert asked("POST", **here, origin="null") is not None
    assert asked("POST", **here, origin="http://127.0.0.1:9999") is not None
    assert asked("POST", **here, sec_fetch_site="cross-site") is not None
    assert asked("POST", **here, sec_fetch_site="same-site") is not None


def test_our_own_pages_can():
    here = {"host": "127.0.0.1:8722"}

    assert asked("POST", **here, origin="http://127.0.0.1:8722") is None
    assert asked("POST", **here, sec_fetch_site="same-origin") is None
    assert asked("POST", **here) is None


def test_no_page_may_run_or_load_what_is_not_ours():
    policy = HEADERS["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none';")
