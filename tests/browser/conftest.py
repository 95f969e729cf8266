"""`browser` and `page`: a real Chromium, and a page that is watched."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium, watch


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder.

    It ends with the folder: Playwright keeps an event loop running in its thread, and
    tests elsewhere start loops of their own.
    """
    path = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; the test fails when it does what no page of ours may do."""
    context = browser.new_context()
    faults = watch(context)
    yield context.new_page()
    context.close()
    assert faults == []
