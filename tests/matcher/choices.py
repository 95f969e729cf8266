"""What tiny markets choose from, by the path of the attribute."""

from collections.abc import Sequence

from tests.matcher.bedrooms import Doc
from tests.matcher.instances import later
from tests.matcher.tiny import ADULT, Choices, Tiny


def member(**told: object) -> Doc:
    return ADULT | told


def related(kind: str, *members: Doc) -> Doc:
    pairs = [("a", "b")] if len(members) == 2 else [("a", "b"), ("a", "c"), ("b", "c")]
    relations = [{"a": a, "b": b, "kind": kind} for a, b in pairs]
    return {"members": list(members), "relations": relations}


FLATS: Choices = {
    "details.step_free": [None, "all", "some", "none", "unknown"],
    "details.units": [None, [{"ref": "r", "sleeps": 3, "step_free": True}]],
}
LINES = [
    [
        {
            "unit": "d",
            "span": {"from": later(0), "to": later(9)},
            "count": n,
            "blocked": b,
        }
    ]
    for n, b in ((1, 0), (2, 0), (3, 1), (1, 1))
] + [
    [
        {"unit": "d", "span": {"from": later(0), "to": later(3)}, "count": 2}
        | {"blocked": 0},
        {"unit": "d", "span": {"from": later(3)}, "count": 1, "blocked": 0},
    ]
]
HOTELS: Choices = {
    "details.dwelling": ["hotel_unit"],
    "details.units": [[{"ref": "d", "sleeps": 2, "cot_possible": True}]],
    "details.capacity": LINES,
}
BABY = {"members": [member(), member(ref="b", age_band="0-1")]}
GIRL = member(ref="b", age_band="10-13")
FAMILIES = [
    related("parent_child", member(), GIRL),
    related("parent_child", member(), member(ref="b", age_band="0-1")),
    related("couple", member(), member(ref="b", sex="m")),
    related("couple", member(), member(ref="b", age_band="14-17")),
    related("siblings", member(age_band="10-13"), GIRL),
    related("siblings", member(age_band="6-9"), GIRL),
    related("siblings", member(age_band="6-9"), member(ref="b", age_band="2-5")),
    related("siblings", member(age_band="14-17", sex="m"), GIRL),
    related("other", member(), GIRL),
    related("parent_child", member(), GIRL, member(ref="c", age_band="0-1")),
    related("siblings", member(age_band="6-9"), GIRL, member(ref="c")),
]
ROOMS = [
    [{"ref": "r", "sleeps": 1}, {"ref": "s", "sleeps": 2, "cot_possible": True}],
    [{"ref": "r", "sleeps": 2, "cot_possible": True}],
    [{"ref": "r", "sleeps": 1}, {"ref": "s", "sleeps": 1}, {"ref": "t", "sleeps": 3}],
]
HELD: Doc = {
    "match": "m",
    "offer": "o0",
    "need": "held",
    "household": "p-held",
    "no_contact": [],
    "unit": None,
    "from": later(0),
    "to": later(3),
    "count": 1,
    "quantity": 0,
}
PERIODS = [
    {"from": later(a), "to": later(b)} for a, b in ((-1, 4), (1, 3), (2, 9), (3, 5))
] + [{"from": later(2)}]
SPANS = [
    {"from": later(-2), "to": later(5)},
    {"from": later(2), "min_days": 3},
    {"from": later(0), "to": later(9), "max_days": 4},
    {"min_days": 4, "max_days": 5},
    {},
]
AGES = ["0-1", "6-9", "10-13", "14-17", "18-26", "65+", None]
PERSON: dict[str, Sequence[object]] = {
    "details.members": [
        *([member(age_band=a, sex=s)] for a in AGES for s in "fm"),
        [{"ref": "a", "sex": "f"}],
        [{"ref": "a"}],
    ]
}


def asks(need: str) -> Tiny:
    told = [member(), member(needs={need: False}), member(needs={need: True})]
    homes: Choices = {
        "details.floor": [None, -1, 0, 2],
        "details.lift": [None, True, False],
        "details.medical_equipment": [None, True, False],
    }
    offers = FLATS if need == "step_free" else homes
    return Tiny({"details.members": [[one] for one in told]}, offers)


RENTS: Choices = {
    "details.rent": [
        None,
        {"kind": "free"},
        {"kind": "price", "amount_minor": 9_000},
        {"kind": "rent", "cold": 50_000},
        {"kind": "rent", "cold": 50_000, "operating": 10_000},
        {"kind": "rent", "cold": 50_000, "operating": 10_001},
    ],
    "details.tenant": [None, None, "household", "city", "welfare"],
}
