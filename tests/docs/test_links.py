"""Every link inside the project leads somewhere."""

import re
import unicodedata
from pathlib import Path

import pytest

from tests.docs.examples import FENCE, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(
    r"!?\[[^\]]*\]\((?P<to>[^)\s]+)[^)]*\)|(?:src|href)=\"(?P<raw>[^\"]+)\""
)
HEADING = re.compile(r"^#+ +(.+?) *#*$", re.MULTILINE)
OUTSIDE = re.compile(r"^[a-z]+:")


def links(page: Path) -> list[str]:
    """Return the targets of a page that lie inside the project."""
    prose = FENCE.sub("", page.read_text())
    found = (match["to"] or match["raw"] for match in LINK.finditer(prose))
    return [target for target in found if not OUTSIDE.match(target)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    prose = FENCE.sub("", page.read_text())
    return {_slug(heading) for heading in HEADING.findall(prose)}


def leads_nowhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists() or not there.is_relative_to(ROOT):
        return True
    return bool(anchor) and there.suffix == ".md" and anchor not in anchors(there)


def _slug(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    kept = "".join(
        sign for sign in plain if sign in " -_" or unicodedata.category(sign)[0] in "LN"
    )
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    assert [link for link in links(page) if leads_nowhere(page, link)] == []


def test_a_dead_link_and_a_dead_anchor_are_noticed(tmp_path):
    page = ROOT / "README.md"

    assert leads_nowhere(page, "docs/no-such-page.md")
    assert leads_nowhere(page, "README.md#no-such-heading")
    assert leads_nowhere(page, "../elsewhere")
