"""Each safeguard that is taken away is missed: the machine finds what then happens."""

import pytest

from tests.model.breaks import MUTANTS, Mutant
from tests.model.machine import run
from tests.model.office import Office


@pytest.mark.timeout(120, method="thread")  # a signal would count as one more break
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_missing_safeguard_is_found(mutant: Mutant):
    Office.opened()  # the first day, which all histories share, is a whole one

    with mutant.broken(), pytest.raises(AssertionError, match=mutant.seen):
        run(mutant.histories, first_seed=mutant.first_seed, shrunk=False)
