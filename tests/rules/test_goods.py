from events.match import GoodsDispatched, GoodsReceived, GoodsReserved, MatchEnded
from services.ledger.rules.goods import DispatchGoods, ReceiveGoods, ReserveGoods
from services.ledger.rules.matches import ProposeMatch
from tests.rules.given import Given, given
from tests.rules.world import (
    LOTS,
    LOTS_PLACED,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    moved,
    of,
)

GOODS = of("m-g", "o-g", "n-g")
RECEIVED = GoodsReceived(said=SAID, **GOODS, quantity=3)
ENDED = MatchEnded(said=SAID, **GOODS, on=TODAY, side="office", reason="moved_out")


def test_pieces_are_put_aside_once():
    given(LOTS).when(ReserveGoods(**GOODS, quantity=4)).then(
        moved(GoodsReserved, 4)
    ).when(ReserveGoods(**GOODS, quantity=4)).then()


def test_no_more_is_put_aside_than_was_promised():
    given(LOTS_PLACED).when(ReserveGoods(**GOODS, quantity=5)).refused(
        "Only 4 were promised; reserve no more"
    )
    given(PLACED).when(ReserveGoods(**of(), quantity=1)).refused("Only 0 were promised")


def test_no_fewer_are_put_aside_than_were_sent():
    on_way = (moved(GoodsReserved, 4), moved(GoodsDispatched, 3))

    given(LOTS_PLACED, on_way).when(ReserveGoods(**GOODS, quantity=2)).refused(
        "Already 3 have been sent; reserve no fewer"
    )
    given(LOTS_PLACED, on_way).when(ReserveGoods(**GOODS, quantity=3)).then(
        moved(GoodsReserved, 3)
    )


def test_nothing_is_put_aside_before_both_agreed():
    given(PROPOSED).when(ReserveGoods(**of(), quantity=1)).refused("must be agreed or")


def test_pieces_are_sent_a_part_at_a_time():
    given(LOTS_PLACED, moved(GoodsReserved, 4)).when(
        DispatchGoods(**GOODS, quantity=3)
    ).then(moved(GoodsDispatched, 3)).when(DispatchGoods(**GOODS, quantity=1)).then(
        moved(GoodsDispatched, 1)
    ).when(DispatchGoods(**GOODS, quantity=1)).refused(
        "Only 0 are reserved and not sent yet; send no more"
    )


def test_what_was_not_put_aside_or_is_nothing_is_not_sent():
    given(LOTS_PLACED).when(DispatchGoods(**GOODS, quantity=1)).refused("Only 0 are")
    given(LOTS_PLACED).when(DispatchGoods(**GOODS, quantity=0)).refused("say how many")
    given(LOTS, moved(GoodsReserved, 4)).when(
        DispatchGoods(**GOODS, quantity=1)
    ).refused("is agreed; for this it must be confirmed or begun")


def sent(quantity: int) -> Given:
    return given(LOTS_PLACED, moved(GoodsReserved, 4), moved(GoodsDispatched, quantity))


def test_what_arrived_is_recorded_though_it_is_less():
    facts = sent(4).when(ReceiveGoods(**GOODS, quantity=3)).then(RECEIVED)

    match = facts.past("match:m-g").match("m-g")
    assert (match.reserved, match.dispatched, match.received) == (4, 4, 3)


def test_that_nothing_arrived_is_an_answer_too():
    sent(4).when(ReceiveGoods(**GOODS, quantity=0)).then(
        RECEIVED.model_copy(update={"quantity": 0})
    )


def test_no_more_arrives_than_was_sent():
    sent(2).when(ReceiveGoods(**GOODS, quantity=3)).refused(
        "Only 2 are on their way; record no more"
    )


def test_after_the_end_the_lot_lacks_what_was_sent_and_the_need_what_never_came():
    short = ReceiveGoods(**GOODS, quantity=2)
    facts = sent(3).when(short).then(RECEIVED.model_copy(update={"quantity": 2}))
    over = given(facts.facts, ENDED)

    match = over.past("match:m-g").match("m-g")
    assert (match.promised, match.taken, match.brought) == (4, 3, 2)
    over.when(
        ProposeMatch.model_validate(
            {
                **of("m-9", "o-g", "n-g"),
                "allocation": ({"quantity": 5},),
                "reason": "what is still lacking",
            }
        )
    ).refused("Only 4 are still needed; promise fewer")


def test_a_hand_over_of_which_nobody_recorded_the_way_took_everything():
    match = given(LOTS_PLACED, ENDED).past("match:m-g").match("m-g")

    assert (match.taken, match.brought, match.holding) == (4, 4, True)
