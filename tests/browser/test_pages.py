"""Every page of the desk in a real browser: seen, read aloud, by keyboard, small."""

import threading
import time
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Page

from services.console.app import desk_app
from tests.browser.chromium import violations
from tests.console.whole_office import opened

PAGES = (
    "/", "/needs", "/offers", "/proposals", "/goods", "/plans", "/questions",
    "/set-aside", "/upload", "/visits", "/tasks", "/duplicates", "/placements",
    "/unmet", "/arrivals", "/who", "/new/offer", "/new/need", "/new/need?kind=goods",
    "/offers/hotel", "/offers/shelter", "/offers/coats", "/needs/family",
    "/needs/many", "/needs/coat", "/needs/family/edit", "/offers/hotel/edit",
    "/nothing", "/scarcity", "/what-if", "/needs/many/today",
)  # fmt: skip
UNFOLD = "document.querySelectorAll('details').forEach(part => part.open = true)"
WIDER = """() => [...document.querySelectorAll('body *')]
    .filter(part => part.getBoundingClientRect().right > innerWidth + 1
        && !part.closest('.kern-sr-only, .skip, thead'))
    .map(part => `${part.tagName}.${part.className}`)"""


@pytest.fixture(scope="module")
def address(server, tmp_path_factory):
    """A desk with a small office, served as it is served to people."""
    with opened(server, tmp_path_factory.mktemp("office")) as office:
        config = uvicorn.Config(
            desk_app(office.desk), host="127.0.0.1", port=0, log_level="error"
        )
        web = uvicorn.Server(config)
        thread = threading.Thread(target=web.run)
        thread.start()
        while not web.started:
            time.sleep(0.02)
        port = web.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        web.should_exit = True
        thread.join()


@pytest.fixture
def plan(page, address):
    """The address of the page of the only plan."""
    page.goto(f"{address}/plans")
    return page.locator("#list tbody th a").get_attribute("href")


@pytest.fixture
def desk(page, address):
    """A browser at the desk where somebody sits, wide and in German unless said."""
    page.goto(f"{address}/who")
    page.fill("#name", "K. Muster")
    page.click("main form button")
    return Desk(page, address)


@dataclass
class Desk:
    page: Page
    address: str

    def at(self, path, *, language="de", width=1440):
        """Go to a page with everything on it unfolded."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.context.add_cookies(
            [{"name": "beistand-language", "value": language, "url": self.address}]
        )
        self.page.goto(f"{self.address}{path}")
        self.page.evaluate(UNFOLD)
        return self.page


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("paths", [PAGES[:9], PAGES[9:18], PAGES[18:]])
def test_every_page_can_be_read_by_everybody(desk, paths, language):
    found = {path: violations(desk.at(path, language=language)) for path in paths}

    assert {path: rules for path, rules in found.items() if rules} == {}


def test_a_phone_shows_what_everybody_can_read_too(desk):
    paths = ("/", "/proposals", "/needs/family", "/new/need", "/offers/hotel")
    found = {path: violations(desk.at(path, width=390)) for path in paths}

    assert {path: rules for path, rules in found.items() if rules} == {}


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_page_scrolls_sideways_on_the_smallest_phone(desk, language):
    found = {
        path: desk.at(path, language=language, width=320).evaluate(WIDER)[:5]
        for path in PAGES
    }

    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_plan_can_be_reviewed_by_everybody(desk, plan, language):
    wide = violations(desk.at(plan, language=language))
    narrow = violations(desk.at(plan, language=language, width=390))
    wider = desk.at(plan, language=language, width=320).evaluate(WIDER)

    assert (wide, narrow, wider) == ([], [], [])


def test_the_question_who_sits_there_comes_once(page, address):
    page.goto(f"{address}/needs")
    page.fill("#who-name", "Kim")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url == f"{address}/needs"
    assert page.locator("#who-name").count() == 0
    assert page.locator(".sits").inner_text().endswith("At the desk: Kim · change")


def test_a_list_is_filtered_in_place_and_its_address_can_be_sent_on(desk):
    page = desk.at("/needs")
    page.evaluate("window.same = true")

    page.select_option("#kind", "goods")
    page.wait_for_url("**/needs?*kind=goods*")
    page.locator("#list tbody tr").nth(1).wait_for(state="detached")

    assert page.evaluate("window.same")
    assert page.locator("#list tbody tr").count() == 1
    shown = page.locator("#list tbody th").inner_text()
    page.goto(page.url)
    assert page.locator("#list tbody th").inner_text() == shown


def test_a_decision_is_taken_by_keyboard_alone(desk):
    page = desk.at("/proposals")
    page.goto(page.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    button = page.get_by_role("button", name="Beide fragen").first
    for _ in range(80):
        if button.evaluate("part => part === document.activeElement"):
            break
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    page.get_by_text("Vermerkt: Beide Seiten sind gefragt.").wait_for()
    assert page.get_by_role("button", name="Sagt zu").count() == 2


def test_proposals_of_a_plan_are_ticked_and_accepted_by_keyboard_alone(desk, plan):
    page = desk.at(plan)
    page.locator("input[name=match]").first.focus()

    page.keyboard.press("Space")
    page.get_by_role("button", name="Annehmen").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    said = page.locator("#decide").locator("..").locator("..").get_by_role("status")
    assert "Angenommen" in said.inner_text()


def test_everything_works_without_a_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/offers?kind=housing")
    page.select_option("#dwelling", "hotel_unit")
    page.click(".sieve button")

    assert page.locator("#list tbody tr").count() == 1
    page.click("#list tbody th a")
    page.click("text=The offer still stands")
    assert page.url.startswith(f"{address}/who")
    context.close()
