"""The Dockerfile takes what is locked and leaves out what builds and tests."""

import re
import subprocess
import sys
import tomllib

import pytest

from scripts.locked import LOCK, OURS, entries, wanted
from tests.containers import composed
from tests.docs.examples import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
KNOWN = entries(LOCK.read_text())


def names(requirements):
    return {re.split(r"[\[<>=!~;]", one)[0].strip() for one in requirements}


def words(instruction):
    """Return the words of every instruction of a kind, lines joined."""
    text = DOCKERFILE.replace("\\\n", " ")
    found = re.findall(rf"^{instruction} +(.*)$", text, re.MULTILINE)
    return [line.split() for line in found]


def test_the_image_gets_all_that_running_needs_and_nothing_that_tests():
    run = set(wanted(KNOWN, frozenset({OURS})))

    assert names(PROJECT["project"]["dependencies"]) <= run
    assert run & {"pytest", "mypy", "ruff", "playwright", "hypothesis"} == set()


def test_the_part_of_the_lock_keeps_every_hash():
    said = subprocess.run(
        [sys.executable, ROOT / "scripts/locked.py", "run"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    packages = re.findall(r"^[a-z0-9][a-z0-9.-]*==", said, re.MULTILINE)
    hashed = re.findall(r"^[a-z0-9].*\\\n +--hash=sha256:", said, re.MULTILINE)

    assert len(packages) == len(hashed) > 40
    assert set(re.findall(r"--hash=\S+", said)) <= set(
        re.findall(r"--hash=\S+", LOCK.read_text())
    )


def test_a_package_that_stands_there_twice_is_taken_twice():
    lock = (
        "a==1 ; python_version < '3.12' \\\n    --hash=sha256:1\n    # via\n"
        "    #   b\n    #   beistand (pyproject.toml)\n"
        "a==2 ; python_version >= '3.12' \\\n    --hash=sha256:2\n    # via b\n"
        "c==1 \\\n    --hash=sha256:3\n    # via a\n"
        "d==1 \\\n    --hash=sha256:4\n    # via beistand (pyproject.toml:dev)\n"
    )
    known = entries(lock)

    assert wanted(known, frozenset({OURS})) == ["a", "c"]
    assert known["a"].text.count("--hash") == 2


@pytest.mark.parametrize("asked", [(), ("tests",), ("run", "build")])
def test_another_part_is_refused(asked):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/locked.py", *asked],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (2, "Say run or build.\n")


def test_every_package_is_installed_by_its_hash():
    installs = [
        line for line in DOCKERFILE.splitlines() if "pip install" in line
    ]  # fmt: skip

    assert len(installs) == 3
    assert [
        line
        for line in installs
        if "--require-hashes -r" not in line and "--no-deps wheel/" not in line
    ] == []


def test_the_process_is_nobodys_root_and_the_one_of_the_compose_file():
    [[user]] = words("USER")
    made = re.findall(r"--[ug]id (\d+)", DOCKERFILE)

    assert {user} == {one["user"] for one in composed.ours().values()}
    assert "0" not in user.split(":")
    assert {*user.split(":")} == {*made}


def test_the_ports_of_the_image_are_those_that_processes_use():
    [exposed] = words("EXPOSE")
    desk = composed.environment(composed.ours()["desk"], {})

    assert exposed == [desk["BEISTAND_PORT"], desk["BEISTAND_HEALTH_PORT"]]


def test_the_home_and_the_keys_are_folders_that_the_image_makes():
    desk = composed.ours()["desk"]
    mounts = [mount.split(":")[1] for mount in desk["volumes"]]
    [made] = re.findall(r"install -d .* (/\S+) (/\S+)$", DOCKERFILE, re.MULTILINE)

    assert list(made) == mounts
    assert f"BEISTAND_HOME={desk['environment']['BEISTAND_HOME']}" in DOCKERFILE


def test_everything_that_is_copied_is_there_and_let_in():
    sources = [
        source
        for line in words("COPY")
        if not line[0].startswith("--from")
        for source in line[:-1]
    ]
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }

    assert [one for one in sources if not (ROOT / one).exists()] == []
    assert set(sources) == let_in


def test_all_packages_of_the_project_are_copied():
    copied = {line[0] for line in words("COPY")}

    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= (
        copied
    )
