"""Orders go out in waves in which none stands in another's way."""

from services.demo.office import waves
from services.ledger.rules.matches import ConfirmMatch


def confirm(match, offer, need):
    return ConfirmMatch(match=match, offer=offer, need=need)


def test_two_orders_about_one_hotel_go_in_two_waves():
    first, second, other = (
        confirm("m1", "hotel", "n1"),
        confirm("m2", "hotel", "n2"),
        confirm("m3", "flat", "n3"),
    )

    assert list(waves([first, second, other])) == [[first, other], [second]]


def test_orders_about_one_life_keep_their_order():
    first, second, third = (
        confirm("m1", "o1", "n1"),
        confirm("m2", "o1", "n2"),
        confirm("m3", "o3", "n2"),
    )

    assert list(waves([first, second, third])) == [[first], [second], [third]]
