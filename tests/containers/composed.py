"""docker-compose.yml as tests read it: anchors merged, variables filled in."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.docs.examples import ROOT

FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>:[-?][^}]*)?\}")
ONCE = ("upgrade", "topics")
"""Services of ours that do their work and end."""


def read() -> dict[str, Any]:
    """Return the file as it stands, anchors merged."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


def ours() -> dict[str, dict[str, Any]]:
    """Return the services that run our image."""
    found = read()["services"]
    return {name: one for name, one in found.items() if one["image"] == "beistand"}


def processes() -> dict[str, dict[str, Any]]:
    """Return the services of ours that stay."""
    return {name: one for name, one in ours().items() if name not in ONCE}


def variables() -> dict[str, str]:
    """Return what may be set from outside, and the default or `?` and a sentence."""
    text = FILE.read_text()
    return {one["name"]: one["rest"] or "" for one in _VARIABLE.finditer(text)}


def filled(value: str, given: Mapping[str, str]) -> str:
    """Fill variables in as `docker compose` does."""

    def fill(match: re.Match[str]) -> str:
        rest = match["rest"] or ""
        return given.get(match["name"], rest[2:] if rest.startswith(":-") else "")

    return _VARIABLE.sub(fill, value)


def environment(service: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return a service's environment with its variables filled in."""
    found: Mapping[str, str] = service.get("environment") or {}
    return {name: filled(value, given) for name, value in found.items()}
