import gc

from services.steady import steady


def test_the_collector_is_as_it_was_once_the_last_has_ended():
    before = gc.get_threshold()
    first, second = steady(), steady()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    while_one_is_left = gc.get_threshold(), gc.get_freeze_count() > 0
    second.__exit__(None, None, None)

    assert while_one_is_left == ((100_000, 50, 100), True)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
