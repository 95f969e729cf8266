"""The pages of the desk, as a browser without JavaScript sees and sends them."""

import re

import pytest

from tests.console.whole_office import BASE, forms, opened

PAGES = (
    "/", "/needs", "/offers", "/proposals", "/goods", "/plans", "/questions",
    "/set-aside", "/upload", "/visits", "/tasks", "/duplicates", "/placements",
    "/unmet", "/arrivals", "/who", "/new/offer", "/new/need?kind=goods", "/offers/flat",
    "/offers/hotel", "/offers/shelter", "/offers/coats", "/needs/family",
    "/needs/many", "/needs/coat", "/offers/hotel/edit", "/needs/family/edit",
    "/scarcity", "/what-if", "/needs/many/today",
)  # fmt: skip
CASE = "/needs/family"


def first(pattern, text):
    """Return what the first match of a pattern holds."""
    return re.findall(pattern, text)[0]


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture
def desk(office):
    return office.client()


@pytest.fixture(scope="module")
def empty(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("empty"), peopled=False) as found:
        yield found.client()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_its_position_and_that_its_data_is_made_up(
    office, path, language
):
    answer = office.client(language=language).get(path)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    number = first(r'class="position">[^<]*<b>([\d.,]+)</b>', answer.text)
    assert int(re.sub(r"\D", "", number)) == office.desk.position()
    banner = {"de": "Übungsdaten.", "en": "Synthetic data."}[language]
    assert banner in answer.text
    assert "None" not in re.sub(r"<[^>]*>", "", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_style_or_a_script_of_its_own(desk, path):
    text = desk.get(path).text

    assert " style=" not in text
    assert not re.search(r"<(style|script)(?![^>]*src=)", text)
    assert not re.search(r"\son\w+=", text)
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', text)) == set()


@pytest.mark.parametrize("path", PAGES)
def test_every_form_that_changes_something_carries_the_seats_token(desk, path):
    posted = [
        f for f in forms(desk.get(path).text) if f.fields.keys() & {"back", "order"}
    ]

    assert all(form.fields.get("token") for form in posted)


@pytest.mark.parametrize(
    "path",
    ["/needs", "/offers", "/proposals", "/goods", "/plans", "/questions", "/set-aside",
     "/visits", "/tasks", "/duplicates", "/placements", "/unmet", "/arrivals"],
)  # fmt: skip
def test_an_empty_list_says_what_to_do_next(empty, path):
    text = empty.get(path).text

    assert text.count('class="empty"') == 1
    assert "<table" not in text


def test_the_first_page_of_an_empty_desk_leads_on(empty):
    text = empty.get("/").text

    assert "So fangen Sie an" in text
    assert 'href="/upload">Hochladen' in text
    assert "Bedarfe nach Stand" not in text


def test_the_first_page_counts_what_was_recorded_just_now(office, desk):
    def waiting():
        return int(
            first(r'href="/needs\?kind=housing">\s*<b>(\d+)', desk.get("/").text)
        )

    before = waiting()
    details = {"kind": "housing", "persons": 3, "horizon": "acute"}
    office.do("raise-need", need="late-night", household="h-9", details=details)

    assert waiting() == before + 1
    assert waiting() == before + 1


def test_who_sits_there_is_asked_and_not_called_a_login(office):
    nobody = office.client(name="")

    text = nobody.get("/").text

    assert "Wer sitzt hier?" in text
    assert "noch keine Anmeldung" in text
    assert "Am Platz: K. Muster" in office.client().get("/").text


def test_nothing_is_recorded_for_nobody(office):
    nobody, before = office.client(name=""), office.desk.position()

    answer = nobody.fill("/offers/flat", "/do/reconfirm-offer")

    assert answer.headers["location"] == "/who?next=/offers/flat"
    assert office.desk.position() == before


def test_a_form_of_somebody_else_is_not_taken(office, desk):
    before = office.desk.position()
    stolen = {"offer": "flat", "back": "/", "token": "0" * 64}

    answers = [
        desk.post("/do/reconfirm-offer", data=stolen),
        desk.post("/do/reconfirm-offer", data={"offer": "flat"}),
        desk.post(
            "/do/reconfirm-offer", data=stolen, headers={"origin": "http://evil.test"}
        ),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert office.desk.position() == before


def test_a_name_that_points_here_is_not_answered(desk):
    assert desk.get("/", headers={"host": "evil.test"}).status_code == 403


def test_what_was_done_is_said_on_the_next_page_and_once(desk):
    said = "Vermerkt: Das Angebot gilt noch."

    page = desk.seen(desk.fill("/offers/house", "/do/reconfirm-offer"))

    assert said in page.text
    assert said not in desk.get("/offers/house").text


def test_what_was_done_is_said_though_its_row_has_left_the_list(desk):
    page = "/proposals?state=proposed&need=family"

    shown = desk.seen(desk.fill(page, "/do/communicate-match"))

    assert "Vermerkt: Beide Seiten sind gefragt." in shown.text
    assert "<table" not in shown.text


def test_a_form_sent_twice_is_recorded_once(office, desk):
    form = next(
        f for f in forms(desk.get(CASE).text) if f.action == "/do/prioritise-need"
    )
    filled = form.fields | {"priority": "3", "reason": "more_urgent"}
    first = desk.post("/do/prioritise-need", data=filled)
    after = office.desk.position()

    second = desk.post("/do/prioritise-need", data=filled)

    assert (first.status_code, second.status_code) == (303, 303)
    assert office.desk.position() == after


def test_a_rule_that_says_no_says_it_at_the_form(desk):
    answer = desk.fill(CASE, "/do/park-need", until="2022-03-01", reason="away")

    page = desk.seen(answer)
    assert answer.headers["location"] == f"{CASE}#steps"
    assert re.search(
        r'id="steps".*says--danger[^>]*>[^<]*künftigen Tag', page.text, re.DOTALL
    )


def test_no_form_takes_a_reason_in_free_words(desk):
    """A reason leaves on the bus: names and illnesses must not get into one."""
    for case in (CASE, "/offers/flat", "/needs/many", "/offers/hotel"):
        page = desk.get(case).text
        assert 'name="reason"' in page
        assert re.findall(r'<(?:input|textarea)[^>]*name="reason"', page) == []


def test_what_was_withdrawn_by_mistake_is_brought_back_on_its_page(desk):
    desk.fill(CASE, "/do/withdraw-need", reason="entered_by_mistake")
    assert "/do/park-need" not in desk.get(CASE).text

    answer = desk.fill(CASE, "/do/restore-need", reason="entered_by_mistake")

    assert answer.status_code == 303
    assert "/do/park-need" in desk.seen(answer).text


def test_a_form_cannot_send_its_sender_elsewhere(desk):
    for back in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:1"):
        answer = desk.fill("/offers/flat", "/do/reconfirm-offer", back=back)
        assert answer.headers["location"].partition("#")[0] == "/"


def test_contact_data_opens_after_both_sides_agreed_and_that_is_recorded(office, desk):
    asked = {"purpose": "contact", "reason": "Schlüssel"}

    early = desk.seen(desk.fill("/needs/couple", "/needs/couple/open", **asked))
    desk.fill("/needs/couple", "/do/communicate-match")
    for _ in ("household", "provider"):
        desk.fill("/needs/couple", "/do/agree-match")
    late = desk.fill("/needs/couple", "/needs/couple/open", **asked)

    assert "+49 211 555010" not in early.text
    assert "Kontaktdaten öffnen sich erst" in early.text
    assert late.status_code == 200
    assert "+49 211 555010" in late.text
    assert "+49 211 555010" not in desk.get("/needs/couple").text
    assert "K. Muster: Kontakt – Schlüssel" in desk.get("/needs/couple").text


def test_no_page_shows_what_is_sealed(office, desk):
    for path in PAGES:
        text = desk.get(path).text
        assert "Beispiel" not in text.replace("Beispielhausen", "")
        assert "555010" not in text


def test_a_protected_home_is_placed_nowhere(desk):
    for path in ("/offers/shelter", "/offers", "/questions", "/"):
        assert "40217" not in desk.get(path).text


def test_a_case_is_found_by_its_number_however_it_is_typed(office, desk):
    number = first(r"<h1>(B-\d{4}-\d{4})", desk.get(CASE).text)

    assert desk.get(f"/find?case_no={number.lower()}").headers["location"] == CASE
    assert desk.get("/find?case_no=B-1999-0001").status_code == 404
    assert desk.get("/find").status_code == 404


def test_a_list_is_filtered_sorted_and_paged_by_its_address(desk):
    def numbers(query):
        return re.findall(r'href="/needs/(\w+)"', desk.get(f"/needs?{query}").text)

    assert numbers("kind=housing&sort=-persons")[0] == "many"
    assert numbers("kind=housing&sort=persons")[0] == "single"
    assert numbers("kind=goods") == ["coat"]
    assert len(numbers("size=1&page=2")) == 1
    assert "Zu diesen Filtern passt nichts." in desk.get("/needs?persons_min=99").text


def test_a_list_that_cannot_be_asked_like_that_says_so(desk):
    answer = desk.get("/needs?colour=blue")

    assert answer.status_code == 400
    assert "Einen Filter „colour“ gibt es hier nicht" in answer.text


def test_why_not_tells_the_rules_that_kept_offers_away(desk):
    text = desk.get("/needs/many").text

    assert "zu klein, oder die Zimmer lassen sich nicht teilen" in text


def test_a_case_is_completed_by_hand_and_the_change_stands_in_its_history(desk):
    page = "/offers/late/edit"

    shown = desk.seen(desk.fill(page, page, **{"details.m2": "48"}))

    assert "Die Änderung ist vermerkt." in shown.text
    assert "Angebot geändert: Quadratmeter" in shown.text


def test_a_field_that_does_not_fit_is_marked_and_nothing_typed_is_lost(desk):
    page = "/offers/late/edit"

    answer = desk.fill(
        page, page, **{"details.location.postcode": "402", "details.m2": "50"}
    )

    assert answer.status_code == 422
    assert re.search(
        r'name="details.location.postcode"[^>]*value="402"[^>]*aria-invalid',
        answer.text,
    )
    assert re.search(r'name="details.m2"[^>]*value="50"', answer.text)


def test_a_change_made_meanwhile_is_not_overwritten(office, desk):
    page = "/offers/hotel/edit"
    old = next(f for f in forms(desk.get(page).text) if f.action == page).fields
    office.do("amend-offer", offer="hotel", changes={"kind": "housing", "floor": 2})

    shown = desk.seen(desk.post(page, data=old | {"details.floor": "5"}))

    assert "Jemand anderes hat diesen Vorgang inzwischen geändert" in shown.text


def test_a_pair_is_proposed_by_hand_with_the_number_of_the_other(office, desk):
    number = first(r"<h1>(A-\d{4}-\d{4})", desk.get("/offers/hotel").text)
    asked = {"offer_no": number.lower(), "reason": "belong_together"}

    shown = desk.seen(desk.fill("/needs/many", "/do/pin-pair", **asked))

    assert "Das Paar ist festgelegt." in shown.text
    assert f'href="/offers/hotel">{number}' in shown.text


def test_a_home_that_may_be_another_is_not_pinned_and_the_page_names_the_other(desk):
    numbers = [
        first(r"<h1>(A-\d{4}-\d{4})", desk.get(f"/offers/{name}").text)
        for name in ("shelter", "room")
    ]
    asked = {"offer_no": numbers[0], "reason": "belong_together"}

    shown = desk.seen(desk.fill("/needs/single", "/do/pin-pair", **asked))

    assert f"Es könnte dasselbe sein wie {numbers[1]};" in shown.text


def test_the_matcher_runs_by_a_button_and_says_what_came_of_it(desk):
    shown = desk.seen(desk.fill("/proposals", "/match"))

    assert "Die Vermittlung ist berechnet:" in shown.text


def test_a_file_is_looked_at_before_anything_is_recorded(office, desk):
    before = office.desk.position()
    sheet = b"Art;Postleitzahl\nWohnung;40227\n"
    token = next(
        f for f in forms(desk.get("/upload").text) if f.action == "/upload"
    ).fields

    answer = desk.post("/upload", data=token, files={"file": ("x.csv", sheet)})

    assert answer.status_code in {200, 422}
    assert office.desk.position() == before


def test_an_upload_without_a_file_says_so(desk):
    token = next(
        f for f in forms(desk.get("/upload").text) if f.action == "/upload"
    ).fields

    answer = desk.post("/upload", data=token)

    assert answer.status_code == 422
    assert "Wählen Sie zuerst eine Datei." in answer.text


def test_a_form_heavier_than_allowed_is_not_read(desk):
    answer = desk.post(
        "/upload", content=b"x", headers={"content-length": str(1 << 30)}
    )

    assert answer.status_code == 413


def test_the_language_is_chosen_by_a_link_that_works_without_a_script(office):
    desk = office.client(language="de")

    answer = desk.get("/language/en?next=/needs")

    assert answer.headers["location"] == "/needs"
    assert '<html lang="en"' in desk.get("/needs").text
    assert desk.get("/language/xx").status_code == 404
    assert desk.get("/language/en?next=https://evil.test").headers["location"] == "/"


def test_a_page_that_is_not_there_is_a_page(desk):
    for path in ("/nothing", "/offers/nobody", "/plans/none", "/needs/x/edit"):
        answer = desk.get(path)
        assert answer.status_code == 404
        assert "Diese Seite gibt es nicht" in answer.text


def test_answers_are_not_kept_by_browsers_and_files_are(desk):
    asset = first(r'href="(/static/desk[^"]*)"', desk.get("/").text)

    assert desk.get("/").headers["cache-control"] == "no-store"
    assert "no-store" not in desk.get(asset).headers.get("cache-control", "")
    assert desk.get(f"{BASE}/openapi.json").headers["location"] == "/api/openapi.json"


def test_who_is_expected_has_rooms_kept_free_and_sees_what_they_cost(desk):
    page = desk.get("/arrivals").text

    assert "2 Haushalte, 3 Personen" in page
    assert "eine Ankunftsstelle" in page
    assert re.search(r"2 Zimmer \(u1\), 4 Betten, 01\.04\.\S* – 01\.05", page)
    assert "kostet zurzeit niemanden etwas" in page


def test_a_home_is_held_back_and_given_to_everyone_again(office, desk):
    number = first(
        r'href="/offers/late">(A-[^<]*)<', desk.get("/offers?state=all").text
    )
    wheels = {"offer_no": number, "start": "2022-04-01", "end": "2022-04-20"}

    held = desk.seen(desk.fill("/arrivals", "/do/hold-back-capacity", **wheels))
    twice = desk.seen(desk.fill("/arrivals", "/do/hold-back-capacity", **wheels))
    mine = next(
        form
        for form in forms(held.text)
        if form.action == "/do/release-capacity" and form.fields["offer"] == "late"
    )
    free = desk.seen(
        desk.post("/do/release-capacity", data=mine.fields | {"reason": "elsewhere"})
    )

    assert number in held.text
    assert "noch hat kein Plan es gesehen" in held.text
    assert "zugesagt oder zurückgehalten" in twice.text
    assert "Alle können es wieder bekommen." in free.text
    assert number not in free.text


def test_a_group_is_expected_told_anew_and_forgotten(desk):
    told = {"on": "2022-05-01", "households": "3", "persons": "9", "source": "state"}

    new = desk.seen(
        desk.fill("/arrivals", "/do/expect-arrivals", **told | {"features[]": "lift"})
    )
    group = next(
        form.fields["arrivals"]
        for form in forms(new.text)
        if form.action == "/do/expect-arrivals" and form.fields.get("persons") == "9"
    )
    gone = next(
        form
        for form in forms(new.text)
        if form.action == "/do/expect-arrivals"
        and form.fields["arrivals"] == group
        and form.fields["households"] == "0"
    )
    page = desk.seen(desk.post("/do/expect-arrivals", data=gone.fields))

    assert "3 Haushalte, 9 Personen" in new.text
    assert "Aufzug" in new.text
    assert "9 Personen" not in page.text


def test_households_are_linked_on_the_page_of_one_and_parted_again(desk):
    number = first(r'href="/needs/couple">(B-[^<]*)<', desk.get("/needs").text)
    sent = {"other_no": number, "how": "together"}

    linked = desk.seen(desk.fill("/needs/single", "/do/link-needs", **sent))
    other = desk.get("/needs/couple").text
    parted = desk.seen(desk.fill("/needs/single", "/do/unlink-needs"))

    assert "Die Haushalte sind verbunden." in linked.text
    assert re.search(rf'zusammen</span> <a href="/needs/couple">{number}', linked.text)
    assert 'action="/do/unlink-needs"' in other
    assert "Die Verbindung ist gelöst." in parted.text
    assert 'action="/do/unlink-needs"' not in parted.text


def test_whom_a_host_would_like_best_is_told_in_turn_and_kept(office, desk):
    page = "/offers/house/edit"
    told = {"wishes[0].value": "family", "wishes[1].value": "elderly"}

    shown = desk.seen(desk.fill(page, page, **told))
    office.do(
        "amend-offer",
        offer="room",
        changes={
            "kind": "housing",
            "wishes": ({"kind": "household", "value": "quiet people"},),
        },
    )

    assert re.search(
        r"Am liebsten:.*eine Familie mit Kindern.*ältere Menschen",
        shown.text,
        re.DOTALL,
    )
    assert re.search(
        r'<option value="quiet people" selected>', desk.get("/offers/room/edit").text
    )
