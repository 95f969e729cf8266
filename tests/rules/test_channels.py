from events.realm import ChannelRegistered, ChannelResumed, ChannelStopped
from services.ledger.rules.channels import ResumeChannel, StopChannel
from tests.rules.given import given
from tests.rules.world import SAID

FORM = ChannelRegistered(said=SAID, channel="form", source="/form")
WHY = "100 messages in a row were set aside."
STOPPED = ChannelStopped(
    said=SAID, channel="form", reason="set_aside", partition=1, offset=7, note=WHY
)
RESUMED = ChannelResumed(said=SAID, channel="form")


def stop(**changes: object) -> StopChannel:
    told = {"channel": "form", "partition": 1, "offset": 7, "note": WHY}
    return StopChannel.model_validate({"reason": "set_aside", **told, **changes})


def test_a_channel_is_stopped_where_it_stands():
    given(FORM).when(
        StopChannel(channel="form", reason="set_aside", partition=1, offset=7, note=WHY)
    ).then(STOPPED)


def test_a_channel_that_nobody_registered_is_stopped_too():
    given().when(stop()).then(STOPPED)


def test_a_stopped_channel_is_not_stopped_again():
    given(STOPPED).when(stop(offset=9)).then()


def test_what_expired_is_told_once_for_each_partition():
    first = STOPPED.model_copy(update={"reason": "expired"})
    second = first.model_copy(update={"partition": 2})

    given(STOPPED).when(stop(reason="expired")).then(first)
    given(first).when(stop(reason="expired", offset=9)).then()
    given(first).when(stop(reason="expired", partition=2)).then(second)


def test_a_channel_can_be_stopped_again_after_it_went_on():
    given(STOPPED, RESUMED).when(stop()).then(STOPPED)


def test_a_place_that_cannot_be_is_refused():
    given(FORM).when(
        StopChannel(
            channel="form", reason="set_aside", partition=-1, offset=7, note=WHY
        )
    ).refused("count from 0")


def test_a_person_lets_a_stopped_channel_go_on():
    given(STOPPED).when(ResumeChannel(channel="form")).then(RESUMED)


def test_what_is_not_stopped_is_not_resumed():
    given(FORM).when(ResumeChannel(channel="form")).refused("nothing to resume")
    given(STOPPED, RESUMED).when(ResumeChannel(channel="form")).refused("not stopped")
