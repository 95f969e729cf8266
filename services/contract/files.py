"""The generated files of the contract, and whether they are what the code says."""

from pathlib import Path

from pydantic import BaseModel

from events.contract import FACTS
from events.envelope import CloudEvent
from events.receipt import Receipt
from events.submission import SUBMISSIONS
from services.contract import bus
from services.contract.facts import page, schema
from services.contract.words import CLOUDEVENT

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "events.md"
SCHEMAS = ROOT / "docs" / "schemas"
BUS = ROOT / "docs" / "asyncapi.json"


def schemas() -> dict[str, str]:
    """Return the JSON Schema of everything that has one, by its contract name."""
    models: dict[str, type[BaseModel]] = {
        **FACTS,
        **SUBMISSIONS,
        Receipt.type: Receipt,
        CLOUDEVENT: CloudEvent,
    }
    return {name: schema(name, models[name]) for name in sorted(models)}


def outputs() -> dict[Path, str]:
    """Return every generated file with its text."""
    files = {SCHEMAS / f"{name}.json": text for name, text in schemas().items()}
    return {PAGE: page(), BUS: bus.text(ROOT)} | files


def drift() -> list[str]:
    """Return what is committed otherwise than the code says."""
    made = outputs()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text() != text]
    left = [path for path in SCHEMAS.glob("*.json") if path not in made]
    return [str(path.relative_to(ROOT)) for path in sorted([*stale, *left])]
