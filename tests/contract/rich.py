"""Every field of the details, told once: what the samples are made of."""

from datetime import UTC, date, datetime

from events.base import Said
from events.case import Private, RepresentedBy
from events.kinds.goods import GoodsNeed, GoodsOffer, Item
from events.kinds.housing import (
    Accepts,
    Available,
    Capacity,
    HouseholdPet,
    HousingNeed,
    HousingOffer,
    Linked,
    Location,
    Member,
    MemberNeeds,
    Protection,
    Relation,
    Rent,
    Residents,
    Unit,
    Wish,
)
from events.plan import (
    Engine,
    Handover,
    Part,
    PlanContent,
    Price,
    Room,
    Stay,
    Tier,
    Unmet,
)
from events.policy import (
    Equivalent,
    GoodsRules,
    Near,
    Policy,
    Preferences,
    RentLimit,
)
from events.values import Actor, OpenQuestion, Origin, Sealed, Span

SAID = Said(
    actor=Actor(ref="K. Muster", role="coordinator"),
    via="phone",
    on_behalf_of="p-provider",
    valid_from=datetime(2022, 3, 18, 8, 30, 0, 250_000, tzinfo=UTC),
    caused_by="call-7.0",
    correlation="day-2022-03-18",
)
MARCH, APRIL, OCTOBER = date(2022, 3, 18), date(2022, 4, 1), date(2022, 10, 1)


def box(subject: str, purpose: str) -> Sealed:
    return Sealed(
        subject=subject, purpose=purpose, key_id="k-1", mark="m-4f2a", box="AAECAwQ="
    )


PRIVATE = Private(
    contact=box("p-provider", "contact"),
    address=box("p-provider", "address"),
    message=box("p-provider", "message"),
    confidential=box("p-provider", "confidential"),
    external_ids=box("p-provider", "external_ids"),
)
QUESTION = OpenQuestion(
    field="beds", reason="not_a_number", raw=box("p-provider", "question")
)
ORIGIN = Origin(
    channel="web-form",
    profile="german-form@1",
    source="/intake/web-form",
    id="row-17",
    row_key="rk-17",
    digest="d-17",
    revision=3,
    received_at=datetime(2022, 3, 18, 8, 0, tzinfo=UTC),
    raw=box("p-provider", "row"),
)
WELFARE = RepresentedBy(org="Diakonie", ref="D-77")
HOTEL = HousingOffer(
    provider_kind="hotel",
    dwelling="hotel_unit",
    beds=65,
    units=(
        Unit(
            ref="double",
            type="double",
            sleeps=2,
            cot_possible=True,
            lockable=True,
            step_free=False,
        ),
    ),
    capacity=(
        Capacity(unit="double", span=Span(start=MARCH, end=APRIL), count=25, blocked=1),
    ),
    whole_unit=True,
    m2=900,
    floor=2,
    lift=True,
    step_free="some",
    medical_equipment=False,
    bathroom="own",
    kitchen="none",
    residents=Residents(adults_f=1, adults_m=1, children=1, pets=1),
    accepts=Accepts(
        women_only=False,
        families=True,
        children_min_age=2,
        max_persons=5,
        pets=("dog",),
        smokers=False,
    ),
    wishes=(Wish(kind="household", value="family"),),
    languages=("de", "uk"),
    available=Available(start=MARCH, end=OCTOBER, min_days=90, max_days=180),
    option_until=APRIL,
    tenant="city",
    rent=Rent(
        kind="price",
        cold=40_000,
        operating=8_000,
        heating=6_000,
        deposit=80_000,
        amount_minor=4_500,
        currency="EUR",
        per="room_night",
    ),
    standing_agreement=Span(start=MARCH, end=OCTOBER),
    furnished=True,
    location=Location(postcode="40210", disclosure="protected"),
)
FAMILY = HousingNeed(
    persons=2,
    members=(
        Member(ref="m1", age_band="27-64", as_of=MARCH, sex="f"),
        Member(
            ref="m2",
            age_band="2-5",
            as_of=MARCH,
            sex="m",
            needs=MemberNeeds(
                step_free=True, lift=True, ground_floor=True, medical_equipment=True
            ),
        ),
    ),
    relations=(Relation(a="m1", b="m2", kind="parent_child"),),
    expected_birth=OCTOBER,
    pets=(HouseholdPet(kind="cat", count=1),),
    smokers=False,
    languages=("uk", "ru"),
    horizon="acute",
    waiting_since=MARCH,
    period=Span(start=MARCH, end=OCTOBER),
    may_split=False,
    rent_payer="jobcenter",
    near="40227",
    wishes=(Wish(kind="district", value="40227"),),
    protection=Protection(
        women_only=True, confidential_address=True, no_contact=("p-other",)
    ),
    linked_households=(Linked(ref="n-2", how="near"),),
)
ITEM = Item(
    category="FURNITURE",
    code="bed-140",
    name="Bett 140 cm",
    unit="piece",
    pack_size=1,
    size="140",
    age_group="adult",
    condition="good",
    volume_litres=600,
    weight_grams=45_000,
)
BEDS = GoodsOffer(
    item=ITEM,
    quantity=12,
    best_before=OCTOBER,
    available_from=MARCH,
    available_to=APRIL,
    value_minor=9_000,
    location=Location(postcode="40210"),
)
BEDS_WANTED = GoodsNeed(
    item=ITEM,
    quantity=4,
    needed_by=APRIL,
    waiting_since=MARCH,
    organisation=True,
    location=Location(postcode="40227"),
    equivalents=("bed-180",),
    kit="move-in",
)
CHILD_COMES = HousingNeed(persons=3, expected_birth=None)
POLICY = Policy(
    name="duesseldorf-2022",
    preferences=Preferences(
        wished_household=(300, 200), near=Near(points=400, metres=2_000)
    ),
    rent_limits=(RentLimit(persons=1, limit_minor=56_200),),
    source="city of Düsseldorf, 2022",
    goods=GoodsRules(
        agrees_below_minor=2_000,
        equivalents=(Equivalent(asked="bed-90", given="bed-140"),),
        trip_metres=5_000,
    ),
    drift=500,
    told_gain=4,
)
PLAN = PlanContent(
    format="plan.v1",
    market="sha256-0a1b",
    realm="05111000",
    position=812,
    today=MARCH,
    policy="duesseldorf-2022",
    engine=Engine(name="mathopt-highs", ortools="9.15", seed=1, threads=1),
    stays=(
        Stay(
            need="n-1",
            offer="o-1",
            unit="double",
            start=MARCH,
            end=OCTOBER,
            open_ended=True,
            count=1,
            persons=2,
            rooms=(Room(unit="double", members=("m1", "m2")),),
            due=("visit",),
            metres=1_200,
            worth=(8, 2, 300),
            points=(("language", 300),),
        ),
    ),
    handovers=(
        Handover(
            need="n-3",
            offer="o-3",
            day=MARCH,
            quantity=4,
            metres=900,
            worth=(1, 4, -900),
        ),
    ),
    unmet=(
        Unmet(
            need="n-4",
            part="housing",
            reason="step_free",
            missing=1,
            blocked=(("step_free", 12),),
            compatible=0,
        ),
    ),
    parts=(
        Part(
            name="housing",
            tiers=(
                Tier(
                    name="acute",
                    worth=8,
                    bound=8,
                    scale=1_000,
                    multipliers=(1,),
                    prices=(
                        Price(
                            offer="o-1",
                            unit="double",
                            day=MARCH,
                            apart=("n-1", "n-2"),
                            price=4_000,
                        ),
                    ),
                ),
            ),
            steps=(1_000_000, 1_000, 1),
            proven=True,
        ),
    ),
)
