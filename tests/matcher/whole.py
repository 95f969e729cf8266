"""A small market with one of everything that a plan can be wrong about."""

from tests.matcher.small import (
    Doc,
    family,
    held,
    home,
    hotel,
    line,
    lot,
    market,
    member,
    need,
    request,
    unit,
)

UNTIL = {"from": "2022-03-18", "to": "2022-09-01"}
WISH = [{"kind": "district", "value": "40211"}]
IDENTITY = [{"kind": "identity", "state": "passed", "valid_until": "2022-04-01"}]
PARTY = family(
    member("a"), member("b", "6-9", "m"), member("c", "65+", "m"), a_b="parent_child"
)


def whole() -> Doc:
    """Return the market; everybody but `late`, `wheels` and `twin` finds a place."""
    return market(
        home(
            "flat",
            units=[unit("r1", 1), unit("r2", 2), unit("r3", 1)],
            available={**UNTIL, "min_days": 30, "max_days": 170},
            checks=IDENTITY,
            languages=["uk"],
        ),
        home("room", dwelling="room", beds=1, location=_at("40211"), floor=3),
        home("own", beds=4),
        home("gone", option_until="2022-03-01"),
        hotel(
            units=[unit("single", 1), unit("double", 2)],
            lines=[line("single", 3, end="2022-08-01"), line("double", 1)],
            location=_at("40211"),
        ),
        need("party", **PARTY, languages=["uk"], period=UNTIL, near="40211"),
        need("calm", near="40211", wishes=WISH, horizon="long_term"),
        need("friends", **family(member("a"), member("b"), a_b="other"), near="40210"),
        need("alone", protection={"no_contact": ["p-friends"]}, priority=1),
        need("bound", waiting_since="2022-01-01", raised=1),
        need("late", horizon="long_term", priority=0),
        need("wheels", members=[member("a", step_free=True)]),
        need("twin", similar_to=["calm"], raised=9),
        lot("beds", quantity=4),
        lot("more", quantity=3, location={"postcode": "40211"}),
        lot("kept", quantity=2, available_from="2022-03-25"),
        request("beds-a", quantity=3, priority=2),
        request("beds-b", quantity=6, raised=4),
        request("beds-c", quantity=1),
        request("sofa", item={"category": "FURNITURE", "code": "sofa"}),
        held=[held("h1", "2022-03-18", "2022-04-01", unit="single")],
        pinned=[
            {"need": "bound", "offer": "own"},
            {"need": "beds-c", "offer": "kept"},
        ],
        forbidden=[{"need": "late", "offer": "room"}],
    )


def _at(postcode: str) -> Doc:
    return {"postcode": postcode, "disclosure": "area"}
