"""The parts of the style that no linter counts."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.quality.sources import ROOT, modules, name, texts

LONGEST_FUNCTION = 40
LONGEST_MODULE = 300
SILENCED = re.compile(r"# (?:noqa|type: ignore)(?P<rest>.*)")
WITH_REASON = re.compile(
    r"(?:: [A-Z0-9]+(?:, [A-Z0-9]+)*|\[[a-z-]+(?:, ?[a-z-]+)*\])[ #(–:-]+\w.{7,}"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_functions(source: str) -> list[tuple[str, int]]:
    """Return functions over the limit with their lines, inner ones included."""
    return [
        (node.name, length)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, Function)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def reads_environment(source: str) -> list[int]:
    """Return the lines that look at the process's environment, however spelt."""
    names = {"environ", "environb", "getenv", "getenvb"}
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(alias.name in names for alias in node.names)
        )
    )


def catches_everything(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and any(kind in {None, "Exception", "BaseException"} for kind in _kinds(node))
    ]


def _kinds(handler: ast.ExceptHandler) -> Iterator[str | None]:
    match handler.type:
        case None:
            yield None
        case ast.Tuple(elts=elements):
            yield from (ast.unparse(element) for element in elements)
        case kind:
            yield ast.unparse(kind)


def test_a_function_fits_on_a_screen():
    assert {
        name(path): long
        for path in modules()
        if (long := long_functions(path.read_text()))
    } == {}


def test_a_module_holds_one_thing():
    lengths = {name(path): path.read_text().count("\n") for path in modules()}

    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_only_settings_reads_the_environment():
    settings = ROOT / "services" / "settings.py"

    assert {
        name(path): lines
        for path in modules()
        if path != settings and (lines := reads_environment(path.read_text()))
    } == {}


def test_nothing_is_caught_that_was_not_expected():
    assert {
        name(path): lines
        for path in modules()
        if (lines := catches_everything(path.read_text()))
    } == {}


def test_no_import_is_for_the_type_checker_alone():
    hint = "TYPE_" + "CHECKING"

    assert [name(path) for path in modules() if hint in path.read_text()] == []


def test_a_silenced_rule_says_why():
    silenced = {
        f"{name(path)}:{number}": line.strip()
        for path, text in texts()
        if path.suffix == ".py"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := SILENCED.search(line)) and not WITH_REASON.match(found["rest"])
    }

    assert silenced == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import os\nos.environ['A']", [2]),
        ("from os import getenv", [1]),
        ("import os as o\no.getenv('A')", [2]),
        ("import os\nos.cpu_count()", []),
    ],
)
def test_a_look_at_the_environment_is_noticed(source, lines):
    assert reads_environment(source) == lines


@pytest.mark.parametrize(
    ("rest", "good"),
    [
        (": S101 a dataclass becomes an object", True),
        (": S101, S102 - our own documents", True),
        ("[arg-type]  # the stub is wrong about this", True),
        (": S101", False),
        ("", False),
        ("[arg-type]", False),
        (": S101 x", False),
    ],
)
def test_a_reason_is_told_from_none(rest, good):
    assert bool(WITH_REASON.match(rest)) == good


@pytest.mark.parametrize("kinds", ["", " Exception", " (OSError, BaseException)"])
def test_a_wide_net_is_noticed(kinds):
    assert catches_everything(f"try:\n  a()\nexcept{kinds}:\n  b()") == [3]


def test_a_long_function_is_noticed():
    lines = "\n".join(["def f():"] + ["    pass"] * LONGEST_FUNCTION)

    assert long_functions(lines) == [("f", LONGEST_FUNCTION + 1)]
