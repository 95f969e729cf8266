"""Pairs that a rule forbids, one a rule: home, household, and words of the fault."""

from tests.matcher.small import TODAY, Doc, family, home, member, need, unit

FRIENDS = family(member("a"), member("b"), a_b="other")
CHILD = family(member("a"), member("b", "2-5", "m"), a_b="parent_child")
BOY = family(member("a"), member("b", "14-17", "m"), a_b="parent_child")
FAILED = [{"kind": "visit", "state": "failed", "valid_until": None}]
FAILED_LATER = [{"kind": "background", "state": "failed", "valid_until": None}]
ONE_ROOM = unit("r1", 2)
RENT = {"kind": "rent", "cold": 40_000, "operating": 13_001}

BLOCKED: dict[str, tuple[Doc, Doc, str]] = {
    "no_dates": (
        home(available={"from": TODAY, "to": "2022-06-01", "min_days": 90}),
        need(),
        "shorter or longer",
    ),
    "step_free": (
        home(step_free="unknown"),
        need(members=[member("a", step_free=True)]),
        "step-free",
    ),
    "lift": (home(floor=2), need(members=[member("a", lift=True)]), "no lift"),
    "ground_floor": (
        home(floor=1, lift=True),
        need(members=[member("a", ground_floor=True)]),
        "ground floor",
    ),
    "medical_equipment": (
        home(),
        need(members=[member("a", medical_equipment=True)]),
        "medical equipment",
    ),
    "pets": (
        home(accepts={"pets": ["cat"]}),
        need(pets=[{"kind": "dog", "count": 1}]),
        "pets",
    ),
    "smokers": (home(), need(smokers=True), "smok"),
    "ages": (home(accepts={"children_min_age": 6}), need(**CHILD), "age"),
    "women_only": (home(accepts={"women_only": True}), need(**BOY), "women"),
    "protected_address": (
        home(),
        need(protection={"confidential_address": True}),
        "not protected",
    ),
    "no_contact": (
        home(provider="p-x"),
        need(protection={"no_contact": ["p-x"]}),
        "must not meet",
    ),
    "rent": (home(rent=RENT), need(rent_payer="jobcenter"), "rent"),
    "checks_failed": (home(checks=FAILED), need(), "failed a check"),
    "size": (home(units=[ONE_ROOM]), need(**FRIENDS), "no bed for everyone"),
    "distance": (
        home(location={"postcode": "40599"}),
        need(near="40210"),
        "farther",
    ),
}
