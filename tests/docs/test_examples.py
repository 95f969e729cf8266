"""Every example of the README and of docs/ runs, or says why it is only shown."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.docs.examples import ROOT, blocks, compare, run, undecided

DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)
documents = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


@pytest.fixture
def clone():
    """A folder that looks like the clone; its path is short, for sockets' sake."""
    folder = Path(tempfile.mkdtemp(prefix="docs-", dir="/tmp"))
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in {line.split("/")[0] for line in listed.stdout.splitlines()} | {".venv"}:
        (folder / name).symlink_to(ROOT / name)
    yield folder
    if (folder / "home").exists():
        beistand = ROOT / ".venv/bin/beistand"
        subprocess.run([beistand, "stop", "--home", folder / "home"], check=True)
    shutil.rmtree(folder)


@documents
def test_every_example_runs_or_says_why_it_is_only_shown(document):
    assert undecided(document.read_text()) == []


@documents
@pytest.mark.timeout(300)
def test_the_examples_do_what_they_say(document, clone):
    expected = sum(block.says == "run" for block in blocks(document.read_text()))

    assert run(document, clone) == expected


@pytest.mark.parametrize(
    "example",
    [
        "```python run\nassert 1 == 2\n```\n",
        "```sh run\nfalse\n```\n",
        "```console run\n$ echo one\ntwo\n```\n",
        "```console run\n$ echo one\none\n$ false\n```\n",
        "```console run\necho one\n```\n",
        "```python run\nprint(1)\n```\n\n```output\n2\n```\n",
    ],
)
def test_an_example_that_does_not_hold_is_noticed(example, tmp_path):
    document = tmp_path / "page.md"
    document.write_text(example)

    with pytest.raises(AssertionError):
        run(document, tmp_path)


def test_a_documents_blocks_are_one_session(tmp_path):
    document = tmp_path / "page.md"
    document.write_text(
        "```python run\nbeds = 2\n```\n```sh run\necho 2 >beds\n```\n"
        "```console run\n$ cat beds\n2\n$ ls \\\n   beds\nb…s\n```\n"
        "```python run\nprint(beds + 1)\n```\n```output\n3\n```\n"
        "```python shown: needs a printer\nfail()\n```\n"
    )

    assert run(document, tmp_path) == 4


@pytest.mark.parametrize("says", ["", "shown", "shown:", "runs"])
def test_an_example_must_say_what_it_is(says):
    assert len(undecided(f"```sh {says}\nls\n```\n")) == 1


def test_dots_stand_for_anything():
    compare("placed 12 of 250\nin 3 s", "placed … of 250\n…", "here")
