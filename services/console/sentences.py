"""Sentences that other parts of Beistand say, in the language of the page.

A rule refuses with an English sentence. Where it is said is read here as a message
with gaps (`There is no offer {offer}; check the number.`), so that the catalogues can
translate it and a test notices a new one; nothing has to be marked where it is said.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SAID_BY = frozenset(("Refused", "FileRefused", "WrongAsk"))
_FEWEST_LETTERS = 8
_GAP = re.compile(r"\{([a-z_]+[0-9]*)\}")


@dataclass(frozen=True)
class Sentence:
    """A message with gaps, and where it is said."""

    text: str
    line: int


def sentences(source: str) -> Iterator[Sentence]:
    """Yield what a module refuses with, and the sentences of its enums."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in SAID_BY and node.args:
            text = _template(node.args[0])
            if text is not None and _says_something(text):
                yield Sentence(text, node.lineno)
        if isinstance(node, ast.ClassDef) and _is_enum(node):
            yield from _members(node)


def modules(root: Path) -> tuple[Path, ...]:
    """Return the modules whose sentences may reach a page."""
    rules = sorted((root / "services" / "ledger" / "rules").glob("*.py"))
    intake = sorted((root / "services" / "intake").glob("*.py"))
    others = [root / "projections" / "listing.py", root / "services" / "desk.py"]
    others += [root / "services" / f"{name}.py" for name in ("sandbox", "todays")]
    others.append(root / "services" / "ledger" / "waves.py")
    console = sorted((root / "services" / "console").glob("**/*.py"))
    return (*rules, *intake, *others, *console)


class Interpreter:
    """Finds the message behind a sentence, and says it with the same values."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._plain = {m: said for m, said in messages.items() if not _GAP.search(m)}
        self._gapped = [
            (pattern(message), said)
            for message, said in sorted(messages.items(), key=lambda m: -len(m[0]))
            if _GAP.search(message)
        ]

    def say(self, sentence: str, value: Callable[[str, str], str]) -> str:
        """Return the sentence translated, or as it is when no message fits.

        `value` says what stands in a gap, from the gap's name and its text.
        """
        if (plain := self._plain.get(sentence)) is not None:
            return plain
        for shape, said in self._gapped:
            if (found := shape.fullmatch(sentence)) is not None:
                return _filled(said, found.groupdict(), value)
        return sentence


def pattern(message: str) -> re.Pattern[str]:
    """Return what a message with its gaps filled looks like."""
    parts = _GAP.split(message)
    shape = "".join(
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
    return re.compile(shape, re.DOTALL)


def _says_something(text: str) -> bool:
    """A message of hardly more than gaps would fit every sentence."""
    return not _GAP.search(text) or len(_GAP.sub("", text)) >= _FEWEST_LETTERS


def _filled(
    said: str, values: Mapping[str, str], value: Callable[[str, str], str]
) -> str:
    return _GAP.sub(lambda gap: value(gap[1], values[gap[1]]), said)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _template(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            names: list[str] = []
            return "".join(_part(part, names) for part in parts)
        case _:
            return None


def _part(node: ast.expr, names: list[str]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    found = [n for n in _identifiers(node) if n not in {"self", "join", "str"}]
    name = (found[-1] if found else "value").lower()
    while name in names:
        name += "2"
    names.append(name)
    return f"{{{name}}}"


def _identifiers(node: ast.AST) -> Iterable[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _is_enum(node: ast.ClassDef) -> bool:
    return node.name in {"Reason", "Retired"} and "StrEnum" in {
        _name(base) for base in node.bases
    }


def _members(node: ast.ClassDef) -> Iterator[Sentence]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            yield Sentence(str(line.value.value), line.lineno)
