"""The browser tests' own tools notice what they are there to notice."""

import shutil

import pytest

from tests.browser.chromium import find_chromium, violations, watch

GOOD = "<!doctype html><html lang=en><title>A</title><main><h1>A</h1></main></html>"


def test_a_good_page_passes(page):
    page.set_content(GOOD)

    assert violations(page) == []


def test_a_field_without_a_label_is_noticed(page):
    page.set_content(GOOD.replace("</main>", "<input name=beds></main>"))

    assert violations(page) == [("label", ["input"])]


def test_a_target_too_small_for_a_finger_is_noticed(page):
    small = "<button style='all:unset;width:9px;height:9px;float:left'>x</button>"
    page.set_content(GOOD.replace("</main>", f"{small}{small}</main>"))

    assert [rule for rule, _ in violations(page)] == ["target-size"]


@pytest.mark.parametrize(
    ("does", "fault"),
    [
        ("<img src=http://192.0.2.1/a.png>", "asked http://192.0.2.1/a.png"),
        ("<script>console.error('no')</script>", "logged no"),
        ("<script>throw new Error('no')</script>", "raised no"),
    ],
)
def test_what_no_page_may_do_is_noticed(browser, does, fault):
    context = browser.new_context()
    context.route("**/*.png", lambda route: route.abort())
    faults = watch(context)

    context.new_page().set_content(GOOD + does)
    context.close()

    assert faults[0].split("\n")[0].removeprefix("Error: ") == fault


def test_without_chromium_the_test_fails_and_says_the_command(monkeypatch, tmp_path):
    (tmp_path / "sh").symlink_to(shutil.which("sh"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match=r"need Chromium, .*Run:  "):
        find_chromium()
