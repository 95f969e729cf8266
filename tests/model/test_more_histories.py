"""The second thousand histories of the whole office."""

import pytest

from tests.model.machine import EACH, run


@pytest.mark.timeout(120, method="thread")  # a signal would count as one more break
@pytest.mark.parametrize("first_seed", range(11, 21))
def test_no_history_breaks_a_promise(first_seed: int):
    run(EACH, first_seed=first_seed)
