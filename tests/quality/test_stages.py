"""The runner of `make test` believes nothing that did not happen."""

import sys

import pytest

from scripts import stages
from scripts.stages import Stage

PYTEST = (sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir=/")


@pytest.mark.parametrize(
    ("test", "passed", "failed"),
    [
        ("def test_a(): pass\ndef test_b(): pass", 2, 0),
        ("def test_a(): pass\ndef test_b(): assert 0", 1, 1),
        ("def test_a(): pass\nimport pytest\ndef test_b(): pytest.skip()", 1, 1),
        ("import no_such_module", 0, 1),
        ("", 0, 1),
    ],
    ids=["all pass", "one fails", "one is skipped", "cannot be read", "none"],
)
def test_a_stage_of_tests_counts_what_passed(test, passed, failed, tmp_path):
    (tmp_path / "test_it.py").write_text(test)

    outcome = stages._run(Stage("it", (*PYTEST, str(tmp_path)), counts=True))

    assert (outcome.passed, outcome.failed) == (passed, failed)


@pytest.mark.parametrize(("command", "failed"), [("true", 0), ("false", 1)])
def test_any_other_stage_is_one_check(command, failed):
    outcome = stages._run(Stage("it", (command,)))

    assert (outcome.passed, outcome.failed) == (1 - failed, failed)


def test_a_stage_that_nobody_knows_is_said(capsys):
    assert stages.main(["lint", "lnit"]) == 2
    assert capsys.readouterr().err == "No such stage: lnit\n"
