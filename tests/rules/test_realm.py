from datetime import date

from events.policy import Habits, Policy
from events.realm import ChannelRegistered, DayBegan, PolicyAdopted, RealmOpened
from services.ledger.rules.realm import (
    AdoptPolicy,
    BeginDay,
    OpenRealm,
    RegisterChannel,
)
from tests.rules.given import given
from tests.rules.world import DAY, SAID, TODAY

OPENED = RealmOpened(said=SAID, realm="05111000", name="Düsseldorf", synthetic=False)
FORM = ChannelRegistered(said=SAID, channel="form", source="/form", profile="form@1")
POLICY = Policy(name="2022", habits=Habits(lapse_days=5))


def test_a_realm_is_opened_with_the_first_fact():
    given().when(OpenRealm(realm="05111000", title="Düsseldorf", synthetic=False)).then(
        OPENED
    )


def test_a_realm_is_opened_only_once():
    given(OPENED).when(
        OpenRealm(realm="05111000", title="Düsseldorf", synthetic=True)
    ).refused("open already")


def test_a_channel_is_registered_with_its_source():
    given(OPENED).when(
        RegisterChannel(channel="form", source="/form", profile="form@1")
    ).then(FORM)


def test_a_channel_registered_again_changes_nothing():
    given(FORM).when(
        RegisterChannel(channel="form", source="/form", profile="form@1")
    ).then()


def test_a_channel_may_get_another_profile():
    given(FORM).when(
        RegisterChannel(channel="form", source="/form", profile="form@2")
    ).then(FORM.model_copy(update={"profile": "form@2"}))


def test_a_channel_keeps_its_source():
    given(FORM).when(RegisterChannel(channel="form", source="/other")).refused(
        "speaks as /form already; register the new source under another name"
    )


def test_a_day_begins():
    given().when(BeginDay(day=TODAY)).then(DAY)


def test_the_same_day_begins_once():
    given(DAY).when(BeginDay(day=TODAY)).then()


def test_days_do_not_go_back():
    given(DAY).when(BeginDay(day=date(2022, 3, 17))).refused("It is 2022-03-18 already")


def test_a_mistyped_year_does_not_begin():
    given(DAY).when(BeginDay(day=date(2222, 3, 18))).refused("more than a year after")


def test_the_first_day_may_be_any():
    day = date(2031, 1, 2)

    given().when(BeginDay(day=day)).then(DayBegan(said=SAID, day=day))


def test_a_policy_is_adopted():
    given().when(AdoptPolicy(policy=POLICY)).then(
        PolicyAdopted(said=SAID, policy=POLICY)
    )


def test_the_policy_in_force_is_not_adopted_again():
    given(PolicyAdopted(said=SAID, policy=POLICY)).when(
        AdoptPolicy(policy=POLICY)
    ).then()
