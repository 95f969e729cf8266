"""A thousand histories of the whole office, forty steps each, in every run.

As many again are in a file of their own, so that two processes share the work.
"""

import pytest

from tests.model.machine import EACH, run


@pytest.mark.timeout(120, method="thread")  # a signal would count as one more break
@pytest.mark.parametrize("first_seed", range(1, 11))
def test_no_history_breaks_a_promise(first_seed: int):
    run(EACH, first_seed=first_seed)
