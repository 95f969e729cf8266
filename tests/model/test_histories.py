"""Two thousand histories of the whole office, forty steps each, in every run."""

import pytest

from tests.model.machine import run

EACH = 100


@pytest.mark.parametrize("first_seed", range(1, 21))
def test_no_history_breaks_a_promise(first_seed: int):
    run(EACH, first_seed=first_seed)
