"""First come, first served is reckoned over the same days, by the same people."""

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from matcher import Stay
from services.demo.people import No
from services.demo.queue import persons_in_turn


@dataclass(frozen=True)
class Invented:
    """People of whom we know the answers."""

    no: dict[tuple[str, str], No]
    failing: frozenset[str] = frozenset()

    def refuses(self, need, offer, side):
        return self.no.get((need, offer)) if side == "household" else None

    def takes_days(self, need, offer, side):
        return 0

    def passes(self, offer, check):
        return offer not in self.failing


def morning(day, needs, offers=("o1", "o2"), **more):
    housing = {"kind": "housing"}
    return {
        "today": day,
        "offers": [
            {"id": o, "listed": n, "checks": [], "details": housing}
            for n, o in enumerate(offers)
        ],
        "needs": [
            {"id": n, "details": housing | {"persons": p}} for n, p in needs.items()
        ],
        "forbidden": [],
    } | more


def serve(document):
    """Give each waiting need, in its turn, the first home nobody holds."""
    taken = {line["offer"] for line in document["held"]}
    never = {(row["need"], row["offer"]) for row in document["forbidden"]}
    stays = []
    for need in document["needs"]:
        for offer in document["offers"]:
            if offer["id"] in taken or (need["id"], offer["id"]) in never:
                continue
            taken.add(offer["id"])
            passed = {check["kind"] for check in offer["checks"]}
            due = tuple(check for check in ("visit",) if check not in passed)
            stays.append(stay(need, offer["id"], due))
            break
    return SimpleNamespace(stays=stays)


def stay(need, offer, due):
    return Stay(
        need=need["id"],
        offer=offer,
        unit=None,
        start=date(2022, 3, 18),
        end=date(2022, 9, 14),
        open_ended=True,
        count=1,
        persons=need["details"]["persons"],
        rooms=(),
        due=due,
        metres=None,
        worth=(0, 0, 0),
        points=(),
    )


FRIDAY = morning("2022-03-18", {"n1": 1, "n2": 4, "n3": 2})
MONDAY = morning("2022-03-21", {"n1": 1, "n2": 4, "n3": 2, "n4": 5})
TUESDAY = morning("2022-03-22", {"n1": 1, "n2": 4, "n3": 2, "n4": 5})


def test_who_came_first_is_served_first_and_keeps_it():
    persons = persons_in_turn([FRIDAY, MONDAY, TUESDAY], Invented({}), serve)

    assert persons == 1 + 4


def test_what_is_refused_goes_to_the_next_in_turn():
    no = {("n2", "o2"): No("found_other_housing", "none")}

    persons = persons_in_turn([FRIDAY, MONDAY, TUESDAY], Invented(no), serve)

    assert persons == 1 + 2


def test_a_home_that_fails_its_visit_is_let_go():
    people = Invented({}, frozenset({"o1"}))

    def only_sound(document):
        failed = {
            offer["id"]
            for offer in document["offers"]
            if any(check["state"] == "failed" for check in offer["checks"])
        }
        sound = [o for o in document["offers"] if o["id"] not in failed]
        return serve(document | {"offers": sound})

    persons = persons_in_turn([FRIDAY, MONDAY, TUESDAY], people, only_sound)

    assert persons == 4


def test_nobody_answers_after_the_last_morning():
    no = {("n1", "o1"): No("refused_offer", "requeue")}

    assert persons_in_turn([FRIDAY], Invented(no), serve) == 1 + 4
